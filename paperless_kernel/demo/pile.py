"""The pile of paper the demo begins with: drawn by the project, or a folder of scans.

Knows files and how many sides they have. Files the workshop cannot take are named with
their reason and stay out of the box, as they would on a real table.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.hotfolder import PageFile, read_folder
from paperless_kernel.adapters.samplepages import (
    RESCANS,
    TRUTH_FILE,
    SamplePage,
    make_pages,
    write_folder,
)
from paperless_kernel.adapters.samplerecipe import Recipe, load_recipes
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.progress import Progress
from paperless_kernel.config import data_folder
from paperless_kernel.scan.capture.separators import read_separator
from paperless_kernel.scan.pictures.normalise import normalise
from paperless_kernel.scan.quality.checks import half_grey
from paperless_kernel.trust.digest import sha256

RECIPE = "office"
SMALL = "office-small"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """Paper ready to be packed into one box.

    Attributes:
        key: names the pile; the same files give the same key.
        files: page files in feeding order.
        rescans: file name to the better scan of the same side, where there is one.
        sheets: sheets to count into the box, separator sheets not among them.
        sides: pictures per sheet, 1 or 2.
        titles: document titles in order, as far as they are known.
        fed_twice: names of files that are a second scan of a sheet fed twice.
        names: SHA-256 of a file, hex, to its name.
        refused: file name and reason of what cannot be scanned.
        made: whether the project drew them.
    """

    key: str
    files: tuple[PageFile, ...]
    rescans: Mapping[str, PageFile]
    sheets: int
    sides: int
    titles: tuple[str, ...]
    fed_twice: frozenset[str]
    names: Mapping[str, str]
    refused: tuple[tuple[str, str], ...]
    made: bool


def made_pile(folder: Path, *, small: bool, progress: Progress) -> Pile:
    """Draw the project's own office pages into ``folder``; a repeat draws nothing."""
    name = SMALL if small else RECIPE
    recipe = load_recipes(data_folder() / "samples")[name]
    place = folder / name
    if not (place / TRUTH_FILE).is_file():
        total = sum(len(each.sides) for each in recipe.documents)

        write_folder(_drawn(recipe, total, progress), place)
    rescans = place / RESCANS
    again = read_folder(rescans).pages if rescans.is_dir() else ()
    return _pile(
        f"demo-{name}",
        read_folder(place).pages,
        rescans={each.name: each for each in again},
        fed_twice=_fed_twice(place),
        sides=recipe.sides,
        titles=tuple(each.title for each in recipe.documents),
        progress=progress,
        made=True,
    )


def _fed_twice(place: Path) -> frozenset[str]:
    truth = json.loads((place / TRUTH_FILE).read_text(encoding="utf-8"))
    return frozenset(name for name, each in truth.items() if each["duplicate_of"])


def _drawn(recipe: Recipe, total: int, progress: Progress) -> Iterator[SamplePage]:
    for number, page in enumerate(make_pages(recipe, office_fonts()), 1):
        progress("pages drawn", min(number, total), total)
        yield page


def given_pile(folder: Path, *, progress: Progress) -> Pile:
    """Take a folder of real scans as one box.

    Raises:
        NotFoundError: there is no such folder.
        InputError: it holds no page, or none that can be taken.
    """
    found = read_folder(folder)
    pile = _pile(
        "pages",
        found.pages,
        rescans={},
        fed_twice=frozenset(),
        sides=1,
        titles=(folder.resolve().name,),
        progress=progress,
        made=False,
    )
    if not pile.files:
        reasons = "; ".join(f"{name}: {why}" for name, why in pile.refused[:3])
        raise InputError(f"no page of {folder} can be taken: {reasons}")
    left = tuple((name, "no page file; left lying there") for name in found.left_out)
    return replace(pile, refused=(*pile.refused, *left))


def _pile(
    key: str,
    files: tuple[PageFile, ...],
    *,
    rescans: Mapping[str, PageFile],
    fed_twice: frozenset[str],
    sides: int,
    titles: tuple[str, ...],
    progress: Progress,
    made: bool,
) -> Pile:
    taken: list[PageFile] = []
    refused: list[tuple[str, str]] = []
    separators: list[bool] = []
    digests = []
    for number, file in enumerate(files, 1):
        data = file.read()
        try:
            found = normalise(data, file.name)
        except InputError as error:
            refused.append((file.name, str(error).removeprefix(f"{file.name}: ")))
            continue
        finally:
            progress("pages counted", number, len(files))
        taken.append(file)
        digests.append(sha256(data))
        separators += [read_separator(half_grey(each)) is not None for each in found]
    mark = sha256(b"".join(digests)).hex()[:12]
    return Pile(
        key=key if made else f"{key}-{mark}",
        files=tuple(taken),
        rescans=rescans,
        # A sheet is a separator when either of its sides is; its back is blank.
        sheets=sum(
            not any(separators[at : at + sides])
            for at in range(0, len(separators), sides)
        )
        - len(fed_twice) // sides,
        sides=sides,
        titles=titles,
        fed_twice=fed_twice,
        names={
            each.hex(): file.name for each, file in zip(digests, taken, strict=True)
        },
        refused=tuple(refused),
        made=made,
    )
