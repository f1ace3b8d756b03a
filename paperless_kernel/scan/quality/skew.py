"""How far a page lies turned, read from its lines of text.

Knows pixels only. The page itself is never turned: the angle goes into the sealed
file's page matrix.
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from paperless_kernel.scan.pictures.grey import (
    Grey,
    counts_of,
    paper_of,
    shrink,
)

MOST_SKEW: Final = 13.0
"""Degrees; what lies turned further is not measured."""
_LONGEST: Final = 1800  # pixels; larger pictures are shrunk to about this
_STRIPS: Final = 32
_MARGIN: Final = 0.04
_SOLID: Final = 140  # of 255, over 1 cm: what is no text but a dark area
_WHITE: Final = 255
_FEWEST: Final = 200  # dark pixels; less has no lines to find
_COARSE: Final = 4  # rows taken together for the first look
_REACH: Final = 0.5  # degrees around the first look's best angle
_STEP: Final = 0.05
_CLEAR: Final = 1.02  # a peak must stand this much above the page as it lies flattest


def skew_of(grey: Grey, eighth: Grey | None = None) -> float:
    """Return the angle of the text lines in degrees, clockwise positive.

    Strip projection: columns of the page are cut into strips, each strip's row profile
    is shifted by what an angle would move it, and the angle whose summed profile
    changes most from row to row is the one. Coarse rows find it roughly; a parabola
    through the scores of single rows finds it finely. ``eighth`` is ``grey`` four times
    smaller, where the caller has it.
    """
    times = max(1, round(max(grey.shape) / _LONGEST))
    if times > 1 or eighth is None:
        grey = shrink(grey, times)
        eighth = shrink(shrink(grey, 2), 2)
    profiles, apart = _profiles(grey, eighth)
    if profiles.sum(dtype=np.int64) * apart < _FEWEST * _WHITE:
        return 0.0
    rough = _rough(profiles, apart)
    fine = rough + np.arange(-_REACH, _REACH + _STEP / 2, _STEP)
    scores = _scores(profiles, apart, fine).astype(np.float64)
    floor = float(np.partition(scores, len(scores) // 5)[len(scores) // 5])
    if scores.max() < floor * _CLEAR or floor == 0:
        return 0.0
    return round(_peak(fine, scores, floor), 3)


def _rough(profiles: NDArray[Any], apart: float) -> float:
    strips, height = profiles.shape
    size = (height // _COARSE, strips)
    rows = cv2.resize(profiles, size, interpolation=cv2.INTER_AREA)
    angles = np.arange(-MOST_SKEW, MOST_SKEW + 0.01, 0.25)
    return float(angles[np.argmax(_scores(rows, apart / _COARSE, angles))])


def _peak(angles: NDArray[Any], scores: NDArray[Any], floor: float) -> float:
    """Return the top of a parabola through the scores of the peak's upper part."""
    top = int(np.argmax(scores))
    line = floor + (scores[top] - floor) * 0.5
    first, last = top, top
    while first > 0 and scores[first - 1] > line:
        first -= 1
    while last < len(scores) - 1 and scores[last + 1] > line:
        last += 1
    first, last = min(first, max(0, top - 1)), max(last, min(len(scores) - 1, top + 1))
    near = angles[first : last + 1]
    if len(near) < 3:  # noqa: PLR2004 - a parabola needs three
        return float(angles[top])
    bend, slope, _ = np.polyfit(near - angles[top], scores[first : last + 1], 2)
    if bend >= 0:
        return float(angles[top])
    moved = -slope / (2 * bend)
    return float(np.clip(angles[top] + moved, near[0], near[-1]))


def _profiles(grey: Grey, small: Grey) -> tuple[NDArray[Any], float]:
    """Count dark pixels by strip and row.

    Returns:
        An array of strips by rows, and how many pixels the strips' middles are apart.
    """
    height, width = grey.shape
    limit = int(paper_of(counts_of(small)) * 0.7)
    _, dark = cv2.threshold(grey, limit, _WHITE, cv2.THRESH_BINARY_INV)
    # A black photograph or border would drown the lines.
    _, filled = cv2.threshold(small, limit, _WHITE, cv2.THRESH_BINARY_INV)
    filled = cv2.blur(filled, (15, 15))
    if int(filled.max()) > _SOLID:
        _, kept = cv2.threshold(filled, _SOLID, _WHITE, cv2.THRESH_BINARY_INV)
        whole = cv2.resize(kept, (width, height), interpolation=cv2.INTER_NEAREST)
        dark = cv2.min(dark, whole, dst=dark)
    down, across = int(height * _MARGIN), int(width * _MARGIN)
    wide = (width - 2 * across) // _STRIPS
    inner = dark[down : height - down, across : across + wide * _STRIPS]
    means = cv2.resize(inner, (_STRIPS, len(inner)), interpolation=cv2.INTER_AREA)
    # 32 strips of at most 255 each stay within 16 bits, which adds up fastest.
    return means.T.astype(np.int16, order="C"), float(wide)


def _scores(profiles: NDArray[Any], apart: float, angles: NDArray[Any]) -> NDArray[Any]:
    """Return how much the summed profile changes from row to row at each angle."""
    strips, height = profiles.shape
    middles = (np.arange(strips) - (strips - 1) / 2) * apart
    shifts = np.round(np.tan(np.radians(angles))[:, None] * middles).astype(np.int64)
    rim = int(np.abs(shifts).max())
    padded = np.pad(profiles, ((0, 0), (rim, rim))).ravel()
    starts = shifts + rim + np.arange(strips) * (height + 2 * rim)
    windows = sliding_window_view(padded, height)
    out = np.empty(len(angles), np.float64)
    for number, places in enumerate(starts):
        summed = np.add.reduce(windows[places], axis=0, dtype=np.int16)
        steps = np.subtract(summed[1:], summed[:-1], dtype=np.float32)
        out[number] = steps @ steps
    return out
