"""The automatic quality check (품질검사), first half: what is measured on a page.

Knows how a picture is decoded once at half scale and which measures are taken from it.
What is too much is data, and ``verdict`` says it.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from paperless_kernel.scan.model import Measures
from paperless_kernel.scan.pictures.fax import decode_g4
from paperless_kernel.scan.pictures.flate import grey_flate
from paperless_kernel.scan.pictures.grey import (
    Grey,
    counts_of,
    grey_jpeg,
    level_of,
    shrink,
    times_of,
)
from paperless_kernel.scan.pictures.normalise import Side
from paperless_kernel.scan.quality.likeness import likeness
from paperless_kernel.scan.quality.marks import crop_of, fold_of, streak_of
from paperless_kernel.scan.quality.papersize import effective_dpi
from paperless_kernel.scan.quality.skew import skew_of
from paperless_kernel.scan.quality.tones import (
    ink_of,
    noise_of,
    scales_of,
    sharpness_of,
    through_of,
    uneven_of,
    washed_of,
)

_DARKEST: Final = 0.05  # share of the ink taken for its black


def whole_grey(side: Side) -> Grey:
    """Decode one side to grey at its full size, for a target page.

    Raises:
        InputError: the picture is damaged.
    """
    if side.kind == "g4":
        return np.asarray(decode_g4(side.data, side.width, side.height).convert("L"))
    if side.kind == "flate":
        return grey_flate(side.data, side.width, side.height, side.colours)
    return grey_jpeg(side.data, side.width, side.height, 1)


def half_grey(side: Side) -> Grey:
    """Decode one side to grey, at half scale when it is large enough.

    Raises:
        InputError: the picture is damaged.
    """
    if side.grey is not None:
        return side.grey
    times = times_of(side.width, side.height)
    if side.kind == "g4":
        image = decode_g4(side.data, side.width, side.height)
        return shrink(np.asarray(image.convert("L")), times)
    if side.kind == "flate":
        grey = grey_flate(side.data, side.width, side.height, side.colours)
        return shrink(grey, times)
    return grey_jpeg(side.data, side.width, side.height, times)


def measure(side: Side, grey: Grey) -> Measures:
    """Measure one side; ``grey`` is what `half_grey` gave."""
    halved = grey.shape[0] < side.height
    quarter = shrink(grey, 2)
    eighth = shrink(quarter, 2)
    page = scales_of(grey, quarter, eighth)
    ink = ink_of(page)
    tones = counts_of(page.half[::2], ink[::2])
    inked = bool(tones.any())
    contrast = page.paper - level_of(tones, 0.1) if inked else 0
    return Measures(
        dpi=round(min(side.dpi_x, side.dpi_y) * 10),
        bilevel=side.kind == "g4",
        skew=round(skew_of(grey, eighth) * 100),
        sharpness=sharpness_of(page, contrast, 1 if halved else 2),
        ink=round(1e6 * cv2.countNonZero(ink) / ink.size),
        paper=page.paper,
        contrast=contrast,
        likeness=likeness(eighth),
        colours=side.colours,
        effective_dpi=effective_dpi(side),
        washed=washed_of(page, level_of(tones, _DARKEST)) if inked else 0,
        uneven=uneven_of(page),
        streak=streak_of(quarter),
        noise=noise_of(page, ink),
        through=through_of(page, contrast),
        fold=fold_of(eighth, page.paper),
        crop=crop_of(quarter, page.paper),
    )
