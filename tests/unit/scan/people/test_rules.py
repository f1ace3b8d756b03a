from __future__ import annotations

import dataclasses
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
from paperless_kernel.scan.people.load import check_load, load_of
from paperless_kernel.scan.people.model import (
    Course,
    Education,
    Load,
    Regulation,
    WorkingDay,
)
from paperless_kernel.scan.people.rules import (
    check_appointment,
    check_one_role,
    check_registered,
    check_revision,
    later,
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


def test_months_end_where_the_month_ends() -> None:
    assert later(dt.date(2026, 1, 31), months=1) == dt.date(2026, 2, 28)
    assert later(dt.date(2026, 12, 31), months=2) == dt.date(2027, 2, 28)
    assert later(dt.date(2026, 11, 30), months=1) == dt.date(2026, 12, 30)
    assert later(dt.date(2024, 2, 29), months=-12) == dt.date(2023, 2, 28)


def test_courses_are_sensible() -> None:
    check_course("교육", TODAY, 1, TODAY)
    for name, on, hours in (
        ("", TODAY, 6),
        ("교육", TODAY, 0),
        ("교육", TODAY + dt.timedelta(days=1), 6),
    ):
        with pytest.raises(InputError):
            check_course(name, on, hours, TODAY)


def _appointed(**more: dt.date) -> None:
    days = {
        "id_checked_on": TODAY,
        "pledge_signed_on": TODAY,
        "since": TODAY,
        "today": TODAY,
    }
    check_appointment(Role.SCAN_OPERATOR, **days | more)


def test_identity_and_pledge_come_first() -> None:
    _appointed()
    later_on = TODAY + dt.timedelta(days=1)
    _appointed(since=later_on)
    for late in ("id_checked_on", "pledge_signed_on"):
        with pytest.raises(NotAllowedError, match="제9조①"):
            _appointed(**{late: later_on})
        with pytest.raises(NotAllowedError, match="제9조①"):
            _appointed(**{late: later_on, "since": later_on})
    with pytest.raises(InputError, match="courier"):
        check_appointment(
            Role.COURIER,
            id_checked_on=TODAY,
            pledge_signed_on=TODAY,
            since=TODAY,
            today=TODAY,
        )


def test_one_person_one_role() -> None:
    check_one_role(set(), Role.SCAN_OPERATOR, {Process.CENTRAL})
    check_one_role({Role.SCAN_OPERATOR}, Role.SCAN_OPERATOR, {Process.CENTRAL})
    with pytest.raises(NotAllowedError, match="제45조②"):
        check_one_role({Role.SCAN_OPERATOR}, Role.SCAN_INSPECTOR, set(Process))


def test_a_manager_inspects_in_a_distributed_process_only() -> None:
    check_one_role({Role.SCAN_MANAGER}, Role.SCAN_INSPECTOR, {Process.DISTRIBUTED})
    with pytest.raises(NotAllowedError, match="제45조②"):
        check_one_role({Role.SCAN_MANAGER}, Role.SCAN_INSPECTOR, {Process.CENTRAL})
    both = {Role.SCAN_MANAGER, Role.SCAN_INSPECTOR}
    inspector = [Role.SCAN_INSPECTOR]
    check_registered("u", both, inspector, Process.DISTRIBUTED)
    with pytest.raises(NotAllowedError, match="제45조②"):
        check_registered("u", both, inspector, Process.CENTRAL)


def test_only_registered_people_begin() -> None:
    wanted = [Role.SCAN_OPERATOR, Role.SCAN_INSPECTOR]
    held = {Role.SCAN_INSPECTOR}
    assert check_registered("u", held, wanted, Process.CENTRAL) in held
    with pytest.raises(NotAllowedError, match="제9조①"):
        check_registered("u", set(), wanted, Process.CENTRAL)
    with pytest.raises(NotAllowedError, match="제45조②"):
        check_registered("u", {Role.SCAN_MANAGER}, wanted, Process.CENTRAL)


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


def test_a_revision_follows_the_version_before() -> None:
    first = _rules()
    assert check_revision(first, [], TODAY) == ""
    second = dataclasses.replace(
        first, number="R-2", effective_from=TODAY, registered_on=TODAY
    )
    assert check_revision(second, [first], TODAY) == "R-1"
    named = dataclasses.replace(second, revises="R-1")
    assert check_revision(named, [first], TODAY) == "R-1"
    for wrong, versions in (
        (dataclasses.replace(second, revises="R-0"), [first]),
        (dataclasses.replace(second, effective_from=first.effective_from), [first]),
        (dataclasses.replace(second, registered_on=dt.date(2026, 11, 24)), [first]),
        (dataclasses.replace(first, revises="R-0"), []),
    ):
        with pytest.raises(InputError):
            check_revision(wrong, versions, TODAY)
