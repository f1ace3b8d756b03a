"""The audit: everything the log says is held is read again and compared.

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
from paperless_kernel.store.journal import Entry
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.evidence import HashTree
from paperless_kernel.trust.notes import check_note
from paperless_kernel.trust.timestamps import check_token
from paperless_kernel.vault.depositing import ALGORITHM, stamp_waiting
from paperless_kernel.vault.issued import (
    all_files,
    all_grants,
    find_certificate,
    serials,
)
from paperless_kernel.vault.logged import (
    check_batch,
    check_certificate,
    check_grant,
    check_package,
)
from paperless_kernel.vault.model import (
    TAG_AUDITED,
    TAG_CERTIFIED,
    TAG_DEPOSITED,
    TAG_GRANTED,
    TAG_STAMPED,
    AuditFinding,
    AuditReport,
    Document,
    FindingKind,
    Purpose,
)
from paperless_kernel.vault.parts import JOURNAL, Parts
from paperless_kernel.vault.records import (
    Batch,
    CertificateFiles,
    batch_ids,
    find_accepted,
    find_batch,
    find_document,
    find_package,
    package_ids,
    unfinished,
    unstamped,
)

_FACTS = frozenset({TAG_DEPOSITED, TAG_STAMPED, TAG_CERTIFIED, TAG_GRANTED})
"""Entries that say rows are here."""
_UNREADABLE = (KeyError, LookupError, TypeError, ValueError)
"""What reading a row raises that somebody wrote something else into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What rows are there, and what the log says: entries with their leaf's number.

    ``said`` is nothing when the log cannot be read to its end.
    """

    packages: tuple[str, ...]
    batches: tuple[str, ...]
    serials: tuple[str, ...]
    files: tuple[CertificateFiles, ...]
    grants: dict[tuple[str, str], str]
    said: tuple[tuple[int, Entry], ...] | None


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
        except _UNREADABLE as error:
            self.find(
                FindingKind.LOG, subject, f"{subject}: a row cannot be read ({error})."
            )


def audit(parts: Parts, actor: Actor, progress: Progress) -> AuditReport:
    """Read everything again; return what was read and what is wrong."""
    # Documents a silent authority left waiting get their time-stamp now, if it answers.
    tally = _Tally()
    try:
        stamp_waiting_or_nothing(parts, actor)
    except _UNREADABLE as error:
        tally.find(FindingKind.LOG, JOURNAL, f"A row cannot be read ({error}).")
    with parts.db.read() as tx:
        begun = unfinished(tx)
    held = _look(parts, tally)
    checks = tuple(_checks(parts, actor, tally, held))
    for done, check in enumerate(checks, 1):
        check()
        progress("vault audit", done, len(checks))
    _audit_rows(tally, held)
    log_size = _audit_log(parts, tally, held)
    tally.attempt(FindingKind.TOKEN, JOURNAL, partial(_audit_waiting, parts, tally))
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


def _look(parts: Parts, tally: _Tally) -> _Held:
    # Rows before entries: what is deposited meanwhile has its entry by then.
    with parts.db.read() as tx:
        packages, batches, files = package_ids(tx), batch_ids(tx), all_files(tx)
        certificates, grants = serials(tx), all_grants(tx)
    said = None
    try:
        entries = enumerate(parts.journal.entries())
        said = tuple((leaf, each) for leaf, each in entries if each.tag in _FACTS)
    except (PaperlessError, *_UNREADABLE) as error:
        tally.find(FindingKind.LOG, JOURNAL, f"The log cannot be read: {error}")
    return _Held(
        packages=packages,
        batches=batches,
        serials=certificates,
        files=files,
        grants=grants,
        said=said,
    )


def _checks(
    parts: Parts, actor: Actor, tally: _Tally, held: _Held
) -> Iterator[Callable[[], None]]:
    """Yield one check for each package, batch, certificate and entry of the log."""
    for package_id in held.packages:
        audit_one = partial(_audit_package, parts, actor, tally, package_id)
        yield partial(tally.attempt, FindingKind.LOG, package_id, audit_one)
    for batch_id in held.batches:
        check = partial(_check_batch, parts, tally, batch_id)
        yield partial(tally.attempt, FindingKind.TOKEN, batch_id, check)
    leaves = {
        each.subject: leaf
        for leaf, each in held.said or ()
        if each.tag == TAG_CERTIFIED
    }
    for files in held.files:
        yield partial(_audit_files, parts, tally, files, leaves.get(files.serial))
    for _, entry in held.said or ():
        compare = partial(_compare, parts, tally, held, entry)
        yield partial(tally.attempt, FindingKind.LOG, entry.subject, compare)


def _compare(parts: Parts, tally: _Tally, held: _Held, entry: Entry) -> None:
    """Hold the rows an entry speaks of against it."""
    if entry.tag == TAG_CERTIFIED:
        _compare_certificate(parts, entry)
        return
    with parts.db.read() as tx:
        if entry.tag == TAG_DEPOSITED:
            package = find_package(tx, entry.subject)
            key = (package.tenant, package.key) if package else ("", "")
            check_package(entry, package, find_accepted(tx, *key))
        elif entry.tag == TAG_GRANTED:
            check_grant(entry, held.grants)
        elif entry.subject not in {each.subject for each in tally.findings}:
            check_batch(entry, find_batch(tx, entry.subject))


def _compare_certificate(parts: Parts, entry: Entry) -> None:
    with parts.db.read() as tx:
        row = find_certificate(tx, serial=entry.subject)
        document = find_document(tx, row.document_id) if row else None
        package = find_package(tx, document.package_id) if document else None
    check_certificate(entry, row.issued() if row else None, package, document)


def _audit_rows(tally: _Tally, held: _Held) -> None:
    """Find rows the log never spoke of: nobody answers for them."""
    if held.said is None:
        return
    known = {(each.tag, each.subject) for _, each in held.said}
    rows = {
        TAG_DEPOSITED: held.packages,
        TAG_STAMPED: held.batches,
        TAG_CERTIFIED: held.serials,
        TAG_GRANTED: tuple(tenant for tenant, _ in held.grants),
    }
    entries = {each.id for _, each in held.said}
    forged = [
        subject
        for tag, subjects in rows.items()
        for subject in subjects
        if (tag, subject) not in known
    ] + [
        f"{tenant} ({purpose})"
        for (tenant, purpose), entry_id in held.grants.items()
        if entry_id not in entries
    ]
    for subject in dict.fromkeys(forged):
        tally.find(
            FindingKind.LOG,
            subject,
            f"{subject}: rows are here that no entry of the log speaks of.",
        )


def _check_files(parts: Parts, files: CertificateFiles, leaf: int | None) -> None:
    if files.leaf != leaf:
        raise EvidenceError(
            f"Certificate {files.serial}: its entry is not the log's leaf {files.leaf}."
        )
    check_note(files.note, [parts.keeper.vkey(JOURNAL)])
    check_token(files.token, sha256(files.note.encode()), ALGORITHM)


def _audit_files(
    parts: Parts, tally: _Tally, files: CertificateFiles, leaf: int | None
) -> None:
    check = partial(_check_files, parts, files, leaf)
    tally.attempt(FindingKind.TOKEN, files.serial, check)
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


def _check_batch(parts: Parts, tally: _Tally, batch_id: str) -> None:
    with parts.db.read() as tx:
        batch = find_batch(tx, batch_id)
    if batch is None:
        return
    tree = HashTree([digest for _, digest in batch.digests], batch.algorithm)
    if tree.root != batch.root:
        raise EvidenceError(f"Batch {batch_id}: its leaves do not give its root.")
    facts = check_token(batch.token, batch.root, batch.algorithm)
    if facts.gen_time != batch.at:
        raise EvidenceError(f"Batch {batch_id}: its time is not its token's.")
    _check_leaves(parts, batch)
    checkpoint = check_note(batch.note, [parts.keeper.vkey(JOURNAL)])
    if parts.journal.root_of(checkpoint.size) != checkpoint.root:
        raise EvidenceError(
            f"Batch {batch_id}: the log of today does not hold the stamped checkpoint."
        )
    if sha256(batch.note.encode()) != batch.digests[-1][1]:
        raise EvidenceError(f"Batch {batch_id}: the checkpoint is not its leaf.")
    tally.tokens += 1


def _check_leaves(parts: Parts, batch: Batch) -> None:
    """Hold the documents a batch names against the digests that were stamped."""
    with parts.db.read() as tx:
        for document_id, digest in batch.digests[:-1]:
            document = find_document(tx, document_id) if document_id else None
            if document is None or document.digests.sha256 != digest.hex():
                raise EvidenceError(
                    f"Batch {batch.id}: a leaf is not the digest of its document."
                )


def _audit_log(parts: Parts, tally: _Tally, held: _Held) -> int:
    try:
        size = parts.journal.check(parts.keeper.vkey(JOURNAL))
    except (EvidenceError, *_UNREADABLE) as error:
        tally.find(FindingKind.LOG, JOURNAL, str(error))
        return 0
    for leaf, entry in held.said or ():
        if leaf >= size and entry.tag == TAG_DEPOSITED:
            tally.find(
                FindingKind.LOG,
                entry.subject,
                f"Entry {entry.id} of the log is under no signed checkpoint.",
            )
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
