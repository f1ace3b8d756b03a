"""Commands that mend a batch: rescans, slips, missed sheets, separators."""

from __future__ import annotations

from pathlib import Path

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.adapters.hotfolder import PageFile
from paperless_kernel.adapters.sane import SaneFeeder
from paperless_kernel.adapters.wholefiles import put_whole
from paperless_kernel.cli.scan.feeding import (
    batch_of,
    fed,
    feeding,
    page_at,
    page_row,
)
from paperless_kernel.cli.scan.naming import key_of
from paperless_kernel.cli.scan.options import PATH
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    progressing,
    show,
    show_rows,
)
from paperless_kernel.config import Settings


@click.command("rescan")
@click.argument("batch")
@click.argument("place")
@click.argument("file", type=PATH)
@login_option
@json_option
@click.pass_obj
def rescan(
    settings: Settings,
    batch: str,
    place: str,
    file: Path,
    login: str | None,
    as_json: bool,
) -> None:
    """Replace the rejected page at PLACE of a BATCH; the old version is kept."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CAPTURE)
        old = page_at(office, who, batch_of(batch), place)
        made = office.scan.rescan(who, old, PageFile(name=file.name, path=file))
        show(page_row(made), as_json=as_json)


@click.command("rescan-slips")
@click.argument("batch")
@click.option("--out", type=PATH, help="write the slips as a PDF to be printed")
@login_option
@json_option
@click.pass_obj
def rescan_slips(
    settings: Settings,
    batch: str,
    out: Path | None,
    login: str | None,
    as_json: bool,
) -> None:
    """List the sheets of a BATCH to be scanned again; with --out, print their slips."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        number = batch_of(batch)
        rows = [
            {
                "sheet": slip.sheet,
                "sides": ", ".join(slip.labels),
                "reasons": ", ".join(slip.reasons),
            }
            for slip in office.scan.rescan_slips(who, number)
        ]
        if out is not None:
            put_whole(out, office.scan.slip_papers(who, number))
        show_rows(rows, as_json=as_json)


@click.command("rescan-stack")
@click.argument("batch")
@click.argument("folder", type=PATH, required=False)
@feeding
@login_option
@json_option
@click.pass_obj
def rescan_stack(
    settings: Settings,
    batch: str,
    folder: Path | None,
    feeder: SaneFeeder | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Scan a stack of slip, sheet, slip, sheet: each sheet takes its place."""
    sources = fed(folder, feeder)
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CAPTURE)
        with progressing(as_json=as_json) as tell:
            made = office.scan.rescan_stack(
                who, batch_of(batch), sources, progress=tell
            )
        show_rows([page_row(page) for page in made], as_json=as_json)


@click.command("insert")
@click.argument("batch")
@click.argument("files", type=PATH, nargs=-1, required=True)
@click.option(
    "--after", required=True, help="place of the page before it; 0: the batch's start"
)
@click.option(
    "--recounted", is_flag=True, help="the paper was counted again: one sheet more"
)
@click.option("--key", help="name of this insertion; default: made from what is given")
@login_option
@json_option
@click.pass_obj
def insert(
    settings: Settings,
    batch: str,
    files: tuple[Path, ...],
    after: str,
    recounted: bool,
    key: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Insert one missed sheet (its FILES) into a BATCH behind the page --after."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CAPTURE)
        number = batch_of(batch)
        made = office.scan.insert_sheet(
            who,
            key=key or key_of("insert", number, after, *(str(one) for one in files)),
            batch=number,
            after="" if after == "0" else page_at(office, who, number, after),
            sources=[PageFile(name=one.name, path=one) for one in files],
            recounted=recounted,
        )
        show_rows([page_row(page) for page in made], as_json=as_json)


@click.command("separator")
@click.option("--kind", default="", help="document type of what follows")
@click.option("--out", type=PATH, required=True, help="PNG file to write")
@login_option
@json_option
@click.pass_obj
def separator(
    settings: Settings, kind: str, out: Path, login: str | None, as_json: bool
) -> None:
    """Write a separator sheet to be printed: QR code, Code 128, text."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        put_whole(out, office.scan.separator(who, kind))
        show({"file": str(out), "kind": kind}, as_json=as_json)


COMMANDS = (rescan, rescan_slips, rescan_stack, insert, separator)
