"""A notice put together from its rows: route, attempts, facts, derived state."""

from __future__ import annotations

from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.notice.delivery import state_of
from paperless_kernel.notice.model import Campaign, Notice, NoticeStatus
from paperless_kernel.notice.parts import Parts
from paperless_kernel.notice.records.campaigns import (
    campaign_by_id,
    facts_of,
    notice_by_id,
    route_of,
)
from paperless_kernel.notice.records.delivery import attempts_of


def load_notice(parts: Parts, notice_id: str) -> tuple[Notice, Campaign]:
    """Return a notice and its campaign.

    Raises:
        NotFoundError: there is no such notice.
    """
    with parts.db.read() as tx:
        notice = notice_by_id(tx, notice_id)
        campaign = campaign_by_id(tx, notice.campaign) if notice else None
    if notice is None or campaign is None:
        raise NotFoundError(f"there is no notice {notice_id}.")
    return notice, campaign


def status_of(parts: Parts, notice: Notice) -> NoticeStatus:
    """Return everything operators may see of a notice."""
    with parts.db.read() as tx:
        network, masked, _, reason, verdicts = route_of(tx, notice.id)
        attempts = attempts_of(tx, notice.id)
        facts = facts_of(tx, notice.id)
    return NoticeStatus(
        id=notice.id,
        campaign=notice.campaign,
        number=notice.number,
        name=notice.name,
        state=state_of(facts),
        reason=reason,
        listed=notice.listed,
        sent_to=f"{network.value} {masked}" if network else "",
        attempts=attempts,
        verdicts=verdicts,
        facts=facts,
    )
