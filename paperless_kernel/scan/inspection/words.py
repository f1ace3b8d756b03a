"""A document's index under its batch's key, and a page's bytes as a file.

Knows how hidden words are written and read, and how rows and words become values.
Decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row

from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Random
from paperless_kernel.scan.documents import (
    DocumentState,
    FieldSource,
    FieldValue,
    Region,
    ScanDocument,
)
from paperless_kernel.scan.model import Page
from paperless_kernel.scan.pictures.fax import wrap_g4
from paperless_kernel.scan.pictures.flate import wrap_png
from paperless_kernel.scan.pictures.normalise import Side
from paperless_kernel.trust.cipher import NONCE_SIZE, decrypt, encrypt

SALT_SIZE: Final = 16


def lock(random: Random, plain: bytes, key: bytes, name: str) -> bytes:
    """Hide words under a batch's key; ``name`` binds them to their row."""
    nonce = random.token(NONCE_SIZE)
    return nonce + encrypt(plain, key, nonce, name.encode())


def unlock(box: bytes, key: bytes, name: str) -> bytes:
    """Return the words `lock` hid.

    Raises:
        EvidenceError: the box is another row's, or was changed.
    """
    return decrypt(box[NONCE_SIZE:], key, box[:NONCE_SIZE], name.encode())


def open_index(row: Row[Any], key: bytes) -> dict[str, Any] | None:
    """Return a document's index with its salt, or None before indexing."""
    if not row.index_box:
        return None
    words: dict[str, Any] = json.loads(unlock(row.index_box, key, row.id))
    return words


def without_salt(words: Mapping[str, Any]) -> dict[str, Any]:
    """Return an index without the salt of its commitment."""
    return {name: value for name, value in words.items() if name != "salt"}


def write_fields(fields: Mapping[str, FieldValue]) -> dict[str, Json]:
    """Return fields as the hidden words hold them."""
    return {code: _written(one) for code, one in sorted(fields.items())}


def _written(one: FieldValue) -> Json:
    out: dict[str, Json] = {
        "value": one.value,
        "source": one.source,
        "confidence": one.confidence,
    }
    if one.page:
        out |= {"page": one.page, "position": one.position}
    if one.region:
        area = one.region
        out["region"] = [area.left, area.top, area.width, area.height]
    if one.sure:
        out["sure"] = True
    return out


def read_fields(words: Mapping[str, Any]) -> tuple[FieldValue, ...]:
    """Return the fields of an opened index."""
    return tuple(
        FieldValue(
            code=code,
            value=one["value"],
            source=FieldSource(one["source"]),
            confidence=one["confidence"],
            page=one.get("page", ""),
            position=one.get("position", 0),
            region=read_region(one.get("region")),
            sure=one.get("sure", False),
        )
        for code, one in words.get("fields", {}).items()
    )


def read_region(numbers: Sequence[int] | None) -> Region | None:
    """Return a rectangle from its four numbers."""
    if not numbers:
        return None
    left, top, width, height = numbers
    return Region(left=left, top=top, width=width, height=height)


def read_document(row: Row[Any], pages: Sequence[Page], key: bytes) -> ScanDocument:
    """Turn a row, its delivered pages and its opened index into a value."""
    words = open_index(row, key) or {}
    return ScanDocument(
        id=row.id,
        batch=row.batch,
        tenant=row.tenant,
        number=row.number,
        state=DocumentState(row.state),
        title=words.get("title", ""),
        kind=words.get("kind", row.kind_hint),
        keywords=tuple(words.get("keywords", ())),
        pages=tuple(page.id for page in pages),
        sides=row.sides,
        digest=row.digest,
        path=tuple(words.get("path", ())),
        fields=read_fields(words),
    )


def as_file(row: Row[Any], data: bytes) -> tuple[bytes, str]:
    """Return a page's bytes as a file any reader opens, and its media type."""
    if row.kind == "g4":
        return wrap_g4(data, row.width, row.height), "image/tiff"
    if row.kind == "flate":
        return wrap_png(data, row.width, row.height, row.colours), "image/png"
    return data, "image/jpeg"


def side_of(row: Row[Any], data: bytes) -> Side:
    """Return a page's bytes as the picture they are."""
    return Side(
        data=data,
        kind=row.kind,
        width=row.width,
        height=row.height,
        dpi_x=row.dpi_x / 10,
        dpi_y=row.dpi_y / 10,
        colours=row.colours,
        orientation=row.orientation,
        coded=row.coded,
        sha256=row.sha256,
    )


def with_entries(document: ScanDocument, entered: Sequence[Row[Any]]) -> ScanDocument:
    """Say of a document what two people's entries still wait for."""
    if not entered:
        return document
    differing = tuple(json.loads(entered[-1].differing))
    waits = "resolution" if differing else "second"
    return replace(document, waits=waits, differing=differing)
