"""Rows of the vault and what they mean; knows SQL, decides nothing.

Packages, documents and time-stamped batches; certificates are in ``issued``. The
tables themselves, `metadata` and `keys_metadata`, are made in ``tables``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, insert, select

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.trust.digest import Digests
from paperless_kernel.vault.model import (
    CertificateKind,
    Document,
    HeldAnnex,
    IssuedCertificate,
    Package,
)
from paperless_kernel.vault.tables import (
    accepted,
    annex,
    batch,
    batch_leaf,
    certificate,
    certificate_file,
    document,
    keys_metadata,
    metadata,
    package,
    search_token,
)

__all__ = ["keys_metadata", "metadata"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A deposit that was begun: the ids it will have, whatever happens."""

    tenant: str
    key: str
    fingerprint: bytes
    package_id: str
    entry_id: str
    document_ids: tuple[str, ...]
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Documents and a checkpoint under one time-stamp; leaves in tree order.

    ``digests`` pairs a document id, or none for the checkpoint's note, with its
    digest.
    """

    id: str
    algorithm: str
    root: bytes
    note: str
    token: bytes
    at: dt.datetime
    digests: tuple[tuple[str | None, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """A certificate that was entered in the log; its files may still be missing."""

    serial: str
    tenant: str
    key: str
    fingerprint: bytes
    document_id: str
    kind: CertificateKind
    entry_id: str
    requested_at: dt.datetime
    issued_at: dt.datetime
    valid_until: dt.datetime
    box: bytes
    nonce: bytes

    def issued(self) -> IssuedCertificate:
        """Return the line of the list of issues."""
        return IssuedCertificate(
            serial=self.serial,
            kind=self.kind,
            tenant=self.tenant,
            document_id=self.document_id,
            entry_id=self.entry_id,
            issued_at=self.issued_at,
            valid_until=self.valid_until,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFiles:
    """Where a certificate's two files lie, and the token over its checkpoint."""

    serial: str
    leaf: int
    token: bytes
    note: str
    pdf_object: str
    pdf_nonce: bytes
    acr_object: str
    acr_nonce: bytes


def find_accepted(tx: Connection, tenant: str, key: str) -> Accepted | None:
    """Return the deposit begun under a key, or nothing."""
    query = select(accepted).where(accepted.c.tenant == tenant, accepted.c.key == key)
    row = tx.execute(query).first()
    return None if row is None else _accepted(row)


def add_accepted(tx: Connection, value: Accepted) -> None:
    """Insert a begun deposit."""
    tx.execute(
        insert(accepted).values(
            tenant=value.tenant,
            key=value.key,
            fingerprint=value.fingerprint,
            package_id=value.package_id,
            entry_id=value.entry_id,
            document_ids=json.dumps(value.document_ids),
            at=stamp(value.at),
        )
    )


def unfinished(tx: Connection) -> tuple[str, ...]:
    """Name the deposits and certificates that were begun and not completed."""
    deposits = (
        select(accepted.c.package_id)
        .outerjoin(package, package.c.id == accepted.c.package_id)
        .where(package.c.id.is_(None))
    )
    certificates = (
        select(certificate.c.serial)
        .outerjoin(certificate_file)
        .where(certificate_file.c.serial.is_(None))
    )
    return tuple(
        [f"deposit {row[0]}" for row in tx.execute(deposits)]
        + [f"certificate {row[0]}" for row in tx.execute(certificates)]
    )


def add_package(
    tx: Connection, value: Package, tokens: Sequence[Sequence[bytes]]
) -> None:
    """Insert a package, its documents, annexes and search tokens."""
    tx.execute(
        insert(package).values(
            id=value.id,
            tenant=value.tenant,
            key=value.key,
            entry_id=value.entry_id,
            size=value.size,
            deposited_at=stamp(value.deposited_at),
            retention_class=value.retention_class,
            started_on=_day_text(value.started_on),
            floor=_day_text(value.floor),
            ceiling=_day_text(value.ceiling),
        )
    )
    for each, words in zip(value.documents, tokens, strict=True):
        _add_document(tx, each)
        rows = [{"token": token, "document_id": each.id} for token in words]
        tx.execute(insert(search_token), rows)


def _add_document(tx: Connection, value: Document) -> None:
    tx.execute(
        insert(document).values(
            id=value.id,
            package_id=value.package_id,
            tenant=value.tenant,
            position=value.position,
            media=value.media,
            size=value.digests.size,
            sha256=value.digests.sha256,
            sha512=value.digests.sha512,
            sha3_512=value.digests.sha3_512,
            cipher_sha256=value.cipher_sha256,
            commitment=value.commitment,
            nonce=value.nonce,
            meta_box=value.meta_box,
            meta_nonce=value.meta_nonce,
        )
    )
    for position, each in enumerate(value.annexes):
        tx.execute(
            insert(annex).values(
                document_id=value.id,
                position=position,
                media=each.media,
                size=each.size,
                sha256=each.sha256,
                cipher_sha256=each.cipher_sha256,
                nonce=each.nonce,
            )
        )


def find_package(tx: Connection, package_id: str) -> Package | None:
    """Return a package with its documents, or nothing."""
    row = tx.execute(select(package).where(package.c.id == package_id)).first()
    if row is None:
        return None
    query = select(document).where(document.c.package_id == package_id)
    documents = tx.execute(query.order_by(document.c.position)).all()
    return Package(
        id=row.id,
        tenant=row.tenant,
        key=row.key,
        entry_id=row.entry_id,
        size=row.size,
        deposited_at=parse_stamp(row.deposited_at),
        retention_class=row.retention_class,
        started_on=_day(row.started_on),
        floor=_day(row.floor),
        ceiling=_day(row.ceiling),
        documents=tuple(_document(tx, each) for each in documents),
    )


def find_document(tx: Connection, document_id: str) -> Document | None:
    """Return a document, or nothing."""
    row = tx.execute(select(document).where(document.c.id == document_id)).first()
    return None if row is None else _document(tx, row)


def package_ids(tx: Connection) -> tuple[str, ...]:
    """Return every package's id, oldest first."""
    return tuple(row[0] for row in tx.execute(select(package.c.id).order_by("id")))


def search(
    tx: Connection, tenant: str, tokens: Sequence[bytes], limit: int
) -> tuple[Document, ...]:
    """Return a tenant's newest documents that hold every token."""
    holding = (
        select(search_token.c.document_id)
        .where(search_token.c.token.in_(tokens))
        .group_by(search_token.c.document_id)
        .having(func.count() == len(tokens))
    )
    query = (
        select(document)
        .where(document.c.tenant == tenant, document.c.id.in_(holding))
        .order_by(document.c.id.desc())
        .limit(limit)
    )
    return tuple(_document(tx, row) for row in tx.execute(query).all())


def unstamped(tx: Connection, limit: int) -> tuple[tuple[str, bytes], ...]:
    """Return held documents that are under no time-stamp yet: id and SHA-256."""
    query = (
        select(document.c.id, document.c.sha256)
        .outerjoin(batch_leaf, batch_leaf.c.document_id == document.c.id)
        .where(batch_leaf.c.document_id.is_(None))
        .order_by(document.c.id)
        .limit(limit)
    )
    return tuple((row.id, bytes.fromhex(row.sha256)) for row in tx.execute(query))


def is_stamped(tx: Connection, document_ids: Sequence[str]) -> bool:
    """Tell whether any of the documents is under a time-stamp."""
    query = select(batch_leaf.c.batch_id).where(
        batch_leaf.c.document_id.in_(document_ids)
    )
    return tx.execute(query.limit(1)).first() is not None


def add_batch(tx: Connection, value: Batch) -> None:
    """Insert a time-stamped batch and its leaves."""
    tx.execute(
        insert(batch).values(
            id=value.id,
            algorithm=value.algorithm,
            root=value.root,
            note=value.note,
            token=value.token,
            at=stamp(value.at),
        )
    )
    rows = [
        {
            "batch_id": value.id,
            "position": position,
            "document_id": document_id,
            "digest": digest,
        }
        for position, (document_id, digest) in enumerate(value.digests)
    ]
    tx.execute(insert(batch_leaf), rows)


def batch_of(tx: Connection, document_id: str) -> Batch | None:
    """Return the batch a document is stamped in, or nothing."""
    query = select(batch_leaf.c.batch_id).where(batch_leaf.c.document_id == document_id)
    batch_id = tx.scalar(query)
    return None if batch_id is None else find_batch(tx, batch_id)


def find_batch(tx: Connection, batch_id: str) -> Batch | None:
    """Return a batch, or nothing."""
    row = tx.execute(select(batch).where(batch.c.id == batch_id)).first()
    if row is None:
        return None
    query = select(batch_leaf).where(batch_leaf.c.batch_id == batch_id)
    leaves = tx.execute(query.order_by(batch_leaf.c.position)).all()
    return Batch(
        id=row.id,
        algorithm=row.algorithm,
        root=row.root,
        note=row.note,
        token=row.token,
        at=parse_stamp(row.at),
        digests=tuple((leaf.document_id, leaf.digest) for leaf in leaves),
    )


def batch_ids(tx: Connection) -> tuple[str, ...]:
    """Return every batch's id, oldest first."""
    return tuple(row[0] for row in tx.execute(select(batch.c.id).order_by("id")))


def _accepted(row: Row[tuple[object, ...]]) -> Accepted:
    return Accepted(
        tenant=row.tenant,
        key=row.key,
        fingerprint=row.fingerprint,
        package_id=row.package_id,
        entry_id=row.entry_id,
        document_ids=tuple(json.loads(row.document_ids)),
        at=parse_stamp(row.at),
    )


def _document(tx: Connection, row: Row[tuple[object, ...]]) -> Document:
    query = select(annex).where(annex.c.document_id == row.id)
    annexes = tx.execute(query.order_by(annex.c.position)).all()
    return Document(
        id=row.id,
        package_id=row.package_id,
        tenant=row.tenant,
        position=row.position,
        media=row.media,
        digests=Digests(
            size=row.size,
            sha256=row.sha256,
            sha512=row.sha512,
            sha3_512=row.sha3_512,
        ),
        cipher_sha256=row.cipher_sha256,
        commitment=row.commitment,
        nonce=row.nonce,
        meta_box=row.meta_box,
        meta_nonce=row.meta_nonce,
        annexes=tuple(
            HeldAnnex(
                media=each.media,
                size=each.size,
                sha256=each.sha256,
                cipher_sha256=each.cipher_sha256,
                nonce=each.nonce,
            )
            for each in annexes
        ),
    )


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def _day_text(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
