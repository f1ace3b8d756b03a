"""Reject statistics: how many sides had to be scanned again, why, whose and where.

Values in, values out.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_PARTS = 10_000
_CENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedSide:
    """A captured side and what spoke against it.

    Attributes:
        day: Korean day of its capture.
        reasons: the eight reasons inspectors gave (제50조), as they were given.
        checks: automatic checks that rejected it.
    """

    day: dt.date
    operator: str
    device: str
    reasons: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Sides captured, and those rejected: by people, automatically, and at all."""

    name: str
    captured: int
    by_people: int
    automatic: int
    rejected: int

    @property
    def share(self) -> str:
        """Return the rejected share in percent, two decimals, rounded down."""
        hundredths = self.rejected * _PARTS // self.captured if self.captured else 0
        return f"{hundredths // _CENT}.{hundredths % _CENT:02d} %"


def tallies(
    sides: Sequence[CapturedSide], key: Callable[[CapturedSide], str]
) -> tuple[Tally, ...]:
    """Count by operator, device, day or anything else, in the order of names."""
    groups: dict[str, list[CapturedSide]] = {}
    for side in sides:
        groups.setdefault(key(side), []).append(side)
    return tuple(
        Tally(
            name=name,
            captured=len(own),
            by_people=sum(bool(one.reasons) for one in own),
            automatic=sum(bool(one.checks) for one in own),
            rejected=sum(bool(one.reasons or one.checks) for one in own),
        )
        for name, own in sorted(groups.items())
    )


def by_reason(sides: Sequence[CapturedSide]) -> Counter[str]:
    """Count the reasons inspectors gave; a side rejected twice counts twice."""
    return Counter(reason for side in sides for reason in side.reasons)


def by_check(sides: Sequence[CapturedSide]) -> Counter[str]:
    """Count the automatic checks that rejected a side."""
    return Counter(check for side in sides for check in side.checks)
