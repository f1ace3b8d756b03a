"""Commands on boxes on their way: supply, packing, photos, vehicles, receipt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.adapters.prooffiles import read as read_file
from paperless_kernel.base.clock import kst_text
from paperless_kernel.cli.scan.naming import (
    box_of,
    box_row,
    key_of,
    order_of,
    seal_of,
    signature_of,
    tenant_of,
    user_of,
)
from paperless_kernel.cli.scan.options import PATH, seal_state_option
from paperless_kernel.cli.scan.paper import paper_of, paper_options
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show,
    show_rows,
)
from paperless_kernel.config import Settings
from paperless_kernel.scan.boxes import SealState
from paperless_kernel.scan.custody.labels import LabelKind, read_label
from paperless_kernel.scan.custody.model import Found
from paperless_kernel.trust.digest import sha256

if TYPE_CHECKING:
    from paperless_kernel.scan.custody.model import Transport

_signed = click.option("--signed", default="", help="name of who signs, typed")
_drawing = click.option("--drawing", type=PATH, help="drawn signature, PNG")


@click.command("supply")
@click.argument("customer")
@click.argument("seals", nargs=-1, required=True)
@login_option
@json_option
@click.pass_obj
def supply(
    settings: Settings,
    customer: str,
    seals: tuple[str, ...],
    login: str | None,
    as_json: bool,
) -> None:
    """Give a CUSTOMER empty boxes with their SEALS (numbers or labels)."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        tenant = tenant_of(office, who, customer)
        numbers = [read_label(each, LabelKind.SEAL).id for each in seals]
        key = key_of("supply", tenant, *sorted(numbers))
        office.scan.supply_boxes(who, key=key, tenant=tenant, seals=numbers)
        show({"customer": tenant, "boxes": len(numbers)}, as_json=as_json)


@click.command("pack")
@click.argument("order")
@click.argument("seal")
@click.option("--sheets", type=int, required=True, help="sheets the customer declares")
@paper_options
@login_option
@json_option
@click.pass_obj
def pack(
    settings: Settings,
    /,
    order: str,
    seal: str,
    sheets: int,
    login: str | None,
    as_json: bool,
    **paper: Any,  # noqa: ANN401 - the options of `paper_options`
) -> None:
    """Pack a box at the customer's under a work ORDER and put a SEAL on it."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        number = read_label(seal, LabelKind.SEAL).id
        wanted = order_of(office, who, order)
        made = office.scan.pack_box(
            who,
            key=key_of("pack", wanted, number),
            order=wanted,
            seal=number,
            sheets=sheets,
            paper=paper_of(paper),
        )
        show(box_row(office, who, made), as_json=as_json)


@click.command("photograph")
@click.argument("box")
@click.argument("photo", type=PATH)
@login_option
@json_option
@click.pass_obj
def photograph(
    settings: Settings, box: str, photo: Path, login: str | None, as_json: bool
) -> None:
    """Keep a PHOTO (JPEG or PNG) of the seal on a BOX."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        found, data = box_of(office, who, box), read_file(photo)
        key = key_of("photo", found.id, sha256(data).hex())
        kept = office.scan.photograph(who, key=key, box=found.id, photo=data)
        show({"box": found.id, "kept": kept.digest}, as_json=as_json)


@click.command("carry")
@click.argument("boxes", nargs=-1, required=True)
@click.option("--vehicle", required=True, help="the vehicle's number")
@click.option("--second", required=True, help="login of the other handler")
@_signed
@_drawing
@login_option
@json_option
@click.pass_obj
def carry(
    settings: Settings,
    boxes: tuple[str, ...],
    vehicle: str,
    second: str,
    signed: str,
    drawing: Path | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Take packed BOXES over from the customer, who signs, onto a vehicle."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        ids = sorted(box_of(office, who, each).id for each in boxes)
        other = user_of(office, second)
        run = office.scan.hand_over_boxes(
            who,
            key=key_of("carry", vehicle, other, *ids),
            boxes=ids,
            vehicle=vehicle,
            second=other,
            giver=signature_of(signed, drawing),
        )
        show(run_row(run), as_json=as_json)


@click.command("arrive")
@click.argument("transport")
@click.argument("seals", nargs=-1)
@click.option("--counted", type=int, required=True, help="boxes counted")
@click.option("--broken", multiple=True, help="a box whose seal is broken")
@click.option("--bare", multiple=True, help="a box whose seal is gone; its label")
@_signed
@_drawing
@login_option
@json_option
@click.pass_obj
def arrive(
    settings: Settings,
    transport: str,
    seals: tuple[str, ...],
    counted: int,
    broken: tuple[str, ...],
    bare: tuple[str, ...],
    signed: str,
    drawing: Path | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Check a TRANSPORT's boxes in: whole SEALS, others by option, and their number."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_RECEIVE)
        seen = (
            (SealState.INTACT, seals),
            (SealState.BROKEN, broken),
            (SealState.MISSING, bare),
        )
        found = [
            Found(seal=seal_of(office, who, said), state=state)
            for state, many in seen
            for said in many
        ]
        read = sorted(f"{one.seal} {one.state}" for one in found)
        run = office.scan.arrive(
            who,
            key=key_of("arrive", transport, str(counted), *read),
            transport=transport,
            found=found,
            counted=counted,
            taker=signature_of(signed, drawing),
        )
        show(run_row(run), as_json=as_json)


@click.command("receive")
@click.argument("order")
@click.argument("seal")
@click.option("--sheets", type=int, required=True, help="sheets the customer declares")
@seal_state_option
@paper_options
@login_option
@json_option
@click.pass_obj
def receive(
    settings: Settings,
    /,
    order: str,
    seal: str,
    sheets: int,
    seal_state: str,
    login: str | None,
    as_json: bool,
    **paper: Any,  # noqa: ANN401 - the options of `paper_options`
) -> None:
    """Receive a box that its customer brought itself, under a work ORDER."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_RECEIVE)
        wanted = office.scan.order(who, order_of(office, who, order))
        number = seal_of(office, who, seal)
        made = office.scan.receive_box(
            who,
            key=key_of("receive", wanted.id, number),
            tenant=wanted.tenant,
            seal=number,
            sheets=sheets,
            order=wanted.id,
            seal_state=SealState(seal_state),
            paper=paper_of(paper),
        )
        show(box_row(office, who, made), as_json=as_json)


@click.command("transports")
@login_option
@json_option
@click.pass_obj
def transports(settings: Settings, login: str | None, as_json: bool) -> None:
    """List the vehicles' runs, the newest first."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        rows = [run_row(run) for run in office.scan.transports(who)]
        show_rows(rows, as_json=as_json)


def run_row(run: Transport) -> dict[str, Any]:
    """Return what a list shows of a vehicle's run."""
    return {
        "transport": run.id,
        "state": run.state.value,
        "vehicle": run.vehicle,
        "boxes": len(run.boxes),
        "left": kst_text(run.left_at),
        "arrived": kst_text(run.arrived_at) if run.arrived_at else "",
        "reason": run.reason if run.state == "stopped" else "",
    }


COMMANDS = (supply, pack, photograph, carry, arrive, receive, transports)
