"""Where the values of an index come from: people, readings, barcodes, what came before.

Gathers and has ``fields`` check them; writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Json
from paperless_kernel.scan import records
from paperless_kernel.scan.classes import DocumentClass, FieldKind
from paperless_kernel.scan.documents import FieldSource, FieldValue
from paperless_kernel.scan.inspection.fields import check_fields, objection, read_value
from paperless_kernel.scan.inspection.reading import Readings
from paperless_kernel.scan.inspection.words import (
    open_index,
    read_fields,
    write_fields,
)


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


class Gathering(Readings):
    """Makes a whole index of what somebody wants and what machines found."""

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
