"""Commands of the notice business: where each notice stands."""

from __future__ import annotations

import click

from paperless_kernel.cli.shell import (
    json_option,
    opened,
    show_rows,
)
from paperless_kernel.config import Settings


@click.group()
def notice() -> None:
    """Look at campaigns and where each notice stands."""


@notice.command("status")
@json_option
@click.pass_obj
def notice_status(settings: Settings, as_json: bool) -> None:
    """List every notice: its state, the masked line, the reason where it stopped."""
    with opened(settings, reader=True) as office:
        rows = [
            {
                "campaign": campaign.title,
                "to": status.name,
                "state": status.state.value,
                "line": status.sent_to or status.listed,
                "reason": status.reason.value if status.reason else "",
            }
            for campaign in office.notices.campaigns()
            for status in office.notices.statuses(campaign.id)
        ]
        show_rows(rows, as_json=as_json)
