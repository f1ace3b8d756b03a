"""A document as pictures of its pages and their text, for a phone and for a letter.

Bytes in, bytes out. Pictures need no script and no viewer, and what was served is what
was read; the text is for screen readers.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from threading import Lock

from pypdfium2 import PdfDocument, PdfiumError

from paperless_kernel.base.errors import InputError

WIDTH = 1080
"""Pixels: sharp on a 390-point phone screen at nearly three pixels a point."""
_QUALITY = 82
_turn = Lock()  # pdfium holds global state: one page at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """One page: a JPEG, its size in pixels, and the words on it."""

    jpeg: bytes
    width: int
    height: int
    text: str


def page_images(pdf: bytes, width: int = WIDTH) -> tuple[PageImage, ...]:
    """Draw every page of a PDF.

    Args:
        pdf: the document.
        width: of each picture, in pixels.

    Raises:
        InputError: it is no PDF, or it has no page.
    """
    with _turn:
        try:
            document = PdfDocument(pdf)
        except PdfiumError as error:
            raise InputError(
                "the document is not a readable PDF; send another."
            ) from error
        try:
            pages = tuple(_draw(document, n, width) for n in range(len(document)))
        finally:
            document.close()
    if not pages:
        raise InputError("the document has no page; send another.")
    return pages


def _draw(document: PdfDocument, number: int, width: int) -> PageImage:
    page = document[number]
    drawn = page.render(scale=width / page.get_width()).to_pil().convert("RGB")
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=_QUALITY)
    words = page.get_textpage()
    text = words.get_text_bounded()
    words.close()
    page.close()
    return PageImage(
        jpeg=out.getvalue(), width=drawn.width, height=drawn.height, text=text
    )
