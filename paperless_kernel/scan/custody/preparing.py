"""The preparers' desk: sorting and removing clips, and the counter's tray.

Loads, asks ``custody.rules``, writes rows and journal together. Whoever prepares counts
as an author and inspects nothing of it.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, insert

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan import records
from paperless_kernel.scan.boxes import Box, BoxState, Paper
from paperless_kernel.scan.custody.desk import Boxes
from paperless_kernel.scan.custody.model import Place, PlaceKind, Preparation
from paperless_kernel.scan.custody.packing import add_box, box_facts
from paperless_kernel.scan.custody.records import find_preparations, where_box
from paperless_kernel.scan.custody.rules import check_at_hand, check_sheets
from paperless_kernel.scan.custody.tables import preparation
from paperless_kernel.scan.model import Service
from paperless_kernel.scan.orders.model import Order, Task
from paperless_kernel.scan.orders.records import agreed_order, order_of
from paperless_kernel.scan.orders.rules import check_on_the_spot
from paperless_kernel.scan.people.gate import require_regulation, require_staff
from paperless_kernel.scan.tags import BOX_OPENED, BOX_PREPARED, BOX_RECEIVED
from paperless_kernel.scan.workshop import Parts, is_line

_PAPER = Paper()


class Preparing(Boxes):
    """Makes paper ready for the scanner, by registered, educated authors."""

    def prepare_box(
        self,
        actor: Actor,
        *,
        key: str,
        box: str,
        sorted: bool = True,  # noqa: A002 - what was done
        unclipped: bool = True,
        banded: bool = False,
    ) -> Preparation:
        """Record who sorted a box's paper and freed it of clips (분류, 전처리).

        Whoever does counts as an author (제41조②) and inspects nothing of it. Several
        people may share a box; each records the own part.

        Args:
            actor: a scan operator.
            key: idempotency key.
            box: id of an opened box.
            sorted: papers were looked through and sorted (문서 확인, 분류).
            unclipped: clips and staples were removed (클립 제거).
            banded: papers were bundled (밴딩).

        Raises:
            NotAllowedError: the caller is no registered, educated author.
            NotYetError: the box is not open and at the workshop, or is stopped.
            InputError: nothing was done.
            ConflictError: the key was used for another preparation.
        """
        require(actor, Action.SCAN_CAPTURE)
        done = (sorted, unclipped, banded)
        if not any(done):
            raise InputError("Say what was done: sorted, unclipped, banded.")
        content = records.content_of("prepare", box, actor.id, *done)
        with self._parts.db.begin() as tx:
            known = records.recall(tx, key, content)
            if known is None:
                found = records.get_box(tx, box)
                check_at_hand(found, where_box(tx, box))
                require_author(self._parts, tx, actor, order_of(tx, box))
                known = self._prepared(tx, actor, found, done)
                records.remember(tx, key, content, known)
            made = find_preparations(tx, box)[int(known)]
        self._acknowledge()
        return made

    def _prepared(
        self, tx: Connection, actor: Actor, box: Box, done: tuple[bool, bool, bool]
    ) -> str:
        """Write a preparation; return its place among the box's."""
        number = len(find_preparations(tx, box.id))
        words = dict(zip(("sorted", "unclipped", "banded"), done, strict=True))
        tx.execute(
            insert(preparation).values(
                box=box.id, by=actor.id, at=stamp(self._parts.clock.now()), **words
            )
        )
        body: dict[str, Json] = {"tenant": box.tenant, **words}
        self._write(tx, actor, BOX_PREPARED, box.id, body)
        return str(number)

    def take_tray(
        self,
        actor: Actor,
        *,
        key: str,
        order: str,
        tray: str,
        sheets: int,
        paper: Paper = _PAPER,
    ) -> Box:
        """Take paper in at the counter, to be scanned at once (분산형공정).

        A tray is a box with no journey: no seal, no vehicle; whoever takes it in
        counts, sorts and frees the paper of clips, and counts as an author.

        Args:
            actor: a scan operator at the place of receipt.
            key: idempotency key.
            order: id of a work order of the distributed process.
            tray: the tray's name or number.
            sheets: sheets counted.
            paper: what kind of paper it is.

        Raises:
            NotAllowedError: the caller may not prepare paper, or the order's contract
                does not cover this Korean day, or its paper travels in boxes.
            NotFoundError: there is no such order.
            InputError: the count is impossible, or the tray has no name.
            ConflictError: the key was used for another tray.
        """
        require(actor, Action.SCAN_CAPTURE)
        check_sheets(sheets)
        if not is_line(tray):
            raise InputError("A tray has a name or number of one line.")
        content = records.content_of("tray", order, tray, str(sheets))
        with self._parts.db.begin() as tx:
            known = records.recall(tx, key, content)
            if known is None:
                under = agreed_order(tx, order, Task.SCAN, self._parts.clock.now())
                check_on_the_spot(under)
                require_author(self._parts, tx, actor, under)
                made = replace(
                    self._new(under, tray, sheets, paper),
                    state=BoxState.OPENED,
                    counted=sheets,
                )
                add_box(tx, made)
                self._moved(tx, actor, made.id, Place(kind=PlaceKind.WORKSHOP))
                self._write(tx, actor, BOX_RECEIVED, made.id, box_facts(made))
                body: dict[str, Json] = {"tenant": made.tenant, "counted": sheets}
                self._write(tx, actor, BOX_OPENED, made.id, body)
                self._prepared(tx, actor, made, (True, True, False))
                records.remember(tx, key, content, made.id)
                known = made.id
            found = records.get_box(tx, known)
        self._acknowledge()
        return found


def require_author(
    parts: Parts, tx: Connection, actor: Actor, order: Order | None
) -> None:
    """Let a registered, educated author touch paper of a trusted scan (제41조②).

    Raises:
        NotAllowedError: not registered for it, or education has lapsed.
        NotYetError: no rules are registered for the order's workshop.
    """
    if order is not None and order.service is Service.PLAIN:
        return
    asked = ("", None) if order is None else (order.workshop, order.process)
    regulation = require_regulation(parts, tx, *asked)
    require_staff(parts, tx, actor, Role.SCAN_OPERATOR, regulation=regulation)
