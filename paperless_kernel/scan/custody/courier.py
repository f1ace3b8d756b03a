"""The courier's desk: a planned hand-over, its link, its sheet, and what a phone sends.

A link lets whoever opens it hand over the boxes it names, once, as the one person it
was made for; it shows nothing of what the boxes hold. What a hand-over means is
``custody.handover``.
"""

from __future__ import annotations

import datetime as dt
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.errors import InputError, NotFoundError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.custody.handover import Carrying
from paperless_kernel.scan.custody.links import (
    CourierBox,
    CourierLink,
    CourierReport,
    CourierVisit,
    SealSeen,
    add_link,
    end_link,
    get_link,
    link_of,
)
from paperless_kernel.scan.custody.model import ProofRole, Transport
from paperless_kernel.scan.custody.papers import Signing
from paperless_kernel.scan.custody.printing import office_name, set_form, standing_of
from paperless_kernel.scan.custody.proofs import signed
from paperless_kernel.scan.custody.records import find_proofs, get_transport, set_box
from paperless_kernel.scan.custody.rules import check_handlers, check_photo, check_step
from paperless_kernel.scan.custody.sheet import Sheet, sheet_form
from paperless_kernel.scan.model import Box, BoxState, SealState
from paperless_kernel.scan.orders.records import order_of
from paperless_kernel.scan.records import get_box, recall, remember
from paperless_kernel.scan.tags import BOX_STOPPED, COURIER_LINKED
from paperless_kernel.scan.workshop import is_line
from paperless_kernel.trust.digest import canonical_json, sha256

PATH: Final = "/c/"
"""Where a link's page stands, before its token."""
_LINKS: Final = "courier-link"
"""Name of the keeper's secret behind the links."""
_LONGEST: Final = dt.timedelta(hours=72)
_MOST_BOXES: Final = 100
_SIGNERS: Final = (
    (ProofRole.GIVER, "넘기는 사람(고객)", "Handed over by (customer)"),
    (ProofRole.TAKER, "받는 사람(작업장)", "Taken by (workshop)"),
)


class Couriers(Carrying):
    """What a phone may do between two signatures."""

    def plan_hand_over(
        self,
        actor: Actor,
        *,
        key: str,
        boxes: Sequence[str],
        vehicle: str,
        second: str,
        first: str = "",
        lasts: dt.timedelta = dt.timedelta(hours=12),
    ) -> CourierLink:
        """Plan a hand-over of packed boxes; return its link for one courier.

        Args:
            actor: who plans.
            key: idempotency key; the same key gives the same link.
            boxes: ids of packed boxes of one customer.
            vehicle: its number.
            second: id of the other handler.
            first: id of the handler the link is for; the actor's own where left out.
            lasts: how long the link works, at most 72 hours.

        Raises:
            NotAllowedError: the caller has no custody, or names somebody else without
                being the manager.
            InputError: no box, a box twice, two customers', one handler, or too long.
            NotYetError: a box is not packed.
            ConflictError: the key was used for another hand-over.
        """
        require(actor, Action.SCAN_CUSTODY)
        first = first or actor.id
        if first != actor.id:
            require(actor, Action.SCAN_ORDER)
        check_handlers(first, second)
        _check_plan(boxes, vehicle, lasts)
        seconds = int(lasts.total_seconds())
        asked: list[Json] = ["plan", list(boxes), vehicle, first, second, seconds]
        content = canonical_json(asked).decode()
        with self._parts.db.begin() as tx:
            known = recall(tx, key, content)
            if known is None:
                known = self._plan(tx, actor, boxes, vehicle, (first, second), lasts)
                remember(tx, key, content, known)
            found = get_link(tx, known)
        self._acknowledge()
        return replace(found, token=self._token(found.id))

    def _plan(
        self,
        tx: Connection,
        actor: Actor,
        boxes: Sequence[str],
        vehicle: str,
        handlers: tuple[str, str],
        lasts: dt.timedelta,
    ) -> str:
        packed = [get_box(tx, box) for box in boxes]
        (tenant, *others) = {box.tenant for box in packed}
        if others:
            raise InputError("One hand-over holds one customer's boxes: make two.")
        for box in packed:
            check_step(box, BoxState.HANDED_OVER)
        made = CourierLink(
            id=self._parts.ids.new(),
            token="",
            tenant=tenant,
            vehicle=vehicle,
            first=handlers[0],
            second=handlers[1],
            boxes=tuple(boxes),
            until=self._parts.clock.now() + lasts,
        )
        add_link(tx, made, _hashed(self._token(made.id)), actor.id)
        body: dict[str, Json] = {
            "tenant": tenant,
            "vehicle": vehicle,
            "first": made.first,
            "second": made.second,
            "boxes": [box.seal for box in packed],
            "seconds": int(lasts.total_seconds()),
        }
        self._write(tx, actor, COURIER_LINKED, made.id, body)
        return made.id

    def _token(self, link_id: str) -> str:
        # 32 bytes under the keeper's secret: nobody guesses one, no row holds one.
        (mac,) = self._parts.keeper.mac(_LINKS, [link_id.encode()])
        return urlsafe_b64encode(mac).decode().rstrip("=")

    def courier_visit(self, token: str) -> CourierVisit:
        """Return what a link shows; changes nothing.

        Raises:
            NotFoundError: the link is unknown, or its time is over.
        """
        with self._parts.db.read() as tx:
            found = self._live(tx, token)
            boxes = [get_box(tx, box) for box in found.boxes]
            run = get_transport(tx, found.transport) if found.transport else None
        return CourierVisit(
            number=found.id,
            vehicle=found.vehicle,
            boxes=tuple(CourierBox(id=box.id, sheets=box.sheets) for box in boxes),
            until=found.until,
            done_at=found.done_at,
            left=len(run.boxes) if run else 0,
        )

    def _live(self, tx: Connection, token: str) -> CourierLink:
        found = link_of(tx, _hashed(token))
        if self._parts.clock.now() >= found.until:
            raise NotFoundError("this link's time is over: plan the hand-over again.")
        return found

    def courier_hand_over(self, token: str, report: CourierReport) -> CourierVisit:
        """Hand over the boxes of a link whose seals are whole and theirs.

        A box whose seal is another one, broken or missing is stopped and stays where
        it is; a manager clears it. The same link used again changes nothing more.

        Raises:
            NotFoundError: the link is unknown, or its time is over.
            InputError: a box is missing in the report, nobody signed, or a photo is
                none.
            NotYetError: a box went another way meanwhile.
        """
        with self._parts.db.read() as tx:
            found = self._live(tx, token)
            boxes = {box: get_box(tx, box) for box in found.boxes}
        if found.done_at is None:
            seals = {seen.box: seen for seen in report.seals}
            if set(seals) != set(boxes) or len(report.seals) != len(boxes):
                raise InputError("Report every box of the list once.")
            signed(report.giver)  # before anything is kept
            for seen in report.seals:
                check_photo(seen.photo)
            courier = Actor(id=found.first, roles=frozenset({Role.COURIER}))
            self._hand_over(courier, found, boxes, seals, report)
        return self.courier_visit(token)

    def _hand_over(
        self,
        courier: Actor,
        plan: CourierLink,
        boxes: Mapping[str, Box],
        seals: Mapping[str, SealSeen],
        report: CourierReport,
    ) -> None:
        # Each step is remembered by itself: a repeat after a crash goes on here.
        for box, seen in seals.items():
            # 1. Every photo is kept, also of what is not as it should be.
            digest = sha256(seen.photo).hex()
            key = f"{plan.id}:{box}:{digest}"
            self.photograph(courier, key=key, box=box, photo=seen.photo)
        # 2. What is not as it should be stops and stays behind.
        whole = [
            box
            for box in plan.boxes
            if not self._stop_seen(courier, boxes[box], seals[box])
        ]
        # 3. The others go, in one transaction of their own.
        run = ""
        if whole:
            run = self.hand_over_boxes(
                courier,
                key=f"{plan.id}:leave",
                boxes=whole,
                vehicle=plan.vehicle,
                second=plan.second,
                giver=report.giver,
            ).id
        # 4. The link is used up.
        with self._parts.db.begin() as tx:
            end_link(tx, plan.id, self._parts.clock.now(), run)

    def _stop_seen(self, courier: Actor, box: Box, seen: SealSeen) -> bool:
        """Stop a box whose seal is not whole and its own; tell whether it is."""
        reason = stop_at_hand_over(box, seen)
        if not reason:
            return False
        with self._parts.db.begin() as tx:
            now = get_box(tx, box.id)
            if now.state is not BoxState.STOPPED:
                check_step(now, BoxState.STOPPED)
                set_box(tx, box.id, BoxState.STOPPED, reason)
                body: dict[str, Json] = {"tenant": box.tenant, "reason": reason}
                self._write(tx, courier, BOX_STOPPED, box.id, body)
        self._acknowledge()
        return True

    def hand_over_sheet(
        self,
        actor: Actor,
        number: str,
        *,
        names: Mapping[str, str],
        page_url: str = "",
    ) -> bytes:
        """Return the hand-over sheet (인수인계서) of a plan, or of a transport.

        A plan's has lines to sign on and the link as QR code; a transport's the kept
        signatures, and lines for those that are still to come.

        Args:
            actor: who prints; the keeper journals who looked at signatures.
            number: id of the planned hand-over, or of the transport.
            names: names of people and customers by id; an id stands for itself.
            page_url: address of the office's pages, for the link; "" prints none.

        Raises:
            NotAllowedError: the caller neither carries nor looks into the workshop.
            NotFoundError: there is neither plan nor transport with this id.
        """
        self._custody(actor)
        parts, now = self._parts, self._parts.clock.now()
        with parts.db.read() as tx:
            run = _transport_of(tx, number)
            plan = _plan_of(tx, number) if run is None else None
            listed = run.boxes if run else plan.boxes if plan else ()
            boxes = tuple(get_box(tx, box) for box in listed)
            order = order_of(tx, listed[0]) if listed else None
        if run is not None:
            sheet = _of_run(run, boxes, names)
        elif plan is not None:
            address = ""
            if page_url and now < plan.until:
                address = f"{page_url.rstrip('/')}{PATH}{self._token(plan.id)}"
            sheet = _of_plan(plan, boxes, names, address)
        else:
            raise NotFoundError(f"no hand-over {number} was planned or made here.")
        form = sheet_form(
            sheet,
            self._signatures(actor, run, sheet, names),
            made_at=now,
            standing=standing_of(parts, order, now),
            office=office_name(parts),
            names=names,
        )
        return set_form(parts, form)

    def _signatures(
        self,
        actor: Actor,
        run: Transport | None,
        sheet: Sheet,
        names: Mapping[str, str],
    ) -> list[Signing]:
        kept = {}
        if run is not None:
            with self._parts.db.read() as tx:
                kept = {one.role: one for one in find_proofs(tx, run.id)}
        signed = []
        for role, korean, english in _SIGNERS:
            empty = Signing(role=korean, role_en=english)
            if role in kept:
                found = self.show_signature(actor, kept[role].digest)
                empty = replace(
                    empty,
                    name=found.name,
                    at=kst_text(kept[role].at),
                    picture=found.drawing,
                )
            signed.append(empty)
        giver, taker = signed
        carried = [
            Signing(
                role=f"운송 담당 {n}",
                role_en=f"Handler {n}",
                name=names.get(who, who),
            )
            for n, who in enumerate((sheet.first, sheet.second), 1)
        ]
        return [giver, *carried, taker]


def stop_at_hand_over(box: Box, seen: SealSeen) -> str:
    """Return why a packed box must not be taken onto the vehicle, or ""."""
    if seen.state is not SealState.INTACT:
        return f"the seal was found {seen.state.value} at the hand-over"
    if seen.number != box.seal:
        return f"the seal reads {seen.number} at the hand-over, packed was {box.seal}"
    return ""


def _check_plan(boxes: Sequence[str], vehicle: str, lasts: dt.timedelta) -> None:
    if not 0 < len(boxes) <= _MOST_BOXES or len(set(boxes)) != len(boxes):
        raise InputError(f"A hand-over lists 1 to {_MOST_BOXES} boxes, each once.")
    if not is_line(vehicle):
        raise InputError("Give the vehicle's number on one line.")
    if not dt.timedelta(0) < lasts <= _LONGEST:
        raise InputError("A courier's link works for 1 to 72 hours.")


def _transport_of(tx: Connection, number: str) -> Transport | None:
    try:
        return get_transport(tx, number)
    except NotFoundError:
        return None


def _plan_of(tx: Connection, number: str) -> CourierLink | None:
    try:
        return get_link(tx, number)
    except NotFoundError:
        return None


def _of_run(run: Transport, boxes: tuple[Box, ...], names: Mapping[str, str]) -> Sheet:
    return Sheet(
        number=run.id,
        customer=names.get(run.tenant, run.tenant),
        vehicle=run.vehicle,
        first=run.first,
        second=run.second,
        boxes=boxes,
        left_at=run.left_at,
        arrived_at=run.arrived_at,
        stopped=run.reason,
    )


def _of_plan(
    plan: CourierLink, boxes: tuple[Box, ...], names: Mapping[str, str], link: str
) -> Sheet:
    return Sheet(
        number=plan.id,
        customer=names.get(plan.tenant, plan.tenant),
        vehicle=plan.vehicle,
        first=plan.first,
        second=plan.second,
        boxes=boxes,
        link=link,
        until=plan.until,
    )


def _hashed(token: str) -> str:
    return sha256(token.encode()).hex()
