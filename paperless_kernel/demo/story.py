"""The demo from the first page to the last won, and what it has to show.

Knows the order of the four businesses and when the trial clock jumps. A repeat of a
finished demo finds everything done; a repeat of a killed one goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from paperless_kernel.access.model import ClockJump, Tenant
from paperless_kernel.adapters.processes import Child
from paperless_kernel.adapters.wholefiles import put_whole
from paperless_kernel.base.clock import kst_date, kst_instant
from paperless_kernel.base.errors import ConflictError
from paperless_kernel.base.ids import Role
from paperless_kernel.base.progress import Progress
from paperless_kernel.billing.model import Invoice
from paperless_kernel.config import Settings
from paperless_kernel.demo import letters, workshop
from paperless_kernel.demo.people import (
    OFFICE_NAME,
    PASSPHRASE,
    PASSWORD,
    PEOPLE,
    actor,
    settle,
)
from paperless_kernel.demo.pile import Pile, given_pile, made_pile
from paperless_kernel.demo.results import Judged, Results
from paperless_kernel.flows.usage import collect_usage, usage_events
from paperless_kernel.founding import FACTS, make_office, read_facts
from paperless_kernel.notice.model import NoticeStatus
from paperless_kernel.office import Office, open_office
from paperless_kernel.scan.model import Page
from paperless_kernel.vault.model import AuditReport
from paperless_kernel.wiring import MACHINE, PAGES, SIMULATOR, simulator_arguments

KIND = "demo"
LOGINS = "demo-logins.json"
_AFTER_MONTH_END = dt.timedelta(days=10, minutes=5)  # past any days of grace
_METERED = ("access", "scan", "vault", "notice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything the demo has to show."""

    pile: Pile
    pages: tuple[Page, ...]
    documents: tuple[str, ...]
    notices: tuple[NoticeStatus, ...]
    invoices: tuple[Invoice, ...]
    jumps: tuple[ClockJump, ...]
    judged: tuple[Judged, ...]
    audit: AuditReport
    folder: Path

    def name(self, page: Page) -> str:
        """Return the file a page came from; the workshop itself forgets it."""
        return self.pile.names.get(page.source, f"side {page.position}")

    @property
    def good(self) -> bool:
        """Whether every verdict is yes, no checker refused and the audit is clean."""
        refused = any(
            opinion.answer == "refused"
            for each in self.judged
            for opinion in each.opinions
        )
        verdicts = all(
            each.report.exit_code == 0
            for each in self.judged
            if each.file.suffix != ".xlsx"
        )
        return verdicts and not refused and self.audit.clean


def tell(
    settings: Settings,
    *,
    pages: Path | None,
    small: bool,
    progress: Progress,
    watch: Callable[[Office], None] = lambda _: None,
) -> Outcome:
    """Run the demo in the settings' folder and return what came of it.

    Args:
        settings: where the office is or is to be.
        pages: a folder of real scans; without it the project draws its own.
        small: draw six pages instead of eighteen.
        progress: told what is being done.
        watch: called with the open office before the story begins.

    Raises:
        InputError: the folder holds no page that can be taken.
        ConflictError: the folder holds a real office.
        BusyError: another command is working in this office.
    """
    # A folder that cannot be read must not cost anybody an office.
    given = None if pages is None else given_pile(pages, progress=progress)
    folder = settings.folder
    if (folder / FACTS).exists() and read_facts(folder).kind != KIND:
        raise ConflictError(
            f"{folder} holds a real office, and the demo makes up people and moves the "
            "clock; run it in another folder with --home."
        )
    make_office(settings, name=OFFICE_NAME, kind=KIND, passphrase=lambda: PASSPHRASE)
    with open_office(settings, passphrase=lambda: PASSPHRASE, alone=True) as office:
        _write_secrets(folder)
        pile = given or made_pile(folder / "pages", small=small, progress=progress)
        with Child(SIMULATOR, simulator_arguments(folder)) as relay:
            office.use_relay(relay.url)
            office.listen()
            watch(office)
            return _tell(office, pile, relay.url, progress)


def _tell(office: Office, pile: Pile, relay: str, progress: Progress) -> Outcome:
    tenant = settle(office)
    batch = workshop.run(office, tenant, pile, progress)
    customer = actor(office, "customer")
    hits = tuple(reversed(office.vault.search(customer, tenant.id, pile.key)))
    results = Results(office, pile.key)
    files = results.sealed(hits) + results.carried(batch.box)
    statuses: tuple[NoticeStatus, ...] = ()
    if hits:
        files += results.certified(tenant, hits[0])
        with Child(PAGES, ("--port", "0"), _environment(office)) as web:
            statuses = letters.run(
                office,
                tenant,
                key=f"demo:{pile.key}",
                since=kst_date(batch.started_at),
                document=hits[-1].document_id,
                pages=web.url,
                relay=relay,
                progress=progress,
            )
        files += results.told(statuses)
    invoices = _bill(office, tenant, progress)
    for invoice in invoices:
        files += results.billed(invoice, tenant.name)
    files += results.reconciled(batch.box)
    audit = office.vault.audit(actor(office, "auditor"), progress)
    files += results.checkpoints()
    return Outcome(
        pile=pile,
        pages=office.scan.pages(actor(office, "manager"), batch.id),
        documents=tuple(hit.title for hit in hits),
        notices=statuses,
        invoices=invoices,
        jumps=office.access.jumps(),
        judged=results.judged(files, progress),
        audit=audit,
        folder=results.folder,
    )


def _environment(office: Office) -> dict[str, str]:
    own = {"PAPERLESS_HOME": str(office.folder), "PAPERLESS_PAGE_URL": ""}
    return {**os.environ, **own}


def _write_secrets(folder: Path) -> None:
    """Leave what a demo office's users need: its passphrase and its logins, 0600."""
    logins = [
        {"login": each.login, "password": PASSWORD, "name": each.name}
        for each in PEOPLE
        if not each.customer and Role.COURIER not in each.roles  # no page for them yet
    ]
    for name, data in (
        ("passphrase", PASSPHRASE),
        (LOGINS, json.dumps(logins, ensure_ascii=False, indent=1).encode()),
    ):
        put_whole(folder / name, data, mode=0o600)


def _bill(office: Office, tenant: Tenant, progress: Progress) -> tuple[Invoice, ...]:
    """Close every month something was used in; the clock jumps past its end first."""
    journals = [office.journals[name] for name in _METERED]
    months = sorted(
        {kst_date(each.at).replace(day=1) for each in usage_events(journals)}
    )
    collect_usage(MACHINE, journals=journals, billing=office.billing, progress=progress)
    clerk, admin, invoices = actor(office, "clerk"), actor(office, "admin"), []
    for month in months:
        name = month.strftime("%Y-%m")
        after = (month + dt.timedelta(days=32)).replace(day=1)
        office.jump(
            admin,
            key=f"month-end:{name}",
            to=kst_instant(after) + _AFTER_MONTH_END,
            reason=f"the end of {name}, so that it can be billed",
        )
        invoices.append(
            office.billing.close_month(clerk, f"{tenant.id}:{name}", tenant.id, name)
        )
        progress("months billed", len(invoices), len(months))
    return tuple(invoices)
