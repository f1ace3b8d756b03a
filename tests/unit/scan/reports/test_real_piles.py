"""Reconciliation of real piles: duplex, separators, rescans, inserted sheets, plain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from paperless_kernel.scan.model import RejectReason, Service
from paperless_kernel.scan.reports.counts import Cause, Outside, Reconciliation, Scope

SHEETS: Final = 4


def finished(world: Any, batch: str) -> Reconciliation:
    """Take a closed batch to its end; return its reconciliation with the outside."""
    scan = world.scan
    for document in scan.documents(world.author, batch):
        scan.index(world.author, document.id, title="계약서", kind="기타")
        scan.pass_document(world.inspector, document.id)
    scan.seal(world.manager, batch)
    held = {}
    for one in scan.sealed_documents(world.flow, batch):
        scan.handed_over(world.flow, one.id, receipt=f"r-{one.id}")
        held[f"r-{one.id}"] = frozenset({one.sha256})
    sealed = world.journal.entries(tag="scan:document:sealed")
    outside = Outside(held=held, billed={e.subject: e.body["sides"] for e in sealed})
    made: Reconciliation = scan.reconciliation(world.manager, Scope(), outside)
    return made


def test_a_duplex_pile_with_everything_that_happens(
    world: Any, draw: Any, divider: bytes
) -> None:
    """Three sheets fed behind a separator, one forgotten and put in later."""
    page = [draw.encoded(draw.drawn(n)) for n in range(1, 12)]
    blank = [draw.encoded(draw.blank(n)) for n in (1, 2, 3)]
    # separator and its empty back; written/written; written/blank; written/written
    pile = [divider, blank[0], page[0], page[1], page[2], blank[1], page[3], page[4]]
    pages = world.captured(pile, sheets=SHEETS, sides=2)
    batch = pages[0].batch
    missing = world.scan.reconciliation(world.manager, Scope())
    assert next(one.cause for one in missing.differences if one.is_open) is (
        Cause.UNSCANNED
    )
    world.scan.insert_sheet(
        world.author,
        key="i-1",
        batch=batch,
        after=pages[3].id,
        sources=world.files(page[5], blank[2]),
    )
    world.scan.close_batch(world.author, batch)
    current = {one.position: one for one in world.scan.pages(world.manager, batch)}
    world.scan.reject_page(world.inspector, current[4].id, RejectReason.SKEWED)
    (again,) = world.files(page[6])
    world.scan.rescan(world.author, current[4].id, again)
    world.scan.set_aside(world.inspector, current[8].id, RejectReason.UNCLEAR)
    made = finished(world, batch)
    assert made.agrees, [one for one in made.differences if one.is_open]
    total = replace(made.total, key="", name="")
    assert (total.sheets, total.sheets_scanned, total.expected) == (4, 4, 8)
    assert (total.captured, total.separators) == (9, 2)
    assert (total.passed, total.blank, total.rescanned, total.set_aside) == (5, 2, 1, 1)
    assert total.sealed == total.deposited == total.receipts == total.billed == 5
    told = [one.cause for one in made.differences]
    assert told.count(Cause.INSERTED) == 2
    assert told.count(Cause.BLANK) == 2
    assert told.count(Cause.RESCANNED) == told.count(Cause.SET_ASIDE) == 1


def test_a_plain_scan_is_reconciled_alike(world: Any, draw: Any) -> None:
    pages = world.captured(
        [draw.encoded(draw.drawn(n)) for n in (1, 2)], service=Service.PLAIN
    )
    world.scan.close_batch(world.author, pages[0].batch)
    made = finished(world, pages[0].batch)
    assert made.agrees, made.differences
    assert made.total.passed == made.total.billed == 2
