"""Commands of the workshop: one module a topic, one group for all."""

from __future__ import annotations

import click

from paperless_kernel.cli.scan import (
    capture,
    custody,
    disposal,
    indexing,
    inspection,
    mending,
    opening,
    orders,
    papers,
    people,
    premises,
    quality,
    reports,
    sealing,
    story,
    warehouse,
)

_TOPICS = (
    ("Before the first box", (premises, people, quality)),
    ("Orders and boxes on their way", (orders, custody, opening, warehouse)),
    ("Scanning", (capture, mending)),
    ("Index and inspection", (indexing, inspection)),
    ("Sealing and the end of the paper", (sealing, disposal)),
    ("Papers and records", (papers, reports, story)),
)

_WHOLE = 400
"""Letters of a command's first sentence: shown whole, wrapped."""


class Topics(click.Group):
    """A group whose help lists commands in the order work is done."""

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click passes it
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the commands topic by topic."""
        for title, modules in _TOPICS:
            commands = [each for topic in modules for each in topic.COMMANDS]
            with formatter.section(title):
                formatter.write_dl(
                    [
                        (each.name or "", each.get_short_help_str(limit=_WHOLE))
                        for each in commands
                    ]
                )


@click.group(cls=Topics)
def scan() -> None:
    """Run the workshop: orders, custody, capture, inspection, sealing, records."""


for _title, _modules in _TOPICS:
    for _topic in _modules:
        for _command in _topic.COMMANDS:
            scan.add_command(_command)
