"""Barcodes on a page as keys: read at the index desk, not at capture.

Knows which symbologies are read and how a place on the page is told. A separator's code
is no key.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import zxingcpp

from paperless_kernel.scan.capture.separators import MARK
from paperless_kernel.scan.documents import Region
from paperless_kernel.scan.inspection.model import Code
from paperless_kernel.scan.pictures.grey import Grey

_FORMATS: Final = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.PDF417,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.Code39,
        zxingcpp.BarcodeFormat.ITF,
        zxingcpp.BarcodeFormat.EAN13,
    ]
)
_LONGEST: Final = 200


def read_codes(grey: Grey, width: int, page: str, position: int) -> tuple[Code, ...]:
    """Return the codes on a page from the top down.

    Args:
        grey: the page, at any scale.
        width: of the captured picture in pixels, which places are told in.
        page: id of the page.
        position: its place in the batch.
    """
    times = width / grey.shape[1]
    found = [
        (text, _region(code.position, times))
        for code in zxingcpp.read_barcodes(
            np.ascontiguousarray(grey), formats=_FORMATS, try_invert=False
        )
        if _is_key(text := str(code.text))
    ]
    found.sort(key=lambda one: (one[1].top, one[1].left))
    return tuple(
        Code(text=text, page=page, position=position, region=region)
        for text, region in found
    )


def _is_key(text: str) -> bool:
    plain = text.isprintable() and 0 < len(text) <= _LONGEST
    return plain and not text.startswith(MARK)


def _region(place: zxingcpp.Position, times: float) -> Region:
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    across = [round(one.x * times) for one in corners]
    down = [round(one.y * times) for one in corners]
    left, top = min(across), min(down)
    return Region(left=left, top=top, width=max(across) - left, height=max(down) - top)
