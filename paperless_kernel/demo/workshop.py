"""The demo's first half: a sealed box becomes sealed documents in the vault.

Knows who does which step, in the deck's order. Each step is a service call that a
repeat does not do twice; the demo keeps no state of its own.
"""

from __future__ import annotations

import datetime as dt

from paperless_kernel.access.model import Tenant
from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.progress import Progress
from paperless_kernel.demo.people import actor
from paperless_kernel.demo.pile import Pile
from paperless_kernel.flows.scan_to_vault import hand_over
from paperless_kernel.office import Office
from paperless_kernel.scan.model import (
    Batch,
    BatchState,
    BoxState,
    DocumentState,
    Page,
    PageState,
    RejectReason,
    ScanDocument,
    Verdict,
)
from paperless_kernel.wiring import MACHINE

_DEVICE = "SIM-01 (simulated flatbed)"
_SETTINGS = "300 dpi, colour, JPEG q80"
_SHREDDER = "cross-cut P-5, SIM-SHRED-1"
_DONE = (BatchState.SEALED, BatchState.ERASED)
RETENTION = "general"


def run(office: Office, tenant: Tenant, pile: Pile, progress: Progress) -> Batch:
    """Take one pile from the sealed box to the vault; return its batch."""
    batch = _receive(office, tenant, pile)
    if batch.state not in _DONE:
        operator = actor(office, "operator")
        office.scan.capture(operator, batch.id, pile.files, progress=progress)
        office.scan.close_batch(operator, batch.id)
        _inspect(office, batch, pile, progress)
        _index(office, batch, pile)
        inspector = actor(office, "inspector")
        for document in _alive(office.scan.documents(inspector, batch.id)):
            office.scan.pass_document(inspector, document.id)
        office.scan.seal(actor(office, "manager"), batch.id, progress=progress)
    hand_over(
        office.scan,
        office.vault,
        MACHINE,
        batch.id,
        retention_class=RETENTION,
        started_on=kst_date(tenant.joined_at),
        progress=progress,
    )
    _end(office, batch)
    return batch


def _end(office: Office, batch: Batch) -> None:
    """Shred the paper, or send it back where a side exists on paper only."""
    manager = actor(office, "manager")
    if office.scan.box(manager, batch.box).state in (
        BoxState.SHREDDED,
        BoxState.RETURNED,
    ):
        return
    paper_only = any(
        page.state is PageState.SET_ASIDE and not page.duplicate_of
        for page in office.scan.pages(manager, batch.id)
    )
    if paper_only:
        office.scan.return_box(manager, batch.box)
    else:
        office.scan.shred_box(manager, batch.box, method=_SHREDDER)


def _receive(office: Office, tenant: Tenant, pile: Pile) -> Batch:
    courier, operator = actor(office, "courier"), actor(office, "operator")
    since = kst_date(tenant.joined_at)
    seal = f"SEAL-{pile.key[-12:].upper()}"
    manager = actor(office, "manager")
    office.scan.record_contract(
        manager,
        tenant=tenant.id,
        number="DEMO-PRIVACY-1",
        since=since,
        until=since + dt.timedelta(days=365),
        consignor=tenant.name,
        consignee=office.facts.name,
    )
    order = office.scan.place_order(
        manager,
        key=f"{pile.key}:order",
        tenant=tenant.id,
        number=f"DEMO-{pile.key[-12:].upper()}",
        contract="DEMO-PRIVACY-1",
        demo_paper=True,
    )
    office.scan.supply_boxes(
        courier, key=f"{pile.key}:box", tenant=tenant.id, seals=[seal]
    )
    box = office.scan.receive_box(
        courier,
        key=f"{pile.key}:receipt",
        tenant=tenant.id,
        seal=seal,
        sheets=pile.sheets,
        order=order.id,
    )
    box = office.scan.open_box(operator, box.id, seal=seal, counted=pile.sheets)
    return office.scan.start_batch(
        operator,
        key=f"{pile.key}:batch",
        box=box.id,
        sheets=pile.sheets,
        device=_DEVICE if pile.made else "folder",
        settings=_SETTINGS if pile.made else "as scanned",
        sides=pile.sides,
    )


def _inspect(office: Office, batch: Batch, pile: Pile, progress: Progress) -> None:
    """Look at every page; what is not good is scanned again or set aside."""
    inspector, operator = actor(office, "inspector"), actor(office, "operator")
    pages = office.scan.pages(inspector, batch.id)
    for number, page in enumerate(pages, 1):
        progress("pages inspected", number, len(pages))
        if page.separator or page.state not in (PageState.WAITING, PageState.REJECTED):
            continue
        reason = _reason(page)
        if reason is None:
            office.scan.accept_page(inspector, page.id)
        elif page.name in pile.rescans and reason is RejectReason.UNCLEAR:
            office.scan.reject_page(inspector, page.id, reason, note="blurred")
            better = office.scan.rescan(operator, page.id, pile.rescans[page.name])
            office.scan.accept_page(inspector, better.id)
        else:
            note = "; ".join(each.text for each in page.findings)[:200]
            office.scan.set_aside(inspector, page.id, reason, note=note)


def _reason(page: Page) -> RejectReason | None:
    if page.duplicate_of:
        return RejectReason.DUPLICATE
    if page.verdict is not Verdict.REJECT:
        return None
    checks = {each.check for each in page.findings if each.verdict is Verdict.REJECT}
    return RejectReason.UNCLEAR if "sharpness" in checks else RejectReason.OTHER


def _index(office: Office, batch: Batch, pile: Pile) -> None:
    operator = actor(office, "operator")
    documents = _alive(office.scan.documents(operator, batch.id))
    for number, document in enumerate(documents):
        known = number < len(pile.titles)
        title = pile.titles[number] if known else f"{pile.key} {number + 1}"
        office.scan.index(
            operator,
            document.id,
            title=title,
            kind=document.kind or "문서",
            keywords=(pile.key, title.split()[0]),
        )


def _alive(documents: tuple[ScanDocument, ...]) -> tuple[ScanDocument, ...]:
    """Leave out documents none of whose pages is delivered."""
    return tuple(
        each for each in documents if each.state is not DocumentState.SET_ASIDE
    )
