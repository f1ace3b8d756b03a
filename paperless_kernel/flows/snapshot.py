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
from paperless_kernel.base.errors import InputError


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
        ("rejected", Unit.PAGE),
        ("documents", Unit.ITEM),
    ),
    Business.VAULT: (
        ("packages", Unit.ITEM),
        ("bytes", Unit.BYTES),
        ("certificates", Unit.ITEM),
    ),
    Business.NOTICE: (
        ("notices", Unit.ITEM),
        ("accepted", Unit.ITEM),
        ("read", Unit.ITEM),
        ("letters", Unit.ITEM),
    ),
    Business.BILLING: (
        ("invoices", Unit.ITEM),
        ("total", Unit.WON),
    ),
}
"""Every number there are words for, in the order it is shown."""

STEPS: Mapping[Business, frozenset[str]] = {
    Business.SCAN: frozenset({"pages", "documents"}),
    Business.VAULT: frozenset({"packages", "certificates"}),
    Business.NOTICE: frozenset({"accepted", "read"}),
    Business.BILLING: frozenset({"invoices"}),
}


def section(business: Business, numbers: Mapping[str, int]) -> Section:
    """Make a business's section.

    Args:
        business: whose numbers they are.
        numbers: key of `FIGURES` to count, bytes or won; one that is missing is not
            shown.

    Raises:
        InputError: a key there are no words for.
    """
    unknown = set(numbers) - {key for key, _ in FIGURES[business]}
    if unknown:
        raise InputError(
            f"no words for {', '.join(sorted(unknown))} of {business.value}; name them "
            "in FIGURES and in every table under data/i18n"
        )
    return Section(
        business=business,
        figures=tuple(
            Figure(key=key, value=numbers[key], unit=unit)
            for key, unit in FIGURES[business]
            if key in numbers
        ),
    )
