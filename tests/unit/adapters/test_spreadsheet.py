"""Workbooks: the same bytes each time, and nothing left out without a word."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from paperless_kernel.adapters.spreadsheet import XlsxSpreadsheet
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.spreadsheet import Sheet

AT = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def sheet(cell: str | int) -> Sheet:
    return Sheet(name="한 장", columns=("가",), widths=(9,), rows=((cell,),))


def text_of(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return parts.read("xl/sharedStrings.xml").decode()


def test_the_same_in_the_same_out_and_no_formula() -> None:
    made = XlsxSpreadsheet().workbook("t", [sheet("=1+1")], made_at=AT)
    assert made == XlsxSpreadsheet().workbook("t", [sheet("=1+1")], made_at=AT)
    assert "=1+1" in text_of(made)


def test_a_cell_the_format_cannot_hold_is_refused() -> None:
    whole = "가" * 32_767
    made = XlsxSpreadsheet().workbook("t", [sheet(whole)], made_at=AT)
    assert whole in text_of(made)
    with pytest.raises(InputError, match="32767 letters"):
        XlsxSpreadsheet().workbook("t", [sheet(whole + "가")], made_at=AT)
