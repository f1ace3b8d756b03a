"""Commands of the workshop: one module a topic, one group for all."""

from __future__ import annotations

import click

from paperless_kernel.cli.scan import (
    disposal,
    inspection,
    papers,
    people,
    reports,
    sealing,
    story,
)


@click.group()
def scan() -> None:
    """Run the workshop: orders, custody, capture, inspection, sealing, records."""


for _topic in (story, reports, people, inspection, sealing, disposal, papers):
    for _command in _topic.COMMANDS:
        scan.add_command(_command)
