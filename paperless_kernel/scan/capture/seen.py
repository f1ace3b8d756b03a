"""The written pages of a batch so far, for finding one that comes twice.

Reads each row once however many pages follow; decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from paperless_kernel.scan.quality.likeness import may_be_same
from paperless_kernel.scan.tables import page


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    id: str
    position: int
    sha256: str
    likeness: str


class Seen:
    """Pages that are neither blank nor separators, in the order they were captured."""

    def __init__(self, batch: str) -> None:
        self._batch = batch
        self._last = 0
        self._known: list[_Known] = []

    def catch_up(self, tx: Connection) -> None:
        """Take in what was captured since, by whomever."""
        query = (
            select(page)
            .where(page.c.batch == self._batch, page.c.number > self._last)
            .order_by(page.c.number)
        )
        for row in tx.execute(query):
            self._last = row.number
            if row.blank or row.separator:
                continue
            self._known.append(
                _Known(
                    id=row.id,
                    position=row.position,
                    sha256=row.sha256,
                    likeness=json.loads(row.measures)["likeness"],
                )
            )

    def like(self, position: int, sha256: str, likeness: str) -> Iterator[str]:
        """Yield ids of pages that are or may be the same, the oldest first."""
        for one in self._known:
            if one.position != position and (
                one.sha256 == sha256 or may_be_same(one.likeness, likeness)
            ):
                yield one.id
