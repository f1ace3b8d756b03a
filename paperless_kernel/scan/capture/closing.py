"""The scanner's desk, second part: scanning rejected pages again, closing a batch.

Rules stand in ``inspection`` and ``separators``; capture itself is ``capturing``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, insert, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.errors import ConflictError, InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.desk import Capturing, Looked
from paperless_kernel.scan.capture.model import PageSource
from paperless_kernel.scan.capture.rules import check_count, check_rescannable
from paperless_kernel.scan.capture.separators import Run, Scanned, Separator, split
from paperless_kernel.scan.model import (
    Batch,
    BatchState,
    DocumentState,
    Page,
    PageState,
)
from paperless_kernel.scan.pictures.normalise import normalise
from paperless_kernel.scan.tags import BATCH_CLOSED, PAGE_REPLACED
from paperless_kernel.scan.workshop import open_batch_key
from paperless_kernel.trust.digest import sha256


class Closing(Capturing):
    """Replaces rejected pages and turns a batch into documents."""

    def rescan(self, actor: Actor, page: str, source: PageSource) -> Page:
        """Scan a rejected page again; the old version is kept (제51조).

        A repeat with the same file returns the version it made.

        Raises:
            NotAllowedError: the actor may not scan, or nobody rejected the page.
            InputError: the file is not one side, or is a separator sheet.
            ConflictError: the page was replaced by other bytes, or is sealed.
        """
        require(actor, Action.SCAN_CAPTURE)
        data = source.read()
        digest = sha256(data).hex()
        with self._parts.db.read() as tx:
            old = records.get_page(tx, page)
            batch = records.get_batch(tx, old.batch)
            later = [
                one
                for one in map(records.read_page, records.page_rows(tx, old.batch))
                if one.position == old.position and one.version == old.version + 1
            ]
        if later and later[0].source == digest:
            self._acknowledge()
            return later[0]
        check_rescannable(old)
        self._check_open(batch)
        looked = self._look_again(actor, batch, old, data, source.name)
        made = self._replace(actor, batch, old, looked)
        self._acknowledge()
        return made

    def _look_again(
        self, actor: Actor, batch: Batch, old: Page, data: bytes, name: str
    ) -> Looked:
        sides = normalise(data, name)
        if len(sides) != 1:
            raise InputError(f"{name} has {len(sides)} sides; one is replaced.")
        key = open_batch_key(self._parts, batch.id, actor, "scan: scan again")
        looked = self._look(
            actor,
            batch,
            key,
            sides[0],
            sha256(data).hex(),
            name,
            old.position,
            old.version + 1,
        )
        if looked.page.separator:
            raise InputError(f"{name} is a separator sheet, not a page.")
        return looked

    def _replace(self, actor: Actor, batch: Batch, old: Page, looked: Looked) -> Page:
        with self._parts.db.begin() as tx:
            self._check_open(records.get_batch(tx, batch.id))
            now = records.get_page(tx, old.id)
            check_rescannable(now)
            made = replace(looked.page, document=now.document)
            # 2. The new version and the old one's mark commit together.
            self._insert(tx, actor, batch.id, replace(looked, page=made))
            records.set_state(tx, tables.page, old.id, PageState.REPLACED)
            body: dict[str, Json] = {"tenant": batch.tenant, "by": made.id}
            self._write(tx, actor, PAGE_REPLACED, old.id, body)
            return records.get_page(tx, made.id)

    @staticmethod
    def _check_open(batch: Batch) -> None:
        if batch.state not in {BatchState.CAPTURING, BatchState.CLOSED}:
            raise ConflictError(
                f"The batch is {batch.state.value}; nothing changes it."
            )

    def close_batch(self, actor: Actor, batch: str) -> Batch:
        """Say that all sheets are in: count them, split them into documents.

        Raises:
            NotAllowedError: the actor may not scan.
            NotYetError: sheets are missing, or there are too many.
        """
        require(actor, Action.SCAN_CAPTURE)
        with self._parts.db.begin() as tx:
            found = records.get_batch(tx, batch)
            if found.state is BatchState.CAPTURING:
                self._close(tx, actor, found)
            found = records.get_batch(tx, batch)
        self._acknowledge()
        return found

    def _close(self, tx: Connection, actor: Actor, batch: Batch) -> None:
        pages = records.current_pages(tx, batch.id)
        separators = len({page.sheet for page in pages if page.separator})
        check_count(pages, separators, batch.sheets)
        runs, _ = split([_scanned(page) for page in pages])
        for number, run in enumerate(runs, 1):
            self._insert_document(tx, batch, number, run, pages)
        records.set_state(tx, tables.batch, batch.id, BatchState.CLOSED)
        body: dict[str, Json] = {
            "tenant": batch.tenant,
            "pages": len(pages),
            "separators": separators,
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
        tx.execute(
            insert(tables.document).values(
                id=made,
                batch=batch.id,
                tenant=batch.tenant,
                number=number,
                state=DocumentState.CAPTURED,
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
        positions = {page.position for page in pages if page.id in run.pages}
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
