"""The command that tells a box's story."""

from __future__ import annotations

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.base.clock import kst_text
from paperless_kernel.cli.scan.naming import box_of
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show_rows,
)
from paperless_kernel.config import Settings


@click.command("story")
@click.argument("box", required=False)
@click.option(
    "--lang", type=click.Choice(["ko", "en"]), help="default: the settings' language"
)
@login_option
@json_option
@click.pass_obj
def story(
    settings: Settings,
    box: str | None,
    lang: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Tell a BOX's story from its contract to its end, or every box's."""
    language = lang or settings.language
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        wanted = [box_of(office, who, box)] if box else office.scan.boxes(who)
        rows = [
            {
                "box": one.seal,
                "at": kst_text(line.at),
                "what": line.tag,
                "who": line.actor,
                "told": line.en if language == "en" else line.ko,
                **(
                    {"facts": ", ".join(f"{key}={value}" for key, value in line.facts)}
                    if as_json
                    else {}
                ),
            }
            for one in wanted
            for line in office.scan.box_story(who, one.id)
        ]
        show_rows(rows, as_json=as_json)


COMMANDS = (story,)
