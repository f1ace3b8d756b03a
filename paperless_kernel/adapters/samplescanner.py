"""A simulated flatbed scanner: a drawn sheet in, a scanned JPEG out.

Knows skew, paper tint, uneven light, sensor noise, show-through and loss of focus. All
chance comes from the generator handed in; the same generator state gives the same
bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from paperless_kernel.adapters.samplesheet import DPI, HEIGHT, WIDTH, Pixels

_LID: Final = (214, 216, 218)
"""What shows where the turned sheet does not cover the glass."""
_DARKEST: Final = 28
"""Ink never comes out of a scanner fully black."""
_TILE: Final = (439, 311)
"""Noise is drawn once on a small tile with odd sides and repeated."""
_QUALITY: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerSettings:
    """What one pass over the glass does to a sheet.

    Attributes:
        skew_degrees: how far the sheet lies turned, clockwise positive.
        blur: sigma of the lost focus in pixels; 0 is a sharp scan.
        tint: the paper's colour, red, green, blue.
        through: how much of what is printed on the other side shows; office paper lets
            through about a fiftieth.
    """

    skew_degrees: float = 0.0
    blur: float = 0.0
    tint: tuple[int, int, int] = (250, 249, 245)
    through: float = 0.02


def scan(
    sheet: Pixels,
    settings: ScannerSettings,
    generator: Generator,
    *,
    behind: Pixels | None = None,
) -> bytes:
    """Scan a sheet.

    Args:
        sheet: the drawn sheet.
        settings: what this pass does.
        generator: where noise and light come from.
        behind: the sheet's other side, which shows through a little.

    Returns:
        A colour JPEG, quality 80, with 300 dpi written in it.
    """
    return as_jpeg(scan_pixels(sheet, settings, generator, behind=behind))


def as_jpeg(page: Pixels) -> bytes:
    """Code a scanned page as the scanner does: quality 80, 300 dpi written in it."""
    made = BytesIO()
    Image.fromarray(page).save(made, "JPEG", quality=_QUALITY, dpi=(DPI, DPI))
    return made.getvalue()


def scan_pixels(
    sheet: Pixels,
    settings: ScannerSettings,
    generator: Generator,
    *,
    behind: Pixels | None = None,
) -> Pixels:
    """Scan a sheet and return its pixels before they are coded; see `scan`."""
    page: NDArray[Any] = sheet
    if behind is not None:
        through = cv2.resize(cv2.flip(behind, 1), (WIDTH // 4, HEIGHT // 4))
        soft = cv2.resize(cv2.GaussianBlur(through, (0, 0), 2), (WIDTH, HEIGHT))
        page = cv2.subtract(page, cv2.LUT(soft, _through_table(settings.through)))
    page = cv2.LUT(page, _tint_table(settings.tint))
    if settings.skew_degrees:
        turn = cv2.getRotationMatrix2D(
            (WIDTH / 2, HEIGHT / 2), -settings.skew_degrees, 1.0
        )
        page = cv2.warpAffine(
            page,
            turn,
            (WIDTH, HEIGHT),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=_LID,
        )
    page = cv2.GaussianBlur(page, (0, 0), settings.blur or 0.6)
    lit = cv2.add(page, cv2.merge([_light(generator)] * 3), dtype=cv2.CV_8U)
    return np.asarray(lit, np.uint8)


def _light(generator: Generator) -> NDArray[np.int16]:
    """Return what uneven light and the sensor add to each pixel."""
    uneven = generator.uniform(-5, 1, (5, 4)).astype(np.float32)
    light = cv2.resize(uneven, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    tile = generator.normal(0, 1.6, _TILE).astype(np.float32)
    times = (-(-HEIGHT // _TILE[0]), -(-WIDTH // _TILE[1]))
    # Rounded together, or the light would show as steps.
    both = cv2.add(light, np.tile(tile, times)[:HEIGHT, :WIDTH])
    return np.asarray(np.rint(both), dtype=np.int16)


def _tint_table(tint: tuple[int, int, int]) -> Pixels:
    scale = (np.array(tint) - _DARKEST) / 255
    levels = np.arange(256)[:, None] * scale + _DARKEST
    return np.rint(levels).astype(np.uint8).reshape(1, 256, 3)


def _through_table(share: float) -> Pixels:
    return np.asarray(np.rint((255 - np.arange(256)) * share), np.uint8)
