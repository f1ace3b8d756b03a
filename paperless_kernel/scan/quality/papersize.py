"""Which paper a picture can be of, and the resolution that gives it.

Knows sizes of paper in millimetres (ISO 216 A and B, North American Letter and Legal)
and nothing of pixels' content.
"""

from __future__ import annotations

from typing import Final

from paperless_kernel.scan.pictures.normalise import Side

PAPERS: Final = {
    "A3": (297, 420),
    "B4": (257, 364),
    "Legal": (216, 356),
    "A4": (210, 297),
    "Letter": (216, 279),
    "B5": (182, 257),
    "A5": (148, 210),
    "B6": (128, 182),
    "A6": (105, 148),
}
"""Width and height in millimetres, upright; B is the JIS series used in Korea."""
_CLOSE: Final = 0.04
"""Scanners cut a few millimetres more or less."""
_MM: Final = 25.4


def paper_of_size(width_mm: float, height_mm: float) -> str:
    """Return the name of the paper that is this large, or ""."""
    short, long = sorted((width_mm, height_mm))
    for name, (wide, high) in PAPERS.items():
        if abs(short - wide) <= wide * _CLOSE and abs(long - high) <= high * _CLOSE:
            return name
    return ""


def effective_dpi(side: Side) -> int:
    """Return the resolution a picture really has on its paper, tenths of a dpi.

    A file may state any number. Where the stated one gives a known paper size, or no
    more than an A3 sheet and no less than a slip, it is believed. Where it gives a
    sheet no scanner takes, or none is stated, and the picture has the shape of A4, it
    is taken for A4. 0 means that nothing can be said.
    """
    stated = min(side.dpi_x, side.dpi_y)
    if stated:
        across = side.width / side.dpi_x * _MM
        down = side.height / side.dpi_y * _MM
        short, long = sorted((across, down))
        if paper_of_size(across, down) or (
            _LEAST <= short <= _WIDEST and long <= _LONGEST
        ):
            return round(stated * 10)
    short_px, long_px = sorted((side.width, side.height))
    wide, high = PAPERS["A4"]
    if abs(long_px / short_px - high / wide) > _CLOSE * high / wide:
        return 0
    return round(min(short_px / wide, long_px / high) * _MM * 10)


_LEAST: Final = 50  # millimetres: a receipt or a slip
_WIDEST: Final = PAPERS["A3"][0] * (1 + _CLOSE)
_LONGEST: Final = PAPERS["A3"][1] * (1 + _CLOSE)
