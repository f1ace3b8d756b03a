"""The index desk: what a document is called, what it is, and the fields of its class.

Writes rows and journal together; ``gathering`` brings the values, ``rules`` says whose
turn it is. Everything typed lies under the batch's key; the journal holds salted
commitments.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import ConflictError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.rules import check_batch
from paperless_kernel.scan.classes import DocumentClass
from paperless_kernel.scan.documents import DocumentState, ScanDocument
from paperless_kernel.scan.inspection import records as own
from paperless_kernel.scan.inspection.gathering import Gathering, Wanted
from paperless_kernel.scan.inspection.rules import (
    EntryTurn,
    check_index,
    check_lossless,
    differences,
    who_waits,
)
from paperless_kernel.scan.inspection.staff import require_checked, require_for
from paperless_kernel.scan.inspection.tables import index_entry
from paperless_kernel.scan.inspection.words import (
    SALT_SIZE,
    lock,
    open_index,
    unlock,
    without_salt,
)
from paperless_kernel.scan.model import Batch, BatchState
from paperless_kernel.scan.tags import DOCUMENT_ENTERED, DOCUMENT_INDEXED
from paperless_kernel.trust.digest import canonical_json, sha256

_OPEN = frozenset({DocumentState.CAPTURED, DocumentState.INDEXED})


class Indexing(Gathering):
    """Index input (색인 입력, deck): people type, machines suggest."""

    def index(
        self,
        actor: Actor,
        document: str,
        *,
        title: str,
        kind: str,
        keywords: Sequence[str] = (),
        path: Sequence[str] = (),
        fields: Mapping[str, str] | None = None,
        take: Sequence[str] = (),
        sure: Sequence[str] = (),
    ) -> ScanDocument:
        """Write a document's index (색인정보, 제32조); may change until it passes.

        Where the class wants two people, the first entry waits for the second; parts
        in which they differ wait for the first or a third person.

        Args:
            actor: a scan operator or inspector.
            document: id of the document.
            title: 문서명.
            kind: 문서유형, by a document class's name or code, or a free one.
            keywords: 검색어.
            path: 분류체계; the class's own when not given.
            fields: values by field code of the class.
            take: field codes for which the reading suggested by OCR is accepted.
            sure: field codes whose value stands on the paper as typed, though a check
                digit, range or order objects.

        Returns:
            The document; ``waits`` and ``differing`` say what is still open.

        Raises:
            NotAllowedError: the actor may not index, is the second person of two that
                differ, or the class forbids loss and a page is a JPEG (제35조).
            InputError: a part is empty, too long or unfit; says every reason.
            NotYetError: the batch is still being scanned, or was not checked yet.
            ConflictError: the document passed or is sealed with another index.
        """
        wanted = Wanted(
            title=title,
            kind=kind,
            keywords=tuple(keywords),
            path=tuple(path),
            fields=dict(fields or {}),
            take=tuple(take),
            sure=tuple(sure),
        )
        require(actor, Action.SCAN_INDEX)
        check_index(title, kind, wanted.keywords, wanted.path)
        key, row = self._key_of(actor, document, "scan: index")
        made = self._index(actor, row, key, wanted)
        self._acknowledge()
        return made

    def _index(
        self, actor: Actor, row: Row[Any], key: bytes, wanted: Wanted
    ) -> ScanDocument:
        """Write an index unless it says what is known already."""
        words = self._words(row, key, wanted)
        known = open_index(row, key)
        new = known is None or without_salt(known) != words
        if new or DocumentState(row.state) is DocumentState.CAPTURED:
            self._write_index(actor, row.id, words, key)
        return self._document(row.id, key)

    def _write_index(
        self, actor: Actor, document: str, words: dict[str, Json], key: bytes
    ) -> None:
        found = self._parts.classes.of(str(words["kind"]))
        with self._parts.db.begin() as tx:
            row = records.document_row(tx, document)
            batch = records.get_batch(tx, row.batch)
            self._check_indexable(tx, actor, row, batch, found)
            turn = EntryTurn.RESOLVES
            if found is not None and found.twice:
                turn = self._enter(tx, actor, row, batch, words, key)
            if turn is EntryTurn.RESOLVES:
                people = {actor.id} | {one.person for one in own.entries(tx, document)}
                own.forget_entries(tx, document)
                self._finish(tx, actor, row, batch, words, key, people)

    def _check_indexable(
        self,
        tx: Connection,
        actor: Actor,
        row: Row[Any],
        batch: Batch,
        found: DocumentClass | None,
    ) -> None:
        if DocumentState(row.state) not in _OPEN:
            raise ConflictError(
                f"Document {row.number} is {row.state} with another index."
            )
        check_batch(batch.state, BatchState.CLOSED, "indexing")
        require_checked(batch)
        staff = (Role.SCAN_OPERATOR, Role.SCAN_INSPECTOR)
        require_for(self._parts, tx, batch, actor, *staff)
        rows = records.delivered(records.document_pages(tx, row.id))
        check_lossless(found, [records.read_page(one) for one in rows])

    def _enter(
        self,
        tx: Connection,
        actor: Actor,
        row: Row[Any],
        batch: Batch,
        words: dict[str, Json],
        key: bytes,
    ) -> EntryTurn:
        """Take one of two people's entries; RESOLVES where it is the index now."""
        entered = own.entries(tx, row.id)
        differing = json.loads(entered[-1].differing) if entered else []
        turn = who_waits([one.person for one in entered], differing, actor.id)
        differs: tuple[str, ...] = ()
        if turn is EntryTurn.FIRST:
            if entered and self._entered(entered[-1], key) == words:
                return turn
            # A change begins over: both people enter again, none sees the other's.
            own.forget_entries(tx, row.id)
            self._clear(tx, row.id)
        elif turn is EntryTurn.SECOND:
            differs = differences(self._entered(entered[-1], key), words)
        if turn is EntryTurn.RESOLVES or (turn is EntryTurn.SECOND and not differs):
            return EntryTurn.RESOLVES
        tx.execute(
            insert(index_entry).values(
                document=row.id,
                person=actor.id,
                box=lock(self._parts.random, canonical_json(words), key, row.id),
                differing=json.dumps(differs),
                at=stamp(self._parts.clock.now()),
            )
        )
        body: dict[str, Json] = {
            "tenant": batch.tenant,
            "batch": batch.id,
            "entry": 1 if turn is EntryTurn.FIRST else 2,
            "differing": list(differs),
        }
        self._write(tx, actor, DOCUMENT_ENTERED, row.id, body)
        return turn

    @staticmethod
    def _entered(entry: Row[Any], key: bytes) -> dict[str, Any]:
        words: dict[str, Any] = json.loads(unlock(entry.box, key, entry.document))
        return words

    @staticmethod
    def _clear(tx: Connection, document: str) -> None:
        tx.execute(
            update(tables.document)
            .where(tables.document.c.id == document)
            .values(
                index_box=b"",
                class_code="",
                indexed_by="",
                state=DocumentState.CAPTURED,
            )
        )

    def _finish(
        self,
        tx: Connection,
        actor: Actor,
        row: Row[Any],
        batch: Batch,
        words: dict[str, Json],
        key: bytes,
        people: Collection[str],
    ) -> None:
        found = self._parts.classes.of(str(words["kind"]))
        salt = self._parts.random.token(SALT_SIZE).hex()
        plain = canonical_json(words | {"salt": salt})
        tx.execute(
            update(tables.document)
            .where(tables.document.c.id == row.id)
            .values(
                index_box=lock(self._parts.random, plain, key, row.id),
                class_code=found.code if found else "",
                indexed_by=" ".join(sorted(people)),
                state=DocumentState.INDEXED,
            )
        )
        fields = words.get("fields", {})
        body: dict[str, Json] = {
            "tenant": batch.tenant,
            "batch": batch.id,
            "commitment": sha256(plain).hex(),
            "class": found.code if found else "",
            "classes": self._parts.classes.version,
            "fields": len(fields) if isinstance(fields, dict) else 0,
        }
        self._write(tx, actor, DOCUMENT_INDEXED, row.id, body)
