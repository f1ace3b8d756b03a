"""Periods are never shorter than the years asked, and later events end no earlier."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from paperless_kernel.vault.retention import last_day

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2080, 1, 1))
YEARS = st.integers(1, 60)


@given(DAYS, YEARS)
def test_a_period_is_whole_years_after_the_event(start: dt.date, years: int) -> None:
    length = last_day(start, years) - start
    assert 365 * years - 1 <= length.days <= 366 * years


@given(DAYS, YEARS, st.integers(0, 400))
def test_later_events_end_no_earlier(start: dt.date, years: int, more: int) -> None:
    later = start + dt.timedelta(days=more)
    assert last_day(later, years) >= last_day(start, years)


@given(DAYS, YEARS)
def test_a_longer_period_contains_the_shorter(start: dt.date, years: int) -> None:
    assert last_day(start, years) < last_day(start, years + 1)
