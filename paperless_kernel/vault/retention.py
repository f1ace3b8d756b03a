"""How long a package must stay and may stay, in Korean days.

Knows classes, their start events, floors and ceilings, and 민법's way of counting
years. The classes are ``data/rules/retention.toml``; whether something may be destroyed
today also needs holds and two persons, which is not decided here.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paperless_kernel.base.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionClass:
    """One class of documents (보존기간 분류).

    Attributes:
        start: name of the event the period starts with; until it happens the
            retention is open and nothing may be destroyed.
        floor_years: must be kept so long.
        ceiling_years: may be kept no longer (개인정보), or no ceiling.
        source: the article the figures come from.
    """

    name: str
    label: str
    label_en: str
    start: str
    floor_years: int
    ceiling_years: int | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRules:
    """A dated version of the classes."""

    version: str
    classes: Mapping[str, RetentionClass]

    def named(self, name: str) -> RetentionClass:
        """Return one class.

        Raises:
            InputError: there is no class of that name.
        """
        if name not in self.classes:
            raise InputError(
                f"No retention class {name!r} in {self.version}; use one of "
                f"{', '.join(sorted(self.classes))}."
            )
        return self.classes[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Last Korean day a package must be kept, and last day it may be kept.

    Both are none while the start event has not happened.
    """

    floor: dt.date | None
    ceiling: dt.date | None


def parse_retention(data: Mapping[str, Any]) -> RetentionRules:
    """Read what ``data/rules/retention.toml`` holds.

    Raises:
        InputError: a field is missing or of another type, or a ceiling is below its
            floor.
    """
    try:
        classes = {
            str(name): RetentionClass(
                name=str(name),
                label=str(each["label"]),
                label_en=str(each["label_en"]),
                start=str(each["start"]),
                floor_years=int(each["floor_years"]),
                ceiling_years=(
                    int(each["ceiling_years"]) if "ceiling_years" in each else None
                ),
                source=str(each["source"]),
            )
            for name, each in data["class"].items()
        }
        rules = RetentionRules(version=str(data["version"]), classes=classes)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"The retention rules cannot be read: {error!r}.") from error
    for each in classes.values():
        if each.floor_years < 1 or (each.ceiling_years or each.floor_years) < (
            each.floor_years
        ):
            raise InputError(f"Retention class {each.name}: floor above ceiling, or 0.")
    return rules


def period(rule: RetentionClass, started_on: dt.date | None) -> Period:
    """Return the floor and ceiling for a start event on a Korean day."""
    if started_on is None:
        return Period(floor=None, ceiling=None)
    longest = rule.ceiling_years
    return Period(
        floor=last_day(started_on, rule.floor_years),
        ceiling=None if longest is None else last_day(started_on, longest),
    )


def last_day(started_on: dt.date, years: int) -> dt.date:
    """Return the last day of a period of years that starts with an event.

    The day of the event does not count (민법 제157조); the period ends the day before
    the one that corresponds, or with the month where none does (제160조).
    """
    first = started_on + dt.timedelta(days=1)
    year = first.year + years
    if first.day > calendar.monthrange(year, first.month)[1]:
        return dt.date(year, first.month, calendar.monthrange(year, first.month)[1])
    return dt.date(year, first.month, first.day) - dt.timedelta(days=1)


def check_extension(current: Period, floor: dt.date) -> None:
    """Check that a new floor only lengthens, and not past the ceiling.

    Raises:
        InputError: it would shorten, or pass the ceiling; only a hold may do that.
    """
    if current.floor is not None and floor < current.floor:
        raise InputError(f"Retention only lengthens: {current.floor} is already set.")
    if current.ceiling is not None and floor > current.ceiling:
        raise InputError(
            f"The law's ceiling is {current.ceiling}; past it only a hold keeps a "
            "document."
        )
