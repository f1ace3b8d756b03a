"""Facility records: the one thing that can lift the "trial" line from a proof.

Knows the kinds the law names and the words that stand where none is entered. Whether a
record is entered is kept by ``access``; no setting gives legal force.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

TRIAL_MARK = "시험용 · 지정(인증)기관 발급 아님"
"""Stands on page 1 and in the verdict of everything issued without a facility."""
TRIAL_MARK_EN = "Trial - not issued by a designated or certified body"


class FacilityKind(StrEnum):
    """What the law designates or certifies."""

    WORKSHOP = "registered-workshop"
    """전자화작업장."""
    CENTRE = "designated-centre"
    """공인전자문서센터 (전자문서법 제31조의2)."""
    RELAY = "certified-relay"
    """공인전자문서중계자 (제31조의18)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """A designation somebody really holds: kind, holder, number and dates (KST)."""

    kind: FacilityKind
    holder: str
    number: str
    since: dt.date
    until: dt.date

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether the designation covers that Korean day, both ends included."""
        return self.since <= day <= self.until


def standing(facility: Facility | None) -> str:
    """Return the line every proof carries: the designation, or the trial mark."""
    if facility is None:
        return TRIAL_MARK
    return (
        f"{facility.kind.value} {facility.holder} {facility.number} "
        f"({facility.since.isoformat()} - {facility.until.isoformat()})"
    )
