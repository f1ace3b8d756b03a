"""Korean office pages the project makes itself, as a scanner would give them.

Knows in which order a recipe's papers go over the glass, what happens to each there,
and the truth about every page made, which is written down beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from numpy.random import default_rng

from paperless_kernel.adapters.fonts import FontFiles
from paperless_kernel.adapters.sampleforms import draw_side
from paperless_kernel.adapters.samplerecipe import (
    PageKind,
    Recipe,
    RecipeDocument,
    RecipeSide,
)
from paperless_kernel.adapters.samplescanner import ScannerSettings, scan
from paperless_kernel.adapters.samplesheet import Pixels
from paperless_kernel.adapters.wholefiles import put_whole
from paperless_kernel.base.errors import StorageError
from paperless_kernel.scan.capture.separators import separator_text

TRUTH_FILE: Final = "truth.json"
RESCANS: Final = "rescan"
"""Folder, beside the pages, of the sharp scans that replace blurred ones."""
_OUT_OF_FOCUS: Final = 7.0
_PAPERS: Final = ((250, 249, 245), (246, 246, 244), (249, 245, 236))
"""Tints: white, recycled and cream paper."""


class Defect(StrEnum):
    """What is wrong with a page, on purpose."""

    NONE = "none"
    BLANK = "blank"
    BLUR = "blur"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is known of a made page because it was made so.

    Attributes:
        kind: what it is.
        title: the document's title, "" on a separator sheet.
        fields: what stands in the document to be indexed.
        document: the document's place in the recipe, from 1.
        skew_degrees: how far it lies turned, clockwise positive.
        defect: what is wrong with it.
        duplicate_of: name of the page it is a second scan of, or "".
        rescan_of: name of the page it is to replace, or "".
        sheet: from 1, separator sheets included.
        side: 1 front, 2 back.
    """

    kind: PageKind
    title: str
    fields: Mapping[str, str]
    document: int
    skew_degrees: float
    defect: Defect
    duplicate_of: str
    rescan_of: str
    sheet: int
    side: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePage:
    """One scan file: its name below the folder, its bytes, and the truth about it."""

    name: str
    data: bytes
    truth: Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    """One side going over the glass once."""

    name: str
    truth: Truth
    document: RecipeDocument
    index: int


def make_pages(recipe: Recipe, fonts: FontFiles) -> Iterator[SamplePage]:
    """Make a recipe's pages in order of feeding, each rescan after its page.

    The same recipe gives the same bytes with the same libraries.
    """
    drawn: dict[int, Pixels] = {}
    paper: RecipeDocument | None = None
    for step in _passes(recipe):
        if step.document is not paper:
            paper, drawn = step.document, {}
        number, other = step.truth.document, _other_side(recipe, step.index)
        for index in sorted({step.index, other} - set(drawn)):
            # Seals and pens belong to the paper: a second scan shows the same ones.
            chance = default_rng([recipe.seed, number, index])
            drawn[index] = draw_side(paper, index, chance, fonts)
        settings = ScannerSettings(
            skew_degrees=step.truth.skew_degrees,
            blur=_OUT_OF_FOCUS if step.truth.defect is Defect.BLUR else 0.0,
            tint=_PAPERS[number % len(_PAPERS)],
        )
        data = scan(
            drawn[step.index],
            settings,
            default_rng([recipe.seed, *step.name.encode()]),
            behind=None if other == step.index else drawn[other],
        )
        yield SamplePage(name=step.name, data=data, truth=step.truth)


def write_folder(pages: Iterable[SamplePage], out: Path) -> tuple[Path, ...]:
    """Write pages and, last, what is true of them (``truth.json``).

    Each file appears whole or not at all; writing again gives the same files.

    Returns:
        The pages to feed, in order; rescans lie in the folder ``rescan``.

    Raises:
        StorageError: a file cannot be written.
    """
    fed, truths = [], {}
    try:
        for page in pages:
            file = out / page.name
            put_whole(file, page.data)
            truths[page.name] = asdict(page.truth)
            if not page.truth.rescan_of:
                fed.append(file)
        text = json.dumps(truths, ensure_ascii=False, indent=1)
        put_whole(out / TRUTH_FILE, text.encode())
    except OSError as err:
        raise StorageError(
            f"the sample pages could not be written to {out}: {err}; "
            "make room or choose another folder"
        ) from err
    return tuple(fed)


def _other_side(recipe: Recipe, index: int) -> int:
    return index ^ 1 if recipe.sides > 1 else index


def _separator(recipe: Recipe, document: RecipeDocument) -> RecipeDocument:
    face = RecipeSide(text=(separator_text(document.kind.value),))
    return RecipeDocument(
        kind=PageKind.SEPARATOR,
        title=f"다음 문서: {document.kind.value}",
        sides=(face, RecipeSide())[: recipe.sides],
    )


def _passes(recipe: Recipe) -> Iterator[_Pass]:
    """Give every side in order of feeding; a sharp rescan follows its blurred page."""
    place = 0
    for number, document in enumerate(recipe.documents, 1):
        for paper in (_separator(recipe, document), document):
            count = len(paper.sides)
            order = [(index, 0) for index in range(count)]
            if paper.fed_twice:
                # The last sheet again: each side repeats the page one sheet before.
                order += [(index, recipe.sides) for index in range(count)][
                    -recipe.sides :
                ]
            for index, back in order:
                yield from _side_passes(recipe, number, paper, index, place, back)
                place += 1


def _side_passes(
    recipe: Recipe,
    number: int,
    paper: RecipeDocument,
    index: int,
    place: int,
    back: int,
) -> Iterator[_Pass]:
    side = paper.sides[index]
    name = _name(place)
    blurred = Defect.BLUR if side.blurred else Defect.NONE
    truth = Truth(
        kind=paper.kind,
        title="" if paper.kind is PageKind.SEPARATOR else paper.title,
        fields=paper.fields,
        document=number,
        skew_degrees=_skew(recipe, place),
        defect=Defect.BLANK if side.blank else blurred,
        duplicate_of=_name(place - back) if back else "",
        rescan_of="",
        sheet=place // recipe.sides + 1,
        side=place % recipe.sides + 1,
    )
    yield _Pass(name=name, truth=truth, document=paper, index=index)
    if truth.defect is Defect.BLUR:
        sharp = replace(truth, defect=Defect.NONE, rescan_of=name)
        yield _Pass(name=f"{RESCANS}/{name}", truth=sharp, document=paper, index=index)


def _name(place: int) -> str:
    return f"page-{place + 1:03d}.jpg"


def _skew(recipe: Recipe, place: int) -> float:
    """Return the sheet's skew: both sides of a sheet lie turned the other way."""
    sheet, side = divmod(place, recipe.sides)
    chance = default_rng([recipe.seed, sheet])
    skew = round(float(chance.uniform(-recipe.most_skew, recipe.most_skew)), 2)
    return -skew if side else skew
