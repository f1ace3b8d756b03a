"""Commands that write the workshop's papers, labels and couriers' links."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.adapters.wholefiles import put_whole
from paperless_kernel.base.clock import kst_date, kst_text
from paperless_kernel.cli.scan.naming import box_of, user_of
from paperless_kernel.cli.scan.options import PATH
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show,
)
from paperless_kernel.config import Settings
from paperless_kernel.scan.custody.labels import LabelKind, read_label
from paperless_kernel.scan.custody.papers import STOCKS

if TYPE_CHECKING:
    from paperless_kernel.base.ids import Actor
    from paperless_kernel.office import Office

_out = click.option("--out", required=True, type=PATH, help="PDF file to write")


@click.command("labels")
@click.argument("kind", type=click.Choice([each.value for each in LabelKind]))
@click.argument("numbers", nargs=-1, required=True)
@click.option(
    "--stock",
    type=click.Choice(list(STOCKS)),
    default="a4-24",
    show_default=True,
    help="a4-24: 24 on a sheet of A4; roll: one of 100 x 60 mm a page",
)
@_out
@login_option
@json_option
@click.pass_obj
def labels(
    settings: Settings,
    kind: str,
    numbers: tuple[str, ...],
    stock: str,
    out: Path,
    login: str | None,
    as_json: bool,
) -> None:
    """Write labels (QR and text) for boxes, seals, bins, batches or orders.

    NUMBERS are ids of batches and orders, ids or seals of boxes, numbers of seals and
    bins; a scanned label is taken too.
    """
    wanted = LabelKind(kind)
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        ids = [
            box_of(office, who, each).id
            if wanted is LabelKind.BOX
            else read_label(each, wanted).id
            for each in numbers
        ]
        made = office.scan.print_labels(who, wanted, ids, stock=stock)
        _written(out, made, as_json=as_json)


@click.command("hand-over-sheet")
@click.argument("number")
@click.option("--no-link", is_flag=True, help="print no address of the courier's page")
@_out
@login_option
@json_option
@click.pass_obj
def hand_over_sheet(
    settings: Settings,
    number: str,
    no_link: bool,
    out: Path,
    login: str | None,
    as_json: bool,
) -> None:
    """Write the hand-over sheet (인수인계서) of a planned hand-over or a transport.

    Before the transport NUMBER is the plan's, from 'courier-link'; afterwards the
    transport's, and the kept signatures stand in it.
    """
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        made = office.scan.hand_over_sheet(
            who,
            number,
            names=_names(office, who),
            page_url="" if no_link else _pages(settings),
        )
        _written(out, made, as_json=as_json)


@click.command("work-order")
@click.argument("order")
@_out
@login_option
@json_option
@click.pass_obj
def work_order(
    settings: Settings, order: str, out: Path, login: str | None, as_json: bool
) -> None:
    """Write a work order (전자화 작업의뢰서) with the boxes that came under it."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        wanted = read_label(order, LabelKind.ORDER).id
        for each in office.scan.orders(who):
            wanted = each.id if each.number == wanted else wanted
        made = office.scan.work_order_paper(who, wanted, names=_names(office, who))
        _written(out, made, as_json=as_json)


@click.command("story-paper")
@click.argument("box")
@_out
@login_option
@json_option
@click.pass_obj
def story_paper(
    settings: Settings, box: str, out: Path, login: str | None, as_json: bool
) -> None:
    """Write a BOX's whole story on one page; BOX is its id, label or seal."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        made = office.scan.box_story_paper(
            who, box_of(office, who, box).id, names=_names(office, who)
        )
        _written(out, made, as_json=as_json)


@click.command("destruction-paper")
@click.argument("box")
@_out
@login_option
@json_option
@click.pass_obj
def destruction_paper(
    settings: Settings, box: str, out: Path, login: str | None, as_json: bool
) -> None:
    """Write the signed confirmation (종이문서 파기 확인서) for a destroyed BOX."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        made = office.scan.destruction_paper(
            who, box_of(office, who, box).id, names=_names(office, who)
        )
        _written(out, made, as_json=as_json)


@click.command("courier-link")
@click.argument("boxes", nargs=-1, required=True)
@click.option("--vehicle", required=True, help="the vehicle's number")
@click.option("--second", required=True, help="login of the other handler")
@click.option("--for", "first", help="login of the courier; default: who acts")
@click.option(
    "--hours",
    type=click.IntRange(1, 72),
    default=12,
    show_default=True,
    help="validity",
)
@click.option(
    "--key",
    help="name of this plan, made once; default: one a day (KST) for the same boxes",
)
@login_option
@json_option
@click.pass_obj
def courier_link(
    settings: Settings,
    boxes: tuple[str, ...],
    vehicle: str,
    second: str,
    first: str | None,
    hours: int,
    key: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Plan a hand-over of packed BOXES and give the address of its phone page.

    Whoever opens the address hands these boxes over as that courier, once: give it to
    nobody else. The plan's number prints its sheet.
    """
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        ids = [box_of(office, who, each).id for each in boxes]
        today = kst_date(office.clock.now())
        link = office.scan.plan_hand_over(
            who,
            key=key or f"cli:link:{today}:{vehicle}:{','.join(sorted(ids))}",
            boxes=ids,
            vehicle=vehicle,
            second=user_of(office, second),
            first=user_of(office, first) if first else "",
            lasts=dt.timedelta(hours=hours),
        )
        show(
            {
                "number": link.id,
                "address": f"{_pages(settings)}/c/{link.token}",
                "until": kst_text(link.until),
                "boxes": len(link.boxes),
            },
            as_json=as_json,
        )


@click.command("print-copy")
@click.argument("document")
@click.option("--key", help="name of this print; default: each call is a new print")
@_out
@login_option
@json_option
@click.pass_obj
def print_copy(
    settings: Settings,
    document: str,
    key: str | None,
    out: Path,
    login: str | None,
    as_json: bool,
) -> None:
    """Write a sealed DOCUMENT for printing: 사본, who and when on every page (제17조).

    After the hand-over the workshop holds nothing: print where it was deposited.
    """
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_PRINT)
        made = office.scan.print_copy(who, document, key=key or office.ids.new())
        _written(out, made, as_json=as_json)


def _written(out: Path, made: bytes, *, as_json: bool) -> None:
    put_whole(out, made)
    show({"file": str(out), "bytes": len(made)}, as_json=as_json)


def _names(office: Office, who: Actor) -> dict[str, str]:
    """Return names of people and customers by id, for papers."""
    people = {each.id: each.name for each in office.access.users()}
    return people | {each.id: each.name for each in office.access.tenants(who)}


def _pages(settings: Settings) -> str:
    address = settings.page_url or f"http://{settings.host}:{settings.web_port}"
    return address.rstrip("/")


COMMANDS = (
    labels,
    hand_over_sheet,
    work_order,
    story_paper,
    destruction_paper,
    courier_link,
    print_copy,
)
