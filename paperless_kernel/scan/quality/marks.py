"""Marks a scanner or a hand left: streaks, folds, and content cut at the edge.

Knows pixels only and returns integers. A line of a form ends before the sheet does; a
streak and a crease do not, which tells them apart.
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from paperless_kernel.scan.pictures.grey import Grey

_BANDS: Final = 16
_THIN: Final = 9  # pixels; a broader band is no streak
_SLOPES: Final = (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)
"""Rows a crease may rise from band to band."""
_CORNER: Final = 0.06  # of the long side: a folded corner is about 2 cm
_RIM: Final = 8  # quarter-scale pixels at the edge: less than 3 mm
_LONG_RUN: Final = 24  # quarter-scale pixels; a longer dark run is a border, no letter


def streak_of(quarter: Grey) -> int:
    """Return the strength, in grey levels, of a line along the whole feed direction.

    Dirt on the glass of a sheet feeder draws one: dark or light, in one column, from
    edge to edge. The weakest but one of sixteen bands counts, so that a form's own
    line, which ends before the sheet does, counts for nothing.
    """
    # Every fourth row is enough: a streak is in all of them.
    rows = np.ascontiguousarray(quarter[::4])
    bands = cv2.resize(rows, (rows.shape[1], _BANDS), interpolation=cv2.INTER_AREA)
    bands = bands[:, 3:-3]  # the picture's own edge is no line
    return max(_along(bands, cv2.MORPH_BLACKHAT), _along(bands, cv2.MORPH_TOPHAT))


def _along(bands: NDArray[Any], kind: int) -> int:
    lines = cv2.morphologyEx(bands, kind, np.ones((1, _THIN), np.uint8))
    lines = cv2.dilate(lines, np.ones((1, 3), np.uint8))
    return int(np.sort(lines, axis=0)[1].max())


def fold_of(eighth: Grey, paper: int) -> int:
    """Return the strength, in grey levels, of a crease or a folded corner."""
    return max(_crease(eighth), _crease(eighth.T), _corner(eighth, paper))


def _crease(eighth: Grey) -> int:
    """Return how strong the straightest line from edge to edge is.

    It may lie a little askew: each band is moved by what a slope would move it. Two
    narrow bands at the very edges must show it too: there a form's frame has ended.
    """
    height, width = eighth.shape
    first, last = width // 200, width // 50
    if last - first < 2:  # noqa: PLR2004 - too small to have edges
        return 0
    source = np.ascontiguousarray(eighth)
    whole = source[:, : width // _BANDS * _BANDS]
    bands = cv2.resize(whole, (_BANDS, height), interpolation=cv2.INTER_AREA)
    edges = [
        cv2.resize(
            np.ascontiguousarray(part), (1, height), interpolation=cv2.INTER_AREA
        )
        for part in (source[:, first:last], source[:, width - last : width - first])
    ]
    bands = np.hstack([edges[0], bands, edges[1]])
    near = np.ones((_THIN, 1), np.uint8)
    lines = cv2.max(
        cv2.morphologyEx(bands, cv2.MORPH_BLACKHAT, near),
        cv2.morphologyEx(bands, cv2.MORPH_TOPHAT, near),
    )
    lines = cv2.dilate(lines, np.ones((5, 1), np.uint8))[4:-4]
    return _straight(np.ascontiguousarray(lines.T))


def _straight(lines: NDArray[np.uint8]) -> int:
    """Return the best row's weakest but one inner band, or its weaker edge."""
    bands, length = lines.shape
    places = np.clip(np.arange(bands) - bands / 2 + 0.5, -8.2, 8.2)
    best = 0
    for slope in _SLOPES:
        moves = np.round(places * slope).astype(np.int64).tolist()
        rim = max(map(abs, moves))
        if length <= 2 * rim:
            continue
        rows = [
            line[rim + move : length - rim + move]
            for line, move in zip(lines, moves, strict=True)
        ]
        least = np.full(length - 2 * rim, 255, np.uint8)
        second = least.copy()
        for own in rows[1:-1]:
            np.minimum(second, np.maximum(least, own), out=second)
            np.minimum(least, own, out=least)
        ends = np.minimum(rows[0], rows[-1])
        best = max(best, int(np.minimum(second, ends).max()))
    return best


def _corner(eighth: Grey, paper: int) -> int:
    """Return how much darker a corner is than the edges beside it."""
    size = int(max(eighth.shape) * _CORNER)
    if min(eighth.shape) < 4 * size or size < 8:  # noqa: PLR2004 - no page
        return 0
    steps = np.arange(size)
    corner = steps[:, None] + steps < size * 3 // 4
    worst = 0
    for turned in (eighth, eighth[:, ::-1], eighth[::-1], eighth[::-1, ::-1]):
        own = float(np.median(turned[:size, :size][corner]))
        beside = min(
            float(np.median(turned[: size // 3, 2 * size : 3 * size])),
            float(np.median(turned[2 * size : 3 * size, : size // 3])),
        )
        worst = max(worst, round(min(beside, paper) - own))
    return worst


def crop_of(quarter: Grey, paper: int) -> int:
    """Return how many strokes run off the picture at its worst edge.

    Short dark runs in the outermost 3 mm are letters and lines that were cut, or that
    a thin rim of the lid hides; long ones are the scanner's own border.
    """
    limit = max(0, paper - max(60, paper // 3) - 1)
    _, dark = cv2.threshold(quarter, limit, 255, cv2.THRESH_BINARY_INV)
    worst = 0
    for edge in (dark[:_RIM], dark[-_RIM:], dark[:, :_RIM].T, dark[:, -_RIM:].T):
        strokes = cv2.erode(np.ascontiguousarray(edge), np.ones((3, 1), np.uint8))
        worst = max(worst, _short_runs(strokes.max(axis=0) > 0))
    return worst


def _short_runs(marked: NDArray[Any]) -> int:
    steps = np.diff(np.concatenate(([0], marked.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return int(np.count_nonzero(ends - starts <= _LONG_RUN))
