"""The workshop's records at the command line: reports, reconciliation, the log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from paperless_kernel.base.errors import InputError, NotYetError

ADMIN = ("--login", "admin")
Run = Callable[..., Any]


def test_an_office_with_nothing_in_it_agrees(rows: Run, run: Run) -> None:
    made = rows("scan", "reconcile", *ADMIN)
    assert made["facts"] == {"결과 Result": "일치 agrees"}
    assert [table["rows"] for table in made["tables"]] == [[], [], [], [], []]
    shown = run("scan", "reconcile", *ADMIN)
    assert "none in this period" in shown.output


def test_the_register_is_worded_written_and_reported(
    rows: Run, run: Run, tmp_path: Path
) -> None:
    refused = run("scan", "report", "quarterly", *ADMIN)
    assert refused.exit_code == NotYetError.exit_code
    assert "제8조" in refused.output
    for number in range(5, 10):
        made = rows("scan", "register-item", str(number), f"항목 {number}", *ADMIN)
        assert made["content"] == "own"
    note = ("scan", "register-note", "7", "특수지 작업", *ADMIN)
    assert rows(*note) == rows(*note)
    found = rows("scan", "report", "quarterly", *ADMIN)
    titles = [table["title"] for table in found["tables"]]
    assert len(titles) == 5
    lines = [row for table in found["tables"] for row in table["rows"]]
    assert [line[1] for line in lines] == ["특수지 작업"]
    xlsx, pdf = tmp_path / "q.xlsx", tmp_path / "q.pdf"
    files = ("--xlsx", str(xlsx), "--pdf", str(pdf))
    done = run("scan", "report", "quarterly", *files, *ADMIN)
    assert done.exit_code == 0, done.output
    assert xlsx.read_bytes().startswith(b"PK")
    assert pdf.read_bytes().startswith(b"%PDF-")


def test_the_log_shows_who_did_what_with_its_hash(rows: Run) -> None:
    rows("scan", "register-item", "1", "의뢰", "--content", "outsourcing", *ADMIN)
    made = rows("scan", "log", "--tag", "scan:register", "--actor", "admin", *ADMIN)
    scan, access = made["tables"]
    assert scan["rows"]
    assert access["rows"] == []
    assert {len(row[-1]) for row in scan["rows"]} == {64}
    assert scan["note"].count("\n") > 3
    nobody = rows("scan", "log", "--actor", "nobody", *ADMIN)
    assert [table["rows"] for table in nobody["tables"]] == [[], []]


def test_days_are_days(run: Run) -> None:
    days = ("--from", "2026-02-01", "--to", "2026-01-01")
    refused = run("scan", "report", "rejects", *days, *ADMIN)
    assert refused.exit_code == InputError.exit_code
    assert run("scan", "report", "nonsense", *ADMIN).exit_code == 2


def test_no_such_batch_has_no_lossy_pages(run: Run) -> None:
    refused = run("scan", "lossy", "2.25.1", *ADMIN)
    assert refused.exit_code != 0
    assert "no batch" in refused.output
