"""Rows of the billing business and what they mean; knows SQL, decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
)

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.billing.model import Meter, UsageEvent
from paperless_kernel.store.journal import add_journal

metadata = MetaData()
add_journal(metadata)

usage_event = Table(
    "usage_event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("tenant", Text, nullable=False, index=True),
    Column("meter", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("plan", Text, nullable=False),
)
tariff = Table(
    "tariff",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("raw", LargeBinary, nullable=False),
)
invoice = Table(
    "invoice",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("key", Text, nullable=False, unique=True),
    Column("number", Text, nullable=False, unique=True),
    Column("tenant", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("entry", Text, nullable=False),
    Column("sha256", Text, nullable=False, unique=True),
    Column("raw", LargeBinary, nullable=False),
    UniqueConstraint("tenant", "month"),
)

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInvoice:
    """An issued invoice as it rests: its place in the chain, its key, its bytes."""

    n: int
    id: str
    key: str
    tenant: str
    month: str
    entry: str
    sha256: str
    raw: bytes


def add_usage(tx: Connection, events: Sequence[UsageEvent]) -> None:
    """Insert usage events in the order given."""
    tx.execute(
        insert(usage_event),
        [
            {
                "key": each.key,
                "tenant": each.tenant,
                "meter": each.meter.value,
                "at": stamp(each.at),
                "quantity": each.quantity,
                "subject": each.subject,
                "plan": each.plan,
            }
            for each in events
        ],
    )


def find_usage_by_key(tx: Connection, keys: Sequence[str]) -> dict[str, UsageEvent]:
    """Return the events already recorded under some of these keys."""
    found: dict[str, UsageEvent] = {}
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        for row in tx.execute(select(usage_event).where(usage_event.c.key.in_(part))):
            found[row.key] = _event(row)
    return found


def find_usage(tx: Connection, tenant: str, cutoff: int) -> tuple[UsageEvent, ...]:
    """Return a customer's events up to a sequence number, included."""
    query = select(usage_event).where(
        usage_event.c.tenant == tenant, usage_event.c.seq <= cutoff
    )
    return tuple(_event(row) for row in tx.execute(query.order_by(usage_event.c.seq)))


def sum_by_subject(tx: Connection, meters: Collection[Meter]) -> dict[str, int]:
    """Return how much was counted for each subject under some meters."""
    query = select(usage_event.c.subject, func.sum(usage_event.c.quantity)).where(
        usage_event.c.meter.in_([meter.value for meter in meters])
    )
    rows = tx.execute(query.group_by(usage_event.c.subject))
    return {str(subject): int(total) for subject, total in rows}


def last_usage(tx: Connection) -> int:
    """Return the highest sequence number of any event, 0 for none."""
    return int(tx.scalar(select(func.coalesce(func.max(usage_event.c.seq), 0))) or 0)


def count_usage(tx: Connection, tenant: str | None) -> int:
    """Return how many events are recorded, of one customer or of all."""
    query = select(func.count()).select_from(usage_event)
    if tenant is not None:
        query = query.where(usage_event.c.tenant == tenant)
    return int(tx.scalar(query) or 0)


def keep_tariffs(tx: Connection, tariffs: Iterable[tuple[str, bytes]]) -> None:
    """Keep the tariff versions an invoice was rated by; one already there stays."""
    for identity, raw in tariffs:
        known = select(tariff.c.sha256).where(tariff.c.sha256 == identity)
        if tx.execute(known).first() is None:
            tx.execute(insert(tariff).values(sha256=identity, raw=raw))


def find_tariff(tx: Connection, identity: str) -> bytes | None:
    """Return a kept tariff version's canonical JSON."""
    return tx.scalar(select(tariff.c.raw).where(tariff.c.sha256 == identity))


def next_number(tx: Connection) -> int:
    """Return the next invoice number of this office."""
    return 1 + int(tx.scalar(select(func.coalesce(func.max(invoice.c.n), 0))) or 0)


def add_invoice(
    tx: Connection, value: StoredInvoice, *, number: str, total: int
) -> None:
    """Insert an issued invoice."""
    tx.execute(
        insert(invoice).values(
            n=value.n,
            id=value.id,
            key=value.key,
            number=number,
            tenant=value.tenant,
            month=value.month,
            total=total,
            entry=value.entry,
            sha256=value.sha256,
            raw=value.raw,
        )
    )


def find_invoices(
    tx: Connection,
    *,
    tenant: str | None = None,
    invoice_id: str | None = None,
    key: str | None = None,
) -> tuple[StoredInvoice, ...]:
    """Return issued invoices in the order of issue."""
    query = select(invoice).order_by(invoice.c.n)
    if tenant is not None:
        query = query.where(invoice.c.tenant == tenant)
    if invoice_id is not None:
        query = query.where(invoice.c.id == invoice_id)
    if key is not None:
        query = query.where(invoice.c.key == key)
    return tuple(
        StoredInvoice(
            n=row.n,
            id=row.id,
            key=row.key,
            tenant=row.tenant,
            month=row.month,
            entry=row.entry,
            sha256=row.sha256,
            raw=row.raw,
        )
        for row in tx.execute(query)
    )


def totals_by_month(
    tx: Connection, tenant: str | None
) -> tuple[tuple[str, int, int], ...]:
    """Return month, number of invoices and won issued, VAT included."""
    query = select(
        invoice.c.month, func.count(), func.coalesce(func.sum(invoice.c.total), 0)
    )
    if tenant is not None:
        query = query.where(invoice.c.tenant == tenant)
    rows = tx.execute(query.group_by(invoice.c.month).order_by(invoice.c.month))
    return tuple((str(month), int(count), int(won)) for month, count, won in rows)


def _event(row: Row[tuple[object, ...]]) -> UsageEvent:
    return UsageEvent(
        key=row.key,
        tenant=row.tenant,
        meter=Meter(row.meter),
        at=parse_stamp(row.at),
        quantity=row.quantity,
        subject=row.subject,
        plan=row.plan,
    )
