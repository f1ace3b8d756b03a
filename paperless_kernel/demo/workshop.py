"""The demo's first half: a sealed box becomes sealed documents in the vault.

Knows who does which step, in the deck's order. Each step is a service call that a
repeat does not do twice; the demo keeps no state of its own.
"""

from __future__ import annotations

from paperless_kernel.access.model import Tenant
from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.progress import Progress
from paperless_kernel.demo.grounds import FOLDER, SCANNER, agree, prepare
from paperless_kernel.demo.handwork import drawn_signature, seal_photo
from paperless_kernel.demo.people import actor
from paperless_kernel.demo.pile import Pile
from paperless_kernel.flows.scan_to_vault import hand_over
from paperless_kernel.office import Office
from paperless_kernel.scan.boxes import BoxState
from paperless_kernel.scan.custody.model import Found, Signature
from paperless_kernel.scan.disposal.model import Method
from paperless_kernel.scan.documents import DocumentState, ScanDocument
from paperless_kernel.scan.model import (
    Batch,
    BatchState,
    Page,
    PageState,
    RejectReason,
    Verdict,
)
from paperless_kernel.wiring import MACHINE

_SETTINGS = "300 dpi, colour, JPEG q80"
_SHREDDER = "cross-cut P-5, SIM-SHRED-1"
_VEHICLE = "00가0000 (가상)"
_GIVER = "고객 담당 (가상)"
_DONE = (BatchState.SEALED, BatchState.ERASED)
RETENTION = "general"


def run(office: Office, tenant: Tenant, pile: Pile, progress: Progress) -> Batch:
    """Take one pile from the sealed box to the vault; return its batch."""
    batch = _receive(office, tenant, pile)
    if batch.state not in _DONE:
        operator = actor(office, "operator")
        office.scan.capture(operator, batch.id, pile.files, progress=progress)
        _leave_out(office, batch, pile)
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
    """Destroy the paper where the gate says yes, or send it back."""
    manager, courier = actor(office, "manager"), actor(office, "courier")
    box = office.scan.box(manager, batch.box)
    if box.state in (BoxState.SHREDDED, BoxState.RETURNED):
        return
    if office.scan.may_destroy(manager, box.id).allowed:
        office.scan.shred_box(
            manager,
            box.id,
            method=Method.SHREDDING,
            person=courier.id,
            witness=manager.id,
            device=_SHREDDER,
        )
    else:
        office.scan.return_box(manager, box.id, person=courier.id)


def _receive(office: Office, tenant: Tenant, pile: Pile) -> Batch:
    """Bring a pile's box to the workshop and begin its batch."""
    manager, operator = actor(office, "manager"), actor(office, "operator")
    seal = f"SEAL-{pile.key[-12:].upper()}"
    known = [each for each in office.scan.boxes(manager) if each.seal == seal]
    if known and (begun := office.scan.batches(manager, known[0].id)):
        return begun[0]
    prepare(office)
    # An office of the first version may hold this pile's box: it had no journey.
    box = known[0].id if known and not known[0].order else ""
    if not box:
        box = _carry(office, tenant, pile, seal)
        office.scan.open_box(operator, box, seal=seal, counted=pile.sheets)
        office.scan.prepare_box(operator, key=f"{pile.key}:prepared", box=box)
    return office.scan.start_batch(
        operator,
        key=f"{pile.key}:batch",
        box=box,
        sheets=pile.sheets,
        device=SCANNER if pile.made else FOLDER,
        settings=_SETTINGS if pile.made else "as scanned",
        sides=pile.sides,
    )


def _carry(office: Office, tenant: Tenant, pile: Pile, seal: str) -> str:
    """Pack, seal, hand over, drive and check in one box; return its id."""
    scan, courier, key = office.scan, actor(office, "courier"), pile.key
    order = agree(office, tenant, key)
    scan.supply_boxes(courier, key=f"{key}:box", tenant=tenant.id, seals=[seal])
    box = scan.pack_box(
        courier, key=f"{key}:packed", order=order.id, seal=seal, sheets=pile.sheets
    )
    scan.photograph(courier, key=f"{key}:photo", box=box.id, photo=seal_photo(seal))
    run = scan.hand_over_boxes(
        courier,
        key=f"{key}:left",
        boxes=[box.id],
        vehicle=_VEHICLE,
        second=actor(office, "driver").id,
        giver=Signature(name=_GIVER, drawing=drawn_signature(_GIVER)),
    )
    taker = actor(office, "operator")
    scan.arrive(
        taker,
        key=f"{key}:arrived",
        transport=run.id,
        found=[Found(seal=seal)],
        counted=1,
        taker=Signature(name=taker.name, drawing=drawn_signature(taker.name)),
    )
    return box.id


def _leave_out(office: Office, batch: Batch, pile: Pile) -> None:
    """Set aside what was fed twice, so that the count agrees when the batch closes."""
    inspector = actor(office, "inspector")
    for page in office.scan.pages(inspector, batch.id):
        if page.name in pile.fed_twice and page.state is PageState.WAITING:
            office.scan.set_aside(
                inspector, page.id, RejectReason.DUPLICATE, note="fed twice"
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
