"""Separator sheets: printed with QR code and Code 128, read back, and what they split.

Knows the codes' texts and how a run of pages becomes documents. The separator's own
sheet stays in the ledger and is never part of a document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from paperless_kernel.base.errors import InputError
from paperless_kernel.base.typeset import MarkImage
from paperless_kernel.scan.capture.codes import as_png, code_sheet, read_codes
from paperless_kernel.scan.pictures.grey import Grey

MARK: Final = "PK1:SEPARATOR"
_LONGEST_KIND: Final = 60
_BARS: Final = "PK1S"
"""What the bars say: a few letters, so that they can be drawn wide."""
_BARS_WITH_KIND: Final = re.compile(r"PK1S-([0-9A-Za-z._-]{1,12})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Separator:
    """A separator sheet; ``kind`` is the type of the documents after it, or ""."""

    kind: str


def separator_text(kind: str = "") -> str:
    """Return what a separator's QR code says.

    Raises:
        InputError: the kind is too long to print safely, or is no plain line.
    """
    if len(kind) > _LONGEST_KIND or (kind and not kind.isprintable()):
        raise InputError(
            f"A document type is one line of at most {_LONGEST_KIND} letters."
        )
    return f"{MARK}:{kind}" if kind else MARK


def separator_bars(kind: str = "") -> str:
    """Return what a separator's bars say: the kind too, where bars can carry it."""
    named = f"{_BARS}-{kind}"
    return named if _BARS_WITH_KIND.fullmatch(named) else _BARS


def separator_lines(kind: str = "") -> tuple[str, ...]:
    """Return what a separator says to people."""
    first = "구분지 · Separator: a new document begins after this sheet"
    return (first, kind) if kind else (first,)


def separator_sheet(kind: str = "", lines: Sequence[MarkImage] = ()) -> bytes:
    """Return an A4 separator sheet at 300 dpi as a PNG, to be printed."""
    return as_png(code_sheet(separator_text(kind), separator_bars(kind), lines))


def read_separator(grey: Grey) -> Separator | None:
    """Return the separator a page is, or None; other codes are no separators.

    The bars alone make a separator too; the document type is then known only where it
    is a short code.
    """
    for text in read_codes(grey):
        if text in {MARK, _BARS}:
            return Separator(kind="")
        if text.startswith(f"{MARK}:"):
            return Separator(kind=text[len(MARK) + 1 :])
        if found := _BARS_WITH_KIND.fullmatch(text):
            return Separator(kind=found[1])
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


def split(
    pages: Sequence[Scanned], every: int = 0
) -> tuple[tuple[Run, ...], frozenset[str]]:
    """Split pages at separator sheets, and after every ``every`` sheets.

    Two separators in a row make no empty document. The blank back of a separator
    sheet goes with it; a back with content does not.

    Args:
        pages: in their order.
        every: sheets of a document; 0 splits at separators only. Counting begins anew
            after a separator.

    Returns:
        The documents, and the ids of the pages that belong to separator sheets.
    """
    marked = {page.sheet for page in pages if page.separator is not None}
    runs: list[Run] = []
    taken: list[Scanned] = []
    dropped: set[str] = set()
    kind = ""
    for page in pages:
        if page.separator is not None:
            runs += _run(taken, kind)
            taken, kind = [], page.separator.kind
            dropped.add(page.id)
        elif page.sheet in marked and page.blank:
            dropped.add(page.id)
        else:
            if every and _is_full(taken, page, every):
                runs += _run(taken, kind)
                taken = []
            taken.append(page)
    runs += _run(taken, kind)
    return tuple(runs), frozenset(dropped)


def _run(pages: Sequence[Scanned], kind: str) -> list[Run]:
    return [Run(pages=tuple(page.id for page in pages), kind=kind)] if pages else []


def _is_full(taken: Sequence[Scanned], page: Scanned, every: int) -> bool:
    sheets = {one.sheet for one in taken}
    return len(sheets) >= every and page.sheet not in sheets
