"""Commands at the scanner: batches, capture, closing and the first check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.adapters.sane import SaneFeeder, list_devices
from paperless_kernel.cli.scan.feeding import (
    batch_of,
    feeding,
    folder_files,
    one_of,
    page_row,
)
from paperless_kernel.cli.scan.naming import box_of, key_of
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
from paperless_kernel.scan.capture.model import Pairing

if TYPE_CHECKING:
    from paperless_kernel.scan.model import Batch, Page

_PAIRING = click.Choice([each.value for each in Pairing])


@click.command("scanners")
@json_option
def scanners(as_json: bool) -> None:
    """List the scanners SANE finds."""
    rows = [
        {"device": one.name, "vendor": one.vendor, "model": one.model}
        for one in list_devices()
    ]
    show_rows(rows, as_json=as_json)


@click.command("batch")
@click.argument("box")
@click.option("--sheets", type=click.IntRange(1), required=True, help="counted")
@click.option("--device", required=True, help="the scanner, as it is registered")
@click.option("--settings", "how", required=True, help="such as '300 dpi, colour'")
@click.option(
    "--sides",
    type=click.IntRange(1, 2),
    default=1,
    show_default=True,
    help="pictures of a sheet: 2 for duplex",
)
@click.option("--profile", default="", help="quality profile; default: the office's")
@click.option(
    "--every",
    type=click.IntRange(0),
    default=0,
    help="sheets of a document where no separators lie between; 0: separators only",
)
@click.option(
    "--key", help="name of this batch, made once; default: made from what is given"
)
@login_option
@json_option
@click.pass_obj
def batch(
    settings: Settings,
    box: str,
    sheets: int,
    device: str,
    how: str,
    sides: int,
    profile: str,
    every: int,
    key: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Start a batch of a BOX (label, id or seal) under the rules in force."""
    given = (box, str(sheets), device, how, str(sides), profile, str(every))
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CAPTURE)
        made = office.scan.start_batch(
            who,
            key=key or key_of("batch", *given),
            box=box_of(office, who, box).id,
            sheets=sheets,
            device=device,
            settings=how,
            sides=sides,
            profile=profile,
            every=every,
        )
        show(_batch_row(made), as_json=as_json)


@click.command("batches")
@click.argument("box")
@login_option
@json_option
@click.pass_obj
def batches(settings: Settings, box: str, login: str | None, as_json: bool) -> None:
    """List the batches of a BOX (label, id or seal)."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        found = office.scan.batches(who, box_of(office, who, box).id)
        show_rows([_batch_row(one) for one in found], as_json=as_json)


@click.command("capture")
@click.argument("batch")
@click.argument("folder", type=PATH, required=False)
@click.option("--backs", type=PATH, help="folder of the backs (--pairing stacks)")
@click.option(
    "--pairing",
    type=_PAIRING,
    default=Pairing.INTERLEAVED.value,
    show_default=True,
    help="how a duplex batch's sides lie in the folder",
)
@click.option(
    "--first",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="position of the folder's first side",
)
@feeding
@login_option
@json_option
@click.pass_obj
def capture(
    settings: Settings,
    batch: str,
    folder: Path | None,
    backs: Path | None,
    pairing: str,
    first: int,
    feeder: SaneFeeder | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Capture a FOLDER of scans, or what --device feeds, into a BATCH.

    The same folder again goes on where it stopped and doubles nothing.
    """
    one_of(folder, feeder)
    order, number = Pairing(pairing), batch_of(batch)
    left_out: tuple[str, ...] = ()
    made: tuple[Page, ...] = ()
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CAPTURE)
        with progressing(as_json=as_json) as tell:
            if feeder is not None:
                made = office.scan.capture_scanner(
                    who, number, feeder.pages(), progress=tell
                )
            elif folder is not None:
                files, left_out = folder_files(folder, backs, order)
                made = office.scan.capture(
                    who,
                    number,
                    files,
                    first=first,
                    single=order is not Pairing.INTERLEAVED,
                    progress=tell,
                )
        show(_summary(number, made, left_out), as_json=as_json)


@click.command("pages")
@click.argument("batch")
@login_option
@json_option
@click.pass_obj
def pages(settings: Settings, batch: str, login: str | None, as_json: bool) -> None:
    """List the pages of a BATCH in their places, with verdict, way and gap."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        found = office.scan.pages(who, batch_of(batch))
        show_rows([page_row(page) for page in found], as_json=as_json)


@click.command("close")
@click.argument("batch")
@login_option
@json_option
@click.pass_obj
def close(settings: Settings, batch: str, login: str | None, as_json: bool) -> None:
    """Close a BATCH: count it, split it, check every stored page."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CAPTURE)
        with progressing(as_json=as_json) as tell:
            made = office.scan.close_batch(who, batch_of(batch), progress=tell)
        show(_batch_row(made), as_json=as_json)


@click.command("check-batch")
@click.argument("batch")
@login_option
@json_option
@click.pass_obj
def check_batch(
    settings: Settings, batch: str, login: str | None, as_json: bool
) -> None:
    """Run the first integrity check of a closed BATCH: pages, chain, count."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_CAPTURE)
        with progressing(as_json=as_json) as tell:
            made = office.scan.check_batch_integrity(
                who, batch_of(batch), progress=tell
            )
        show(_batch_row(made), as_json=as_json)


def _batch_row(made: Batch) -> dict[str, Any]:
    return {
        "batch": made.id,
        "state": made.state.value,
        "service": made.service.value,
        "sheets": made.sheets,
        "sides": made.sides,
        "device": made.device,
        "regulation": made.regulation,
        "lossless": made.lossless,
        "checked": bool(made.checked) and made.checked == made.head,
    }


def _summary(
    number: str, found: Sequence[Page], left_out: Sequence[str]
) -> dict[str, Any]:
    verdicts = Counter(page.verdict.value for page in found)
    gaps = [page.gap for page in found if page.gap >= 0]
    return {
        "batch": number,
        "sides": len(found),
        "pass": verdicts["pass"],
        "hold": verdicts["hold"],
        "reject": verdicts["reject"],
        "blank": sum(page.blank for page in found),
        "separators": sum(page.separator for page in found),
        "way": ", ".join(sorted({page.way for page in found if page.way})),
        "longest gap ms": max(gaps, default=""),
        "left out": ", ".join(left_out),
    }


COMMANDS = (scanners, batch, batches, capture, pages, close, check_batch)
