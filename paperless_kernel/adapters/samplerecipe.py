"""Recipes of sample pages: which made-up papers lie in a box.

Knows the form of ``data/samples/*.toml`` and reads it strictly. How a paper looks is
``adapters.sampleforms``. People, firms and numbers in recipes are invented.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from paperless_kernel.adapters.samplesheet import Seal
from paperless_kernel.base.errors import InputError, NotFoundError


class PageKind(StrEnum):
    """What a made page is; the values are written on separator sheets as they are."""

    CONTRACT = "계약서"
    APPLICATION = "신청서"
    SLIP = "전표"
    LETTER = "공문"
    SEPARATOR = "구분지"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who signs: a seal with the name, or a hand signature without one."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    role: str
    name: str
    seal: Seal = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeSide:
    """What stands on one side of a sheet; nothing at all makes it blank.

    Attributes:
        text: paragraphs; in an application each is a point to agree to.
        rows: a table, the head first.
        parties: who signs below.
        blurred: it is scanned out of focus first, and sharp again as a rescan.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")
    text: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    parties: tuple[Party, ...] = ()
    blurred: bool = False

    @property
    def blank(self) -> bool:
        """Nothing is written on it."""
        return not (self.text or self.rows or self.parties)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeDocument:
    """One document and its sheets' sides in order of feeding.

    Attributes:
        title: 문서명.
        fields: what an indexer would write down, as it stands on the paper.
        to: who gets a letter or an application.
        by: who it comes from.
        date: as written on the paper.
        fed_twice: its last sheet goes through the scanner a second time.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")
    kind: PageKind
    title: str
    fields: Mapping[str, str] = field(default_factory=dict)
    to: str = ""
    by: str = ""
    date: str = ""
    approvals: tuple[str, ...] = ()
    sides: tuple[RecipeSide, ...]
    fed_twice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A box of paper to be made.

    Attributes:
        name: the file's name without its ending.
        seed: every chance in the pages follows from it.
        sides: pictures the scanner takes of each sheet, 1 or 2.
        most_skew: sheets lie turned by up to this many degrees either way.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")
    name: str
    title: str
    seed: int
    sides: Literal[1, 2]
    most_skew: float = 0.0
    documents: tuple[RecipeDocument, ...]


def load_recipes(folder: Path) -> dict[str, Recipe]:
    """Read all recipes of a folder, by name.

    Raises:
        NotFoundError: the folder has no recipe.
        InputError: a recipe is not as it must be; the text names file and place.
    """
    recipes = {file.stem: _load(file) for file in sorted(folder.glob("*.toml"))}
    if not recipes:
        raise NotFoundError(f"there is no recipe (*.toml) in {folder}")
    return recipes


def _load(file: Path) -> Recipe:
    try:
        facts = tomllib.loads(file.read_text(encoding="utf-8"))
        recipe = TypeAdapter(Recipe).validate_python({"name": file.stem} | facts)
    except (OSError, ValueError, ValidationError) as err:
        raise InputError(f"the recipe {file} cannot be used: {err}") from err
    for document in recipe.documents:
        if not document.sides or len(document.sides) % recipe.sides:
            raise InputError(
                f"the recipe {file} gives {document.title!r} {len(document.sides)} "
                f"sides; the scanner takes {recipe.sides} of each sheet"
            )
    return recipe
