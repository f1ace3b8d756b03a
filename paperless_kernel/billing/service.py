"""Billing: takes usage in, closes months, issues invoices, and can do it all again.

Loads, asks the permission table, writes rows and journal together. A preview and an
invoice go the same way; the rules are in ``usage``, ``rating`` and ``invoice``.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterable, Sequence

from sqlalchemy import Connection

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import Clock, kst_date, parse_stamp, stamp
from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
)
from paperless_kernel.base.events import Event
from paperless_kernel.base.facility import Facility, FacilityKind, standing
from paperless_kernel.base.ids import Actor, Ids
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.base.spreadsheet import Spreadsheet
from paperless_kernel.base.typeset import Typesetter
from paperless_kernel.billing import records
from paperless_kernel.billing.closing import (
    Rated,
    difference,
    issued,
    rate_again,
    rate_month,
)
from paperless_kernel.billing.explain import explain
from paperless_kernel.billing.invoice import Heading, read_invoice
from paperless_kernel.billing.issuing import make_paper
from paperless_kernel.billing.ledger import first_of_each_key, unknown
from paperless_kernel.billing.meters import usage_digest
from paperless_kernel.billing.model import (
    BillingNumbers,
    Contract,
    Explanation,
    Ingested,
    Invoice,
    Line,
    Meter,
    Money,
    Month,
    Status,
    UsageEvent,
)
from paperless_kernel.billing.papers import sheets
from paperless_kernel.billing.records import StoredInvoice
from paperless_kernel.billing.tariff import Catalogue
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import Keeper

USAGE_RECORDED = "billing:usage:recorded"
INVOICE_ISSUED = "billing:invoice:issued"

_CHUNK = 500
_PAUSE = 0.01
"""Seconds a bulk writer leaves to others between commits."""


class Billing:
    """Usage in, invoices out (요금)."""

    def __init__(
        self,
        *,
        db: Database,
        journal: Journal,
        keeper: Keeper,
        clock: Clock,
        ids: Ids,
        typesetter: Typesetter,
        tariffs: Catalogue,
        spreadsheet: Spreadsheet,
        facility: Callable[[FacilityKind, dt.datetime], Facility | None],
    ) -> None:
        self._db = db
        self._journal = journal
        self._keeper = keeper
        self._clock = clock
        self._ids = ids
        self._typesetter = typesetter
        self._tariffs = tariffs
        self._spreadsheet = spreadsheet
        self._facility = facility

    def ingest(
        self,
        actor: Actor,
        events: Iterable[UsageEvent],
        progress: Progress = silent,
    ) -> Ingested:
        """Record usage; an event already recorded under its key is passed over.

        Raises:
            NotAllowedError: the actor may not rate.
            InputError: an event names no customer, no whole quantity from 0 to 2^53 or
                no time with its zone; nothing was recorded.
            ConflictError: a key is known with other facts; nothing was recorded.
        """
        require(actor, Action.BILLING_RATE)
        given = list(events)
        fresh = first_of_each_key(given)
        with self._db.read() as tx:
            new = unknown(tx, fresh)
        recorded = 0
        for start in range(0, len(new), _CHUNK):
            if start:
                time.sleep(_PAUSE)
            # 1. Rows and the fact that they came commit together; a crash before or
            #    between chunks leaves the rest for the next delivery.
            recorded += self._record(actor, new[start : start + _CHUNK])
            progress("usage", min(start + _CHUNK, len(new)), len(new))
        # 2. The entries go under a signed checkpoint; a crash before this leaves them
        #    waiting for any later call.
        if given:
            self._keeper.sequence(self._journal.name)
        return Ingested(recorded=recorded, repeated=len(given) - recorded)

    def _record(self, actor: Actor, events: Sequence[UsageEvent]) -> int:
        with self._db.begin() as tx:
            new = unknown(tx, events)  # somebody may have been quicker
            if new:
                records.add_usage(tx, new)
                event = Event(
                    tag=USAGE_RECORDED,
                    id=self._ids.new(),
                    subject=new[0].key,
                    at=self._clock.now(),
                    actor=actor.id,
                    body={"count": len(new), "sha256": usage_digest(new)},
                )
                self._journal.append(tx, event)
        return len(new)

    def preview(
        self, actor: Actor, tenant: str, month: str, contract: Contract | None = None
    ) -> Invoice:
        """Rate a month so far, as a draft; the same code as `close_month`.

        A month still running is rated up to today (KST).

        Raises:
            NotAllowedError: the actor may not view billing.
            NotFoundError: nothing was used.
            QuoteRequiredError: something used has no price yet.
        """
        _may_view(actor, tenant)
        period = Month.parse(month)
        with self._db.read() as tx:
            cutoff = records.last_usage(tx)
            rated = self._rate(tx, tenant, period, contract or Contract(), cutoff)
        return rated.close()

    def close_month(
        self,
        actor: Actor,
        key: str,
        tenant: str,
        month: str,
        contract: Contract | None = None,
    ) -> Invoice:
        """Issue a customer's invoice of a month, once; a repeat returns the same.

        Usage that became known after another month was closed stands on this invoice
        as an adjustment, with its own service dates.

        Args:
            actor: who closes.
            key: idempotency key.
            tenant: the customer.
            month: Korean calendar month, ``2026-11``.
            contract: discount, volume and agreed prices; None for none.

        Raises:
            NotAllowedError: the actor may not issue invoices.
            NotYetError: the month (and the tariff's days of grace) is not over.
            NotFoundError: there is nothing to bill.
            ConflictError: the key or the month was closed under other terms.
            QuoteRequiredError: something used has no printed and no agreed price.
        """
        require(actor, Action.BILLING_INVOICE)
        if not key:
            raise InputError("closing a month needs a key, so that it happens once.")
        terms, period = contract or Contract(), Month.parse(month)
        with self._db.read() as tx:
            found = issued(tx, key, tenant, period.text, terms)
            rated = None
            if found is None:
                self._check_over(period)
                cutoff = records.last_usage(tx)
                rated = self._rate(tx, tenant, period, terms, cutoff)
        if rated is not None:
            # 1. The invoice, the tariffs it was rated by and the journal entry commit
            #    together, numbered under the writer's lock; a crash before leaves
            #    nothing, and the next call rates again.
            with self._db.begin() as tx:
                found = issued(tx, key, tenant, period.text, terms)
                if found is None:
                    found = self._issue(tx, actor, key, rated)
        # 2. The entry goes under a signed checkpoint before anybody holds the invoice;
        #    a crash before this is made good by the repeat.
        self._keeper.sequence(self._journal.name)
        if found is None:
            raise EvidenceError("the invoice vanished while it was issued; try again.")
        return read_invoice(found.raw)

    def _issue(
        self, tx: Connection, actor: Actor, key: str, rated: Rated
    ) -> StoredInvoice:
        heading = rated.heading
        before = records.find_invoices(tx, tenant=heading.tenant)
        if heading.previous != (before[-1].sha256 if before else ""):
            raise ConflictError(
                "another invoice of this customer was issued meanwhile; close again."
            )
        n = records.next_number(tx)
        invoice = rated.close(
            id=self._ids.new(), number=f"{heading.month.text}-{n:06d}"
        )
        entry = Event(
            tag=INVOICE_ISSUED,
            id=self._ids.new(),
            subject=invoice.id,
            at=heading.made_at,
            actor=actor.id,
            body={
                "tenant": invoice.tenant,
                "month": invoice.month.text,
                "sha256": invoice.sha256,
                "previous": invoice.previous,
                "total": str(invoice.total),
            },
        )
        stored = StoredInvoice(
            n=n,
            id=invoice.id,
            key=key,
            tenant=invoice.tenant,
            month=invoice.month.text,
            entry=entry.id,
            sha256=invoice.sha256,
            raw=invoice.raw,
        )
        records.keep_tariffs(
            tx, ((each.sha256, each.canonical) for each in rated.catalogue.versions)
        )
        records.add_invoice(tx, stored, number=invoice.number, total=invoice.total)
        self._journal.append(tx, entry)
        return stored

    def _check_over(self, month: Month) -> None:
        grace = self._tariffs.on(month.last).rules.grace_days.value
        opens = month.last + dt.timedelta(days=1 + grace)
        if kst_date(self._clock.now()) < opens:
            raise NotYetError(
                f"{month.text} can be closed from {opens} (KST); look at a preview "
                "until then."
            )

    def _rate(
        self,
        tx: Connection,
        tenant: str,
        month: Month,
        contract: Contract,
        cutoff: int,
    ) -> Rated:
        """Rate a month by today's tariffs and invoices."""
        made_at = parse_stamp(stamp(self._clock.now()))
        last = min(month.last, kst_date(made_at))
        overlapping = [
            each
            for each in self._tariffs.versions
            if each.effective_from <= month.last
            and (each.effective_until or dt.date.max) > month.first
        ]
        return rate_month(
            tx,
            Heading(
                tenant=tenant,
                month=month,
                made_at=made_at,
                cutoff=cutoff,
                contract=contract,
            ),
            Catalogue.of(overlapping),
            records.find_invoices(tx, tenant=tenant),
            last,
        )

    def verify_invoice(self, actor: Actor, invoice_id: str) -> Invoice:
        """Rate an issued invoice again from its usage and compare the bytes.

        Raises:
            NotFoundError: there is no such invoice.
            EvidenceError: bytes, chain, journal or re-rating differ; the text names
                which.
        """
        stored = self._stored(actor, invoice_id)
        invoice = read_invoice(stored.raw)
        told = self._journal.entry(stored.entry).body.get("sha256")
        if invoice.sha256 != stored.sha256 or told != invoice.sha256:
            raise EvidenceError(
                f"invoice {invoice.number}: its bytes are not the ones the journal "
                "names."
            )
        with self._db.read() as tx:
            chain = records.find_invoices(tx, tenant=stored.tenant)
            again = rate_again(tx, invoice, chain)
        if again.raw != invoice.raw:
            raise EvidenceError(
                f"invoice {invoice.number} does not come out again: "
                f"{difference(invoice, again)}."
            )
        return invoice

    def invoice(self, actor: Actor, invoice_id: str) -> Invoice:
        """Return an issued invoice.

        Raises:
            NotAllowedError: the actor may not view billing.
            NotFoundError: there is none with this id, or not for this actor.
        """
        return read_invoice(self._stored(actor, invoice_id).raw)

    def invoices(self, actor: Actor, tenant: str) -> tuple[Invoice, ...]:
        """Return a customer's issued invoices, oldest first."""
        _may_view(actor, tenant)
        with self._db.read() as tx:
            found = records.find_invoices(tx, tenant=tenant)
        return tuple(read_invoice(each.raw) for each in found)

    def explain(self, line: Line) -> Explanation:
        """Explain a line: quantity, price, days, what the floor dropped, the source."""
        return explain(line)

    def pdf(
        self, actor: Actor, invoice: Invoice, *, customer: str = "", office: str = ""
    ) -> bytes:
        """Set an invoice as PDF/A with its canonical JSON attached, signed if issued.

        Only what was issued here is signed: an issued invoice is compared with the one
        that is kept, byte for byte. A draft stays unsigned.

        Args:
            actor: who asks.
            invoice: issued or draft.
            customer: the name to print; the tenant's id where none is given.
            office: who bills; stands at the foot of each page.

        Raises:
            NotAllowedError: the actor may not view billing, or not this customer's.
            NotFoundError: no such invoice was issued to this actor's customer.
            EvidenceError: it differs from the one that was issued.
        """
        self._check_own(actor, invoice)
        covered = self._facility(FacilityKind.CENTRE, invoice.made_at)
        return make_paper(
            invoice,
            customer=customer,
            office=office,
            standing=standing(covered),
            typesetter=self._typesetter,
            keeper=self._keeper,
        )

    def xlsx(self, actor: Actor, invoice: Invoice) -> bytes:
        """Write an invoice as a workbook; a working copy, not a proof.

        Raises:
            NotAllowedError, NotFoundError, EvidenceError: as for `pdf`.
        """
        self._check_own(actor, invoice)
        title = f"청구서 {invoice.number or '초안'}"
        return self._spreadsheet.workbook(
            title, sheets(invoice), made_at=invoice.made_at
        )

    def counted(self, actor: Actor, meters: Collection[Meter]) -> dict[str, int]:
        """Return how much is recorded for each subject under some meters.

        For whoever has to hold a bill against the work it is made of.

        Raises:
            NotAllowedError: the actor may not rate.
        """
        require(actor, Action.BILLING_RATE)
        with self._db.read() as tx:
            return records.sum_by_subject(tx, meters)

    def numbers(self, tenant: str | None = None) -> BillingNumbers:
        """Return billing in a few numbers, of one customer or of all."""
        with self._db.read() as tx:
            events = records.count_usage(tx, tenant)
            months = records.totals_by_month(tx, tenant)
        return BillingNumbers(
            events=events,
            invoices=sum(count for _, count, _ in months),
            issued_total=Money(sum(won for _, _, won in months)),
            by_month=tuple((month, Money(won)) for month, _, won in months),
        )

    def _check_own(self, actor: Actor, invoice: Invoice) -> None:
        """Let a draft of the actor's customer pass, or what was issued and is kept."""
        _may_view(actor, invoice.tenant)
        if invoice.status is Status.DRAFT:
            return
        stored = self._stored(actor, invoice.id)
        told = self._journal.entry(stored.entry).body.get("sha256")
        kept = read_invoice(stored.raw)
        # Both the bytes and the values are compared: the page shows the values.
        if kept != invoice or told != kept.sha256:
            raise EvidenceError(
                f"invoice {invoice.id} is not the one that was issued; nothing is set "
                "or signed. Load it again and run 'paperless billing verify-invoice'."
            )

    def _stored(self, actor: Actor, invoice_id: str) -> StoredInvoice:
        require(actor, Action.BILLING_VIEW)
        with self._db.read() as tx:
            found = records.find_invoices(tx, invoice_id=invoice_id)
        if not found or actor.tenant not in ("", found[0].tenant):
            raise NotFoundError(f"no invoice {invoice_id} here.")
        return found[0]


def _may_view(actor: Actor, tenant: str) -> None:
    require(actor, Action.BILLING_VIEW)
    if actor.tenant not in ("", tenant):
        raise NotAllowedError(
            f"{actor.id} may not see another customer's bill; ask for your own."
        )
