"""The boxes' desk: supply, receipt, opening, clearing.

Loads, asks ``custody``, writes rows and journal together. A box that stops is recorded
as stopped, with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import Connection, insert, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotFoundError,
    NotYetError,
)
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.boxes import Box, BoxState, Paper, SealState
from paperless_kernel.scan.custody.arrival import Arriving
from paperless_kernel.scan.custody.model import Place, PlaceKind
from paperless_kernel.scan.custody.packing import add_box, box_facts
from paperless_kernel.scan.custody.records import (
    boxes_under,
    on_its_way,
    sealed_box,
    set_box,
    stop_of_vehicle,
    where_box,
)
from paperless_kernel.scan.custody.rules import (
    check_openable,
    check_sheets,
    cleared_state,
    stop_at_opening,
    stop_at_receipt,
    stop_of_packed,
)
from paperless_kernel.scan.model import Batch
from paperless_kernel.scan.orders.model import Order, Task
from paperless_kernel.scan.orders.records import agreed_order
from paperless_kernel.scan.orders.rules import check_journey, check_owner
from paperless_kernel.scan.tags import (
    BOX_CLEARED,
    BOX_OPENED,
    BOX_RECEIVED,
    BOX_STOPPED,
    BOXES_SUPPLIED,
)
from paperless_kernel.scan.workshop import is_line

_PAPER = Paper()


class Boxes(Arriving):
    """Custody of paper: nobody scans what did not come whole, counted and allowed."""

    def supply_boxes(
        self, actor: Actor, *, key: str, tenant: str, seals: Sequence[str]
    ) -> None:
        """Supply empty safety boxes with their security seals (안전박스, 보안 Seal).

        Raises:
            NotAllowedError: the caller has no custody of boxes.
            InputError: a seal number is empty or named twice.
            ConflictError: a seal was supplied before, or the key to other seals.
        """
        require(actor, Action.SCAN_CUSTODY)
        if not seals or len(set(seals)) != len(seals) or not all(map(is_line, seals)):
            raise InputError("Name each seal once, by a number of one line.")
        content = records.content_of("supply", tenant, *seals)
        with self._parts.db.begin() as tx:
            if records.recall(tx, key, content) is None:
                taken = [
                    number
                    for number in seals
                    if records.count(tx, tables.seal, tables.seal.c.number == number)
                ]
                if taken:
                    raise ConflictError(f"Seals {taken} were supplied before.")
                rows = [{"number": n, "tenant": tenant, "box": ""} for n in seals]
                tx.execute(insert(tables.seal), rows)
                records.remember(tx, key, content, tenant)
                body: dict[str, Json] = {"tenant": tenant, "count": len(seals)}
                self._write(tx, actor, BOXES_SUPPLIED, tenant, body)
        self._acknowledge()

    def receive_box(
        self,
        actor: Actor,
        *,
        key: str,
        tenant: str,
        seal: str,
        sheets: int,
        order: str,
        seal_state: SealState = SealState.INTACT,
        paper: Paper = _PAPER,
    ) -> Box:
        """Receive a sealed box with the sheet count its sender declared.

        A seal that was never supplied, or is not whole, stops the box: it is recorded
        with the reason, and nothing can be scanned from it until it is cleared.

        Args:
            actor: who takes it.
            key: idempotency key.
            tenant: whose box it is, as its carrier says.
            seal: number of the seal on it.
            sheets: sheets the sender declared.
            order: id of its work order (제40조).
            seal_state: how the seal was found.
            paper: what kind of paper is in it.

        Raises:
            NotAllowedError: the caller may not, or the order's contract does not cover
                this Korean day, or its paper is digitised where it is.
            NotFoundError: there is no such order.
            InputError: the count is impossible, or the order is another customer's.
            ConflictError: the key was used for another box.
        """
        require(actor, Action.SCAN_RECEIVE)
        check_sheets(sheets)
        content = records.content_of(
            "receive", order, tenant, seal, str(sheets), seal_state
        )
        # An office of the first version may repeat a receipt it wrote without an order.
        older = records.content_of("receive", tenant, seal, str(sheets), seal_state)
        with self._parts.db.begin() as tx:
            known = _recalled(tx, key, content, older)
            if known is None:
                under = agreed_order(tx, order, Task.SCAN, self._parts.clock.now())
                check_journey(under)
                check_owner(under, tenant)
                made = self._new(under, seal, sheets, paper)
                known = self._receive(tx, actor, made, seal_state)
                records.remember(tx, key, content, known)
            found = records.get_box(tx, known)
        self._acknowledge()
        return found

    def _new(self, order: Order, seal: str, sheets: int, paper: Paper) -> Box:
        return Box(
            id=self._parts.ids.new(),
            tenant=order.tenant,
            seal=seal,
            contract=order.contract,
            sheets=sheets,
            state=BoxState.RECEIVED,
            received_at=self._parts.clock.now(),
            order=order.id,
            paper=paper,
        )

    def _receive(
        self, tx: Connection, actor: Actor, made: Box, seal_state: SealState
    ) -> str:
        packed = sealed_box(tx, made.tenant, made.seal)
        if packed is not None and packed.state is BoxState.PACKED:
            # The customer brought a packed box itself: no vehicle, one box.
            reason = stop_of_packed(packed, made, seal_state)
            made = replace(packed, received_at=made.received_at)
            tx.execute(
                update(tables.box)
                .where(tables.box.c.id == made.id)
                .values(received_at=stamp(made.received_at))
            )
        else:
            if packed is not None and on_its_way(tx, packed):
                raise NotYetError(
                    f"Box {made.seal} is on a vehicle: check the vehicle's boxes in."
                )
            supplied = records.free_seals(tx, made.tenant)
            reason = stop_at_receipt(made.seal, supplied, seal_state)
            add_box(tx, made)
        self._moved(tx, actor, made.id, Place(kind=PlaceKind.WORKSHOP))
        self._write(tx, actor, BOX_RECEIVED, made.id, box_facts(made))
        set_box(tx, made.id, BoxState.STOPPED if reason else BoxState.RECEIVED, reason)
        if reason:
            self._stop(tx, actor, made, reason)
        return made.id

    def _stop(self, tx: Connection, actor: Actor, box: Box, reason: str) -> None:
        why: dict[str, Json] = {"tenant": box.tenant, "reason": reason}
        self._write(tx, actor, BOX_STOPPED, box.id, why)

    def open_box(
        self,
        actor: Actor,
        box: str,
        *,
        seal: str,
        counted: int,
        seal_state: SealState = SealState.INTACT,
    ) -> Box:
        """Open a box: compare its seal, count its sheets.

        Another seal, a broken one or another count stops the box with the reason.

        Raises:
            NotAllowedError: the caller has no custody of boxes.
            NotYetError: it is stopped, or was opened with another finding.
        """
        require(actor, Action.SCAN_CUSTODY)
        check_sheets(counted)
        with self._parts.db.begin() as tx:
            found = records.get_box(tx, box)
            reason = stop_at_opening(found, seal, seal_state, counted)
            repeat = found.counted == counted and found.reason == reason
            if not repeat:
                check_openable(found, stop_of_vehicle(tx, box))
                state = BoxState.STOPPED if reason else BoxState.OPENED
                tx.execute(
                    update(tables.box)
                    .where(tables.box.c.id == box)
                    .values(state=state, reason=reason, counted=counted)
                )
                body: dict[str, Json] = {"tenant": found.tenant, "counted": counted}
                self._write(tx, actor, BOX_OPENED, box, body)
                if reason:
                    self._stop(tx, actor, found, reason)
            found = records.get_box(tx, box)
        self._acknowledge()
        return found

    def clear_box(self, actor: Actor, box: str, *, agreed: str) -> Box:
        """Let a stopped box go on, as agreed with the customer (책임자).

        What was counted becomes the count; ``agreed`` names the written agreement.

        Raises:
            NotAllowedError: the caller is not the manager.
            InputError: no agreement is named.
        """
        require(actor, Action.SCAN_CLEAR)
        if not is_line(agreed):
            raise InputError("Name the written agreement the box goes on under.")
        with self._parts.db.begin() as tx:
            found = records.get_box(tx, box)
            if found.state is BoxState.STOPPED:
                state = cleared_state(found, where_box(tx, box))
                records.set_state(tx, tables.box, box, state)
                body: dict[str, Json] = {
                    "tenant": found.tenant,
                    "reason": found.reason,
                    "agreed": agreed,
                }
                self._write(tx, actor, BOX_CLEARED, box, body)
            found = records.get_box(tx, box)
        self._acknowledge()
        return found

    def box(self, actor: Actor, box: str) -> Box:
        """Return a box.

        Raises:
            NotAllowedError: the caller neither carries nor looks into the workshop.
            NotFoundError: there is none.
        """
        self._custody(actor)
        with self._parts.db.read() as tx:
            return records.get_box(tx, box)

    def find_box(self, actor: Actor, number: str) -> Box:
        """Return a box by its id or by the number on its seal.

        Raises:
            NotAllowedError: the caller neither carries nor looks into the workshop.
            NotFoundError: there is none.
            ConflictError: several boxes came under that seal number.
        """
        self._custody(actor)
        with self._parts.db.read() as tx:
            found = boxes_under(tx, number)
        if not found:
            raise NotFoundError(f"no box stands under {number}.")
        if len(found) > 1:
            ids = ", ".join(box.id for box in found)
            raise ConflictError(f"Several boxes came under seal {number}: {ids}.")
        return found[0]

    def boxes(self, actor: Actor) -> tuple[Box, ...]:
        """Return every box, the newest first."""
        self._view(actor)
        with self._parts.db.read() as tx:
            return records.find_boxes(tx)

    def batches(self, actor: Actor, box: str) -> tuple[Batch, ...]:
        """Return a box's batches in order."""
        self._view(actor)
        with self._parts.db.read() as tx:
            return records.find_batches(tx, box)


def _recalled(tx: Connection, key: str, content: str, older: str) -> str | None:
    try:
        return records.recall(tx, key, content)
    except ConflictError:
        with suppress(ConflictError):
            return records.recall(tx, key, older)
        raise
