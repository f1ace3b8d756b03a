"""The deck's price list as data, and what is no tariff."""

from __future__ import annotations

import datetime as dt
import tomllib

import pytest

from paperless_kernel.base.errors import InputError, NotFoundError
from paperless_kernel.billing.tariff import (
    Catalogue,
    Tariff,
    parse_tariff,
    read_tariff,
)


def test_every_price_row_of_the_deck(deck: Tariff) -> None:
    prices = {each.code: each.price for each in deck.item if each.model != "send"}
    assert prices == {
        "vault.join": None,
        "vault.base": None,
        "vault.storage": 5,
        "vault.id": 10_000,
        "vault.issue": 100,
        "vault.certificate": 1_000,
        "scan.trusted": 200,
        "scan.plain": 150,
        "scan.keeping": 2_000,
        "scan.movement": 3_500,
        "scan.box": 2_000,
        "scan.shredding": 3_500,
        "scan.transport": None,
        "scan.packing": None,
        "notice.read": 50,
        "notice.reminder": 0,
        "notice.letter": None,
    }
    bands = next(each.bands for each in deck.item if each.model == "send")
    assert [(band.up_to, band.price) for band in bands] == [
        (1_000_000, 130),
        (3_000_000, 125),
        (5_000_000, 120),
    ]
    plans = [
        (p.code, p.join_fee, p.base_fee, p.storage_mb, p.ids, p.interfaces)
        for p in deck.plan
    ]
    assert plans == [
        ("basic", 100_000, 100_000, 30_000, 3, ("web",)),
        ("premium", 200_000, 300_000, 30_000, 30, ("web", "api")),
    ]
    assert all(each.source for each in (*deck.item, *deck.plan))
    assert {e.code for e in deck.item if not e.confirmed} == {
        "scan.keeping",
        "notice.reminder",
    }


def test_every_row_of_the_table_of_ambiguities_is_a_field(deck: Tariff) -> None:
    rules = [getattr(deck.rules, name) for name in type(deck.rules).model_fields]
    assert {each.row for each in rules} == set(range(1, 32))
    assert all(each.note for each in rules)


def test_identity_is_of_the_content_not_of_the_layout(
    deck: Tariff, deck_text: str
) -> None:
    spaced = parse_tariff(
        "# another comment\n\n" + deck_text.replace("price = ", "price=")
    )
    assert spaced.sha256 == deck.sha256
    assert read_tariff(deck.canonical) == deck
    other = parse_tariff(deck_text.replace("price = 200\n", "price = 201\n"))
    assert other.sha256 != deck.sha256


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("price = 200\n", "price = 200.0\n", "whole numbers"),
        ("price = 200\n", 'price = "200"\n', "price"),
        ("price = 200\n", "price = true\n", "price"),
        ("price = 200\n", "price = -1\n", "price"),
        ("price = 200\n", "prise = 200\n", "prise"),
        ("price = 200\n", "", "needs a price"),
        ('model = "quote"\n', 'model = "quote"\nprice = 1\n', "no price"),
        ('period = "month"\nconfirmed = false', "confirmed = false", "period"),
        ("up_to = 3_000_000", "up_to = 900_000", "rise"),
        ('value = "floor-per-line"', 'value = "round"', "money_rounding"),
        ("value = false", "value = true", "ten_won_truncation"),
        ('"vault.base", "vault.storage"]', '"vault.bass"]', "vault.bass"),
        ('code = "scan.plain"', 'code = "scan.trusted"', "twice"),
        ('model = "kept"', 'model = "base"', "base"),
        ("effective_from = 2024-01-01", "effective_from = 2024-01-01T00:00:00", "time"),
        (
            "effective_from = 2024-01-01",
            "effective_from = 2024-01-01\neffective_until = 2024-01-01",
            "after",
        ),
        ("format = 1", "format = 2", "format"),
        ("format = 1", "format = ", "TOML"),
        ("[rules.megabyte_bytes]", "[rules.megabytes]", "megabyte"),
    ],
)
def test_what_is_no_tariff_is_refused(
    deck_text: str, old: str, new: str, said: str
) -> None:
    assert old in deck_text
    with pytest.raises(InputError, match=said):
        parse_tariff(deck_text.replace(old, new, 1), name="odd")


def test_a_damaged_kept_tariff_is_refused(deck: Tariff) -> None:
    with pytest.raises(InputError, match="stored tariff"):
        read_tariff(deck.canonical[:-2])


def version(text: str, since: str, until: str = "") -> Tariff:
    line = f"effective_from = {since}" + (
        f"\neffective_until = {until}" if until else ""
    )
    return parse_tariff(text.replace("effective_from = 2024-01-01", line))


def test_versions_follow_each_other_without_gap_or_overlap(deck_text: str) -> None:
    old = version(deck_text, "2024-01-01", "2025-01-01")
    new = version(deck_text, "2025-01-01")
    both = Catalogue.of([new, old])
    assert both.on(dt.date(2024, 12, 31)) is old
    assert both.on(dt.date(2025, 1, 1)) is new
    with pytest.raises(NotFoundError):
        both.on(dt.date(2023, 12, 31))
    with pytest.raises(InputError, match="overlap"):
        Catalogue.of([old, version(deck_text, "2024-12-31")])
    with pytest.raises(InputError, match="overlap"):
        Catalogue.of([version(deck_text, "2024-01-01"), new])
    with pytest.raises(InputError, match="gap"):
        Catalogue.of([old, version(deck_text, "2025-01-02")])
    with pytest.raises(InputError, match="no tariff"):
        Catalogue.of([])


def test_the_file_is_plain_toml_without_floats(deck_text: str) -> None:
    def refuse(text: str) -> float:
        raise AssertionError(text)

    tomllib.loads(deck_text, parse_float=refuse)
