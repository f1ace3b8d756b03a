"""Looking at batches, documents and pages, and at what waits for a person.

Opens what lies under the batch's key; the keeper journals each opening. Decides
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records
from paperless_kernel.scan.classes import DocumentClass
from paperless_kernel.scan.documents import DocumentState, ScanDocument
from paperless_kernel.scan.inspection import records as own
from paperless_kernel.scan.inspection.barcodes import read_codes
from paperless_kernel.scan.inspection.model import Code, HeldPage
from paperless_kernel.scan.inspection.thumbnails import small_picture
from paperless_kernel.scan.inspection.words import (
    as_file,
    read_document,
    side_of,
    with_entries,
)
from paperless_kernel.scan.model import Inspection, Page, PageState, Verdict
from paperless_kernel.scan.quality.checks import half_grey
from paperless_kernel.scan.workshop import Desk, open_batch_key, show

_ACROSS = 240
"""Pixels a small picture is wide at most."""


class Looking(Desk):
    """What people at the index and inspection desks see."""

    def document_classes(self) -> tuple[DocumentClass, ...]:
        """Return the document classes the office knows."""
        return tuple(self._parts.classes)

    def documents(self, actor: Actor, batch: str) -> tuple[ScanDocument, ...]:
        """Return a batch's documents in order; titles need the batch's key.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            ConflictError: the batch was handed over and its key erased.
        """
        self._view(actor)
        key = open_batch_key(self._parts, batch, actor, "scan: list documents")
        with self._parts.db.read() as tx:
            entered = own.batch_entries(tx, batch)
            return tuple(
                with_entries(_read(tx, row, key), entered.get(row.id, ()))
                for row in records.document_rows(tx, batch)
            )

    def pages(self, actor: Actor, batch: str) -> tuple[Page, ...]:
        """Return a batch's pages: the newest version of each, by position."""
        self._view(actor)
        with self._parts.db.read() as tx:
            return records.current_pages(tx, batch)

    def inspections(self, actor: Actor, page: str) -> tuple[Inspection, ...]:
        """Return what inspectors decided about a page version, in order."""
        self._view(actor)
        with self._parts.db.read() as tx:
            return records.find_inspections(tx, page)

    def held_pages(self, actor: Actor, batch: str) -> tuple[HeldPage, ...]:
        """Return the pages of a batch that wait for a person, by position.

        Held pages wait to be accepted or rejected; rejected ones to be scanned again
        or set aside.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            numbers = {
                row.id: int(row.number) for row in records.document_rows(tx, batch)
            }
            pages = records.current_pages(tx, batch)
        return tuple(
            HeldPage(
                page=page,
                document=numbers.get(page.document, 0),
                findings=tuple(
                    one for one in page.findings if one.verdict is not Verdict.PASS
                ),
            )
            for page in pages
            if page.state is PageState.REJECTED
            or (page.state is PageState.WAITING and page.verdict is not Verdict.PASS)
        )

    def page_image(self, actor: Actor, page: str) -> tuple[bytes, str]:
        """Return a page's captured bytes as a file, and its media type.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            EvidenceError: the stored bytes are not the captured ones.
            ConflictError: the batch was handed over and its key erased.
        """
        row, data = self._bytes_of(actor, page, "scan: look at a page")
        return as_file(row, data)

    def thumbnail(self, actor: Actor, page: str, *, across: int = _ACROSS) -> bytes:
        """Return a small grey JPEG of a page, made anew and kept nowhere.

        Args:
            actor: who looks.
            page: id of the page.
            across: pixels it is wide at most.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            EvidenceError: the stored bytes are not the captured ones.
            ConflictError: the batch was handed over and its key erased.
        """
        with self._parts.db.read() as tx:
            batch = str(records.page_row(tx, page).batch)
        return self.contact_sheet(actor, batch, [page], across=across)[page]

    def contact_sheet(
        self, actor: Actor, batch: str, pages: Sequence[str], *, across: int = _ACROSS
    ) -> dict[str, bytes]:
        """Return small grey JPEGs of pages of one batch, its key opened once.

        Args:
            actor: who looks.
            batch: id of the batch.
            pages: ids of its pages.
            across: pixels each is wide at most.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotFoundError: a page is none of this batch.
            EvidenceError: stored bytes are not the captured ones.
            ConflictError: the batch was handed over and its key erased.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            rows = {row.id: row for row in records.page_rows(tx, batch)}
        strange = [one for one in pages if one not in rows]
        if strange:
            raise NotFoundError(f"This batch has no page {', '.join(strange)}.")
        key = open_batch_key(self._parts, batch, actor, "scan: look at small pages")
        return {
            one: self._small(rows[one], key, across) for one in dict.fromkeys(pages)
        }

    def _small(self, row: Row[Any], key: bytes, across: int) -> bytes:
        data = show(self._parts, key, row.blob, row.sha256)
        return small_picture(half_grey(side_of(row, data)), across, row.orientation)

    def codes(self, actor: Actor, document: str) -> tuple[Code, ...]:
        """Return the barcodes on a document's first page, read now.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            ConflictError: the batch was handed over and its key erased.
        """
        self._view(actor)
        key, _ = self._key_of(actor, document, "scan: read barcodes")
        return self._codes(document, key)

    def _codes(self, document: str, key: bytes) -> tuple[Code, ...]:
        with self._parts.db.read() as tx:
            rows = records.delivered(records.document_pages(tx, document))
        if not rows:
            return ()
        first = rows[0]
        side = side_of(first, show(self._parts, key, first.blob, first.sha256))
        return read_codes(half_grey(side), side.width, first.id, first.position)

    def _bytes_of(
        self, actor: Actor, page: str, purpose: str
    ) -> tuple[Row[Any], bytes]:
        self._view(actor)
        with self._parts.db.read() as tx:
            row = records.page_row(tx, page)
        key = open_batch_key(self._parts, row.batch, actor, purpose)
        return row, show(self._parts, key, row.blob, row.sha256)

    def _key_of(
        self, actor: Actor, document: str, purpose: str
    ) -> tuple[bytes, Row[Any]]:
        with self._parts.db.read() as tx:
            row = records.document_row(tx, document)
        return open_batch_key(self._parts, row.batch, actor, purpose), row

    def _document(self, document: str, key: bytes) -> ScanDocument:
        with self._parts.db.read() as tx:
            row = records.document_row(tx, document)
            return with_entries(_read(tx, row, key), own.entries(tx, document))


def alive(rows: Sequence[Row[Any]]) -> tuple[Row[Any], ...]:
    """Return the documents of which at least one page is delivered."""
    return tuple(row for row in rows if row.state != DocumentState.SET_ASIDE)


def _read(tx: Connection, row: Row[Any], key: bytes) -> ScanDocument:
    rows = records.delivered(records.document_pages(tx, row.id))
    return read_document(row, [records.read_page(one) for one in rows], key)
