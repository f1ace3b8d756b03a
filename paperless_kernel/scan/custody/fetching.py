"""The fetching desk: boxes out of the warehouse on demand, and where paper is.

Loads, asks ``custody.rules``, writes rows and journal together. Each way out is a fact
that billing reads.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import ConflictError, InputError, NotFoundError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import tables as office
from paperless_kernel.scan.boxes import Box
from paperless_kernel.scan.custody import tables
from paperless_kernel.scan.custody.model import (
    FetchRequest,
    Place,
    PlaceKind,
    ProofRole,
    Signature,
    Where,
)
from paperless_kernel.scan.custody.proofs import Kept, keep, signed, write
from paperless_kernel.scan.custody.records import find_requests, get_request, where_box
from paperless_kernel.scan.custody.rules import check_handlers, check_in_warehouse
from paperless_kernel.scan.custody.warehouse import Storing, own_box
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.orders.model import Task
from paperless_kernel.scan.orders.records import agreed_order
from paperless_kernel.scan.records import (
    content_of,
    document_rows,
    find_batches,
    get_batch,
    get_box,
    recall,
    remember,
)
from paperless_kernel.scan.tags import BOX_FETCH_ASKED, BOX_FETCHED, BOX_HANDED_OVER
from paperless_kernel.scan.workshop import is_line


class Fetching(Storing):
    """Finds the paper behind a document, and brings it to who asks for it."""

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
        content = content_of("ask", box, reason)
        with self._parts.db.begin() as tx:
            own = own_box(tx, actor, box)  # first: a key tells nothing of another's
            known = recall(tx, key, content)
            if known is None:
                known = self._ask(tx, actor, own, reason)
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
        content = content_of("fetch", request)
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
        content = content_of("deliver", request, vehicle, second)
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
            found = own_box(tx, actor, box)
            return tuple(
                (row.id, DocumentState(row.state))
                for batch in find_batches(tx, found.id)
                for row in document_rows(tx, batch.id)
            )


def _asked(tx: Connection, request: str) -> Box:
    found = get_request(tx, request)
    if found.fetched_at is not None:
        raise ConflictError("This request was fulfilled; ask for the box again.")
    return get_box(tx, found.box)
