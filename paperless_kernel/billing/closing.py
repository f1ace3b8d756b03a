"""Rates a month from its rows, the same way today and in ten years.

Stands between the rows and the rules: everything a rating depends on is an argument or
an append-only row up to the heading's cut-off.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    InputError,
    NotFoundError,
    QuoteRequiredError,
)
from paperless_kernel.billing import records
from paperless_kernel.billing.invoice import (
    Heading,
    contract_json,
    make_invoice,
    read_invoice,
)
from paperless_kernel.billing.meters import usage_digest
from paperless_kernel.billing.model import Contract, Invoice, Line, UsageDay, UsageEvent
from paperless_kernel.billing.rating import adjustments, rate
from paperless_kernel.billing.records import StoredInvoice
from paperless_kernel.billing.tariff import Catalogue, read_tariff
from paperless_kernel.billing.usage import sent_before, usage_days
from paperless_kernel.trust.digest import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """Everything of an invoice that is computed."""

    heading: Heading
    days: tuple[UsageDay, ...]
    lines: tuple[Line, ...]
    catalogue: Catalogue

    def close(self, *, id: str = "", number: str = "") -> Invoice:  # noqa: A002 - the field's name
        """Make the invoice; a draft where no number is given."""
        heading = replace(self.heading, id=id, number=number)
        vat = self.catalogue.versions[-1].rules.vat_bp.value
        return make_invoice(heading, self.days, self.lines, vat)


def rate_month(
    tx: Connection,
    heading: Heading,
    catalogue: Catalogue,
    before: Sequence[StoredInvoice],
    last: dt.date,
) -> Rated:
    """Rate a month and what became known of months closed before.

    Args:
        tx: where the rows are read.
        heading: customer, month, cut-off and contract; the rest of it is filled in.
        catalogue: the tariff versions that overlap the month.
        before: the customer's invoices issued before this one.
        last: last day to rate; the month's, or today in a month still running.

    Raises:
        NotFoundError: there is nothing to bill.
        EvidenceError: a tariff an earlier invoice was rated by is gone or changed.
    """
    events = records.find_usage(tx, heading.tenant, heading.cutoff)
    month = heading.month
    days = usage_days(events, month.first, last)
    year = sent_before(events, month)
    lines = rate(month, days, catalogue, heading.contract, sent_before=year)
    lines += _late(tx, events, heading.contract, catalogue, before)
    if not lines:
        raise NotFoundError(
            f"nothing to bill for {heading.tenant} in {month.text}; collect its usage "
            "first."
        )
    named = tuple((each.name, each.sha256) for each in catalogue.versions)
    return Rated(
        heading=replace(
            heading,
            tariffs=named,
            usage_sha256=usage_digest(events),
            previous=before[-1].sha256 if before else "",
        ),
        days=days,
        lines=lines,
        catalogue=catalogue,
    )


def rate_again(
    tx: Connection, invoice: Invoice, chain: Sequence[StoredInvoice]
) -> Invoice:
    """Make an issued invoice once more, from its usage, tariffs and contract.

    Args:
        tx: where the rows are read.
        invoice: the one to make again; only its heading is used.
        chain: the customer's invoices; those from this one on are left out.

    Raises:
        EvidenceError: what it was made from is gone or changed.
    """
    heading = Heading(
        tenant=invoice.tenant,
        month=invoice.month,
        made_at=invoice.made_at,
        cutoff=invoice.cutoff,
        contract=invoice.contract,
    )
    place = [each.id for each in chain].index(invoice.id)
    last, catalogue = invoice.month.last, _kept_catalogue(tx, invoice)
    try:
        rated = rate_month(tx, heading, catalogue, chain[:place], last)
    except (InputError, NotFoundError, QuoteRequiredError) as error:
        raise EvidenceError(
            f"invoice {invoice.number} cannot be rated again: {error}"
        ) from error
    return rated.close(id=invoice.id, number=invoice.number)


def _late(
    tx: Connection,
    events: Sequence[UsageEvent],
    contract: Contract,
    catalogue: Catalogue,
    before: Sequence[StoredInvoice],
) -> tuple[Line, ...]:
    """Rate every closed month again under its own terms; bill what differs."""
    quoted = _quoted_prices(contract, catalogue)
    fresh: list[Line] = []
    billed: list[Line] = []
    for stored in before:
        closed = read_invoice(stored.raw)
        billed += closed.lines
        month = closed.month
        terms = replace(closed.contract, prices={**quoted, **closed.contract.prices})
        fresh += rate(
            month,
            usage_days(events, month.first, month.last),
            _kept_catalogue(tx, closed),
            terms,
            sent_before=sent_before(events, month),
        )
    return adjustments(fresh, billed)


def _quoted_prices(contract: Contract, catalogue: Catalogue) -> Mapping[str, int]:
    """Return agreed prices of unprinted items: they may price a late event too."""
    quoted = {
        item.code
        for tariff in catalogue.versions
        for item in tariff.item
        if item.model == "quote"
    }
    return {code: won for code, won in contract.prices.items() if code in quoted}


def _kept_catalogue(tx: Connection, invoice: Invoice) -> Catalogue:
    """Return the tariff versions an invoice was rated by, as kept with it."""
    found = []
    for name, identity in invoice.tariffs:
        raw = records.find_tariff(tx, identity)
        # the kept bytes are canonical, so their digest is the tariff's identity
        if raw is None or sha256(raw).hex() != identity:
            raise EvidenceError(
                f"invoice {invoice.number}: tariff {name} is not kept as it was used."
            )
        found.append(read_tariff(raw))
    return Catalogue.of(found)


def difference(was: Invoice, now: Invoice) -> str:
    """Name the first part in which two invoices differ."""
    for name in ("usage_sha256", "previous", "tariffs", "days", "lines", "total"):
        if getattr(was, name) != getattr(now, name):
            return f"{name} differs"
    return "its bytes differ"


def issued(
    tx: Connection, key: str, tenant: str, month: str, contract: Contract
) -> StoredInvoice | None:
    """Return the invoice that already stands for a key or a month.

    Raises:
        ConflictError: it was made for another month, customer or contract.
    """
    by_key = records.find_invoices(tx, key=key)
    by_month = [
        each for each in records.find_invoices(tx, tenant=tenant) if each.month == month
    ]
    for found in (*by_key, *by_month):
        same = (found.tenant, found.month) == (tenant, month)
        before = contract_json(read_invoice(found.raw).contract)
        if not same or before != contract_json(contract):
            raise ConflictError(
                f"invoice {found.id} was already issued for {found.month} of "
                f"{found.tenant} under key {found.key!r} with these or other terms; "
                "an issued invoice never changes."
            )
        return found
    return None
