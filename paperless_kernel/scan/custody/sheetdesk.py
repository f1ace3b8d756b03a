"""Printing the hand-over sheet (인수인계서), before and after the transport.

Looks plan, transport, boxes and signatures up; what the sheet says is ``sheet``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan.boxes import Box
from paperless_kernel.scan.custody.links import (
    CourierLink,
    get_link,
)
from paperless_kernel.scan.custody.model import ProofRole, Transport
from paperless_kernel.scan.custody.papers import Signing
from paperless_kernel.scan.custody.planning import Planning
from paperless_kernel.scan.custody.printing import office_name, set_form, standing_of
from paperless_kernel.scan.custody.records import find_proofs, get_transport
from paperless_kernel.scan.custody.sheet import Sheet, sheet_form
from paperless_kernel.scan.orders.records import order_of
from paperless_kernel.scan.records import get_box

PATH: Final = "/c/"
"""Where a link's page stands, before its token."""
_SIGNERS: Final = (
    (ProofRole.GIVER, "넘기는 사람(고객)", "Handed over by (customer)"),
    (ProofRole.TAKER, "받는 사람(작업장)", "Taken by (workshop)"),
)


class SheetDesk(Planning):
    """Prints what people sign on, and what they signed."""

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
