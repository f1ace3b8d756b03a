"""A page for people's eyes: the captured picture with its mark below, never on it.

Knows how a page is shown. The captured bytes are `page_image`'s and stay as they are;
this view is drawn anew each time and is kept nowhere.
"""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from paperless_kernel.base.facility import standing
from paperless_kernel.base.ids import Actor
from paperless_kernel.base.typeset import MarkImage
from paperless_kernel.scan import records
from paperless_kernel.scan.inspection.words import as_file
from paperless_kernel.scan.model import Service
from paperless_kernel.scan.orders.holder import registration_of
from paperless_kernel.scan.orders.records import order_of
from paperless_kernel.scan.sealing.transfer import mark_text
from paperless_kernel.scan.workshop import Desk, open_batch_key, show

_STRIP: Final = 50
"""One part in this many of a page's width is the strip's height."""
_LEAST: Final = 16


class Viewing(Desk):
    """Shows pages with what they are: a plain scan is marked on every view."""

    def page_view(self, actor: Actor, page: str) -> bytes:
        """Return a page as a PNG with its mark in a strip below the picture.

        A plain scan says so (일반스캔); every view carries the standing.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotFoundError: no such page.
            EvidenceError: the stored bytes are not the captured ones.
            ConflictError: the batch was handed over and its key erased.
        """
        self._view(actor)
        parts = self._parts
        now = parts.clock.now()
        with parts.db.read() as tx:
            row = records.page_row(tx, page)
            batch = records.get_batch(tx, row.batch)
            order = order_of(tx, batch.box)
            workshop = order.workshop if order else ""
            trusted = batch.service is Service.TRUSTED
            held = registration_of(parts, tx, workshop, now) if trusted else None
        key = open_batch_key(parts, batch.id, actor, "scan: look at a page")
        data, _ = as_file(row, show(parts, key, row.blob, row.sha256))
        return marked(data, parts.mark(mark_text(batch.service, standing(held))))


def marked(picture: bytes, mark: MarkImage) -> bytes:
    """Return a picture as PNG with a line of text in a white strip below it."""
    with Image.open(io.BytesIO(picture)) as page:
        shown = page.convert("L" if page.mode in {"1", "L"} else "RGB")
    tall = max(_LEAST, shown.width // _STRIP)
    line = Image.frombytes("1", (mark.width, mark.height), mark.data).convert("L")
    long = min(shown.width, round(line.width * tall / line.height))
    sheet = Image.new(shown.mode, (shown.width, shown.height + tall), "white")
    sheet.paste(shown, (0, 0))
    sheet.paste(line.resize((max(1, long), tall)), (0, shown.height))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()
