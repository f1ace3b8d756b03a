"""The words of paper: a sealed box, how far it has come, what kind of paper it holds.

Values only; where a box stood and who carried it are custody's words.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class SealState(StrEnum):
    """How the security seal of a box (보안 Seal) was found."""

    INTACT = "intact"
    BROKEN = "broken"
    MISSING = "missing"


class BoxState(StrEnum):
    """How far a box has come; where it stands is told by its movements."""

    PACKED = "packed"
    """Sealed at the customer's, not handed over yet."""
    HANDED_OVER = "handed-over"
    """On a vehicle."""
    RECEIVED = "received"
    STOPPED = "stopped"
    OPENED = "opened"
    SHREDDED = "shredded"
    RETURNED = "returned"


class PaperSize(StrEnum):
    """How large most of a box's paper is."""

    A4 = "a4"
    A3 = "a3"
    LARGER = "larger"
    SMALLER = "smaller"
    MIXED = "mixed"


class PaperCondition(StrEnum):
    """In what state a box's paper is (종이상태)."""

    GOOD = "good"
    WORN = "worn"
    """Crumpled or aged (제37조 asks colour for it)."""
    DAMAGED = "damaged"
    """Torn, wet or sticking: by hand only."""


class Binding(StrEnum):
    """What holds a box's paper together."""

    LOOSE = "loose"
    CLIPS = "clips"
    BINDER = "binder"
    """바인더: taken apart, and counted by 500 sheets (deck, 요금)."""
    GLUED = "glued"
    """책철: cut before scanning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What kind of paper a box holds; the price depends on it (deck, 요금).

    Attributes:
        banded: bundled with bands (밴딩).
        special: the paper is special (특수종이): thin, thermal, coated, photographs.
    """

    size: PaperSize = PaperSize.A4
    condition: PaperCondition = PaperCondition.GOOD
    binding: Binding = Binding.LOOSE
    banded: bool = False
    special: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A sealed box of paper and what is known of its custody.

    Attributes:
        id: own OID.
        tenant: the customer it belongs to.
        seal: number of the security seal on it, or the name of a counter's tray.
        contract: number of the consignment contract it came under.
        sheets: how many sheets the customer declared; 0 where nobody did.
        state: how far it has come.
        reason: why it is stopped, or "".
        counted: sheets counted at opening, or None before.
        received_at: when it arrived, or was packed while it has not; aware UTC.
        order: id of its work order, "" in boxes of older offices.
        paper: what kind of paper it holds.
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
    order: str = ""
    paper: Paper = Paper()
