"""VAT once, bytes that come back, lines that explain themselves."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from fractions import Fraction

import pytest

from paperless_kernel.base.errors import EvidenceError, InputError
from paperless_kernel.billing.explain import day_spans, explain, fraction_text
from paperless_kernel.billing.invoice import (
    Heading,
    make_invoice,
    read_invoice,
    spread_vat,
)
from paperless_kernel.billing.model import (
    Contract,
    Invoice,
    Line,
    Meter,
    Money,
    Month,
    Status,
    UsageDay,
)
from paperless_kernel.billing.rating import rate
from paperless_kernel.billing.tariff import Catalogue
from paperless_kernel.trust.digest import canonical_json

JULY = Month.parse("2025-07")
AT = dt.datetime(2025, 8, 1, 1, 2, 3, 456_000, tzinfo=dt.UTC)


@pytest.fixture
def invoice(catalogue: Catalogue) -> Invoice:
    days = [
        UsageDay(
            day=JULY.first.replace(day=n),
            plan="basic",
            joined="basic" if n == 15 else "",
            stored_bytes=45_000_000_000,
            ids=3 + (n >= 20),
            boxes=1,
            counts=((Meter.CERTIFIED, 3), (Meter.ISSUED, 37)) if n == 21 else (),
        )
        for n in range(15, 32)
    ]
    contract = Contract(discount_bp=3_000)
    lines = rate(JULY, days, catalogue, contract)
    return make_invoice(heading(contract), days, lines, 1_000)


def heading(contract: Contract) -> Heading:
    return Heading(
        tenant="2.25.1",
        month=JULY,
        made_at=AT,
        cutoff=42,
        usage_sha256="ab" * 32,
        tariffs=(("deck-2025", "cd" * 32),),
        contract=contract,
        id="2.25.9",
        number="2025-07-000001",
        previous="ef" * 32,
    )


def by_item(invoice: Invoice, item: str) -> Line:
    return next(each for each in invoice.lines if each.item == item)


def test_sums_and_vat(invoice: Invoice) -> None:
    kept = by_item(invoice, "scan.keeping").amount
    assert kept == 2_000 * 17 // 31
    assert invoice.subtotal == 177_747 + kept
    assert invoice.vat == invoice.subtotal // 10
    assert invoice.total == invoice.subtotal + invoice.vat
    assert sum(line.vat for line in invoice.lines) == invoice.vat
    assert invoice.status is Status.ISSUED


def amounts(invoice: Invoice, *won: int) -> list[Line]:
    return [replace(invoice.lines[0], amount=Money(each)) for each in won]


def test_the_invoice_of_the_rules_totals_195521(invoice: Invoice) -> None:
    lines = [each for each in invoice.lines if each.item != "scan.keeping"]
    made = make_invoice(heading(invoice.contract), invoice.days, lines, 1_000)
    assert (made.subtotal, made.vat, made.total) == (177_747, 17_774, 195_521)
    fewer = spread_vat(amounts(invoice, 177_547), 1_000)
    assert fewer[0].vat - 17_774 == -20


def test_a_correction_of_seven_won_moves_no_vat(invoice: Invoice) -> None:
    before = spread_vat(amounts(invoice, 177_747), 1_000)[0].vat
    assert spread_vat(amounts(invoice, 177_740), 1_000)[0].vat - before == 0


def test_missing_won_go_to_the_largest_remainders_then_the_first_lines(
    invoice: Invoice,
) -> None:
    shares = [each.vat for each in spread_vat(amounts(invoice, 15, 19, 15, 11), 1_000)]
    assert shares == [2, 2, 1, 1]
    with_credit = spread_vat(amounts(invoice, 100, -15), 1_000)
    assert sum(each.vat for each in with_credit) == 8


def test_bytes_come_back_as_the_invoice(invoice: Invoice) -> None:
    assert read_invoice(invoice.raw) == invoice
    assert b"." not in canonical_json(
        [line["numerator"] for line in json.loads(invoice.raw)["lines"]]
    )


def test_a_changed_invoice_is_another_or_none(invoice: Invoice) -> None:
    for old, new in (
        (b'"quantity":37', b'"quantity":38'),
        (b'"format":"paperless-invoice-1"', b'"format":"paperless-invoice-2"'),
        (b'"vat":', b'"tax":'),
        (b'"denominator":"31"', b'"denominator":"0"'),
        (b"{", b"{ "),
        (b'"discount":', b'"discount":1'),
    ):
        assert old in invoice.raw
        with pytest.raises(EvidenceError):
            read_invoice(invoice.raw.replace(old, new, 1))
    other = read_invoice(invoice.raw.replace(b'"cutoff":42', b'"cutoff":43'))
    assert other.sha256 != invoice.sha256


def test_a_draft_has_no_number(invoice: Invoice) -> None:
    bare = replace(heading(invoice.contract), id="", number="")
    draft = make_invoice(bare, invoice.days, invoice.lines, 1_000)
    assert draft.status is Status.DRAFT
    assert draft.lines == invoice.lines
    assert read_invoice(draft.raw) == draft


def test_a_line_says_quantity_price_days_and_what_was_dropped(
    invoice: Invoice,
) -> None:
    why = explain(by_item(invoice, "vault.storage"))
    assert why.ko[0] == (
        "매일 기본제공 30,000.00MB 초과분의 합: 255,000.00 MB·일 × 5원/월 ÷ 31일 "
        "× 70.00% (약정 할인 30.00%) = 28,790 10/31원"
    )
    assert why.ko[1] == (
        "원 미만 10/31원 버림 → 28,790원 (할인 전 41,129원, 할인 12,339원)"
    )
    assert why.ko[2] == "사용일 17일: 2025-07-15~2025-07-31"
    assert "07-2 부가 서비스" in why.ko[3]
    assert len(why.ko) == len(why.en) == 4
    issue = explain(by_item(invoice, "vault.issue"))
    assert issue.ko[:2] == ("37 건 × 100원 = 3,700원", "사용일 1일: 2025-07-21")
    assert issue.en[0] == "37 issues × 100 won = 3,700 won"
    ids = explain(by_item(invoice, "vault.id"))
    assert "사용일 12일: 2025-07-20~2025-07-31" in ids.ko
    assert "255,000.00 MB-days × 5 won a month ÷ 31 days" in why.en[0]


def test_an_open_price_is_marked(invoice: Invoice) -> None:
    why = explain(by_item(invoice, "scan.keeping"))
    assert why.ko[-1].startswith("확인 필요")
    assert why.en[-1].startswith("To be confirmed")


def test_small_words() -> None:
    assert fraction_text(Fraction(15, 2)) == "7 1/2"
    assert fraction_text(Fraction(1, 2)) == "1/2"
    assert fraction_text(Fraction(0)) == "0"
    days = [dt.date(2025, 7, n) for n in (3, 1, 2, 9)]
    assert day_spans(days) == "2025-07-01~2025-07-03, 2025-07-09"


@pytest.mark.parametrize("text", ["2025-13", "2025-7", "25-07", "0000-01", "july"])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(InputError, match="not a month"):
        Month.parse(text)
