"""The warehouse desk: bins, storing, putting back, where a box stands.

Loads, asks ``custody.rules``, writes rows and journal together. Each way in is a fact
that billing reads; from bin to bin is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from paperless_kernel.access.permissions import Action, allowed, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import ConflictError, InputError, NotFoundError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan.boxes import Box, BoxState
from paperless_kernel.scan.custody import tables
from paperless_kernel.scan.custody.model import Place, PlaceKind
from paperless_kernel.scan.custody.preparing import Preparing
from paperless_kernel.scan.custody.records import (
    find_bins,
    movements,
    set_box,
    where_box,
)
from paperless_kernel.scan.custody.rules import (
    check_in_warehouse,
    check_sheets,
    check_storable,
    stop_at_return,
)
from paperless_kernel.scan.orders.model import Task
from paperless_kernel.scan.orders.records import agreed_order
from paperless_kernel.scan.records import content_of, get_box, recall, remember
from paperless_kernel.scan.tags import BIN_ENTERED, BOX_MOVED, BOX_STORED
from paperless_kernel.scan.workshop import is_line


class Storing(Preparing):
    """Keeps boxes where they are found again: one box, one place."""

    def enter_bins(self, actor: Actor, bins: Sequence[str]) -> tuple[str, ...]:
        """Enter places of the warehouse (칸) by name; known ones stay as they are.

        Raises:
            NotAllowedError: the caller is not the manager.
            InputError: a name is no line.
        """
        require(actor, Action.SCAN_ORDER)
        if not bins or not all(map(is_line, bins)):
            raise InputError("Name each bin by a number of one line.")
        with self._parts.db.begin() as tx:
            for name in sorted(set(bins) - set(find_bins(tx))):
                at = stamp(self._parts.clock.now())
                tx.execute(insert(tables.shelf).values(id=name, entered_at=at))
                self._write(tx, actor, BIN_ENTERED, name, {})
            known = find_bins(tx)
        self._acknowledge()
        return known

    def bins(self, actor: Actor) -> tuple[str, ...]:
        """Return the places of the warehouse by name."""
        self._custody(actor)
        with self._parts.db.read() as tx:
            return find_bins(tx)

    def store_box(self, actor: Actor, *, key: str, box: str, bin: str) -> Place:  # noqa: A002 - its name
        """Put a box into a bin (보관); after a fetch this is 재입고.

        Raises:
            NotAllowedError: the caller has no custody, or no contract covers storing.
            NotFoundError: there is no such box or bin.
            NotYetError: it is stopped, or neither received nor open.
            ConflictError: it stands in a bin, or is at the customer's (`put_back`),
                or the key was used for another box.
        """
        return self._put(actor, key, box, bin, None)

    def put_back(
        self,
        actor: Actor,
        *,
        key: str,
        box: str,
        bin: str,  # noqa: A002 - its name
        counted: int,
    ) -> Place:
        """Put a box back that was at the customer's (재입고), its sheets counted.

        Another count stops the box; it is stored all the same, so that it has a place.

        Raises:
            NotAllowedError: the caller has no custody, or no contract covers storing.
            InputError: the count is impossible.
            NotFoundError: there is no such box or bin.
            NotYetError: it is stopped, or neither received nor open.
            ConflictError: it stands in a bin, or the key was used for another box.
        """
        check_sheets(counted)
        return self._put(actor, key, box, bin, counted)

    def _put(
        self, actor: Actor, key: str, box: str, bin_id: str, counted: int | None
    ) -> Place:
        require(actor, Action.SCAN_CUSTODY)
        content = content_of("store", box, bin_id, counted)
        with self._parts.db.begin() as tx:
            if recall(tx, key, content) is None:
                self._into(tx, actor, get_box(tx, box), bin_id, counted)
                remember(tx, key, content, box)
            place = where_box(tx, box)
        self._acknowledge()
        return place

    def _into(
        self,
        tx: Connection,
        actor: Actor,
        box: Box,
        bin_id: str,
        counted: int | None,
    ) -> None:
        now = self._parts.clock.now()
        _check_bin(tx, bin_id)
        place = where_box(tx, box.id)
        check_storable(box, place, bin_id)
        if place.kind is PlaceKind.CUSTOMER and counted is None:
            raise ConflictError(
                f"Box {box.seal} was at the customer's: count its sheets and put it "
                "back."
            )
        if box.order:
            agreed_order(tx, box.order, Task.STORE, now)
        again = any(one.kind is PlaceKind.WAREHOUSE for one in movements(tx, box.id))
        self._moved(tx, actor, box.id, Place(kind=PlaceKind.WAREHOUSE, bin=bin_id))
        body: dict[str, Json] = {
            "tenant": box.tenant,
            "to": PlaceKind.WAREHOUSE,
            "bin": bin_id,
            "again": again,
        }
        if counted is not None:
            body["counted"] = counted
        self._write(tx, actor, BOX_STORED, box.id, body)
        reason = "" if counted is None else stop_at_return(box, counted)
        if reason:
            set_box(tx, box.id, BoxState.STOPPED, reason)
            self._stop(tx, actor, box, reason)

    def move_box(self, actor: Actor, *, key: str, box: str, bin: str) -> Place:  # noqa: A002 - its name
        """Move a stored box to another bin; no way in or out, so nothing is billed.

        Raises:
            NotAllowedError: the caller has no custody of boxes.
            NotFoundError: there is no such box or bin.
            NotYetError: the box is not in the warehouse.
            ConflictError: the key was used for another move.
        """
        require(actor, Action.SCAN_CUSTODY)
        content = content_of("move", box, bin)
        with self._parts.db.begin() as tx:
            if recall(tx, key, content) is None:
                found = get_box(tx, box)
                _check_bin(tx, bin)
                check_in_warehouse(found, where_box(tx, box))
                self._moved(tx, actor, box, Place(kind=PlaceKind.WAREHOUSE, bin=bin))
                body: dict[str, Json] = {
                    "tenant": found.tenant,
                    "to": PlaceKind.WAREHOUSE,
                    "bin": bin,
                }
                self._write(tx, actor, BOX_MOVED, box, body)
                remember(tx, key, content, box)
            place = where_box(tx, box)
        self._acknowledge()
        return place

    def place(self, actor: Actor, box: str) -> Place:
        """Return where a box stands; a customer asks for its own.

        Raises:
            NotAllowedError: the caller may not ask.
            NotFoundError: there is no such box of the caller's.
        """
        self._asking(actor)
        with self._parts.db.read() as tx:
            return where_box(tx, own_box(tx, actor, box).id)

    def places(self, actor: Actor, box: str) -> tuple[Place, ...]:
        """Return every place a box has stood in, in order."""
        self._custody(actor)
        with self._parts.db.read() as tx:
            return movements(tx, box)

    def _asking(self, actor: Actor) -> None:
        if not allowed(actor, Action.SCAN_FETCH):
            self._custody(actor)


def _check_bin(tx: Connection, bin_id: str) -> None:
    if bin_id not in find_bins(tx):
        raise NotFoundError(f"no bin {bin_id} is in the warehouse: enter it first.")


def own_box(tx: Connection, actor: Actor, box: str) -> Box:
    """Return a box; to a customer another's does not exist."""
    found = get_box(tx, box)
    if actor.tenant and found.tenant != actor.tenant:
        raise NotFoundError(f"no box {box} was received here.")
    return found
