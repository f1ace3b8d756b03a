"""Commands on contracts, workshops and work orders."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.base.clock import kst_text
from paperless_kernel.cli.scan.naming import key_of, tenant_of
from paperless_kernel.cli.scan.options import DAY
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show,
    show_rows,
)
from paperless_kernel.config import Settings
from paperless_kernel.scan.model import Process, Service, ServiceModel
from paperless_kernel.scan.orders.model import ALL_TASKS, Task

if TYPE_CHECKING:
    from paperless_kernel.scan.orders.model import Order

_MODEL = click.Choice([each.value for each in ServiceModel])


@click.command("contract")
@click.argument("customer")
@click.argument("number")
@click.option("--since", type=DAY, required=True, help="first day, KST")
@click.option("--until", type=DAY, required=True, help="last day, KST, included")
@click.option("--consignor", required=True, help="위탁자, as the contract names it")
@click.option("--consignee", required=True, help="수탁자, as the contract names it")
@click.option(
    "--task",
    "tasks",
    multiple=True,
    type=click.Choice([each.value for each in Task]),
    help="what the contract covers; may be given again; default: all of it",
)
@login_option
@json_option
@click.pass_obj
def contract(
    settings: Settings,
    customer: str,
    number: str,
    since: dt.datetime,
    until: dt.datetime,
    consignor: str,
    consignee: str,
    tasks: tuple[str, ...],
    login: str | None,
    as_json: bool,
) -> None:
    """Record the consignment contract (개인정보 처리위탁) of a CUSTOMER."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_ORDER)
        made = office.scan.record_contract(
            who,
            tenant=tenant_of(office, who, customer),
            number=number,
            since=since.date(),
            until=until.date(),
            consignor=consignor,
            consignee=consignee,
            tasks=tuple(map(Task, tasks)) or ALL_TASKS,
        )
        show(
            {
                "number": made.number,
                "since": made.since,
                "until": made.until,
                "covers": ", ".join(made.tasks),
            },
            as_json=as_json,
        )


@click.command("workshop")
@click.argument("id", required=False)
@click.option("--holder", help="in whose name it stands (명의)")
@click.option("--model", type=_MODEL, help="built, subscribed, or run for a customer")
@click.option("--registration", default="", help="number of its registration")
@click.option("--registered", type=DAY, help="day of its registration, KST")
@login_option
@json_option
@click.pass_obj
def workshop(
    settings: Settings,
    id: str | None,  # noqa: A002 - the argument's name in the help
    holder: str | None,
    model: str | None,
    registration: str,
    registered: dt.datetime | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Enter a workshop (전자화작업장) and in whose name it stands, or list them."""
    with opened(settings) as office:
        if id is None:
            who = acting(office, login, Action.SCAN_VIEW)
        else:
            if not holder or not model:
                raise click.UsageError("a workshop has a --holder and a --model.")
            who = acting(office, login, Action.SCAN_ORDER)
            office.scan.enter_workshop(
                who,
                id=id,
                holder=holder,
                model=ServiceModel(model),
                registration=registration,
                registered_on=registered.date() if registered else None,
            )
        rows = [
            {
                "workshop": one.id,
                "holder": one.holder,
                "model": one.model.value,
                "registration": one.registration,
                "registered": one.registered_on or "",
            }
            for one in office.scan.workshops(who)
        ]
        show_rows(rows, as_json=as_json)


@click.command("order")
@click.argument("customer")
@click.argument("number")
@click.option("--contract", required=True, help="number of the contract it is under")
@click.option(
    "--model",
    type=_MODEL,
    default="delegated",
    show_default=True,
    help="delegated: by the office; built, subscribed: in a --workshop",
)
@click.option(
    "--process",
    type=click.Choice([each.value for each in Process]),
    default="central",
    show_default=True,
    help="distributed: scanned where the paper is received, at once",
)
@click.option("--plain", is_flag=True, help="일반스캔: makes no claim, marked as such")
@click.option("--workshop", default="", help="id; default: the office's own")
@click.option("--lossless", is_flag=True, help="no picture is coded with loss (제35조)")
@click.option("--demo-paper", is_flag=True, help="made-up paper of a trial office")
@login_option
@json_option
@click.pass_obj
def order(
    settings: Settings,
    customer: str,
    number: str,
    contract: str,
    model: str,
    process: str,
    plain: bool,
    workshop: str,
    lossless: bool,
    demo_paper: bool,
    login: str | None,
    as_json: bool,
) -> None:
    """Place a work order (전자화 작업의뢰서, 제40조) of a CUSTOMER."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_ORDER)
        tenant = tenant_of(office, who, customer)
        made = office.scan.place_order(
            who,
            key=key_of("order", tenant, number),
            tenant=tenant,
            number=number,
            contract=contract,
            model=ServiceModel(model),
            process=Process(process),
            service=Service.PLAIN if plain else Service.TRUSTED,
            workshop=workshop,
            lossless=lossless,
            demo_paper=demo_paper,
        )
        show(_row(made), as_json=as_json)


@click.command("orders")
@click.option("--customer", help="only this one's")
@login_option
@json_option
@click.pass_obj
def orders(
    settings: Settings, customer: str | None, login: str | None, as_json: bool
) -> None:
    """List work orders, the newest first."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        tenant = tenant_of(office, who, customer) if customer else ""
        rows = [_row(one) for one in office.scan.orders(who, tenant)]
        show_rows(rows, as_json=as_json)


def _row(made: Order) -> dict[str, Any]:
    return {
        "order": made.id,
        "number": made.number,
        "contract": made.contract,
        "model": made.model.value,
        "process": made.process.value,
        "service": made.service.value,
        "workshop": made.workshop,
        "lossless": made.lossless,
        "demo paper": made.demo_paper,
        "placed": kst_text(made.placed_at),
    }


COMMANDS = (contract, workshop, order, orders)
