"""The audit: everything acknowledged is read again and compared with what was said.

Knows what must agree: objects, keys, plain digests, log, rows, time-stamps, certificate
files. Changes nothing but the journal; what it finds is for a person to act on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from paperless_kernel.base.errors import (
    EvidenceError,
    NotFoundError,
    PaperlessError,
)
from paperless_kernel.base.ids import Actor
from paperless_kernel.base.progress import Progress
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.evidence import HashTree
from paperless_kernel.trust.notes import check_note
from paperless_kernel.trust.timestamps import check_token
from paperless_kernel.vault.depositing import stamp_waiting
from paperless_kernel.vault.issued import all_files
from paperless_kernel.vault.model import (
    TAG_AUDITED,
    AuditFinding,
    AuditReport,
    Document,
    FindingKind,
    Package,
    Purpose,
)
from paperless_kernel.vault.package import logged_document
from paperless_kernel.vault.parts import JOURNAL, Parts
from paperless_kernel.vault.records import (
    CertificateFiles,
    batch_ids,
    find_batch,
    find_package,
    package_ids,
    unfinished,
    unstamped,
)


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What an audit has seen so far."""

    documents: int = 0
    read_bytes: int = 0
    tokens: int = 0
    known: set[str] = field(default_factory=set)
    findings: list[AuditFinding] = field(default_factory=list)

    def find(self, kind: FindingKind, subject: str, text: str) -> None:
        self.findings.append(AuditFinding(kind=kind, subject=subject, text=text))

    def attempt(self, kind: FindingKind, subject: str, act: Callable[[], None]) -> None:
        """Run one check; what it raises is a finding, and the audit goes on."""
        try:
            act()
        except NotFoundError as error:
            found = kind if kind is FindingKind.KEY else FindingKind.MISSING
            self.find(found, subject, str(error))
        except PaperlessError as error:
            self.find(kind, subject, str(error))


def audit(parts: Parts, actor: Actor, progress: Progress) -> AuditReport:
    """Read everything again; return what was read and what is wrong."""
    # Documents a silent authority left waiting get their time-stamp now, if it answers.
    stamp_waiting_or_nothing(parts, actor)
    tally = _Tally()
    with parts.db.read() as tx:
        begun = unfinished(tx)
    checks = tuple(_checks(parts, actor, tally))
    for done, check in enumerate(checks, 1):
        check()
        progress("vault audit", done, len(checks))
    log_size = _audit_log(parts, tally)
    _audit_waiting(parts, tally)
    names = tuple(parts.blobs.names())
    report = AuditReport(
        at=parts.clock.now(),
        documents=tally.documents,
        objects=len(names),
        read_bytes=tally.read_bytes,
        log_size=log_size,
        tokens=tally.tokens,
        findings=tuple(tally.findings),
        orphans=tuple(name for name in names if name not in tally.known),
        unfinished=begun,
    )
    _enter(parts, actor, report)
    return report


def _checks(parts: Parts, actor: Actor, tally: _Tally) -> Iterator[Callable[[], None]]:
    """Yield one check for each package, batch and certificate."""
    with parts.db.read() as tx:
        packages, batches, files = package_ids(tx), batch_ids(tx), all_files(tx)
    for package_id in packages:
        yield partial(_audit_package, parts, actor, tally, package_id)
    for batch_id in batches:
        check = partial(_check_batch, parts, tally, batch_id)
        yield partial(tally.attempt, FindingKind.TOKEN, batch_id, check)
    for each in files:
        yield partial(_audit_files, parts, tally, each)


def _audit_files(parts: Parts, tally: _Tally, files: CertificateFiles) -> None:
    for name in (files.pdf_object, files.acr_object):
        tally.known.add(name)
        tally.attempt(
            FindingKind.CHANGED, files.serial, partial(_read, parts, tally, name)
        )


def stamp_waiting_or_nothing(parts: Parts, actor: Actor) -> None:
    """Try to stamp what waits; an empty vault has nothing to sequence."""
    with parts.db.read() as tx:
        waiting = unstamped(tx, 1)
    if waiting:
        stamp_waiting(parts, actor)


def _audit_package(parts: Parts, actor: Actor, tally: _Tally, package_id: str) -> None:
    with parts.db.read() as tx:
        package = find_package(tx, package_id)
    if package is None:
        return
    tally.attempt(FindingKind.LOG, package.id, lambda: _check_entry(parts, package))
    for document in package.documents:
        tally.documents += 1
        tally.known.add(document.cipher_sha256)
        tally.known.update(each.cipher_sha256 for each in document.annexes)
        _audit_document(parts, actor, tally, document)


def _audit_document(
    parts: Parts, actor: Actor, tally: _Tally, document: Document
) -> None:
    before = len(tally.findings)

    def read() -> None:
        _read(parts, tally, document.cipher_sha256)

    def compare() -> None:
        key = parts.keyring.open(document.id, document.tenant, actor, Purpose.AUDIT)
        parts.plain(document, key)
        _, names = parts.metadata(document, key)
        parts.annexes(document, key, names)

    tally.attempt(FindingKind.CHANGED, document.id, read)
    if len(tally.findings) == before:
        tally.attempt(FindingKind.KEY, document.id, compare)


def _read(parts: Parts, tally: _Tally, name: str) -> None:
    tally.read_bytes += len(parts.blobs.get(name))


def _check_entry(parts: Parts, package: Package) -> None:
    entry = parts.journal.entry(package.entry_id)
    said = entry.body.get("documents")
    rows = [dict(logged_document(each)) for each in package.documents]
    if entry.subject != package.id or said != rows:
        raise EvidenceError(
            f"Package {package.id}: its rows are not what its log entry says."
        )
    parts.journal.prove(entry.id)


def _check_batch(parts: Parts, tally: _Tally, batch_id: str) -> None:
    with parts.db.read() as tx:
        batch = find_batch(tx, batch_id)
    if batch is None:
        return
    tree = HashTree([digest for _, digest in batch.digests], batch.algorithm)
    if tree.root != batch.root:
        raise EvidenceError(f"Batch {batch_id}: its leaves do not give its root.")
    check_token(batch.token, batch.root, batch.algorithm)
    checkpoint = check_note(batch.note, [parts.keeper.vkey(JOURNAL)])
    if parts.journal.root_of(checkpoint.size) != checkpoint.root:
        raise EvidenceError(
            f"Batch {batch_id}: the log of today does not hold the stamped checkpoint."
        )
    if sha256(batch.note.encode()) != batch.digests[-1][1]:
        raise EvidenceError(f"Batch {batch_id}: the checkpoint is not its leaf.")
    tally.tokens += 1


def _audit_log(parts: Parts, tally: _Tally) -> int:
    try:
        size = parts.journal.check(parts.keeper.vkey(JOURNAL))
    except EvidenceError as error:
        tally.find(FindingKind.LOG, JOURNAL, str(error))
        return 0
    return size


def _audit_waiting(parts: Parts, tally: _Tally) -> None:
    with parts.db.read() as tx:
        waiting = unstamped(tx, 1000)
    for document_id, _ in waiting:
        tally.find(
            FindingKind.TOKEN,
            document_id,
            "No time-stamp yet: the authority is silent.",
        )


def _enter(parts: Parts, actor: Actor, report: AuditReport) -> None:
    event = parts.event(
        TAG_AUDITED,
        JOURNAL,
        actor,
        {
            "tenant": "",
            "documents": report.documents,
            "log_size": report.log_size,
            "findings": len(report.findings),
            "orphans": len(report.orphans),
        },
    )
    with parts.db.begin() as tx:
        parts.journal.append(tx, event)
    parts.keeper.sequence(JOURNAL)
