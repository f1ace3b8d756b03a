"""The words of trusted scanning: boxes, batches, pages, verdicts, documents.

Values only. Knows no rule and no table; rules stand in the modules beside it, rows in
``records``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Service(StrEnum):
    """Which scan the customer ordered; billing prices them apart (deck, 요금)."""

    TRUSTED = "trusted"
    """신뢰스캔: the whole chain."""
    PLAIN = "plain"
    """일반스캔: marked as such; makes no claim to stand in for the paper."""


class ServiceModel(StrEnum):
    """Who runs the workshop (deck, 신뢰스캔 서비스 구분)."""

    DELEGATED = "delegated"
    """위탁형: the office carries, scans, inspects and ends the paper."""
    BUILT = "built"
    """구축형: a workshop built at the customer's, run and registered by it."""
    SUBSCRIBED = "subscribed"
    """서비스형: the customer's workshop on the office's system."""


class Process(StrEnum):
    """Where and when paper is digitised (작성 규정 제4조, 제5조)."""

    CENTRAL = "central"
    """집중형공정: in batches, at a workshop."""
    DISTRIBUTED = "distributed"
    """분산형공정: at the place of receipt, at once."""


class SealState(StrEnum):
    """How the security seal of a box (보안 Seal) was found."""

    INTACT = "intact"
    BROKEN = "broken"
    MISSING = "missing"


class BoxState(StrEnum):
    """Where a box is on its way."""

    RECEIVED = "received"
    STOPPED = "stopped"
    OPENED = "opened"
    SHREDDED = "shredded"
    RETURNED = "returned"


class BatchState(StrEnum):
    """Where a batch is on its way."""

    CAPTURING = "capturing"
    CLOSED = "closed"
    """All sheets are in and documents are split."""
    SEALED = "sealed"
    ERASED = "erased"
    """Handed over; no plain residue is left."""


class Verdict(StrEnum):
    """What the automatic check says; ``hold`` waits for a person."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    HOLD = "hold"
    REJECT = "reject"


class PageState(StrEnum):
    """What people have decided about one version of a page."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """Must be scanned again (제51조)."""
    REPLACED = "replaced"
    """An older version; kept."""
    SET_ASIDE = "set-aside"
    """Kept in the ledger and not delivered: duplicate, or not scannable."""


class DocumentState(StrEnum):
    """Where a document is on its way."""

    CAPTURED = "captured"
    INDEXED = "indexed"
    PASSED = "passed"
    SEALED = "sealed"
    HANDED_OVER = "handed-over"
    SET_ASIDE = "set-aside"
    """Every page of it was set aside: nothing is delivered."""


class RejectReason(StrEnum):
    """Why an inspector rejects: the eight of 전자화문서 작성 규정 제50조."""

    MISSING = "missing-page"
    """누락."""
    DUPLICATE = "duplicate"
    """중복."""
    UNEVEN = "uneven-density"
    """농도 불균일."""
    UNCLEAR = "unclear"
    """불선명."""
    CROPPED = "cropped"
    """잘림."""
    SKEWED = "skewed"
    """기울어짐."""
    FOLDED = "folded"
    """접힘."""
    OTHER = "other"
    """기타."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A sealed box of paper and what is known of its custody.

    Attributes:
        id: own OID.
        tenant: the customer it belongs to.
        seal: number of the security seal on it.
        contract: number of the consignment contract it came under.
        sheets: how many sheets the customer declared.
        state: where it is.
        reason: why it is stopped, or "".
        counted: sheets counted at opening, or None before.
        received_at: when it arrived, aware UTC.
    """

    id: str
    tenant: str
    seal: str
    contract: str
    sheets: int
    state: BoxState
    reason: str = ""
    counted: int | None = None
    received_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Sheets of one box scanned by one operator on one device.

    Attributes:
        sheets: sheets to scan, separator sheets not counted.
        sides: pictures per sheet, 1 or 2.
        operator: id of the author (전자화작성자).
        head: last link of the capture chain, hex, or "".
    """

    id: str
    box: str
    tenant: str
    service: Service
    sheets: int
    sides: int
    device: str
    settings: str
    operator: str
    state: BatchState
    head: str
    started_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing the automatic check noticed: the value and the limit it met.

    Numbers are integers in ``unit``, so that journals can hold them.
    """

    check: str
    verdict: Verdict
    value: int
    limit: int
    unit: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What was measured on one page; integers only.

    Attributes:
        dpi: lower of both resolutions in tenths of a dpi; 0 when the file has none.
        bilevel: one bit per pixel.
        skew: hundredths of a degree, clockwise positive; 0 where no lines are found.
        sharpness: steepness of the page's clearest edges, thousandths of full contrast
            per pixel.
        ink: share of ink pixels inside the margins, millionths.
        paper: grey level of the paper, 0 to 255.
        contrast: paper minus ink, grey levels.
        likeness: 256-bit picture hash, hex.
    """

    dpi: int
    bilevel: bool
    skew: int
    sharpness: int
    ink: int
    paper: int
    contrast: int
    likeness: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One version of one side, as captured.

    Attributes:
        position: place in the batch, from 1; with ``version`` it is unique.
        sheet: sheet number in the batch, from 1 (separator sheets count here).
        side: 1 front, 2 back.
        name: of the file it came from; "" once the batch is erased.
        kind: ``jpeg`` or ``g4``.
        dpi_x: tenths of a dpi across, 0 when the file says none.
        dpi_y: tenths of a dpi down.
        coded: how the bytes came to be.
        sha256: of exactly the bytes that will stand in the PDF, hex.
        source: sha256 of the file it came from, hex.
        link: hash of its chain entry, hex.
        separator: it is a separator sheet's side.
        separator_kind: the document type that sheet names, or "".
        orientation: EXIF orientation 1..8, noted and not applied to the bytes.
        duplicate_of: id of an earlier page it repeats, or "".
        document: id of the document it belongs to, or "".
    """

    id: str
    batch: str
    position: int
    version: int
    sheet: int
    side: int
    name: str
    kind: str
    width: int
    height: int
    dpi_x: int
    dpi_y: int
    colours: int
    orientation: int
    coded: str
    sha256: str
    source: str
    link: str
    measures: Measures
    verdict: Verdict
    findings: tuple[Finding, ...]
    blank: bool
    separator: bool
    separator_kind: str
    duplicate_of: str
    state: PageState
    document: str
    captured_by: str
    captured_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One decision of an inspector (전자화검사자) about a page."""

    page: str
    inspector: str
    accepted: bool
    reason: RejectReason | None
    note: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanDocument:
    """Pages between two separator sheets, and what is written about them.

    Attributes:
        number: place in the batch, from 1.
        title: 문서명 (제32조), "" before indexing.
        kind: 문서유형.
        keywords: 검색어.
        pages: ids of its current pages, in order.
        sides: non-blank delivered sides; 0 before sealing.
        digest: sha256 of the sealed PDF, hex, or "".
    """

    id: str
    batch: str
    tenant: str
    number: int
    state: DocumentState
    title: str
    kind: str
    keywords: tuple[str, ...]
    pages: tuple[str, ...]
    sides: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Counts by stage, for the home page."""

    boxes: int
    boxes_stopped: int
    batches_open: int
    pages: int
    pages_held: int
    pages_rejected: int
    blanks: int
    documents: int
    documents_sealed: int
    documents_handed_over: int
