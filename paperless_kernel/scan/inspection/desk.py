"""The inspector's desk: index, looking at pages, accepting, rejecting, passing.

Loads, asks ``inspection``, writes rows and journal together. Titles and keywords lie
under the batch's key; the journal holds salted commitments to them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import ConflictError, InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.rules import check_batch
from paperless_kernel.scan.inspection.rules import (
    check_acceptable,
    check_index,
    check_inspector,
    check_passable,
)
from paperless_kernel.scan.model import (
    BatchState,
    DocumentState,
    Inspection,
    Page,
    PageState,
    RejectReason,
    ScanDocument,
    Verdict,
)
from paperless_kernel.scan.pictures.fax import wrap_g4
from paperless_kernel.scan.tags import (
    DOCUMENT_INDEXED,
    DOCUMENT_PASSED,
    PAGE_ACCEPTED,
    PAGE_REJECTED,
    PAGE_SET_ASIDE,
)
from paperless_kernel.scan.workshop import Desk, open_batch_key, show
from paperless_kernel.trust.cipher import NONCE_SIZE, decrypt, encrypt
from paperless_kernel.trust.digest import canonical_json, sha256

_SALT = 16
_LONGEST_NOTE = 500
_OPEN = (PageState.WAITING, PageState.ACCEPTED)


class Inspecting(Desk):
    """Index input, content inspection and manual quality inspection (deck)."""

    def index(
        self,
        actor: Actor,
        document: str,
        *,
        title: str,
        kind: str,
        keywords: Sequence[str] = (),
    ) -> ScanDocument:
        """Write a document's index (색인정보, 제32조); may change until it passes.

        Raises:
            NotAllowedError: the actor may not index.
            InputError: a part is empty or too long.
            NotYetError: the batch is still being scanned.
            ConflictError: the document passed or is sealed with another index.
        """
        require(actor, Action.SCAN_INDEX)
        check_index(title, kind, keywords)
        words: dict[str, Json] = {
            "title": title,
            "kind": kind,
            "keywords": list(keywords),
        }
        key, row = self._key_of(actor, document, "scan: index")
        known = open_index(row, key)
        if known is None or _without_salt(known) != words:
            words["salt"] = self._parts.random.token(_SALT).hex()
            self._write_index(actor, document, canonical_json(words), key)
        self._acknowledge()
        return self._document(document, key)

    def _write_index(
        self, actor: Actor, document: str, plain: bytes, key: bytes
    ) -> None:
        nonce = self._parts.random.token(NONCE_SIZE)
        box = nonce + encrypt(plain, key, nonce, document.encode())
        open_to_it = {DocumentState.CAPTURED, DocumentState.INDEXED}
        with self._parts.db.begin() as tx:
            row = records.document_row(tx, document)
            if DocumentState(row.state) not in open_to_it:
                raise ConflictError(
                    f"Document {row.number} is {row.state} with another index."
                )
            batch = records.get_batch(tx, row.batch)
            check_batch(batch.state, BatchState.CLOSED, "indexing")
            tx.execute(
                update(tables.document)
                .where(tables.document.c.id == document)
                .values(index_box=box, state=DocumentState.INDEXED)
            )
            body: dict[str, Json] = {
                "tenant": batch.tenant,
                "batch": batch.id,
                "commitment": sha256(plain).hex(),
            }
            self._write(tx, actor, DOCUMENT_INDEXED, document, body)

    def accept_page(self, actor: Actor, page: str, *, note: str = "") -> Page:
        """Accept a page after looking at it; a held one needs this (제49조).

        Raises:
            NotAllowedError: the actor may not inspect, scanned in this batch, or the
                automatic check rejected the page.
            ConflictError: it was decided otherwise.
        """
        return self._decide(actor, page, PageState.ACCEPTED, None, note)

    def reject_page(
        self, actor: Actor, page: str, reason: RejectReason, *, note: str = ""
    ) -> Page:
        """Reject a page for one of the eight reasons (제50조): it is scanned again.

        Raises:
            NotAllowedError: the actor may not inspect, or scanned in this batch.
            ConflictError: it was replaced or set aside already.
        """
        return self._decide(actor, page, PageState.REJECTED, reason, note)

    def set_aside(
        self, actor: Actor, page: str, reason: RejectReason, *, note: str = ""
    ) -> Page:
        """Keep a page in the ledger without delivering it, with its reason.

        For duplicates, and for paper that cannot be scanned well enough: it stays
        paper (전자문서법 제31조의6 단서).

        Raises:
            NotAllowedError: the actor may not inspect, or scanned in this batch.
            NotYetError: the batch is not closed yet.
            ConflictError: it was replaced already, or the batch is sealed.
        """
        return self._decide(actor, page, PageState.SET_ASIDE, reason, note)

    def _decide(
        self,
        actor: Actor,
        page_id: str,
        state: PageState,
        reason: RejectReason | None,
        note: str,
    ) -> Page:
        require(actor, Action.SCAN_INSPECT)
        if len(note) > _LONGEST_NOTE:
            raise InputError(f"A note has at most {_LONGEST_NOTE} letters.")
        with self._parts.db.begin() as tx:
            page = records.get_page(tx, page_id)
            check_inspector(actor.id, records.scanned_by(tx, page.batch))
            if page.state is not state:
                self._check_change(tx, page, state)
                self._record(tx, actor, page, state, reason, note)
            page = records.get_page(tx, page_id)
        self._acknowledge()
        return page

    def _check_change(self, tx: Connection, page: Page, state: PageState) -> None:
        batch = records.get_batch(tx, page.batch)
        if state is PageState.SET_ASIDE or batch.state is not BatchState.CAPTURING:
            check_batch(batch.state, BatchState.CLOSED, "inspection")
        if state is PageState.ACCEPTED:
            check_acceptable(page)
        elif page.state not in {*_OPEN, PageState.REJECTED}:
            raise ConflictError(f"Page {page.position} is {page.state.value} already.")

    def _record(
        self,
        tx: Connection,
        actor: Actor,
        page: Page,
        state: PageState,
        reason: RejectReason | None,
        note: str,
    ) -> None:
        records.set_state(tx, tables.page, page.id, state)
        tx.execute(
            insert(tables.inspection).values(
                page=page.id,
                inspector=actor.id,
                accepted=state is PageState.ACCEPTED,
                reason=reason.value if reason else "",
                note=note,
                at=stamp(self._parts.clock.now()),
            )
        )
        tenant = records.get_batch(tx, page.batch).tenant
        body: dict[str, Json] = {"tenant": tenant, "batch": page.batch}
        if reason:
            body["reason"] = reason
        tag = {
            PageState.ACCEPTED: PAGE_ACCEPTED,
            PageState.REJECTED: PAGE_REJECTED,
            PageState.SET_ASIDE: PAGE_SET_ASIDE,
        }[state]
        self._write(tx, actor, tag, page.id, body)
        if page.document and state is not PageState.ACCEPTED:
            self._reopen(tx, page.document)

    def _reopen(self, tx: Connection, document: str) -> None:
        """A document loses its pass with a page, and its place with its last one."""
        row = records.document_row(tx, document)
        if not records.delivered(records.document_pages(tx, document)):
            state = DocumentState.SET_ASIDE
        elif row.state == DocumentState.PASSED:
            state = DocumentState.INDEXED
        else:
            state = DocumentState(row.state)
        # What was signed before is no longer this document.
        table = tables.document
        tx.execute(
            update(table)
            .where(table.c.id == document)
            .values(state=state, digest="", blob="", sides=0)
        )

    def pass_document(self, actor: Actor, document: str) -> ScanDocument:
        """Pass a whole document: content and legibility are as on paper (제48조).

        Raises:
            NotAllowedError: the actor may not inspect, or scanned in this batch.
            NotYetError: it has no index, or a page is held or rejected.
            ConflictError: it is sealed already.
        """
        require(actor, Action.SCAN_INSPECT)
        key, _ = self._key_of(actor, document, "scan: pass")
        with self._parts.db.begin() as tx:
            row = records.document_row(tx, document)
            check_inspector(actor.id, records.scanned_by(tx, row.batch))
            rows = records.delivered(records.document_pages(tx, document))
            pages = [records.read_page(one) for one in rows]
            check_passable(read_document(row, pages, key), pages)
            if row.state != DocumentState.PASSED:
                table = tables.document
                tx.execute(
                    update(table)
                    .where(table.c.id == document)
                    .values(state=DocumentState.PASSED, inspector=actor.id)
                )
                body: dict[str, Json] = {
                    "tenant": row.tenant,
                    "batch": row.batch,
                    "pages": len(pages),
                    "held": sum(page.verdict is Verdict.HOLD for page in pages),
                }
                self._write(tx, actor, DOCUMENT_PASSED, document, body)
        self._acknowledge()
        return self._document(document, key)

    def documents(self, actor: Actor, batch: str) -> tuple[ScanDocument, ...]:
        """Return a batch's documents in order; titles need the batch's key.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            ConflictError: the batch was handed over and its key erased.
        """
        self._view(actor)
        key = open_batch_key(self._parts, batch, actor, "scan: list documents")
        with self._parts.db.read() as tx:
            found = []
            for row in records.document_rows(tx, batch):
                rows = records.delivered(records.document_pages(tx, row.id))
                pages = [records.read_page(one) for one in rows]
                found.append(read_document(row, pages, key))
        return tuple(found)

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

    def page_image(self, actor: Actor, page: str) -> tuple[bytes, str]:
        """Return a page's captured bytes as a file, and its media type.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            EvidenceError: the stored bytes are not the captured ones.
            ConflictError: the batch was handed over and its key erased.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            row = records.page_row(tx, page)
        key = open_batch_key(self._parts, row.batch, actor, "scan: look at a page")
        data = show(self._parts, key, row.blob, row.sha256)
        return as_file(row, data)

    def _key_of(
        self, actor: Actor, document: str, purpose: str
    ) -> tuple[bytes, Row[Any]]:
        with self._parts.db.read() as tx:
            row = records.document_row(tx, document)
        return open_batch_key(self._parts, row.batch, actor, purpose), row

    def _document(self, document: str, key: bytes) -> ScanDocument:
        with self._parts.db.read() as tx:
            row = records.document_row(tx, document)
            rows = records.delivered(records.document_pages(tx, document))
        return read_document(row, [records.read_page(one) for one in rows], key)


def as_file(row: Row[Any], data: bytes) -> tuple[bytes, str]:
    """Return a page's bytes as a file any reader opens, and its media type."""
    if row.kind == "g4":
        return wrap_g4(data, row.width, row.height), "image/tiff"
    return data, "image/jpeg"


def open_index(row: Row[Any], key: bytes) -> dict[str, Any] | None:
    """Return a document's index with its salt, or None before indexing."""
    if not row.index_box:
        return None
    nonce, hidden = row.index_box[:NONCE_SIZE], row.index_box[NONCE_SIZE:]
    words: dict[str, Any] = json.loads(decrypt(hidden, key, nonce, row.id.encode()))
    return words


def read_document(row: Row[Any], pages: Sequence[Page], key: bytes) -> ScanDocument:
    """Turn a row, its delivered pages and its opened index into a value."""
    words = open_index(row, key) or {}
    return ScanDocument(
        id=row.id,
        batch=row.batch,
        tenant=row.tenant,
        number=row.number,
        state=DocumentState(row.state),
        title=words.get("title", ""),
        kind=words.get("kind", row.kind_hint),
        keywords=tuple(words.get("keywords", ())),
        pages=tuple(page.id for page in pages),
        sides=row.sides,
        digest=row.digest,
    )


def _without_salt(words: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in words.items() if name != "salt"}
