"""The words of index and inspection: list rows, codes, samples, held pages, readings.

Values only. Dates are Korean days; times are aware UTC.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from paperless_kernel.scan.documents import Region
from paperless_kernel.scan.model import Finding, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A barcode on a page."""

    text: str
    page: str
    position: int
    region: Region


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A row of the customer's own list: the key on the paper, and what to write.

    Attributes:
        key: as it stands in the barcode, or as somebody types it.
        kind: document type, "" for the document's own (its separator's).
        fields: by code.
    """

    key: str
    title: str
    kind: str = ""
    keywords: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


class MatchState(StrEnum):
    """What became of a document when a list was matched."""

    INDEXED = "indexed"
    WAITS = "waits"
    """Entered; its class wants another person's entry."""
    NO_KEY = "no-key"
    """No code on its first page is a key of the list."""
    SEVERAL = "several"
    """The codes on its first page are keys of different rows."""
    REFUSED = "refused"
    """The row does not fit its class; ``text`` says why."""
    DONE = "done"
    """It was indexed before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One document and the list's row for it."""

    document: str
    number: int
    state: MatchState
    key: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPage:
    """A page that waits for a person's eyes, and why."""

    page: Page
    document: int
    findings: tuple[Finding, ...]


class SampleVerdict(StrEnum):
    """How a sample came out."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    """Every document is inspected (제51조)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A single sampling plan for one lot (ISO 2859-1, normal inspection).

    Attributes:
        letter: code letter the plan was found at, after following the arrows.
        size: documents to look at; at most the lot.
        accept: the lot passes with at most this many defective documents.
    """

    level: str
    aql: str
    letter: str
    lot: int
    size: int
    accept: int

    @property
    def reject(self) -> int:
        """Return the number of defective documents that fails the lot."""
        return self.accept + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A batch's sample: drawn by its seed, so that anyone can draw it again.

    Attributes:
        seed: hex; documents are ordered by sha256(seed, document id).
        documents: ids of the documents drawn, by their place in the batch.
        defects: documents of it found defective so far.
    """

    batch: str
    regulation: str
    plan: Plan
    seed: str
    documents: tuple[str, ...]
    verdict: SampleVerdict
    defects: int
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word OCR read: where, on which line, how surely (percent)."""

    text: str
    confidence: int
    line: int
    region: Region


class Reader(Protocol):
    """Reads the words of a picture; owned here, implemented by ``adapters.ocr``."""

    @property
    def name(self) -> str:
        """Return engine, version and language."""

    def read(self, picture: bytes) -> tuple[Word, ...]:
        """Return the words of a picture file in reading order.

        Raises:
            UnavailableError: the engine failed or took too long.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingProgress:
    """How far OCR is with a batch, in pages."""

    due: int
    done: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What OCR takes a field's value to be; no value until somebody accepts it.

    Attributes:
        value: in the field's normal form.
        confidence: percent, of the least sure word of it.
        doubt: what speaks against it, or "".
    """

    code: str
    label: str
    value: str
    confidence: int
    page: str
    position: int
    region: Region
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTable:
    """Fields of one document class as a table.

    Attributes:
        kinds: what each column holds: text, date, integer.
        rows: one a document; None where a field is not there.
    """

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str | int | None, ...], ...]
