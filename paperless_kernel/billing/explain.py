"""Says why a line costs what it costs: quantity, price, days, what the floor dropped.

Knows words, Korean and English, and computes nothing the line does not hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from paperless_kernel.billing.model import FULL_BP, Explanation, Line

UNCONFIRMED_KO = "확인 필요"
UNCONFIRMED_EN = "to be confirmed"

_CENTI = 100


def explain(line: Line) -> Explanation:
    """Explain one line: how it is computed, on which days, from which price row."""
    ko, en = [_sum(line, ko=True)], [_sum(line, ko=False)]
    if line.dropped or line.discount or line.billed_before:
        ko.append(_floor(line, ko=True))
        en.append(_floor(line, ko=False))
    days = [each.day for each in line.days if each.billed]
    days = days or [each.day for each in line.days]
    if days:
        ko.append(f"사용일 {len(days)}일: {day_spans(days)}")
        en.append(f"Service days ({len(days)}): {day_spans(days)}")
    ko.append(f"근거: {line.source} · 요금표 sha256:{line.tariff[:16]}")
    en.append(f"Source: {line.source} · tariff sha256:{line.tariff[:16]}")
    if not line.confirmed:
        ko.append(f"{UNCONFIRMED_KO}: 요금표에 단가 또는 기간이 명시되지 않았습니다.")
        en.append(
            f"{UNCONFIRMED_EN.capitalize()}: the price list leaves the price or the "
            "period open."
        )
    return Explanation(ko=tuple(ko), en=tuple(en))


def quantity_text(line: Line) -> str:
    """Write the billed quantity, such as ``255,000.00`` MB-days or ``37``."""
    return _scaled(line.quantity, line.scale)


def unit_text(line: Line, *, ko: bool) -> str:
    """Name the quantity's unit: sides, or box-days for what is priced by the month."""
    by_day = line.divisor > 1 and line.unit_en != "day"
    if ko:
        return f"{line.unit_ko}·일" if by_day else line.unit_ko
    if by_day:
        return f"{line.unit_en}-days"
    one = line.quantity == line.scale
    return (
        line.unit_en
        if one
        else line.unit_en + ("es" if line.unit_en[-1] == "x" else "s")
    )


def price_text(line: Line, *, ko: bool) -> str:
    """Write the unit price with its period."""
    if ko:
        return f"{line.price:,}원" + ("/월" if line.divisor > 1 else "")
    return f"{line.price:,} won" + (" a month" if line.divisor > 1 else "")


def bp_text(basis_points: int) -> str:
    """Write basis points as a percentage with two places: ``33.33%``."""
    return f"{basis_points // _CENTI}.{basis_points % _CENTI:02d}%"


def day_spans(days: Iterable[dt.date]) -> str:
    """Write days as runs: ``2025-07-15~2025-07-31, 2025-08-02``."""
    runs: list[list[dt.date]] = []
    for day in sorted(days):
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1][1:] = [day]
        else:
            runs.append([day])
    return ", ".join("~".join(each.isoformat() for each in run) for run in runs)


def fraction_text(value: Fraction) -> str:
    """Write an exact amount as whole won and a fraction: ``38,387 3/31``."""
    whole, rest = divmod(value.numerator, value.denominator)
    if not rest:
        return f"{whole:,}"
    return (f"{whole:,} " if whole else "") + f"{rest}/{value.denominator}"


def _scaled(quantity: int, scale: int) -> str:
    whole, rest = divmod(quantity, scale)
    return f"{whole:,}" if scale == 1 else f"{whole:,}.{rest:02d}"


def _sum(line: Line, *, ko: bool) -> str:
    parts = [
        f"{quantity_text(line)} {unit_text(line, ko=ko)}",
        f"× {price_text(line, ko=ko)}",
    ]
    if line.divisor > 1:
        parts.append(f"÷ {line.divisor}{'일' if ko else ' days'}")
    if line.discount_bp:
        rest = bp_text(FULL_BP - line.discount_bp)
        off = bp_text(line.discount_bp)
        parts.append(f"× {rest} ({'약정 할인' if ko else 'contract discount'} {off})")
    formula = f"{' '.join(parts)} = {fraction_text(line.exact)}{'원' if ko else ' won'}"
    if not line.included:
        return formula
    free = f"{_scaled(line.included, line.scale)}{line.unit_ko}"
    over = any(each.billed for each in line.days)
    if ko:
        head = f"매일 기본제공 {free} 초과분의 합"
        return f"{head}: {formula}" if over else f"매일 기본제공 {free} 이내: 0원"
    free = f"{_scaled(line.included, line.scale)} {line.unit_en}"
    head = f"Sum of each day's use over the included {free}"
    return f"{head}: {formula}" if over else f"Within the included {free}: 0 won"


def _floor(line: Line, *, ko: bool) -> str:
    dropped = fraction_text(line.dropped)
    if ko:
        cut = f"원 미만 {dropped}원 버림" if line.dropped else "원 미만 없음"
        text = f"{cut} → {line.net:,}원"
        if line.discount:
            text += f" (할인 전 {line.gross:,}원, 할인 {line.discount:,}원)"
        if line.billed_before:
            text += f"; 기청구 {line.billed_before:,}원 차감 → {line.amount:,}원"
        return text
    cut = f"dropped below one won: {dropped}" if line.dropped else "nothing dropped"
    text = f"{cut} → {line.net:,} won"
    if line.discount:
        text += f" (before discount {line.gross:,}, discount {line.discount:,})"
    if line.billed_before:
        text += f"; less {line.billed_before:,} billed before → {line.amount:,} won"
    return text
