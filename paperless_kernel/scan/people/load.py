"""How much an inspector has inspected on average, and when it is too much.

Values in, decisions out. Over how many days is averaged, and which of them are working
days, is what the workshop registered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from paperless_kernel.base.errors import NotAllowedError
from paperless_kernel.scan.duties import Duties
from paperless_kernel.scan.people.model import Load, Regulation, WorkingDay
from paperless_kernel.scan.people.rules import stated

_WEEK = 5
_PERCENT = 100


def load_of(
    inspector: str,
    per_day: Mapping[dt.date, int],
    *,
    since: dt.date,
    today: dt.date,
    regulation: Regulation,
    duties: Duties,
) -> Load:
    """Average what somebody inspected over the registered period (제47조⑥).

    The period is the registered number of Korean days up to today, and begins no
    earlier than the appointment. A working day is what the registered rules call one:
    ``inspected`` counts the days with at least one inspected sheet, ``weekday`` counts
    Mondays to Fridays and leaves holidays in. At least one day is counted.

    Raises:
        NotYetError: the registered rules state no period or no working day.
    """
    period = stated(regulation, "load_period_days", regulation.load_period_days)
    kind = stated(regulation, "load_working_day", regulation.load_working_day)
    first = max(since, today - dt.timedelta(days=period - 1))
    inside = {day: n for day, n in per_day.items() if first <= day <= today and n}
    if kind is WorkingDay.INSPECTED:
        days = len(inside)
    else:
        span = (first + dt.timedelta(days=n) for n in range((today - first).days + 1))
        days = sum(day.weekday() < _WEEK for day in span)
    days, sheets = max(1, days), sum(inside.values())
    limit = duties.sheets_per_inspector_day
    warning = ""
    if sheets * _PERCENT > limit * days * duties.load_warn_percent:
        warning = (
            f"{sheets} sheets in {days} working days: the average of {limit} a day "
            f"({duties.articles['sheets_per_inspector_day']}) leaves "
            f"{max(0, limit * days - sheets)} more today."
        )
    return Load(
        inspector=inspector,
        today=inside.get(today, 0),
        sheets=sheets,
        days=days,
        limit=limit,
        warning=warning,
    )


def check_load(load: Load, article: str) -> None:
    """Keep the average under the limit; ``load`` holds what is to be inspected too.

    Raises:
        NotAllowedError: the average would pass it; names the article (제47조⑥).
    """
    if load.sheets > load.limit * load.days:
        raise NotAllowedError(
            f"{load.inspector} would have inspected {load.sheets} sheets in "
            f"{load.days} working days, on average more than {load.limit} a day "
            f"({article}): somebody else inspects, or it waits for another day."
        )
