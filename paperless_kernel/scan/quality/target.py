"""The target page of a scanner's monthly test (제39조): drawn, scanned, measured.

Knows where everything stands on our own chart and reads it back from a scan: true
resolution and skew from the corner marks, grey steps, line pairs, noise. The chart
claims no standard (ISO 12653, FADGI); what is enough is the workshop's own rules.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.pictures.grey import Grey
from paperless_kernel.scan.profiles import Limit

_DPI: Final = 300
_SIZE: Final = (210, 297)  # millimetres
_MARK: Final = 8.0
_CORNERS: Final = ((15, 15), (195, 15), (195, 282), (15, 282))  # centres, clockwise
_STEPS: Final = tuple(range(5, 256, 25))  # grey levels, eleven patches
_PATCH: Final = 14.0
_STEPS_AT: Final = (28.0, 60.0)  # centre of the first patch
_PAIRS: Final = (20, 30, 40, 50)  # tenths of a line pair a millimetre
_PAIRS_AT: Final = ((40.0, 110.0), (82.0, 110.0), (124.0, 110.0), (166.0, 110.0))
_GROUP: Final = 24.0
_MM: Final = 25.4
_FILLED: Final = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMeasures:
    """What a scan of the target page says of its scanner; integers.

    Attributes:
        dpi_x: true resolution across, tenths of a dpi.
        dpi_y: true resolution down, tenths of a dpi.
        skew: how far the page lay turned, hundredths of a degree, clockwise positive.
        white: grey level of the brightest step.
        black: grey level of the darkest step.
        linearity: largest distance of a step from the straight line through all, in
            grey levels.
        noise: spread within a middle grey step, hundredths of a grey level.
        lines_20: contrast kept at 2 line pairs a millimetre, thousandths.
        lines_30: the same at 3.
        lines_40: the same at 4.
        lines_50: the same at 5.
    """

    dpi_x: int
    dpi_y: int
    skew: int
    white: int
    black: int
    linearity: int
    noise: int
    lines_20: int
    lines_30: int
    lines_40: int
    lines_50: int

    def values(self) -> tuple[tuple[str, int], ...]:
        """Return names and values, as a record of the test keeps them."""
        return tuple(asdict(self).items())


def target_page() -> bytes:
    """Return the target page, A4 at 300 dpi, as a PNG to be printed once and kept.

    A print is no calibrated chart: it shows how one scanner changes from month to
    month, with the same sheet each time.
    """
    image = Image.new("L", (_px(_SIZE[0]), _px(_SIZE[1])), 255)
    draw = ImageDraw.Draw(image)
    for corner in _CORNERS:
        draw.rectangle(_box(corner, _MARK), fill=0)
    for number, level in enumerate(_STEPS):
        draw.rectangle(_box(_step_at(number), _PATCH), fill=level, outline=0)
    for tenths, at in zip(_PAIRS, _PAIRS_AT, strict=True):
        image.paste(_bars(tenths), _box(at, _GROUP)[:2])
        below, face = (_px(at[0] - 8), _px(at[1] + 14)), ImageFont.load_default(36)
        draw.text(below, f"{tenths / 10} lp/mm", fill=0, font=face)
    for number, points in enumerate((4, 5, 6, 8, 10, 12)):
        face = ImageFont.load_default(points * _DPI / 72)
        words = f"{points} pt  The quick brown fox jumps over the lazy dog 0123456789"
        draw.text((_px(25), _px(150 + 10 * number)), words, fill=0, font=face)
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(_DPI, _DPI))
    return out.getvalue()


def measure_target(grey: Grey) -> TargetMeasures:
    """Measure a scan of the target page; ``grey`` is the whole picture, full size.

    Raises:
        InputError: its four corner marks are not all to be found.
    """
    marks = _marks(grey)
    wide, high = _CORNERS[1][0] - _CORNERS[0][0], _CORNERS[3][1] - _CORNERS[0][1]
    across = [math.dist(marks[0], marks[1]), math.dist(marks[3], marks[2])]
    down = [math.dist(marks[0], marks[3]), math.dist(marks[1], marks[2])]
    run = marks[1] - marks[0] + marks[2] - marks[3]
    flat = _flattened(grey, marks)
    steps = [_inside(flat, _step_at(n), _PATCH * 0.6) for n in range(len(_STEPS))]
    levels = np.array([float(step.mean()) for step in steps])
    slope, base = np.polyfit(_STEPS, levels, 1)
    away = np.abs(levels - (slope * np.array(_STEPS) + base)).max()
    contrast = max(1.0, float(levels[-1] - levels[0]))
    kept = {
        f"lines_{tenths}": _kept(_inside(flat, at, _GROUP * 0.8), contrast)
        for tenths, at in zip(_PAIRS, _PAIRS_AT, strict=True)
    }
    return TargetMeasures(
        dpi_x=round(sum(across) / 2 / wide * _MM * 10),
        dpi_y=round(sum(down) / 2 / high * _MM * 10),
        skew=round(math.degrees(math.atan2(float(run[1]), float(run[0]))) * 100),
        white=round(float(levels[-1])),
        black=round(float(levels[0])),
        linearity=round(float(away)),
        noise=round(100 * float(steps[len(steps) // 2].std())),
        **kept,
    )


def judge_target(
    measures: TargetMeasures, limits: Mapping[str, tuple[Limit, Limit]]
) -> tuple[str, ...]:
    """Return what falls short, in words; nothing when the scanner passes.

    Args:
        measures: what was measured.
        limits: name to the least and the most it may be (``reject`` is the bound).
    """
    short = []
    for name, value in measures.values():
        least, most = limits.get(name, (Limit(), Limit()))
        if least.reject is not None and value < least.reject:
            short.append(f"{name} {value} < {least.reject}")
        if most.reject is not None and value > most.reject:
            short.append(f"{name} {value} > {most.reject}")
    return tuple(short)


def _marks(grey: Grey) -> NDArray[np.float64]:
    """Return the centres of the four corner marks, clockwise from the top left."""
    height, width = grey.shape
    _, dark = cv2.threshold(grey, 110, 255, cv2.THRESH_BINARY_INV)
    _, _, stats, centres = cv2.connectedComponentsWithStats(dark)
    expected = _MARK / _SIZE[0] * width
    found = [
        centre
        for (_, _, wide, high, area), centre in zip(stats[1:], centres[1:], strict=True)
        if abs(wide - expected) < expected * 0.4
        and abs(high - wide) < expected * 0.25
        and area > wide * high * _FILLED * 0.8
    ]
    corners = ((0, 0), (width, 0), (width, height), (0, height))
    near = [min(found, key=lambda c: math.dist(c, k), default=None) for k in corners]
    reach = 0.2 * math.hypot(width, height)
    made = [c for c, k in zip(near, corners, strict=True) if c is not None
            and math.dist(c, k) < reach]  # fmt: skip
    if len(made) != len(corners):
        raise InputError(
            "The four corner marks of the target page are not all in the picture: scan "
            "the whole page, upright and without cropping."
        )
    return np.array(made, np.float64)


def _flattened(grey: Grey, marks: NDArray[np.float64]) -> Grey:
    """Turn the scan back onto the chart, at the chart's own scale."""
    onto = np.array([[_px(x), _px(y)] for x, y in _CORNERS], np.float32)
    turn: Any = cv2.getPerspectiveTransform(marks.astype(np.float32), onto)
    size = (_px(_SIZE[0]), _px(_SIZE[1]))
    return np.asarray(cv2.warpPerspective(grey, turn, size), np.uint8)


def _kept(bars: Grey, contrast: float) -> int:
    """Return how much of the contrast a group of bars kept, thousandths."""
    profile = bars.mean(axis=0)
    low, high = np.percentile(profile, (10, 90))
    return round(min(1000.0, 1000 * float(high - low) / contrast))


def _bars(tenths: int) -> Image.Image:
    size = _px(_GROUP)
    phase = np.arange(size) * tenths / 10 / (_DPI / _MM)
    row = np.where(phase % 1 < 0.5, 0, 255).astype(np.uint8)  # noqa: PLR2004 - half
    return Image.fromarray(np.tile(row, (size, 1)))


def _inside(flat: Grey, at: tuple[float, float], size: float) -> Grey:
    left, top, right, bottom = _box(at, size)
    return flat[top:bottom, left:right]


def _step_at(number: int) -> tuple[float, float]:
    return _STEPS_AT[0] + 15.4 * number, _STEPS_AT[1]


def _box(at: tuple[float, float], size: float) -> tuple[int, int, int, int]:
    (x, y), half = at, size / 2
    return _px(x - half), _px(y - half), _px(x + half), _px(y + half)


def _px(millimetres: float) -> int:
    return round(millimetres * _DPI / _MM)
