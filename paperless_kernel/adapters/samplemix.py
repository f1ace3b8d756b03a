"""Any number of made-up office sheets that differ, dealt from the recipes' words.

Knows how texts, tables, fields and signers of the recipes are mixed anew; the same seed
gives the same sheets. Everybody and everything named in them is invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from numpy.random import Generator, default_rng

from paperless_kernel.adapters.fonts import FontFiles
from paperless_kernel.adapters.sampleforms import draw_side
from paperless_kernel.adapters.samplerecipe import (
    Recipe,
    RecipeDocument,
    RecipeSide,
)
from paperless_kernel.adapters.samplesheet import Pixels

_T = TypeVar("_T")
_MOST_TEXTS = 14


def mixed_sheets(
    recipes: Sequence[Recipe], fonts: FontFiles, count: int, seed: int
) -> Iterator[Pixels]:
    """Draw ``count`` sheets, no two alike."""
    documents = [one for recipe in recipes for one in recipe.documents]
    for number in range(count):
        chance = default_rng([seed, number])
        document = _dealt(documents, number, chance)
        yield draw_side(document, 0, chance, fonts)


def _dealt(
    documents: Sequence[RecipeDocument], number: int, chance: Generator
) -> RecipeDocument:
    sides = [side for one in documents for side in one.sides if not side.blank]
    form = documents[number % len(documents)]
    texts = [text for side in sides for text in side.text]
    fields = [pair for one in documents for pair in one.fields.items()]
    tables = [side.rows for side in sides if side.rows]
    signers = [side.parties for side in sides if side.parties]
    most = int(chance.integers(3, _MOST_TEXTS))
    side = RecipeSide(
        text=tuple(_some(texts, most, chance)),
        rows=tables[int(chance.integers(len(tables)))]
        if chance.random() < 0.4  # noqa: PLR2004 - two of five have a table
        else (),
        parties=signers[int(chance.integers(len(signers)))]
        if most < _MOST_TEXTS // 2
        else (),
    )
    return replace(
        form,
        title=f"{form.title} 제{number + 1}호",
        fields=dict(_some(fields, int(chance.integers(4, 9)), chance)),
        sides=(side,),
    )


def _some(pool: Sequence[_T], count: int, chance: Generator) -> list[_T]:
    picked = chance.permutation(len(pool))[:count]
    return [pool[int(at)] for at in picked]
