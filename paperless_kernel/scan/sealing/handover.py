"""The hand-over desk: sealed documents out, the taker's receipts in, then erasure.

No transaction spans two businesses: the work is kept until the taker's receipt is in
our own journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import parse_stamp
from paperless_kernel.base.errors import ConflictError, InputError, NotYetError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.inspection.records import forget
from paperless_kernel.scan.inspection.words import as_file, open_index
from paperless_kernel.scan.model import Batch, BatchState
from paperless_kernel.scan.sealing.model import AnnexPage, SealedDocument
from paperless_kernel.scan.tags import BATCH_ERASED, DOCUMENT_HANDED_OVER
from paperless_kernel.scan.workshop import Desk, open_batch_key, show

_ENDS = {"image/jpeg": "jpg", "image/tiff": "tif", "image/png": "png"}
_LONGEST_RECEIPT = 200


class HandingOver(Desk):
    """Gives documents to whoever keeps them, and forgets them."""

    def sealed_documents(self, actor: Actor, batch: str) -> Iterator[SealedDocument]:
        """Give a sealed batch's documents that nobody has taken yet, one by one.

        Raises:
            NotAllowedError: the actor may not hand documents over.
            NotYetError: the batch is not sealed.
            EvidenceError: a stored document is not the one that was sealed.
        """
        require(actor, Action.SCAN_HAND_OVER)
        with self._parts.db.read() as tx:
            found = records.get_batch(tx, batch)
            rows = [
                row
                for row in records.document_rows(tx, batch)
                if row.state == DocumentState.SEALED
            ]
        if found.state not in {BatchState.SEALED, BatchState.ERASED}:
            raise NotYetError(f"The batch is {found.state.value}: seal it first.")
        if not rows:
            self._erase(actor, batch)  # a crash may have come before it
            return iter(())
        key = open_batch_key(self._parts, batch, actor, "scan: hand over")
        return (self._sealed(found, row, key) for row in rows)

    def _sealed(self, batch: Batch, row: Row[Any], key: bytes) -> SealedDocument:
        with self._parts.db.read() as tx:
            versions = records.document_pages(tx, row.id)
        kept = records.delivered(versions)
        words = open_index(row, key) or {}
        return SealedDocument(
            id=row.id,
            batch=batch.id,
            box=batch.box,
            tenant=batch.tenant,
            service=batch.service,
            title=words["title"],
            kind=words["kind"],
            keywords=tuple(words["keywords"]),
            pdf=show(self._parts, key, row.blob, row.digest),
            evidence=row.evidence,
            sha256=row.digest,
            sealed_at=parse_stamp(row.sealed_at),
            capture_hashes=tuple(one.sha256 for one in kept),
            annex=self._annex([one for one in versions if one not in kept], key),
        )

    def _annex(self, rows: Sequence[Row[Any]], key: bytes) -> tuple[AnnexPage, ...]:
        made = []
        for row in rows:
            captured = show(self._parts, key, row.blob, row.sha256)
            data, media = as_file(row, captured)
            made.append(
                AnnexPage(
                    name=f"page-{row.position:04d}-v{row.version}.{_ENDS[media]}",
                    kind=row.kind,
                    sha256=row.sha256,
                    why=row.state,
                    data=data,
                )
            )
        return tuple(made)

    def handed_over(self, actor: Actor, document: str, *, receipt: str) -> Batch:
        """Journal the taker's receipt; after a batch's last one, erase the batch.

        ``receipt`` names the taker's own entry (an id, no content). The batch's key
        and objects are removed (제21조, 제23조: no residue after transfer); hashes,
        measures, verdicts and evidence records stay.

        Raises:
            NotAllowedError: the actor may not hand documents over.
            NotYetError: the document is not sealed.
            ConflictError: it was handed over under another receipt.
        """
        require(actor, Action.SCAN_HAND_OVER)
        if not receipt.strip() or len(receipt) > _LONGEST_RECEIPT:
            raise InputError("Name the taker's receipt.")
        with self._parts.db.begin() as tx:
            row = records.document_row(tx, document)
            if row.state == DocumentState.SEALED:
                # 1. The receipt is in our journal before anything is removed.
                table = tables.document
                tx.execute(
                    update(table)
                    .where(table.c.id == document)
                    .values(state=DocumentState.HANDED_OVER, receipt=receipt)
                )
                body: dict[str, Json] = {
                    "tenant": row.tenant,
                    "batch": row.batch,
                    "sha256": row.digest,
                    "receipt": receipt,
                }
                self._write(tx, actor, DOCUMENT_HANDED_OVER, document, body)
            elif row.state != DocumentState.HANDED_OVER:
                raise NotYetError(f"Document {row.number} is {row.state}, not sealed.")
            elif row.receipt != receipt:
                raise ConflictError(
                    f"Document {row.number} was taken under receipt {row.receipt}."
                )
        self._acknowledge()
        self._erase(actor, str(row.batch))
        with self._parts.db.read() as tx:
            return records.get_batch(tx, row.batch)

    def _erase(self, actor: Actor, batch: str) -> None:
        """Erase a batch when every document of it was taken."""
        parts = self._parts
        with parts.db.read() as tx:
            row = records.batch_row(tx, batch)
            documents = records.document_rows(tx, batch)
            pages = records.page_rows(tx, batch)
        done = {DocumentState.HANDED_OVER, DocumentState.SET_ASIDE}
        if row.state != BatchState.SEALED or any(
            d.state not in done for d in documents
        ):
            return
        # 2. The key goes first: whatever a crash leaves after this cannot be read.
        if row.key_box:
            parts.blobs.remove(row.key_box)
        # 3. Then the objects; removing what is gone is no error, so a repeat goes on.
        for one in (*pages, *documents):
            if one.blob:
                parts.blobs.remove(one.blob)
        # 4. Then the rows say so. A crash before this repeats 2 and 3.
        with parts.db.begin() as tx:
            if records.get_batch(tx, batch).state is BatchState.ERASED:
                return
            records.forget_words(tx, batch)
            forget(tx, batch)
            tx.execute(
                update(tables.batch)
                .where(tables.batch.c.id == batch)
                .values(state=BatchState.ERASED, key_box="")
            )
            body: dict[str, Json] = {"tenant": row.tenant, "objects": len(pages)}
            self._write(tx, actor, BATCH_ERASED, batch, body)
        self._acknowledge()
        # 5. The write-ahead log forgets the names too. A reader may be in the way:
        #    the next erasure, or `residue`, does it then.
        parts.db.settle()
