"""The notice service: campaigns, dispatch, reports, certificates, letters, numbers.

The shell around the rules: authorises, loads, decides by rule modules, writes rows and
entries together. Dispatching and reading are its two parts with their own modules.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.calendar import Calendar
from paperless_kernel.base.clock import Clock, stamp
from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
)
from paperless_kernel.base.events import Json
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.base.ids import Actor, Ids, Random
from paperless_kernel.base.typeset import Typesetter
from paperless_kernel.notice.dispatch import Dispatcher
from paperless_kernel.notice.handover import ci_context
from paperless_kernel.notice.model import (
    APPROVED,
    CREATED,
    Campaign,
    Channel,
    Dispatched,
    Draft,
    Network,
    Notice,
    NoticeStatus,
    Numbers,
    Paper,
    Recipient,
)
from paperless_kernel.notice.papers import (
    issue_certificate,
    print_letter,
    print_letters,
)
from paperless_kernel.notice.parties import Carrier, Documents, LineDirectory
from paperless_kernel.notice.parts import Parts
from paperless_kernel.notice.person import check_ci, check_number, mask_number
from paperless_kernel.notice.reading import Reading
from paperless_kernel.notice.receipts import collect
from paperless_kernel.notice.records.campaigns import (
    add_campaign,
    add_notices,
    campaign_by_id,
    campaign_by_key,
    campaigns,
    counts,
    notices_of,
    set_approved,
)
from paperless_kernel.notice.rules import ServiceRules
from paperless_kernel.notice.statuses import load_notice, status_of
from paperless_kernel.notice.window import Window
from paperless_kernel.notice.wording import check_template
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import Keeper
from paperless_kernel.trust.digest import canonical_json, sha256

_SEED_BYTES = 16


class Notices:
    """Certified notices (공인알림문자) of one office."""

    def __init__(
        self,
        *,
        db: Database,
        journal: Journal,
        keeper: Keeper,
        clock: Clock,
        ids: Ids,
        random: Random,
        calendar: Calendar,
        rules: ServiceRules,
        typesetter: Typesetter,
        carriers: Mapping[Network, Carrier],
        lines: LineDirectory,
        documents: Documents,
        facility: Callable[[FacilityKind, dt.datetime], Facility | None],
        page_url: str,
    ) -> None:
        """Put the service together.

        Args:
            db: the business's own file.
            journal: named ``notice``.
            keeper: holder of keys and secrets.
            clock: the office's.
            ids: makes ids.
            random: where seeds, tokens and codes come from.
            calendar: the reviewed business calendar.
            rules: hours, guards, figures.
            typesetter: sets letters and certificates.
            carriers: one per network.
            lines: who has which lines now.
            documents: where a recipient's document comes from.
            facility: tells whether a certified relay's record covers a day.
            page_url: address of the reading pages, without a slash at its end.
        """
        self._parts = Parts(
            db=db,
            journal=journal,
            keeper=keeper,
            clock=clock,
            ids=ids,
            random=random,
            window=Window(calendar=calendar, rules=rules),
            rules=rules,
            typesetter=typesetter,
            carriers=carriers,
            lines=lines,
            documents=documents,
            facility=facility,
            page_url=page_url.rstrip("/"),
        )
        self._dispatcher = Dispatcher(self._parts)
        self.reading = Reading(self._parts)

    def create_campaign(self, actor: Actor, draft: Draft, *, key: str) -> Campaign:
        """Accept a campaign; a repeat under the same key returns the first.

        Raises:
            InputError: template, deadline, a recipient or a document is wrong.
            ConflictError: the key was used for another campaign.
            NotAllowedError: not a sender, or of another tenant.
        """
        require(actor, Action.NOTICE_PREPARE)
        parts = self._parts
        if actor.tenant not in ("", draft.tenant):
            raise NotAllowedError(f"{actor.id} may not send for another customer.")
        now = parts.clock.now()
        macs = self._check(draft)
        content = _content(draft, macs)
        known = self._known(draft.tenant, key, content)
        if known is not None:
            return known
        parts.window.check_deadline(draft.deadline, now)
        campaign = Campaign(
            id=parts.ids.new(),
            tenant=draft.tenant,
            sender=draft.sender,
            sender_number=draft.sender_number,
            title=draft.title,
            template=draft.template,
            deadline=draft.deadline,
            remind_at=parts.window.reminder(draft.deadline, now),
            seed=parts.random.token(_SEED_BYTES),
            calendar=parts.window.calendar.version,
            created_at=now,
            created_by=actor.id,
        )
        notices = self._notices(campaign, draft, macs)
        boxes = [
            (mac, parts.keeper.seal("ci", one.ci.encode(), ci_context(mac)))
            for mac, one in zip(macs, draft.recipients, strict=True)
        ]
        # 1. The campaign, all its notices and the entry commit as one: a crash before
        #    leaves nothing, and a repeat under the same key finds it whole.
        with parts.db.begin() as tx:
            fresh = add_campaign(tx, campaign, key, content)
            if fresh:
                add_notices(tx, notices, boxes)
                parts.write(
                    tx, CREATED, campaign.id, actor.id, _created(campaign, notices)
                )
        # 2. Only when the entry is under a signed checkpoint is it acknowledged.
        parts.sequence()
        return campaign if fresh else self._same(draft.tenant, key, content)

    def approve(self, actor: Actor, campaign_id: str) -> Campaign:
        """Approve a campaign as a second person (결재); a repeat changes nothing.

        Raises:
            NotAllowedError: not an approver, or the one who prepared it.
            NotFoundError: no such campaign.
        """
        require(actor, Action.NOTICE_APPROVE)
        parts = self._parts
        campaign = self._campaign(actor, campaign_id)
        if actor.id == campaign.created_by:
            raise NotAllowedError(
                f"{actor.id} prepared campaign {campaign_id}: a second person approves "
                "it."
            )
        with parts.db.begin() as tx:
            if set_approved(tx, campaign_id, parts.clock.now(), actor.id):
                body = {"tenant": campaign.tenant}
                parts.write(tx, APPROVED, campaign_id, actor.id, body)
        parts.sequence()
        return self._campaign(actor, campaign_id)

    def dispatch_due(self, actor: Actor) -> Dispatched:
        """Send what may go now; see `Dispatcher.dispatch_due`."""
        return self._dispatcher.dispatch_due(actor)

    def recover(self, actor: Actor, *, alone: bool = False) -> int:
        """Settle batches without an answer; see `Dispatcher.recover`."""
        return self._dispatcher.recover(actor, alone=alone)

    def collect_reports(self, actor: Actor) -> int:
        """Read the carriers' reports; return how many were applied."""
        require(actor, Action.NOTICE_DISPATCH)
        return collect(self._parts, actor)

    def next_open(self) -> dt.datetime:
        """Return the first instant from now on at which sending may start, UTC."""
        return self._parts.window.next_open(self._parts.clock.now(), Channel.RCS)

    def certificate(self, actor: Actor, notice_id: str, *, key: str) -> Paper:
        """Issue a distribution certificate (유통증명서 기재사항) as of now.

        A repeat under the same key returns the same bytes.

        Raises:
            NotFoundError: no such notice, or not of this customer.
            NotAllowedError: the actor may not ask for it.
        """
        return issue_certificate(self._parts, actor, notice_id, key)

    def letter(self, actor: Actor, notice_id: str) -> Paper:
        """Print the letter for somebody no line can reach; once.

        Raises:
            NotFoundError: no such notice, or not of this customer.
            NotAllowedError: the notice can be sent, or the actor may not print.
            EvidenceError: the document is not the one that was accepted.
        """
        return print_letter(self._parts, actor, notice_id)

    def letters(self, actor: Actor) -> tuple[Paper, ...]:
        """Print every letter that is due, of the actor's customer or of all."""
        return print_letters(self._parts, actor)

    def campaign(self, actor: Actor, campaign_id: str) -> Campaign:
        """Return a campaign.

        Raises:
            NotAllowedError: the actor may not look at notices.
            NotFoundError: there is none, or not for this actor.
        """
        require(actor, Action.NOTICE_VIEW)
        return self._campaign(actor, campaign_id)

    def campaigns(self, actor: Actor) -> tuple[Campaign, ...]:
        """Return the campaigns the actor may see, oldest first.

        Raises:
            NotAllowedError: the actor may not look at notices.
        """
        require(actor, Action.NOTICE_VIEW)
        with self._parts.db.read() as tx:
            found = campaigns(tx)
        return tuple(each for each in found if actor.tenant in ("", each.tenant))

    def statuses(self, actor: Actor, campaign_id: str) -> tuple[NoticeStatus, ...]:
        """Return where each notice of a campaign stands, in the list's order.

        Raises:
            NotAllowedError: the actor may not look at notices.
            NotFoundError: there is no such campaign, or not for this actor.
        """
        campaign = self.campaign(actor, campaign_id)
        with self._parts.db.read() as tx:
            rows = notices_of(tx, campaign.id)
        return tuple(status_of(self._parts, row) for row in rows)

    def status(self, actor: Actor, notice_id: str) -> NoticeStatus:
        """Return where one notice stands.

        Raises:
            NotAllowedError: the actor may not look at notices.
            NotFoundError: there is none, or not for this actor.
        """
        require(actor, Action.NOTICE_VIEW)
        notice, _ = load_notice(self._parts, notice_id)
        if actor.tenant not in ("", notice.tenant):
            raise NotFoundError(f"there is no notice {notice_id}.")
        return status_of(self._parts, notice)

    def numbers(self) -> Numbers:
        """Return the business in numbers."""
        with self._parts.db.read() as tx:
            return Numbers(**counts(tx))

    def _campaign(self, actor: Actor, campaign_id: str) -> Campaign:
        with self._parts.db.read() as tx:
            found = campaign_by_id(tx, campaign_id)
        if found is None or actor.tenant not in ("", found.tenant):
            raise NotFoundError(f"there is no campaign {campaign_id}.")
        return found

    def _check(self, draft: Draft) -> tuple[bytes, ...]:
        check_template(draft.title, draft.template)
        if not draft.recipients:
            raise InputError("the campaign has no recipient; add at least one.")
        if draft.deadline.tzinfo is None:
            raise InputError("the deadline has no time zone; add one.")
        cis = [check_ci(each.ci).encode() for each in draft.recipients]
        if len(set(cis)) != len(cis):
            raise InputError("a person stands on the list twice; keep one row each.")
        return self._parts.keeper.mac("ci", cis)

    def _known(self, tenant: str, key: str, content: str) -> Campaign | None:
        with self._parts.db.read() as tx:
            known = campaign_by_key(tx, tenant, key)
        if known is None:
            return None
        if known[1] != content:
            raise ConflictError(
                f"key {key!r} was used for another campaign; choose a new key."
            )
        return known[0]

    def _same(self, tenant: str, key: str, content: str) -> Campaign:
        known = self._known(tenant, key, content)
        if known is None:
            raise ConflictError(f"campaign {key!r} was not kept; send it again.")
        return known

    def _notices(
        self, campaign: Campaign, draft: Draft, macs: tuple[bytes, ...]
    ) -> tuple[Notice, ...]:
        return tuple(
            Notice(
                id=self._parts.ids.new(),
                campaign=campaign.id,
                tenant=campaign.tenant,
                number=number,
                ci_mac=mac,
                name=one.name,
                address=one.address,
                document=one.document,
                document_sha256=self._digest(one.document, campaign.tenant),
                listed=_listed(one),
            )
            for number, (mac, one) in enumerate(
                zip(macs, draft.recipients, strict=True), start=1
            )
        )

    def _digest(self, reference: str, tenant: str) -> str:
        given = self._parts.documents.fetch(reference)
        data = given.data
        if given.owner != tenant:
            raise NotFoundError(f"there is no document {reference!r} for you to send.")
        if not data.startswith(b"%PDF-"):
            raise InputError(f"document {reference!r} is not a PDF; convert it first.")
        return sha256(data).hex()


def _listed(one: Recipient) -> str:
    if not one.listed_number:
        return ""
    masked = mask_number(check_number(one.listed_number))
    return f"{one.listed_network} {masked}".strip()


def _content(draft: Draft, macs: tuple[bytes, ...]) -> str:
    asked = {
        "sender": draft.sender,
        "sender_number": draft.sender_number,
        "title": draft.title,
        "template": draft.template,
        "deadline": stamp(draft.deadline),
        "recipients": [
            [mac.hex(), one.name, one.document, one.address, _listed(one)]
            for mac, one in zip(macs, draft.recipients, strict=True)
        ],
    }
    return sha256(canonical_json(asked)).hex()


def _created(campaign: Campaign, notices: tuple[Notice, ...]) -> dict[str, Json]:
    return {
        "tenant": campaign.tenant,
        "count": len(notices),
        "calendar": campaign.calendar,
        "deadline": stamp(campaign.deadline),
        "seed_sha256": sha256(campaign.seed).hex(),
        "documents_sha256": sha256(
            "".join(each.document_sha256 for each in notices).encode()
        ).hex(),
    }
