"""Values of an index: brought into one form and checked against their field's rule.

Knows dates, amounts, patterns and public check digits. Where a value came from, and
what two people make of it, is ``indexing``'s.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Final

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.classes import DocumentClass, FieldKind, FieldRule
from paperless_kernel.scan.documents import FieldValue

LONGEST: Final = 200
_MOST_DIGITS: Final = 18
_DATE: Final = re.compile(
    r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[일.]?|(\d{4})(\d{2})(\d{2})"
)
_BUSINESS: Final = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_CORPORATION: Final = (1, 2) * 6


def read_value(rule: FieldRule, text: str) -> str:
    """Bring a value into its field's one form: dates ISO, amounts bare digits.

    Raises:
        InputError: the text is no such value; says what one looks like.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text or len(text) > LONGEST or not text.isprintable():
        raise InputError(
            f"{rule.label}: a value is one line of at most {LONGEST} letters."
        )
    if rule.kind is FieldKind.DATE:
        return _date(rule, text)
    if rule.kind in {FieldKind.WON, FieldKind.NUMBER}:
        return _number(rule, text)
    if rule.kind is FieldKind.BUSINESS_NUMBER:
        digits = _digits(rule, text, 10, "124-81-00998")
        return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"
    if rule.kind is FieldKind.CORPORATION_NUMBER:
        digits = _digits(rule, text, 13, "130111-0006246")
        return f"{digits[:6]}-{digits[6:]}"
    if rule.pattern and not re.fullmatch(rule.pattern, text):
        raise InputError(
            f"{rule.label}: {text} does not follow the pattern {rule.pattern}."
        )
    return text


def objection(rule: FieldRule, value: str, *, today: dt.date) -> str:
    """Return what speaks against a value in its normal form, or "".

    A paper may say something impossible: a person may confirm the value nevertheless.

    Args:
        rule: the field's.
        value: what `read_value` gave.
        today: the Korean day of indexing.
    """
    if rule.kind is FieldKind.DATE:
        return _against_day(rule, dt.date.fromisoformat(value), today)
    if rule.kind in {FieldKind.WON, FieldKind.NUMBER}:
        return _against_number(rule, int(value))
    check = _CHECKS.get(rule.kind)
    if check and not check(value.replace("-", "")):
        return f"{rule.label}: the check digit of {value} does not fit."
    return ""


def _against_day(rule: FieldRule, day: dt.date, today: dt.date) -> str:
    if rule.since and day < rule.since:
        return f"{rule.label}: {day} lies before {rule.since}."
    if rule.ahead is not None and (day - today).days > rule.ahead:
        return f"{rule.label}: {day} lies too far ahead of today."
    return ""


def _against_number(rule: FieldRule, number: int) -> str:
    if rule.least is not None and number < rule.least:
        return f"{rule.label}: {number} is less than {rule.least}."
    if rule.most is not None and number > rule.most:
        return f"{rule.label}: {number} is more than {rule.most}."
    return ""


def is_business_number(digits: str) -> bool:
    """Tell whether ten digits are a 사업자등록번호 (public check-digit rule)."""
    if len(digits) != len(_BUSINESS) + 1 or not digits.isdecimal():
        return False
    total = sum(w * int(d) for w, d in zip(_BUSINESS, digits, strict=False))
    total += _BUSINESS[-1] * int(digits[8]) // 10
    return -total % 10 == int(digits[-1])


def is_corporation_number(digits: str) -> bool:
    """Tell whether thirteen digits are a 법인등록번호 with its check digit."""
    if len(digits) != len(_CORPORATION) + 1 or not digits.isdecimal():
        return False
    total = sum(w * int(d) for w, d in zip(_CORPORATION, digits, strict=False))
    return -total % 10 == int(digits[-1])


_CHECKS: Final = {
    FieldKind.BUSINESS_NUMBER: is_business_number,
    FieldKind.CORPORATION_NUMBER: is_corporation_number,
}


def check_fields(
    found: DocumentClass,
    values: Mapping[str, FieldValue],
    *,
    today: dt.date,
    sure: Collection[str],
) -> None:
    """Check a whole index against its class.

    Args:
        found: the document's class.
        values: by field code, in normal form.
        today: the Korean day of indexing.
        sure: codes a person confirmed to stand on the paper as typed.

    Raises:
        InputError: fields are missing, or something speaks against one; says all.
    """
    wrong = []
    for rule in found.fields:
        given = values.get(rule.code)
        if given is None:
            if rule.required:
                wrong.append(f"{rule.label} ({rule.code}) is missing.")
        elif rule.code not in sure:
            against = objection(rule, given.value, today=today)
            against = against or _order(found, rule, values)
            if against:
                wrong.append(against)
    if wrong:
        raise InputError(
            f"{found.name}: {' '.join(wrong)} Correct it; where the paper itself says "
            "so, confirm the field as written."
        )


def _order(
    found: DocumentClass, rule: FieldRule, values: Mapping[str, FieldValue]
) -> str:
    earlier = values.get(rule.after)
    value = values[rule.code].value
    if earlier is None or value >= earlier.value:  # ISO dates sort as text
        return ""
    other = found.field(rule.after)
    name = other.label if other else rule.after
    return f"{rule.label}: {value} lies before {name} {earlier.value}."


def _date(rule: FieldRule, text: str) -> str:
    match = _DATE.fullmatch(text)
    parts = [int(one) for one in match.groups() if one is not None] if match else []
    try:
        return dt.date(*parts).isoformat()
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{rule.label}: {text} is no day; write it as 2026-11-23."
        ) from error


def _number(rule: FieldRule, text: str) -> str:
    bare = text
    if rule.kind is FieldKind.WON:
        bare = re.sub(r"^(금|₩|\\|KRW)\s*|\s*(원|원정|KRW)$", "", bare)
    bare = bare.replace(",", "").replace(" ", "")
    if not re.fullmatch(rf"-?\d{{1,{_MOST_DIGITS}}}", bare, re.ASCII):
        raise InputError(
            f"{rule.label}: {text} is no whole number; write it as 1,200,000."
        )
    return str(int(bare))


def _digits(rule: FieldRule, text: str, count: int, example: str) -> str:
    digits = re.sub(r"[\s-]", "", text)
    if len(digits) != count or not re.fullmatch(r"[0-9]+", digits):
        raise InputError(f"{rule.label}: {text} has no {count} digits, as {example}.")
    return digits
