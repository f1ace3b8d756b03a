"""The packers' desk: sealed boxes at the customer's, photos of seals, what is kept.

Loads, asks ``custody.rules``, writes rows and journal together. Every message of a
phone has a key and may come twice, or late.
"""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, insert, update

from paperless_kernel.access.permissions import Action, allowed, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import ConflictError, InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import tables as office
from paperless_kernel.scan.boxes import Box, BoxState, Paper
from paperless_kernel.scan.custody.model import (
    Place,
    PlaceKind,
    Proof,
    ProofRole,
    Signature,
)
from paperless_kernel.scan.custody.proofs import keep, opened, signature_of, write
from paperless_kernel.scan.custody.records import add_movement, find_proofs
from paperless_kernel.scan.custody.rules import check_photo, check_sheets
from paperless_kernel.scan.orders.model import Order, Task
from paperless_kernel.scan.orders.records import agreed_order
from paperless_kernel.scan.orders.rules import check_journey
from paperless_kernel.scan.records import (
    content_of,
    count,
    free_seals,
    get_box,
    recall,
    remember,
)
from paperless_kernel.scan.tags import BOX_PACKED, BOX_PHOTOGRAPHED
from paperless_kernel.scan.workshop import Desk
from paperless_kernel.trust.digest import sha256

_PAPER = Paper()


class Packing(Desk):
    """Custody begins where the customer watches the seal go on."""

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
        content = content_of("pack", order, seal, sheets, asdict(paper))
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
        content = content_of("photo", box, sha256(photo).hex())
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
