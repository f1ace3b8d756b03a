"""Commands of the notice business: where each notice stands."""

from __future__ import annotations

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show_rows,
)
from paperless_kernel.config import Settings


@click.group()
def notice() -> None:
    """Look at campaigns and where each notice stands."""


@notice.command("status")
@login_option
@json_option
@click.pass_obj
def notice_status(settings: Settings, login: str | None, as_json: bool) -> None:
    """List every notice: its state, the masked line, the reason where it stopped."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.NOTICE_VIEW)
        rows = [
            {
                "campaign": campaign.title,
                "to": status.name,
                "state": status.state.value,
                "line": status.sent_to or status.listed,
                "reason": status.reason.value if status.reason else "",
            }
            for campaign in office.notices.campaigns(who)
            for status in office.notices.statuses(who, campaign.id)
        ]
        show_rows(rows, as_json=as_json)
