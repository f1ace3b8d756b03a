"""Prints what goes with the paper: labels, work orders, a box's story on one page.

Looks rows up and has them set; what a paper says is ``papers``, ``story`` and
``wording``. What is printed about a signature or a transport is its own desk's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Final

from pikepdf import Pdf

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.facility import standing
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records
from paperless_kernel.scan.boxes import Box
from paperless_kernel.scan.custody.labels import LabelKind, label_text
from paperless_kernel.scan.custody.model import StoryLine
from paperless_kernel.scan.custody.orderform import order_form
from paperless_kernel.scan.custody.papers import (
    FORM,
    LABELS,
    QR,
    Form,
    Sticker,
    form_values,
    label_values,
    qr_picture,
)
from paperless_kernel.scan.custody.story import LEVELS, condensed, story_values
from paperless_kernel.scan.custody.wording import state_wording
from paperless_kernel.scan.orders.holder import registration_of
from paperless_kernel.scan.orders.model import Order
from paperless_kernel.scan.orders.records import find_contracts, get_order, order_of
from paperless_kernel.scan.workshop import Desk, Parts
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.pki import subject_name

_STORY: Final = "box_story"
_SIZES: Final = (75, 68, 60)
"""Letters of a story, tenths of a point, from the usual to the smallest legible."""
_ROWS_AT: Final = {75: 62, 68: 72, 60: 86}
"""Most lines worth trying at each size; more never fit one page."""


def office_name(parts: Parts) -> str:
    """Return the name on the office's own workshop certificate."""
    return subject_name(parts.keeper.certificates(KeyPurpose.SCAN)[0])


def standing_of(parts: Parts, order: Order | None, at: dt.datetime) -> str:
    """Return a workshop's line for an instant: its registration, or the trial mark."""
    with parts.db.read() as tx:
        workshop = order.workshop if order else ""
        return standing(registration_of(parts, tx, workshop, at))


def set_form(parts: Parts, form: Form) -> bytes:
    """Set a paper: PDF/A-2b."""
    values, pictures = form_values(form)
    return parts.typesetter.pdf(FORM, values, made_at=form.made_at, images=pictures)


class Printing(Desk):
    """Papers and labels that go with the boxes."""

    def print_labels(
        self, actor: Actor, kind: LabelKind, ids: Sequence[str], *, stock: str = "a4-24"
    ) -> bytes:
        """Return a PDF of labels for boxes, seals, bins, batches or orders.

        Args:
            actor: who prints.
            kind: what the labels stick to.
            ids: box, batch or order ids; seal and bin numbers.
            stock: ``a4-24`` (a sheet of 24) or ``roll`` (one a page).

        Raises:
            NotAllowedError: the actor has no custody of boxes.
            NotFoundError: there is no such box, batch or order.
            InputError: nothing to print, or a stock nobody named.
        """
        require(actor, Action.SCAN_CUSTODY)
        stickers = [
            Sticker(kind=kind, id=each, lines=self._lines_of(kind, each))
            for each in ids
        ]
        values, pictures = label_values(stickers, stock, office_name(self._parts))
        now = self._parts.clock.now()
        return self._parts.typesetter.pdf(LABELS, values, made_at=now, images=pictures)

    def _lines_of(self, kind: LabelKind, thing: str) -> tuple[str, ...]:
        with self._parts.db.read() as tx:
            match kind:
                case LabelKind.BOX:
                    box = records.get_box(tx, thing)
                    return (f"봉인 Seal {box.seal}", f"{box.sheets:,}매 sheets")
                case LabelKind.BATCH:
                    batch = records.get_batch(tx, thing)
                    seal = records.get_box(tx, batch.box).seal
                    return (f"봉인 Seal {seal}", f"{batch.sheets:,}매 sheets")
                case LabelKind.ORDER:
                    order = get_order(tx, thing)
                    return (order.number, f"{kst_text(order.placed_at)[:10]}")
                case LabelKind.SEAL | LabelKind.BIN:
                    return ()

    def work_order_paper(
        self, actor: Actor, order: str, *, names: Mapping[str, str]
    ) -> bytes:
        """Return a work order as a paper (전자화 작업의뢰서, 제40조).

        Args:
            actor: who prints.
            order: its id.
            names: names by id, of the customer too; an id stands for itself.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotFoundError: there is no such order.
        """
        self._view(actor)
        parts = self._parts
        with parts.db.read() as tx:
            found = get_order(tx, order)
            contracts = find_contracts(tx, found.tenant)
            boxes = tuple(
                box
                for box in records.find_boxes(tx)
                if (under := order_of(tx, box.id)) and under.id == order
            )
        form = order_form(
            found,
            next((c for c in contracts if c.number == found.contract), None),
            boxes,
            customer=names.get(found.tenant, found.tenant),
            standing=standing_of(parts, found, found.placed_at),
            office=office_name(parts),
        )
        return set_form(parts, form)


def story_paper(
    parts: Parts, box: Box, lines: Sequence[StoryLine], names: Mapping[str, str]
) -> bytes:
    """Return a box's whole story on one A4 page.

    Entries that do not fit one by one are put together, from the gentlest way on; the
    page says how. Nothing is left out.

    Raises:
        InputError: not even one line an act fits (more kinds of acts than there are).
    """
    head = _head(parts, box, names)
    pictures = {QR: qr_picture(label_text(LabelKind.BOX, box.id))}
    for level in range(len(LEVELS)):
        rows = len(condensed(lines, level, names))
        for size in _SIZES:
            if rows > _ROWS_AT[size] and level < len(LEVELS) - 1:
                continue
            values = story_values(lines, level=level, size=size, names=names, head=head)
            made = parts.typesetter.pdf(
                _STORY, values, made_at=parts.clock.now(), images=pictures
            )
            with Pdf.open(BytesIO(made)) as paper:
                if len(paper.pages) == 1:
                    return made
    raise InputError(
        f"The story of box {box.seal} does not fit one page; 'paperless scan story' "
        "lists it whole."
    )


def _head(parts: Parts, box: Box, names: Mapping[str, str]) -> dict[str, Json]:
    with parts.db.read() as tx:
        order = order_of(tx, box.id)
    counted = "–" if box.counted is None else f"{box.counted:,}"
    facts = (
        ("박스", "Box", box.id),
        ("봉인", "Seal", box.seal),
        ("고객", "Customer", names.get(box.tenant, box.tenant)),
        ("작업의뢰", "Order", order.number if order else "–"),
        ("위탁계약", "Contract", box.contract),
        ("매수", "Sheets", f"신고 {box.sheets:,} · 개봉 {counted}"),
        ("상태", "State", " ".join((*state_wording(box.state), box.reason)).strip()),
        ("입고", "Received", kst_text(box.received_at)),
    )
    now = parts.clock.now()
    return {
        "title": "박스 이력",
        "title_en": "A box's whole story",
        "standing": standing_of(parts, order, now),
        "office": f"{office_name(parts)} · {kst_text(now)}",
        "facts": [
            {"label": ko, "label_en": en, "value": value, "code": value.isascii()}
            for ko, en, value in facts
        ],
    }
