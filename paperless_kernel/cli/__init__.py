"""The command line: parse, one call, show. Decides nothing."""

from __future__ import annotations

from paperless_kernel.cli.access import access as _access
from paperless_kernel.cli.commands import main

main.add_command(_access)

__all__ = ["main"]
