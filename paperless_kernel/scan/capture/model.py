"""The words of capture: where pages come from, in what order and how fresh."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Way(StrEnum):
    """How a picture's bytes came here."""

    SCANNER = "scanner"
    """Hashed as the scanning process handed them over: no gap, and never a file."""
    FOLDER = "folder"
    """Read from a file a scanner wrote; the gap is known."""
    HANDED = "handed"
    """Handed in by a program; nobody knows how old they are."""


class Pairing(StrEnum):
    """In what order the sides of sheets lie in a folder."""

    INTERLEAVED = "interleaved"
    """Front, back, front, back."""
    TURNED = "turned"
    """All fronts, then the stack turned over: the backs from the last to the first."""
    STACKS = "stacks"
    """Fronts, and as many backs in the same order (two folders)."""


class PageSource(Protocol):
    """A file with pages, read when its turn comes (a hot folder's, an upload's)."""

    @property
    def name(self) -> str:
        """Return the file's name, shown in errors."""

    def read(self) -> bytes:
        """Return the file's bytes."""


@runtime_checkable
class DatedSource(PageSource, Protocol):
    """A source that knows how its bytes came here and how old they are."""

    @property
    def way(self) -> str:
        """Return a `Way`'s word."""

    def read_dated(self) -> tuple[bytes, int]:
        """Return the bytes and how old they are, milliseconds; below 0: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A source's bytes with their first integrity value.

    Attributes:
        digest: sha256 of ``data``, hex.
        way: a `Way`.
        gap: milliseconds from writing to ``digest``; -1 where nobody knows.
    """

    name: str
    data: bytes
    digest: str
    way: Way
    gap: int
