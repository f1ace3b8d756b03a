from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from paperless_kernel.base.errors import InputError, NotAllowedError
from paperless_kernel.base.ids import Role
from paperless_kernel.scan.model import Process
from paperless_kernel.scan.people.model import (
    Regulation,
    WorkingDay,
)
from paperless_kernel.scan.people.rules import (
    check_appointment,
    check_one_role,
    check_registered,
    check_revision,
    later,
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


def test_months_end_where_the_month_ends() -> None:
    assert later(dt.date(2026, 1, 31), months=1) == dt.date(2026, 2, 28)
    assert later(dt.date(2026, 12, 31), months=2) == dt.date(2027, 2, 28)
    assert later(dt.date(2026, 11, 30), months=1) == dt.date(2026, 12, 30)
    assert later(dt.date(2024, 2, 29), months=-12) == dt.date(2023, 2, 28)


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
