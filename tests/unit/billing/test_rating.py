"""The worked examples of the billing rules, equal to the won."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from paperless_kernel.base.errors import (
    InputError,
    NotFoundError,
    QuoteRequiredError,
)
from paperless_kernel.billing.model import (
    Contract,
    Line,
    Meter,
    Month,
    UsageDay,
)
from paperless_kernel.billing.rating import (
    adjustments,
    band_price,
    graduated,
    rate,
    true_up,
)
from paperless_kernel.billing.tariff import Catalogue, Item, Tariff, parse_tariff
from paperless_kernel.billing.usage import usage_days

MB = 1_000_000


def a_month(text: str, first: int = 1, last: int = 0, **use: Any) -> list[UsageDay]:
    month = Month.parse(text)
    return [
        UsageDay(day=month.first.replace(day=n), **use)
        for n in range(first, (last or month.length) + 1)
    ]


def rated(
    catalogue: Catalogue, text: str, days: list[UsageDay], **terms: Any
) -> dict[str, Line]:
    lines = rate(
        Month.parse(text),
        days,
        catalogue,
        Contract(**terms),
    )
    assert len({each.item for each in lines}) == len(lines)
    return {each.item: each for each in lines}


@pytest.mark.parametrize(
    ("month", "days", "won"),
    [
        ("2025-02", 14, 50_000),
        ("2025-03", 17, 54_838),
        ("2025-02", 1, 3_571),
        ("2028-02", 1, 3_448),
        ("2025-06", 1, 3_333),
        ("2025-07", 1, 3_225),
        ("2025-07", 31, 100_000),
        ("2025-02", 28, 100_000),
    ],
)
def test_the_base_fee_is_paid_for_active_days(
    catalogue: Catalogue, month: str, days: int, won: int
) -> None:
    lines = rated(catalogue, month, a_month(month, 1, days, plan="basic"))
    assert lines["vault.base"].amount == won
    assert set(lines) == {"vault.base"}


def test_a_premium_month_at_half_price(catalogue: Catalogue) -> None:
    lines = rated(
        catalogue, "2025-07", a_month("2025-07", plan="premium"), discount_bp=5_000
    )
    assert lines["vault.base"].amount == 150_000


def test_a_discount_is_gross_less_net(catalogue: Catalogue) -> None:
    line = rated(
        catalogue, "2025-03", a_month("2025-03", 1, 17, plan="basic"), discount_bp=3_333
    )["vault.base"]
    assert (line.gross, line.discount, line.amount) == (54_838, 18_278, 36_560)
    assert line.dropped == line.exact - 36_560 > 0


@pytest.mark.parametrize(
    ("month", "days", "stored", "bp", "won"),
    [
        ("2025-07", 31, 30_001_500_000, 0, 7),
        ("2025-07", 31, 100_000 * MB, 0, 350_000),
        ("2025-07", 31, 100_000 * MB, 5_000, 175_000),
        ("2025-07", 1, 130_000 * MB, 0, 16_129),
        ("2025-02", 1, 100_000 * MB, 0, 12_500),
        ("2025-06", 30, 100 * 2**30, 0, 386_870),
        ("2025-07", 31, 30_000 * MB, 0, 0),
    ],
)
def test_storage_is_paid_over_the_allowance(
    catalogue: Catalogue, month: str, days: int, stored: int, bp: int, won: int
) -> None:
    use = a_month(month, 1, days, plan="basic", stored_bytes=stored)
    line = rated(catalogue, month, use, discount_bp=bp)["vault.storage"]
    assert line.amount == won
    assert line.included == 3_000_000


def test_thirty_thousand_and_one_and_a_half_megabytes_leave_half_a_won(
    catalogue: Catalogue,
) -> None:
    use = a_month("2025-07", plan="basic", stored_bytes=30_001_500_000)
    line = rated(catalogue, "2025-07", use)["vault.storage"]
    assert (line.exact, line.dropped) == (Fraction(15, 2), Fraction(1, 2))


def test_a_binary_megabyte_is_a_field_of_the_tariff(deck_text: str) -> None:
    other = parse_tariff(deck_text.replace("value = 1_000_000", "value = 1_048_576"))
    use = a_month("2025-06", plan="basic", stored_bytes=100 * 2**30)
    lines = rated(Catalogue.of([other]), "2025-06", use)
    assert lines["vault.storage"].amount == 362_000


def test_unused_allowance_is_not_carried_over(catalogue: Catalogue) -> None:
    empty = a_month("2025-06", 1, 15, plan="basic")
    full = a_month("2025-06", 16, 30, plan="basic", stored_bytes=60_000 * MB)
    lines = rated(catalogue, "2025-06", empty + full)
    assert lines["vault.storage"].amount == 75_000


@pytest.mark.parametrize(("first", "won"), [(1, 20_000), (21, 7_096)])
def test_ids_beyond_the_included_ones(
    catalogue: Catalogue, first: int, won: int
) -> None:
    few = a_month("2025-07", 1, first - 1, plan="basic", ids=3) if first > 1 else []
    lines = rated(
        catalogue, "2025-07", few + a_month("2025-07", first, plan="basic", ids=5)
    )
    assert lines["vault.id"].amount == won


def test_a_discount_leaves_ids_issues_and_notices_alone(catalogue: Catalogue) -> None:
    counts = ((Meter.SENT, 10), (Meter.ISSUED, 1))
    days = a_month("2025-07", 1, 1, plan="basic", joined="basic", ids=34, counts=counts)
    full = rated(catalogue, "2025-07", days)
    half = rated(catalogue, "2025-07", days, discount_bp=5_000)
    changed = {code for code in full if full[code].amount != half[code].amount}
    assert changed == {"vault.base"}


def sent(number: int, read: int = 0) -> list[UsageDay]:
    counts = tuple((m, n) for m, n in ((Meter.READ, read), (Meter.SENT, number)) if n)
    return a_month("2025-07", 1, 1, counts=counts)


def test_notices_and_first_reads(catalogue: Catalogue) -> None:
    lines = rated(catalogue, "2025-07", sent(120_000, 108_000))
    assert lines["notice.send"].amount + lines["notice.read"].amount == 21_000_000


@pytest.mark.parametrize(
    ("number", "volume", "by_steps"),
    [
        (1_000_000, 130_000_000, 130_000_000),
        (1_000_001, 125_000_125, 130_000_125),
        (3_000_000, 375_000_000, 380_000_000),
        (5_000_000, 600_000_000, 620_000_000),
    ],
)
def test_bands_by_volume_and_graduated(
    catalogue: Catalogue, deck_text: str, number: int, volume: int, by_steps: int
) -> None:
    line = rated(catalogue, "2025-07", sent(number), annual_notices=number)
    assert line["notice.send"].amount == volume
    steps = Catalogue.of(
        [parse_tariff(deck_text.replace('value = "volume"', 'value = "graduated"'))]
    )
    lines = rate(Month.parse("2025-07"), sent(number), steps, Contract())
    assert sum(each.amount for each in lines) == by_steps


def test_graduated_bands_go_on_where_the_year_stands(deck_text: str) -> None:
    steps = Catalogue.of(
        [parse_tariff(deck_text.replace('value = "volume"', 'value = "graduated"'))]
    )
    lines = rate(
        Month.parse("2025-07"), sent(10), steps, Contract(), sent_before=999_995
    )
    assert [(each.price, each.quantity) for each in lines] == [(130, 5), (125, 5)]


@pytest.mark.parametrize(("count", "contracted"), [(5_000_001, 0), (1, 5_000_001)])
def test_over_the_last_band_a_price_must_be_agreed(
    catalogue: Catalogue, count: int, contracted: int
) -> None:
    with pytest.raises(QuoteRequiredError, match=r"notice\.send"):
        rated(catalogue, "2025-07", sent(count), annual_notices=contracted)
    agreed = rated(catalogue, "2025-07", sent(count), prices={"notice.send": 100})[
        "notice.send"
    ]
    assert agreed.amount == count * 100
    assert "약정" in agreed.source


def send_row(deck: Tariff) -> Item:
    return next(each for each in deck.item if each.model == "send")


def test_a_year_is_settled_at_the_band_it_reached(deck: Tariff) -> None:
    bands = send_row(deck).bands
    assert true_up(bands, 1_200_000, 1_000_000) == -6_000_000
    assert true_up(bands, 900_000, 3_000_000) == 4_500_000
    assert true_up(bands, 1_000_000, 1_000_000) == 0


def test_more_notices_can_cost_less(deck: Tariff) -> None:
    bands = send_row(deck).bands
    assert 1_000_000 * band_price(bands, 1_000_000) > 1_000_001 * band_price(
        bands, 1_000_001
    )
    with pytest.raises(QuoteRequiredError):
        graduated(bands, 4_999_999, 2)


def joined_in_july(story: Any) -> list[UsageDay]:
    story.at("2025-07-15", Meter.JOINED, plan="basic")
    story.at("2025-07-15", Meter.DEPOSITED, 45_000 * MB)
    for number in range(3):
        story.at("2025-07-15", Meter.USER_ADDED, subject=f"u{number}")
    story.at("2025-07-20", Meter.USER_ADDED, subject="u4")
    for _ in range(37):
        story.at("2025-07-21", Meter.ISSUED)
    for _ in range(3):
        story.at("2025-07-22", Meter.CERTIFIED)
    return list(usage_days(story.events, dt.date(2025, 7, 1), dt.date(2025, 7, 31)))


def test_the_invoice_of_the_rules_line_by_line(
    catalogue: Catalogue, story: Any
) -> None:
    lines = rated(catalogue, "2025-07", joined_in_july(story), discount_bp=3_000)
    assert {code: each.amount for code, each in lines.items()} == {
        "vault.join": 100_000,
        "vault.base": 38_387,
        "vault.storage": 28_790,
        "vault.id": 3_870,
        "vault.issue": 3_700,
        "vault.certificate": 3_000,
    }


def test_boxes_scanned_kept_and_shredded(catalogue: Catalogue, story: Any) -> None:
    story.at("2025-07-01", Meter.TRANSPORTED)
    story.at("2025-07-01", Meter.BOX_SUPPLIED, 3)
    story.at("2025-07-02", Meter.SCANNED_TRUSTED, 10_000)
    ways = (("2025-07-01", Meter.BOX_STORED), ("2025-09-01", Meter.BOX_LEFT))
    for when, way in ways:
        for box in "abc":
            story.at(when, way, subject=box)
    for box in "abc":
        story.at("2025-09-02", Meter.BOX_SHREDDED, subject=box)
    total, kept = 0, []
    for text in ("2025-07", "2025-08", "2025-09"):
        month = Month.parse(text)
        use = usage_days(story.events, month.first, month.last)
        contract = Contract(prices={"scan.transport": 80_000})
        lines = rate(month, use, catalogue, contract)
        total += sum(each.amount for each in lines)
        kept += [each for each in lines if each.item == "scan.keeping"]
    assert total == 2_129_500
    assert [each.amount for each in kept] == [6_000, 6_000]
    assert not any(each.confirmed for each in kept)


def test_what_has_no_price_is_never_free(catalogue: Catalogue) -> None:
    days = a_month("2025-07", 1, 1, counts=((Meter.TRANSPORTED, 1),))
    with pytest.raises(QuoteRequiredError, match="운송비"):
        rated(catalogue, "2025-07", days)


def test_an_upgrade_splits_the_month_and_pays_the_difference(
    catalogue: Catalogue,
) -> None:
    days = a_month("2025-06", 1, 10, plan="basic")
    after = a_month("2025-06", 11, plan="premium")
    after[0] = replace(after[0], upgraded_from="basic")
    lines = rate(Month.parse("2025-06"), days + after, catalogue, Contract())
    assert [(each.item, each.plan, each.amount) for each in lines] == [
        ("vault.join", "premium", 100_000),
        ("vault.base", "basic", 33_333),
        ("vault.base", "premium", 200_000),
    ]


def test_a_downgrade_pays_no_join_fee(catalogue: Catalogue) -> None:
    days = [replace(a_month("2025-06", 1, 1, plan="basic")[0], upgraded_from="premium")]
    assert set(rated(catalogue, "2025-06", days)) == {"vault.base"}


def test_a_new_tariff_in_mid_month_splits_at_the_day(deck_text: str) -> None:
    until = "effective_from = 2024-01-01\neffective_until = 2025-06-16"
    old = parse_tariff(deck_text.replace("effective_from = 2024-01-01", until))
    new = parse_tariff(
        deck_text.replace("effective_from = 2024-01-01", "effective_from = 2025-06-16")
        .replace('name = "deck-2025"', 'name = "next"')
        .replace("base_fee = 100_000", "base_fee = 120_000")
    )
    days = a_month("2025-06", plan="basic")
    lines = rate(Month.parse("2025-06"), days, Catalogue.of([new, old]), Contract())
    assert [each.amount for each in lines] == [50_000, 60_000]
    assert [each.tariff for each in lines] == [old.sha256, new.sha256]


def test_wrong_terms_are_refused(catalogue: Catalogue) -> None:
    day = a_month("2025-07", 1, 1, plan="basic")
    for terms in (
        {"discount_bp": 5_001},
        {"discount_bp": -1},
        {"prices": {"vault.misspelt": 1}},
        {"prices": {"vault.base": -1}},
    ):
        with pytest.raises(InputError):
            rated(catalogue, "2025-07", day, **terms)
    with pytest.raises(InputError, match="no day of"):
        rated(catalogue, "2025-08", day)
    with pytest.raises(InputError, match="without a plan"):
        rated(catalogue, "2025-07", a_month("2025-07", 1, 1, stored_bytes=1))
    with pytest.raises(InputError, match="no plan 'gold'"):
        rated(catalogue, "2025-07", a_month("2025-07", 1, 1, plan="gold"))
    with pytest.raises(NotFoundError):
        rated(catalogue, "2023-12", a_month("2023-12", 1, 1, plan="basic"))


def test_late_events_are_billed_as_the_difference(catalogue: Catalogue) -> None:
    first = rate(Month.parse("2025-07"), sent(100, 10), catalogue, Contract())
    again = rate(Month.parse("2025-07"), sent(90, 12), catalogue, Contract())
    late = adjustments(again, first)
    assert [(each.item, each.billed_before, each.amount) for each in late] == [
        ("notice.send", 13_000, -1_300),
        ("notice.read", 500, 100),
    ]
    assert adjustments(again, [*first, *late]) == ()


def test_a_line_that_is_no_longer_due_is_given_back(catalogue: Catalogue) -> None:
    first = rate(Month.parse("2025-07"), sent(0, 10), catalogue, Contract())
    (back,) = adjustments([], first)
    assert (back.amount, back.exact, back.days) == (-500, 0, ())
