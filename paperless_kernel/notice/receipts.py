"""Reading carriers' delivery reports: each applied once, strangers set aside.

Knows that reports repeat, come late, out of order or for nothing we sent, and that one
receipt proves its message was taken even when the answer was lost.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from paperless_kernel.base.errors import UnavailableError
from paperless_kernel.base.ids import Actor
from paperless_kernel.notice.model import Fact, FactKind, Network, Report
from paperless_kernel.notice.parts import Parts
from paperless_kernel.notice.records.campaigns import notice_by_id
from paperless_kernel.notice.records.delivery import (
    add_quarantine,
    attempt_by_ref,
    cursor_of,
    first_seen,
    set_cursor,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = logging.getLogger(__name__)


def collect(parts: Parts, actor: Actor) -> int:
    """Read every carrier's new reports; return how many were applied.

    A carrier that does not answer is asked again next time; the others go on.
    """
    applied = 0
    for network in parts.carriers:
        try:
            applied += _collect(parts, actor, network)
        except UnavailableError as error:
            log.warning("no reports from %s: %s", network.value, error)
    if applied:
        parts.sequence()
    return applied


def _collect(parts: Parts, actor: Actor, network: Network) -> int:
    carrier, applied = parts.carriers[network], 0
    while True:
        with parts.db.read() as tx:
            cursor = cursor_of(tx, network)
        page = carrier.reports(cursor)
        if not page.reports:
            return applied
        # 1. Facts and the cursor commit together: a crash before this reads the page
        #    again, and `first_seen` lets nothing through twice.
        with parts.db.begin() as tx:
            for report in page.reports:
                if first_seen(tx, network, report.id):
                    applied += _apply(parts, tx, actor, network, report)
            set_cursor(tx, network, page.cursor)
        # 2. Only what is durable here is acknowledged.
        carrier.ack(page.cursor)
        if page.cursor == cursor:
            return applied


def _apply(
    parts: Parts, tx: Connection, actor: Actor, network: Network, report: Report
) -> bool:
    attempt = attempt_by_ref(tx, report.ref)
    if attempt is None:
        add_quarantine(tx, network, report, "nothing was sent under this ref")
        return False
    if (attempt.network, attempt.channel) != (network, report.channel):
        add_quarantine(tx, network, report, "another carrier or channel than ours")
        return False
    notice = notice_by_id(tx, attempt.notice)
    tenant = notice.tenant if notice else ""
    detail = {
        "how": "receipt",
        "channel": attempt.channel.value,
        "network": network.value,
        "code": report.code,
    }
    outcome = FactKind.DELIVERED if report.delivered else FactKind.UNDELIVERED
    for kind in (FactKind.ACCEPTED, outcome):
        fact = Fact(
            notice=attempt.notice,
            kind=kind,
            at=report.at,
            entry="",
            ref=attempt.ref,
            detail=detail,
        )
        parts.add(tx, fact, tenant=tenant, actor=actor.id)
    return True
