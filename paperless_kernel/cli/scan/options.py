"""Options that several commands of the workshop take alike."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from paperless_kernel.scan.boxes import SealState

DAY: Final = click.DateTime(["%Y-%m-%d"])
PATH: Final = click.Path(path_type=Path)

workshop_option = click.option(
    "--workshop", default="", help="id of another workshop; default: the office's own"
)
key_option = click.option(
    "--key", help="name of this entry, made once; default: made from what is given"
)
seal_state_option = click.option(
    "--seal-state",
    type=click.Choice([each.value for each in SealState]),
    default=SealState.INTACT.value,
    show_default=True,
    help="how the seal was found",
)
