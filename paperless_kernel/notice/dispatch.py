"""Handing batches to carriers so that each notice goes once.

A batch, its members and its key are durable before the first POST; after a crash or a
lost answer that stored batch is settled by receipt or inquiry, or posted again under
that key. Knows rows and carriers; when and where to send are rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.errors import (
    ConflictError,
)
from paperless_kernel.base.ids import Actor
from paperless_kernel.notice.handover import (
    TOKEN_BYTES,
    body_context,
    number_context,
    pack,
    token_hash,
    token_text,
)
from paperless_kernel.notice.model import (
    BATCH,
    Attempt,
    Batch,
    Campaign,
    Channel,
    Dispatched,
    Fact,
    FactKind,
    Message,
    Network,
)
from paperless_kernel.notice.parties import BATCH_LIMIT
from paperless_kernel.notice.parts import Parts
from paperless_kernel.notice.posting import post, settle
from paperless_kernel.notice.receipts import collect
from paperless_kernel.notice.records.campaigns import campaign_by_id, count_unresolved
from paperless_kernel.notice.records.delivery import (
    Due,
    add_batch,
    due,
    open_batches,
    take_over,
)
from paperless_kernel.notice.resolving import resolve
from paperless_kernel.notice.wording import fill
from paperless_kernel.trust.digest import sha256

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Dispatcher:
    """Resolves, batches, posts, settles. One may run beside another: leases fence."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def dispatch_due(self, actor: Actor) -> Dispatched:
        """Send what may go now: RCS first, then MMS for what surely failed.

        Outside the window nothing is looked up and nothing goes; ``next_open`` tells
        when to come again.

        Raises:
            UnavailableError: the line directory or the keeper did not answer.
        """
        require(actor, Action.NOTICE_DISPATCH)
        parts = self._parts
        self.recover(actor)
        collect(parts, actor)
        sent, ineligible = 0, 0
        numbers: dict[str, str] = {}
        if parts.window.may_claim(parts.clock.now(), Channel.RCS):
            numbers, ineligible = resolve(parts, actor)
            if numbers or ineligible:
                parts.sequence()
        for channel in (Channel.RCS, Channel.MMS):
            sent += self._send_all(actor, channel, numbers)
        waiting, unknown = self._left()
        shut = parts.window.next_open(parts.clock.now(), Channel.RCS)
        return Dispatched(
            sent=sent,
            ineligible=ineligible,
            unknown=unknown,
            waiting=waiting,
            next_open=shut if waiting or unknown else None,
        )

    def recover(self, actor: Actor, *, alone: bool = False) -> int:
        """Settle batches that have no answer; return how many were.

        Args:
            actor: who asks.
            alone: the caller holds the office lock, so no other dispatcher lives and
                leases of a dead one need not run out.
        """
        require(actor, Action.NOTICE_DISPATCH)
        parts, settled = self._parts, 0
        with parts.db.read() as tx:
            waiting = open_batches(tx)
        if waiting:
            collect(parts, actor)
        for batch in waiting:
            now = parts.clock.now()
            if batch.lease_until > now and not alone:
                continue
            with parts.db.begin() as tx:
                if not take_over(tx, batch, now + parts.rules.lease):
                    continue
            settled += settle(parts, actor, batch)
        if waiting:
            parts.sequence()
        return settled

    def _left(self) -> tuple[int, int]:
        now = self._parts.clock.now()
        with self._parts.db.read() as tx:
            waiting = count_unresolved(tx, now)
            for channel in (Channel.RCS, Channel.MMS):
                waiting += len(due(tx, channel, now, without=(), limit=BATCH_LIMIT))
            return waiting, sum(batch.count for batch in open_batches(tx))

    def _send_all(self, actor: Actor, channel: Channel, numbers: dict[str, str]) -> int:
        parts, sent = self._parts, 0
        busy: set[Network] = set()
        while parts.window.may_claim(parts.clock.now(), channel):
            claimed = self._claim(actor, channel, numbers, sorted(busy))
            if claimed is None:
                break
            batch, messages = claimed
            if post(parts, actor, batch, messages, sure=True):
                sent += batch.count
            else:
                busy.add(batch.network)
        return sent

    def _claim(
        self,
        actor: Actor,
        channel: Channel,
        numbers: dict[str, str],
        without: Sequence[Network],
    ) -> tuple[Batch, tuple[Message, ...]] | None:
        parts = self._parts
        now = parts.clock.now()
        with parts.db.read() as tx:
            rows = due(tx, channel, now, without=without, limit=BATCH_LIMIT)
            campaign = campaign_by_id(tx, rows[0].campaign) if rows else None
        if campaign is None:
            return None
        batch_id = parts.ids.new()
        attempts, messages, links = self._compose(
            actor, batch_id, campaign, channel, rows, numbers
        )
        body = pack(messages)
        batch = Batch(
            id=batch_id,
            key=parts.random.token(16).hex(),
            campaign=campaign.id,
            tenant=campaign.tenant,
            network=rows[0].network,
            channel=channel,
            count=len(rows),
            body=parts.keeper.seal("ci", body, body_context(batch_id)),
            body_hash=sha256(body).hex(),
            answered=False,
            posted_at=now,
            lease_until=now + parts.rules.lease,
        )
        # 1. Batch, members, key, links and entries commit as one, BEFORE the POST: a
        #    crash here leaves nothing, or a batch that recovery asks about.
        try:
            with parts.db.begin() as tx:
                self._write(tx, actor, batch, attempts, links)
        except ConflictError:
            return self._claim(actor, channel, numbers, without)
        # 2. The hand-over is under a signed checkpoint before the carrier hears of it.
        parts.sequence()
        return batch, messages

    def _write(
        self,
        tx: Connection,
        actor: Actor,
        batch: Batch,
        attempts: Sequence[Attempt],
        links: Sequence[tuple[bytes, str]],
    ) -> None:
        parts = self._parts
        if not add_batch(tx, batch, attempts, links, parts.clock.now()):
            raise ConflictError("another dispatcher was first; look again.")
        parts.write(
            tx,
            BATCH,
            batch.id,
            actor.id,
            {
                "tenant": batch.tenant,
                "campaign": batch.campaign,
                "network": batch.network.value,
                "channel": batch.channel.value,
                "count": batch.count,
                "body_hash": batch.body_hash,
            },
        )
        for each in attempts:
            handed = Fact(
                notice=each.notice,
                kind=FactKind.HANDED,
                at=parts.clock.now(),
                entry="",
                ref=each.ref,
                detail={
                    "batch": batch.id,
                    "channel": each.channel.value,
                    "network": each.network.value,
                },
            )
            parts.add(tx, handed, tenant=batch.tenant, actor=actor.id)

    def _compose(
        self,
        actor: Actor,
        batch_id: str,
        campaign: Campaign,
        channel: Channel,
        rows: Sequence[Due],
        numbers: dict[str, str],
    ) -> tuple[tuple[Attempt, ...], tuple[Message, ...], list[tuple[bytes, str]]]:
        parts = self._parts
        attempts, messages, links = [], [], []
        for row in rows:
            number = (
                numbers.get(row.notice)
                or parts.keeper.unseal(
                    "ci",
                    row.number_box,
                    number_context(row.notice),
                    actor=actor.id,
                    purpose=f"send {row.notice}",
                ).decode()
            )
            token = token_text(parts.random.token(TOKEN_BYTES))
            attempt = Attempt(
                ref=parts.ids.new(),
                notice=row.notice,
                number=row.attempts + 1,
                network=row.network,
                channel=channel,
                batch=batch_id,
                masked=row.masked,
            )
            attempts.append(attempt)
            links.append((token_hash(token), row.notice))
            messages.append(
                Message(
                    ref=attempt.ref,
                    to=number,
                    channel=channel,
                    sender=campaign.sender_number,
                    title=campaign.title,
                    text=fill(
                        campaign.template,
                        sender=campaign.sender,
                        link=f"{parts.page_url}/n/{token}",
                    ),
                )
            )
        return tuple(attempts), tuple(messages), links
