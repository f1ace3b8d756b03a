"""What made-up Korean office papers look like: one drawing per kind of document.

Knows what stands where on a contract, an application, a slip, an official letter and a
separator sheet. The words come from a recipe; pens and seals from ``samplesheet``.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Final

import segno
from numpy.random import Generator
from PIL import Image

from paperless_kernel.adapters.fonts import BOLD, FontFiles
from paperless_kernel.adapters.samplerecipe import (
    PageKind,
    RecipeDocument,
    RecipeSide,
)
from paperless_kernel.adapters.samplesheet import BODY, Pixels, SheetDrawing

_MODULE: Final = 24  # pixels a module of a separator's code: 2 mm
_SMALL: Final = 36


def draw_side(
    document: RecipeDocument, index: int, chance: Generator, fonts: FontFiles
) -> Pixels:
    """Draw one side of a document's sheets.

    Args:
        document: what it is.
        index: which of its sides, from 0.
        chance: decides how seals and signatures fall.
        fonts: the office's font.
    """
    side = document.sides[index]
    if document.kind is PageKind.SEPARATOR and not side.blank:
        return separator_image(side.text[0], fonts, document.title)
    sheet = SheetDrawing(fonts)
    if not side.blank:
        if index == 0:
            _HEADS[document.kind](sheet, document, chance)
        else:
            sheet.line(f"{document.title} - {index + 1}쪽", size=_SMALL, align="right")
            sheet.rule()
        _body(sheet, document, side)
        _signed(sheet, document, side, chance)
    return sheet.pixels()


def separator_image(payload: str, fonts: FontFiles, caption: str = "") -> Pixels:
    """Draw a separator sheet.

    Args:
        payload: the code's text; see `scan.separators.separator_text`.
        fonts: the office's font.
        caption: for people: what comes next.
    """
    sheet = SheetDrawing(fonts)
    sheet.title("문서 구분지")
    sheet.line(caption, size=64, align="center")
    made = BytesIO()
    segno.make(payload, error="h", micro=False).save(
        made, kind="png", scale=_MODULE, border=4
    )
    with Image.open(made) as code:
        sheet.picture(code.convert("RGB"), 900)
    sheet.line(payload, align="center")
    sheet.line("이 장은 문서에 포함되지 않습니다.", align="center")
    return sheet.pixels()


def _contract(sheet: SheetDrawing, document: RecipeDocument, _: Generator) -> None:
    sheet.title(document.title)
    _facts(sheet, document)


def _application(sheet: SheetDrawing, document: RecipeDocument, _: Generator) -> None:
    sheet.line("■ 견본 서식 제1호", size=_SMALL)
    sheet.title(document.title)
    sheet.line("※ 굵은 선 안에만 적어 주십시오.", size=_SMALL, align="right")
    pairs = [*document.fields.items()]
    sheet.table(pairs, (1, 3), labels=(0,))


def _slip(sheet: SheetDrawing, document: RecipeDocument, chance: Generator) -> None:
    sheet.approvals(document.approvals, chance)
    sheet.title(document.title)
    _facts(sheet, document)


def _letter(sheet: SheetDrawing, document: RecipeDocument, _: Generator) -> None:
    sheet.title(document.by, size=80)
    sheet.rule(6)
    sheet.line(f"수신  {document.to}")
    sheet.line("(경유)")
    sheet.line(f"제목  {document.title}", weight=BOLD)
    sheet.rule()
    sheet.gap(BODY)


_HEADS: Final[
    dict[PageKind, Callable[[SheetDrawing, RecipeDocument, Generator], None]]
] = {
    PageKind.CONTRACT: _contract,
    PageKind.APPLICATION: _application,
    PageKind.SLIP: _slip,
    PageKind.LETTER: _letter,
    PageKind.SEPARATOR: _contract,
}


def _facts(sheet: SheetDrawing, document: RecipeDocument) -> None:
    """Write the fields two pairs to a row."""
    cells = [text for pair in document.fields.items() for text in pair]
    cells += [""] * (-len(cells) % 4)
    rows = [cells[at : at + 4] for at in range(0, len(cells), 4)]
    if rows:
        sheet.table(rows, (3, 5, 3, 5), labels=(0, 2))


def _body(sheet: SheetDrawing, document: RecipeDocument, side: RecipeSide) -> None:
    if side.rows:
        columns = len(side.rows[0])
        numbers = [
            at
            for at in range(columns)
            if len(side.rows) > 1 and side.rows[1][at].replace(",", "").isdigit()
        ]
        shares = [2 if at in numbers else 3 for at in range(columns)]
        sheet.table(side.rows, shares, head=True, numbers=numbers)
    for text in side.text:
        box = "■ " if document.kind is PageKind.APPLICATION else ""
        sheet.paragraph(box + text)


def _signed(
    sheet: SheetDrawing, document: RecipeDocument, side: RecipeSide, chance: Generator
) -> None:
    if not side.parties:
        return
    sheet.gap(2 * BODY)
    sheet.line(document.date, size=52, align="center")
    sheet.gap(2 * BODY)
    for party in side.parties:
        sheet.party(party.role, party.name, party.seal, chance)
        sheet.gap(4 * BODY)
    if document.to and document.kind is PageKind.APPLICATION:
        sheet.line(f"{document.to} 귀중", size=64, weight=BOLD, align="center")
    if document.kind is PageKind.LETTER:
        sheet.rule(6)
        for key, value in document.fields.items():
            sheet.line(f"{key}  {value}", size=_SMALL)
