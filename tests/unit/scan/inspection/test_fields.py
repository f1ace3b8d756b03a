from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.classes import Classes, FieldKind, FieldRule
from paperless_kernel.scan.documents import FieldSource, FieldValue
from paperless_kernel.scan.inspection.fields import (
    check_fields,
    is_business_number,
    is_corporation_number,
    objection,
    read_value,
)

TODAY = dt.date(2026, 11, 23)
RULE = FieldRule(
    code="field",
    label="칸",
    kind=FieldKind.TEXT,
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


def _rule(kind: FieldKind, **more: object) -> FieldRule:
    return replace(RULE, kind=kind, **more)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldKind.DATE, "2026년 3월 5일", "2026-03-05"),
        (FieldKind.DATE, "2026. 3. 5.", "2026-03-05"),
        (FieldKind.DATE, "20260305", "2026-03-05"),
        (FieldKind.WON, "금 1,200,000원", "1200000"),
        (FieldKind.WON, "₩ 35,000", "35000"),
        (FieldKind.WON, "１２３", "123"),
        (FieldKind.NUMBER, "-1,200", "-1200"),
        (FieldKind.BUSINESS_NUMBER, "1248100998", "124-81-00998"),
        (FieldKind.CORPORATION_NUMBER, "1301110006246", "130111-0006246"),
        (FieldKind.TEXT, "  서울  ", "서울"),
    ],
)
def test_a_value_gets_its_one_form(kind: FieldKind, text: str, value: str) -> None:
    assert read_value(_rule(kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (FieldKind.DATE, "2026-02-30", "is no day"),
        (FieldKind.DATE, "내일", "is no day"),
        (FieldKind.WON, "1.5", "whole number"),
        (FieldKind.WON, "천원", "whole number"),
        (FieldKind.BUSINESS_NUMBER, "12-34", "10 digits"),
        (FieldKind.CORPORATION_NUMBER, "123", "13 digits"),
        (FieldKind.TEXT, " ", "one line"),
        (FieldKind.TEXT, "x" * 201, "one line"),
        (FieldKind.TEXT, "a\nb", "one line"),
    ],
)
def test_what_is_no_such_value_is_refused(
    kind: FieldKind, text: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        read_value(_rule(kind), text)


def test_a_code_follows_its_pattern() -> None:
    rule = _rule(FieldKind.CODE, pattern="[0-9]{3}-[0-9]{2}")
    assert read_value(rule, "123-45") == "123-45"
    with pytest.raises(InputError, match="pattern"):
        read_value(rule, "123-456")


def test_check_digits_of_public_numbers() -> None:
    for number in ("1248100998", "1028142945", "2208162517", "1208147521"):
        assert is_business_number(number)
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        assert not is_business_number(wrong)
    assert is_corporation_number("1301110006246")
    assert not is_corporation_number("1301110006245")
    assert not is_corporation_number("130111000624")


def test_what_speaks_against_a_value() -> None:
    day = _rule(FieldKind.DATE, since=dt.date(1990, 1, 1), ahead=0)
    assert objection(day, "2026-11-23", today=TODAY) == ""
    assert "before" in objection(day, "1989-12-31", today=TODAY)
    assert "ahead" in objection(day, "2026-11-24", today=TODAY)
    won = _rule(FieldKind.WON, least=1, most=100)
    assert objection(won, "100", today=TODAY) == ""
    assert "less than 1" in objection(won, "0", today=TODAY)
    assert "more than 100" in objection(won, "101", today=TODAY)
    number = _rule(FieldKind.BUSINESS_NUMBER)
    assert "check digit" in objection(number, "124-81-00999", today=TODAY)


def _values(**values: str) -> dict[str, FieldValue]:
    named = {code.replace("_", "-"): value for code, value in values.items()}
    return {
        code: FieldValue(code=code, value=value, source=FieldSource.PERSON)
        for code, value in named.items()
    }


def test_a_whole_index_is_checked_and_every_fault_said(classes: Classes) -> None:
    loan = classes.of("loan-agreement")
    assert loan is not None
    good = _values(
        loan_number="123-45-678901",
        branch="001",
        agreed_on="2026-11-20",
        due_on="2027-11-20",
        amount="1000000",
    )
    check_fields(loan, good, today=TODAY, sure=())
    bad = good | _values(due_on="2026-11-19", business_number="124-81-00999")
    del bad["branch"]
    with pytest.raises(InputError) as told:
        check_fields(loan, bad, today=TODAY, sure=())
    for said in ("영업점", "만기일", "약정일", "check digit"):
        assert said in str(told.value)
    bad |= _values(branch="001")
    check_fields(loan, bad, today=TODAY, sure=("due-on", "business-number"))
