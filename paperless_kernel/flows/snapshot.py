"""One picture of the office at one instant: numbers of the businesses, and proofs.

Knows which numbers are shown, in what order and unit. Knows no database and no page:
the office fills it, the workbench draws it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from paperless_kernel.access.model import ClockJump


class Business(StrEnum):
    """The four businesses, in the order a document passes them."""

    SCAN = "scan"
    """신뢰스캔."""
    VAULT = "vault"
    """전자문서 보관."""
    NOTICE = "notice"
    """알림문자."""
    BILLING = "billing"
    """요금."""


class Unit(StrEnum):
    """What a number counts; the texts ``unit.*`` say how it is written."""

    ITEM = "item"
    PAGE = "page"
    BOX = "box"
    BYTES = "bytes"
    WON = "won"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of a business; its words are ``figure.<business>.<key>``."""

    key: str
    value: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The numbers of one business, in the order they are shown."""

    business: Business
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One bar of the chart: how much passed one step on the way of a document."""

    business: Business
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalState:
    """The newest signed checkpoint of a journal: entries under it and its root."""

    journal: str
    size: int
    root: str
    """Merkle root (RFC 6962), lower-case hex; ``""`` before the first checkpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the home page shows.

    ``taken_at`` is office time, aware UTC; ``clock_shift`` is how far the office clock
    stands ahead of the machine's. ``trial`` is true until a facility record covers the
    day, and then every proof says so too.
    """

    taken_at: dt.datetime
    trial: bool
    clock_shift: dt.timedelta
    jumps: tuple[ClockJump, ...]
    journals: tuple[JournalState, ...]
    root_fingerprint: str
    sections: tuple[Section, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing has been done in this office yet."""
        return not any(
            figure.value for section in self.sections for figure in section.figures
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        """The chart: the way of a document, from page to proven reading."""
        return tuple(
            Step(business=section.business, figure=figure)
            for section in self.sections
            for figure in section.figures
            if figure.key in STEPS[section.business]
        )


FIGURES: Mapping[Business, tuple[tuple[str, Unit], ...]] = {
    Business.SCAN: (
        ("boxes", Unit.BOX),
        ("pages", Unit.PAGE),
        ("pages_rejected", Unit.PAGE),
        ("documents_sealed", Unit.ITEM),
    ),
    Business.VAULT: (
        ("documents", Unit.ITEM),
        ("size", Unit.BYTES),
        ("certificates", Unit.ITEM),
        ("openings", Unit.ITEM),
    ),
    Business.NOTICE: (
        ("notices", Unit.ITEM),
        ("delivered", Unit.ITEM),
        ("read", Unit.ITEM),
        ("letters", Unit.ITEM),
    ),
    Business.BILLING: (
        ("events", Unit.ITEM),
        ("invoices", Unit.ITEM),
        ("issued_total", Unit.WON),
    ),
}
"""Every number that is shown, by its field name in what the service's ``numbers()``
returns; one not named here has no words and is left out."""

STEPS: Mapping[Business, frozenset[str]] = {
    Business.SCAN: frozenset({"pages", "documents_sealed"}),
    Business.VAULT: frozenset({"documents", "certificates"}),
    Business.NOTICE: frozenset({"delivered", "read"}),
    Business.BILLING: frozenset({"invoices"}),
}


def section(business: Business, numbers: Mapping[str, object]) -> Section:
    """Make a business's section from what its service's ``numbers()`` said.

    Args:
        business: whose numbers they are.
        numbers: field to whole number, as ``dataclasses.asdict`` gives them; a field
            that is missing or no whole number is not shown.
    """
    return Section(
        business=business,
        figures=tuple(
            Figure(key=key, value=value, unit=unit)
            for key, unit in FIGURES[business]
            if isinstance(value := numbers.get(key), int)
        ),
    )
