"""Rows of batches, attempts, links and reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.notice.model import (
    Attempt,
    Batch,
    Channel,
    FactKind,
    Network,
    Report,
)
from paperless_kernel.notice.records.tables import (
    attempt,
    batch,
    campaign,
    fact,
    link,
    notice,
    quarantine,
    report_cursor,
    report_seen,
    route,
)

_FAILED = (FactKind.UNDELIVERED.value, FactKind.REFUSED.value)
_SETTLED = (
    FactKind.ACCEPTED.value,
    FactKind.REFUSED.value,
    FactKind.DELIVERED.value,
    FactKind.UNDELIVERED.value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A notice that may be handed over next, and what its message needs."""

    notice: str
    campaign: str
    tenant: str
    network: Network
    masked: str
    number_box: bytes
    attempts: int


def due(
    tx: Connection,
    channel: Channel,
    now: dt.datetime,
    *,
    without: Sequence[Network],
    limit: int,
) -> tuple[Due, ...]:
    """Return notices of one campaign and network that may go over a channel now.

    RCS: routed and never tried. MMS: the RCS attempt surely failed and was not
    delivered after all.
    """
    tried = select(attempt.c.ref).where(attempt.c.notice == notice.c.id)
    if channel is Channel.RCS:
        open_now = ~tried.exists()
    else:
        failed = (
            select(fact.c.seq)
            .where(fact.c.notice == notice.c.id, fact.c.kind.in_(_FAILED))
            .exists()
        )
        reached = (
            select(fact.c.seq)
            .where(
                fact.c.notice == notice.c.id,
                fact.c.kind == FactKind.DELIVERED.value,
            )
            .exists()
        )
        by_mms = tried.where(attempt.c.channel == Channel.MMS.value)
        open_now = and_(failed, ~reached, ~by_mms.exists())
    query = (
        select(
            notice.c.id,
            notice.c.campaign,
            notice.c.tenant,
            route.c.network,
            route.c.masked,
            route.c.number_box,
        )
        .join(route, route.c.notice == notice.c.id)
        .join(campaign, campaign.c.id == notice.c.campaign)
        .where(
            route.c.network.is_not(None),
            route.c.network.not_in([each.value for each in without]),
            campaign.c.deadline > stamp(now),
            open_now,
        )
        .order_by(notice.c.campaign, route.c.network, notice.c.number)
        .limit(limit)
    )
    rows = tx.execute(query).all()
    return tuple(
        Due(
            notice=row.id,
            campaign=row.campaign,
            tenant=row.tenant,
            network=Network(row.network),
            masked=row.masked,
            number_box=row.number_box,
            attempts=0 if channel is Channel.RCS else 1,
        )
        for row in rows
        if (row.campaign, row.network) == (rows[0].campaign, rows[0].network)
    )


def add_batch(
    tx: Connection,
    row: Batch,
    attempts: Sequence[Attempt],
    links: Sequence[tuple[bytes, str]],
    at: dt.datetime,
) -> bool:
    """Insert a batch whole; tell whether none of its notices was taken meanwhile.

    The caller undoes the transaction when it was.
    """
    tx.execute(
        insert(batch).values(
            id=row.id,
            key=row.key,
            campaign=row.campaign,
            tenant=row.tenant,
            network=row.network.value,
            channel=row.channel.value,
            size=row.count,
            body=row.body,
            body_hash=row.body_hash,
            answered=0,
            posted_at=None if row.posted_at is None else stamp(row.posted_at),
            lease_until=stamp(row.lease_until),
        )
    )
    for each in attempts:
        added = tx.execute(
            upsert(attempt)
            .values(
                ref=each.ref,
                notice=each.notice,
                number=each.number,
                network=each.network.value,
                channel=each.channel.value,
                batch=each.batch,
                masked=each.masked,
            )
            .on_conflict_do_nothing()
        )
        if added.rowcount != 1:
            return False
    tx.execute(
        insert(link),
        [
            {"token_sha256": token, "notice": notice_id, "made_at": stamp(at)}
            for token, notice_id in links
        ],
    )
    return True


def open_batches(tx: Connection) -> tuple[Batch, ...]:
    """Return batches without an answer, oldest first."""
    query = select(batch).where(batch.c.answered == 0).order_by(batch.c.id)
    return tuple(map(_batch, tx.execute(query)))


def take_over(tx: Connection, row: Batch, until: dt.datetime) -> bool:
    """Lease an unanswered batch; tell whether nobody else changed it (fencing)."""
    changed = tx.execute(
        update(batch)
        .where(
            batch.c.id == row.id,
            batch.c.answered == 0,
            batch.c.lease_until == stamp(row.lease_until),
        )
        .values(lease_until=stamp(until))
    )
    return changed.rowcount == 1


def set_posting(
    tx: Connection, batch_id: str, posted_at: dt.datetime | None, until: dt.datetime
) -> None:
    """Note that a batch may have reached the carrier (or, with nothing, did not)."""
    tx.execute(
        update(batch)
        .where(batch.c.id == batch_id, batch.c.answered == 0)
        .values(
            posted_at=None if posted_at is None else stamp(posted_at),
            lease_until=stamp(until),
        )
    )


def set_answered(tx: Connection, batch_id: str) -> None:
    """Close a batch."""
    tx.execute(update(batch).where(batch.c.id == batch_id).values(answered=1))


def attempts_of_batch(tx: Connection, batch_id: str) -> tuple[Attempt, ...]:
    """Return a batch's attempts."""
    query = select(attempt).where(attempt.c.batch == batch_id).order_by(attempt.c.ref)
    return tuple(map(_attempt, tx.execute(query)))


def attempts_of(tx: Connection, notice_id: str) -> tuple[Attempt, ...]:
    """Return a notice's attempts in order."""
    query = select(attempt).where(attempt.c.notice == notice_id)
    return tuple(map(_attempt, tx.execute(query.order_by(attempt.c.number))))


def attempt_by_ref(tx: Connection, ref: str) -> Attempt | None:
    """Return the attempt a report speaks of."""
    row = tx.execute(select(attempt).where(attempt.c.ref == ref)).first()
    return None if row is None else _attempt(row)


def unsettled(tx: Connection, batch_id: str) -> tuple[Attempt, ...]:
    """Return a batch's attempts nobody has given an outcome for."""
    settled = select(fact.c.seq).where(
        fact.c.notice == attempt.c.notice,
        fact.c.ref == attempt.c.ref,
        fact.c.kind.in_(_SETTLED),
    )
    query = select(attempt).where(attempt.c.batch == batch_id, ~settled.exists())
    return tuple(map(_attempt, tx.execute(query.order_by(attempt.c.ref))))


def cursor_of(tx: Connection, network: Network) -> str:
    """Return how far a carrier's reports were read; ``""`` is the beginning."""
    query = select(report_cursor.c.cursor).where(
        report_cursor.c.network == network.value
    )
    return tx.scalar(query) or ""


def set_cursor(tx: Connection, network: Network, cursor: str) -> None:
    """Keep how far a carrier's reports were read."""
    fresh = upsert(report_cursor).values(network=network.value, cursor=cursor)
    tx.execute(
        fresh.on_conflict_do_update(index_elements=["network"], set_={"cursor": cursor})
    )


def first_seen(tx: Connection, network: Network, report_id: str) -> bool:
    """Note a report; tell whether it came for the first time."""
    added = tx.execute(
        upsert(report_seen)
        .values(network=network.value, id=report_id)
        .on_conflict_do_nothing()
    )
    return added.rowcount == 1


def add_quarantine(tx: Connection, network: Network, row: Report, why: str) -> None:
    """Set a report aside that matches nothing we sent."""
    tx.execute(
        insert(quarantine).values(
            network=network.value, id=row.id, ref=row.ref, why=why, at=stamp(row.at)
        )
    )


def _batch(row: Row[Any]) -> Batch:
    return Batch(
        id=row.id,
        key=row.key,
        campaign=row.campaign,
        tenant=row.tenant,
        network=Network(row.network),
        channel=Channel(row.channel),
        count=row.size,
        body=row.body,
        body_hash=row.body_hash,
        answered=bool(row.answered),
        posted_at=None if row.posted_at is None else parse_stamp(row.posted_at),
        lease_until=parse_stamp(row.lease_until),
    )


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        ref=row.ref,
        notice=row.notice,
        number=row.number,
        network=Network(row.network),
        channel=Channel(row.channel),
        batch=row.batch,
        masked=row.masked,
    )
