"""Small pictures of pages for contact sheets.

Knows pixels; keeps nothing.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import simplejpeg

from paperless_kernel.scan.pictures.grey import Grey, shrink

_QUALITY: Final = 60
_TURNS: Final = {3: 2, 6: 3, 8: 1}
"""EXIF orientation to quarter turns against the clock."""


def small_picture(grey: Grey, across: int, orientation: int) -> bytes:
    """Return a grey picture at most ``across`` wide, upright, as a JPEG."""
    upright = np.rot90(grey, _TURNS.get(orientation, 0))
    times = max(1, -(-upright.shape[1] // across))
    small = np.ascontiguousarray(shrink(np.ascontiguousarray(upright), times))
    return bytes(
        simplejpeg.encode_jpeg(small[:, :, None], quality=_QUALITY, colorspace="GRAY")
    )
