"""Rows of campaigns, notices, routes, facts and papers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.notice.model import (
    Campaign,
    Fact,
    FactKind,
    Network,
    Notice,
    Paper,
    Reason,
    Route,
    Verdict,
)
from paperless_kernel.notice.person import mask_number
from paperless_kernel.notice.records.tables import (
    attempt,
    batch,
    campaign,
    ci_vault,
    fact,
    notice,
    paper,
    refusal,
    route,
)


def add_campaign(tx: Connection, row: Campaign, key: str, content: str) -> bool:
    """Insert a campaign; tell whether it was new for this tenant and key."""
    added = tx.execute(
        upsert(campaign)
        .values(
            id=row.id,
            tenant=row.tenant,
            key=key,
            content=content,
            sender=row.sender,
            sender_number=row.sender_number,
            title=row.title,
            template=row.template,
            deadline=stamp(row.deadline),
            remind_at=None if row.remind_at is None else stamp(row.remind_at),
            seed=row.seed,
            calendar=row.calendar,
            created_at=stamp(row.created_at),
            created_by=row.created_by,
        )
        .on_conflict_do_nothing()
    )
    return added.rowcount == 1


def campaign_by_key(
    tx: Connection, tenant: str, key: str
) -> tuple[Campaign, str] | None:
    """Return the campaign made under a key, and the hash of what was asked."""
    query = select(campaign).where(campaign.c.tenant == tenant, campaign.c.key == key)
    row = tx.execute(query).first()
    return None if row is None else (_campaign(row), row.content)


def campaign_by_id(tx: Connection, campaign_id: str) -> Campaign | None:
    """Return one campaign."""
    row = tx.execute(select(campaign).where(campaign.c.id == campaign_id)).first()
    return None if row is None else _campaign(row)


def campaigns(tx: Connection) -> tuple[Campaign, ...]:
    """Return all campaigns, oldest first."""
    return tuple(map(_campaign, tx.execute(select(campaign).order_by(campaign.c.id))))


def set_approved(tx: Connection, campaign_id: str, at: dt.datetime, by: str) -> bool:
    """Note the approval; tell whether it was the first."""
    changed = tx.execute(
        update(campaign)
        .where(campaign.c.id == campaign_id, campaign.c.approved_at.is_(None))
        .values(approved_at=stamp(at), approved_by=by)
    )
    return changed.rowcount == 1


def add_notices(
    tx: Connection, rows: Sequence[Notice], boxes: Sequence[tuple[bytes, bytes]]
) -> None:
    """Insert notices, and the sealed CIs apart; a CI known already is kept."""
    tx.execute(
        insert(notice),
        [
            {name: getattr(row, name) for name in notice.c.keys()}  # noqa: SIM118 - columns
            for row in rows
        ],
    )
    tx.execute(
        upsert(ci_vault).on_conflict_do_nothing(),
        [{"ci_mac": mac, "box": box} for mac, box in boxes],
    )


def notice_by_id(tx: Connection, notice_id: str) -> Notice | None:
    """Return one notice."""
    row = tx.execute(select(notice).where(notice.c.id == notice_id)).first()
    return None if row is None else _notice(row)


def notices_of(tx: Connection, campaign_id: str) -> tuple[Notice, ...]:
    """Return a campaign's notices in the order of its list."""
    query = select(notice).where(notice.c.campaign == campaign_id)
    return tuple(map(_notice, tx.execute(query.order_by(notice.c.number))))


def unresolved(
    tx: Connection, now: dt.datetime, limit: int
) -> tuple[tuple[Notice, bytes, bytes, bool], ...]:
    """Return approved notices without a route: notice, seed, sealed CI, refused."""
    refused = (
        select(refusal.c.at)
        .where(refusal.c.tenant == notice.c.tenant, refusal.c.ci_mac == notice.c.ci_mac)
        .exists()
    )
    query: Select[Any] = (
        select(notice, campaign.c.seed, ci_vault.c.box, refused.label("refused"))
        .join(campaign, campaign.c.id == notice.c.campaign)
        .join(ci_vault, ci_vault.c.ci_mac == notice.c.ci_mac)
        .join(route, route.c.notice == notice.c.id, isouter=True)
        .where(
            campaign.c.approved_at.is_not(None),
            campaign.c.deadline > stamp(now),
            route.c.notice.is_(None),
        )
        .order_by(notice.c.campaign, notice.c.number)
        .limit(limit)
    )
    return tuple(
        (_notice(row), row.seed, row.box, bool(row.refused))
        for row in tx.execute(query)
    )


def count_unresolved(tx: Connection, now: dt.datetime) -> int:
    """Count approved notices that wait for the window."""
    query = (
        select(func.count())
        .select_from(notice)
        .join(campaign, campaign.c.id == notice.c.campaign)
        .join(route, route.c.notice == notice.c.id, isouter=True)
        .where(
            campaign.c.approved_at.is_not(None),
            campaign.c.deadline > stamp(now),
            route.c.notice.is_(None),
        )
    )
    return tx.scalar(query) or 0


def add_route(
    tx: Connection, notice_id: str, found: Route, box: bytes | None, at: dt.datetime
) -> bool:
    """Insert a route; tell whether the notice had none yet."""
    line = found.line
    verdicts = [
        {
            "line": each.line,
            "network": each.network.value,
            "reason": each.reason and each.reason.value,
            "draw": each.draw,
        }
        for each in found.verdicts
    ]
    added = tx.execute(
        upsert(route)
        .values(
            notice=notice_id,
            network=line and line.network.value,
            masked=mask_number(line.number) if line else "",
            number_box=box,
            reason=found.reason and found.reason.value,
            verdicts=json.dumps(verdicts),
            at=stamp(at),
        )
        .on_conflict_do_nothing()
    )
    return added.rowcount == 1


def route_of(
    tx: Connection, notice_id: str
) -> tuple[Network | None, str, bytes | None, Reason | None, tuple[Verdict, ...]]:
    """Return a notice's network, masked line, sealed number, reason and verdicts."""
    row = tx.execute(select(route).where(route.c.notice == notice_id)).first()
    if row is None:
        return None, "", None, None, ()
    verdicts = tuple(
        Verdict(
            line=each["line"],
            network=Network(each["network"]),
            reason=Reason(each["reason"]) if each["reason"] else None,
            draw=each["draw"],
        )
        for each in json.loads(row.verdicts)
    )
    network = Network(row.network) if row.network else None
    reason = Reason(row.reason) if row.reason else None
    return network, row.masked, row.number_box, reason, verdicts


def add_fact(tx: Connection, row: Fact) -> bool:
    """Insert a fact; tell whether it was not known yet."""
    added = tx.execute(
        upsert(fact)
        .values(
            notice=row.notice,
            kind=row.kind.value,
            ref=row.ref,
            at=stamp(row.at),
            entry=row.entry,
            detail=json.dumps(row.detail, ensure_ascii=False, sort_keys=True),
        )
        .on_conflict_do_nothing()
    )
    return added.rowcount == 1


def facts_of(tx: Connection, notice_id: str) -> tuple[Fact, ...]:
    """Return a notice's facts in the order they became known."""
    query = select(fact).where(fact.c.notice == notice_id).order_by(fact.c.seq)
    return tuple(
        Fact(
            notice=row.notice,
            kind=FactKind(row.kind),
            at=parse_stamp(row.at),
            entry=row.entry,
            ref=row.ref,
            detail=json.loads(row.detail),
        )
        for row in tx.execute(query)
    )


def has_fact(tx: Connection, notice_id: str, kinds: Iterable[FactKind]) -> bool:
    """Tell whether a notice has a fact of one of these kinds."""
    query = select(fact.c.seq).where(
        fact.c.notice == notice_id, fact.c.kind.in_([each.value for each in kinds])
    )
    return tx.execute(query.limit(1)).first() is not None


def ineligible_without_letter(tx: Connection, tenant: str) -> tuple[str, ...]:
    """Return ids of notices nobody can be reached by and no letter was printed for.

    An empty ``tenant`` stands for every customer.
    """
    printed = select(paper.c.notice).where(paper.c.kind == "letter")
    query = (
        select(route.c.notice)
        .join(notice, notice.c.id == route.c.notice)
        .where(route.c.network.is_(None), route.c.notice.not_in(printed))
    )
    if tenant:
        query = query.where(notice.c.tenant == tenant)
    return tuple(row.notice for row in tx.execute(query.order_by(route.c.notice)))


def add_paper(tx: Connection, row: Paper, key: str) -> bool:
    """Insert a paper; tell whether none was issued under this key."""
    added = tx.execute(
        upsert(paper)
        .values(
            id=row.id,
            notice=row.notice,
            kind=row.kind,
            key=key,
            issued_at=stamp(row.issued_at),
            sha256=row.sha256,
            pdf=row.pdf,
        )
        .on_conflict_do_nothing()
    )
    return added.rowcount == 1


def paper_by_key(tx: Connection, notice_id: str, kind: str, key: str) -> Paper | None:
    """Return the paper issued under a key."""
    row = tx.execute(
        select(paper).where(
            paper.c.notice == notice_id, paper.c.kind == kind, paper.c.key == key
        )
    ).first()
    if row is None:
        return None
    return Paper(
        id=row.id,
        notice=row.notice,
        kind=row.kind,
        issued_at=parse_stamp(row.issued_at),
        sha256=row.sha256,
        pdf=row.pdf,
    )


def counts(tx: Connection) -> dict[str, Any]:
    """Return the figures of `Numbers`, by name."""

    def total(table: Any, *where: Any) -> int:  # noqa: ANN401 - table or query
        return tx.scalar(select(func.count()).select_from(table).where(*where)) or 0

    def having(kind: FactKind) -> int:
        query = select(func.count(fact.c.notice.distinct()))
        return tx.scalar(query.where(fact.c.kind == kind.value)) or 0

    accepted = (
        select(fact.c.ref, fact.c.notice)
        .where(fact.c.kind == FactKind.ACCEPTED.value)
        .subquery()
    )
    networks = (
        select(attempt.c.network, func.count(attempt.c.notice.distinct()))
        .join(accepted, accepted.c.ref == attempt.c.ref)
        .group_by(attempt.c.network)
    )
    reasons = (
        select(route.c.reason, func.count())
        .where(route.c.reason.is_not(None))
        .group_by(route.c.reason)
    )
    notices, routed = total(notice), total(route)
    return {
        "campaigns": total(campaign),
        "notices": notices,
        "waiting": notices - routed,
        "ineligible": total(route, route.c.network.is_(None)),
        "sent": having(FactKind.ACCEPTED),
        "unknown": tx.scalar(
            select(func.coalesce(func.sum(batch.c.size), 0)).where(
                batch.c.answered == 0
            )
        )
        or 0,
        "delivered": having(FactKind.DELIVERED),
        "opened": having(FactKind.OPENED),
        "read": having(FactKind.READ),
        "certificates": total(paper, paper.c.kind == "certificate"),
        "letters": total(paper, paper.c.kind == "letter"),
        "by_network": {row[0]: row[1] for row in tx.execute(networks)},
        "by_reason": {row[0]: row[1] for row in tx.execute(reasons)},
    }


def _campaign(row: Row[Any]) -> Campaign:
    return Campaign(
        id=row.id,
        tenant=row.tenant,
        sender=row.sender,
        sender_number=row.sender_number,
        title=row.title,
        template=row.template,
        deadline=parse_stamp(row.deadline),
        remind_at=None if row.remind_at is None else parse_stamp(row.remind_at),
        seed=row.seed,
        calendar=row.calendar,
        created_at=parse_stamp(row.created_at),
        created_by=row.created_by,
        approved_at=None if row.approved_at is None else parse_stamp(row.approved_at),
        approved_by=row.approved_by,
    )


def _notice(row: Row[Any]) -> Notice:
    return Notice(**{name: getattr(row, name) for name in notice.c.keys()})  # noqa: SIM118 - columns
