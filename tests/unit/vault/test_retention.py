from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.vault.retention import (
    Period,
    check_extension,
    last_day,
    parse_retention,
    period,
)


@pytest.mark.parametrize(
    ("start", "years", "last"),
    [
        ("2026-03-02", 5, "2031-03-02"),
        ("2026-12-31", 10, "2036-12-31"),
        ("2024-02-28", 5, "2029-02-28"),  # counts from the 29th: ends with February
        ("2024-02-29", 5, "2029-02-28"),  # counts from 1 March: ends the day before
        ("2023-02-28", 5, "2028-02-29"),  # likewise, and that February has 29 days
    ],
)
def test_years_are_counted_as_the_civil_code_does(
    start: str, years: int, last: str
) -> None:
    assert last_day(dt.date.fromisoformat(start), years) == dt.date.fromisoformat(last)


def test_the_rules_file_reads_and_every_class_names_its_source(
    repository: Path,
) -> None:
    text = (repository / "data/rules/retention.toml").read_text("utf-8")
    rules = parse_retention(tomllib.loads(text))
    assert {"general", "commercial-book", "credit-information"} <= set(rules.classes)
    assert all(each.source and each.start for each in rules.classes.values())
    capped = period(rules.named("credit-information"), dt.date(2026, 1, 5))
    assert capped.floor == capped.ceiling == dt.date(2031, 1, 5)
    assert period(rules.named("general"), dt.date(2026, 1, 5)).ceiling is None


def test_the_period_is_open_until_its_event() -> None:
    rules = parse_retention({"version": "t", "class": {"c": _CLASS}})
    assert period(rules.named("c"), None) == Period(floor=None, ceiling=None)
    with pytest.raises(InputError, match="No retention class 'd'"):
        rules.named("d")


_CLASS = {
    "label": "l",
    "label_en": "l",
    "start": "s",
    "floor_years": 5,
    "source": "x",
}


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"version": "t", "class": {"c": {}}},
        {"version": "t", "class": {"c": {**_CLASS, "ceiling_years": 3}}},
        {"version": "t", "class": {"c": {**_CLASS, "floor_years": 0}}},
        {"version": "t", "class": {"c": {**_CLASS, "floor_years": "many"}}},
        {"version": "t", "class": 5},
    ],
)
def test_broken_rules_are_refused(broken: dict[str, object]) -> None:
    with pytest.raises(InputError):
        parse_retention(broken)


def test_retention_only_lengthens_and_not_past_the_ceiling() -> None:
    now = Period(floor=dt.date(2030, 1, 1), ceiling=dt.date(2032, 1, 1))
    check_extension(now, dt.date(2031, 1, 1))
    with pytest.raises(InputError, match="only lengthens"):
        check_extension(now, dt.date(2029, 1, 1))
    with pytest.raises(InputError, match="ceiling"):
        check_extension(now, dt.date(2033, 1, 1))
