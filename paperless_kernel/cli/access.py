"""Commands on who is here: customers, users and the office's facility records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from paperless_kernel.access.model import Plan
from paperless_kernel.access.permissions import Action
from paperless_kernel.base.errors import ConflictError
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.base.ids import Role
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show,
    show_rows,
)
from paperless_kernel.config import Settings

if TYPE_CHECKING:
    from paperless_kernel.base.ids import Actor
    from paperless_kernel.office import Office

_DAY = click.DateTime(["%Y-%m-%d"])
_ROLES = [each.value for each in Role if each is not Role.MACHINE]


@click.group()
def access() -> None:
    """Add customers, users and facility records, and list them."""


@access.command("tenant")
@click.option("--name", required=True, help="the customer's name, on certificates")
@click.option("--number", required=True, help="법인등록번호, such as 110111-0000001")
@click.option(
    "--plan",
    type=click.Choice([each.value for each in Plan]),
    default=Plan.BASIC.value,
    show_default=True,
    help="what the customer subscribes to",
)
@click.option(
    "--key", help="name of this entry, made once; default: one made from --number"
)
@login_option
@json_option
@click.pass_obj
def access_tenant(
    settings: Settings,
    name: str,
    number: str,
    plan: str,
    key: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Let a customer join; billing counts from this day."""
    with opened(settings) as office:
        who = acting(office, login, Action.ACCESS_MANAGE)
        try:
            made = office.access.join(
                who,
                key=key or f"cli:{number}",
                name=name,
                number=number,
                plan=Plan(plan),
            )
        except ConflictError as error:
            raise ConflictError(f"{error} The option is --key.") from error
        show(
            {
                "tenant": made.id,
                "name": made.name,
                "number": made.number,
                "plan": made.plan.value,
            },
            as_json=as_json,
        )


@access.command("user")
@click.argument("user")
@click.option("--name", required=True, help="the person's name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(_ROLES),
    help="what the person is appointed to; may be given again",
)
@click.option(
    "--tenant", default="", help="id of the person's customer, from 'access list'"
)
@login_option
@json_option
@click.pass_obj
def access_user(
    settings: Settings,
    user: str,
    name: str,
    roles: tuple[str, ...],
    tenant: str,
    login: str | None,
    as_json: bool,
) -> None:
    """Add somebody who logs in as USER; their password is asked for, twice.

    Without --tenant the person belongs to the office and acts for every customer.
    """
    with opened(settings) as office:
        who = acting(office, login, Action.ACCESS_MANAGE)
        password = click.prompt(
            f"password for {user} (8 characters or more)",
            hide_input=True,
            confirmation_prompt=True,
            err=True,
        )
        made = office.access.add_user(
            who,
            login=user,
            name=name,
            roles=frozenset(Role(each) for each in roles),
            password=password,
            tenant=tenant,
        )
        show(
            {
                "user": made.id,
                "login": made.login,
                "roles": ", ".join(sorted(made.roles)),
                "tenant": made.tenant,
            },
            as_json=as_json,
        )


@access.command("facility")
@click.option(
    "--kind",
    required=True,
    type=click.Choice([each.value for each in FacilityKind]),
    help="what the law designates or certifies",
)
@click.option("--holder", required=True, help="who holds the designation")
@click.option("--number", required=True, help="its number, as on the notice")
@click.option("--since", required=True, type=_DAY, help="its first day (KST)")
@click.option("--until", required=True, type=_DAY, help="its last day (KST)")
@login_option
@json_option
@click.pass_obj
def access_facility(
    settings: Settings,
    kind: str,
    holder: str,
    number: str,
    since: dt.datetime,
    until: dt.datetime,
    login: str | None,
    as_json: bool,
) -> None:
    """Enter a designation somebody really holds; from then on proofs name it.

    Only the administrator who enters it answers for its truth: the entry is journaled,
    stands on every proof of its days instead of the trial line, and is never changed.
    """
    record = Facility(
        kind=FacilityKind(kind),
        holder=holder,
        number=number,
        since=since.date(),
        until=until.date(),
    )
    with opened(settings) as office:
        office.access.enter_facility(
            acting(office, login, Action.ACCESS_MANAGE), record
        )
        show(
            {
                "kind": record.kind.value,
                "holder": record.holder,
                "number": record.number,
                "since": str(record.since),
                "until": str(record.until),
            },
            as_json=as_json,
        )


@access.command("list")
@login_option
@json_option
@click.pass_obj
def access_list(settings: Settings, login: str | None, as_json: bool) -> None:
    """List customers, users and facility records."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.ACCESS_MANAGE)
        show_rows([*_rows(office, who)], as_json=as_json)


def _rows(office: Office, who: Actor) -> Iterator[Mapping[str, str]]:
    users, facilities = office.access.list_users(who), office.access.facilities(who)
    for tenant in office.access.tenants(who):
        facts = f"{tenant.number}, {tenant.plan.value}"
        yield _row("tenant", tenant.id, tenant.name, facts)
    for each in users:
        roles = ", ".join(sorted(each.roles))
        facts = f"{roles} at {each.tenant}" if each.tenant else roles
        yield _row("user", each.login, each.name, facts)
    for record in facilities:
        facts = f"{record.kind.value}, {record.since} to {record.until}"
        yield _row("facility", record.number, record.holder, facts)


def _row(what: str, key: str, name: str, facts: str) -> Mapping[str, str]:
    return {"what": what, "id": key, "name": name, "facts": facts}
