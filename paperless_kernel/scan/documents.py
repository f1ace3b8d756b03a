"""The words of documents: what pages become, and what is written about them.

Values only; whether an index is good is inspection's to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DocumentState(StrEnum):
    """Where a document is on its way."""

    CAPTURED = "captured"
    INDEXED = "indexed"
    PASSED = "passed"
    SEALED = "sealed"
    HANDED_OVER = "handed-over"
    SET_ASIDE = "set-aside"
    """Every page of it was set aside: nothing is delivered."""


class FieldSource(StrEnum):
    """Where a value of the index comes from."""

    PERSON = "person"
    LIST = "list"
    """The customer's own list, matched by key."""
    BARCODE = "barcode"
    OCR_ACCEPTED = "ocr-accepted"
    """Read by OCR, accepted by a person."""
    OCR_RULE = "ocr-rule"
    """Read by OCR, accepted by the class's stated rule."""
    CARRIED = "carried"
    """Taken over from the document before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A rectangle on a page, in pixels of the captured picture."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """A field of a document's index and where it was found.

    Attributes:
        code: of the field in its document class.
        value: in its normal form: dates ISO, amounts and numbers bare digits.
        confidence: percent; 100 where a person, a list or a barcode gave it.
        page: id of the page it was read from, or "".
        position: that page's place in the batch, 0 for none.
        region: where on the page, or None.
        sure: a person confirmed that the paper says so though a check objects.
    """

    code: str
    value: str
    source: FieldSource
    confidence: int = 100
    page: str = ""
    position: int = 0
    region: Region | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanDocument:
    """Pages between two separator sheets, and what is written about them.

    Attributes:
        number: place in the batch, from 1.
        title: 문서명 (제32조), "" before indexing.
        kind: 문서유형.
        keywords: 검색어.
        path: 분류체계, from the top.
        fields: what the document class asks for besides.
        differing: parts of the index in which two people's entries differ: a third
            one, or the first, resolves them.
        waits: for whom the index waits: "" for nobody, "second" for another person's
            entry, "resolution".
        pages: ids of its current pages, in order.
        sides: non-blank delivered sides; 0 before sealing.
        digest: sha256 of the sealed PDF, hex, or "".
    """

    id: str
    batch: str
    tenant: str
    number: int
    state: DocumentState
    title: str
    kind: str
    keywords: tuple[str, ...]
    pages: tuple[str, ...]
    sides: int = 0
    digest: str = ""
    path: tuple[str, ...] = ()
    fields: tuple[FieldValue, ...] = ()
    differing: tuple[str, ...] = ()
    waits: str = ""
