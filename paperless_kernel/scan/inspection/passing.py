"""Content inspection of documents: passing them, finding them defective (내용검사).

Loads, asks ``rules``, writes rows and journal together. Legibility
(품질검사) is always full: held and rejected pages bar a document however it passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotYetError,
)
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.rules import check_batch
from paperless_kernel.scan.documents import DocumentState, ScanDocument
from paperless_kernel.scan.inspection import records as own
from paperless_kernel.scan.inspection.deciding import LONGEST_NOTE
from paperless_kernel.scan.inspection.looking import Looking, alive
from paperless_kernel.scan.inspection.model import SampleVerdict
from paperless_kernel.scan.inspection.rules import check_passable, check_second_person
from paperless_kernel.scan.inspection.staff import require_inspector
from paperless_kernel.scan.inspection.tables import content_check
from paperless_kernel.scan.inspection.words import read_document
from paperless_kernel.scan.model import Batch, BatchState, Page, RejectReason, Verdict
from paperless_kernel.scan.people.gate import load_now, take_load
from paperless_kernel.scan.people.model import Load, Regulation
from paperless_kernel.scan.people.records import regulation_numbered
from paperless_kernel.scan.tags import (
    BATCH_INSPECTED,
    DOCUMENT_PASSED,
    DOCUMENT_REJECTED,
)


class Passing(Looking):
    """The inspector's decisions about whole documents."""

    def pass_document(self, actor: Actor, document: str) -> ScanDocument:
        """Pass a whole document: content and legibility are as on paper (제48조).

        Its sheets count into the inspector's load.

        Raises:
            NotAllowedError: the actor may not inspect; prepared, scanned or indexed
                here; or the average load would pass the limit (제47조⑥).
            NotYetError: it has no index, or a page is held or rejected.
            ConflictError: it is sealed already.
        """
        require(actor, Action.SCAN_INSPECT)
        key, _ = self._key_of(actor, document, "scan: pass")
        with self._parts.db.begin() as tx:
            row = records.document_row(tx, document)
            batch = records.get_batch(tx, row.batch)
            regulation = require_inspector(self._parts, tx, batch, actor)
            check_second_person(actor.id, row.indexed_by.split())
            pages = pages_of(tx, row)
            check_passable(read_document(row, pages, key), pages)
            if row.state != DocumentState.PASSED:
                self._load(tx, actor, row, pages, regulation)
                self._pass(tx, actor, row, pages, by_sample=False)
                self._finish_full(tx, actor, batch)
        self._acknowledge()
        return self._document(document, key)

    def reject_document(
        self, actor: Actor, document: str, reason: RejectReason, *, note: str
    ) -> ScanDocument:
        """Find a document defective: a page is missing, the index is wrong.

        Its author corrects it (a page is scanned, never edited: 제51조) and confirms
        the index anew. Its sheets count into the inspector's load.

        Args:
            actor: an inspector.
            document: id of the document.
            reason: one of the eight (제50조).
            note: what is wrong, for its author.

        Raises:
            NotAllowedError: the actor may not inspect; prepared or scanned here; or
                the average load would pass the limit (제47조⑥).
            InputError: nothing is said of what is wrong.
            NotYetError: it has no index yet.
            ConflictError: it is sealed or set aside already.
        """
        require(actor, Action.SCAN_INSPECT)
        if not note.strip() or len(note) > LONGEST_NOTE:
            raise InputError(f"Say what is wrong in at most {LONGEST_NOTE} letters.")
        key, _ = self._key_of(actor, document, "scan: reject a document")
        with self._parts.db.begin() as tx:
            row = records.document_row(tx, document)
            batch = records.get_batch(tx, row.batch)
            check_batch(batch.state, BatchState.CLOSED, "inspection")
            regulation = require_inspector(self._parts, tx, batch, actor)
            if row.state == DocumentState.CAPTURED:
                if document not in own.defective(tx, batch.id):
                    raise NotYetError(f"Document {row.number} has no index yet.")
            elif row.state == DocumentState.SET_ASIDE:
                raise ConflictError(f"Document {row.number} is set aside.")
            else:
                self._load(tx, actor, row, pages_of(tx, row), regulation)
                self._reject(tx, actor, row, reason, note)
        self._acknowledge()
        return self._document(document, key)

    def _reject(
        self,
        tx: Connection,
        actor: Actor,
        row: Row[Any],
        reason: RejectReason,
        note: str,
    ) -> None:
        table = tables.document
        tx.execute(
            update(table)
            .where(table.c.id == row.id)
            .values(state=DocumentState.CAPTURED, digest="", blob="", sides=0)
        )
        self._note(tx, actor, row, 0, reason=reason.value, note=note)
        body: dict[str, Json] = {
            "tenant": row.tenant,
            "batch": row.batch,
            "reason": reason,
        }
        self._write(tx, actor, DOCUMENT_REJECTED, row.id, body)

    def inspection_load(self, actor: Actor, batch: str) -> Load | None:
        """Return an inspector's own average under a batch's registered rules (제47조⑥).

        Its ``warning`` is to be shown; None for a plain scan.

        Raises:
            NotAllowedError: the actor may not inspect.
            NotYetError: the registered rules state no period or no working day.
        """
        require(actor, Action.SCAN_INSPECT)
        with self._parts.db.read() as tx:
            number = records.get_batch(tx, batch).regulation
            if not number:
                return None
            regulation = regulation_numbered(tx, number)
            return load_now(self._parts, tx, actor.id, regulation)

    def _load(
        self,
        tx: Connection,
        actor: Actor,
        row: Row[Any],
        pages: Sequence[Page],
        regulation: Regulation | None,
    ) -> None:
        if regulation is None:
            return
        take_load(
            self._parts,
            tx,
            actor,
            subject=row.id,
            sheets=_sheets(pages),
            regulation=regulation,
        )

    def _pass(
        self,
        tx: Connection,
        actor: Actor,
        row: Row[Any],
        pages: Sequence[Page],
        *,
        by_sample: bool,
    ) -> None:
        table = tables.document
        tx.execute(
            update(table)
            .where(table.c.id == row.id)
            .values(state=DocumentState.PASSED, inspector=actor.id)
        )
        self._note(tx, actor, row, _sheets(pages), by_sample=by_sample)
        body: dict[str, Json] = {
            "tenant": row.tenant,
            "batch": row.batch,
            "pages": len(pages),
            "sheets": _sheets(pages),
            "held": sum(page.verdict is Verdict.HOLD for page in pages),
            "inspection": "sample" if by_sample else "full",
        }
        self._write(tx, actor, DOCUMENT_PASSED, row.id, body)

    def _note(
        self,
        tx: Connection,
        actor: Actor,
        row: Row[Any],
        sheets: int,
        *,
        by_sample: bool = False,
        reason: str = "",
        note: str = "",
    ) -> None:
        tx.execute(
            insert(content_check).values(
                batch=row.batch,
                document=row.id,
                page="",
                inspector=actor.id,
                sheets=sheets,
                by_sample=by_sample,
                reason=reason,
                note=note,
                at=stamp(self._parts.clock.now()),
            )
        )

    def _finish_full(self, tx: Connection, actor: Actor, batch: Batch) -> None:
        """Journal that every document of a batch was inspected, none by sample."""
        rows = alive(records.document_rows(tx, batch.id))
        sample = own.find_sample(tx, batch.id)
        if sample is not None and sample.verdict is not SampleVerdict.FAILED:
            return
        if any(row.state != DocumentState.PASSED for row in rows):
            return
        body: dict[str, Json] = {
            "tenant": batch.tenant,
            "plan": "full" if sample is None else "full-after-sample",
            "lot": len(rows),
            "size": len(rows),
            "defects": len(own.defective(tx, batch.id)),
            "verdict": SampleVerdict.PASSED,
        }
        self._write(tx, actor, BATCH_INSPECTED, batch.id, body)


def pages_of(tx: Connection, row: Row[Any]) -> list[Page]:
    """Return the pages of a document that are delivered, in order."""
    rows = records.delivered(records.document_pages(tx, row.id))
    return [records.read_page(one) for one in rows]


def _sheets(pages: Sequence[Page]) -> int:
    return len({page.sheet for page in pages})
