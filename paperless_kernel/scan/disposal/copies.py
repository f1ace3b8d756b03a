"""A print of a digitised document: the word 사본 and who printed it, on every page.

Lays a sealed PDF's pages under marked pages of a new file. The sealed file is read,
never written: what it was signed for stays as it is.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from pikepdf import Name, ObjectStreamMode, Page, Pdf, Rectangle
from pikepdf import PdfError as PikepdfError

from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.trust.pdfstreams import end_streams_clearly

BAND: Final = 220
"""Height in tenths of a point of the band above each page."""
MARK: Final = "copy_mark"
"""Template of the marked pages."""
_SEALED: Final = Name("/Sealed")
_TENTHS = 10
_HUNDREDTHS = 100


def page_sizes(pdf: bytes) -> tuple[tuple[int, int], ...]:
    """Return each page's width and height as shown, in hundredths of a point.

    Raises:
        EvidenceError: the file cannot be read.
    """
    try:
        with Pdf.open(BytesIO(pdf), attempt_recovery=False) as paper:
            return tuple(_size(page) for page in paper.pages)
    except PikepdfError as error:
        raise EvidenceError(f"the sealed document cannot be read: {error}") from error


def _size(page: Page) -> tuple[int, int]:
    left, low, right, top = (float(one) for one in page.mediabox)
    wide, high = right - left, top - low
    return round(wide * _HUNDREDTHS), round(high * _HUNDREDTHS)


def _lay_under(copy: Pdf, page: Page, under: Page) -> None:
    left, low, right, top = (float(one) for one in page.mediabox)
    area = Rectangle(left, low, right, top - BAND / _TENTHS)
    sealed = copy.copy_foreign(under.as_form_xobject())
    page.add_resource(sealed, Name.XObject, _SEALED)
    # In a state of its own: what it sets does not reach the marks.
    drawn = page.calc_form_xobject_placement(sealed, _SEALED, area)
    page.contents_add(b"q\n" + drawn + b"\nQ\n", prepend=True)


def marked_copy(sealed: bytes, marks: bytes) -> bytes:
    """Return a new PDF whose pages are the sealed ones with the marks over them.

    Args:
        sealed: the document's own file.
        marks: as many pages as it has, each `BAND` higher.

    Raises:
        EvidenceError: the file cannot be read.
    """
    try:
        with (
            Pdf.open(BytesIO(sealed), attempt_recovery=False) as paper,
            Pdf.open(BytesIO(marks)) as copy,
        ):
            for page, under in zip(copy.pages, paper.pages, strict=True):
                _lay_under(copy, page, under)
            end_streams_clearly(copy)
            out = BytesIO()
            copy.save(
                out,
                object_stream_mode=ObjectStreamMode.disable,
                deterministic_id=True,
            )
    except PikepdfError as error:
        raise EvidenceError(f"the sealed document cannot be read: {error}") from error
    return out.getvalue()
