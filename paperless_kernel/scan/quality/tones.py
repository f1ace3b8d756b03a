"""Paper, ink and light of a page: how dark, how sharp, how noisy, how even.

Knows pixels only and returns integers; which of them are too much is data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from paperless_kernel.scan.pictures.grey import (
    Counts,
    Grey,
    counts_of,
    level_of,
    paper_of,
)

MARGIN: Final = 0.04
"""Share cut off at each edge: shadows of the lid and punch holes are no content."""
_AROUND: Final = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)
_BAND: Final = 128  # rows looked at together: they fit the processor's cache
_FEWEST: Final = 12  # clear edges; fewer say nothing
_BURNT: Final = 254  # grey level from which light is lost
_TILE: Final = 8  # pixels of the eighth-scale picture: one tile of the light map
_DARK_TILE: Final = 0.6  # of the paper: a photograph, no paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """A page at the scales its measures are taken: half, a quarter, an eighth.

    Attributes:
        half: what `half_grey` gave, its margins cut.
        quarter: half of that.
        eighth: half of that again.
        paper: grey level of the paper.
    """

    half: Grey
    quarter: Grey
    eighth: Grey
    paper: int


def scales_of(grey: Grey, quarter: Grey, eighth: Grey) -> Scales:
    """Cut the margins of a page at its three scales."""
    inner = inside(quarter)
    return Scales(
        half=inside(grey),
        quarter=inner,
        eighth=np.ascontiguousarray(inside(eighth)),
        paper=paper_of(counts_of(inner)),
    )


def inside(grey: Grey) -> Grey:
    """Cut the outer 4 %."""
    height, width = grey.shape
    down, across = int(height * MARGIN), int(width * MARGIN)
    return grey[down : height - down, across : width - across]


def ink_of(page: Scales) -> Grey:
    """Mark what is clearly darker than the paper around it, specks left out."""
    around = np.minimum(cv2.blur(page.eighth, (15, 15)), page.paper)
    limits = np.maximum(around.astype(np.int16) - max(16, page.paper // 12), 0)
    size = (page.half.shape[1], page.half.shape[0])
    mask = cv2.resize(limits.astype(np.uint8), size)
    cv2.compare(page.half, mask, cv2.CMP_LT, dst=mask)
    # At half scale a thin stroke is one pixel wide: only lone pixels are specks.
    joined = cv2.bitwise_and(mask, cv2.dilate(mask, _AROUND))
    return np.asarray(joined, np.uint8)


def sharpness_of(page: Scales, contrast: int, apart: int) -> int:
    """Return how steep the clearest edges are, against the contrast they bridge.

    A sharp edge crosses its whole contrast within about two pixels; a blurred one
    needs many, whatever the paper's or the ink's tone is. On a faint page (pencil)
    fainter edges are judged, so that it is called faint and not unclear. ``apart`` is
    how many pixels of the half-scale picture are two of the scan. Every third band of
    rows is looked at, and the rest only where those hold too little.
    """
    bands = np.array_split(page.half, max(1, len(page.half) // _BAND))
    least = min(max(40, page.paper // 4), max(16, contrast // 2))
    steep = np.zeros(0, np.int64)
    for chosen in (bands[::3], bands[1::3], bands[2::3]):
        if not chosen:
            continue
        spans, peaks = np.concatenate([_edges(one, apart) for one in chosen], axis=1)
        clear = spans >= least
        steep = np.concatenate([steep, 1000 * peaks[clear] // spans[clear]])
        if len(steep) >= 20 * _FEWEST:
            break
    if len(steep) < _FEWEST:
        return 0
    return level_of(np.bincount(steep), 0.5)


def _edges(band: Grey, apart: int) -> Counts:
    """Return, around every fourth pixel each way, the contrast and the largest step.

    A step lies between two pixels ``apart``, smoothed along the edge against noise.
    """
    height, width = band.shape[0] - 2, band.shape[1] - 2
    down, across = cv2.GaussianBlur(band, (3, 1), 0), cv2.GaussianBlur(band, (1, 3), 0)
    steps = cv2.max(
        cv2.absdiff(down[apart : height + apart, 1:-1], down[:-2, 1:-1]),
        cv2.absdiff(across[1:-1, apart : width + apart], across[1:-1, :-2]),
    )
    inner, near = band[1:-1, 1:-1], np.ones((9, 9), np.uint8)
    spans = cv2.subtract(cv2.dilate(inner, near), cv2.erode(inner, near))
    both = (spans[::4, ::4].ravel(), cv2.dilate(steps, near)[::4, ::4].ravel())
    return np.asarray(both, np.int64)


def noise_of(page: Scales, ink: Grey) -> int:
    """Return how much paper differs from pixel to pixel, 1/100 grey level.

    The mean step between neighbours in every eighth row, where no ink is near. Single
    dots (salt and pepper) count as much as grain.
    """
    rows = np.ascontiguousarray(page.half[4::8])
    near = np.ones((3, 9), np.uint8)  # eight rows up and down, four columns aside
    marked = cv2.dilate(np.ascontiguousarray(ink[4::8]), near)
    steps = cv2.absdiff(rows[:, 1:], rows[:, :-1])
    clean = cv2.bitwise_not(marked[:, 1:])
    if cv2.countNonZero(clean) < clean.size // 50:
        return 0  # ink everywhere: a photograph has no paper to judge
    return round(100 * cv2.mean(steps, clean)[0])


def washed_of(page: Scales, black: int) -> int:
    """Return how far light has eaten the ink: its level, weighed by the burnt share.

    A page whose paper is clipped white is well as long as its ink stays black; over
    exposure clips the paper and lifts the ink.
    """
    _, burnt = cv2.threshold(page.quarter, _BURNT - 1, 255, cv2.THRESH_BINARY)
    return round(black * cv2.countNonZero(burnt) / page.quarter.size)


def uneven_of(page: Scales) -> int:
    """Return by how many grey levels the paper's tone differs across the page.

    The brightest of each tile is paper, unless the tile is a photograph.
    """
    smooth = cv2.blur(page.eighth, (3, 3))
    middle = _TILE // 2
    light = cv2.dilate(smooth, _square(_TILE))[middle::_TILE, middle::_TILE]
    light = light[light >= page.paper * _DARK_TILE]
    if not light.size:
        return 0
    low, top = np.percentile(light, (4, 96))
    return round(float(top - low))


def through_of(page: Scales, contrast: int) -> int:
    """Return how much of the page shows faint soft marks away from ink, 1/1000.

    What is printed on the back shows through as marks a little darker than the paper,
    where nothing is written on the front.
    """
    small = page.eighth
    if min(small.shape) < 4 * _TILE:
        return 0
    smooth = cv2.blur(small, (3, 3))
    # Against the brightest far around it is ink; against what is near, a faint mark: a
    # tinted cell of a form is even, and so is none.
    above = cv2.subtract(cv2.dilate(smooth, _square(31)), small)
    _, ink = cv2.threshold(above, max(24, contrast * 3 // 20), 255, cv2.THRESH_BINARY)
    free = cv2.bitwise_not(cv2.dilate(ink, _square(7)))
    room = cv2.countNonZero(free)
    if room < small.size // 50:
        return 0
    faint = cv2.inRange(cv2.subtract(cv2.dilate(smooth, _square(7)), smooth), 3, 255)
    return round(1000 * cv2.countNonZero(cv2.bitwise_and(faint, free)) / room)


def _square(size: int) -> Grey:
    return np.ones((size, size), np.uint8)
