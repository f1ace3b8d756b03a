"""Usage x tariff = lines: exact integers, one floor per line.

The scalar engine: day by day, readable, the reference any faster engine must equal to
the won. Knows no file, no clock and no invoice.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from paperless_kernel.base.errors import InputError, QuoteRequiredError
from paperless_kernel.billing.model import (
    FULL_BP,
    Contract,
    DayQuantity,
    Line,
    Meter,
    Money,
    Month,
    UsageDay,
)
from paperless_kernel.billing.tariff import Band, Catalogue, Item, Tariff
from paperless_kernel.billing.usage import centi_megabytes

_CENTI = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """What lines of one tariff version (and plan) are made from."""

    tariff: Tariff
    month: Month
    contract: Contract
    days: tuple[UsageDay, ...]
    plan: str = ""
    sent_before: int = 0


def rate(
    month: Month,
    days: Sequence[UsageDay],
    catalogue: Catalogue,
    contract: Contract,
    *,
    sent_before: int = 0,
) -> tuple[Line, ...]:
    """Rate one customer's days of one month.

    Args:
        month: the service month.
        days: the customer's usage, days of this month only.
        catalogue: the tariff versions; each day is priced by the one in force on it.
        contract: discount, contracted volume and agreed prices.
        sent_before: notices sent earlier in the contract year; matters only where
            bands are read as graduated.

    Returns:
        Lines in the order of the tariff's rows; VAT is not spread yet.

    Raises:
        InputError: a day of another month, vault use without a plan, a discount over
            the tariff's maximum, an unknown code in the contract.
        NotFoundError: a day no tariff covers.
        QuoteRequiredError: something was used that has no printed price and the
            contract names none (별도협의).
    """
    lines: list[Line] = []
    by_tariff: dict[str, list[UsageDay]] = defaultdict(list)
    tariffs: dict[str, Tariff] = {}
    for day in sorted(days, key=lambda each: each.day):
        if Month.of(day.day) != month:
            raise InputError(
                f"{day.day} is no day of {month.text}; rate it with its month."
            )
        tariff = catalogue.on(day.day)
        tariffs[tariff.sha256] = tariff
        by_tariff[tariff.sha256].append(day)
    for identity, its_days in by_tariff.items():
        piece = _Piece(
            tariff=tariffs[identity],
            month=month,
            contract=contract,
            days=tuple(its_days),
            sent_before=sent_before,
        )
        _check(piece)
        for item in piece.tariff.item:
            lines.extend(_RATERS[item.model](item, piece))
        sent_before += sum(day.count(Meter.SENT) for day in its_days)
    return tuple(lines)


def adjustments(fresh: Iterable[Line], billed: Iterable[Line]) -> tuple[Line, ...]:
    """Return what a re-rating changes: late events, with their own service dates.

    Args:
        fresh: lines of closed months, rated with all that is known today.
        billed: lines of those months on all invoices already issued.

    Returns:
        For each line that differs, the difference; it may be negative.
    """
    before: dict[tuple[str, str, str, str, int], Line] = {}
    paid: dict[tuple[str, str, str, str, int], int] = defaultdict(int)
    for line in billed:
        before[line.key] = line
        paid[line.key] += line.amount
    now = {line.key: line for line in fresh}
    gone = {key: _emptied(line) for key, line in before.items() if key not in now}
    return tuple(
        replace(
            line, billed_before=Money(paid[key]), amount=Money(line.net - paid[key])
        )
        for key, line in sorted({**now, **gone}.items(), key=lambda pair: pair[0][0])
        if line.net != paid[key]
    )


def _emptied(line: Line) -> Line:
    return replace(line, days=(), exact=Fraction(0), gross=Money(0), vat=Money(0))


def graduated(
    bands: Sequence[Band], before: int, count: int
) -> tuple[tuple[int, int], ...]:
    """Spread a count over bands, each part at its own band's price.

    Args:
        bands: rising bands, each up to and including its limit.
        before: sends that already stand in the year.
        count: sends to spread.

    Returns:
        Pairs of price and number.

    Raises:
        QuoteRequiredError: the count passes the last band.
    """
    parts = []
    for band in bands:
        part = max(0, min(band.up_to - before, count))
        if part:
            parts.append((band.price, part))
        before, count = before + part, count - part
    if count:
        raise QuoteRequiredError(_over(bands))
    return tuple(parts)


def band_price(bands: Sequence[Band], volume: int) -> int:
    """Return the one price of a yearly volume; a boundary belongs to its band (이하).

    Raises:
        QuoteRequiredError: the volume passes the last band.
    """
    for band in bands:
        if volume <= band.up_to:
            return band.price
    raise QuoteRequiredError(_over(bands))


def true_up(bands: Sequence[Band], sent: int, contracted: int) -> Money:
    """Return what a contract year still owes, negative for a credit.

    The difference between the band really reached and the contracted one, for the
    whole year's sends.
    """
    return Money(sent * (band_price(bands, sent) - band_price(bands, contracted)))


def _over(bands: Sequence[Band]) -> str:
    return (
        f"over {bands[-1].up_to:,} notices a year the tariff prints no price; agree "
        "one and enter it in the contract as notice.send."
    )


def _check(piece: _Piece) -> None:
    tariff, contract = piece.tariff, piece.contract
    most = tariff.rules.discount_max_bp.value
    if not 0 <= contract.discount_bp <= most:
        raise InputError(
            f"a discount of {contract.discount_bp} basis points is outside 0 to {most} "
            f"(tariff {tariff.name}); correct the contract."
        )
    known = {item.code for item in tariff.item}
    for code, price in contract.prices.items():
        if code not in known or price < 0:
            raise InputError(
                f"the contract prices {code!r} at {price} won, which tariff "
                f"{tariff.name} does not allow; correct the contract."
            )
    for day in piece.days:
        vault = day.count(Meter.ISSUED) + day.count(Meter.CERTIFIED)
        if not day.plan and (day.stored_bytes or vault):
            raise InputError(
                f"the vault was used on {day.day} without a plan; enter the day the "
                "customer joined."
            )


def _by_plan(piece: _Piece) -> list[_Piece]:
    """Split at each change of plan; days without one fall away."""
    plans: dict[str, list[UsageDay]] = {}
    for day in piece.days:
        if day.plan:
            plans.setdefault(day.plan, []).append(day)
    return [replace(piece, plan=plan, days=tuple(days)) for plan, days in plans.items()]


def _line(
    item: Item,
    piece: _Piece,
    price: int,
    days: Iterable[DayQuantity],
    *,
    scale: int = 1,
    included: int = 0,
) -> Line:
    tariff, contract = piece.tariff, piece.contract
    agreed = contract.prices.get(item.code)
    plan = tariff.plan_of(piece.plan) if piece.plan else None
    price = price if agreed is None else agreed
    kept = tuple(each for each in days if each.used)
    monthly = item.period == "month"
    divisor = piece.month.length if monthly else 1
    may = item.code in tariff.rules.discount_items.value
    bp = contract.discount_bp if may else 0
    whole = Fraction(price * sum(each.billed for each in kept), scale * divisor)
    exact = whole * Fraction(FULL_BP - bp, FULL_BP)
    net = exact.numerator // exact.denominator
    return Line(
        item=item.code,
        name_ko=item.name_ko + (f" ({plan.name_ko})" if plan else ""),
        name_en=item.name_en + (f" ({plan.name_en})" if plan else ""),
        unit_ko=item.unit_ko,
        unit_en=item.unit_en,
        plan=piece.plan,
        service_month=piece.month.text,
        tariff=tariff.sha256,
        source=(item.source if agreed is None else f"약정 단가 ({item.source})"),
        # an agreed price settles the price, not an open period
        confirmed=item.confirmed or (agreed is not None and not monthly),
        price=Money(price),
        scale=scale,
        included=included,
        divisor=divisor,
        discount_bp=bp,
        days=kept,
        exact=exact,
        gross=Money(whole.numerator // whole.denominator),
        amount=Money(net),
    )


def _join(item: Item, piece: _Piece) -> list[Line]:
    """Once on joining; on an upgrade the difference of the two fees."""
    lines = []
    for day in piece.days:
        once = [DayQuantity(day=day.day, used=1, billed=1)]
        if day.joined:
            fee = piece.tariff.plan_of(day.joined).join_fee
            lines.append(_line(item, replace(piece, plan=day.joined), fee, once))
        if day.upgraded_from:
            old = piece.tariff.plan_of(day.upgraded_from).join_fee
            fee = piece.tariff.plan_of(day.plan).join_fee - old
            if fee > 0:
                lines.append(_line(item, replace(piece, plan=day.plan), fee, once))
    return lines


def _base(item: Item, piece: _Piece) -> list[Line]:
    return [
        _line(
            item,
            part,
            part.tariff.plan_of(part.plan).base_fee,
            (DayQuantity(day=day.day, used=1, billed=1) for day in part.days),
        )
        for part in _by_plan(piece)
    ]


def _storage(item: Item, piece: _Piece) -> list[Line]:
    megabyte = piece.tariff.rules.megabyte_bytes.value
    lines = []
    for part in _by_plan(piece):
        free = part.tariff.plan_of(part.plan).storage_mb * _CENTI
        used = [(d.day, centi_megabytes(d.stored_bytes, megabyte)) for d in part.days]
        lines += _over_allowance(item, part, used, free, scale=_CENTI)
    return lines


def _ids(item: Item, piece: _Piece) -> list[Line]:
    lines = []
    for part in _by_plan(piece):
        free = part.tariff.plan_of(part.plan).ids
        lines += _over_allowance(
            item, part, [(day.day, day.ids) for day in part.days], free, scale=1
        )
    return lines


def _over_allowance(
    item: Item,
    piece: _Piece,
    used: Iterable[tuple[dt.date, int]],
    free: int,
    *,
    scale: int,
) -> list[Line]:
    """Bill what exceeds the allowance, each day by itself; nothing is carried over."""
    days = [
        DayQuantity(day=day, used=size, billed=max(0, size - free))
        for day, size in used
        if size
    ]
    line = _line(item, piece, item.price or 0, days, scale=scale, included=free)
    return [line] if days else []


def _kept(item: Item, piece: _Piece) -> list[Line]:
    return _counted(item, piece, item.price or 0, lambda day: day.boxes)


def _unit(item: Item, piece: _Piece) -> list[Line]:
    meter = Meter(item.code)
    return _counted(item, piece, item.price or 0, lambda day: day.count(meter))


def _quote(item: Item, piece: _Piece) -> list[Line]:
    meter = Meter(item.code)
    used = sum(day.count(meter) for day in piece.days)
    if used and item.code not in piece.contract.prices:
        raise QuoteRequiredError(
            f"{item.name_ko} ({item.code}) was used {used} times in {piece.month.text} "
            "and the tariff prints no price (별도협의); agree one and enter it in the "
            "contract."
        )
    return _counted(item, piece, 0, lambda day: day.count(meter))


def _send(item: Item, piece: _Piece) -> list[Line]:
    count = sum(day.count(Meter.SENT) for day in piece.days)
    if not count:
        return []
    if item.code in piece.contract.prices:
        return _counted(item, piece, 0, lambda day: day.count(Meter.SENT))
    if piece.tariff.rules.band_mode.value == "graduated":
        return _send_graduated(item, piece)
    # a month that alone passes the last band is no contracted volume any more
    band_price(item.bands, count)
    price = band_price(item.bands, piece.contract.annual_notices)
    return _counted(item, piece, price, lambda day: day.count(Meter.SENT))


def _send_graduated(item: Item, piece: _Piece) -> list[Line]:
    parts: dict[int, list[DayQuantity]] = {}
    before = piece.sent_before
    for day in piece.days:
        count = day.count(Meter.SENT)
        for price, part in graduated(item.bands, before, count):
            parts.setdefault(price, []).append(
                DayQuantity(day=day.day, used=part, billed=part)
            )
        before += count
    return [_line(item, piece, price, days) for price, days in parts.items()]


def _counted(
    item: Item, piece: _Piece, price: int, count: Callable[[UsageDay], int]
) -> list[Line]:
    days = [
        DayQuantity(day=day.day, used=size, billed=size)
        for day in piece.days
        if (size := count(day))
    ]
    return [_line(item, piece, price, days)] if days else []


_RATERS: Mapping[str, Callable[[Item, _Piece], list[Line]]] = {
    "join": _join,
    "base": _base,
    "storage": _storage,
    "ids": _ids,
    "kept": _kept,
    "unit": _unit,
    "send": _send,
    "quote": _quote,
}
