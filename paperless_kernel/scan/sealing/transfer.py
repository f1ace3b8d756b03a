"""What a sealed document says of its making, and how its pages are shown.

Knows which facts go into the file (등록정보, 제31조; BSI TR-03138 Transfervermerk) and
when a page is shown turned. Pure: values in, values out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.base.events import Json
from paperless_kernel.scan.boxes import Box
from paperless_kernel.scan.capture.chain import values_of
from paperless_kernel.scan.model import Batch, Page, PageState, Service
from paperless_kernel.scan.sealing.assemble import PageImage, image_streams
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.pdf import PLAIN_MARK as _PLAIN_MARK

PLAIN_MARK: Final = _PLAIN_MARK
"""Stands on every page of a plain scan: it makes no claim to replace the paper."""

_KINDS: Final[dict[str, Literal["jpeg", "g4", "flate"]]] = {
    "jpeg": "jpeg",
    "g4": "g4",
    "flate": "flate",
}
_QUARTER_TURNS: Final = {3: 2, 4: 2, 5: 3, 6: 1, 7: 1, 8: 3}
_MIRRORED: Final = frozenset({2, 4, 5, 7})
"""EXIF's orientations: turned by quarters, and with left and right exchanged."""
_LEAST_TURN, _MOST_TURN = 30, 200  # 1/100 degree: below nobody sees it, above it crops
_A4_ACROSS, _A4_DOWN = 8.27, 11.69


def page_image(page: Page, data: bytes) -> PageImage:
    """Return how a page's bytes are placed in the PDF.

    A page without a stated resolution is shown as wide as A4.
    """
    dpi_x, dpi_y = page.dpi_x / 10, page.dpi_y / 10
    if not dpi_x or not dpi_y:
        upright = page.height >= page.width
        dpi_x = dpi_y = page.width / (_A4_ACROSS if upright else _A4_DOWN)
    return PageImage(
        data=data,
        kind=_KINDS[page.kind],
        width=page.width,
        height=page.height,
        dpi=dpi_x,
        dpi_y=dpi_y,
        components=page.colours,
        rotation_quarter=_QUARTER_TURNS.get(page.orientation, 0),
        mirrored=page.orientation in _MIRRORED,
        skew_degrees=shown_turn(page) / 100,
    )


def shown_turn(page: Page) -> int:
    """Return by how much a page is shown turned back, in 1/100 degree.

    The captured bytes are never turned. An angle that would cut the page's corners
    was held for a person and is shown as it was scanned.
    """
    angle = page.measures.skew
    if page.blank or not _LEAST_TURN <= abs(angle) <= _MOST_TURN:
        return 0
    return angle


def transfer_note(
    *,
    document: str,
    box: Box,
    batch: Batch,
    pages: Sequence[Page],
    left_out: int,
    inspector: str,
    rules: str,
) -> dict[str, Json]:
    """Return the facts of a document's making; ids, no names.

    ``left_out`` counts page versions that were replaced or set aside.
    """
    return {
        "document": document,
        "service": batch.service,
        "box": box.id,
        "seal": box.seal,
        "batch": batch.id,
        "operator": batch.operator,
        "inspector": inspector,
        "device": batch.device,
        "settings": batch.settings,
        "rules": rules,
        "leftOut": left_out,
        "pages": [_page_facts(page) for page in pages],
    }


def _page_facts(page: Page) -> dict[str, Json]:
    return {
        "position": page.position,
        "place": page.label,
        "version": page.version,
        "sheet": page.sheet,
        "side": page.side,
        "sha256": page.sha256,
        "source": page.source,
        "link": page.link,
        "coded": page.coded,
        "values": [list(one) for one in values_of(page)],
        "way": page.way,
        "gapMillis": page.gap,
        "capturedAt": stamp(page.captured_at),
        "capturedBy": page.captured_by,
        "blank": page.blank,
        "orientation": page.orientation,
        "shownTurnedBack": shown_turn(page),
        "verdict": page.verdict,
        "acceptedByPerson": page.state is PageState.ACCEPTED,
        "findings": [
            {
                "check": finding.check,
                "verdict": finding.verdict,
                "value": finding.value,
                "limit": finding.limit,
                "unit": finding.unit,
            }
            for finding in page.findings
        ],
    }


def mark_text(service: Service, standing: str) -> str:
    """Return the line that stands under every page."""
    return f"{PLAIN_MARK} · {standing}" if service is Service.PLAIN else standing


def check_streams(pdf: bytes, captured: Sequence[str]) -> None:
    """Compare capture hashes with the image streams in the finished PDF (2차 무결성).

    Raises:
        EvidenceError: a page is missing, added, moved or not the captured one.
    """
    found = [sha256(stream).hex() for stream in image_streams(pdf)]
    if len(found) != len(captured):
        raise EvidenceError(
            f"The finished PDF has {len(found)} pages, {len(captured)} were captured."
        )
    for number, (got, wanted) in enumerate(zip(found, captured, strict=True), 1):
        if got != wanted:
            raise EvidenceError(
                f"Page {number} of the finished PDF is not the picture that was "
                "captured: nothing was sealed. Call an operator."
            )
