"""Issuing a certificate: an entry in the log first, then the paper and the bundle.

Knows the order of effects. What a certificate says is ``certificates``; what stands in
the bundle is ``acr``. A repeat with the same key completes what a crash left.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import segno

from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    NotFoundError,
    NotYetError,
    UnavailableError,
)
from paperless_kernel.base.events import Event, Json
from paperless_kernel.base.facility import FacilityKind, standing
from paperless_kernel.base.ids import Actor
from paperless_kernel.store.journal import LogProof
from paperless_kernel.store.keeper import KeeperSigner, KeeperStamper
from paperless_kernel.trust.digest import canonical_json, sha256
from paperless_kernel.trust.evidence import HashTree, make_record
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.notes import parse_note
from paperless_kernel.trust.pdf import PdfKind, fill_signature, prepare_signature
from paperless_kernel.trust.pki import fingerprint, subject_name
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
    Issuer,
    LogPlace,
    check_request,
    facts_of,
    paper_values,
    qr_text,
    valid_until,
)
from paperless_kernel.vault.depositing import ALGORITHM, stamp_waiting
from paperless_kernel.vault.issued import (
    add_certificate,
    add_files,
    find_certificate,
    find_files,
)
from paperless_kernel.vault.keyring import DocumentKey
from paperless_kernel.vault.model import (
    TAG_CERTIFIED,
    Certificate,
    CertificateRequest,
    Document,
    Purpose,
)
from paperless_kernel.vault.package import SALT_SIZE, logged_document
from paperless_kernel.vault.parts import JOURNAL, Parts
from paperless_kernel.vault.records import (
    Batch,
    CertificateFiles,
    CertificateRow,
    batch_of,
    find_package,
)

TEMPLATE = "vault_certificate"
EVIDENCE_ENDING = ".ers"
"""Annexes so named are evidence records and go into the bundle."""
_SERIAL_SIZE = 8
_TRIES = 3
_PLACE = "대한민국"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A document with its key open, its metadata and the names of its annexes."""

    document: Document
    key: DocumentKey
    names: tuple[str, ...]


def certify(parts: Parts, actor: Actor, request: CertificateRequest) -> Certificate:
    """Issue a certificate, or return the one issued under the same key.

    Raises:
        InputError: a field the decree asks for is missing.
        NotFoundError: no such document for this caller.
        NotAllowedError: the office acts without its owner's grant.
        ConflictError: the key was used for another request.
        UnavailableError: the document's time-stamp could not be had; repeat the call.
    """
    check_request(request)
    requested_at = parts.clock.now().replace(microsecond=0)
    document = parts.visible(actor, request.document_id)
    parts.allow(actor, document, Purpose.CERTIFY)
    (mark,) = parts.keeper.mac(
        f"index:{document.tenant}", [b"certify:" + canonical_json(asdict(request))]
    )
    with parts.db.read() as tx:
        row = find_certificate(tx, tenant=document.tenant, key=request.key)
    _check_same(row, mark, request)
    key = parts.keyring.open(document.id, document.tenant, actor, Purpose.CERTIFY)
    if row is not None:
        made = _made(parts, row, key)
        if made is not None:
            return made
    row, issue, opened = _enter(
        parts, actor, request, row, mark, document, key, requested_at
    )
    _finish(parts, actor, row, issue, opened)
    made = _made(parts, row, key)
    if made is None:
        raise NotYetError(f"Certificate {row.serial} is not made yet; repeat the call.")
    return made


def load(parts: Parts, actor: Actor, serial: str) -> Certificate:
    """Return an issued certificate's files again.

    Raises:
        NotFoundError: no such certificate for this caller.
        NotYetError: it was entered and its files are not made; repeat the request.
    """
    with parts.db.read() as tx:
        row = find_certificate(tx, serial=serial)
    if row is None or actor.tenant not in ("", row.tenant):
        raise NotFoundError(f"No certificate {serial} is here for you.")
    document = parts.visible(actor, row.document_id)
    parts.allow(actor, document, Purpose.CERTIFY)
    key = parts.keyring.open(document.id, document.tenant, actor, Purpose.CERTIFY)
    made = _made(parts, row, key)
    if made is None:
        raise NotYetError(
            f"Certificate {serial} was entered but not finished; send the request "
            f"{row.key!r} again."
        )
    return made


def _check_same(
    row: CertificateRow | None, mark: bytes, request: CertificateRequest
) -> None:
    if row is not None and row.fingerprint != mark:
        raise ConflictError(
            f"The key {request.key!r} was already used for another request; give this "
            "one a key of its own."
        )


def _enter(
    parts: Parts,
    actor: Actor,
    request: CertificateRequest,
    row: CertificateRow | None,
    mark: bytes,
    document: Document,
    key: DocumentKey,
    requested_at: dt.datetime,
) -> tuple[CertificateRow, Issue, _Opened]:
    """Enter the certificate in the log, once; return what it is made of."""
    metadata, names = parts.metadata(document, key)
    opened = _Opened(document=document, key=key, names=names)
    with parts.db.read() as tx:
        package = find_package(tx, document.package_id)
    if package is None:
        raise EvidenceError(f"Package {document.package_id} has no row.")
    issued_at = parts.clock.now().replace(microsecond=0)
    issue = Issue(
        serial=parts.random.token(_SERIAL_SIZE).hex(),
        request=request,
        requested_at=requested_at,
        issued_at=issued_at,
        package=package,
        document=document,
        metadata=metadata,
        issuer=_issuer(parts, issued_at),
        salt=parts.random.token(SALT_SIZE),
    )
    if row is None:
        row = _row(parts, issue, mark, key)
        event = _event(actor, row, issue)
        # 1. Serial, salt and the log's entry commit together: from here on the
        #    certificate is issued. A crash leaves it without files; the repeat of the
        #    request makes them.
        with parts.db.begin() as tx:
            held = find_certificate(tx, tenant=row.tenant, key=row.key)
            if held is None:
                add_certificate(tx, row)
                parts.journal.append(tx, event)
        if held is None:
            return row, issue, opened
        _check_same(held, mark, request)
        row = held
    return row, _restored(issue, row, key), opened


def _row(parts: Parts, issue: Issue, mark: bytes, key: DocumentKey) -> CertificateRow:
    nonce = parts.keyring.fresh_nonce()
    box = {
        "salt": issue.salt.hex(),
        "name": issue.issuer.name,
        "fingerprint": issue.issuer.fingerprint,
        "standing": issue.issuer.standing,
    }
    return CertificateRow(
        serial=issue.serial,
        tenant=issue.document.tenant,
        key=issue.request.key,
        fingerprint=mark,
        document_id=issue.document.id,
        kind=issue.request.kind,
        entry_id=parts.ids.new(),
        requested_at=issue.requested_at,
        issued_at=issue.issued_at,
        valid_until=valid_until(issue.issued_at),
        box=key.hide(canonical_json(box), nonce, f"certificate/{issue.serial}"),
        nonce=nonce,
    )


def _restored(issue: Issue, row: CertificateRow, key: DocumentKey) -> Issue:
    """Return the issue as it was entered, serial, salt, times and issuer."""
    box = json.loads(key.show(row.box, row.nonce, f"certificate/{row.serial}"))
    return replace(
        issue,
        serial=row.serial,
        requested_at=row.requested_at,
        issued_at=row.issued_at,
        salt=bytes.fromhex(box["salt"]),
        issuer=Issuer(
            name=box["name"], fingerprint=box["fingerprint"], standing=box["standing"]
        ),
    )


def _issuer(parts: Parts, at: dt.datetime) -> Issuer:
    chain = parts.keeper.certificates(KeyPurpose.VAULT)
    facility = parts.facility(FacilityKind.CENTRE, at)
    own = subject_name(chain[0]).removesuffix(f" {KeyPurpose.VAULT.value}")
    return Issuer(
        name=own if facility is None else facility.holder,
        fingerprint=fingerprint(chain[-1]),
        standing=standing(facility),
    )


def _event(actor: Actor, row: CertificateRow, issue: Issue) -> Event:
    return Event(
        tag=TAG_CERTIFIED,
        id=row.entry_id,
        subject=row.serial,
        at=row.issued_at,
        actor=actor.id,
        body={
            "tenant": row.tenant,
            "kind": row.kind.value,
            "package": issue.package.id,
            "deposit": issue.package.entry_id,
            "documents": [logged_document(issue.document)],
            "facts_sha256": sha256(canonical_json(facts_of(issue))).hex(),
            "valid_until": row.valid_until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )


def _finish(
    parts: Parts, actor: Actor, row: CertificateRow, issue: Issue, opened: _Opened
) -> None:
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
    opened: _Opened,
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


def _made(parts: Parts, row: CertificateRow, key: DocumentKey) -> Certificate | None:
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
