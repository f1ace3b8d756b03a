"""The window at any instant of three years."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from paperless_kernel.adapters.calendars import load_calendar
from paperless_kernel.base.clock import KST
from paperless_kernel.notice.rules import read_rules
from paperless_kernel.notice.window import Window

DATA = Path(__file__).parents[2] / "data"
WINDOW = Window(
    calendar=load_calendar(DATA / "holidays"),
    rules=read_rules((DATA / "rules/service.toml").read_text()),
)
INSTANTS = st.datetimes(
    min_value=dt.datetime(2025, 1, 10),
    max_value=dt.datetime(2027, 12, 20),
    timezones=st.just(dt.UTC),
)


def _inside(at: dt.datetime) -> bool:
    local = at.astimezone(KST)
    return (
        10 <= local.hour < 18
        and local.weekday() < 5
        and local.date() not in WINDOW.calendar.closed
    )


@settings(max_examples=300, deadline=None)
@given(INSTANTS)
def test_next_open_is_the_first_open_instant(at: dt.datetime) -> None:
    found = WINDOW.next_open(at)
    assert found >= at
    assert _inside(found)
    assert (found == at) == _inside(at)
    step = at
    while step < found:
        assert not _inside(step)
        step += dt.timedelta(minutes=30)


@settings(max_examples=300, deadline=None)
@given(INSTANTS)
def test_last_open_before_never_passes_its_limit(at: dt.datetime) -> None:
    found = WINDOW.last_open_before(at)
    assert found <= at
    assert _inside(found)
    step = at
    while step > found:
        assert not _inside(step)
        step -= dt.timedelta(minutes=30)
