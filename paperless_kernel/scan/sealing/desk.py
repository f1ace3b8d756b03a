"""The sealing desk: PDF/A, second integrity check, signature, one time-stamp a batch.

Writes each step's order of effects down; what was done is kept, and a repeat goes on
from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
)
from paperless_kernel.base.events import Json
from paperless_kernel.base.facility import Facility, standing
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.chain import link_of
from paperless_kernel.scan.capture.rules import check_batch
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.inspection.rules import check_sealable
from paperless_kernel.scan.inspection.staff import require_apart
from paperless_kernel.scan.inspection.words import open_index, read_document
from paperless_kernel.scan.model import Batch, BatchState, Page, Service
from paperless_kernel.scan.orders.holder import registration_of
from paperless_kernel.scan.orders.records import order_of
from paperless_kernel.scan.people.gate import require_staff
from paperless_kernel.scan.people.records import regulation_numbered
from paperless_kernel.scan.sealing.assemble import (
    PageImage,
    assemble,
    without_pictures,
)
from paperless_kernel.scan.sealing.attributes import (
    attributes_of,
    index_attributes,
    index_fields,
)
from paperless_kernel.scan.sealing.handover import HandingOver
from paperless_kernel.scan.sealing.journaled import check_borne_out
from paperless_kernel.scan.sealing.rules import check_no_reject, check_pdfa
from paperless_kernel.scan.sealing.transfer import (
    PLAIN_MARK,
    check_streams,
    mark_text,
    page_image,
    transfer_note,
)
from paperless_kernel.scan.sealing.xmp import DocumentFacts
from paperless_kernel.scan.tags import (
    BATCH_SEALED,
    DOCUMENT_SEALED,
)
from paperless_kernel.scan.workshop import hide, open_batch_key, show
from paperless_kernel.store.keeper import KeeperSigner, KeeperStamper
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.evidence import HashTree, make_record
from paperless_kernel.trust.keys import KeyPurpose, Signer
from paperless_kernel.trust.pdf import fill_signature
from paperless_kernel.trust.pki import subject_name

_PLACE = "KR"
_TRUSTED_REASON = "전자화문서 봉인 · Sealed scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class _InName:
    """In whose name one call seals, with which key, and how.

    Attributes:
        holder: the name in the certificate.
        order: number of the work order, or "".
        held: the workshop's registration, None for a plain scan or without one.
        whole: the finished file is judged as a whole, pictures and all.
        stamped: the signature gets a token of its own.
    """

    signer: Signer
    holder: str
    order: str
    held: Facility | None
    whole: bool = False
    stamped: bool = False


class Sealing(HandingOver):
    """Signs and time-stamps what passed."""

    def seal(
        self,
        actor: Actor,
        batch: str,
        *,
        per_document_time: bool = False,
        progress: Progress = silent,
    ) -> Batch:
        """Seal every document of a batch (제28조, 제29조: last of all).

        Each becomes a PDF/A-2b whose image streams hash to the capture hashes, signed
        PAdES B-B in the name of the workshop that the order names; one RFC 3161 token
        covers all of them and the newest checkpoint of the journal; each gets an RFC
        4998 evidence record. A repeat goes on where it stopped, or returns what was
        done.

        Args:
            actor: the manager.
            batch: its id.
            per_document_time: put a token of its own into each signature too (PAdES
                B-T), for takers who read no evidence record.
            progress: told how many documents are signed.

        Raises:
            NotAllowedError: the actor is not the manager (전자화책임자), or an
                inspector became an author of the batch since (제45조②).
            NotYetError: a document has not passed inspection, or a reject is open.
            NotFoundError: the workshop in whose name is sealed has no certificate.
            EvidenceError: a page is not what was captured, or a document is no
                PDF/A-2b; nothing is sealed.
            UnavailableError: the time-stamp authority did not answer; try again.
        """
        require(actor, Action.SCAN_SEAL)
        with self._parts.db.read() as tx:
            found = records.get_batch(tx, batch)
        if found.state in {BatchState.SEALED, BatchState.ERASED}:
            self._acknowledge()
            return found
        check_batch(found.state, BatchState.CLOSED, "sealing")
        key = open_batch_key(self._parts, batch, actor, "scan: seal")
        self._check_ready(actor, found, key)
        name = self._in_name_of(found)
        with self._parts.db.read() as tx:
            rows = _to_seal(tx, batch)
        whole = True
        for done, row in enumerate(rows, 1):
            if not row.digest:
                how = replace(name, whole=whole, stamped=per_document_time)
                self._sign(found, row, key, how)
                whole = False
            progress("scan seal", done, len(rows))
        self._stamp(actor, found)
        self._acknowledge()
        self._erase(actor, batch)  # only where every page was set aside
        with self._parts.db.read() as tx:
            return records.get_batch(tx, batch)

    def _check_ready(self, actor: Actor, batch: Batch, key: bytes) -> None:
        """Check that all passed and that the capture chain is whole."""
        with self._parts.db.read() as tx:
            if batch.regulation:
                rules = regulation_numbered(tx, batch.regulation)
                require_staff(
                    self._parts, tx, actor, Role.SCAN_MANAGER, regulation=rules
                )
                require_apart(tx, batch)
            check_no_reject(records.current_pages(tx, batch.id))
            documents = [
                read_document(row, (), key)
                for row in records.document_rows(tx, batch.id)
            ]
            seal = records.get_box(tx, batch.box).seal
            rows = records.page_rows(tx, batch.id)
        check_sealable(documents)
        head = ""
        for row in rows:
            head = link_of(records.read_page(row), batch, seal, head)
            if head != row.link:
                raise EvidenceError(
                    f"The capture chain is broken at position {row.position}: a page "
                    "was changed, added or taken out. Nothing is sealed (제30조)."
                )
        if head != batch.head:
            raise EvidenceError(
                "The capture chain does not end where the batch does: its last pages "
                "are missing. Nothing is sealed."
            )
        with self._parts.db.read() as tx:
            check_borne_out(self._parts, tx, batch)

    def _in_name_of(self, batch: Batch) -> _InName:
        """Return in whose name a batch is sealed, and with which key."""
        parts = self._parts
        now = parts.clock.now()
        with parts.db.read() as tx:
            order = order_of(tx, batch.box)
            workshop = order.workshop if order else ""
            if batch.regulation:
                pinned = regulation_numbered(tx, batch.regulation).workshop
                if pinned != workshop:
                    raise EvidenceError(
                        f"This batch was begun under the rules of workshop {pinned!r}, "
                        f"and its order names {workshop!r} now: nothing is sealed in "
                        "another's name. Call an operator."
                    )
            held = registration_of(parts, tx, workshop, now)
        signer = KeeperSigner(parts.keeper, KeyPurpose.SCAN, workshop)
        return _InName(
            signer=signer,
            holder=subject_name(signer.certificates[0]),
            order=order.number if order else "",
            held=held if batch.service is Service.TRUSTED else None,
        )

    def _sign(self, batch: Batch, row: Row[Any], key: bytes, how: _InName) -> None:
        """Assemble one document, check it against the capture hashes, sign it."""
        pdf, sides = self._pdf(batch, row, key, how)
        # 1. The signed PDF is durable, under the batch's key. A crash here leaves an
        #    encrypted object nothing names; the repeat signs another.
        digest = sha256(pdf).hex()
        blob = hide(self._parts, key, pdf, digest)
        # 2. Its row names it. From here on this is the document; it is not sealed yet.
        with self._parts.db.begin() as tx:
            table = tables.document
            tx.execute(
                update(table)
                .where(table.c.id == row.id, table.c.digest == "")
                .where(table.c.state == DocumentState.PASSED)
                .values(blob=blob, digest=digest, sides=sides)
            )

    def _pdf(
        self, batch: Batch, row: Row[Any], key: bytes, how: _InName
    ) -> tuple[bytes, int]:
        """Return a document's signed PDF and how many of its sides are not blank."""
        parts = self._parts
        with parts.db.read() as tx:
            versions = records.document_pages(tx, row.id)
        rows = records.delivered(versions)
        pages = [records.read_page(one) for one in rows]
        facts = self._facts(batch, row, pages, len(versions) - len(rows), key, how)
        images = [
            self._image(page, one, key) for page, one in zip(pages, rows, strict=True)
        ]
        mark = parts.mark(mark_text(batch.service, facts.standing))
        # Pictures are opaque to PDF/A: what stands around them is judged of every
        # document, a whole signed file once in each call.
        check_pdfa(
            parts.pdfa(assemble(without_pictures(images), facts, mark)), row.number
        )
        stamper = KeeperStamper(parts.keeper, parts.random)
        pdf = fill_signature(
            assemble(images, facts, mark),
            how.signer,
            crls=(parts.keeper.crl(),),
            stamp=(lambda digest: stamper.stamp(digest, "sha256"))
            if how.stamped
            else None,
        )
        check_streams(pdf, [page.sha256 for page in pages])
        if how.whole:
            check_pdfa(parts.pdfa(pdf), row.number)
        return pdf, sum(not page.blank for page in pages)

    def _image(self, page: Page, row: Row[Any], key: bytes) -> PageImage:
        """Return a page's captured bytes, after the first integrity check again."""
        try:
            data = show(self._parts, key, row.blob, row.sha256)
        except EvidenceError as error:
            raise EvidenceError(
                f"Page {page.label} is not what was captured: it was changed, and a "
                "changed page is never sealed, only scanned again (제30조, 제51조). "
                f"{error}"
            ) from error
        return page_image(page, data)

    def _facts(
        self,
        batch: Batch,
        row: Row[Any],
        pages: Sequence[Page],
        left_out: int,
        key: bytes,
        how: _InName,
    ) -> DocumentFacts:
        parts = self._parts
        with parts.db.read() as tx:
            box = records.get_box(tx, batch.box)
        now = parts.clock.now()
        trusted = batch.service is Service.TRUSTED
        words = open_index(row, key) or {}
        known = parts.classes.of(words["kind"])
        return DocumentFacts(
            title=words["title"],
            made_at=now,
            standing=standing(how.held),
            transfer_note=transfer_note(
                document=row.id,
                box=box,
                batch=batch,
                pages=pages,
                left_out=left_out,
                inspector=row.inspector,
                rules=parts.rules.version,
            ),
            fields={
                "title": words["title"],
                "kind": words["kind"],
                "keywords": ", ".join(words["keywords"]),
            },
            keywords=tuple(words["keywords"]),
            attributes=attributes_of(
                document=row.id,
                box=box,
                batch=batch,
                pages=pages,
                inspector=row.inspector,
                rules=parts.rules.version,
                order=how.order,
                workshop=how.holder,
                algorithm=how.signer.algorithm,
                stamped=how.stamped,
            )
            | index_attributes(words, known),
            index=index_fields(words, known),
            signer_name=how.holder,
            location=_PLACE,
            reason=_TRUSTED_REASON if trusted else PLAIN_MARK,
            plain=not trusted,
        )

    def _stamp(self, actor: Actor, batch: Batch) -> None:
        """Stamp the batch once and write every document's evidence record."""
        parts = self._parts
        with parts.db.read() as tx:
            rows = _to_seal(tx, batch.id)
        # 3. The journal so far comes under a checkpoint, and that under the token.
        note = self._acknowledge()
        signed = [(row.id, row.digest) for row in rows]
        digests = [bytes.fromhex(row.digest) for row in rows]
        tree = HashTree([*digests, sha256(note.encode())], "sha256")
        # 4. One token. A crash here costs a token: the repeat asks for another.
        token = KeeperStamper(parts.keeper, parts.random).stamp(tree.root, "sha256")
        evidence = [make_record(tree, n, token) for n in range(len(rows))]
        now = parts.clock.now()
        # 5. Token, records, states and journal entries commit together: the batch is
        #    sealed whole or not at all.
        with parts.db.begin() as tx:
            state = records.get_batch(tx, batch.id).state
            if state is not BatchState.CLOSED:
                return  # somebody else sealed it meanwhile
            if [(r.id, r.digest) for r in _to_seal(tx, batch.id)] != signed:
                raise ConflictError(
                    "A document was changed while the batch was being sealed: inspect "
                    "it and seal again."
                )
            for row, record in zip(rows, evidence, strict=True):
                self._write_sealed(tx, actor, batch, row, record, stamp(now))
            tx.execute(
                update(tables.batch)
                .where(tables.batch.c.id == batch.id)
                .values(state=BatchState.SEALED, note=note, token=token)
            )
            body: dict[str, Json] = {
                "tenant": batch.tenant,
                "documents": len(rows),
                "head": batch.head,
                "root": tree.root.hex(),
                "token": sha256(token).hex(),
            }
            self._write(tx, actor, BATCH_SEALED, batch.id, body)

    def _write_sealed(
        self,
        tx: Connection,
        actor: Actor,
        batch: Batch,
        row: Row[Any],
        record: bytes,
        at: str,
    ) -> None:
        table = tables.document
        tx.execute(
            update(table)
            .where(table.c.id == row.id)
            .values(state=DocumentState.SEALED, evidence=record, sealed_at=at)
        )
        body: dict[str, Json] = {
            "tenant": batch.tenant,
            "batch": batch.id,
            "service": batch.service,
            "sides": row.sides,
            "sha256": row.digest,
        }
        self._write(tx, actor, DOCUMENT_SEALED, row.id, body)


def _to_seal(tx: Connection, batch: str) -> list[Row[Any]]:
    return [
        row
        for row in records.document_rows(tx, batch)
        if row.state == DocumentState.PASSED
    ]
