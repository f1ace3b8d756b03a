from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from paperless_kernel.base.errors import NotAllowedError, NotYetError
from paperless_kernel.scan.duties import DutyBook
from paperless_kernel.scan.model import Process
from paperless_kernel.scan.people.load import check_load, load_of
from paperless_kernel.scan.people.model import (
    Load,
    Regulation,
    WorkingDay,
)

TODAY = dt.date(2026, 11, 23)


def _rules(**more: Any) -> Regulation:
    values: dict[str, Any] = {
        "number": "R-1",
        "registered_on": dt.date(2026, 1, 2),
        "effective_from": dt.date(2026, 1, 2),
        "processes": (Process.CENTRAL,),
        "contents": ("x",),
        "education_year_from": (1, 1),
        "education_grace_days": 0,
        "load_period_days": 5,
        "load_working_day": WorkingDay.INSPECTED,
        **more,
    }
    return Regulation(**values)


def _load(duties: DutyBook, per_day: dict[int, int], **more: Any) -> Load:
    since = more.pop("since", dt.date(2026, 1, 1))
    return load_of(
        "u-1",
        {TODAY - dt.timedelta(days=ago): sheets for ago, sheets in per_day.items()},
        since=since,
        today=TODAY,
        regulation=_rules(**more),
        duties=duties.on(TODAY),
    )


def test_the_average_may_reach_the_limit_and_not_pass_it(duties: DutyBook) -> None:
    full = _load(duties, {0: 8000, 1: 6000})
    assert (full.days, full.sheets, full.today, full.left) == (2, 14000, 8000, 0)
    check_load(full, "제47조⑥")
    with pytest.raises(NotAllowedError, match="제47조⑥"):
        check_load(_load(duties, {0: 8001, 1: 6000}), "제47조⑥")


def test_the_inspector_is_warned_before(duties: DutyBook) -> None:
    assert not _load(duties, {0: 6300}).warning
    assert "699 more today" in _load(duties, {0: 6301}).warning


def test_only_the_registered_period_counts(duties: DutyBook) -> None:
    assert _load(duties, {0: 1, 4: 2, 5: 7000}).sheets == 3
    assert _load(duties, {0: 1, 4: 2}, since=TODAY).sheets == 1


def test_working_days_are_the_registered_ones(duties: DutyBook) -> None:
    days = {0: 7000, 1: 7000}  # Monday and Sunday
    counted = _load(duties, days, load_working_day=WorkingDay.WEEKDAY)
    assert counted.days == 3  # Thursday, Friday, Monday
    assert _load(duties, days).days == 2
    idle = _load(duties, {}, load_working_day=WorkingDay.INSPECTED)
    assert (idle.days, idle.left) == (1, 7000)
    with pytest.raises(NotYetError, match="load_period_days"):
        _load(duties, days, load_period_days=None)
    with pytest.raises(NotYetError, match="load_working_day"):
        _load(duties, days, load_working_day=None)
