"""Options that say what kind of paper a box holds; the price depends on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from paperless_kernel.scan.boxes import Binding, Paper, PaperCondition, PaperSize


def paper_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what kind of paper it is; the price depends on it."""
    for option in (
        click.option("--special", is_flag=True, help="special paper (특수종이)"),
        click.option("--banded", is_flag=True, help="bundled with bands"),
        click.option(
            "--binding",
            type=click.Choice([each.value for each in Binding]),
            default="loose",
            show_default=True,
            help="what holds the sheets together",
        ),
        click.option(
            "--condition",
            type=click.Choice([each.value for each in PaperCondition]),
            default="good",
            show_default=True,
            help="worn: crumpled or aged; damaged: torn, wet or sticking",
        ),
        click.option(
            "--size",
            type=click.Choice([each.value for each in PaperSize]),
            default="a4",
            show_default=True,
            help="of most of its sheets",
        ),
    ):
        command = option(command)
    return command


def paper_of(given: dict[str, Any]) -> Paper:
    """Return the kind of paper the options name."""
    return Paper(
        size=PaperSize(given["size"]),
        condition=PaperCondition(given["condition"]),
        binding=Binding(given["binding"]),
        banded=given["banded"],
        special=given["special"],
    )
