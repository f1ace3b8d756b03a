"""Whatever was used, in whatever order it came, these hold."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from paperless_kernel.base.clock import kst_instant
from paperless_kernel.billing.invoice import spread_vat
from paperless_kernel.billing.model import Contract, Meter, Month, UsageEvent
from paperless_kernel.billing.rating import adjustments, rate
from paperless_kernel.billing.tariff import Catalogue, parse_tariff
from paperless_kernel.billing.usage import usage_days

DECK = Path(__file__).parents[2] / "data" / "tariffs" / "deck-2025.toml"
CATALOGUE = Catalogue.of([parse_tariff(DECK.read_text(encoding="utf-8"))])
MONTH = Month.parse("2025-07")
JOIN = UsageEvent(
    key="join",
    tenant="t",
    meter=Meter.JOINED,
    at=kst_instant(dt.date(2025, 5, 20)),
    plan="basic",
)
_SIZED = {
    Meter.DEPOSITED: 80_000_000_000,
    Meter.SCANNED_TRUSTED: 5_000,
    Meter.BOX_SUPPLIED: 9,
}


@st.composite
def an_event(draw: st.DrawFn) -> UsageEvent:
    free = [
        m
        for m in Meter
        if m
        not in (
            Meter.JOINED,
            Meter.LEFT,
            Meter.PACKED,
            Meter.TRANSPORTED,
            Meter.POSTED,
            Meter.BOX_MOVED,
        )
    ]
    meter = draw(st.sampled_from(free))
    day = dt.date(2025, 6, 1) + dt.timedelta(days=draw(st.integers(0, 75)))
    at = kst_instant(day, dt.time(draw(st.integers(0, 23)), draw(st.integers(0, 59))))
    plan = draw(st.sampled_from(["basic", "premium"]))
    return UsageEvent(
        key=f"{draw(st.integers(0, 10**9))}",
        tenant="t",
        meter=meter,
        at=at,
        quantity=draw(st.integers(1, _SIZED[meter])) if meter in _SIZED else 1,
        subject=f"s{draw(st.integers(0, 5))}",
        plan=plan if meter is Meter.PLAN_CHANGED else "",
    )


HISTORY = st.lists(an_event(), max_size=25, unique_by=lambda e: e.key).map(
    lambda events: [JOIN, *events]
)
CONTRACT = st.builds(
    Contract,
    discount_bp=st.integers(0, 5_000),
    annual_notices=st.integers(0, 5_000_000),
)
BRISK = settings(max_examples=60, deadline=None)


def july(events: list[UsageEvent]) -> tuple[object, ...]:
    return usage_days(events, MONTH.first, MONTH.last)


@BRISK
@given(HISTORY, st.randoms(use_true_random=False), st.data())
def test_order_and_repeats_change_nothing(
    events: list[UsageEvent], random: object, data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(events), max_size=10))
    mixed = [*events, *again]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert july(mixed) == july(events)


@BRISK
@given(HISTORY, st.integers(1, 30))
def test_two_halves_of_a_month_are_the_month(
    events: list[UsageEvent], cut: int
) -> None:
    middle = MONTH.first + dt.timedelta(days=cut)
    halves = usage_days(
        events, MONTH.first, middle - dt.timedelta(days=1)
    ) + usage_days(events, middle, MONTH.last)
    assert halves == july(events)
    pieces: Counter[tuple[str, str]] = Counter()
    for part in (halves[:cut], halves[cut:]):
        for line in rate(MONTH, part, CATALOGUE, Contract()):
            pieces[line.item, line.plan] += line.quantity
    whole: Counter[tuple[str, str]] = Counter()
    for line in rate(MONTH, halves, CATALOGUE, Contract()):
        whole[line.item, line.plan] += line.quantity
    assert pieces == whole


@BRISK
@given(HISTORY, CONTRACT)
def test_sums_floors_and_discounts(
    events: list[UsageEvent], contract: Contract
) -> None:
    days = july(events)
    lines = spread_vat(rate(MONTH, days, CATALOGUE, contract), 1_000)  # type: ignore[arg-type]
    total = sum(line.amount for line in lines)
    assert sum(line.vat for line in lines) == total // 10
    for line in lines:
        assert line.net == line.amount == line.gross - line.discount
        assert 0 <= line.dropped < 1
        assert line.discount >= 0
        assert abs(line.vat * 10 - line.amount) < 10
    plain = rate(MONTH, days, CATALOGUE, replace(contract, discount_bp=0))  # type: ignore[arg-type]
    assert total <= sum(line.amount for line in plain)
    assert rate(MONTH, days, CATALOGUE, contract) == rate(  # type: ignore[arg-type]
        MONTH,
        tuple(reversed(days)),
        CATALOGUE,
        contract,  # type: ignore[arg-type]
    )


@BRISK
@given(HISTORY, st.data(), CONTRACT)
def test_what_came_late_and_what_was_billed_make_the_whole(
    events: list[UsageEvent], data: st.DataObject, contract: Contract
) -> None:
    known = [JOIN, *data.draw(st.lists(st.sampled_from(events), max_size=10))]
    first = rate(MONTH, july(known), CATALOGUE, contract)  # type: ignore[arg-type]
    whole = rate(MONTH, july(events), CATALOGUE, contract)  # type: ignore[arg-type]
    late = adjustments(whole, first)
    assert sum(e.amount for e in (*first, *late)) == sum(e.amount for e in whole)
    assert adjustments(whole, [*first, *late]) == ()
