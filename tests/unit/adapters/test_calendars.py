from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from paperless_kernel.adapters.calendars import load_calendar
from paperless_kernel.base.errors import InputError

DAY = '[[closed]]\ndate = {}\nreason = "r"\nsource = "s"\n'


def table(year: int, *days: str) -> str:
    head = f"year = {year}\nreviewed_on = 2026-11-23\n"
    return head + "".join(DAY.format(day) for day in days)


def test_the_kept_table_knows_the_hard_days(repository: Path) -> None:
    calendar = load_calendar(repository / "data/holidays")
    closed = [
        "2025-01-27",
        "2025-06-03",
        "2025-10-08",
        "2026-05-01",
        "2026-06-03",
        "2026-07-17",
        "2026-10-05",
        "2027-02-09",
        "2027-05-03",
        "2027-07-19",
        "2027-12-27",
    ]
    assert not [d for d in closed if calendar.is_open(dt.date.fromisoformat(d))]
    # Labour day before 2026 and the stock exchange's year-end are business days.
    for day in ("2025-05-01", "2025-07-17", "2026-12-31", "2026-06-05"):
        assert calendar.is_open(dt.date.fromisoformat(day))
    assert len(calendar.closed) == 65
    assert calendar.closed[dt.date(2025, 6, 3)].decided_on == dt.date(2025, 4, 8)
    assert all(each.source for each in calendar.closed.values())


def test_an_edit_makes_another_version(tmp_path: Path) -> None:
    (tmp_path / "kr-2030.toml").write_text(table(2030, "2030-01-01"))
    before = load_calendar(tmp_path).version
    (tmp_path / "kr-2030.toml").write_text(table(2030, "2030-01-01", "2030-04-03"))
    assert load_calendar(tmp_path).version != before


def test_what_cannot_be_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no holiday table"):
        load_calendar(tmp_path)
    for wrong in (
        "year = 2030",
        "not toml",
        table(2030, "2031-01-01"),
        table(2030, "2030-01-01", "2030-01-01"),
    ):
        (tmp_path / "kr-2030.toml").write_text(wrong)
        with pytest.raises(InputError, match=r"kr-2030\.toml"):
            load_calendar(tmp_path)
    (tmp_path / "kr-2030.toml").write_text(table(2030, "2030-01-01"))
    (tmp_path / "kr-2032.toml").write_text(table(2032, "2032-01-01"))
    with pytest.raises(InputError, match="skip or repeat"):
        load_calendar(tmp_path)
