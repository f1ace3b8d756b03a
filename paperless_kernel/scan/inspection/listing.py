"""The customer's list at the index desk: rows found by the barcode on the paper.

Matches and indexes in one go and keeps nothing of the list: what fits no paper here may
lie in another batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.errors import InputError, NotAllowedError
from paperless_kernel.base.ids import Actor
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.scan import records
from paperless_kernel.scan.capture.rules import check_batch
from paperless_kernel.scan.documents import DocumentState, FieldSource
from paperless_kernel.scan.inspection.gathering import Wanted
from paperless_kernel.scan.inspection.indexing import Indexing
from paperless_kernel.scan.inspection.looking import alive
from paperless_kernel.scan.inspection.model import ListRow, Match, MatchState
from paperless_kernel.scan.inspection.rules import check_index
from paperless_kernel.scan.model import BatchState
from paperless_kernel.scan.workshop import open_batch_key


class Listing(Indexing):
    """Indexes documents from rows the customer gave."""

    def match_list(
        self,
        actor: Actor,
        batch: str,
        rows: Sequence[ListRow],
        *,
        typed: Mapping[str, str] | None = None,
        progress: Progress = silent,
    ) -> tuple[Match, ...]:
        """Index a batch's documents from a list, by the code on their first page.

        A row's values are one entry: a class that wants two people waits for another
        person. Documents indexed before stay as they are, so a repeat goes on.

        Args:
            actor: a scan operator or inspector.
            batch: id of the batch.
            rows: of the list; each key stands once.
            typed: keys typed for documents (by id) whose code cannot be read.
            progress: told after each document.

        Returns:
            What became of each document.

        Raises:
            NotAllowedError: the actor may not index.
            InputError: a typed key or document is not there.
            NotYetError: the batch is still being scanned, or was not checked yet.
            ConflictError: the batch was handed over and its key erased.
        """
        require(actor, Action.SCAN_INDEX)
        by_key = {row.key: row for row in rows}
        typed = typed or {}
        strange = sorted(set(typed.values()) - set(by_key))
        if strange:
            raise InputError(f"The list has no row with the key {', '.join(strange)}.")
        with self._parts.db.read() as tx:
            state = records.get_batch(tx, batch).state
            check_batch(state, BatchState.CLOSED, "indexing")
            documents = alive(records.document_rows(tx, batch))
        key = open_batch_key(self._parts, batch, actor, "scan: match a list")
        unknown = sorted(set(typed) - {row.id for row in documents})
        if unknown:
            raise InputError(f"This batch has no document {', '.join(unknown)}.")
        made = []
        taken: dict[str, int] = {}
        for done, row in enumerate(documents, 1):
            made.append(self._match(actor, row, key, by_key, typed, taken))
            progress("scan list-match", done, len(documents))
        self._acknowledge()
        return tuple(made)

    def _match(
        self,
        actor: Actor,
        row: Row[Any],
        key: bytes,
        by_key: Mapping[str, ListRow],
        typed: Mapping[str, str],
        taken: dict[str, int],
    ) -> Match:
        """Index one document from its row, or say why not."""
        if row.state != DocumentState.CAPTURED:
            return _match(row, MatchState.DONE)
        keys = {typed[row.id]} if row.id in typed else self._keys(row, key, by_key)
        if not keys:
            return _match(row, MatchState.NO_KEY)
        found = min(keys)
        if len(keys) > 1 or found in taken:
            text = f"document {taken[found]} has it too" if found in taken else ""
            return _match(row, MatchState.SEVERAL, ", ".join(sorted(keys)), text)
        taken[found] = row.number
        line = by_key[found]
        wanted = Wanted(
            title=line.title,
            kind=line.kind or row.kind_hint,
            keywords=line.keywords,
            fields=line.fields,
            source=FieldSource.LIST,
        )
        try:
            check_index(wanted.title, wanted.kind, wanted.keywords)
            indexed = self._index(actor, row, key, wanted)
        except (InputError, NotAllowedError) as error:
            return _match(row, MatchState.REFUSED, found, str(error))
        state = MatchState.WAITS if indexed.waits else MatchState.INDEXED
        return _match(row, state, found)

    def _keys(
        self, row: Row[Any], key: bytes, by_key: Mapping[str, ListRow]
    ) -> set[str]:
        return {one.text for one in self._codes(row.id, key) if one.text in by_key}


def _match(row: Row[Any], state: MatchState, key: str = "", text: str = "") -> Match:
    return Match(document=row.id, number=row.number, state=state, key=key, text=text)
