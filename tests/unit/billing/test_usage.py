"""Stays become days, and journal entries become usage."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from paperless_kernel.base.clock import kst_instant
from paperless_kernel.base.errors import InputError
from paperless_kernel.billing.meters import TAGS, event_of
from paperless_kernel.billing.model import Meter, Month, UsageDay, UsageEvent
from paperless_kernel.billing.usage import centi_megabytes, sent_before, usage_days

AT = kst_instant(dt.date(2025, 7, 1), dt.time(10))


def july(story: Any) -> tuple[UsageDay, ...]:
    month = Month.parse("2025-07")
    return usage_days(story.events, month.first, month.last)


@pytest.mark.parametrize(
    ("size", "centi"),
    [
        (1_500_000, 150),
        (1_504_999, 150),
        (1_505_000, 151),
        (4_999, 0),
        (5_000, 1),
        (0, 0),
    ],
)
def test_megabytes_to_two_places_half_up(size: int, centi: int) -> None:
    assert centi_megabytes(size, 1_000_000) == centi


def test_the_deposit_day_counts_and_the_destruction_day_does_not(story: Any) -> None:
    story.at("2025-07-03", Meter.DEPOSITED, 10, "a")
    story.at("2025-07-06", Meter.DESTROYED, 1, "a")
    story.at("2025-07-10", Meter.DEPOSITED, 7, "b")
    story.at("2025-07-10", Meter.DESTROYED, 1, "b", hour=11)
    stored = {day.day.day: day.stored_bytes for day in july(story) if day.stored_bytes}
    assert stored == {3: 10, 4: 10, 5: 10, 10: 7}


def test_a_day_is_a_korean_day() -> None:
    late = dt.datetime(2025, 6, 30, 15, 0, tzinfo=dt.UTC)  # 00:00 KST on 1 July
    event = UsageEvent(key="1", tenant="t", meter=Meter.SENT, at=late)
    days = usage_days([event], dt.date(2025, 6, 30), dt.date(2025, 7, 1))
    assert [day.count(Meter.SENT) for day in days] == [0, 1]


def test_what_was_stored_before_is_still_stored(story: Any) -> None:
    story.at("2024-01-01", Meter.DEPOSITED, 10, "a")
    story.at("2025-08-01", Meter.DESTROYED, 1, "a")
    assert {day.stored_bytes for day in july(story)} == {10}


def test_ids_are_the_days_maximum(story: Any) -> None:
    story.at("2025-06-01", Meter.USER_ADDED, subject="a")
    story.at("2025-07-02", Meter.USER_ADDED, subject="b", hour=9)
    story.at("2025-07-02", Meter.USER_ADDED, subject="b", hour=10)
    story.at("2025-07-02", Meter.USER_REMOVED, subject="a", hour=11)
    story.at("2025-07-02", Meter.USER_REMOVED, subject="b", hour=12)
    assert [day.ids for day in july(story)][:3] == [1, 2, 0]


def test_a_plan_runs_from_joining_to_leaving(story: Any) -> None:
    story.at("2025-07-03", Meter.JOINED, plan="basic")
    story.at("2025-07-05", Meter.PLAN_CHANGED, plan="premium")
    story.at("2025-07-07", Meter.LEFT)
    days = {d.day.day: d for d in july(story) if d.plan or d.joined or d.upgraded_from}
    assert {n: day.plan for n, day in days.items()} == {
        3: "basic",
        4: "basic",
        5: "premium",
        6: "premium",
    }
    assert [n for n, day in days.items() if day.joined] == [3]
    assert [(n, d.upgraded_from) for n, d in days.items() if d.upgraded_from] == [
        (5, "basic")
    ]


def test_who_joins_and_leaves_on_one_day_had_that_day(story: Any) -> None:
    story.at("2025-07-03", Meter.JOINED, plan="basic")
    story.at("2025-07-03", Meter.LEFT, hour=11)
    assert [day.day.day for day in july(story) if day.plan] == [3]


def test_nobody_joins_twice_nor_upgrades_twice(story: Any) -> None:
    story.at("2025-07-01", Meter.JOINED, plan="basic")
    story.at("2025-07-02", Meter.PLAN_CHANGED, plan="premium")
    story.at("2025-07-03", Meter.PLAN_CHANGED, plan="basic")
    story.at("2025-07-04", Meter.PLAN_CHANGED, plan="premium")
    story.at("2025-07-05", Meter.LEFT)
    story.at("2025-07-06", Meter.JOINED, plan="basic")
    days = july(story)
    assert [day.day.day for day in days if day.joined] == [1]
    assert [day.day.day for day in days if day.upgraded_from] == [2]
    assert days[5].plan == "basic"


def test_boxes_are_kept_from_the_way_in_to_the_way_out(story: Any) -> None:
    story.at("2025-07-01", Meter.BOX_LEFT, subject="a")
    story.at("2025-07-02", Meter.BOX_STORED, subject="a")
    story.at("2025-07-03", Meter.BOX_STORED, subject="a")
    story.at("2025-07-04", Meter.BOX_LEFT, subject="a")
    story.at("2025-07-08", Meter.BOX_STORED, subject="a")
    story.at("2025-07-09", Meter.BOX_SHREDDED, subject="a")
    story.at("2025-07-20", Meter.BOX_SHREDDED, subject="never kept")
    kept = [day.day.day for day in july(story) if day.boxes]
    assert kept == [2, 3, 8]
    moved = [d.day.day for d in july(story) if d.count(Meter.BOX_MOVED)]
    assert moved == [2, 4, 8]


def test_only_the_first_read_and_the_first_acceptance_count(story: Any) -> None:
    for day in ("2025-07-02", "2025-07-03"):
        story.at(day, Meter.SENT, subject="n")
        story.at(day, Meter.READ, subject="n")
        story.at(day, Meter.ISSUED, subject="p")
    days = july(story)
    assert [sum(d.count(m) for d in days) for m in (Meter.SENT, Meter.READ)] == [1, 1]
    assert sum(day.count(Meter.ISSUED) for day in days) == 2
    assert days[1].count(Meter.SENT) == 1


def test_a_contract_year_starts_with_the_first_event(story: Any) -> None:
    story.at("2024-07-10", Meter.SENT, subject="a")
    story.at("2025-06-10", Meter.SENT, subject="b")
    story.at("2025-07-10", Meter.SENT, subject="c")
    year = [sent_before(story.events, Month.parse(m)) for m in ("2025-07", "2025-08")]
    assert year == [0, 1]
    assert sent_before(story.events, Month.parse("2025-06")) == 1
    assert sent_before([], Month.parse("2025-06")) == 0


def read(tag: str, **body: Any) -> UsageEvent | None:
    return event_of(tag=tag, key="e1", subject="s", at=AT, body={"tenant": "t", **body})


@pytest.mark.parametrize(
    ("tag", "body", "meter", "quantity"),
    [
        ("access:tenant:joined", {"plan": "basic"}, Meter.JOINED, 1),
        ("access:user:added", {"roles": ["customer-user"]}, Meter.USER_ADDED, 1),
        ("vault:package:deposited", {"bytes": 5_000}, Meter.DEPOSITED, 5_000),
        ("vault:package:deposited", {"bytes": str(2**60)}, Meter.DEPOSITED, 2**60),
        ("vault:package:destroyed", {}, Meter.DESTROYED, 1),
        ("vault:certificate:issued", {"kind": "original"}, Meter.ISSUED, 1),
        ("vault:certificate:issued", {"kind": "registration"}, Meter.CERTIFIED, 1),
        ("vault:certificate:issued", {"kind": "disposal"}, Meter.CERTIFIED, 1),
        (
            "scan:document:sealed",
            {"sides": 3, "service": "trusted"},
            Meter.SCANNED_TRUSTED,
            3,
        ),
        (
            "scan:document:sealed",
            {"sides": 2, "service": "plain"},
            Meter.SCANNED_PLAIN,
            2,
        ),
        ("scan:box:boxes-supplied", {"count": 4}, Meter.BOX_SUPPLIED, 4),
        ("scan:box:moved", {"to": "warehouse"}, Meter.BOX_STORED, 1),
        ("scan:box:moved", {"to": "shredder"}, Meter.BOX_LEFT, 1),
        ("scan:box:stored", {"to": "warehouse"}, Meter.BOX_STORED, 1),
        ("scan:box:fetched", {"to": "workshop"}, Meter.BOX_LEFT, 1),
        ("scan:box:fetched", {"to": "customer"}, Meter.BOX_LEFT, 1),
        ("scan:box:returned", {}, Meter.BOX_LEFT, 1),
        ("scan:box:shredded", {}, Meter.BOX_SHREDDED, 1),
        ("notice:notice:accepted", {}, Meter.SENT, 1),
        ("notice:notice:read", {}, Meter.READ, 1),
    ],
)
def test_a_journal_entry_is_read_as_usage(
    tag: str, body: dict[str, Any], meter: Meter, quantity: int
) -> None:
    event = read(tag, **body)
    assert event is not None
    assert (event.meter, event.quantity, event.key, event.tenant) == (
        meter,
        quantity,
        "e1",
        "t",
    )
    assert tag in TAGS


def test_what_bears_on_no_bill_is_passed_over() -> None:
    assert read("scan:box:received") is None
    assert read("scan:box:handed-over", to="customer") is None
    assert read("scan:box:fetch-asked") is None
    assert read("vault:package:opened") is None
    assert read("access:user:added", tenant="") is None
    assert read("access:user:added", roles=["notice-sender"]) is None


@pytest.mark.parametrize(
    ("tag", "body"),
    [
        ("vault:package:deposited", {}),
        ("vault:package:deposited", {"bytes": -1}),
        ("vault:package:deposited", {"bytes": True}),
        ("vault:package:deposited", {"bytes": "1e3"}),
        ("scan:document:sealed", {"sides": None}),
        ("access:tenant:joined", {}),
        ("notice:notice:read", {"tenant": ""}),
    ],
)
def test_an_entry_that_cannot_be_billed_is_refused(
    tag: str, body: dict[str, Any]
) -> None:
    with pytest.raises(InputError, match="e1"):
        read(tag, **body)


def test_a_number_in_a_journal_is_whole_and_of_a_length() -> None:
    def read(size: Any) -> int:
        body = {"tenant": "t", "bytes": size}
        tag = "vault:package:deposited"
        event = event_of(tag=tag, key="1", subject="s", at=AT, body=body)
        assert event is not None
        return event.quantity

    assert read(str(2**60)) == 2**60
    for size in ("9" * 5_000, "1.5", "-1", "", "١", 1.5, True, None):
        with pytest.raises(InputError):
            read(size)
