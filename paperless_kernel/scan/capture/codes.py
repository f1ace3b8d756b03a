"""Sheets of our own with a QR code and a Code 128, printed and read back.

Knows sizes, the letters before each code's text, and how to look for them quickly on
every page. What a code means stands in ``separators`` and ``slips``.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import segno
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from paperless_kernel.base.typeset import MarkImage
from paperless_kernel.scan.pictures.grey import Grey, shrink

_A4_AT_300: Final = (2480, 3508)
_MODULE: Final = 28  # pixels a QR module at 300 dpi: about 2.4 mm, survives a bad scan
_BAR: Final = 24  # pixels a bar, for a short text
_NARROWEST_BAR: Final = 6
_MARGIN: Final = 240
_BAR_HEIGHT: Final = 300
_LINE_HEIGHT: Final = 80
_QR_ROOM: Final = 1100
_LONG_TEXT: Final = 60  # bytes; more is coded with less redundancy, in wider modules
SMALL: Final = 400
"""Pixels of the long side, at least, in which the codes of separators are found."""
LARGE: Final = 1600
"""The same for a slip's bars, which say more."""
_FORMATS: Final = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128]
)


def code_sheet(qr: str, bars: str, lines: Sequence[MarkImage] = ()) -> Image.Image:
    """Draw an A4 page at 300 dpi: the QR code twice, the bars and lines between.

    Args:
        qr: what the QR code says.
        bars: what the Code 128 says; ASCII, and short, as it is read without the QR.
        lines: printed for people, from the top.
    """
    page = Image.new("L", _A4_AT_300, 255)
    symbol = _qr(qr)
    left = (page.width - symbol.width) // 2
    for top in (_MARGIN, page.height - symbol.height - _MARGIN):
        page.paste(symbol, (left, top))
    below = _MARGIN + symbol.height
    drawn = _bars(bars)
    page.paste(drawn, ((page.width - drawn.width) // 2, below))
    at = below + drawn.height + _LINE_HEIGHT // 2
    for line in lines:
        at += _put_line(page, line, at)
    return page


def as_png(page: Image.Image) -> bytes:
    """Return a drawn sheet as a PNG at 300 dpi."""
    out = io.BytesIO()
    page.save(out, "PNG", dpi=(300, 300))
    return out.getvalue()


def as_pdf(pages: Sequence[Image.Image]) -> bytes:
    """Return drawn sheets as one PDF to be printed, in order."""
    first, *rest = [page.convert("1", dither=Image.Dither.NONE) for page in pages]
    out = io.BytesIO()
    first.save(out, "PDF", resolution=300, save_all=True, append_images=rest)
    return out.getvalue()


def read_codes(grey: Grey, least: int = SMALL) -> tuple[str, ...]:
    """Return the texts of the QR and Code 128 codes on a page, QR codes first.

    They are printed so large that a small picture shows them; that is what makes it
    cheap to look on every page.

    Args:
        grey: the page.
        least: pixels that the long side keeps at least.
    """
    small = grey
    while max(small.shape) >= 2 * least:
        small = shrink(small, 2)
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(small),
        formats=_FORMATS,
        try_invert=False,
        try_downscale=False,
    )
    codes = [(str(code.format) != "QR Code", str(code.text)) for code in found]
    return tuple(text for _, text in sorted(codes, key=lambda each: each[0]))


def _qr(text: str) -> Image.Image:
    level = "m" if len(text.encode()) > _LONG_TEXT else "h"
    code = segno.make(text, error=level, micro=False, boost_error=False)
    rows = np.array([list(row) for row in code.matrix_iter(border=4)], np.uint8)
    module = min(_MODULE, _QR_ROOM // len(rows))
    return _blocks(rows, module, module)


def _bars(text: str) -> Image.Image:
    made: Any = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    drawn: NDArray[np.uint8] = np.array(made.to_image(scale=1, add_quiet_zones=False))
    row = (drawn[len(drawn) // 2] == 0).astype(np.uint8)[None, :]
    room = _A4_AT_300[0] - 2 * _MARGIN
    bar = max(_NARROWEST_BAR, min(_BAR, room // row.shape[1]))
    return _blocks(row, bar, _BAR_HEIGHT)


def _blocks(dark: NDArray[np.uint8], across: int, down: int) -> Image.Image:
    grown = np.kron(1 - (dark > 0), np.ones((down, across), np.uint8))
    return Image.fromarray((grown * 255).astype(np.uint8))


def _put_line(page: Image.Image, line: MarkImage, top: int) -> int:
    """Draw a line of text in the middle; return how far down the next one goes."""
    drawn = Image.frombytes("1", (line.width, line.height), line.data).convert("L")
    room = page.width - 2 * _MARGIN
    wide = min(room, line.width * _LINE_HEIGHT // line.height)
    tall = max(1, wide * line.height // line.width)
    page.paste(drawn.resize((wide, tall)), ((page.width - wide) // 2, top))
    return tall + _LINE_HEIGHT // 4
