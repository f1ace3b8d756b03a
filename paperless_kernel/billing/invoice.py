"""Lines become an invoice: VAT once, canonical JSON, a chain per customer.

Knows how an invoice is written to bytes and read back. The bytes hold whole numbers
only; exact fractions stand as decimal strings, so nothing is lost and nothing rounds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.base.events import Json
from paperless_kernel.billing.model import (
    ENGINE,
    FULL_BP,
    Contract,
    DayQuantity,
    Invoice,
    Line,
    Meter,
    Money,
    Month,
    Status,
    UsageDay,
)
from paperless_kernel.trust.digest import canonical_json, parse_canonical, sha256

FORMAT = "paperless-invoice-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What an invoice is called and what it hangs on; all of it is in its bytes."""

    tenant: str
    month: Month
    made_at: dt.datetime
    cutoff: int
    contract: Contract
    usage_sha256: str = ""
    tariffs: tuple[tuple[str, str], ...] = ()
    id: str = ""
    number: str = ""
    previous: str = ""


def spread_vat(lines: Sequence[Line], vat_bp: int) -> tuple[Line, ...]:
    """Floor the VAT (부가가치세) once for all lines and share it among them.

    Each line gets its own floor; the won still missing go to the largest remainders,
    ties in the order of the lines. The shares add up to the invoice's VAT.
    """
    whole = sum(line.amount for line in lines) * vat_bp // FULL_BP
    parts = [divmod(line.amount * vat_bp, FULL_BP) for line in lines]
    missing = whole - sum(part for part, _ in parts)
    ranked = sorted(range(len(lines)), key=lambda n: (-parts[n][1], n))
    extra = set(ranked[:missing])
    return tuple(
        replace(line, vat=Money(parts[n][0] + (n in extra)))
        for n, line in enumerate(lines)
    )


def make_invoice(
    heading: Heading, days: Iterable[UsageDay], lines: Sequence[Line], vat_bp: int
) -> Invoice:
    """Close lines into an invoice, a draft where the heading has no number."""
    taxed = spread_vat(lines, vat_bp)
    subtotal = sum(line.amount for line in taxed)
    vat = sum(line.vat for line in taxed)
    invoice = Invoice(
        id=heading.id,
        number=heading.number,
        status=Status.ISSUED if heading.number else Status.DRAFT,
        tenant=heading.tenant,
        month=heading.month,
        made_at=heading.made_at,
        cutoff=heading.cutoff,
        usage_sha256=heading.usage_sha256,
        engine=ENGINE,
        tariffs=heading.tariffs,
        contract=heading.contract,
        previous=heading.previous,
        days=tuple(days),
        lines=taxed,
        subtotal=Money(subtotal),
        vat=Money(vat),
        total=Money(subtotal + vat),
    )
    raw = canonical_json(_invoice_json(invoice))
    return replace(invoice, raw=raw, sha256=sha256(raw).hex())


def read_invoice(raw: bytes) -> Invoice:
    """Read an invoice back from its bytes.

    Raises:
        EvidenceError: the bytes are not a whole invoice of this format.
    """
    value: Any = parse_canonical(raw)
    try:
        if value["format"] != FORMAT:
            raise EvidenceError(f"not a {FORMAT}: {value['format']!r}.")
        found = _invoice(value)
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise EvidenceError(f"the invoice's bytes are damaged: {error!r}.") from error
    if canonical_json(_invoice_json(found)) != raw:
        raise EvidenceError("the invoice holds something its format does not know.")
    return replace(found, raw=raw, sha256=sha256(raw).hex())


def contract_json(contract: Contract) -> Json:
    """Return a contract as it stands in invoices and is compared."""
    return {
        "annual_notices": contract.annual_notices,
        "discount_bp": contract.discount_bp,
        "prices": dict(sorted(contract.prices.items())),
    }


def _invoice_json(invoice: Invoice) -> Json:
    return {
        "contract": contract_json(invoice.contract),
        "cutoff": invoice.cutoff,
        "days": [_day_json(each) for each in invoice.days],
        "engine": invoice.engine,
        "format": FORMAT,
        "id": invoice.id,
        "lines": [_line_json(each) for each in invoice.lines],
        "made_at": stamp(invoice.made_at),
        "month": invoice.month.text,
        "number": invoice.number,
        "previous": invoice.previous,
        "status": invoice.status.value,
        "subtotal": invoice.subtotal,
        "tariffs": [{"name": name, "sha256": sha} for name, sha in invoice.tariffs],
        "tenant": invoice.tenant,
        "total": invoice.total,
        "usage_sha256": invoice.usage_sha256,
        "vat": invoice.vat,
    }


def _day_json(day: UsageDay) -> Json:
    return {
        "boxes": day.boxes,
        "counts": {meter.value: count for meter, count in day.counts},
        "day": day.day.isoformat(),
        "ids": day.ids,
        "joined": day.joined,
        "plan": day.plan,
        "stored_bytes": str(day.stored_bytes),
        "upgraded_from": day.upgraded_from,
    }


def _line_json(line: Line) -> Json:
    return {
        "amount": line.amount,
        "billed_before": line.billed_before,
        "confirmed": line.confirmed,
        "days": [[each.day.isoformat(), each.used, each.billed] for each in line.days],
        "denominator": str(line.exact.denominator),
        "discount": line.discount,
        "discount_bp": line.discount_bp,
        "divisor": line.divisor,
        "gross": line.gross,
        "included": line.included,
        "item": line.item,
        "name": {"en": line.name_en, "ko": line.name_ko},
        "numerator": str(line.exact.numerator),
        "plan": line.plan,
        "price": line.price,
        "quantity": line.quantity,
        "scale": line.scale,
        "service_month": line.service_month,
        "source": line.source,
        "tariff": line.tariff,
        "unit": {"en": line.unit_en, "ko": line.unit_ko},
        "vat": line.vat,
    }


def _invoice(value: Any) -> Invoice:  # noqa: ANN401 - parsed JSON, checked by re-writing
    return Invoice(
        id=value["id"],
        number=value["number"],
        status=Status(value["status"]),
        tenant=value["tenant"],
        month=Month.parse(value["month"]),
        made_at=parse_stamp(value["made_at"]),
        cutoff=value["cutoff"],
        usage_sha256=value["usage_sha256"],
        engine=value["engine"],
        tariffs=tuple((each["name"], each["sha256"]) for each in value["tariffs"]),
        contract=Contract(**value["contract"]),
        previous=value["previous"],
        days=tuple(_day(each) for each in value["days"]),
        lines=tuple(_line(each) for each in value["lines"]),
        subtotal=Money(value["subtotal"]),
        vat=Money(value["vat"]),
        total=Money(value["total"]),
    )


def _day(value: Any) -> UsageDay:  # noqa: ANN401 - see _invoice
    return UsageDay(
        day=dt.date.fromisoformat(value["day"]),
        plan=value["plan"],
        joined=value["joined"],
        upgraded_from=value["upgraded_from"],
        stored_bytes=int(value["stored_bytes"]),
        ids=value["ids"],
        boxes=value["boxes"],
        counts=tuple(sorted((Meter(k), n) for k, n in value["counts"].items())),
    )


def _line(value: Any) -> Line:  # noqa: ANN401 - see _invoice
    return Line(
        item=value["item"],
        name_ko=value["name"]["ko"],
        name_en=value["name"]["en"],
        unit_ko=value["unit"]["ko"],
        unit_en=value["unit"]["en"],
        plan=value["plan"],
        service_month=value["service_month"],
        tariff=value["tariff"],
        source=value["source"],
        confirmed=value["confirmed"],
        price=Money(value["price"]),
        scale=value["scale"],
        included=value["included"],
        divisor=value["divisor"],
        discount_bp=value["discount_bp"],
        days=tuple(
            DayQuantity(day=dt.date.fromisoformat(day), used=used, billed=billed)
            for day, used, billed in value["days"]
        ),
        exact=Fraction(int(value["numerator"]), int(value["denominator"])),
        gross=Money(value["gross"]),
        billed_before=Money(value["billed_before"]),
        amount=Money(value["amount"]),
        vat=Money(value["vat"]),
    )
