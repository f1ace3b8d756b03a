"""The scanner's desk: the first integrity check (1차 무결성검증) of what was stored.

Re-reads every stored page and re-checks hash, chain and count before attributes may be
written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.errors import EvidenceError, NotYetError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.chain import link_of
from paperless_kernel.scan.capture.desk import Capturing
from paperless_kernel.scan.capture.rules import check_count, count_sheets
from paperless_kernel.scan.model import Batch, BatchState
from paperless_kernel.scan.tags import BATCH_CHECKED
from paperless_kernel.scan.workshop import open_batch_key, show


class Checking(Capturing):
    """Says that what was stored is what was captured, all of it."""

    def check_batch_integrity(
        self, actor: Actor, batch: str, *, progress: Progress = silent
    ) -> Batch:
        """Check a closed batch: every stored page, the capture chain, the count.

        Closing a batch does this; it is asked for again where it was broken off, and
        for batches of older offices. What was found whole before is not read again.

        Raises:
            NotAllowedError: the actor may not scan.
            NotYetError: the batch is not closed, or sheets are missing.
            EvidenceError: a stored page, or the chain, is not as it was captured.
        """
        require(actor, Action.SCAN_CAPTURE)
        with self._parts.db.read() as tx:
            found = records.get_batch(tx, batch)
        if found.state is BatchState.CAPTURING:
            raise NotYetError("The batch is still being captured: close it first.")
        if found.state is BatchState.CLOSED and found.checked != found.head:
            self._check_whole(actor, batch, progress)
        self._acknowledge()
        with self._parts.db.read() as tx:
            return records.get_batch(tx, batch)

    def _check_whole(
        self, actor: Actor, batch_id: str, progress: Progress = silent
    ) -> None:
        with self._parts.db.read() as tx:
            batch = records.get_batch(tx, batch_id)
            seal = records.get_box(tx, batch.box).seal
            rows = records.page_rows(tx, batch_id)
            pages = records.current_pages(tx, batch_id)
        check_count(pages, batch.sheets)
        self._check_chain(batch, seal, rows)
        key = open_batch_key(self._parts, batch_id, actor, "scan: first check")
        links = [row.link for row in rows]
        start = links.index(batch.checked) + 1 if batch.checked in links else 0
        for done, row in enumerate(rows[start:], 1):
            # `show` compares the bytes with the capture hash.
            show(self._parts, key, row.blob, row.sha256)
            progress("scan check", done, len(rows) - start)
        with self._parts.db.begin() as tx:
            now = records.get_batch(tx, batch_id)
            if now.checked == batch.head or now.head != batch.head:
                return  # checked by somebody else, or scanned into meanwhile
            table = tables.batch
            tx.execute(
                update(table).where(table.c.id == batch_id).values(checked=batch.head)
            )
            body: dict[str, Json] = {
                "tenant": batch.tenant,
                "versions": len(rows),
                "pages": len(pages),
                "sheets": count_sheets(pages),
                "head": batch.head,
            }
            self._write(tx, actor, BATCH_CHECKED, batch_id, body)

    @staticmethod
    def _check_chain(batch: Batch, seal: str, rows: Sequence[Row[Any]]) -> None:
        head = ""
        for row in rows:
            head = link_of(records.read_page(row), batch, seal, head)
            if head != row.link:
                raise EvidenceError(
                    f"The capture chain is broken at position {row.position}: a page "
                    "was changed, added or taken out. Call an operator."
                )
        if head != batch.head:
            raise EvidenceError(
                "The capture chain does not end where the batch does: its last pages "
                "are missing. Call an operator."
            )

    def _check_added(self, actor: Actor, batch_id: str) -> None:
        """Check what was added to a batch that was closed before."""
        with self._parts.db.read() as tx:
            state = records.get_batch(tx, batch_id).state
        if state is BatchState.CLOSED:
            self._check_whole(actor, batch_id)
