"""Reading pages by OCR, off the path: a queue that goes on after a kill.

Words lie under the batch's key; what they suggest is worked out when somebody looks.
Nothing read is a value: `index` takes it when a person or the class's rule accepts it.
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from typing import Any, Final

from sqlalchemy import Row, insert, select, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import kst_date, stamp
from paperless_kernel.base.errors import InputError, UnavailableError
from paperless_kernel.base.ids import Actor
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.scan import records
from paperless_kernel.scan.classes import DocumentClass
from paperless_kernel.scan.inspection import records as own
from paperless_kernel.scan.inspection.looking import Looking
from paperless_kernel.scan.inspection.model import (
    Reader,
    ReadingProgress,
    Suggestion,
    Word,
)
from paperless_kernel.scan.inspection.suggest import ReadPage, suggest
from paperless_kernel.scan.inspection.tables import reading
from paperless_kernel.scan.inspection.words import as_file, lock, read_region, unlock
from paperless_kernel.scan.workshop import open_batch_key, show
from paperless_kernel.trust.digest import canonical_json

_LEASE: Final = dt.timedelta(minutes=3)
"""How long a page is one worker's: longer than any page takes to read."""
_MOST_TRIES: Final = 3


class Readings(Looking):
    """Has pages read, and says what the words suggest."""

    def queue_reading(self, actor: Actor, batch: str) -> ReadingProgress:
        """Put a batch's written pages in the queue; those in it already stay.

        Raises:
            NotAllowedError: the actor may not index.
            NotFoundError: there is no such batch.
        """
        require(actor, Action.SCAN_INDEX)
        with self._parts.db.begin() as tx:
            records.get_batch(tx, batch)
            pages = records.current_pages(tx, batch)
            known = set(tx.scalars(select(reading.c.page)))
            for page in pages:
                if page.blank or page.separator or page.id in known:
                    continue
                tx.execute(
                    insert(reading).values(
                        page=page.id,
                        batch=batch,
                        state="due",
                        engine="",
                        words=0,
                        box=b"",
                        claimed_until="",
                        tries=0,
                    )
                )
            return own.reading_progress(tx, batch)

    def read_pages(
        self, actor: Actor, batch: str, reader: Reader, *, progress: Progress = silent
    ) -> ReadingProgress:
        """Read what waits in a batch's queue; several workers may do so at once.

        A killed worker's page is free again after three minutes. A page that fails
        three times is left.

        Raises:
            NotAllowedError: the actor may not index.
            ConflictError: the batch was handed over and its key erased.
        """
        waiting = self.queue_reading(actor, batch).due
        if not waiting:
            return self.reading_progress(actor, batch)
        key = open_batch_key(self._parts, batch, actor, "scan: read by OCR")
        done = 0
        while (row := self._claim(batch)) is not None:
            # 1. The page is claimed. A crash from here on leaves it due.
            data = show(self._parts, key, row.blob, row.sha256)
            picture, _ = as_file(row, data)
            try:
                words = reader.read(picture)
            except UnavailableError:
                self._failed(row.id)
                continue
            # 2. The words and the page's mark commit together.
            self._keep(row.id, words, reader.name, key)
            done += 1
            progress("scan ocr", done, max(done, waiting))
        return self.reading_progress(actor, batch)

    def reading_progress(self, actor: Actor, batch: str) -> ReadingProgress:
        """Return how far OCR is with a batch."""
        self._view(actor)
        with self._parts.db.read() as tx:
            return own.reading_progress(tx, batch)

    def suggestions(
        self, actor: Actor, document: str, *, kind: str = ""
    ) -> tuple[Suggestion, ...]:
        """Return what OCR suggests for the fields of a document's class.

        Args:
            actor: who looks.
            document: id of the document.
            kind: its class by name or code; what it is indexed as when not given.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            InputError: that is no document class.
            ConflictError: the batch was handed over and its key erased.
        """
        self._view(actor)
        key, row = self._key_of(actor, document, "scan: suggest fields")
        wanted = kind or self._document(document, key).kind
        found = self._parts.classes.of(wanted)
        if found is None:
            raise InputError(f"{wanted or 'No type'} is no document class: name one.")
        return self._suggest(found, row.id, key)

    def _suggest(
        self, found: DocumentClass, document: str, key: bytes
    ) -> tuple[Suggestion, ...]:
        with self._parts.db.read() as tx:
            rows = own.readings(tx, document)
        pages = [
            ReadPage(page=row.page, position=row.position, words=_opened(row, key))
            for row in rows
        ]
        return suggest(found, pages, today=kst_date(self._parts.clock.now()))

    def _claim(self, batch: str) -> Row[Any] | None:
        now = self._parts.clock.now()
        with self._parts.db.begin() as tx:
            row = own.next_reading(tx, batch, stamp(now))
            if row is not None:
                tx.execute(
                    update(reading)
                    .where(reading.c.page == row.id)
                    .values(claimed_until=stamp(now + _LEASE))
                )
        return row

    def _failed(self, page: str) -> None:
        with self._parts.db.begin() as tx:
            of_page = reading.c.page == page
            tries = int(tx.scalar(select(reading.c.tries).where(of_page)) or 0) + 1
            state = "failed" if tries >= _MOST_TRIES else "due"
            tx.execute(
                update(reading)
                .where(of_page)
                .values(state=state, tries=tries, claimed_until="")
            )

    def _keep(
        self, page: str, words: tuple[Word, ...], engine: str, key: bytes
    ) -> None:
        plain = zlib.compress(canonical_json([_row_of(word) for word in words]))
        with self._parts.db.begin() as tx:
            tx.execute(
                update(reading)
                .where(reading.c.page == page)
                .values(
                    state="done",
                    engine=engine,
                    words=len(words),
                    box=lock(self._parts.random, plain, key, page),
                    claimed_until="",
                )
            )


def _row_of(word: Word) -> list[str | int | list[int]]:
    area = word.region
    region = [area.left, area.top, area.width, area.height]
    return [word.text, word.confidence, word.line, region]


def _opened(row: Row[Any], key: bytes) -> tuple[Word, ...]:
    rows = json.loads(zlib.decompress(unlock(row.box, key, row.page)))
    words = []
    for text, confidence, line, numbers in rows:
        region = read_region(numbers)
        if region is not None:
            words.append(
                Word(text=text, confidence=confidence, line=line, region=region)
            )
    return tuple(words)
