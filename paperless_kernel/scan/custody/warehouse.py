"""The warehouse desk: bins, storing, fetching on demand, putting back, where paper is.

Loads, asks ``custody.rules``, writes rows and journal together. Each way in or out is a
fact that billing reads; from bin to bin is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from paperless_kernel.access.permissions import Action, allowed, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import ConflictError, InputError, NotFoundError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import tables as office
from paperless_kernel.scan.custody import tables
from paperless_kernel.scan.custody.desk import Boxes
from paperless_kernel.scan.custody.model import (
    FetchRequest,
    Place,
    PlaceKind,
    ProofRole,
    Signature,
    Where,
)
from paperless_kernel.scan.custody.proofs import Kept, keep, signed, write
from paperless_kernel.scan.custody.records import (
    find_bins,
    find_requests,
    get_request,
    movements,
    set_box,
    where_box,
)
from paperless_kernel.scan.custody.rules import (
    check_handlers,
    check_in_warehouse,
    check_sheets,
    check_storable,
    stop_at_return,
)
from paperless_kernel.scan.model import Box, BoxState, DocumentState
from paperless_kernel.scan.orders.model import Task
from paperless_kernel.scan.orders.records import agreed_order
from paperless_kernel.scan.records import (
    document_rows,
    find_batches,
    get_batch,
    get_box,
    recall,
    remember,
)
from paperless_kernel.scan.tags import (
    BIN_ENTERED,
    BOX_FETCH_ASKED,
    BOX_FETCHED,
    BOX_HANDED_OVER,
    BOX_MOVED,
    BOX_STORED,
)
from paperless_kernel.scan.workshop import is_line
from paperless_kernel.trust.digest import canonical_json

_ENDS = (PlaceKind.WORKSHOP, PlaceKind.CUSTOMER)


class Storing(Boxes):
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
        content = canonical_json(["store", box, bin_id, counted]).decode()
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
        content = canonical_json(["move", box, bin]).decode()
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

    def ask_for_box(
        self, actor: Actor, *, key: str, box: str, reason: str
    ) -> FetchRequest:
        """Ask for a box out of the warehouse (출고 요청).

        Args:
            actor: the customer, for its own boxes, or an officer.
            key: idempotency key.
            box: id of a stored box; `where_is` finds it from a document.
            reason: what it is needed for, one line, kept out of the journal.

        Raises:
            NotAllowedError: the caller may not ask.
            NotFoundError: there is no such box of the caller's.
            InputError: no reason is given.
            NotYetError: the box is not in the warehouse.
            ConflictError: it was asked for already, or the key for another.
        """
        require(actor, Action.SCAN_FETCH)
        if not is_line(reason):
            raise InputError("Say in one line what the box is needed for.")
        content = canonical_json(["ask", box, reason]).decode()
        with self._parts.db.begin() as tx:
            known = recall(tx, key, content)
            if known is None:
                known = self._ask(tx, actor, _own_box(tx, actor, box), reason)
                remember(tx, key, content, known)
            found = get_request(tx, known)
        self._acknowledge()
        return found

    def _ask(self, tx: Connection, actor: Actor, box: Box, reason: str) -> str:
        check_in_warehouse(box, where_box(tx, box.id))
        waiting = find_requests(tx, box=box.id, waiting=True)
        if waiting:
            raise ConflictError(
                f"Box {box.seal} was asked for already; it is fetched once."
            )
        made = self._parts.ids.new()
        tx.execute(
            insert(tables.request).values(
                id=made,
                box=box.id,
                tenant=box.tenant,
                by=actor.id,
                at=stamp(self._parts.clock.now()),
                reason=reason,
                fetched_at="",
            )
        )
        body: dict[str, Json] = {"tenant": box.tenant, "request": made}
        self._write(tx, actor, BOX_FETCH_ASKED, box.id, body)
        return made

    def requests(
        self, actor: Actor, *, waiting: bool = False
    ) -> tuple[FetchRequest, ...]:
        """Return fetch requests in order; a customer sees its own."""
        require(actor, Action.SCAN_FETCH)
        with self._parts.db.read() as tx:
            return find_requests(tx, tenant=actor.tenant or "", waiting=waiting)

    def fetch_box(self, actor: Actor, *, key: str, request: str) -> FetchRequest:
        """Bring an asked-for box from its bin to the workshop (출고).

        Raises:
            NotAllowedError: the caller has no custody of boxes.
            NotFoundError: there is no such request.
            ConflictError: it was fulfilled, or the key was used for another.
        """
        require(actor, Action.SCAN_CUSTODY)
        content = canonical_json(["fetch", request]).decode()
        with self._parts.db.begin() as tx:
            if recall(tx, key, content) is None:
                box = _asked(tx, request)
                self._out(tx, actor, request, box, PlaceKind.WORKSHOP)
                remember(tx, key, content, request)
            found = get_request(tx, request)
        self._acknowledge()
        return found

    def deliver_box(
        self,
        actor: Actor,
        *,
        key: str,
        request: str,
        vehicle: str,
        second: str,
        taker: Signature,
    ) -> FetchRequest:
        """Carry an asked-for box to the customer, who signs for it (출고, 인수인계).

        Args:
            actor: the handler who hands it over.
            key: idempotency key.
            request: id of the fetch request.
            vehicle: number of the vehicle.
            second: id of the other handler.
            taker: signature of the customer's person (인수자).

        Raises:
            NotAllowedError: the caller has no custody, or no contract covers carrying.
            NotFoundError: there is no such request.
            InputError: one handler only, no vehicle, or nobody signed.
            ConflictError: it was fulfilled, or the key was used for another.
        """
        require(actor, Action.SCAN_CUSTODY)
        check_handlers(actor.id, second)
        if not is_line(vehicle):
            raise InputError("Name the vehicle by its number.")
        plain = signed(taker)
        content = canonical_json(["deliver", request, vehicle, second]).decode()
        with self._parts.db.read() as tx:
            known = recall(tx, key, content)
        if known is None:
            # 1. The signature becomes an object first: a crash leaves one to nothing.
            kept = keep(self._parts, request, ProofRole.TAKER, plain)
            with self._parts.db.begin() as tx:
                if recall(tx, key, content) is None:
                    # 2. Way out, hand-over and journal commit together.
                    facts: dict[str, Json] = {"vehicle": vehicle, "second": second}
                    self._deliver(tx, actor, kept, facts)
                    remember(tx, key, content, request)
        self._acknowledge()
        with self._parts.db.read() as tx:
            return get_request(tx, request)

    def _deliver(
        self, tx: Connection, actor: Actor, kept: Kept, facts: dict[str, Json]
    ) -> None:
        box = _asked(tx, kept.owner)
        now = self._parts.clock.now()
        if box.order:
            agreed_order(tx, box.order, Task.CARRY, now)
        self._out(tx, actor, kept.owner, box, PlaceKind.CUSTOMER)
        write(tx, kept, actor.id, now)
        body: dict[str, Json] = {
            "tenant": box.tenant,
            "to": PlaceKind.CUSTOMER,
            "first": actor.id,
            "taker": kept.digest,
            **facts,
        }
        self._write(tx, actor, BOX_HANDED_OVER, box.id, body)

    def _out(
        self, tx: Connection, actor: Actor, request: str, box: Box, to: PlaceKind
    ) -> None:
        place = where_box(tx, box.id)
        check_in_warehouse(box, place)
        table = tables.request
        tx.execute(
            update(table)
            .where(table.c.id == request)
            .values(fetched_at=stamp(self._parts.clock.now()))
        )
        self._moved(tx, actor, box.id, Place(kind=to))
        body: dict[str, Json] = {
            "tenant": box.tenant,
            "request": request,
            "from": place.bin,
            "to": to,
        }
        self._write(tx, actor, BOX_FETCHED, box.id, body)

    def place(self, actor: Actor, box: str) -> Place:
        """Return where a box stands; a customer asks for its own.

        Raises:
            NotAllowedError: the caller may not ask.
            NotFoundError: there is no such box of the caller's.
        """
        self._asking(actor)
        with self._parts.db.read() as tx:
            return where_box(tx, _own_box(tx, actor, box).id)

    def places(self, actor: Actor, box: str) -> tuple[Place, ...]:
        """Return every place a box has stood in, in order."""
        self._custody(actor)
        with self._parts.db.read() as tx:
            return movements(tx, box)

    def where_is(self, actor: Actor, document: str) -> Where:
        """Return the box and place of a document's paper, handed over or not.

        Args:
            actor: the customer, for its own documents, or an officer.
            document: the document's id here, or the receipt it was taken under.

        Raises:
            NotAllowedError: the caller may not ask.
            NotFoundError: there is no such document of the caller's.
        """
        self._asking(actor)
        table = office.document
        query = select(table).where(
            (table.c.id == document) | (table.c.receipt == document)
        )
        with self._parts.db.read() as tx:
            row = tx.execute(query).first() if document else None
            if row is None or (actor.tenant and row.tenant != actor.tenant):
                raise NotFoundError(f"no document {document} was scanned here.")
            box = get_box(tx, get_batch(tx, row.batch).box)
            return Where(
                document=row.id,
                batch=row.batch,
                box=box.id,
                seal=box.seal,
                state=box.state,
                place=where_box(tx, box.id),
            )

    def documents_in(
        self, actor: Actor, box: str
    ) -> tuple[tuple[str, DocumentState], ...]:
        """Return the documents of a box's paper, in order: id and state.

        Raises:
            NotAllowedError: the caller may not ask.
            NotFoundError: there is no such box of the caller's.
        """
        self._asking(actor)
        with self._parts.db.read() as tx:
            found = _own_box(tx, actor, box)
            return tuple(
                (row.id, DocumentState(row.state))
                for batch in find_batches(tx, found.id)
                for row in document_rows(tx, batch.id)
            )

    def _asking(self, actor: Actor) -> None:
        if not allowed(actor, Action.SCAN_FETCH):
            self._custody(actor)


def _check_bin(tx: Connection, bin_id: str) -> None:
    if bin_id not in find_bins(tx):
        raise NotFoundError(f"no bin {bin_id} is in the warehouse: enter it first.")


def _own_box(tx: Connection, actor: Actor, box: str) -> Box:
    """Return a box; to a customer another's does not exist."""
    found = get_box(tx, box)
    if actor.tenant and found.tenant != actor.tenant:
        raise NotFoundError(f"no box {box} was received here.")
    return found


def _asked(tx: Connection, request: str) -> Box:
    found = get_request(tx, request)
    if found.fetched_at is not None:
        raise ConflictError("This request was fulfilled; ask for the box again.")
    return get_box(tx, found.box)
