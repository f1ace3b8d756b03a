"""The desk that writes the workshop's own records: register items, lines, samples.

Loads, asks ``reports.rules``, writes rows and journal together. Texts stay in rows; the
journal holds salted commitments to them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records
from paperless_kernel.scan.reports import keeping
from paperless_kernel.scan.reports.model import (
    LossySample,
    RegisterContent,
    RegisterItem,
    RegisterNote,
)
from paperless_kernel.scan.reports.rules import (
    check_item,
    check_sample,
    check_words,
    check_written,
)
from paperless_kernel.scan.tags import (
    REGISTER_NOTED,
    REGISTER_WORDED,
    SAMPLE_COMPARED,
)
from paperless_kernel.scan.workshop import Desk
from paperless_kernel.trust.digest import sha256

_SALT: Final = 16
_LONGEST_NOTE: Final = 500


class KeepingRecords(Desk):
    """Keeps what no other desk writes down."""

    def word_register(
        self, actor: Actor, *, number: int, wording: str, content: RegisterContent
    ) -> RegisterItem:
        """Word an item of the register (전자화기록부, 제8조) and say what fills it.

        The same words again change nothing.

        Raises:
            NotAllowedError: the actor does not keep the workshop's books.
            InputError: no such item, no wording, or the content has its item.
        """
        require(actor, Action.SCAN_STAFF)
        made = RegisterItem(number=number, wording=wording, content=content)
        with self._parts.db.begin() as tx:
            known = keeping.find_items(tx)
            check_item(made, known)
            if made not in known:
                keeping.add_item(tx, made, actor.id, self._parts.clock.now())
                body: dict[str, Json] = {
                    "tenant": "",
                    "content": content.value,
                    "wording": wording,
                }
                self._write(tx, actor, REGISTER_WORDED, str(number), body)
        self._acknowledge()
        return made

    def note_in_register(
        self, actor: Actor, *, key: str, number: int, on: dt.date, text: str
    ) -> RegisterNote:
        """Write a line into an item the workshop fills itself.

        Args:
            actor: who writes.
            key: idempotency key.
            number: of the item.
            on: Korean day it is about.
            text: one line; may name people, so only a commitment is journaled.

        Raises:
            NotAllowedError: the actor does not keep the workshop's books.
            NotYetError: nobody worded the item.
            InputError: the item is filled from its records, or the day is to come.
            ConflictError: the key was used for another line.
        """
        require(actor, Action.SCAN_STAFF)
        check_words(text)
        now = self._parts.clock.now()
        if on > kst_date(now):
            raise InputError(f"{on} has not come yet: write what has happened.")
        content = records.content_of("note", str(number), on.isoformat(), text)
        with self._parts.db.begin() as tx:
            check_written(number, keeping.find_items(tx))
            known = records.recall(tx, key, content)
            if known is None:
                known = self._parts.ids.new()
                note = RegisterNote(
                    id=known, number=number, on=on, text=text, by=actor.id, at=now
                )
                self._add_note(tx, actor, note)
                records.remember(tx, key, content, known)
            found = keeping.find_notes(tx)
        self._acknowledge()
        return next(note for note in found if note.id == known)

    def _add_note(self, tx: Connection, actor: Actor, note: RegisterNote) -> None:
        salt = self._parts.random.token(_SALT).hex()
        keeping.add_note(tx, note, salt)
        body: dict[str, Json] = {
            "tenant": "",
            "number": note.number,
            "on": note.on.isoformat(),
            "commitment": sha256(f"{salt}:{note.text}".encode()).hex(),
        }
        self._write(tx, actor, REGISTER_NOTED, note.id, body)

    def record_sample(
        self,
        actor: Actor,
        *,
        key: str,
        batch: str,
        pages: Sequence[str],
        good: bool,
        note: str = "",
    ) -> LossySample:
        """Record that pages coded with loss were compared with their paper (제35조).

        Args:
            actor: an inspector who did not scan in the batch.
            key: idempotency key.
            batch: its id.
            pages: ids of the page versions compared.
            good: nothing on the paper was lost.
            note: what was found; stays in the row.

        Raises:
            NotAllowedError: the actor may not inspect, or scanned in this batch.
            InputError: a page is not of the batch, or was not coded with loss.
            ConflictError: the key was used for another sample.
        """
        require(actor, Action.SCAN_INSPECT)
        if len(note) > _LONGEST_NOTE or not note.isprintable():
            raise InputError(f"A note is one line of at most {_LONGEST_NOTE} letters.")
        content = records.content_of("sample", batch, *pages, str(good), note)
        with self._parts.db.begin() as tx:
            tenant = records.get_batch(tx, batch).tenant
            lossy = keeping.lossy_pages(tx, batch)
            check_sample(pages, lossy, actor.id, records.scanned_by(tx, batch))
            known = records.recall(tx, key, content)
            if known is None:
                made = LossySample(
                    id=self._parts.ids.new(),
                    batch=batch,
                    pages=tuple(pages),
                    population=len(lossy),
                    good=good,
                    note=note,
                    by=actor.id,
                    at=self._parts.clock.now(),
                )
                keeping.add_sample(tx, made)
                body: dict[str, Json] = {
                    "tenant": tenant,
                    "batch": batch,
                    "pages": list(pages),
                    "population": len(lossy),
                    "good": good,
                }
                self._write(tx, actor, SAMPLE_COMPARED, made.id, body)
                records.remember(tx, key, content, made.id)
                known = made.id
            found = keeping.find_samples(tx)
        self._acknowledge()
        return next(one for one in found if one.id == known)

    def lossy_pages(self, actor: Actor, batch: str) -> tuple[str, ...]:
        """Return the ids of a batch's pages that were coded with loss, in order.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotFoundError: there is no such batch.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            records.get_batch(tx, batch)
            return keeping.lossy_pages(tx, batch)

    def register_items(self, actor: Actor) -> tuple[RegisterItem, ...]:
        """Return the register's items as they are worded now, by number."""
        self._view(actor)
        with self._parts.db.read() as tx:
            return keeping.find_items(tx)
