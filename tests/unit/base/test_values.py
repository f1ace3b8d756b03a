from __future__ import annotations

import datetime as dt
import re

import pytest

from paperless_kernel.base import errors
from paperless_kernel.base.calendar import Calendar, Closing
from paperless_kernel.base.clock import (
    FixedClock,
    ShiftedClock,
    kst_date,
    kst_instant,
    parse_stamp,
    stamp,
)
from paperless_kernel.base.errors import InputError, PaperlessError
from paperless_kernel.base.events import Event
from paperless_kernel.base.ids import Ids, SystemRandom

NOW = dt.datetime(2026, 11, 23, 15, 0, 0, 7000, dt.UTC)


def test_codes_and_exit_codes_are_each_used_once() -> None:
    classes = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, PaperlessError)
    ]
    assert len({each.code for each in classes}) == len(classes)
    assert len({each.exit_code for each in classes}) == len(classes)
    assert all(0 < each.exit_code < 64 for each in classes)


def test_a_stamp_goes_both_ways_and_a_time_without_zone_is_refused() -> None:
    assert stamp(NOW) == "2026-11-23T15:00:00.007Z"
    assert parse_stamp(stamp(NOW)) == NOW
    with pytest.raises(ValueError, match="without a zone"):
        stamp(dt.datetime(2026, 1, 1))


def test_midnight_in_seoul_is_a_new_day() -> None:
    assert kst_date(NOW) == dt.date(2026, 11, 24)
    assert kst_instant(dt.date(2026, 11, 24)) == NOW.replace(microsecond=0)


def test_a_shifted_clock_follows_its_shift() -> None:
    shift = [dt.timedelta(0)]
    clock = ShiftedClock(FixedClock(NOW), lambda: shift[0])
    assert clock.now() == NOW
    shift[0] = dt.timedelta(days=2)
    assert clock.now() == NOW + dt.timedelta(days=2)


def test_ids_sort_by_time_and_are_oids() -> None:
    clock = FixedClock(NOW)
    ids = Ids(clock, SystemRandom())
    first = ids.new()
    clock.advance(dt.timedelta(milliseconds=1))
    second = ids.new()
    assert first < second
    assert re.fullmatch(r"2\.25\.[1-9][0-9]{36}", first)
    assert len({ids.new() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("tag", ["x", "a:b", "a:b:c:d", "A:b:c", "a:b:c d"])
def test_a_tag_has_three_parts(tag: str) -> None:
    with pytest.raises(ValueError, match="business:subject:done"):
        Event(tag=tag, id="1", subject="s", at=NOW, actor="a")


def test_the_calendar_closes_weekends_and_holidays_and_plans_no_further() -> None:
    calendar = Calendar(
        version="t1",
        first=dt.date(2026, 1, 1),
        reviewed_until=dt.date(2026, 12, 31),
        closed={dt.date(2026, 5, 1): Closing(reason="노동절", source="table")},
    )
    assert calendar.open_on_or_after(dt.date(2026, 5, 1)) == dt.date(2026, 5, 4)
    assert calendar.open_on_or_before(dt.date(2026, 5, 3)) == dt.date(2026, 4, 30)
    with pytest.raises(InputError, match="review the holiday table"):
        calendar.is_open(dt.date(2027, 1, 1))
