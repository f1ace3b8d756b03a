"""The arrival desk: each seal and the number of boxes against the vehicle's list.

Loads, asks ``custody.rules``, writes rows and journal together. What is missing,
strange, late or not whole is recorded as stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
)
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import tables as office
from paperless_kernel.scan.boxes import Box, BoxState
from paperless_kernel.scan.custody import tables
from paperless_kernel.scan.custody.handover import Carrying
from paperless_kernel.scan.custody.model import (
    Found,
    Place,
    PlaceKind,
    ProofRole,
    Signature,
    Transport,
    TransportState,
)
from paperless_kernel.scan.custody.packing import add_box, box_facts
from paperless_kernel.scan.custody.proofs import Kept, keep, signed, write
from paperless_kernel.scan.custody.records import (
    brought_by,
    get_transport,
    not_arrived,
    on_its_way,
    sealed_box,
    set_box,
)
from paperless_kernel.scan.custody.rules import (
    check_checker,
    check_found,
    stop_at_arrival,
    stop_of_transport,
)
from paperless_kernel.scan.orders.model import Task
from paperless_kernel.scan.orders.records import agreed_order, order_of
from paperless_kernel.scan.records import content_of, get_box, recall, remember
from paperless_kernel.scan.tags import (
    BOX_RECEIVED,
    BOX_STOPPED,
    TRANSPORT_ARRIVED,
    TRANSPORT_CLEARED,
    TRANSPORT_STOPPED,
)
from paperless_kernel.scan.workshop import is_line

_LATE = "it came after its vehicle was checked in"
_STRANGE = "it came with a vehicle whose list does not name it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    run: Transport
    found: tuple[Found, ...]
    counted: int


class Arriving(Carrying):
    """Custody at the door: what came is compared with what left."""

    def arrive(
        self,
        actor: Actor,
        *,
        key: str,
        transport: str,
        found: Sequence[Found],
        counted: int,
        taker: Signature,
    ) -> Transport:
        """Check a vehicle's boxes in: each seal, and how many there are.

        A box that is missing, strange, late or not whole is stopped; where count or
        list differ, the whole vehicle is, and none of its boxes is opened until a
        manager cleared it. Boxes that come late are checked in by another call.

        Args:
            actor: somebody of the workshop who did not carry them.
            key: idempotency key.
            transport: id of the vehicle's run.
            found: each box found, by its seal or, where that is gone, its label.
            counted: how many boxes were counted.
            taker: signature of whoever takes them (인수자).

        Raises:
            NotAllowedError: the caller may not receive, or carried them.
            NotFoundError: there is no such transport.
            InputError: a box is named twice, more seals than boxes, nobody signed.
            ConflictError: all its boxes were checked in, or the key is another's.
        """
        require(actor, Action.SCAN_RECEIVE)
        check_found(found, counted)
        plain = signed(taker)
        seen = sorted([one.seal, one.state.value] for one in found)
        content = content_of("arrive", transport, seen, counted)
        with self._parts.db.read() as tx:
            run = get_transport(tx, transport)
            known = recall(tx, key, content)
        check_checker(actor.id, (run.first, run.second))
        if known is None:
            # 1. The signature becomes an object first: a crash leaves one to nothing.
            kept = keep(self._parts, run.id, ProofRole.TAKER, plain)
            with self._parts.db.begin() as tx:
                if recall(tx, key, content) is None:
                    # 2. Every box's finding and the journal commit together.
                    run = get_transport(tx, transport)
                    arrival = _Arrival(run=run, found=tuple(found), counted=counted)
                    self._check_in(tx, actor, arrival, kept)
                    remember(tx, key, content, run.id)
        self._acknowledge()
        with self._parts.db.read() as tx:
            return get_transport(tx, transport)

    def _check_in(
        self, tx: Connection, actor: Actor, arrival: _Arrival, kept: Kept
    ) -> None:
        run, now = arrival.run, self._parts.clock.now()
        waiting = {box.seal: box for box in not_arrived(tx, run.id)}
        first = run.arrived_at is None
        if not first and not waiting:
            raise ConflictError(
                f"All boxes of this vehicle were checked in by {run.checked_by}."
            )
        seen = {one.seal: one for one in arrival.found}
        reason = (
            stop_of_transport(list(waiting), arrival.found, arrival.counted)
            if first
            else run.reason
        )
        write(tx, kept, actor.id, now)
        body: dict[str, Json] = {
            "tenant": run.tenant,
            "counted": arrival.counted,
            "boxes": sorted(seen),
            "taker": kept.digest,
            "late": not first,
        }
        self._write(tx, actor, TRANSPORT_ARRIVED, run.id, body)
        for seal, box in waiting.items():
            if first or seal in seen:
                late = "" if first else _LATE
                self._land(tx, actor, run, box, seen.get(seal), late)
        # Two people may check one vehicle in: what came with it already is no news.
        here = brought_by(tx, run.id)
        for one in arrival.found:
            if one.seal not in here:
                self._take_strange(tx, actor, run, one)
        if first:
            self._end_run(tx, actor, run, reason)

    def _end_run(
        self, tx: Connection, actor: Actor, run: Transport, reason: str
    ) -> None:
        table = tables.transport
        state = TransportState.STOPPED if reason else TransportState.ARRIVED
        tx.execute(
            update(table)
            .where(table.c.id == run.id)
            .values(
                state=state,
                reason=reason,
                checked_by=actor.id,
                arrived_at=stamp(self._parts.clock.now()),
            )
        )
        if reason:
            body: dict[str, Json] = {"tenant": run.tenant, "reason": reason}
            self._write(tx, actor, TRANSPORT_STOPPED, run.id, body)

    def _land(
        self,
        tx: Connection,
        actor: Actor,
        run: Transport,
        box: Box,
        found: Found | None,
        late: str,
    ) -> None:
        """Take one box off the list, or note that it is not there."""
        reason = stop_at_arrival(box, found) or late or self._uncovered(tx, box)
        listed = tables.load
        if found is not None:
            tx.execute(
                update(listed).where(listed.c.box == box.id).values(found=found.state)
            )
            tx.execute(
                update(office.box)
                .where(office.box.c.id == box.id)
                .values(received_at=stamp(self._parts.clock.now()))
            )
            place = Place(kind=PlaceKind.WORKSHOP, transport=run.id)
            self._moved(tx, actor, box.id, place)
            body = box_facts(box) | {"transport": run.id, "seal_state": found.state}
            self._write(tx, actor, BOX_RECEIVED, box.id, body)
        state = BoxState.STOPPED if reason else BoxState.RECEIVED
        set_box(tx, box.id, state, reason)
        if reason:
            why: dict[str, Json] = {"tenant": box.tenant, "reason": reason}
            self._write(tx, actor, BOX_STOPPED, box.id, why)

    def _take_strange(
        self, tx: Connection, actor: Actor, run: Transport, found: Found
    ) -> None:
        """Take in a box that the list does not name: stopped, whatever it is."""
        known = sealed_box(tx, run.tenant, found.seal)
        if known is not None and on_its_way(tx, known):
            box = known
        else:
            under = order_of(tx, run.boxes[0])
            listed = get_box(tx, run.boxes[0])
            box = Box(
                id=self._parts.ids.new(),
                tenant=run.tenant,
                seal=found.seal,
                contract=listed.contract,
                sheets=0,
                state=BoxState.STOPPED,
                received_at=self._parts.clock.now(),
                order="" if under is None else under.id,
            )
            add_box(tx, box)
        self._land(tx, actor, run, box, found, _STRANGE)

    def clear_transport(
        self, actor: Actor, transport: str, *, agreed: str
    ) -> Transport:
        """Let a stopped vehicle's boxes go on, as agreed with the customer (책임자).

        Boxes that are stopped themselves stay so until each is cleared.

        Raises:
            NotAllowedError: the caller is not the manager.
            NotFoundError: there is no such transport.
            InputError: no agreement is named.
        """
        require(actor, Action.SCAN_CLEAR)
        if not is_line(agreed):
            raise InputError("Name the written agreement the boxes go on under.")
        with self._parts.db.begin() as tx:
            run = get_transport(tx, transport)
            if run.state is TransportState.STOPPED:
                table = tables.transport
                tx.execute(
                    update(table)
                    .where(table.c.id == run.id)
                    .values(state=TransportState.ARRIVED)
                )
                body: dict[str, Json] = {
                    "tenant": run.tenant,
                    "reason": run.reason,
                    "agreed": agreed,
                }
                self._write(tx, actor, TRANSPORT_CLEARED, run.id, body)
            run = get_transport(tx, transport)
        self._acknowledge()
        return run

    def _uncovered(self, tx: Connection, box: Box) -> str:
        """Return why no contract covers a box that stands here now, or ""."""
        try:
            agreed_order(tx, box.order, Task.SCAN, self._parts.clock.now())
        except (NotAllowedError, NotFoundError) as error:
            return str(error)
        return ""
