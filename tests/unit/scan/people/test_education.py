from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperless_kernel.base.errors import InputError, NotAllowedError, NotYetError
from paperless_kernel.base.ids import Role
from paperless_kernel.scan.duties import DutyBook
from paperless_kernel.scan.model import Process
from paperless_kernel.scan.people.education import (
    check_course,
    check_educated,
    education_of,
    year_of,
)
from paperless_kernel.scan.people.model import (
    Course,
    Education,
    Regulation,
    WorkingDay,
)
from paperless_kernel.scan.people.rules import (
    stated,
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


def _course(on: dt.date, hours: int, *, official: bool = False) -> Course:
    return Course(person="u", name="교육", on=on, hours=hours, official=official)


def _standing(
    duties: DutyBook,
    *courses: Course,
    role: Role = Role.SCAN_INSPECTOR,
    first: dt.date = dt.date(2025, 3, 1),
    day: dt.date = TODAY,
    **more: Any,
) -> Education:
    return education_of(role, first, courses, _rules(**more), duties.on(day), day)


@pytest.mark.parametrize(
    ("role", "hours"),
    [
        (Role.SCAN_OPERATOR, 6),
        (Role.SYSTEM_ADMIN, 8),
        (Role.SCAN_INSPECTOR, 12),
        (Role.SCAN_MANAGER, 12),
    ],
)
def test_each_role_has_its_hours(duties: DutyBook, role: Role, hours: int) -> None:
    day = dt.date(2026, 2, 1)
    done = _standing(duties, _course(day, hours), role=role)
    assert (done.needed, done.done, done.lapsed) == (hours, hours, False)
    short = _standing(duties, _course(day, hours - 1), role=role)
    assert short.lapsed
    with pytest.raises(NotAllowedError, match="제13조"):
        check_educated("u-1", short, "제13조")


def test_hours_of_a_year_add_up_and_end_with_it(duties: DutyBook) -> None:
    halves = (_course(dt.date(2026, 1, 1), 6), _course(dt.date(2026, 12, 31), 6))
    late = dt.date(2026, 12, 31)
    standing = _standing(duties, *halves, day=late)
    assert standing.expires_on == late
    assert _standing(duties, *halves, day=dt.date(2027, 1, 1)).lapsed
    # The year before does not lend hours.
    assert _standing(duties, _course(dt.date(2025, 12, 31), 12)).lapsed


def test_the_official_course_waives_the_next_year_only(duties: DutyBook) -> None:
    official = _course(dt.date(2025, 6, 1), 12, official=True)
    standing = _standing(duties, official)
    assert (standing.waived, standing.done) == (True, 0)
    assert standing.expires_on == dt.date(2026, 12, 31)
    assert _standing(duties, official, day=dt.date(2027, 1, 1)).lapsed
    assert _standing(duties, _course(dt.date(2025, 6, 1), 12)).lapsed


def test_grace_is_what_the_workshop_registered(duties: DutyBook) -> None:
    first = dt.date(2026, 11, 1)
    free = _standing(duties, first=first, education_grace_days=30)
    assert free.expires_on == dt.date(2026, 11, 30)
    assert _standing(duties, first=first, education_grace_days=22).lapsed
    # A complete year carries over for as long; an incomplete one does not.
    day = dt.date(2026, 1, 10)
    last = _course(dt.date(2025, 6, 1), 12)
    carried = _standing(duties, last, day=day, education_grace_days=31)
    assert carried.expires_on == dt.date(2026, 1, 31)
    short = _course(dt.date(2025, 6, 1), 11)
    assert _standing(duties, short, day=day, education_grace_days=31).lapsed


_AGO = st.lists(st.tuples(st.integers(0, 800), st.sampled_from([6, 12]), st.booleans()))


@given(_AGO, st.integers(0, 365), st.sampled_from([0, 1, 30]))
@settings(max_examples=40, deadline=None)
def test_the_day_of_expiry_is_the_last_one_of_work(
    duties: DutyBook, courses: list[tuple[int, int, bool]], ago: int, grace: int
) -> None:
    day = TODAY - dt.timedelta(days=ago)
    known = [
        _course(day - dt.timedelta(days=n), hours, official=flag)
        for n, hours, flag in courses
    ]

    def standing(days: int) -> Education:
        at = day + dt.timedelta(days=days)
        return _standing(duties, *known, day=at, education_grace_days=grace)

    now = standing(0)
    assert now.lapsed == (now.expires_on is None)
    if now.expires_on:
        span = (now.expires_on - day).days
        assert not any(standing(n).lapsed for n in {*range(0, span, 13), span})
        assert standing(span + 1).lapsed


def test_what_the_rules_do_not_state_is_asked_for(duties: DutyBook) -> None:
    with pytest.raises(NotYetError, match=r"education_year_from is required and not"):
        _standing(duties, education_year_from=None)
    with pytest.raises(NotYetError, match=r"education_grace_days.*\(제6조\)"):
        _standing(duties, education_grace_days=None)
    assert stated(_rules(), "load_period_days", 0) == 0


def test_an_education_year_may_begin_on_any_day() -> None:
    assert year_of(dt.date(2026, 2, 28), (3, 1)) == dt.date(2025, 3, 1)
    assert year_of(dt.date(2026, 3, 1), (3, 1)) == dt.date(2026, 3, 1)


def test_courses_are_sensible() -> None:
    check_course("교육", TODAY, 1, TODAY)
    for name, on, hours in (
        ("", TODAY, 6),
        ("교육", TODAY, 0),
        ("교육", TODAY + dt.timedelta(days=1), 6),
    ):
        with pytest.raises(InputError):
            check_course(name, on, hours, TODAY)
