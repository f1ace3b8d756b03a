"""The courier's desk: what a link shows, and what a phone sends over it.

A link lets whoever opens it hand over the boxes it names, once, as the one person it
was made for; it shows nothing of what the boxes hold. What a hand-over means is
``custody.handover``.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from paperless_kernel.base.errors import InputError, NotFoundError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.boxes import Box, BoxState, SealState
from paperless_kernel.scan.custody.links import (
    CourierBox,
    CourierLink,
    CourierReport,
    CourierVisit,
    SealSeen,
    end_link,
    link_by_token,
)
from paperless_kernel.scan.custody.planning import hashed
from paperless_kernel.scan.custody.proofs import signed
from paperless_kernel.scan.custody.records import get_transport, set_box
from paperless_kernel.scan.custody.rules import check_photo, check_step
from paperless_kernel.scan.custody.sheetdesk import SheetDesk
from paperless_kernel.scan.records import get_box
from paperless_kernel.scan.tags import BOX_STOPPED
from paperless_kernel.trust.digest import sha256


class Couriers(SheetDesk):
    """What a phone may do between two signatures."""

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
        found = link_by_token(tx, hashed(token))
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


def stop_at_hand_over(box: Box, seen: SealSeen) -> str:
    """Return why a packed box must not be taken onto the vehicle, or ""."""
    if seen.state is not SealState.INTACT:
        return f"the seal was found {seen.state.value} at the hand-over"
    if seen.number != box.seal:
        return f"the seal reads {seen.number} at the hand-over, packed was {box.seal}"
    return ""
