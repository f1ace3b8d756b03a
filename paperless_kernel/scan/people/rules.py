"""Who may do a task: registered rules, registered people, one role each.

Values in, decisions out. What the notice leaves open is what the workshop registered,
never ours: `stated` refuses where it did not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TypeVar

from paperless_kernel.base.errors import InputError, NotAllowedError, NotYetError
from paperless_kernel.base.ids import Role
from paperless_kernel.scan.model import Process
from paperless_kernel.scan.people.model import (
    Appointment,
    InspectionMode,
    Regulation,
)

STAFF_ROLES = (
    Role.SCAN_MANAGER,
    Role.SCAN_OPERATOR,
    Role.SCAN_INSPECTOR,
    Role.SYSTEM_ADMIN,
)
"""책임자, 작성자, 검사자, 시스템관리자 (제2조, 제11조)."""
_NEEDED = (
    "inspection",
    "load_period_days",
    "load_working_day",
    "education_year_from",
    "education_grace_days",
)
_SAMPLED = ("sampling_level", "sampling_aql")
_BOTH = frozenset({Role.SCAN_MANAGER, Role.SCAN_INSPECTOR})
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


def needed_values(regulation: Regulation | None) -> tuple[str, ...]:
    """Return the names of the values a trusted batch needs before it ends."""
    sampled = regulation and regulation.inspection is InspectionMode.SAMPLE
    return (*_NEEDED, *_SAMPLED) if sampled else _NEEDED


def check_whole(regulation: Regulation) -> None:
    """Let a batch begin only under rules that state all it will need.

    A batch stays with the version it began under, so a value missing there could
    never be given later.

    Raises:
        NotYetError: a value is not stated (제6조).
    """
    for name in needed_values(regulation):
        stated(regulation, name, getattr(regulation, name))


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


def later(day: dt.date, *, months: int) -> dt.date:
    """Return the same day so many months later, or that month's last day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)  # noqa: PLR2004
    last = following - dt.timedelta(days=1)
    return dt.date(year, month + 1, min(day.day, last.day))
