"""What a picture file says of itself: its orientation and a believable resolution.

Knows tags; decodes no pixel.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PIL import Image

from paperless_kernel.scan.pictures.plain import DAMAGE

_ORIENTATION_TAG: Final = 274
_ORIENTATIONS: Final = range(1, 9)
_LEAST_DPI: Final = 30
_MOST_DPI: Final = 4800


@contextmanager
def quietly() -> Iterator[None]:
    """Refuse bombs; keep quiet about odd tags, which many scanners write."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def exif_of(data: bytes) -> tuple[int, tuple[float, float]]:
    """Return the orientation and resolution a JPEG's EXIF states."""
    try:
        with quietly(), Image.open(io.BytesIO(data)) as image:
            return said_by(image)
    except DAMAGE:
        return 1, (0.0, 0.0)


def said_by(image: Image.Image) -> tuple[int, tuple[float, float]]:
    """Return the orientation and resolution a file states; 1 and 0 for none."""
    try:
        orientation = int(image.getexif().get(_ORIENTATION_TAG, 1))
        across, down = (float(one) for one in image.info.get("dpi", (0, 0)))
    except DAMAGE:
        return 1, (0.0, 0.0)  # broken tags say nothing; the picture is judged apart
    turned = orientation if orientation in _ORIENTATIONS else 1
    return turned, believed((across, down))


def believed(dpi: tuple[float, float]) -> tuple[float, float]:
    """Return a resolution a scanner can have, or zeros: it is then unknown."""
    known = all(_LEAST_DPI <= one <= _MOST_DPI for one in dpi)
    return dpi if known else (0.0, 0.0)
