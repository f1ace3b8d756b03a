"""What must hold of any value whatever is typed."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.classes import FieldKind, FieldRule
from paperless_kernel.scan.inspection.fields import (
    is_business_number,
    is_corporation_number,
    objection,
    read_value,
)
from paperless_kernel.scan.inspection.sampling import AQLS, plan_for

KINDS = st.sampled_from([kind for kind in FieldKind if kind is not FieldKind.CODE])


def _rule(kind: FieldKind) -> FieldRule:
    return FieldRule(
        code="field",
        label="칸",
        kind=kind,
        required=False,
        pattern="",
        least=None,
        most=None,
        since=None,
        ahead=None,
        after="",
        carry=False,
        labels=(),
        accept_at=0,
    )


@given(
    KINDS,
    st.text(max_size=40)
    | st.from_regex(r"[금₩]?[0-9 ,./년월일-]{1,20}원?", fullmatch=True),
)
def test_a_normal_form_is_its_own_normal_form(kind: FieldKind, text: str) -> None:
    rule = _rule(kind)
    try:
        value = read_value(rule, text)
    except InputError:
        return
    assert read_value(rule, value) == value
    objection(rule, value, today=dt.date(2026, 11, 23))


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_every_way_to_write_a_day_is_the_day(day: dt.date) -> None:
    rule = _rule(FieldKind.DATE)
    for text in (
        day.isoformat(),
        f"{day.year}. {day.month}. {day.day}.",
        f"{day.year}년 {day.month}월 {day.day}일",
        f"{day:%Y%m%d}",
    ):
        assert read_value(rule, text) == day.isoformat()


@given(st.integers(0, 10**9 - 1), st.integers(0, 10**12 - 1))
def test_one_check_digit_fits_and_no_other(business: int, corporation: int) -> None:
    head, longer = f"{business:09d}", f"{corporation:012d}"
    assert sum(is_business_number(head + str(n)) for n in range(10)) == 1
    assert sum(is_corporation_number(longer + str(n)) for n in range(10)) == 1


@given(
    st.integers(1, 10**7), st.sampled_from(["I", "II", "III"]), st.sampled_from(AQLS)
)
def test_a_plan_fits_its_lot(lot: int, level: str, aql: str) -> None:
    plan = plan_for(lot, level, aql)
    assert 1 <= plan.size <= lot
    assert 0 <= plan.accept < 2000
    assert plan.accept / plan.size < 1 or plan.size == lot
