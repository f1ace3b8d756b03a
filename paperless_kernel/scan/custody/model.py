"""The words of custody: hand-overs, places, preparation, and what is told of a box."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from paperless_kernel.scan.boxes import BoxState, SealState


class PlaceKind(StrEnum):
    """Where a box can stand; it stands in one place at a time."""

    CUSTOMER = "customer"
    VEHICLE = "vehicle"
    WORKSHOP = "workshop"
    WAREHOUSE = "warehouse"
    GONE = "gone"
    """Shredded, or given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a box stands.

    Attributes:
        bin: of the warehouse, else "".
        transport: id of the vehicle's run that carries it, or brought it here.
        since: aware UTC, or None where no movement was recorded.
    """

    kind: PlaceKind
    bin: str = ""
    transport: str = ""
    since: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A hand-over signature: a drawing (PNG), a typed name, or both.

    Personal data: it is kept under a key of its own, journals hold a digest only.
    """

    name: str = ""
    drawing: bytes = b""


class ProofRole(StrEnum):
    """What a kept signature or photo shows."""

    GIVER = "giver"
    """인계자."""
    TAKER = "taker"
    """인수자."""
    SEAL = "seal"
    """A photo of the seal on a box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A kept signature or photo; `show_proof` opens it.

    Attributes:
        owner: id of the transport, of the fetch request, or of the box.
        digest: SHA-256 of what is kept, hex; the journal holds the same.
    """

    owner: str
    role: ProofRole
    digest: str
    by: str
    at: dt.datetime


class TransportState(StrEnum):
    """How far a vehicle's run has come."""

    UNDER_WAY = "under-way"
    ARRIVED = "arrived"
    STOPPED = "stopped"
    """What came is not what left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """A vehicle's run with boxes, from hand-over to arrival (보안차량).

    Attributes:
        first: id of the handler who took the boxes over.
        second: id of the other handler; never the same.
        boxes: ids of the boxes on its list.
        reason: why it is stopped, or "".
        checked_by: who checked the boxes in, or "".
    """

    id: str
    tenant: str
    vehicle: str
    first: str
    second: str
    boxes: tuple[str, ...]
    state: TransportState
    reason: str
    left_at: dt.datetime
    checked_by: str
    arrived_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A box found on arrival, by the number on its seal or box label."""

    seal: str
    state: SealState = SealState.INTACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What one person did to a box's paper before scanning (분류, 전처리).

    Attributes:
        by: who; counts as an author of what is scanned from it (제41조②).
        sorted: papers were looked through and sorted (분류).
        unclipped: clips and staples were removed (클립 제거).
        banded: papers were bundled for the scanner (밴딩).
    """

    box: str
    by: str
    at: dt.datetime
    sorted: bool
    unclipped: bool
    banded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """A wish to have a box out of the warehouse (출고 요청).

    Attributes:
        fetched_at: when it was fulfilled, or None.
    """

    id: str
    box: str
    tenant: str
    by: str
    at: dt.datetime
    reason: str
    fetched_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where the paper of a document is."""

    document: str
    batch: str
    box: str
    seal: str
    state: BoxState
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One line of a box's story: when, what, who, and the facts.

    Attributes:
        ko: the same as a Korean sentence.
        en: the same as an English sentence.
    """

    at: dt.datetime
    tag: str
    actor: str
    subject: str
    facts: tuple[tuple[str, str], ...]
    ko: str = ""
    en: str = ""
