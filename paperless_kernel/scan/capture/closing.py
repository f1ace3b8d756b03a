"""The scanner's desk, last part: closing a batch, counted, split and checked.

Rules stand in ``capture.rules`` and ``separators``; the first integrity check itself in
``checking``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.inserting import Inserting
from paperless_kernel.scan.capture.rules import (
    check_count,
    check_whole_sheets,
    separator_sheets,
)
from paperless_kernel.scan.capture.separators import (
    Run,
    Scanned,
    Separator,
    separator_lines,
    separator_sheet,
    split,
)
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import Batch, BatchState, Page, PageState
from paperless_kernel.scan.tags import BATCH_CLOSED


class Closing(Inserting):
    """Turns a batch into documents."""

    def separator(self, actor: Actor, kind: str = "") -> bytes:
        """Return a separator sheet to be printed, as a PNG of A4 at 300 dpi.

        Args:
            actor: anybody who may look into the workshop.
            kind: document type of what follows, or "".

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            InputError: the kind is too long to print.
        """
        self._view(actor)
        lines = [self._parts.mark(line) for line in separator_lines(kind)]
        return separator_sheet(kind, lines)

    def close_batch(
        self, actor: Actor, batch: str, *, progress: Progress = silent
    ) -> Batch:
        """Say that all sheets are in: count them, split them, check what is stored.

        The first integrity check (1차 무결성검증) belongs to it; a repeat after a crash
        runs it where it was left out.

        Raises:
            NotAllowedError: the actor may not scan.
            NotYetError: sheets or sides are missing, or there are too many (제48조).
            EvidenceError: a stored page is not what was captured.
        """
        require(actor, Action.SCAN_CAPTURE)
        with self._parts.db.begin() as tx:
            found = records.get_batch(tx, batch)
            if found.state is BatchState.CAPTURING:
                self._close(tx, actor, found)
        return self.check_batch_integrity(actor, batch, progress=progress)

    def _close(self, tx: Connection, actor: Actor, batch: Batch) -> None:
        pages = records.current_pages(tx, batch.id)
        check_count(pages, batch.sheets)
        check_whole_sheets(pages, batch.sides)
        runs, _ = split([_scanned(page) for page in pages], batch.every)
        for number, run in enumerate(runs, 1):
            self._insert_document(tx, batch, number, run, pages)
        records.set_state(tx, tables.batch, batch.id, BatchState.CLOSED)
        body: dict[str, Json] = {
            "tenant": batch.tenant,
            "pages": len(pages),
            "separators": len(separator_sheets(pages)),
            "documents": len(runs),
            "head": batch.head,
        }
        self._write(tx, actor, BATCH_CLOSED, batch.id, body)

    def _insert_document(
        self,
        tx: Connection,
        batch: Batch,
        number: int,
        run: Run,
        pages: Sequence[Page],
    ) -> None:
        made = self._parts.ids.new()
        own = [page for page in pages if page.id in run.pages]
        # A sheet fed twice may have been set aside already, and be all there is.
        kept = any(page.state is not PageState.SET_ASIDE for page in own)
        tx.execute(
            insert(tables.document).values(
                id=made,
                batch=batch.id,
                tenant=batch.tenant,
                number=number,
                state=DocumentState.CAPTURED if kept else DocumentState.SET_ASIDE,
                kind_hint=run.kind,
                index_box=b"",
                inspector="",
                sides=0,
                digest="",
                blob="",
                evidence=b"",
                sealed_at="",
                receipt="",
            )
        )
        positions = {page.position for page in own}
        # Older versions go along: they are the document's annex.
        tx.execute(
            update(tables.page)
            .where(tables.page.c.batch == batch.id)
            .where(tables.page.c.position.in_(positions))
            .values(document=made)
        )


def _scanned(page: Page) -> Scanned:
    separator = Separator(kind=page.separator_kind) if page.separator else None
    return Scanned(id=page.id, sheet=page.sheet, blank=page.blank, separator=separator)
