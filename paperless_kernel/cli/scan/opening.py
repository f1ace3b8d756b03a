"""Commands on boxes at the workshop: trays, opening, preparation, stops, lists."""

from __future__ import annotations

from typing import Any

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.cli.scan.custody import run_row
from paperless_kernel.cli.scan.naming import box_of, box_row, key_of, order_of
from paperless_kernel.cli.scan.options import seal_state_option
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


@click.command("tray")
@click.argument("order")
@click.argument("name")
@click.option("--sheets", type=int, required=True, help="sheets counted")
@click.option("--key", help="name of this tray, made once; default: one from its name")
@paper_options
@login_option
@json_option
@click.pass_obj
def tray(
    settings: Settings,
    /,
    order: str,
    name: str,
    sheets: int,
    key: str | None,
    login: str | None,
    as_json: bool,
    **paper: Any,  # noqa: ANN401 - the options of `paper_options`
) -> None:
    """Take paper in at the counter, to be scanned at once (분산형공정)."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CAPTURE)
        wanted = order_of(office, who, order)
        made = office.scan.take_tray(
            who,
            key=key or key_of("tray", wanted, name),
            order=wanted,
            tray=name,
            sheets=sheets,
            paper=paper_of(paper),
        )
        show(box_row(office, who, made), as_json=as_json)


@click.command("open")
@click.argument("box")
@click.option("--seal", required=True, help="what the seal reads; number or label")
@click.option("--counted", type=int, required=True, help="sheets counted")
@seal_state_option
@login_option
@json_option
@click.pass_obj
def open_box(
    settings: Settings,
    box: str,
    seal: str,
    counted: int,
    seal_state: str,
    login: str | None,
    as_json: bool,
) -> None:
    """Open a BOX: compare its seal, count its sheets; a difference stops it."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CUSTODY)
        made = office.scan.open_box(
            who,
            box_of(office, who, box).id,
            seal=read_label(seal, LabelKind.SEAL).id,
            counted=counted,
            seal_state=SealState(seal_state),
        )
        show(box_row(office, who, made), as_json=as_json)


@click.command("prepare")
@click.argument("box")
@click.option("--unsorted", is_flag=True, help="this person did not sort")
@click.option("--clips-left", is_flag=True, help="this person removed no clips")
@click.option("--banded", is_flag=True, help="bundled for the scanner (밴딩)")
@login_option
@json_option
@click.pass_obj
def prepare(
    settings: Settings,
    box: str,
    unsorted: bool,
    clips_left: bool,
    banded: bool,
    login: str | None,
    as_json: bool,
) -> None:
    """Record sorting a BOX's paper and removing clips; it makes you its author."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CAPTURE)
        found = box_of(office, who, box)
        done = (not unsorted, not clips_left, banded)
        made = office.scan.prepare_box(
            who,
            key=key_of("prepare", found.id, who.id, *map(str, done)),
            box=found.id,
            sorted=done[0],
            unclipped=done[1],
            banded=banded,
        )
        show({"box": found.id, "at": kst_text(made.at)}, as_json=as_json)


@click.command("clear")
@click.argument("number")
@click.option("--agreed", required=True, help="the written agreement it goes on under")
@login_option
@json_option
@click.pass_obj
def clear(
    settings: Settings, number: str, agreed: str, login: str | None, as_json: bool
) -> None:
    """Let a stopped box or transport go on; NUMBER names it."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CLEAR)
        try:
            run = office.scan.transport(who, number)
        except NotFoundError:
            found = box_of(office, who, number)
            made = office.scan.clear_box(who, found.id, agreed=agreed)
            show(box_row(office, who, made), as_json=as_json)
        else:
            run = office.scan.clear_transport(who, run.id, agreed=agreed)
            show(run_row(run), as_json=as_json)


@click.command("boxes")
@click.option("--stopped", is_flag=True, help="only boxes somebody must clear")
@login_option
@json_option
@click.pass_obj
def boxes(settings: Settings, stopped: bool, login: str | None, as_json: bool) -> None:
    """List boxes, the newest first: state, place, counts, kind of paper."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        rows = [
            box_row(office, who, box)
            for box in office.scan.boxes(who)
            if not stopped or box.state == "stopped"
        ]
        show_rows(rows, as_json=as_json)


COMMANDS = (tray, open_box, prepare, clear, boxes)
