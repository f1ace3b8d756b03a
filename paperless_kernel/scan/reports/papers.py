"""A report as a workbook's sheets and as values of its paper.

Knows words and layout order, nothing of what the rows mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.events import Json
from paperless_kernel.base.spreadsheet import Sheet
from paperless_kernel.scan.reports.model import Report, ReportTable

TEMPLATE = "scan_report"
_LONGEST_NAME = 31
"""Letters of a sheet's name (ISO/IEC 29500 readers refuse more)."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


def sheets(report: Report) -> tuple[Sheet, ...]:
    """Return the workbook: a first sheet with the report's facts, then each table."""
    made = [_front(report)]
    for number, table in enumerate(report.tables, 1):
        made.append(_sheet(number, table))
    return tuple(made)


def _front(report: Report) -> Sheet:
    facts = [
        ("문서", f"{report.title} {report.title_en}"),
        ("기간", f"{report.since} – {report.until}"),
        ("작성 일시", kst_text(report.made_at)),
        ("작성자", report.made_by),
        ("근거", report.basis or "–"),
        ("보존 기한", str(report.kept_until or "–")),
        *report.facts,
        *((table.title, table.note) for table in report.tables if table.note),
    ]
    return Sheet(
        name="개요",
        columns=("항목 Item", "내용 Value"),
        widths=(30, 90),
        rows=tuple(facts),
    )


def _sheet(number: int, table: ReportTable) -> Sheet:
    name = _NOT_IN_NAMES.sub(" ", f"{number} {table.title}")[:_LONGEST_NAME]
    return Sheet(
        name=name.strip(),
        columns=tuple(f"{column.ko} {column.en}" for column in table.columns),
        widths=tuple(column.width for column in table.columns),
        rows=table.rows,
    )


def paper_values(report: Report, *, standing: str, office: str) -> dict[str, Json]:
    """Return what ``data/papers/scan_report.typ`` is given."""
    return {
        "title": report.title,
        "title_en": report.title_en,
        "standing": standing,
        "office": office,
        "period": f"{report.since} – {report.until}",
        "made_at": kst_text(report.made_at),
        "made_by": report.made_by,
        "basis": report.basis,
        "kept_until": str(report.kept_until or ""),
        "facts": [list(fact) for fact in report.facts],
        "tables": [_table(table) for table in report.tables],
    }


def _table(table: ReportTable) -> Json:
    return {
        "title": table.title,
        "title_en": table.title_en,
        "heads": [[column.ko, column.en] for column in table.columns],
        "widths": [column.width for column in table.columns],
        "numbers": [n for n, column in enumerate(table.columns) if column.number],
        "rows": [
            [f"{cell:,}" if isinstance(cell, int) else cell for cell in row]
            for row in table.rows
        ],
        "note": table.note,
    }


def with_names(report: Report, names: Mapping[str, str]) -> Report:
    """Return a report in which people's ids read as name and id."""

    def shown(cell: str | int) -> str | int:
        return f"{names[cell]} ({cell})" if cell in names else cell  # type: ignore[index]

    tables = tuple(
        replace(
            table, rows=tuple(tuple(shown(cell) for cell in row) for row in table.rows)
        )
        for table in report.tables
    )
    return replace(report, made_by=str(shown(report.made_by)), tables=tables)
