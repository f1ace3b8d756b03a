"""A simulated line directory: who has which lines, read from a file at each question.

Stands in for the carriers' own answer to "which lines has this CI". Keeps SHA-256 of
the CI, never the CI. Was never connected to a carrier.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from paperless_kernel.base.errors import InputError, UnavailableError
from paperless_kernel.notice.model import Line, Network
from paperless_kernel.trust.digest import sha256

log = logging.getLogger(__name__)


class SimulatedLines:
    """A `LineDirectory` over a JSON file that may change between two questions."""

    def __init__(self, path: Path, *, demo: bool = False) -> None:
        """Open the directory; warns loudly unless it is for a demo.

        Args:
            path: written by `write_lines`.
            demo: the office is a trial office and says so itself.
        """
        self._path = path
        if not demo:
            log.warning(
                "SIMULATED LINE DIRECTORY IN USE: numbers come from %s, not from any "
                "carrier. Nothing sent through it reaches a person.",
                path.name,
            )

    def lines_of(self, cis: Sequence[str]) -> tuple[tuple[Line, ...], ...]:
        """Return each person's lines now, in the order asked; none for a stranger.

        Raises:
            UnavailableError: the file cannot be read; nothing was decided.
        """
        try:
            table = json.loads(self._path.read_text(encoding="utf-8"))
            return tuple(
                tuple(_line(row) for row in table.get(_key(ci), ())) for ci in cis
            )
        except (OSError, ValueError, KeyError, TypeError, InputError) as error:
            raise UnavailableError(
                f"the line directory {self._path.name} did not answer ({error}); no "
                "line was chosen. Restore it and dispatch again."
            ) from error


def write_lines(path: Path, people: Mapping[str, Sequence[Line]]) -> None:
    """Write a directory: each CI's lines. Replaces the file as a whole.

    Args:
        path: where it is kept.
        people: CI to lines.
    """
    table = {
        _key(ci): [
            {
                "number": line.number,
                "network": line.network.value,
                "mvno": line.mvno,
                "corporate": line.corporate,
                "generation": line.generation,
                "refused": line.refused,
            }
            for line in lines
        ]
        for ci, lines in people.items()
    }
    fresh = path.with_suffix(".new")
    fresh.write_text(
        json.dumps(table, ensure_ascii=False, sort_keys=True, indent=1),
        encoding="utf-8",
    )
    fresh.replace(path)


def _key(ci: str) -> str:
    return sha256(ci.encode()).hex()


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        number=str(row["number"]),
        network=Network(row["network"]),
        mvno=bool(row["mvno"]),
        corporate=bool(row["corporate"]),
        generation=int(row["generation"]),
        refused=bool(row["refused"]),
    )
