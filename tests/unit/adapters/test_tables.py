from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from paperless_kernel.adapters.tables import csv_table, parquet_table, read_list
from paperless_kernel.base.errors import InputError, UnsupportedError
from paperless_kernel.scan.inspection.model import DataTable, ListRow

CSV = (
    "key,title,kind,keywords,amount\n"
    "T-1,입금 1,전표,홍길동; 김철수,1000\n"
    ",,,,\n"
    "T-2,입금 2,,,\n"
)
ROWS = (
    ListRow(
        key="T-1",
        title="입금 1",
        kind="전표",
        keywords=("홍길동", "김철수"),
        fields={"amount": "1000"},
    ),
    ListRow(key="T-2", title="입금 2"),
)
TABLE = DataTable(
    name="slip",
    columns=("title", "amount", "made-on"),
    kinds=("text", "integer", "date"),
    rows=(("=1+1", 1000, "2026-11-20"), ("입금", None, None)),
)


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_list_is_read_from_csv(tmp_path: Path, coding: str) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(CSV.encode(coding))
    assert read_list(file) == ROWS


def test_a_list_is_read_from_xlsx(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in csv.reader(io.StringIO(CSV)):
        sheet.append([int(one) if one.isdecimal() else one or None for one in row])
    book.save(tmp_path / "list.xlsx")
    assert read_list(tmp_path / "list.xlsx") == ROWS


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"title\nx\n", "no column 'key'"),
        ("a.csv", b"key\nx\n", "no column 'title'"),
        ("a.csv", b"key,title,key\nx,y,z\n", "names a column twice"),
        ("a.csv", b"key,title\nx,y\nx,z\n", "row 3 repeats the key x"),
        ("a.csv", b"key,title\n,z\n", "row 2 has no key"),
        ("a.csv", b"key,title\n\xff\xff,z\n", "neither UTF-8 nor CP949"),
        ("a.xlsx", b"PK\x03\x04", "no readable XLSX"),
        ("a.ods", b"x", "no CSV and no XLSX"),
    ],
)
def test_a_wrong_list_is_refused(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(InputError, match=said):
        read_list(file)


def test_a_list_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(5):
            packed.writestr(f"{number}.xml", bytes(16 * 1024 * 1024))
    with pytest.raises(InputError, match="64 MiB"):
        read_list(file)


def test_csv_has_its_mark_and_no_formula() -> None:
    written = csv_table(TABLE)
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))
    assert rows == [
        ["title", "amount", "made-on"],
        ["'=1+1", "1000", "2026-11-20"],
        ["입금", "", ""],
    ]


def test_parquet_holds_types_or_says_what_is_missing() -> None:
    try:
        import polars as pl  # noqa: PLC0415
    except ImportError:
        with pytest.raises(UnsupportedError, match="polars"):
            parquet_table(TABLE)
        return
    frame = pl.read_parquet(io.BytesIO(parquet_table(TABLE)))
    assert frame.rows()[0][0] == "=1+1"
    assert [str(kind) for kind in frame.dtypes] == ["String", "Int64", "Date"]
    assert frame.rows()[1] == ("입금", None, None)
