"""What the workshop knows, loaded for reconciliation; knows SQL, decides little.

What became of a side follows from its row, its document and the separator sheets of
its batch; `became` says how.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from paperless_kernel.base.clock import kst_date
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.boxes import Box, BoxState
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import Batch, PageState, Verdict
from paperless_kernel.scan.orders.records import order_of
from paperless_kernel.scan.reports.counts import (
    BatchFact,
    BoxFact,
    DocumentFact,
    Facts,
    Scope,
    SideClass,
    SideFact,
)
from paperless_kernel.scan.reports.words import reason_text
from paperless_kernel.scan.tags import PAGE_CAPTURED
from paperless_kernel.store.journal import Journal

_WHOLE = Scope()
_PASSED = frozenset(
    {DocumentState.PASSED, DocumentState.SEALED, DocumentState.HANDED_OVER}
)
_SEALED = frozenset({DocumentState.SEALED, DocumentState.HANDED_OVER})


def load_facts(tx: Connection, journal: Journal, scope: Scope = _WHOLE) -> Facts:
    """Return what is known of the boxes in a scope."""
    boxes, batches = [], []
    for box in reversed(records.find_boxes(tx)):
        fact = _box(tx, box)
        own = [_batch(one) for one in records.find_batches(tx, box.id)]
        if scope.takes(fact, [one.day for one in own]):
            boxes.append(fact)
            batches += own
    reasons = _reasons(tx)
    sides: list[SideFact] = []
    documents: list[DocumentFact] = []
    for batch in batches:
        rows = records.document_rows(tx, batch.id)
        documents += [_document(row) for row in rows]
        states = {row.id: DocumentState(row.state) for row in rows}
        sides += _sides(records.page_rows(tx, batch.id), states, reasons)
    return Facts(
        boxes=tuple(boxes),
        batches=tuple(batches),
        sides=tuple(sides),
        documents=tuple(documents),
        journaled=_journaled(journal, {batch.id for batch in batches}),
    )


def _box(tx: Connection, box: Box) -> BoxFact:
    order = order_of(tx, box.id)
    return BoxFact(
        id=box.id,
        seal=box.seal,
        tenant=box.tenant,
        declared=box.sheets,
        counted=box.counted,
        day=kst_date(box.received_at),
        order=order.id if order else "",
        order_number=order.number if order else "",
        stopped=box.reason if box.state is BoxState.STOPPED else "",
        returned=box.state is BoxState.RETURNED,
    )


def _batch(batch: Batch) -> BatchFact:
    return BatchFact(
        id=batch.id,
        box=batch.box,
        sheets=batch.sheets,
        sides=batch.sides,
        day=kst_date(batch.started_at),
    )


def became(
    row: Row[Any], marked: Collection[int], passed: Collection[str]
) -> SideClass:
    """Return what became of one captured side.

    Args:
        row: the page version's row.
        marked: sheet numbers of the batch's separator sheets.
        passed: ids of the documents an inspector passed.
    """
    if row.state == PageState.REPLACED:
        return SideClass.RESCANNED
    if row.separator or (row.blank and row.sheet in marked):
        return SideClass.SEPARATOR
    if row.state == PageState.SET_ASIDE:
        return SideClass.SET_ASIDE
    if row.state == PageState.REJECTED or row.verdict == Verdict.REJECT:
        return SideClass.REJECTED
    if row.document not in passed:
        return SideClass.WAITING
    return SideClass.BLANK if row.blank else SideClass.PASSED


def _sides(
    rows: Sequence[Row[Any]],
    states: dict[str, DocumentState],
    reasons: dict[str, str],
) -> list[SideFact]:
    marked = {row.sheet for row in rows if row.separator}
    passed = {one for one, state in states.items() if state in _PASSED}
    made = []
    for row in rows:
        now = became(row, marked, passed)
        asked = now in {SideClass.REJECTED, SideClass.RESCANNED, SideClass.SET_ASIDE}
        made.append(
            SideFact(
                page=row.id,
                batch=row.batch,
                position=row.position,
                version=row.version,
                sheet=row.sheet,
                side=row.side,
                became=now,
                why=(reasons.get(row.id) or _automatic(row)) if asked else "",
                document=row.document,
                inserted=bool(row.place),
                twice=bool(row.duplicate_of),
            )
        )
    return made


def _document(row: Row[Any]) -> DocumentFact:
    return DocumentFact(
        id=row.id,
        batch=row.batch,
        number=row.number,
        sealed=DocumentState(row.state) in _SEALED,
        sides=row.sides,
        digest=row.digest,
        receipt=row.receipt,
    )


def _reasons(tx: Connection) -> dict[str, str]:
    """Return the newest reason an inspector gave for each page version."""
    table = tables.inspection
    query = select(table.c.page, table.c.reason).where(table.c.reason != "")
    rows = tx.execute(query.order_by(table.c.n))
    return {str(row.page): reason_text(row.reason) for row in rows}


def _automatic(row: Row[Any]) -> str:
    """Return what the automatic check rejected a page for, or ""."""
    if row.verdict != Verdict.REJECT:
        return ""
    found = [one for one in json.loads(row.findings) if one["verdict"] == row.verdict]
    return "자동 검사 automatic: " + ", ".join(str(one["check"]) for one in found)


def _journaled(journal: Journal, batches: Collection[str]) -> dict[str, str]:
    """Return the batch of each capture the journal tells of, by page id."""
    return {
        entry.subject: str(entry.body.get("batch"))
        for entry in journal.entries(tag=PAGE_CAPTURED)
        if entry.body.get("batch") in batches
    }
