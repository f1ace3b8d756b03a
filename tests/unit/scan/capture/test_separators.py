from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
import segno

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.capture.separators import (
    Run,
    Scanned,
    Separator,
    read_separator,
    separator_sheet,
    split,
)
from paperless_kernel.scan.pictures.normalise import normalise
from paperless_kernel.scan.quality.checks import half_grey

SEPARATOR = Separator(kind="")


def _page(name: str, sheet: int, separator: Separator | None = None) -> Scanned:
    return Scanned(id=name, sheet=sheet, blank=False, separator=separator)


def _grey(kind: str = "") -> Any:
    (side,) = normalise(separator_sheet(kind))
    return half_grey(side)


def test_a_sheet_is_read_back() -> None:
    assert read_separator(_grey()) == Separator(kind="")
    assert read_separator(_grey("근로계약서")) == Separator(kind="근로계약서")


def test_a_sheet_is_read_turned_and_blurred(draw: Any) -> None:
    page = cv2.GaussianBlur(_grey("계약"), (0, 0), 2)
    for seen in (draw.turned(page, 4), np.rot90(page), np.rot90(page, 2)):
        assert read_separator(seen) == Separator(kind="계약")


def test_a_text_page_is_no_separator(draw: Any) -> None:
    assert read_separator(draw.drawn()) is None


def test_another_qr_code_is_no_separator(draw: Any) -> None:
    page = draw.drawn(lines=4)
    symbol = np.array([list(row) for row in segno.make("https://example.org").matrix])
    picture = np.kron(1 - symbol, np.ones((8, 8))).astype(np.uint8) * 255
    page[800 : 800 + picture.shape[0], 400 : 400 + picture.shape[1]] = picture
    assert read_separator(page) is None


def test_a_kind_too_long_to_print_is_refused() -> None:
    with pytest.raises(InputError, match="at most"):
        separator_sheet("x" * 61)


def test_pages_split_at_separators() -> None:
    pages = [
        _page("a", 1),
        _page("b", 2),
        _page("s", 3, Separator(kind="form")),
        _page("c", 4),
    ]
    runs, dropped = split(pages)
    assert runs == (Run(pages=("a", "b"), kind=""), Run(pages=("c",), kind="form"))
    assert dropped == {"s"}


def test_double_first_and_last_separators_make_no_empty_document() -> None:
    pages = [
        _page("s1", 1, SEPARATOR),
        _page("s2", 2, SEPARATOR),
        _page("a", 3),
        _page("s3", 4, SEPARATOR),
        _page("s4", 5, Separator(kind="late")),
    ]
    runs, dropped = split(pages)
    assert runs == (Run(pages=("a",), kind=""),)
    assert dropped == {"s1", "s2", "s3", "s4"}


def test_a_separators_blank_back_goes_with_it_a_written_one_stays() -> None:
    def back(*, blank: bool) -> Scanned:
        return Scanned(id="back", sheet=1, blank=blank, separator=None)

    front = _page("front", 1, SEPARATOR)
    assert split([front, back(blank=True)]) == ((), {"front", "back"})
    assert split([front, back(blank=False)])[0] == (Run(pages=("back",), kind=""),)


def test_blank_pages_of_documents_stay() -> None:
    pages = [_page("a", 1), Scanned(id="b", sheet=1, blank=True, separator=None)]
    assert split(pages)[0] == (Run(pages=("a", "b"), kind=""),)


def test_nothing_makes_nothing() -> None:
    assert split([]) == ((), frozenset())


def test_the_bars_alone_are_a_separator_too() -> None:
    for kind, wanted in (("", ""), ("loan.contract", ""), ("loan-2", "loan-2")):
        page = _grey(kind).copy()
        page[:570], page[850:] = 255, 255
        assert read_separator(page) == Separator(kind=wanted)


def test_the_longest_kind_is_read_back() -> None:
    assert read_separator(_grey("가" * 60)) == Separator(kind="가" * 60)
    with pytest.raises(InputError, match="one line"):
        separator_sheet("two\nlines")


def test_a_fixed_count_begins_anew_after_a_separator() -> None:
    pages = [_page(name, at) for at, name in enumerate("abc", 1)]
    pages += [_page("s", 4, SEPARATOR), _page("d", 5), _page("e", 6)]
    runs, dropped = split(pages, 2)
    assert [run.pages for run in runs] == [("a", "b"), ("c",), ("d", "e")]
    assert dropped == {"s"}


def test_a_fixed_count_never_parts_a_sheets_sides() -> None:
    pages = [
        Scanned(id=f"{sheet}{side}", sheet=sheet, blank=False, separator=None)
        for sheet in (1, 2, 3)
        for side in "ab"
    ]
    runs, _ = split(pages, 1)
    assert [run.pages for run in runs] == [("1a", "1b"), ("2a", "2b"), ("3a", "3b")]
