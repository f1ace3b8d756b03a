"""What the log says of the vault's rows, and whether the rows still say the same.

The one place where bodies of entries are made, so that what is written at an act and
what an audit expects cannot drift apart. Reads no database and no object.
"""

from __future__ import annotations

from collections.abc import Mapping

from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import EvidenceError, NotFoundError
from paperless_kernel.base.events import Json
from paperless_kernel.store.journal import Entry
from paperless_kernel.trust.digest import canonical_json, sha256
from paperless_kernel.vault.model import Document, IssuedCertificate, Package
from paperless_kernel.vault.package import logged_document
from paperless_kernel.vault.records import Accepted, Batch


def package_body(package: Package, rules: str) -> dict[str, Json]:
    """Return the body of a deposit's entry; ``rules`` is the retention's version."""
    return {
        "tenant": package.tenant,
        "bytes": package.size,
        "documents": [logged_document(each) for each in package.documents],
        "retention": {
            "rules": rules,
            "class": package.retention_class,
            "started_on": str(package.started_on or ""),
            "floor": str(package.floor or ""),
            "ceiling": str(package.ceiling or ""),
        },
    }


def batch_body(batch: Batch) -> dict[str, Json]:
    """Return the body of a time-stamp's entry."""
    return {
        "tenant": "",
        "algorithm": batch.algorithm,
        "documents": len(batch.digests) - 1,
        "root": batch.root.hex(),
        "checkpoint_sha256": batch.digests[-1][1].hex() if batch.digests else "",
        "token_sha256": sha256(batch.token).hex(),
    }


def certificate_body(
    issued: IssuedCertificate, package: Package, document: Document, facts_sha256: str
) -> dict[str, Json]:
    """Return the body of a certificate's entry."""
    return {
        "tenant": issued.tenant,
        "kind": issued.kind.value,
        "package": package.id,
        "deposit": package.entry_id,
        "documents": [logged_document(document)],
        "facts_sha256": facts_sha256,
        "valid_until": issued.valid_until.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def check_package(entry: Entry, row: Package | None, begun: Accepted | None) -> None:
    """Hold a package's rows against its entry.

    Raises:
        NotFoundError: the package was deposited and its row is gone.
        EvidenceError: a row says another thing than the log.
    """
    if row is None:
        raise _gone(entry, "Package")
    retention = entry.body.get("retention")
    rules = retention.get("rules") if isinstance(retention, Mapping) else None
    _same(entry, row.entry_id, stamp(row.deposited_at), package_body(row, str(rules)))
    ids = tuple(each.id for each in row.documents)
    owners = {each.tenant for each in row.documents}
    promised = begun and (begun.package_id, begun.entry_id, begun.document_ids)
    if owners != {row.tenant} or promised != (row.id, row.entry_id, ids):
        raise _differs(entry)


def check_batch(entry: Entry, row: Batch | None) -> None:
    """Hold a time-stamped batch's row against its entry.

    Raises:
        NotFoundError: the batch was stamped and its row is gone.
        EvidenceError: the row says another thing than the log.
    """
    if row is None:
        raise _gone(entry, "Batch")
    _same(entry, entry.id, stamp(entry.at), batch_body(row))


def check_certificate(
    entry: Entry,
    row: IssuedCertificate | None,
    package: Package | None,
    document: Document | None,
) -> None:
    """Hold a certificate's row against its entry.

    Raises:
        NotFoundError: it was issued and its row, or what it certifies, is gone.
        EvidenceError: the row says another thing than the log.
    """
    if row is None or package is None or document is None:
        raise _gone(entry, "Certificate")
    facts = str(entry.body.get("facts_sha256"))
    body = certificate_body(row, package, document, facts)
    _same(entry, row.entry_id, stamp(row.issued_at), body)


def check_grant(entry: Entry, rows: Mapping[tuple[str, str], str]) -> None:
    """Hold a customer's permission against its entry; rows give the entry's id.

    Raises:
        NotFoundError: the permission was given and its row is gone.
        EvidenceError: the row belongs to another entry.
    """
    held = rows.get((entry.subject, str(entry.body.get("purpose"))))
    if held is None:
        raise _gone(entry, "Permission of")
    _same(entry, held, stamp(entry.at), entry.body)


def _same(entry: Entry, entry_id: str, at: str, body: Mapping[str, Json]) -> None:
    said = (entry.id, stamp(entry.at), canonical_json(entry.body))
    if said != (entry_id, at, canonical_json(body)):
        raise _differs(entry)


def _gone(entry: Entry, what: str) -> NotFoundError:
    return NotFoundError(
        f"{what} {entry.subject}: entry {entry.id} of the log says it is here, and its "
        "rows are gone; restore the vault's database from a backup."
    )


def _differs(entry: Entry) -> EvidenceError:
    return EvidenceError(
        f"{entry.subject}: its rows are not what its log entry {entry.id} says."
    )
