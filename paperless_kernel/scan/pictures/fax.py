"""CCITT G4: taking the one strip out of a TIFF, writing one, and reading it back.

Knows the few TIFF tags a G4 page has. A strip found whole is kept byte for byte; other
1-bit pictures are coded anew without loss.
"""

from __future__ import annotations

import io
import struct
from typing import Any

from PIL import Image, ImageChops

from paperless_kernel.base.errors import InputError

_BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER = 258, 259, 262, 266
_STRIP_AT, _ORIENTATION, _ROWS, _STRIP_SIZE, _T6 = 273, 274, 278, 279, 293
_WIDTH, _HEIGHT = 256, 257
_G4 = 4
_SHORT, _LONG = 3, 4
_JBIG = frozenset({9, 10, 34661, 34663, 34715})
"""What TIFF calls JBIG (T.85, T.43, ISO) and JBIG2 compression."""


def whole_strip(image: Image.Image, data: bytes) -> bytes | None:
    """Return a TIFF frame's own G4 bytes when a PDF can carry them as they are.

    That is one strip, 0 = white, bits from the left, no T.6 options; else None.
    """
    tags: Any = getattr(image, "tag_v2", None)
    if tags is None or tags.get(_COMPRESSION) != _G4 or tags.get(_BITS, (1,)) != (1,):
        return None
    starts, sizes = tags.get(_STRIP_AT, ()), tags.get(_STRIP_SIZE, ())
    plain = (
        tags.get(_PHOTOMETRIC) == 0
        and tags.get(_FILL_ORDER, 1) == 1
        and not tags.get(_T6, 0)
    )
    if len(starts) != 1 or len(sizes) != 1 or not plain:
        return None
    strip = data[starts[0] : starts[0] + sizes[0]]
    return strip if len(strip) == sizes[0] else None


def is_jbig(data: bytes) -> bool:
    """Tell whether a TIFF's first page says that it is coded in JBIG or JBIG2."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2], "")
    try:
        (at,) = struct.unpack_from(f"{order}L", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, at)
        rows = [
            struct.unpack_from(f"{order}HHLH", data, at + 2 + 12 * n)
            for n in range(count)
        ]
    except struct.error:
        return False
    return any(tag == _COMPRESSION and value in _JBIG for tag, _, _, value in rows)


def encode_g4(image: Image.Image) -> bytes:
    """Code a 1-bit picture as one G4 strip, 0 = white, losing nothing."""
    # Asked for 0 = white, Pillow turns every dot round in Python; G4 codes bits, not
    # colours, so the dots are turned round here and the tag left as it is.
    out = io.BytesIO()
    ImageChops.invert(image.convert("1")).save(
        out, "TIFF", compression="group4", strip_size=image.width * image.height
    )
    with Image.open(io.BytesIO(out.getvalue())) as written:
        tags: Any = written.tag_v2  # type: ignore[attr-defined]
        starts, sizes = tags[_STRIP_AT], tags[_STRIP_SIZE]
    if len(starts) != 1 or len(sizes) != 1:
        raise InputError("This page cannot be written as one G4 strip.")
    return out.getvalue()[starts[0] : starts[0] + sizes[0]]


def wrap_g4(strip: bytes, width: int, height: int) -> bytes:
    """Put a TIFF head before a bare G4 strip, so that any image reader opens it."""
    tags = [
        (_WIDTH, _LONG, width),
        (_HEIGHT, _LONG, height),
        (_BITS, _SHORT, 1),
        (_COMPRESSION, _SHORT, _G4),
        (_PHOTOMETRIC, _SHORT, 0),
        (_STRIP_AT, _LONG, 0),
        (_ROWS, _LONG, height),
        (_STRIP_SIZE, _LONG, len(strip)),
    ]
    size = 8 + 2 + 12 * len(tags) + 4
    head = struct.pack("<2sHLH", b"II", 42, 8, len(tags))
    for tag, kind, value in tags:
        head += struct.pack("<HHLL", tag, kind, 1, size if tag == _STRIP_AT else value)
    return head + struct.pack("<L", 0) + strip


def decode_g4(strip: bytes, width: int, height: int) -> Image.Image:
    """Return the 1-bit picture (white = 255) of a bare G4 strip.

    Raises:
        InputError: the strip is damaged.
    """
    try:
        with Image.open(io.BytesIO(wrap_g4(strip, width, height))) as image:
            image.load()
            return image.copy()
    except (OSError, ValueError) as error:
        raise InputError("This G4 page is damaged: scan it again.") from error
