"""The seam to a spreadsheet: tables in, workbook bytes out.

Knows cells and nothing of what they mean; the XLSX adapter is ``adapters.spreadsheet``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table of a workbook: headings, then rows of text and whole numbers."""

    name: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str | int, ...], ...]


class Spreadsheet(Protocol):
    """Writes workbooks."""

    def workbook(
        self, title: str, sheets: Sequence[Sheet], *, made_at: dt.datetime
    ) -> bytes:
        """Return the workbook's bytes; the same in, the same out."""
