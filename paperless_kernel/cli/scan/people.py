"""Commands on the workshop's people: appointments, education, load."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.base.ids import Role
from paperless_kernel.cli.scan.naming import key_of
from paperless_kernel.cli.scan.options import DAY, key_option, workshop_option
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show,
    show_rows,
)
from paperless_kernel.config import Settings
from paperless_kernel.scan.people.rules import STAFF_ROLES

if TYPE_CHECKING:
    from paperless_kernel.office import Office


_ROLE = click.Choice([each.value for each in STAFF_ROLES])


@click.command("appoint")
@click.argument("person")
@click.option("--role", type=_ROLE, required=True, help="one person, one role (45②)")
@click.option("--id-checked", type=DAY, required=True, help="identity checked, KST")
@click.option("--pledge", type=DAY, required=True, help="security pledge signed, KST")
@click.option("--since", type=DAY, required=True, help="first day of the task, KST")
@key_option
@login_option
@json_option
@click.pass_obj
def appoint(
    settings: Settings,
    person: str,
    role: str,
    id_checked: dt.datetime,
    pledge: dt.datetime,
    since: dt.datetime,
    key: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Register a PERSON (login) for a role, after identity check and pledge."""
    days = [each.date().isoformat() for each in (id_checked, pledge, since)]
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_STAFF)
        made = office.scan.appoint(
            who,
            key=key or key_of("appoint", person, role, *days),
            role=Role(role),
            person=_person(office, person),
            id_checked_on=id_checked.date(),
            pledge_signed_on=pledge.date(),
            since=since.date(),
        )
        show(
            {
                "person": person,
                "role": made.role.value,
                "since": made.since,
                "registered": kst_text(made.registered_at),
            },
            as_json=as_json,
        )


@click.command("end-role")
@click.argument("person")
@click.option("--role", type=_ROLE, required=True, help="which role")
@login_option
@json_option
@click.pass_obj
def end_role(
    settings: Settings, person: str, role: str, login: str | None, as_json: bool
) -> None:
    """End a PERSON's role today."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_STAFF)
        made = office.scan.end_appointment(
            who, person=_person(office, person), role=Role(role)
        )
        values = {"person": person, "role": role, "ended": made.ended_on}
        show(values, as_json=as_json)


@click.command("educate")
@click.argument("people", nargs=-1, required=True)
@click.option("--course", required=True, help="its name")
@click.option("--on", type=DAY, required=True, help="the day it was given, KST")
@click.option("--hours", type=int, required=True, help="whole hours each received")
@click.option("--official", is_flag=True, help="waives the next year's hours (13)")
@key_option
@login_option
@json_option
@click.pass_obj
def educate(
    settings: Settings,
    people: tuple[str, ...],
    course: str,
    on: dt.datetime,
    hours: int,
    official: bool,
    key: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Enter education that PEOPLE (logins) received."""
    day = on.date().isoformat()
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_STAFF)
        office.scan.educate(
            who,
            key=key or key_of("educate", *people, course, day, str(hours)),
            persons=[_person(office, person) for person in people],
            course=course,
            on=on.date(),
            hours=hours,
            official=official,
        )
        values = {"people": list(people), "course": course, "hours": hours, "on": day}
        show(values, as_json=as_json)


@click.command("staff")
@workshop_option
@login_option
@json_option
@click.pass_obj
def staff(settings: Settings, workshop: str, login: str | None, as_json: bool) -> None:
    """List everybody registered, with education hours and the day they expire."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        logins = {user.id: user.login for user in office.access.users()}
        rows = [
            {
                "person": logins.get(one.person, one.person),
                "role": one.role.value,
                "since": one.since,
                "ended": one.ended_on or "",
                "hours": f"{known.done} of {known.needed}" if known else "",
                "waived": bool(known and known.waived),
                "may work until": _until(known.expires_on) if known else "",
                "papers until": line.papers_until or "",
            }
            for line in office.scan.staff(who, workshop=workshop)
            for one, known in [(line.appointment, line.education)]
        ]
        show_rows(rows, as_json=as_json)


@click.command("load")
@click.argument("people", nargs=-1, required=True)
@workshop_option
@login_option
@json_option
@click.pass_obj
def load(
    settings: Settings,
    people: tuple[str, ...],
    workshop: str,
    login: str | None,
    as_json: bool,
) -> None:
    """Show what inspectors (logins) have inspected on average (제47조⑥)."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        rows = []
        for person in people:
            one = office.scan.load(who, _person(office, person), workshop=workshop)
            rows.append(
                {
                    "inspector": person,
                    "today": one.today,
                    "sheets": one.sheets,
                    "working days": one.days,
                    "limit a day": one.limit,
                    "left today": one.left,
                    "warning": one.warning,
                }
            )
        show_rows(rows, as_json=as_json)


def _person(office: Office, login: str) -> str:
    for user in office.access.users():
        if login in {user.login, user.id}:
            return user.id
    raise NotFoundError(f"no user {login} here; 'paperless access list' names them.")


def _until(day: dt.date | None) -> str:
    return str(day) if day else "lapsed (제13조)"


COMMANDS = (appoint, end_role, educate, staff, load)
