"""Commands that tell a box's story."""

from __future__ import annotations

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.base.clock import kst_text
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show_rows,
)
from paperless_kernel.config import Settings


@click.command("report")
@login_option
@json_option
@click.pass_obj
def scan_report(settings: Settings, login: str | None, as_json: bool) -> None:
    """List every box with everything journaled about it."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        rows = [
            {
                "box": box.seal,
                "at": kst_text(line.at),
                "what": line.tag,
                "facts": ", ".join(f"{key}={value}" for key, value in line.facts),
            }
            for box in office.scan.boxes(who)
            for line in office.scan.box_story(who, box.id)
        ]
        show_rows(rows, as_json=as_json)


COMMANDS = (scan_report,)
