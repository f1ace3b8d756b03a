"""The carriers' desk: packing at the customer's, the vehicle, the arrival check.

Loads, asks ``custody.rules``, writes rows and journal together. Every message of a
phone has a key and may come twice, or late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, update

from paperless_kernel.access.permissions import Action, allowed, require
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
from paperless_kernel.scan.custody import tables
from paperless_kernel.scan.custody.model import (
    Found,
    Place,
    PlaceKind,
    Proof,
    ProofRole,
    Signature,
    Transport,
    TransportState,
)
from paperless_kernel.scan.custody.proofs import (
    Kept,
    keep,
    opened,
    signature_of,
    signed,
    write,
)
from paperless_kernel.scan.custody.records import (
    add_movement,
    brought_by,
    find_proofs,
    find_transports,
    get_transport,
    not_arrived,
    on_its_way,
    sealed_box,
    set_box,
)
from paperless_kernel.scan.custody.rules import (
    check_checker,
    check_found,
    check_handlers,
    check_photo,
    check_sheets,
    check_step,
    stop_at_arrival,
    stop_of_transport,
)
from paperless_kernel.scan.model import Box, BoxState, Paper
from paperless_kernel.scan.orders.model import Order, Task
from paperless_kernel.scan.orders.records import agreed_order, order_of
from paperless_kernel.scan.orders.rules import check_journey
from paperless_kernel.scan.records import (
    count,
    free_seals,
    get_box,
    recall,
    remember,
)
from paperless_kernel.scan.tags import (
    BOX_HANDED_OVER,
    BOX_PACKED,
    BOX_PHOTOGRAPHED,
    BOX_RECEIVED,
    BOX_STOPPED,
    TRANSPORT_ARRIVED,
    TRANSPORT_CLEARED,
    TRANSPORT_LEFT,
    TRANSPORT_STOPPED,
)
from paperless_kernel.scan.workshop import Desk, is_line
from paperless_kernel.trust.digest import canonical_json, sha256

_PAPER = Paper()
_LATE = "it came after its vehicle was checked in"
_STRANGE = "it came with a vehicle whose list does not name it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    run: Transport
    found: tuple[Found, ...]
    counted: int


class Carrying(Desk):
    """Custody on the way: no box is lost between two signatures."""

    def pack_box(
        self,
        actor: Actor,
        *,
        key: str,
        order: str,
        seal: str,
        sheets: int,
        paper: Paper = _PAPER,
    ) -> Box:
        """Pack and seal a box at the customer's (안전박스 + 보안 Seal 포장).

        Args:
            actor: who packs.
            key: idempotency key.
            order: id of its work order.
            seal: number of the seal put on it, one supplied to this customer.
            sheets: sheets the customer declares.
            paper: what kind of paper it is; the price depends on it.

        Raises:
            NotAllowedError: the caller may not, the order's contract does not cover
                carrying on this Korean day, or its paper does not travel.
            NotFoundError: there is no such order.
            InputError: the count is impossible, or the seal was never supplied.
            ConflictError: the seal is on a box, or the key was used for another one.
        """
        require(actor, Action.SCAN_CUSTODY)
        check_sheets(sheets)
        content = _content("pack", order, seal, sheets, asdict(paper))
        now = self._parts.clock.now()
        with self._parts.db.begin() as tx:
            known = recall(tx, key, content)
            if known is None:
                under = agreed_order(tx, order, Task.CARRY, now)
                check_journey(under)
                _check_seal(tx, under, seal)
                made = Box(
                    id=self._parts.ids.new(),
                    tenant=under.tenant,
                    seal=seal,
                    contract=under.contract,
                    sheets=sheets,
                    state=BoxState.PACKED,
                    received_at=now,
                    order=under.id,
                    paper=paper,
                )
                add_box(tx, made)
                self._moved(tx, actor, made.id, Place(kind=PlaceKind.CUSTOMER))
                self._write(tx, actor, BOX_PACKED, made.id, box_facts(made))
                remember(tx, key, content, made.id)
                known = made.id
            found = get_box(tx, known)
        self._acknowledge()
        return found

    def photograph(self, actor: Actor, *, key: str, box: str, photo: bytes) -> Proof:
        """Keep a photo of a box's seal; the journal gets its digest and the moment.

        Raises:
            NotAllowedError: the caller has no custody of boxes.
            InputError: it is no JPEG or PNG, or too large.
            NotFoundError: there is no such box.
            ConflictError: the key was used for another photo.
        """
        require(actor, Action.SCAN_CUSTODY)
        check_photo(photo)
        content = _content("photo", box, sha256(photo).hex())
        with self._parts.db.read() as tx:
            tenant = get_box(tx, box).tenant
            known = recall(tx, key, content)
        if known is None:
            # 1. The picture becomes an object first: a crash leaves one to nothing.
            kept = keep(self._parts, box, ProofRole.SEAL, photo)
            # 2. Its row and its digest in the journal commit together.
            with self._parts.db.begin() as tx:
                known = recall(tx, key, content)
                if known is None:
                    known = kept.digest
                    write(tx, kept, actor.id, self._parts.clock.now())
                    body: dict[str, Json] = {"tenant": tenant, "sha256": known}
                    self._write(tx, actor, BOX_PHOTOGRAPHED, box, body)
                    remember(tx, key, content, known)
        self._acknowledge()
        with self._parts.db.read() as tx:
            return {one.digest: one for one in find_proofs(tx, box)}[known]

    def hand_over_boxes(
        self,
        actor: Actor,
        *,
        key: str,
        boxes: Sequence[str],
        vehicle: str,
        second: str,
        giver: Signature,
    ) -> Transport:
        """Take packed boxes over from the customer onto a vehicle (인수인계).

        Args:
            actor: the handler who takes them over.
            key: idempotency key.
            boxes: ids of the boxes; together they are the vehicle's list.
            vehicle: its number.
            second: id of the other handler.
            giver: signature of whoever gives them (인계자).

        Raises:
            NotAllowedError: the caller has no custody, or no contract covers carrying.
            InputError: no box, box twice, boxes of two customers, one handler only,
                or nobody signed.
            NotYetError: a box is not packed, or is on another vehicle.
            ConflictError: the key was used for another hand-over.
        """
        require(actor, Action.SCAN_CUSTODY)
        check_handlers(actor.id, second)
        if not boxes or len(set(boxes)) != len(boxes) or not is_line(vehicle):
            raise InputError("A vehicle has a number, and a list of boxes, each once.")
        plain = signed(giver)
        content = _content("hand over", sorted(boxes), vehicle, second)
        with self._parts.db.read() as tx:
            known = recall(tx, key, content)
        if known is None:
            run = self._parts.ids.new()
            # 1. The signature becomes an object first: a crash leaves one to nothing.
            kept = keep(self._parts, run, ProofRole.GIVER, plain)
            with self._parts.db.begin() as tx:
                known = recall(tx, key, content)
                if known is None:
                    # 2. List, boxes, signature and journal commit together.
                    self._leave(tx, actor, kept, boxes, vehicle, second)
                    remember(tx, key, content, run)
                    known = run
        self._acknowledge()
        with self._parts.db.read() as tx:
            return get_transport(tx, known)

    def _leave(
        self,
        tx: Connection,
        actor: Actor,
        kept: Kept,
        boxes: Sequence[str],
        vehicle: str,
        second: str,
    ) -> None:
        now, run = self._parts.clock.now(), kept.owner
        packed = [get_box(tx, box) for box in boxes]
        (tenant, *others) = {box.tenant for box in packed}
        if others:
            raise InputError("One hand-over holds one customer's boxes: make two.")
        for box in packed:
            check_step(box, BoxState.HANDED_OVER)
            agreed_order(tx, box.order, Task.CARRY, now)
        tx.execute(
            insert(tables.transport).values(
                id=run,
                tenant=tenant,
                vehicle=vehicle,
                first=actor.id,
                second=second,
                state=TransportState.UNDER_WAY,
                reason="",
                left_at=stamp(now),
                checked_by="",
                arrived_at="",
            )
        )
        write(tx, kept, actor.id, now)
        common: dict[str, Json] = {
            "tenant": tenant,
            "vehicle": vehicle,
            "first": actor.id,
            "second": second,
            "giver": kept.digest,
        }
        seals: list[Json] = [box.seal for box in packed]
        self._write(tx, actor, TRANSPORT_LEFT, run, common | {"boxes": seals})
        for box in packed:
            tx.execute(insert(tables.load).values(transport=run, box=box.id, found=""))
            set_box(tx, box.id, BoxState.HANDED_OVER)
            place = Place(kind=PlaceKind.VEHICLE, transport=run)
            self._moved(tx, actor, box.id, place)
            body = common | {"transport": run, "to": PlaceKind.VEHICLE}
            self._write(tx, actor, BOX_HANDED_OVER, box.id, body)

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
        content = _content("arrive", transport, seen, counted)
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

    def transport(self, actor: Actor, transport: str) -> Transport:
        """Return a vehicle's run.

        Raises:
            NotAllowedError: the caller neither carries nor looks into the workshop.
            NotFoundError: there is none.
        """
        self._custody(actor)
        with self._parts.db.read() as tx:
            return get_transport(tx, transport)

    def transports(self, actor: Actor, box: str = "") -> tuple[Transport, ...]:
        """Return every vehicle's run, or those of one box, the newest first."""
        self._custody(actor)
        with self._parts.db.read() as tx:
            return find_transports(tx, box)

    def proofs(self, actor: Actor, owner: str) -> tuple[Proof, ...]:
        """Return the signatures and photos of a transport, fetch request or box."""
        self._custody(actor)
        with self._parts.db.read() as tx:
            return find_proofs(tx, owner)

    def show_signature(self, actor: Actor, digest: str) -> Signature:
        """Return a kept signature; the keeper journals who looked.

        Raises:
            NotAllowedError: the caller neither carries nor looks into the workshop.
            NotFoundError: none is kept under that digest.
        """
        self._custody(actor)
        with self._parts.db.read() as tx:
            return signature_of(opened(self._parts, tx, actor, digest))

    def show_photo(self, actor: Actor, digest: str) -> bytes:
        """Return a kept photo of a seal; the keeper journals who looked.

        Raises:
            NotAllowedError: the caller neither carries nor looks into the workshop.
            NotFoundError: none is kept under that digest.
        """
        self._custody(actor)
        with self._parts.db.read() as tx:
            return opened(self._parts, tx, actor, digest)

    def _uncovered(self, tx: Connection, box: Box) -> str:
        """Return why no contract covers a box that stands here now, or ""."""
        try:
            agreed_order(tx, box.order, Task.SCAN, self._parts.clock.now())
        except (NotAllowedError, NotFoundError) as error:
            return str(error)
        return ""

    def _moved(self, tx: Connection, actor: Actor, box: str, place: Place) -> None:
        add_movement(tx, box, place, actor.id, self._parts.clock.now())

    def _custody(self, actor: Actor) -> None:
        if not allowed(actor, Action.SCAN_VIEW):
            require(actor, Action.SCAN_CUSTODY)


def add_box(tx: Connection, made: Box) -> None:
    """Write a new box's row and put it under its seal, where that is free."""
    tx.execute(
        insert(office.box).values(
            id=made.id,
            tenant=made.tenant,
            seal=made.seal,
            contract=made.contract,
            sheets=made.sheets,
            state=made.state,
            reason=made.reason,
            counted=made.counted,
            received_at=stamp(made.received_at),
            work_order=made.order,
            **asdict(made.paper),
        )
    )
    tx.execute(
        update(office.seal)
        .where(office.seal.c.number == made.seal, office.seal.c.box == "")
        .where(office.seal.c.tenant == made.tenant)
        .values(box=made.id)
    )


def box_facts(box: Box) -> dict[str, Json]:
    """Return what a journal entry says of a box that comes in."""
    return {
        "tenant": box.tenant,
        "seal": box.seal,
        "sheets": box.sheets,
        "contract": box.contract,
        "order": box.order,
        **asdict(box.paper),
    }


def _check_seal(tx: Connection, order: Order, seal: str) -> None:
    if seal in free_seals(tx, order.tenant):
        return
    if count(tx, office.seal, office.seal.c.number == seal):
        raise ConflictError(f"Seal {seal} is on a box, or another customer's: compare.")
    raise InputError(f"Seal {seal} was never supplied: take a supplied one.")


def _content(*parts: Json) -> str:
    return canonical_json(list(parts)).decode()
