"""The made pages of the scan benchmark: made once, kept in benchmarks/out.

They carry a colour sensor's noise and a sheet's grain, so that they are as heavy to
decode as what a colour scanner writes (the reference pages: 824 kB at quality 80).

Knows which pages are asked for and nothing of what is measured on them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator, default_rng

from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.sampledefects import Defect, spoilt_pages
from paperless_kernel.adapters.samplemix import mixed_sheets
from paperless_kernel.adapters.samplerecipe import load_recipes
from paperless_kernel.adapters.samplescanner import (
    ScannerSettings,
    as_jpeg,
    scan_pixels,
)
from paperless_kernel.adapters.samplesheet import Pixels
from paperless_kernel.config import data_folder

OUT: Final = Path(__file__).parent.parent / "out"
SEED: Final = 20261124
SENSOR: Final = 3.5
"""Standard deviation of the sensor's noise in each colour, grey levels."""
GRAIN: Final = 1.0
"""The same of the paper's own grain: all colours alike, two pixels wide."""


@cache
def sheets(count: int) -> tuple[Pixels, ...]:
    """Draw sheets that differ, once."""
    recipes = [*load_recipes(data_folder() / "samples").values()]
    return tuple(mixed_sheets(recipes, office_fonts(), count, SEED))


def made_pages(count: int) -> list[Path]:
    """Return files of made A4 colour pages at 300 dpi, no two alike."""
    folder = OUT / f"made-{SEED}-{SENSOR}-{GRAIN}"
    files = [folder / f"page-{number:03d}.jpg" for number in range(count)]
    if not all(file.exists() for file in files):
        folder.mkdir(parents=True, exist_ok=True)
        drawn = sheets(count)
        for number, file in enumerate(files):
            chance = default_rng([SEED, number])
            settings = ScannerSettings(skew_degrees=float(chance.uniform(-0.8, 0.8)))
            behind = drawn[(number + 1) % count]
            clean = scan_pixels(drawn[number], settings, chance, behind=behind)
            file.write_bytes(as_jpeg(_noisy(clean, chance)))
    return files


def _noisy(page: Pixels, chance: Generator) -> Pixels:
    high, wide = page.shape[:2]
    coarse = chance.normal(0, GRAIN, (high // 2, wide // 2)).astype(np.float32)
    grain = cv2.resize(coarse, (wide, high))[:, :, None]
    noise = chance.normal(0, SENSOR, page.shape).astype(np.float32)
    noisy = np.clip(np.rint(page + grain + noise), 0, 255)
    return np.asarray(noisy, np.uint8)


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
