"""Where somebody stands with the yearly education, and until when they may work.

Values in, decisions out. When an education year begins, and how long somebody may work
before its hours are done, is what the workshop registered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from paperless_kernel.base.errors import InputError, NotAllowedError
from paperless_kernel.base.ids import Role
from paperless_kernel.scan.duties import Duties
from paperless_kernel.scan.people.model import Course, Education, Regulation
from paperless_kernel.scan.people.rules import later, stated

_MOST_HOURS = 1000
_YEARS_AHEAD = 3


def check_course(name: str, on: dt.date, hours: int, today: dt.date) -> None:
    """Take education that was given, of whole hours.

    Raises:
        InputError: no name, a day to come, or no sensible hours.
    """
    if not name.strip() or not name.isprintable() or not 1 <= hours <= _MOST_HOURS:
        raise InputError("Education has a name and 1 to 1000 whole hours.")
    if on > today:
        raise InputError(f"{on} has not come yet: enter education once it was given.")


def education_of(
    role: Role,
    first_day: dt.date,
    courses: Sequence[Course],
    regulation: Regulation,
    duties: Duties,
    day: dt.date,
) -> Education:
    """Say where somebody stands with the yearly education (제13조).

    The rule applied: hours count for the person in the education year they were
    given, which begins with the registered month and day; the official course stands
    in for the years after its own (one, by the notice). Somebody may work while this
    year's hours are done; before that for the registered number of days, from the
    first appointment, or from the year's first day if the last year was complete.
    The notice does not say when the first hours are due: the registered rules do.

    Args:
        role: which hours are asked for.
        first_day: first Korean day of the person's first appointment.
        courses: everything the person received.
        regulation: the registered rules.
        duties: the rule-set.
        day: the Korean day asked about.

    Raises:
        NotYetError: the registered rules do not say how years or days count.
    """
    begins = stated(regulation, "education_year_from", regulation.education_year_from)
    grace = dt.timedelta(
        days=stated(regulation, "education_grace_days", regulation.education_grace_days)
    )
    needed = duties.education_hours(role)

    def hours(year: dt.date) -> int:
        end = later(year, months=12)
        return sum(one.hours for one in courses if year <= one.on < end)

    def waived(year: dt.date) -> bool:
        since = later(year, months=-12 * duties.official_course_years)
        return any(one.official and since <= one.on < year for one in courses)

    def may_work(at: dt.date) -> bool:
        year = year_of(at, begins)
        before = later(year, months=-12)
        if waived(year) or hours(year) >= needed or at < first_day + grace:
            return True
        complete = waived(before) or hours(before) >= needed
        return complete and at < year + grace

    year = year_of(day, begins)
    expires = None
    if may_work(day):
        coming = [later(year, months=12 * n) for n in range(_YEARS_AHEAD + 1)]
        turns = {*coming, *(one + grace for one in coming), first_day + grace}
        ends = (turn for turn in sorted(turns) if turn > day and not may_work(turn))
        expires = next(ends, coming[-1]) - dt.timedelta(days=1)
    return Education(
        year_from=year,
        needed=needed,
        done=hours(year),
        waived=waived(year),
        expires_on=expires,
        lapsed=expires is None,
    )


def check_educated(person: str, standing: Education, article: str) -> None:
    """Let only educated staff work.

    Raises:
        NotAllowedError: the education has lapsed; names the article (제13조).
    """
    if standing.lapsed:
        raise NotAllowedError(
            f"The education of {person} has lapsed: {standing.done} of "
            f"{standing.needed} hours since {standing.year_from} ({article}). Enter "
            "the hours they received, or have somebody else do it."
        )


def year_of(day: dt.date, begins: tuple[int, int]) -> dt.date:
    """Return the first Korean day of the education year a day lies in."""
    start = dt.date(day.year, *begins)
    return start if start <= day else dt.date(day.year - 1, *begins)
