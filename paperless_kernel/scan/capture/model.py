"""The words of capture: where pages come from."""

from __future__ import annotations

from typing import Protocol


class PageSource(Protocol):
    """A file with pages, read when its turn comes (a hot folder's, an upload's)."""

    @property
    def name(self) -> str:
        """Return the file's name, shown in errors."""

    def read(self) -> bytes:
        """Return the file's bytes."""
