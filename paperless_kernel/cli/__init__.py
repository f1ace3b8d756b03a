"""The command line: parse, one call, show. Decides nothing."""

from __future__ import annotations

from paperless_kernel.cli.commands import main

__all__ = ["main"]
