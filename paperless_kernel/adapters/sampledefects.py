"""Made pages with one thing wrong on purpose, and how wrong it is.

Knows how each defect of a scan looks in pixels. All chance comes from the generator
handed in. A page gets one defect; everything else about it is as it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator, default_rng

from paperless_kernel.adapters.fonts import FontFiles
from paperless_kernel.adapters.sampleforms import draw_side
from paperless_kernel.adapters.samplerecipe import Recipe
from paperless_kernel.adapters.samplescanner import (
    ScannerSettings,
    as_jpeg,
    scan_pixels,
)
from paperless_kernel.adapters.samplesheet import HEIGHT, WIDTH, Pixels

_TINTS: Final = ((250, 249, 245), (246, 246, 244), (249, 245, 236))


class Defect(StrEnum):
    """What is wrong with a made page."""

    NONE = "none"
    BLUR = "blur"
    DARK = "dark"
    OVER = "over"
    STREAK = "streak"
    NOISE = "noise"
    BLANK = "blank"
    THROUGH = "through"
    UNEVEN = "uneven"
    SKEW = "skew"
    CROP = "crop"
    FOLD = "fold"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoiltPage:
    """A scanned page and what is true of it.

    Attributes:
        data: a colour JPEG at 300 dpi.
        sheet: which drawn sheet it shows, from 0.
        skew_degrees: how far it lies turned, clockwise positive.
    """

    data: bytes
    defect: Defect
    sheet: int
    skew_degrees: float


def drawn_sheets(recipes: Sequence[Recipe], fonts: FontFiles) -> list[Pixels]:
    """Draw every side of recipes that bears something, in order."""
    return [
        draw_side(document, index, default_rng([recipe.seed, number, index]), fonts)
        for recipe in recipes
        for number, document in enumerate(recipe.documents)
        for index, side in enumerate(document.sides)
        if not side.blank
    ]


def spoilt_pages(
    sheets: Sequence[Pixels], defect: Defect, count: int, seed: int
) -> Iterator[SpoiltPage]:
    """Scan ``count`` sheets in turn, each with this defect, each a little different."""
    for number in range(count):
        chance = default_rng([seed, number, *defect.encode()])
        at = number % len(sheets)
        behind = sheets[(at + 1) % len(sheets)]
        skew = _skew(defect, chance)
        settings = ScannerSettings(
            skew_degrees=skew,
            blur=float(chance.uniform(2.5, 6) if defect is Defect.BLUR else
                       chance.uniform(0.5, 0.9)),
            tint=_TINTS[number % len(_TINTS)],
            through=float(chance.uniform(0.08, 0.2) if defect is Defect.THROUGH else
                          chance.uniform(0.005, 0.03)),
        )  # fmt: skip
        sheet = np.full_like(sheets[at], 255) if defect is Defect.BLANK else sheets[at]
        before, after = _BEFORE.get(defect), _AFTER.get(defect)
        if before is not None:
            sheet = before(sheet, chance)
        page = _grained(scan_pixels(sheet, settings, chance, behind=behind), chance)
        if after is not None:
            page = after(page, chance)
        yield SpoiltPage(data=as_jpeg(page), defect=defect, sheet=at, skew_degrees=skew)


def _skew(defect: Defect, chance: Generator) -> float:
    if defect is Defect.SKEW:
        return float(chance.choice((-1, 1)) * round(chance.uniform(2.4, 6), 2))
    return round(float(chance.uniform(-0.8, 0.8)), 2)


def _grained(page: Pixels, chance: Generator) -> Pixels:
    """Add what sets one scanner's sensor apart from another's."""
    grain = chance.normal(0, chance.uniform(0, 3), (HEIGHT, WIDTH)).astype(np.float32)
    out = page.astype(np.int16) + np.rint(grain).astype(np.int16)[:, :, None]
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def _dark(page: Pixels, chance: Generator) -> Pixels:
    return _scaled(page, float(chance.uniform(0.25, 0.5)), 0)


def _over(page: Pixels, chance: Generator) -> Pixels:
    return _scaled(page, 1.1, float(chance.uniform(70, 120)))


def _scaled(page: Pixels, times: float, plus: float) -> Pixels:
    levels = np.clip(np.rint(np.arange(256) * times + plus), 0, 255)
    return np.asarray(cv2.LUT(page, levels.astype(np.uint8)), np.uint8)


def _streak(page: Pixels, chance: Generator) -> Pixels:
    """Draw what dirt on a sheet feeder's glass does: one column, from edge to edge."""
    out = page.astype(np.int16)
    left, wide = int(chance.integers(200, WIDTH - 200)), int(chance.integers(2, 6))
    strength = int(chance.integers(30, 110))
    out[:, left : left + wide] -= strength
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def _noise(page: Pixels, chance: Generator) -> Pixels:
    if chance.random() < 0.5:  # noqa: PLR2004 - grain, or single dots
        grain = chance.normal(0, chance.uniform(12, 30), page.shape[:2])
        grained = page.astype(np.int16) + np.rint(grain).astype(np.int16)[:, :, None]
        return np.asarray(np.clip(grained, 0, 255), np.uint8)
    out = page.copy()
    share = float(chance.uniform(0.01, 0.04))
    for level in (0, 255):
        out[chance.random(page.shape[:2]) < share / 2] = level
    return out


def _uneven(page: Pixels, chance: Generator) -> Pixels:
    """Darken towards one edge, as a failing lamp or an open lid does."""
    depth = float(chance.uniform(0.25, 0.5))
    ramp = np.linspace(1, 1 - depth, WIDTH if chance.random() < 0.5 else HEIGHT)  # noqa: PLR2004
    light = ramp[None, :, None] if len(ramp) == WIDTH else ramp[:, None, None]
    return np.asarray(np.rint(page * light), np.uint8)


def _crop(sheet: Pixels, chance: Generator) -> Pixels:
    """Move the sheet so far that its text runs off one edge."""
    far = int(chance.integers(380, 620)) * int(chance.choice((-1, 1)))
    moved = np.full_like(sheet, 255)
    if far > 0:
        moved[:, far:] = sheet[:, :-far]
    else:
        moved[:, :far] = sheet[:, -far:]
    return moved


def _fold(page: Pixels, chance: Generator) -> Pixels:
    """Press a crease across the page, or turn a corner over."""
    if chance.random() < 0.5:  # noqa: PLR2004 - one or the other
        return _corner(page, chance)
    shade = np.zeros((HEIGHT, WIDTH), np.float32)
    at = float(chance.uniform(0.25, 0.75))
    lean = int(chance.integers(-60, 61))
    if chance.random() < 0.5:  # noqa: PLR2004 - across or down
        ends = ((-1, int(at * HEIGHT) - lean), (WIDTH, int(at * HEIGHT) + lean))
    else:
        ends = ((int(at * WIDTH) - lean, -1), (int(at * WIDTH) + lean, HEIGHT))
    cv2.line(shade, *ends, float(chance.uniform(45, 110)), 5)
    soft = cv2.GaussianBlur(shade, (0, 0), 2)
    return np.asarray(np.clip(page - soft[:, :, None], 0, 255), np.uint8)


def _corner(page: Pixels, chance: Generator) -> Pixels:
    size = int(chance.integers(260, 520))
    out = page.copy()
    grey = int(chance.integers(90, 190))
    points = np.array([(0, 0), (size, 0), (0, size)], np.int32)
    if chance.random() < 0.5:  # noqa: PLR2004 - left or right
        points[:, 0] = WIDTH - 1 - points[:, 0]
    cv2.fillConvexPoly(out, points, (grey, grey, grey))
    return out


_BEFORE: Final[dict[Defect, Callable[[Pixels, Generator], Pixels]]] = {
    Defect.CROP: _crop,
}
_AFTER: Final[dict[Defect, Callable[[Pixels, Generator], Pixels]]] = {
    Defect.DARK: _dark,
    Defect.OVER: _over,
    Defect.STREAK: _streak,
    Defect.NOISE: _noise,
    Defect.UNEVEN: _uneven,
    Defect.FOLD: _fold,
}
