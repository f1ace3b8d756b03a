from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from paperless_kernel.adapters.calendars import load_calendar
from paperless_kernel.base.clock import KST
from paperless_kernel.base.errors import InputError
from paperless_kernel.notice.model import Channel
from paperless_kernel.notice.rules import read_rules
from paperless_kernel.notice.window import Window


@pytest.fixture(scope="module")
def window(repository: Path) -> Window:
    rules = read_rules((repository / "data/rules/service.toml").read_text())
    return Window(
        calendar=load_calendar(repository / "data/holidays"),
        rules=rules,
    )


def kst(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=KST)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23 09:59:59.999", "2026-11-23 10:00"),
        ("2026-11-23 10:00", "2026-11-23 10:00"),
        ("2026-11-23 17:59:59.999", "2026-11-23 17:59:59.999"),
        ("2026-11-23 18:00", "2026-11-24 10:00"),
        ("2026-11-27 18:00", "2026-11-30 10:00"),
        ("2025-10-02 18:00", "2025-10-10 10:00"),
        ("2026-05-01 11:00", "2026-05-04 10:00"),
        ("2026-06-03 11:00", "2026-06-04 10:00"),
        ("2026-12-24 23:00", "2026-12-28 10:00"),
    ],
)
def test_next_open(window: Window, at: str, opens: str) -> None:
    assert window.next_open(kst(at)) == kst(opens)
    assert window.is_open(kst(at)) == (at == opens)


def test_closing_has_a_guard(window: Window) -> None:
    assert window.may_claim(kst("2026-11-23 17:55:59"), Channel.RCS)
    assert not window.may_claim(kst("2026-11-23 17:56"), Channel.RCS)
    assert window.may_claim(kst("2026-11-23 17:56"), Channel.MMS)
    assert not window.may_claim(kst("2026-11-23 17:58"), Channel.MMS)
    assert window.next_open(kst("2026-11-23 17:56"), Channel.RCS) == kst(
        "2026-11-24 10:00"
    )


@pytest.mark.parametrize(
    ("deadline", "reminder"),
    [
        ("2026-11-27 23:59:59", "2026-11-26 17:59:59.999"),
        ("2026-11-27 12:00", "2026-11-26 12:00"),
        ("2026-11-30 12:00", "2026-11-27 17:59:59.999"),
        ("2026-12-27 23:59", "2026-12-24 17:59:59.999"),
        ("2026-11-27 09:00", "2026-11-25 17:59:59.999"),
    ],
)
def test_the_reminder_rolls_back(window: Window, deadline: str, reminder: str) -> None:
    now = kst("2026-11-23 12:00")
    assert window.reminder(kst(deadline), now) == kst(reminder)


def test_a_reminder_that_has_passed_is_none(window: Window) -> None:
    now = kst("2026-11-23 12:00")
    assert window.reminder(kst("2026-11-24 11:00"), now) is None


def test_a_deadline_nobody_can_meet_is_refused(window: Window) -> None:
    now = kst("2026-11-27 19:00")
    with pytest.raises(InputError, match="2026-11-30 10:00"):
        window.check_deadline(kst("2026-11-30 09:00"), now)
    window.check_deadline(kst("2026-11-30 12:00"), now)


def test_nothing_is_planned_past_the_reviewed_table(window: Window) -> None:
    with pytest.raises(InputError, match="review the holiday table"):
        window.next_open(kst("2027-12-31 18:00"))
