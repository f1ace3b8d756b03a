"""Papers of custody as values for the templates: label sheets, hand-over sheet, order.

Knows words and the order they stand in. Sets no type and looks nothing up; what the
values mean is the desks' business.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import segno

from paperless_kernel.base.clock import KST, aware
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Json
from paperless_kernel.scan.custody.labels import LabelKind, label_text

FORM: Final = "workshop_paper"
"""Template of every paper that is a `Form`."""
LABELS: Final = "labels"
QR: Final = "qr.svg"
_MOST_LABELS: Final = 2400
_KINDS: Final = {
    LabelKind.BOX: ("안전박스", "Box"),
    LabelKind.SEAL: ("보안 봉인", "Seal"),
    LabelKind.BIN: ("보관 칸", "Bin"),
    LabelKind.BATCH: ("작업 배치", "Batch"),
    LabelKind.ORDER: ("작업의뢰서", "Work order"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """A sheet of blank labels; lengths in tenths of a millimetre.

    Attributes:
        left: from the sheet's edge to the first column; the same on the right.
        top: from the sheet's edge to the first row.
        inset: kept free inside each label's edge.
        code: side of the QR code.
    """

    columns: int
    rows: int
    width: int
    height: int
    page_width: int
    page_height: int
    left: int
    top: int
    inset: int
    code: int


STOCKS: Final[Mapping[str, Stock]] = {
    # 24 labels of 70 x 37 mm without gaps, as such A4 sheets are sold.
    "a4-24": Stock(
        columns=3,
        rows=8,
        width=700,
        height=370,
        page_width=2100,
        page_height=2970,
        left=0,
        top=5,
        inset=40,
        code=260,
    ),
    # One label a page, for a roll of 100 x 60 mm.
    "roll": Stock(
        columns=1,
        rows=1,
        width=1000,
        height=600,
        page_width=1000,
        page_height=600,
        left=0,
        top=0,
        inset=50,
        code=440,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sticker:
    """One label to print: what it sticks to, its number, and up to three lines."""

    kind: LabelKind
    id: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact of a paper: Korean and English name, value; ``code`` breaks anywhere."""

    label: str
    label_en: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A section that is a list of facts."""

    title: str
    title_en: str
    rows: tuple[Fact, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table; ``width`` is its share, numbers are set right."""

    label: str
    label_en: str
    width: int
    number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A section that is a table."""

    title: str
    title_en: str
    columns: tuple[Column, ...]
    cells: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """A place to sign: empty, or signed with a name, a time and a drawn picture."""

    role: str
    role_en: str
    name: str = ""
    at: str = ""
    picture: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A paper of the workshop before it is set.

    Attributes:
        number: its own number, on every page.
        standing: the facility's line or the trial mark.
        office: in whose name it stands.
        code: text of its QR code, or "".
        caption: what stands under the code.
        agreement: what those who sign agree to.
        statement: the sentence at the end, or "" for none.
        note: a remark set apart, or "".
    """

    title: str
    title_en: str
    number: str
    standing: str
    office: str
    sections: tuple[Facts | Rows, ...]
    code: str = ""
    caption: str = ""
    signatures: tuple[Signing, ...] = ()
    agreement: str = ""
    statement: str = ""
    statement_en: str = ""
    made_at: dt.datetime
    note: str = ""


def qr_picture(text: str) -> bytes:
    """Return a QR code of ``text`` as SVG; a quarter of it may be spoiled."""
    drawn = io.BytesIO()
    segno.make(text, error="q", micro=False, boost_error=False).save(
        drawn, kind="svg", border=2
    )
    return drawn.getvalue()


def korean_day(at: dt.datetime) -> str:
    """Write a Korean day for a paper's end: ``2026년 11월 23일``."""
    day = aware(at).astimezone(KST)
    return f"{day.year}년 {day.month}월 {day.day}일"


def label_values(
    stickers: Sequence[Sticker], stock: str, office: str
) -> tuple[dict[str, Json], dict[str, bytes]]:
    """Return the values and pictures of a sheet of labels.

    Raises:
        InputError: no label, too many, or a stock nobody named.
    """
    sheet = STOCKS.get(stock)
    if sheet is None:
        raise InputError(f"There is no label stock {stock}; take {', '.join(STOCKS)}.")
    if not 0 < len(stickers) <= _MOST_LABELS:
        raise InputError(f"Print 1 to {_MOST_LABELS} labels at a time.")
    pictures: dict[str, bytes] = {}
    labels: list[Json] = []
    for n, one in enumerate(stickers):
        text = label_text(one.kind, one.id)
        pictures[f"qr-{n}.svg"] = qr_picture(text)
        korean, english = _KINDS[one.kind]
        labels.append(
            {
                "picture": f"qr-{n}.svg",
                "text": text,
                "kind": korean,
                "kind_en": english,
                "number": one.id,
                "lines": list(one.lines),
            }
        )
    size: dict[str, Json] = {name: getattr(sheet, name) for name in Stock.__slots__}
    values: dict[str, Json] = {
        "title": "라벨 Labels",
        "office": office,
        "stock": size,
        "labels": labels,
    }
    return values, pictures


def form_values(paper: Form) -> tuple[dict[str, Json], dict[str, bytes]]:
    """Return the values and pictures of a paper for the template `FORM`."""
    pictures: dict[str, bytes] = {}
    code: Json = None
    if paper.code:
        pictures[QR] = qr_picture(paper.code)
        code = {
            "picture": QR,
            "caption": paper.caption,
            "alt": f"{paper.title} QR 부호",
        }
    signed: list[Json] = []
    for n, one in enumerate(paper.signatures):
        name = f"signed-{n}.png"
        if one.picture:
            pictures[name] = one.picture
        signed.append(
            {
                "role": one.role,
                "role_en": one.role_en,
                "name": one.name,
                "at": one.at,
                "picture": name,
            }
        )
    values: dict[str, Json] = {
        "title": paper.title,
        "title_en": paper.title_en,
        "number": paper.number,
        "standing": paper.standing,
        "office": paper.office,
        "sections": [_section(each) for each in paper.sections],
        "code": code,
        "signatures": signed,
        "agreement": paper.agreement,
        "statement": paper.statement,
        "statement_en": paper.statement_en,
        "date": korean_day(paper.made_at),
        "note": paper.note,
    }
    return values, pictures


def _section(part: Facts | Rows) -> dict[str, Json]:
    head: dict[str, Json] = {
        "title": part.title,
        "title_en": part.title_en,
        "note": part.note,
    }
    if isinstance(part, Facts):
        return head | {
            "kind": "facts",
            "rows": [
                {
                    "label": row.label,
                    "label_en": row.label_en,
                    "value": row.value or "–",
                    "code": row.code,
                }
                for row in part.rows
            ],
        }
    return head | {
        "kind": "rows",
        "columns": [
            {"label": each.label, "label_en": each.label_en} for each in part.columns
        ],
        "widths": [each.width for each in part.columns],
        "numbers": [n for n, each in enumerate(part.columns) if each.number],
        "cells": [list(row) for row in part.cells],
    }
