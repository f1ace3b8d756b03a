"""The made pages of the scan benchmark: made once, kept in benchmarks/out.

Knows which pages are asked for and nothing of what is measured on them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from numpy.random import default_rng

from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.sampledefects import Defect, spoilt_pages
from paperless_kernel.adapters.samplemix import mixed_sheets
from paperless_kernel.adapters.samplerecipe import load_recipes
from paperless_kernel.adapters.samplescanner import ScannerSettings, scan
from paperless_kernel.adapters.samplesheet import Pixels
from paperless_kernel.config import data_folder

OUT: Final = Path(__file__).parent.parent / "out"
SEED: Final = 20261124


@cache
def sheets(count: int) -> tuple[Pixels, ...]:
    """Draw sheets that differ, once."""
    recipes = [*load_recipes(data_folder() / "samples").values()]
    return tuple(mixed_sheets(recipes, office_fonts(), count, SEED))


def made_pages(count: int) -> list[Path]:
    """Return files of made A4 colour pages at 300 dpi, no two alike."""
    folder = OUT / f"made-{SEED}"
    files = [folder / f"page-{number:03d}.jpg" for number in range(count)]
    if not all(file.exists() for file in files):
        folder.mkdir(parents=True, exist_ok=True)
        drawn = sheets(count)
        for number, file in enumerate(files):
            chance = default_rng([SEED, number])
            settings = ScannerSettings(skew_degrees=float(chance.uniform(-0.8, 0.8)))
            behind = drawn[(number + 1) % count]
            file.write_bytes(scan(drawn[number], settings, chance, behind=behind))
    return files


def judged_pages(good: int, bad: int) -> Iterator[tuple[Defect, bytes]]:
    """Yield ``good`` pages without and ``bad`` pages with each defect, in order."""
    folder = OUT / f"spoilt-{SEED}-{good}-{bad}"
    index = folder / "index.json"
    if not index.exists():
        folder.mkdir(parents=True, exist_ok=True)
        names = []
        for defect in Defect:
            count = good if defect is Defect.NONE else bad
            made = spoilt_pages(sheets(max(8, good // 3)), defect, count, SEED)
            for number, page in enumerate(made):
                name = f"{defect}-{number:03d}.jpg"
                (folder / name).write_bytes(page.data)
                names.append((defect.value, name))
        index.write_text(json.dumps(names))
    for value, name in json.loads(index.read_text()):
        yield Defect(value), (folder / name).read_bytes()
