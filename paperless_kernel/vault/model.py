"""The vault's values: packages, documents, receipts, certificates, findings.

Knows shapes and the vault's event tags. Reads and writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from paperless_kernel.base.events import Json
from paperless_kernel.trust.digest import Digests

TAG_DEPOSITED = "vault:package:deposited"
"""등록 (규정 2021-59 제8조): a package is held; the subject is the package id."""
TAG_OPENED = "vault:document:opened"
"""열람: somebody read a document; the subject is the document id."""
TAG_CERTIFIED = "vault:certificate:issued"
"""증명서 발급; the subject is the serial number."""
TAG_GRANTED = "vault:purpose:granted"
"""A customer allowed the office to open its documents for one purpose."""
TAG_STAMPED = "vault:batch:stamped"
"""One time-stamp was put over a batch; the subject is the batch id."""
TAG_AUDITED = "vault:holdings:audited"
"""Everything held was read again and compared."""


class Purpose(StrEnum):
    """What a document is opened for; each opening is journaled with it."""

    READ = "read"
    CERTIFY = "certify"
    CAMPAIGN = "campaign"
    HASH_RENEWAL = "hash-renewal"
    DISPOSAL = "disposal"
    AUDIT = "audit"


GRANTABLE = frozenset(
    {Purpose.CERTIFY, Purpose.CAMPAIGN, Purpose.HASH_RENEWAL, Purpose.DISPOSAL}
)
"""What a customer may let the office open its documents for. Reading is never among
them; the audit compares digests under held custody and shows nothing to anyone."""


class CertificateKind(StrEnum):
    """Kinds of certificate (증명서 종류; 규정 2021-59 제16조③)."""

    ORIGINAL = "original"
    """원본증명: the issued copy equals the one held."""
    REGISTRATION = "registration"
    """등록증명."""
    TRANSFER = "transfer"
    """이관증명."""
    DISPOSAL = "disposal"
    """폐기증명."""


class Environment(StrEnum):
    """Where the certificate is meant to be used (증명서 이용환경)."""

    PAPER = "paper"
    """종이출력(대상문서 첨부): the owner prints the document and puts it beside."""
    FILE = "file"
    """전자파일(대상문서가 든 .acr 묶음 첨부)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    """A file that belongs to a document: foreign evidence, replaced pages."""

    name: str
    media: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositFile:
    """One file offered for deposit and what its owner says about it.

    Attributes:
        name: the file's own name; kept encrypted.
        kind: document type (문서유형), a word of the customer's, such as 계약서.
        keywords: search words (검색어).
        declared_sha256: what the giver says the bytes hash to, in hex, or ``""``.
        origin: what its giver says it is no more than, such as a plain scan; stands on
            every certificate. ``""`` where there is nothing to say.
    """

    name: str
    data: bytes
    title: str
    kind: str
    keywords: tuple[str, ...] = ()
    description: str = ""
    declared_sha256: str = ""
    origin: str = ""
    annexes: tuple[Annex, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """One package offered for deposit (전자문서정보패키지).

    Attributes:
        key: idempotency key, unique within the tenant.
        retention_class: a class of the retention rules.
        started_on: Korean day the retention's start event happened, or none yet.
    """

    key: str
    tenant: str
    files: tuple[DepositFile, ...]
    retention_class: str
    started_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a document is found by; kept encrypted, committed to in the log."""

    name: str
    title: str
    kind: str
    keywords: tuple[str, ...]
    description: str
    origin: str = ""

    def json(self) -> Mapping[str, Json]:
        """Return the form that is encrypted and committed to."""
        return {
            "name": self.name,
            "title": self.title,
            "kind": self.kind,
            "keywords": self.keywords,
            "description": self.description,
            # Left out where there is none: older commitments were made without it.
            **({"origin": self.origin} if self.origin else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAnnex:
    """An annex as it is held; its name lies encrypted with the metadata."""

    media: str
    size: int
    sha256: str
    cipher_sha256: str
    nonce: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A held document, without anything that shows its content.

    ``digests`` are of the plain bytes; ``cipher_sha256`` names the stored object.
    """

    id: str
    package_id: str
    tenant: str
    position: int
    media: str
    digests: Digests
    cipher_sha256: str
    commitment: str
    nonce: bytes
    meta_box: bytes
    meta_nonce: bytes
    annexes: tuple[HeldAnnex, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A held package: who owns it, since when, and how long it must stay."""

    id: str
    tenant: str
    key: str
    entry_id: str
    size: int
    deposited_at: dt.datetime
    retention_class: str
    started_on: dt.date | None
    floor: dt.date | None
    ceiling: dt.date | None
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a depositor holds in hand (등록 접수통지): the fact is durable and logged.

    ``leaf`` is the entry's index in the vault's log; ``size`` is in bytes over all
    files of the package, annexes apart.
    """

    package_id: str
    document_ids: tuple[str, ...]
    tenant: str
    key: str
    entry_id: str
    leaf: int
    size: int
    deposited_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One result of a search, for the eyes of the owner's people."""

    document_id: str
    package_id: str
    title: str
    kind: str
    keywords: tuple[str, ...]
    description: str
    media: str
    size: int
    deposited_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A document as it was opened for a purpose: its bytes and what it is called.

    ``annexes`` are what came with it: foreign evidence, replaced pages.
    """

    document: Document
    title: str
    data: bytes = field(repr=False)
    annexes: tuple[Annex, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who asks for a certificate (신청인; 시행령 제15조의9④).

    ``identity`` is a birth date (YYYY-MM-DD) for a person and the corporate
    registration number for a company.
    """

    name: str
    identity: str
    company: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who the certificate is for, and by which certificate they are known."""

    name: str
    issuer: str = ""
    serial: str = ""
    rights: tuple[str, ...] = ("정당한 수신자", "문서 읽기")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRequest:
    """A request for a certificate; ``key`` makes a repeat harmless."""

    key: str
    document_id: str
    applicant: Applicant
    purpose: str
    recipients: tuple[Recipient, ...]
    kind: CertificateKind = CertificateKind.ORIGINAL
    environment: Environment = Environment.FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCertificate:
    """One line of the list of issues (발급목록): no names, no titles."""

    serial: str
    kind: CertificateKind
    tenant: str
    document_id: str
    entry_id: str
    issued_at: dt.datetime
    valid_until: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """An issued certificate: the paper (``pdf``) and the bundle (``acr``)."""

    serial: str
    kind: CertificateKind
    document_id: str
    issued_at: dt.datetime
    valid_until: dt.datetime
    leaf: int
    pdf: bytes = field(repr=False)
    acr: bytes = field(repr=False)


class FindingKind(StrEnum):
    """What an audit can find."""

    MISSING = "missing"
    """The object of an acknowledged document is gone."""
    CHANGED = "changed"
    """Stored bytes are not the ones deposited."""
    KEY = "key"
    """The document's key does not open it."""
    LOG = "log"
    """Log, checkpoint and rows do not agree."""
    TOKEN = "token"  # noqa: S105 - a kind of finding, no password
    """A time-stamp or an evidence record does not hold, or is still missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """One thing an audit found wrong, and what it is about."""

    kind: FindingKind
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What an audit read and found.

    ``orphans`` are objects no acknowledged row names: the trace of a crash before
    COMMIT, harmless and listed. ``unfinished`` are accepted deposits and certificates
    whose call has to be repeated.
    """

    at: dt.datetime
    documents: int
    objects: int
    read_bytes: int
    log_size: int
    tokens: int
    findings: tuple[AuditFinding, ...]
    orphans: tuple[str, ...]
    unfinished: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Tell whether nothing was found wrong."""
        return not self.findings


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultNumbers:
    """What the home page shows; sizes in bytes of plain content."""

    packages: int
    documents: int
    size: int
    certificates: int
    openings: int
    tenants: int
