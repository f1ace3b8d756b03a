"""Time: who may say what time it is, and how Korea writes it.

The only module that asks the machine for the time. Knows nothing of business days;
those are ``base.calendar``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Protocol

KST = dt.timezone(dt.timedelta(hours=9), "KST")
"""Asia/Seoul: a fixed +09:00, no daylight saving since 1988."""


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> dt.datetime:
        """Return an aware UTC time."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> dt.datetime:
        """Return the machine's time, aware, in UTC."""
        return dt.datetime.now(dt.UTC)  # noqa: TID251 - the one place


class ShiftedClock:
    """Another clock moved forward: the trial office's time (시험 시계).

    Used only where a demo must not wait for the next open instant or the month's
    end; each move is journaled by who makes it.
    """

    def __init__(self, base: Clock, shift: Callable[[], dt.timedelta]) -> None:
        self._base = base
        self._shift = shift

    def now(self) -> dt.datetime:
        """Return the base clock's time plus the shift, aware, in UTC."""
        return self._base.now() + self._shift()


class FixedClock:
    """A clock that stands until it is moved; for tests and re-computation."""

    def __init__(self, at: dt.datetime) -> None:
        self._at = aware(at)

    def now(self) -> dt.datetime:
        """Return the time it was last set to, aware, in UTC."""
        return self._at

    def move_to(self, at: dt.datetime) -> None:
        """Set the time to ``at`` (aware)."""
        self._at = aware(at)

    def advance(self, by: dt.timedelta) -> None:
        """Move the time forward by ``by``."""
        self._at += by


def aware(at: dt.datetime) -> dt.datetime:
    """Return ``at`` in UTC; raise ``ValueError`` for a time without a zone."""
    if at.tzinfo is None:
        msg = f"a time without a zone cannot be evidence: {at.isoformat()}"
        raise ValueError(msg)
    return at.astimezone(dt.UTC)


def stamp(at: dt.datetime) -> str:
    """Write a time for journals and rows: UTC, milliseconds, ``Z``.

    Sorts as text in the order of time.
    """
    return aware(at).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def parse_stamp(text: str) -> dt.datetime:
    """Read what `stamp` wrote; raise ``ValueError`` for anything else."""
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=dt.UTC)


def kst_date(at: dt.datetime) -> dt.date:
    """Return the Korean calendar day an instant falls on."""
    return aware(at).astimezone(KST).date()


def kst_text(at: dt.datetime) -> str:
    """Write a time for people: ``2026-11-23 14:45:29 KST``."""
    return aware(at).astimezone(KST).strftime("%Y-%m-%d %H:%M:%S KST")


def kst_instant(day: dt.date, at: dt.time = dt.time(0)) -> dt.datetime:
    """Return the instant, in UTC, of a wall-clock time on a Korean day."""
    return dt.datetime.combine(day, at, KST).astimezone(dt.UTC)
