"""The index desk: what a document is called, what it is, and the fields of its class.

Gathers values from people, barcodes, accepted readings and the document before, has
``fields`` and ``rules`` check them, and writes rows and journal together. Everything
typed lies under the batch's key; the journal holds salted commitments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, insert, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import kst_date, stamp
from paperless_kernel.base.errors import ConflictError, InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.rules import check_batch
from paperless_kernel.scan.classes import DocumentClass, FieldKind
from paperless_kernel.scan.inspection import records as own
from paperless_kernel.scan.inspection.fields import check_fields, objection, read_value
from paperless_kernel.scan.inspection.reading import Readings
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
    read_fields,
    unlock,
    without_salt,
    write_fields,
)
from paperless_kernel.scan.model import (
    Batch,
    BatchState,
    DocumentState,
    FieldSource,
    FieldValue,
    ScanDocument,
)
from paperless_kernel.scan.tags import DOCUMENT_ENTERED, DOCUMENT_INDEXED
from paperless_kernel.trust.digest import canonical_json, sha256

_OPEN = frozenset({DocumentState.CAPTURED, DocumentState.INDEXED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants a document's index to be; fields as they were typed."""

    title: str
    kind: str
    keywords: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    source: FieldSource = FieldSource.PERSON
    take: tuple[str, ...] = ()
    sure: tuple[str, ...] = ()


class Indexing(Readings):
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

    def _words(self, row: Row[Any], key: bytes, wanted: Wanted) -> dict[str, Json]:
        """Return the whole index as it will be hidden, checked against its class."""
        found = self._parts.classes.of(wanted.kind)
        words: dict[str, Json] = {
            "title": wanted.title,
            "kind": found.name if found else wanted.kind,
            "keywords": list(wanted.keywords),
        }
        if found is None:
            if wanted.fields or wanted.take:
                raise InputError(
                    f"{wanted.kind} is no document class, so it has no fields; the "
                    f"classes are {', '.join(one.name for one in self._parts.classes)}."
                )
            path: Sequence[str] = wanted.path
        else:
            values = self._values(found, row, key, wanted)
            today = kst_date(self._parts.clock.now())
            check_fields(found, values, today=today, sure=wanted.sure)
            path = wanted.path or found.path
            if values:
                words["fields"] = write_fields(values)
        if path:
            words["path"] = list(path)
        return words

    def _values(
        self, found: DocumentClass, row: Row[Any], key: bytes, wanted: Wanted
    ) -> dict[str, FieldValue]:
        """Gather the fields: given, accepted readings, barcodes, rules, carried."""
        known = {rule.code for rule in found.fields}
        strange = sorted((set(wanted.fields) | {*wanted.take, *wanted.sure}) - known)
        if strange:
            raise InputError(
                f"{found.name} has no field {', '.join(strange)}; it has "
                f"{', '.join(sorted(known)) or 'none'}."
            )
        values = {
            rule.code: FieldValue(
                code=rule.code,
                value=read_value(rule, wanted.fields[rule.code]),
                source=wanted.source,
                sure=rule.code in wanted.sure,
            )
            for rule in found.fields
            if wanted.fields.get(rule.code, "").strip()
        }
        values = self._suggested(found, row, key, wanted.take) | values
        values = self._from_codes(found, row, key, values) | values
        return self._carried(found, row, key, values) | values

    def _suggested(
        self, found: DocumentClass, row: Row[Any], key: bytes, take: Sequence[str]
    ) -> dict[str, FieldValue]:
        """Return readings a person takes, and those the class's rule takes."""
        by_rule = {rule.code: rule.accept_at for rule in found.fields if rule.accept_at}
        if not take and not by_rule:
            return {}
        read = {one.code: one for one in self._suggest(found, row.id, key)}
        missing = sorted(set(take) - set(read))
        if missing:
            raise InputError(f"OCR suggests nothing for {', '.join(missing)}: type it.")
        values = {}
        for code, one in read.items():
            ruled = code in by_rule and one.confidence >= by_rule[code]
            if code in take or (ruled and not one.doubt):
                source = FieldSource.OCR_ACCEPTED
                values[code] = FieldValue(
                    code=code,
                    value=one.value,
                    source=source if code in take else FieldSource.OCR_RULE,
                    confidence=one.confidence,
                    page=one.page,
                    position=one.position,
                    region=one.region,
                )
        return values

    def _from_codes(
        self,
        found: DocumentClass,
        row: Row[Any],
        key: bytes,
        values: Mapping[str, FieldValue],
    ) -> dict[str, FieldValue]:
        """Return barcode fields nobody gave, read from the first page."""
        wanted = [
            rule
            for rule in found.fields
            if rule.kind is FieldKind.BARCODE and rule.code not in values
        ]
        if not wanted:
            return {}
        codes = self._codes(row.id, key)
        read = {}
        for rule in wanted:
            fits = [
                one for one in codes if re.fullmatch(rule.pattern or ".+", one.text)
            ]
            if len({one.text for one in fits}) == 1:
                one = fits[0]
                read[rule.code] = FieldValue(
                    code=rule.code,
                    value=one.text,
                    source=FieldSource.BARCODE,
                    page=one.page,
                    position=one.position,
                    region=one.region,
                )
        return read

    def _carried(
        self,
        found: DocumentClass,
        row: Row[Any],
        key: bytes,
        values: Mapping[str, FieldValue],
    ) -> dict[str, FieldValue]:
        """Return fields to take over from the document before, of the same class."""
        codes = {rule.code for rule in found.fields if rule.carry} - set(values)
        if not codes:
            return {}
        with self._parts.db.read() as tx:
            before = [
                one
                for one in records.document_rows(tx, row.batch)
                if one.number < row.number and one.class_code == found.code
            ]
        words = open_index(before[-1], key) if before else None
        today = kst_date(self._parts.clock.now())
        return {
            one.code: FieldValue(
                code=one.code, value=one.value, source=FieldSource.CARRIED
            )
            for one in read_fields(words or {})
            if one.code in codes
            and (rule := found.field(one.code))
            and not objection(rule, one.value, today=today)
        }

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
