"""Who may do a task: registered, in one role, educated; and how much in a day.

Values in, decisions out. Which year education counts in, what a working day is and
over how many days a load is averaged is what the workshop registered, never ours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from paperless_kernel.base.errors import InputError, NotAllowedError, NotYetError
from paperless_kernel.base.ids import Role
from paperless_kernel.scan.duties import Duties
from paperless_kernel.scan.model import Process
from paperless_kernel.scan.people.model import (
    Appointment,
    Course,
    Education,
    Load,
    Regulation,
    WorkingDay,
)

STAFF_ROLES = (
    Role.SCAN_MANAGER,
    Role.SCAN_OPERATOR,
    Role.SCAN_INSPECTOR,
    Role.SYSTEM_ADMIN,
)
"""책임자, 작성자, 검사자, 시스템관리자 (제2조, 제11조)."""
_BOTH = frozenset({Role.SCAN_MANAGER, Role.SCAN_INSPECTOR})
_MOST_HOURS = 1000
_WEEK = 5
_PERCENT = 100
_YEARS_AHEAD = 3
_Value = TypeVar("_Value")


def stated(regulation: Regulation, name: str, value: _Value | None) -> _Value:
    """Return a value of the registered rules that somebody needs now.

    Raises:
        NotYetError: the workshop has not registered it.
    """
    if value is None:
        raise NotYetError(
            f"Regulation {regulation.number}: {name} is required and not given. The "
            "notice leaves it to the workshop: register a revision that states it "
            "(제6조)."
        )
    return value


def check_revision(
    made: Regulation, versions: Sequence[Regulation], today: dt.date
) -> str:
    """Return the number of the version a new registration revises, "" for the first.

    Raises:
        InputError: it is registered in the future, begins no later than the version
            before it, or names another one as the one it revises.
    """
    before = versions[-1] if versions else None
    if made.registered_on > today:
        raise InputError(
            f"Regulation {made.number} is registered on {made.registered_on}, which "
            "has not come: enter it on that day (제6조)."
        )
    if before and made.effective_from <= before.effective_from:
        raise InputError(
            f"Regulation {made.number} begins on {made.effective_from}, not after "
            f"{before.number} of {before.effective_from}: a revision comes later."
        )
    known = before.number if before else ""
    if made.revises not in {"", known}:
        raise InputError(
            f"Regulation {made.number} revises {made.revises}, but the newest version "
            f"is {known or 'none'}: name that one."
        )
    return known


def check_appointment(
    role: Role,
    *,
    id_checked_on: dt.date,
    pledge_signed_on: dt.date,
    since: dt.date,
    today: dt.date,
) -> None:
    """Let somebody be appointed after identity check and pledge (제9조①).

    Raises:
        InputError: the role is none of a workshop's.
        NotAllowedError: identity check or pledge would come after the first day, or
            have not happened yet.
    """
    if role not in STAFF_ROLES:
        known = ", ".join(one.value for one in STAFF_ROLES)
        raise InputError(f"A workshop appoints to {known}; not to {role.value}.")
    for what, day in (
        ("identity check", id_checked_on),
        ("security pledge", pledge_signed_on),
    ):
        if day > min(since, today):
            raise NotAllowedError(
                f"The {what} of {day} comes after the first day of the task "
                f"({min(since, today)}): it comes before any appointment (제9조①)."
            )


def check_one_role(
    held: Collection[Role], role: Role, processes: Collection[Process]
) -> None:
    """Keep one person in one role (제45조②).

    In a distributed process (분산형공정) the manager may be the inspector too.

    Args:
        held: roles the person holds already.
        role: the new one.
        processes: of every registered rules in force.

    Raises:
        NotAllowedError: the person holds another role.
    """
    others = set(held) - {role}
    if not others:
        return
    if {*others, role} == _BOTH and Process.DISTRIBUTED in processes:
        return
    names = ", ".join(sorted(other.value for other in others))
    raise NotAllowedError(
        f"This person is {names} already and one person holds one role (제45조②): "
        "appoint somebody else, or end the other appointment first."
    )


def held_on(appointments: Sequence[Appointment], day: dt.date) -> dict[Role, str]:
    """Return the roles somebody holds on a Korean day, with the appointment's id."""
    return {
        one.role: one.id
        for one in appointments
        if one.since <= day and (one.ended_on is None or day < one.ended_on)
    }


def check_registered(
    person: str, held: Collection[Role], roles: Sequence[Role], process: Process
) -> Role:
    """Let only registered staff begin (제9조①); return the role they act in.

    Raises:
        NotAllowedError: not registered for any of the roles, or a manager inspects
            outside a distributed process.
    """
    found = next((role for role in roles if role in held), None)
    if found is None and held:
        names = ", ".join(sorted(role.value for role in held))
        raise NotAllowedError(
            f"{person} is registered as {names}, and one person holds one role "
            f"(제45조②): this takes {' or '.join(role.value for role in roles)}."
        )
    if found is None:
        raise NotAllowedError(
            f"{person} is not registered as {' or '.join(r.value for r in roles)}: "
            "nobody begins before identity check, pledge and registration (제9조①). "
            "Appoint them first."
        )
    if (
        found is Role.SCAN_INSPECTOR
        and len(held) > 1
        and process is not Process.DISTRIBUTED
    ):
        raise NotAllowedError(
            f"{person} is manager and inspector, which only a distributed process "
            "allows (제45조②): somebody else inspects here."
        )
    return found


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


def year_of(day: dt.date, begins: tuple[int, int]) -> dt.date:
    """Return the first Korean day of the education year a day lies in."""
    start = dt.date(day.year, *begins)
    return start if start <= day else dt.date(day.year - 1, *begins)


def later(day: dt.date, *, months: int) -> dt.date:
    """Return the same day so many months later, or that month's last day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)  # noqa: PLR2004
    last = following - dt.timedelta(days=1)
    return dt.date(year, month + 1, min(day.day, last.day))
