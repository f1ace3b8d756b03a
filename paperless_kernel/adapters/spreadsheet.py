"""Writes workbooks with XlsxWriter, the same bytes each time.

Knows cells and nothing of what they mean. Text is written as text: nothing a customer
typed can become a formula.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from io import BytesIO

from xlsxwriter import Workbook

from paperless_kernel.base.clock import KST, aware
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.spreadsheet import Sheet

_EXACT = 2**53
"""Excel keeps numbers as doubles; larger integers are written as text."""
_MOST_ROWS = 1_048_575
_LONGEST = 32_767
"""Letters of a cell; the format takes no more."""


class XlsxSpreadsheet:
    """A `base.spreadsheet.Spreadsheet` (XLSX, ISO/IEC 29500)."""

    def workbook(
        self, title: str, sheets: Sequence[Sheet], *, made_at: dt.datetime
    ) -> bytes:
        """Return a workbook; equal input gives equal bytes.

        Args:
            title: the document's title property.
            sheets: in order; the first row of each is its heading and stays in view.
            made_at: aware; the document's date, in KST.

        Raises:
            InputError: a sheet has more rows, or a cell more letters, than the format
                takes.
        """
        out = BytesIO()
        book = Workbook(out, {"in_memory": True})
        # the container's own dates are fixed by XlsxWriter; this is the property
        created = aware(made_at).astimezone(KST).replace(tzinfo=None, microsecond=0)
        book.set_properties({"title": title, "created": created})
        head = book.add_format({"bold": True, "bg_color": "#EEF1F4", "bottom": 1})
        whole = book.add_format({"num_format": "#,##0", "valign": "top"})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            if len(sheet.rows) > _MOST_ROWS:
                raise InputError(f"{sheet.name} has over {_MOST_ROWS} rows; split it.")
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            for column, (name, width) in enumerate(
                zip(sheet.columns, sheet.widths, strict=True)
            ):
                page.set_column(column, column, width)
                page.write_string(0, column, name, head)
            for number, row in enumerate(sheet.rows, start=1):
                for column, value in enumerate(row):
                    if isinstance(value, int) and abs(value) <= _EXACT:
                        page.write_number(number, column, value, whole)
                    elif value != "":
                        page.write_string(number, column, _cell(sheet, value), text)
        book.close()
        return out.getvalue()


def _cell(sheet: Sheet, value: str | int) -> str:
    """Return a cell's text; a longer one would be left out without a word."""
    text = str(value)
    if len(text) > _LONGEST:
        raise InputError(f"{sheet.name} has a cell over {_LONGEST} letters; split it.")
    return text
