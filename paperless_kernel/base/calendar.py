"""Korean business days, from a dated and reviewed table it is given.

Knows which days are closed and up to where somebody has looked. Reads no file and asks
no library; the table is ``data/holidays/*.toml`` and the office hands it over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from paperless_kernel.base.errors import InputError

_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """One closed day: why, by which source, and when that was decided (KST date)."""

    reason: str
    source: str
    decided_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A version of the business calendar (영업일).

    Attributes:
        version: name of the reviewed table; evidence stores it.
        first: first Korean day the table covers.
        reviewed_until: last day somebody has reviewed; nothing is planned past it.
        closed: public holidays. Saturdays and Sundays are closed without an entry
            (deck: "공휴일, 주말 제외").
    """

    version: str
    first: dt.date
    reviewed_until: dt.date
    closed: Mapping[dt.date, Closing]

    def is_open(self, day: dt.date) -> bool:
        """Tell whether a Korean day is a business day.

        Raises:
            InputError: the day lies outside the reviewed table.
        """
        if not self.first <= day <= self.reviewed_until:
            msg = (
                f"{day} is outside calendar {self.version} "
                f"({self.first} to {self.reviewed_until}): "
                "review the holiday table and extend it."
            )
            raise InputError(msg)
        return day.weekday() < _SATURDAY and day not in self.closed

    def open_on_or_after(self, day: dt.date) -> dt.date:
        """Return the first business day that is not before ``day``."""
        while not self.is_open(day):
            day += dt.timedelta(days=1)
        return day

    def open_on_or_before(self, day: dt.date) -> dt.date:
        """Return the last business day that is not after ``day``."""
        while not self.is_open(day):
            day -= dt.timedelta(days=1)
        return day
