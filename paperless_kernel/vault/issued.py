"""Rows of certificates, grants, wrapped keys and the home page's numbers.

The second half of ``records``: the same tables' owner, kept apart for length.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Row, func, insert, select

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.base.events import Event
from paperless_kernel.vault.model import (
    TAG_OPENED,
    CertificateKind,
    IssuedCertificate,
    Purpose,
    VaultNumbers,
)
from paperless_kernel.vault.records import CertificateFiles, CertificateRow
from paperless_kernel.vault.tables import (
    certificate,
    certificate_file,
    document,
    metadata,
    package,
    purpose_grant,
    wrapped_key,
)


def find_certificate(
    tx: Connection, *, serial: str = "", tenant: str = "", key: str = ""
) -> CertificateRow | None:
    """Return a certificate by its serial, or by its owner and request key."""
    query = select(certificate)
    if serial:
        query = query.where(certificate.c.serial == serial)
    else:
        query = query.where(certificate.c.tenant == tenant, certificate.c.key == key)
    row = tx.execute(query).first()
    return None if row is None else _row(row)


def add_certificate(tx: Connection, value: CertificateRow) -> None:
    """Insert a certificate as it is entered in the log."""
    tx.execute(
        insert(certificate).values(
            serial=value.serial,
            tenant=value.tenant,
            key=value.key,
            fingerprint=value.fingerprint,
            document_id=value.document_id,
            kind=value.kind.value,
            entry_id=value.entry_id,
            requested_at=stamp(value.requested_at),
            issued_at=stamp(value.issued_at),
            valid_until=stamp(value.valid_until),
            box=value.box,
            nonce=value.nonce,
        )
    )


def find_files(tx: Connection, serial: str) -> CertificateFiles | None:
    """Return where a certificate's files lie, or nothing while they are not made."""
    query = select(certificate_file).where(certificate_file.c.serial == serial)
    row = tx.execute(query).first()
    return None if row is None else CertificateFiles(**row._mapping)  # noqa: SLF001


def add_files(tx: Connection, value: CertificateFiles) -> None:
    """Insert where a certificate's files lie."""
    tx.execute(
        insert(certificate_file).values(
            serial=value.serial,
            leaf=value.leaf,
            token=value.token,
            note=value.note,
            pdf_object=value.pdf_object,
            pdf_nonce=value.pdf_nonce,
            acr_object=value.acr_object,
            acr_nonce=value.acr_nonce,
        )
    )


def list_certificates(
    tx: Connection, tenant: str | None
) -> tuple[IssuedCertificate, ...]:
    """Return the list of issues of one tenant, or of all, newest first."""
    query = select(certificate).order_by(certificate.c.issued_at.desc())
    if tenant is not None:
        query = query.where(certificate.c.tenant == tenant)
    return tuple(_row(row).issued() for row in tx.execute(query).all())


def serials(tx: Connection) -> tuple[str, ...]:
    """Return every certificate's serial."""
    return tuple(tx.execute(select(certificate.c.serial)).scalars())


def all_files(tx: Connection) -> tuple[CertificateFiles, ...]:
    """Return where the files of every certificate lie."""
    return tuple(
        CertificateFiles(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
        for row in tx.execute(select(certificate_file)).all()
    )


def is_granted(tx: Connection, tenant: str, purpose: Purpose) -> bool:
    """Tell whether a tenant has allowed the office a purpose."""
    query = select(purpose_grant.c.purpose).where(
        purpose_grant.c.tenant == tenant, purpose_grant.c.purpose == purpose.value
    )
    return tx.execute(query).first() is not None


def add_grant(tx: Connection, tenant: str, purpose: Purpose, event: Event) -> None:
    """Insert a tenant's permission."""
    tx.execute(
        insert(purpose_grant).values(
            tenant=tenant, purpose=purpose.value, entry_id=event.id, at=stamp(event.at)
        )
    )


def all_grants(tx: Connection) -> dict[tuple[str, str], str]:
    """Return the journal entry's id of every permission, by tenant and purpose."""
    rows = tx.execute(select(purpose_grant)).all()
    return {(row.tenant, row.purpose): row.entry_id for row in rows}


def find_keys(
    tx: Connection, document_ids: Sequence[str]
) -> dict[str, tuple[bytes, bytes]]:
    """Return wrapped keys and nonces by document id (``keys.db``)."""
    query = select(wrapped_key).where(wrapped_key.c.document_id.in_(document_ids))
    return {row.document_id: (row.box, row.nonces) for row in tx.execute(query)}


def add_key(
    tx: Connection, document_id: str, tenant: str, box: bytes, nonces: bytes
) -> None:
    """Insert a wrapped key (``keys.db``)."""
    tx.execute(
        insert(wrapped_key).values(
            document_id=document_id, tenant=tenant, box=box, nonces=nonces
        )
    )


def count(tx: Connection) -> VaultNumbers:
    """Count what is held."""
    entry = metadata.tables["entry"]
    packages, size, tenants = tx.execute(
        select(
            func.count(),
            func.coalesce(func.sum(package.c.size), 0),
            func.count(package.c.tenant.distinct()),
        ).select_from(package)
    ).one()
    opened = select(func.count()).where(entry.c.tag == TAG_OPENED)
    return VaultNumbers(
        packages=packages,
        documents=tx.scalar(select(func.count()).select_from(document)) or 0,
        size=size,
        certificates=tx.scalar(select(func.count()).select_from(certificate)) or 0,
        openings=tx.scalar(opened) or 0,
        tenants=tenants,
    )


def _row(row: Row[tuple[object, ...]]) -> CertificateRow:
    return CertificateRow(
        serial=row.serial,
        tenant=row.tenant,
        key=row.key,
        fingerprint=row.fingerprint,
        document_id=row.document_id,
        kind=CertificateKind(row.kind),
        entry_id=row.entry_id,
        requested_at=parse_stamp(row.requested_at),
        issued_at=parse_stamp(row.issued_at),
        valid_until=parse_stamp(row.valid_until),
        box=row.box,
        nonce=row.nonce,
    )
