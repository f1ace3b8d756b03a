"""Tables in and out: a customer's list from CSV or XLSX, fields to CSV or Parquet.

Knows files and cells. What the columns mean is told by who asks.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from paperless_kernel.base.errors import InputError, UnsupportedError
from paperless_kernel.scan.inspection.model import DataTable, ListRow

_LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a list, unpacked; a million rows of a bank's day have less."""
_FIXED: Final = frozenset({"key", "title", "kind", "keywords"})
_FORMULA: Final = ("=", "+", "-", "@", "\t")


def read_list(file: Path) -> tuple[ListRow, ...]:
    """Read a customer's list: columns key, title, kind, keywords, and field codes.

    CSV is read as UTF-8, or as CP949 where it is none; keywords are split at ``;``.

    Raises:
        InputError: the file cannot be read, has no key or title, or a key twice.
        UnsupportedError: it is no CSV and no XLSX.
    """
    rows = _rows(file)
    if not rows:
        raise InputError(f"{file.name} is empty.")
    head = [one.strip() for one in rows[0]]
    for name in ("key", "title"):
        if name not in head:
            raise InputError(f"{file.name} has no column {name!r} in its first row.")
    if len(set(head)) != len(head):
        raise InputError(f"{file.name} names a column twice.")
    made: dict[str, ListRow] = {}
    for number, row in enumerate(rows[1:], 2):
        cells = {name: cell.strip() for name, cell in zip(head, row, strict=False)}
        if not any(cells.values()):
            continue
        one = _list_row(cells)
        if not one.key or one.key in made:
            what = f"repeats the key {one.key}" if one.key else "has no key"
            raise InputError(f"{file.name}: row {number} {what}.")
        made[one.key] = one
    return tuple(made.values())


def _list_row(cells: Mapping[str, str]) -> ListRow:
    words = cells.get("keywords", "").split(";")
    fields = {
        name: cell
        for name, cell in cells.items()
        if name and name not in _FIXED and cell
    }
    return ListRow(
        key=cells["key"],
        title=cells.get("title", ""),
        kind=cells.get("kind", ""),
        keywords=tuple(word.strip() for word in words if word.strip()),
        fields=fields,
    )


def _rows(file: Path) -> list[list[str]]:
    ending = file.suffix.lower()
    if ending not in {".csv", ".xlsx"}:
        raise UnsupportedError(f"{file.name} is no CSV and no XLSX list.")
    with file.open("rb") as opened:
        data = opened.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise InputError(f"{file.name} is larger than 64 MiB: split it.")
    return _csv_rows(data, file.name) if ending == ".csv" else _xlsx_rows(data, file)


def _csv_rows(data: bytes, name: str) -> list[list[str]]:
    for coding in ("utf-8-sig", "cp949"):
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        try:
            return list(csv.reader(io.StringIO(text, newline="")))
        except csv.Error as error:
            raise InputError(f"{name} is no proper CSV ({error}).") from error
    raise InputError(f"{name} is neither UTF-8 nor CP949.")


def _xlsx_rows(data: bytes, file: Path) -> list[list[str]]:
    try:
        openpyxl: Any = importlib.import_module("openpyxl")  # slow, and for lists alone
    except ImportError as error:
        raise UnsupportedError(
            "an XLSX list needs the package openpyxl: pip install openpyxl, or save "
            "the list as CSV."
        ) from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _LARGEST:
                raise InputError(f"{file.name} unpacks to over 64 MiB: split it.")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = [[_cell(one) for one in row] for row in book.active.values]
        book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise InputError(f"{file.name} is no readable XLSX.") from error
    return rows


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def csv_table(table: DataTable) -> bytes:
    """Return a table as CSV: UTF-8 with its mark, so that spreadsheets read Korean.

    Text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    out = io.StringIO(newline="")
    write = csv.writer(out)
    write.writerow(table.columns)
    for row in table.rows:
        write.writerow([_plain(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: str | int | None) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


def parquet_table(table: DataTable) -> bytes:
    """Return a table as Apache Parquet, with dates as dates and amounts as integers.

    Raises:
        UnsupportedError: polars, which writes it, is not installed.
    """
    try:
        polars: Any = importlib.import_module("polars")
    except ImportError as error:
        raise UnsupportedError(
            "Parquet needs the package polars: pip install polars, or write CSV."
        ) from error
    types = {"text": polars.String, "date": polars.Date, "integer": polars.Int64}
    columns: dict[str, Sequence[object]] = {
        name: [_typed(row[n], kind) for row in table.rows]
        for n, (name, kind) in enumerate(zip(table.columns, table.kinds, strict=True))
    }
    schema = {
        name: types[kind] for name, kind in zip(table.columns, table.kinds, strict=True)
    }
    out = io.BytesIO()
    polars.DataFrame(columns, schema=schema).write_parquet(out)
    return out.getvalue()


def _typed(cell: str | int | None, kind: str) -> object:
    if cell is None:
        return None
    if kind == "date":
        return dt.date.fromisoformat(str(cell))
    return int(cell) if kind == "integer" else str(cell)
