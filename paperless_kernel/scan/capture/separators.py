"""Separator sheets: printed with a QR code, read back, and what they split.

Knows the code's text and how a run of pages becomes documents. The separator's own
sheet stays in the ledger and is never part of a document.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import segno
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from paperless_kernel.base.errors import InputError

MARK: Final = "PK1:SEPARATOR"
_MODULE: Final = 28  # pixels a module at 300 dpi: about 2.4 mm, survives a bad scan
_A4_AT_300: Final = (2480, 3508)
_LONGEST_KIND: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Separator:
    """A separator sheet; ``kind`` is the type of the documents after it, or ""."""

    kind: str


def separator_text(kind: str = "") -> str:
    """Return what a separator's code says.

    Raises:
        InputError: the kind is too long to print safely.
    """
    if len(kind) > _LONGEST_KIND:
        raise InputError(f"A document type has at most {_LONGEST_KIND} letters.")
    return f"{MARK}:{kind}" if kind else MARK


def separator_sheet(kind: str = "") -> bytes:
    """Return an A4 separator sheet at 300 dpi as a PNG, to be printed."""
    code = segno.make(separator_text(kind), error="h", micro=False)
    drawn = io.BytesIO()
    code.save(drawn, kind="png", scale=_MODULE, border=4)
    page = Image.new("L", _A4_AT_300, 255)
    with Image.open(drawn) as picture:
        symbol = picture.convert("L")
    left = (page.width - symbol.width) // 2
    for top in (300, page.height - symbol.height - 300):
        page.paste(symbol, (left, top))
    out = io.BytesIO()
    page.save(out, "PNG", dpi=(300, 300))
    return out.getvalue()


def read_separator(grey: NDArray[np.uint8]) -> Separator | None:
    """Return the separator a page is, or None; other codes are no separators."""
    for code in zxingcpp.read_barcodes(
        np.ascontiguousarray(grey),
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        try_invert=False,
    ):
        text = str(code.text)
        if text == MARK:
            return Separator(kind="")
        if text.startswith(f"{MARK}:"):
            return Separator(kind=text[len(MARK) + 1 :])
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What splitting needs of a page: its id, sheet, and whether it is blank."""

    id: str
    sheet: int
    blank: bool
    separator: Separator | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Pages of one document in order, and the type its separator named."""

    pages: tuple[str, ...]
    kind: str


def split(pages: Sequence[Scanned]) -> tuple[tuple[Run, ...], frozenset[str]]:
    """Split pages at separator sheets.

    Two separators in a row make no empty document. The blank back of a separator
    sheet goes with it; a back with content does not.

    Returns:
        The documents, and the ids of the pages that belong to separator sheets.
    """
    marked = {page.sheet for page in pages if page.separator is not None}
    runs: list[Run] = []
    taken: list[str] = []
    dropped: set[str] = set()
    kind = ""
    for page in pages:
        if page.separator is not None:
            if taken:
                runs.append(Run(pages=tuple(taken), kind=kind))
                taken = []
            kind = page.separator.kind
            dropped.add(page.id)
        elif page.sheet in marked and page.blank:
            dropped.add(page.id)
        else:
            taken.append(page.id)
    if taken:
        runs.append(Run(pages=tuple(taken), kind=kind))
    return tuple(runs), frozenset(dropped)
