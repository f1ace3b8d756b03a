"""A workshop of two boxes for the courier's page, without an office behind it."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field, replace

from PIL import Image

from paperless_kernel.base.errors import ConflictError, NotFoundError
from paperless_kernel.scan.custody.links import (
    CourierBox,
    CourierReport,
    CourierVisit,
)

TOKEN = "t" * 43
AT = dt.datetime(2026, 11, 23, 5, 45, 29, tzinfo=dt.UTC)
VISIT = CourierVisit(
    number="2.25.2138716283746152837461528374615283017",
    vehicle="82가 1234",
    boxes=(
        CourierBox(id="2.25.2138716283746152837461528374615283001", sheets=1200),
        CourierBox(id="2.25.2138716283746152837461528374615283002", sheets=860),
    ),
    until=AT + dt.timedelta(hours=12),
)


@dataclass
class FakeCouriers:
    """Knows one link; keeps what was sent."""

    visit: CourierVisit = VISIT
    reports: list[CourierReport] = field(default_factory=list)

    def courier_visit(self, token: str) -> CourierVisit:
        if token != TOKEN:
            raise NotFoundError("no such link")
        return self.visit

    def courier_hand_over(self, token: str, report: CourierReport) -> CourierVisit:
        if self.reports and self.reports != [report]:
            raise ConflictError("sent before")
        self.reports = [report]
        self.visit = replace(self.visit, done_at=AT, left=2)
        return self.courier_visit(token)


def photo(form: str = "JPEG", size: tuple[int, int] = (640, 480)) -> bytes:
    """A picture with place and device in it."""
    made = Image.new("RGB", size, "grey")
    facts = Image.Exif()
    facts[0x0110] = "SECRET PHONE"
    facts[0x0112] = 6  # lies on its side
    out = io.BytesIO()
    made.save(out, form, exif=facts.tobytes())
    return out.getvalue()
