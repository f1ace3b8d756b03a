"""Making a certificate's two files: the signed paper and the ``.acr`` bundle.

Knows how proofs are gathered and in which order files become durable. The certificate
was entered in the log before; what it says is ``certificates``.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import segno

from paperless_kernel.base.errors import UnavailableError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.store.journal import LogProof
from paperless_kernel.store.keeper import KeeperSigner, KeeperStamper
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.evidence import HashTree, make_record
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.notes import parse_note
from paperless_kernel.trust.pdf import PdfKind, fill_signature, prepare_signature
from paperless_kernel.trust.signatures import sign_cms
from paperless_kernel.vault.acr import (
    Proofs,
    TrustFiles,
    assemble,
    enclosures,
    signed_content,
)
from paperless_kernel.vault.certificates import (
    FACTS_TYPE,
    Issue,
    LogPlace,
    facts_of,
    paper_values,
    qr_text,
)
from paperless_kernel.vault.depositing import ALGORITHM, stamp_waiting
from paperless_kernel.vault.issued import add_files, find_files
from paperless_kernel.vault.keyring import DocumentKey
from paperless_kernel.vault.model import Certificate, Document, Metadata
from paperless_kernel.vault.parts import JOURNAL, Parts
from paperless_kernel.vault.records import (
    Batch,
    CertificateFiles,
    CertificateRow,
    batch_of,
)

TEMPLATE = "vault_certificate"
EVIDENCE_ENDING = ".ers"
"""Annexes so named are evidence records and go into the bundle."""
_TRIES = 3
_PLACE = "대한민국"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bared:
    """A document with its key open, its metadata and the names of its annexes."""

    document: Document
    key: DocumentKey
    metadata: Metadata
    names: tuple[str, ...]


def finish(
    parts: Parts, actor: Actor, row: CertificateRow, issue: Issue, opened: Bared
) -> None:
    """Make both files of an entered certificate; of two makers the first wins.

    Raises:
        UnavailableError: a time-stamp could not be had; repeat the call.
    """
    # 2. The document's own time-stamp, if an earlier one did not come, and the
    #    keeper's signature over our entry. A crash leaves both kept.
    batch = _batch(parts, actor, row.document_id)
    parts.keeper.sequence(JOURNAL)
    proof = parts.journal.prove(row.entry_id)
    stamper = KeeperStamper(parts.keeper, parts.random)
    token = stamper.stamp(sha256(proof.note.encode()), ALGORITHM)
    facts = facts_of(issue)
    proofs = Proofs(log=proof, token=token, record=_record(batch, row.document_id))
    pdf = _paper(parts, issue, proof)
    acr = _bundle(parts, issue, opened, facts, proofs)
    # 3. Both files are stored encrypted. Signatures differ each time, so each attempt
    #    takes fresh nonces; a crash here leaves objects no row names.
    pdf_nonce, acr_nonce = parts.keyring.fresh_nonce(), parts.keyring.fresh_nonce()
    files = CertificateFiles(
        serial=row.serial,
        leaf=proof.index,
        token=token,
        note=proof.note,
        pdf_object=parts.blobs.put(opened.key.hide(pdf, pdf_nonce, _of(row, "pdf"))),
        pdf_nonce=pdf_nonce,
        acr_object=parts.blobs.put(opened.key.hide(acr, acr_nonce, _of(row, "acr"))),
        acr_nonce=acr_nonce,
    )
    # 4. One row says where they lie; of two that made them at once the first wins.
    with parts.db.begin() as tx:
        if find_files(tx, row.serial) is None:
            add_files(tx, files)


def _of(row: CertificateRow, what: str) -> str:
    return f"certificate/{row.serial}/{what}"


def _batch(parts: Parts, actor: Actor, document_id: str) -> Batch:
    for _ in range(_TRIES):
        with parts.db.read() as tx:
            batch = batch_of(tx, document_id)
        if batch is not None:
            return batch
        stamp_waiting(parts, actor)
    raise UnavailableError(
        f"Document {document_id} has no time-stamp yet and the authority does not "
        "answer; send the request again."
    )


def _record(batch: Batch, document_id: str) -> bytes:
    tree = HashTree([digest for _, digest in batch.digests], batch.algorithm)
    place = [each for each, _ in batch.digests].index(document_id)
    return make_record(tree, place, batch.token)


def _paper(parts: Parts, issue: Issue, proof: LogProof) -> bytes:
    place = LogPlace(
        leaf=proof.index,
        size=proof.size,
        root=parse_note(proof.note).checkpoint.root,
        key=parts.keeper.vkey(JOURNAL),
    )
    drawn = io.BytesIO()
    segno.make(qr_text(issue, place), error="m").save(drawn, kind="svg", border=2)
    values = paper_values(issue, place)
    pdf = parts.typesetter.pdf(
        TEMPLATE, values, made_at=issue.issued_at, images={"qr.svg": drawn.getvalue()}
    )
    prepared = prepare_signature(
        pdf,
        name=issue.issuer.name,
        reason=f"{values['title']} {issue.serial} · {issue.issuer.standing}",
        location=_PLACE,
        signed_at=issue.issued_at,
        kind=PdfKind.CERTIFICATE,
        standing=issue.issuer.standing,
    )
    signer = KeeperSigner(parts.keeper, KeyPurpose.VAULT)
    return fill_signature(prepared, signer, crls=(parts.keeper.crl(),))


def _bundle(
    parts: Parts,
    issue: Issue,
    opened: Bared,
    facts: Mapping[str, Json],
    proofs: Proofs,
) -> bytes:
    document, key = opened.document, opened.key
    trust = TrustFiles(
        vault=parts.keeper.certificates(KeyPurpose.VAULT),
        tsa=parts.keeper.certificates(KeyPurpose.TSA),
        crl=parts.keeper.crl(),
        vkey=parts.keeper.vkey(JOURNAL),
    )
    # Evidence goes to the holder of the certificate; replaced pages stay held.
    annexes = parts.annexes(document, key, opened.names)
    enclosed = enclosures(
        document.media,
        parts.plain(document, key),
        tuple(each for each in annexes if each.name.endswith(EVIDENCE_ENDING)),
        trust,
        parts.texts,
    )
    cms = sign_cms(
        signed_content(facts, enclosed),
        KeeperSigner(parts.keeper, KeyPurpose.VAULT),
        detached=False,
        signed_at=issue.issued_at,
        content_type=FACTS_TYPE,
        crls=(trust.crl,),
    )
    return assemble(enclosed, proofs, cms)


def made(parts: Parts, row: CertificateRow, key: DocumentKey) -> Certificate | None:
    """Return a certificate whose files were made, or nothing."""
    with parts.db.read() as tx:
        files = find_files(tx, row.serial)
    if files is None:
        return None
    pdf, acr = (parts.blobs.get(name) for name in (files.pdf_object, files.acr_object))
    return Certificate(
        serial=row.serial,
        kind=row.kind,
        document_id=row.document_id,
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        leaf=files.leaf,
        pdf=key.show(pdf, files.pdf_nonce, _of(row, "pdf")),
        acr=key.show(acr, files.acr_nonce, _of(row, "acr")),
    )
