"""Commands of the warehouse: bins, storing, fetching, putting back, where paper is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.cli.scan.naming import (
    box_of,
    box_row,
    key_of,
    signature_of,
    user_of,
)
from paperless_kernel.cli.scan.options import PATH
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show,
    show_rows,
)
from paperless_kernel.config import Settings
from paperless_kernel.scan.custody.labels import LabelKind, read_label

if TYPE_CHECKING:
    from paperless_kernel.base.ids import Actor
    from paperless_kernel.office import Office
    from paperless_kernel.scan.custody.model import FetchRequest

_bin = click.option("--bin", "place", required=True, help="the bin, number or label")


@click.command("bins")
@click.argument("bins", nargs=-1)
@login_option
@json_option
@click.pass_obj
def bins(
    settings: Settings, bins: tuple[str, ...], login: str | None, as_json: bool
) -> None:
    """Enter BINS of the warehouse, or list them when none is named."""
    with opened(settings) as office:
        action = Action.SCAN_ORDER if bins else Action.SCAN_CUSTODY
        who = acting(office, login, action)
        numbers = [read_label(each, LabelKind.BIN).id for each in bins]
        known = (
            office.scan.enter_bins(who, numbers) if numbers else office.scan.bins(who)
        )
        show_rows([{"bin": each} for each in known], as_json=as_json)


@click.command("store")
@click.argument("box")
@_bin
@login_option
@json_option
@click.pass_obj
def store(
    settings: Settings, box: str, place: str, login: str | None, as_json: bool
) -> None:
    """Put a BOX into a bin; one that stands in a bin is moved to the other."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        found = box_of(office, who, box)
        name = read_label(place, LabelKind.BIN).id
        now = office.scan.place(who, found.id)
        if now.kind == "warehouse":
            if now.bin != name:
                key = key_of("move", found.id, name, _turn(office, who, found.id))
                office.scan.move_box(who, key=key, box=found.id, bin=name)
        else:
            key = key_of("store", found.id, name, _turn(office, who, found.id))
            office.scan.store_box(who, key=key, box=found.id, bin=name)
        show(box_row(office, who, found), as_json=as_json)


@click.command("put-back")
@click.argument("box")
@_bin
@click.option("--counted", type=int, required=True, help="sheets counted")
@login_option
@json_option
@click.pass_obj
def put_back(
    settings: Settings,
    box: str,
    place: str,
    counted: int,
    login: str | None,
    as_json: bool,
) -> None:
    """Put a BOX back that was at the customer's (재입고), its sheets counted."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        found = box_of(office, who, box)
        name = read_label(place, LabelKind.BIN).id
        if office.scan.place(who, found.id).kind != "warehouse":
            key = key_of("back", found.id, name, _turn(office, who, found.id))
            office.scan.put_back(who, key=key, box=found.id, bin=name, counted=counted)
        show(box_row(office, who, box_of(office, who, found.id)), as_json=as_json)


@click.command("ask")
@click.argument("thing")
@click.option("--reason", required=True, help="what the box is needed for, one line")
@login_option
@json_option
@click.pass_obj
def ask(
    settings: Settings, thing: str, reason: str, login: str | None, as_json: bool
) -> None:
    """Ask for a box out of the warehouse (출고 요청).

    THING is a document (or its receipt), a box's id or its label.
    """
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_FETCH)
        box = _box_behind(office, who, thing)
        asked = office.scan.requests(who)
        waiting = [r for r in asked if r.box == box and r.fetched_at is None]
        made = (
            waiting[0]
            if waiting
            else office.scan.ask_for_box(
                who,
                key=key_of("ask", box, str(sum(r.box == box for r in asked))),
                box=box,
                reason=reason,
            )
        )
        show(_row(made), as_json=as_json)


@click.command("requests")
@click.option("--waiting", is_flag=True, help="only those not fetched yet")
@login_option
@json_option
@click.pass_obj
def requests(
    settings: Settings, waiting: bool, login: str | None, as_json: bool
) -> None:
    """List fetch requests in order; a customer sees its own."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_FETCH)
        found = office.scan.requests(who, waiting=waiting)
        show_rows([_row(one) for one in found], as_json=as_json)


@click.command("fetch")
@click.argument("request")
@click.option("--vehicle", help="carry it to the customer with this vehicle")
@click.option("--second", help="login of the other handler")
@click.option("--signed", default="", help="name of the customer's person, typed")
@click.option("--drawing", type=PATH, help="signature, PNG")
@login_option
@json_option
@click.pass_obj
def fetch(
    settings: Settings,
    request: str,
    vehicle: str | None,
    second: str | None,
    signed: str,
    drawing: Path | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Fulfil a fetch REQUEST (출고): to the workshop, or by vehicle to the customer."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        key = key_of("fetch", request)
        if vehicle is None:
            made = office.scan.fetch_box(who, key=key, request=request)
        else:
            made = office.scan.deliver_box(
                who,
                key=key,
                request=request,
                vehicle=vehicle,
                second=user_of(office, second or ""),
                taker=signature_of(signed, drawing),
            )
        show(_row(made), as_json=as_json)


@click.command("where")
@click.argument("thing")
@login_option
@json_option
@click.pass_obj
def where(settings: Settings, thing: str, login: str | None, as_json: bool) -> None:
    """Say in which box and bin the paper of THING is: a document, receipt or box."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_FETCH)
        box = _box_behind(office, who, thing)
        place = office.scan.place(who, box)
        documents = office.scan.documents_in(who, box)
        show(
            {
                "box": box,
                "place": place.kind.value,
                "bin": place.bin,
                "since": kst_text(place.since) if place.since else "",
                "documents": [name for name, _ in documents],
            },
            as_json=as_json,
        )


def _box_behind(office: Office, who: Actor, thing: str) -> str:
    """Return the id of the box a document is from, or of the box named."""
    try:
        return office.scan.where_is(who, thing).box
    except NotFoundError:
        if who.tenant:  # a customer knows box ids from labels, not others' seals
            number = read_label(thing, LabelKind.BOX).id
            office.scan.place(who, number)
            return number
        return box_of(office, who, thing).id


def _turn(office: Office, who: Actor, box: str) -> str:
    """Return how often a box was moved: the same way again is another fact."""
    return str(len(office.scan.places(who, box)))


def _row(one: FetchRequest) -> dict[str, Any]:
    return {
        "request": one.id,
        "box": one.box,
        "asked": kst_text(one.at),
        "reason": one.reason,
        "fetched": kst_text(one.fetched_at) if one.fetched_at else "",
    }


COMMANDS = (bins, store, put_back, ask, requests, fetch, where)
