"""Usage in, invoices out, once, and the same again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from paperless_kernel.base.clock import kst_instant
from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
    QuoteRequiredError,
)
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.billing.invoice import read_invoice
from paperless_kernel.billing.model import Contract, Invoice, Meter, Money, Status
from paperless_kernel.billing.service import INVOICE_ISSUED, USAGE_RECORDED
from paperless_kernel.billing.tariff import Catalogue, parse_tariff

CLERK = Actor(id="clerk", roles=frozenset({Role.BILLING_CLERK}))
MACHINE = Actor(id="machine", roles=frozenset({Role.MACHINE}))
COURIER = Actor(id="courier", roles=frozenset({Role.COURIER}))
TENANT = "2.25.1"
TERMS = Contract(discount_bp=3_000)


def customer(tenant: str) -> Actor:
    return Actor(id="c", roles=frozenset({Role.CUSTOMER_ADMIN}), tenant=tenant)


@pytest.fixture
def july(story: Any) -> Any:
    story.at("2025-07-15", Meter.JOINED, plan="basic")
    story.at("2025-07-15", Meter.DEPOSITED, 45_000_000_000, "package")
    for number in range(3):
        story.at("2025-07-15", Meter.USER_ADDED, subject=f"u{number}")
    story.at("2025-07-20", Meter.USER_ADDED, subject="u4")
    for _ in range(37):
        story.at("2025-07-21", Meter.ISSUED)
    for _ in range(3):
        story.at("2025-07-22", Meter.CERTIFIED)
    return story


def close(desk: Any, key: str = "k1", month: str = "2025-07") -> Invoice:
    return desk.billing.close_month(CLERK, key, TENANT, month, TERMS)


def test_from_usage_to_an_invoice_of_195521_won(desk: Any, july: Any) -> None:
    seen: list[tuple[str, int, int]] = []
    took = desk.billing.ingest(MACHINE, july.events, lambda *step: seen.append(step))
    assert (took.recorded, took.repeated) == (len(july.events), 0)
    assert seen == [("usage", 46, 46)]
    invoice = close(desk)
    assert (invoice.subtotal, invoice.vat, invoice.total) == (177_747, 17_774, 195_521)
    assert invoice.number == "2025-07-000001"
    assert invoice.previous == ""
    assert desk.billing.invoice(CLERK, invoice.id) == invoice
    assert desk.billing.verify_invoice(CLERK, invoice.id) == invoice
    (entry,) = desk.journal.entries(tag=INVOICE_ISSUED)
    assert entry.body["sha256"] == invoice.sha256
    assert entry.body["tenant"] == TENANT
    assert desk.journal.prove(entry.id).size == 2
    numbers = desk.billing.numbers()
    assert (numbers.events, numbers.invoices, numbers.issued_total) == (46, 1, 195_521)
    assert numbers.by_month == (("2025-07", 195_521),)
    assert desk.billing.numbers("another").invoices == 0


def test_a_repeat_records_and_issues_nothing_new(desk: Any, july: Any) -> None:
    desk.billing.ingest(MACHINE, july.events[:20])
    took = desk.billing.ingest(MACHINE, [*july.events, *july.events[:3]])
    assert (took.recorded, took.repeated) == (26, 23)
    took = desk.billing.ingest(MACHINE, july.events)
    assert (took.recorded, took.repeated) == (0, 46)
    assert len(list(desk.journal.entries(tag=USAGE_RECORDED))) == 2
    first = close(desk)
    desk.clock.advance(dt.timedelta(days=3))
    assert close(desk) == first
    assert close(desk, key="another key") == first
    assert len(list(desk.journal.entries(tag=INVOICE_ISSUED))) == 1


def test_many_events_come_in_chunks(desk: Any, story: Any) -> None:
    for _ in range(1_001):
        story.at("2025-07-01", Meter.SENT)
    steps: list[int] = []
    desk.billing.ingest(MACHINE, story.events, lambda _, done, __: steps.append(done))
    assert steps == [500, 1_000, 1_001]
    assert desk.billing.ingest(MACHINE, []).recorded == 0


def test_a_key_with_other_facts_is_refused_and_nothing_is_recorded(
    desk: Any, july: Any
) -> None:
    desk.billing.ingest(MACHINE, july.events[:1])
    other = replace(july.events[0], plan="premium")
    with pytest.raises(ConflictError):
        desk.billing.ingest(MACHINE, [*july.events[1:], other])
    with pytest.raises(ConflictError):
        desk.billing.ingest(
            MACHINE, [july.events[5], replace(july.events[5], plan="x")]
        )
    with pytest.raises(InputError):
        desk.billing.ingest(MACHINE, [replace(july.events[5], tenant="")])
    assert desk.billing.numbers().events == 1


def test_an_issued_invoice_never_changes_terms(desk: Any, july: Any) -> None:
    desk.billing.ingest(MACHINE, july.events)
    close(desk)
    for key in ("k1", "k2"):
        with pytest.raises(ConflictError):
            desk.billing.close_month(CLERK, key, TENANT, "2025-07")
    with pytest.raises(ConflictError):
        close(desk, month="2025-06")


def test_a_preview_is_the_invoice_before_its_number(desk: Any, july: Any) -> None:
    desk.billing.ingest(MACHINE, july.events)
    draft = desk.billing.preview(CLERK, TENANT, "2025-07", TERMS)
    assert draft.status is Status.DRAFT
    invoice = close(desk)
    assert (draft.lines, draft.days, draft.total) == (
        invoice.lines,
        invoice.days,
        invoice.total,
    )


def test_a_running_month_is_previewed_so_far_and_not_closed(
    desk: Any, july: Any
) -> None:
    desk.billing.ingest(MACHINE, july.events)
    desk.clock.move_to(kst_instant(dt.date(2025, 7, 31), dt.time(23, 59, 59)))
    with pytest.raises(NotYetError, match="2025-08-01"):
        close(desk)
    desk.clock.move_to(kst_instant(dt.date(2025, 7, 16)))
    draft = desk.billing.preview(CLERK, TENANT, "2025-07")
    base = next(each for each in draft.lines if each.item == "vault.base")
    assert base.amount == 100_000 * 2 // 31
    with pytest.raises(NotFoundError):
        desk.billing.preview(CLERK, TENANT, "2025-09")


def test_late_usage_stands_on_the_next_invoice(desk: Any, july: Any) -> None:
    july.at("2025-07-25", Meter.ISSUED)
    late = july.events.pop()
    desk.billing.ingest(MACHINE, july.events)
    first = close(desk)
    desk.billing.ingest(MACHINE, [late])
    assert close(desk) == first
    assert desk.billing.verify_invoice(CLERK, first.id) == first
    desk.clock.move_to(kst_instant(dt.date(2025, 9, 1)))
    second = close(desk, "k2", "2025-08")
    assert second.previous == first.sha256
    adjusted = [e for e in second.lines if e.service_month == "2025-07"]
    assert [(e.item, e.billed_before, e.amount) for e in adjusted] == [
        ("vault.issue", 3_700, 100)
    ]
    assert "기청구 3,700원" in desk.billing.explain(adjusted[0]).ko[1]
    assert desk.billing.verify_invoice(CLERK, second.id) == second
    assert second.number == "2025-08-000002"
    assert desk.billing.invoices(CLERK, TENANT) == (first, second)
    desk.clock.move_to(kst_instant(dt.date(2025, 10, 1)))
    third = close(desk, "k3", "2025-09")
    assert {each.service_month for each in third.lines} == {"2025-09"}


def test_late_usage_without_a_printed_price_takes_the_new_terms(
    desk: Any, july: Any
) -> None:
    desk.billing.ingest(MACHINE, july.events)
    close(desk)
    july.at("2025-07-25", Meter.TRANSPORTED)
    desk.billing.ingest(MACHINE, july.events)
    desk.clock.move_to(kst_instant(dt.date(2025, 9, 1)))
    with pytest.raises(QuoteRequiredError):
        close(desk, "k2", "2025-08")
    terms = Contract(prices={"scan.transport": 80_000})
    second = desk.billing.close_month(CLERK, "k2", TENANT, "2025-08", terms)
    assert second.lines[-1].amount == 80_000
    assert desk.billing.verify_invoice(CLERK, second.id) == second


def test_an_edited_price_list_changes_no_issued_invoice(
    desk: Any, july: Any, deck_text: str
) -> None:
    desk.billing.ingest(MACHINE, july.events)
    first = close(desk)
    dearer = parse_tariff(deck_text.replace("price = 100\n", "price = 900\n"))
    later = desk.open(Catalogue.of([dearer]))
    assert later.verify_invoice(CLERK, first.id) == first
    desk.clock.move_to(kst_instant(dt.date(2025, 9, 1)))
    second = later.close_month(CLERK, "k2", TENANT, "2025-08", TERMS)
    assert {each.service_month for each in second.lines} == {"2025-08"}


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "UPDATE usage_event SET quantity = 2 WHERE meter = 'vault.issue'",
            "usage",
        ),
        ("DELETE FROM usage_event WHERE meter = 'vault.certificate'", "usage"),
        ("UPDATE tariff SET raw = x'7b7d'", "tariff"),
        ("DELETE FROM tariff", "tariff"),
        ("DELETE FROM usage_event", "cannot be rated again"),
        (
            "UPDATE invoice SET raw = CAST(replace(raw, ':17774', ':17775') AS BLOB)",
            "journal",
        ),
        ("UPDATE invoice SET sha256 = 'x'", "journal"),
    ],
)
def test_what_was_tampered_with_does_not_come_out_again(
    desk: Any, july: Any, sql: str, said: str
) -> None:
    desk.billing.ingest(MACHINE, july.events)
    invoice = close(desk)
    with desk.db.begin() as tx:
        tx.exec_driver_sql(sql)
    with pytest.raises(EvidenceError, match=said):
        desk.billing.verify_invoice(CLERK, invoice.id)


def test_who_may_do_what(desk: Any, july: Any) -> None:
    with pytest.raises(NotAllowedError):
        desk.billing.ingest(COURIER, july.events)
    desk.billing.ingest(MACHINE, july.events)
    with pytest.raises(NotAllowedError):
        desk.billing.close_month(MACHINE, "k", TENANT, "2025-07")
    invoice = close(desk)
    assert desk.billing.invoice(customer(TENANT), invoice.id) == invoice
    with pytest.raises(NotFoundError):
        desk.billing.invoice(customer("2.25.2"), invoice.id)
    for look in (desk.billing.preview, desk.billing.invoices):
        for who in (customer("2.25.2"), COURIER):
            with pytest.raises(NotAllowedError):
                look(
                    who, TENANT, *(["2025-07"] if look == desk.billing.preview else [])
                )


def test_nothing_used_is_nothing_billed(desk: Any) -> None:
    with pytest.raises(NotFoundError, match="nothing to bill"):
        close(desk)
    with pytest.raises(InputError, match="key"):
        close(desk, key="")
    with pytest.raises(NotFoundError):
        desk.billing.invoice(CLERK, "2.25.404")


def test_a_workbook_names_the_invoice_and_is_the_same_twice(
    desk: Any, july: Any
) -> None:
    desk.billing.ingest(MACHINE, july.events)
    invoice = close(desk)
    made = desk.billing.xlsx(CLERK, invoice)
    again = desk.billing.invoice(CLERK, invoice.id)
    assert made == desk.billing.xlsx(customer(TENANT), again)
    assert made.startswith(b"PK")


def test_only_the_invoice_that_was_issued_becomes_a_paper(desk: Any, july: Any) -> None:
    desk.billing.ingest(MACHINE, july.events)
    invoice = close(desk)
    other = read_invoice(invoice.raw.replace(b'"cutoff":', b'"cutoff":1'))
    for make in (desk.billing.pdf, desk.billing.xlsx):
        for forged in (
            replace(invoice, total=Money(1)),  # other values over the same bytes
            replace(invoice, status=Status.DRAFT, tenant="2.25.2"),
            other,
        ):
            with pytest.raises((EvidenceError, NotAllowedError)):
                make(customer(TENANT), forged)
        with pytest.raises(NotFoundError):
            make(CLERK, replace(invoice, id="2.25.404"))
        for who in (COURIER, MACHINE, customer("2.25.2")):
            with pytest.raises(NotAllowedError):
                make(who, invoice)


def test_a_draft_becomes_a_workbook_too(desk: Any, july: Any) -> None:
    desk.billing.ingest(MACHINE, july.events)
    draft = desk.billing.preview(CLERK, TENANT, "2025-07")
    assert desk.billing.xlsx(CLERK, draft).startswith(b"PK")


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": 1.5},
        {"quantity": True},
        {"quantity": "1"},
        {"quantity": -1},
        {"quantity": 2**53 + 1},
        {"quantity": 2**70},
        {"at": dt.datetime(2025, 7, 1)},
        {"at": dt.datetime.min.replace(tzinfo=dt.UTC)},
        {"at": "2025-07-01"},
        {"key": ""},
        {"key": "a\ud800"},
    ],
)
def test_usage_that_cannot_be_counted_records_nothing(
    desk: Any, july: Any, wrong: dict[str, Any]
) -> None:
    good = july.events[1]
    with pytest.raises(InputError):
        desk.billing.ingest(MACHINE, [*july.events, replace(good, **wrong)])
    assert desk.billing.numbers().events == 0
    assert list(desk.journal.entries(tag=USAGE_RECORDED)) == []
    most = [replace(good, key="most", quantity=2**53), replace(good, quantity=0)]
    assert desk.billing.ingest(MACHINE, most).recorded == 2
