"""Issuing a certificate: an entry in the log first, then the paper and the bundle.

Knows the order of effects. What a certificate says is ``certificates``; what stands in
the bundle is ``acr``. A repeat with the same key completes what a crash left.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, replace

from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    NotFoundError,
    NotYetError,
)
from paperless_kernel.base.events import Event
from paperless_kernel.base.facility import FacilityKind, standing
from paperless_kernel.base.ids import Actor
from paperless_kernel.trust.digest import canonical_json, sha256
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.pki import fingerprint, subject_name
from paperless_kernel.vault.certificates import (
    Issue,
    Issuer,
    check_request,
    facts_of,
    valid_until,
)
from paperless_kernel.vault.issued import (
    add_certificate,
    find_certificate,
)
from paperless_kernel.vault.keyring import DocumentKey
from paperless_kernel.vault.logged import certificate_body
from paperless_kernel.vault.making import Bared, finish, made
from paperless_kernel.vault.model import (
    TAG_CERTIFIED,
    Certificate,
    CertificateRequest,
    Purpose,
)
from paperless_kernel.vault.package import SALT_SIZE
from paperless_kernel.vault.parts import Parts
from paperless_kernel.vault.records import (
    CertificateRow,
    find_package,
)

_SERIAL_SIZE = 8


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
    ready = None if row is None else made(parts, row, key)
    if ready is not None:
        return ready
    metadata, names = parts.metadata(document, key)
    bared = Bared(document=document, key=key, metadata=metadata, names=names)
    draft = _draft(parts, request, bared, requested_at)
    row = row or _enter(parts, actor, draft, mark, key)
    finish(parts, actor, row, _restored(draft, row, key), bared)
    ready = made(parts, row, key)
    if ready is None:
        raise NotYetError(f"Certificate {row.serial} is not made yet; repeat the call.")
    return ready


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
    ready = made(parts, row, key)
    if ready is None:
        raise NotYetError(
            f"Certificate {serial} was entered but not finished; send the request "
            f"{row.key!r} again."
        )
    return ready


def _check_same(
    row: CertificateRow | None, mark: bytes, request: CertificateRequest
) -> None:
    if row is not None and row.fingerprint != mark:
        raise ConflictError(
            f"The key {request.key!r} was already used for another request; give this "
            "one a key of its own."
        )


def _draft(
    parts: Parts, request: CertificateRequest, bared: Bared, requested_at: dt.datetime
) -> Issue:
    with parts.db.read() as tx:
        package = find_package(tx, bared.document.package_id)
    if package is None:
        raise EvidenceError(f"Package {bared.document.package_id} has no row.")
    issued_at = parts.clock.now().replace(microsecond=0)
    return Issue(
        serial=parts.random.token(_SERIAL_SIZE).hex(),
        request=request,
        requested_at=requested_at,
        issued_at=issued_at,
        package=package,
        document=bared.document,
        metadata=bared.metadata,
        issuer=_issuer(parts, issued_at),
        salt=parts.random.token(SALT_SIZE),
    )


def _enter(
    parts: Parts, actor: Actor, draft: Issue, mark: bytes, key: DocumentKey
) -> CertificateRow:
    """Enter a certificate in the log, once; return the row that stands."""
    row = _row(parts, draft, mark, key)
    event = _event(actor, row, draft)
    # 1. Serial, salt and the log's entry commit together: from here on the certificate
    #    is issued. A crash leaves it without files; the repeat of the request makes
    #    them.
    with parts.db.begin() as tx:
        held = find_certificate(tx, tenant=row.tenant, key=row.key)
        if held is None:
            add_certificate(tx, row)
            parts.journal.append(tx, event)
    _check_same(held, mark, draft.request)
    return held or row


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
    facts = sha256(canonical_json(facts_of(issue))).hex()
    return Event(
        tag=TAG_CERTIFIED,
        id=row.entry_id,
        subject=row.serial,
        at=row.issued_at,
        actor=actor.id,
        body=certificate_body(row.issued(), issue.package, issue.document, facts),
    )
