"""Commands of the workshop: one module a topic, one group for all."""

from __future__ import annotations

import click

from paperless_kernel.cli.scan import (
    capture,
    custody,
    disposal,
    inspection,
    mending,
    orders,
    papers,
    people,
    quality,
    reports,
    sealing,
    story,
    warehouse,
)


@click.group()
def scan() -> None:
    """Run the workshop: orders, custody, capture, inspection, sealing, records."""


for _topic in (
    story,
    orders,
    custody,
    warehouse,
    reports,
    people,
    quality,
    capture,
    mending,
    inspection,
    sealing,
    disposal,
    papers,
):
    for _command in _topic.COMMANDS:
        scan.add_command(_command)
