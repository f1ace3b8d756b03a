"""The demo's third business: one document, three recipients chosen to tell.

Knows the three people and what became of their phones since the list was made: one has
lines at two carriers, one has changed number and carrier, one is with a reseller that
gets no notices and receives a letter.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import time
from dataclasses import dataclass

from paperless_kernel.access.model import Tenant
from paperless_kernel.adapters.handset import Handset
from paperless_kernel.adapters.lines import write_lines
from paperless_kernel.base.clock import kst_date, kst_instant
from paperless_kernel.base.errors import UnavailableError
from paperless_kernel.base.progress import Progress
from paperless_kernel.demo.people import actor
from paperless_kernel.demo.phone import read_notice
from paperless_kernel.flows.vault_to_notice import reference_to
from paperless_kernel.notice.model import (
    Campaign,
    Draft,
    Line,
    Network,
    NoticeStatus,
    Recipient,
    State,
)
from paperless_kernel.office import Office
from paperless_kernel.vault.model import Purpose
from paperless_kernel.wiring import LINES, MACHINE

_WAIT_SECONDS = 30
_ENDED = (State.READ, State.INELIGIBLE, State.PRINTED)
_ARRIVED = (State.DELIVERED, State.OPENED, State.CONSENTED, State.IDENTIFIED)
_TEMPLATE = (
    "[견본] {#INFO_CFRM_STR} 주소에서 안내문을 확인하십시오.\n"
    "수신을 원하지 않으시면 {#RCVE_RF_STR}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One recipient's case, as the demo tells it."""

    name: str
    story: str
    listed: Line
    now: tuple[Line, ...]

    @property
    def ci(self) -> str:
        """A made-up CI: 64 bytes, 88 characters of base64."""
        digest = hashlib.sha512(f"demo {self.name}".encode()).digest()
        return base64.b64encode(digest).decode()


CASES = (
    Told(
        name="한견본",
        story="lines at KT and SKT: goes to KT",
        listed=Line(number="01000000001", network=Network.KT),
        now=(
            Line(number="01000000001", network=Network.KT),
            Line(number="01000000002", network=Network.SKT),
        ),
    ),
    Told(
        name="오바뀜",
        story="number and carrier changed since the list: goes to the new one",
        listed=Line(number="01000000003", network=Network.SKT),
        now=(Line(number="01000000004", network=Network.LGU),),
    ),
    Told(
        name="남알뜰",
        story="SKT reseller line (MVNO): not sent, a letter is printed",
        listed=Line(number="01000000005", network=Network.SKT, mvno=True),
        now=(Line(number="01000000005", network=Network.SKT, mvno=True),),
    ),
)


def run(
    office: Office,
    tenant: Tenant,
    *,
    key: str,
    since: dt.date,
    document: str,
    pages: str,
    relay: str,
    progress: Progress,
) -> tuple[NoticeStatus, ...]:
    """Send one held document to the three and have it read; return how each stands."""
    campaign = _prepare(office, tenant, key, document, since)
    _send(office, campaign, progress)
    sender = actor(office, "sender")
    statuses = office.notices.statuses(sender, campaign.id)
    for number, (case, status) in enumerate(zip(CASES, statuses, strict=True), 1):
        if status.state in _ARRIVED:
            line = case.now[0]
            read_notice(pages, Handset(relay, line.number))
        progress("notices read", number, len(CASES))
    office.notices.letters(sender)
    return office.notices.statuses(sender, campaign.id)


def _prepare(
    office: Office, tenant: Tenant, key: str, document: str, since: dt.date
) -> Campaign:
    customer = actor(office, "customer")
    office.vault.grant(customer, tenant.id, Purpose.CAMPAIGN)
    draft = Draft(
        tenant=tenant.id,
        sender=tenant.name,
        sender_number="0200000000",
        title="보관 문서 안내 (견본)",
        template=_TEMPLATE,
        deadline=kst_instant(since + dt.timedelta(days=60)),
        recipients=tuple(
            Recipient(
                ci=each.ci,
                name=each.name,
                document=reference_to(document),
                address="가상시 견본구 시험로 1\n101동 101호",
                listed_number=each.listed.number,
                listed_network=each.listed.network.value,
            )
            for each in CASES
        ),
    )
    # The list is made while everybody still has the old lines ...
    write_lines(office.folder / LINES, {each.ci: [each.listed] for each in CASES})
    campaign = office.notices.create_campaign(actor(office, "sender"), draft, key=key)
    office.notices.approve(actor(office, "approver"), campaign.id)
    # ... and looked up again at dispatch, when they have others.
    write_lines(office.folder / LINES, {each.ci: each.now for each in CASES})
    return campaign


def _send(office: Office, campaign: Campaign, progress: Progress) -> None:
    """Wait for the window (the trial clock jumps), send, and collect the receipts."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        waiting = [
            each
            for each in office.notices.statuses(MACHINE, campaign.id)
            if each.state not in (*_ENDED, *_ARRIVED)
        ]
        progress("notices sent", len(CASES) - len(waiting), len(CASES))
        if not waiting:
            return
        opens = office.notices.next_open()
        if opens > office.clock.now():
            office.jump(
                actor(office, "admin"),
                key=f"window:{kst_date(opens)}",
                to=opens,
                reason="next sending window (10:00-18:00 KST on a business day)",
            )
        office.notices.recover(MACHINE, alone=office.is_keeper)
        office.notices.dispatch_due(MACHINE)
        office.notices.collect_reports(MACHINE)
        if time.monotonic() > until:
            raise UnavailableError(
                "the simulated carriers did not settle every notice within "
                f"{_WAIT_SECONDS} s; run the demo again."
            )
        time.sleep(0.2)
