"""The words of scanning: services, batches, pages, what was measured and decided.

Values only, as in ``boxes`` and ``documents`` beside it. Knows no rule and no table.
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
class Batch:
    """Sheets of one box scanned by one operator on one device.

    Attributes:
        sheets: sheets to scan, separator sheets not counted.
        sides: pictures per sheet, 1 or 2.
        operator: id of the author (전자화작성자).
        head: last link of the capture chain, hex, or "".
        regulation: number of the registered rules it stands under, "" for plain scans
            and for batches of older offices.
        lossless: no picture may be coded with loss (제35조).
        every: sheets of each document where there are no separators; 0: one document.
        checked: head of the chain when the first integrity check (1차 무결성검증)
            last found everything whole, or "".
        profile: quality profile its pages are judged by; "" is the office's default.
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
    regulation: str = ""
    lossless: bool = False
    every: int = 0
    checked: str = ""
    profile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing the automatic check noticed: the value and the limit it met.

    Numbers are integers in ``unit``, so that journals can hold them.

    Attributes:
        reason: the `RejectReason` an inspector would give for it, or "".
    """

    check: str
    verdict: Verdict
    value: int
    limit: int
    unit: str
    text: str
    reason: str = ""


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
        colours: 1 for grey or black and white, 3 for colour; 0 where an earlier
            version did not note it.
        effective_dpi: tenths of a dpi the picture has on its paper; 0: unknown.
        washed: grey level of the darkest ink, weighed by the share of burnt white.
        uneven: grey levels the paper's tone differs across the page.
        streak: grey levels of a line along the whole sheet.
        noise: mean step between neighbouring paper pixels, 1/100 grey level.
        through: share of the empty area that shows faint marks, thousandths.
        fold: grey levels of a crease or a folded corner.
        crop: strokes that run off the picture at its worst edge.
    """

    dpi: int
    bilevel: bool
    skew: int
    sharpness: int
    ink: int
    paper: int
    contrast: int
    likeness: str
    colours: int = 0
    effective_dpi: int = 0
    washed: int = 0
    uneven: int = 0
    streak: int = 0
    noise: int = 0
    through: int = 0
    fold: int = 0
    crop: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One version of one side, as captured.

    Attributes:
        position: place in the batch, from 1; with ``version`` it is unique.
        sheet: sheet number in the batch, from 1 (separator sheets count here).
        side: 1 front, 2 back.
        name: of the file it came from; "" once the batch is erased.
        kind: ``jpeg``, ``g4`` or ``flate``.
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
        place: where an inserted page stands among the positions, such as
            ``0000000004.5``; "" for a page that stands where it was captured.
        way: ``scanner``, ``folder`` or ``handed``: how the bytes came here.
        gap: milliseconds between the picture and its integrity value (제30조); 0 for
            a scanner's own bytes, -1 where nobody knows.
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
    place: str = ""
    way: str = ""
    gap: int = -1

    @property
    def order(self) -> str:
        """What pages are sorted by: an inserted one stands between two others."""
        return self.place or f"{self.position:010d}"

    @property
    def label(self) -> str:
        """The place as people read it: ``4``, or ``4.5`` for an inserted page."""
        whole, _, rest = self.place.partition(".")
        return f"{int(whole)}.{rest}" if self.place else str(self.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One decision of an inspector (전자화검사자) about a page.

    Attributes:
        accepted: the page may be delivered.
        undone: an earlier decision was taken back by this entry.
        measured: what the automatic check had held against the page, if anything.
    """

    page: str
    inspector: str
    accepted: bool
    reason: RejectReason | None
    note: str
    at: dt.datetime
    undone: bool = False
    measured: tuple[Finding, ...] = ()


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
