"""Before sealing: the journal bears out what rows say was passed, judged, set aside.

Rows can be written by whoever reaches the database; the signed journal cannot. Reads
both and refuses where they differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.scan import records
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import Batch, PageState
from paperless_kernel.scan.tags import (
    BATCH_STARTED,
    DOCUMENT_INDEXED,
    DOCUMENT_PASSED,
    DOCUMENT_REJECTED,
    PAGE_CAPTURED,
    PAGE_REJECTED,
    PAGE_SET_ASIDE,
    PAGE_UNDONE,
)
from paperless_kernel.scan.workshop import Parts

_UNDOES = frozenset(
    {DOCUMENT_INDEXED, DOCUMENT_REJECTED}
    | {PAGE_CAPTURED, PAGE_REJECTED, PAGE_SET_ASIDE, PAGE_UNDONE}
)
"""What a pass does not outlive."""


def check_borne_out(parts: Parts, tx: Connection, batch: Batch) -> None:
    """Let a batch be sealed whose decisions stand in the journal as in its rows.

    Raises:
        EvidenceError: a document or page is not what the journal says it became.
    """
    journal = parts.journal
    began = next(journal.entries(tag=BATCH_STARTED, subject=batch.id), None)
    after = began.seq if began else 0
    verdicts, asides = {}, {}
    last: dict[str, int] = {}
    for tag in _UNDOES:
        for entry in journal.entries(tag=tag, after=after):
            last[entry.subject] = max(last.get(entry.subject, 0), entry.seq)
            if tag == PAGE_CAPTURED:
                verdicts[entry.subject] = entry.body["verdict"]
            if tag == PAGE_SET_ASIDE:
                asides[entry.subject] = entry.seq
    for row in records.page_rows(tx, batch.id):
        aside = row.state == PageState.SET_ASIDE
        if row.verdict != verdicts.get(row.id) or (
            aside and asides.get(row.id) != last[row.id]
        ):
            raise _differs(f"page {row.position}")
    for row in records.document_rows(tx, batch.id):
        pages = records.delivered(records.document_pages(tx, row.id))
        if not _is_borne_out(parts, row, pages, last):
            raise _differs(f"document {row.number}")


def _is_borne_out(
    parts: Parts, row: Row[Any], pages: Sequence[Row[Any]], last: dict[str, int]
) -> bool:
    if row.state == DocumentState.SET_ASIDE:
        return not pages
    passes = [*parts.journal.entries(tag=DOCUMENT_PASSED, subject=row.id)]
    return (
        bool(passes)
        and passes[-1].actor == row.inspector
        and passes[-1].body.get("pages") == len(pages)
        and all(last.get(one, 0) < passes[-1].seq for one in _subjects(row, pages))
    )


def _subjects(row: Row[Any], pages: Sequence[Row[Any]]) -> list[str]:
    return [str(row.id), *(str(page.id) for page in pages)]


def _differs(what: str) -> EvidenceError:
    return EvidenceError(
        f"The journal says otherwise of {what} than its row: it was changed past the "
        "desks. Nothing is sealed. Call an operator."
    )
