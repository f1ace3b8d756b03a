"""Planning a hand-over: which boxes, which vehicle, and a link for one courier.

Knows how a link's secret comes to be and that no row holds it. What is done with a link
is ``custody.courier``.
"""

from __future__ import annotations

import datetime as dt
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan.boxes import BoxState
from paperless_kernel.scan.custody.handover import Carrying
from paperless_kernel.scan.custody.links import (
    CourierLink,
    add_link,
    get_link,
)
from paperless_kernel.scan.custody.rules import check_handlers, check_step
from paperless_kernel.scan.records import content_of, get_box, recall, remember
from paperless_kernel.scan.tags import COURIER_LINKED
from paperless_kernel.scan.workshop import is_line
from paperless_kernel.trust.digest import sha256

_LINKS: Final = "courier-link"
"""Name of the keeper's secret behind the links."""
_LONGEST: Final = dt.timedelta(hours=72)
_MOST_BOXES: Final = 100


class Planning(Carrying):
    """Makes links: each for one courier, one list of boxes, some hours."""

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
        content = content_of(*asked)
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
        add_link(tx, made, hashed(self._token(made.id)), actor.id)
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


def _check_plan(boxes: Sequence[str], vehicle: str, lasts: dt.timedelta) -> None:
    if not 0 < len(boxes) <= _MOST_BOXES or len(set(boxes)) != len(boxes):
        raise InputError(f"A hand-over lists 1 to {_MOST_BOXES} boxes, each once.")
    if not is_line(vehicle):
        raise InputError("Give the vehicle's number on one line.")
    if not dt.timedelta(0) < lasts <= _LONGEST:
        raise InputError("A courier's link works for 1 to 72 hours.")


def hashed(token: str) -> str:
    """Return the SHA-256, hex, of a link's secret part; rows hold no more."""
    return sha256(token.encode()).hex()
