"""The sRGB profile every sealed document names as its output intent.

Built from published numbers, so that the same bytes come out on every machine.
"""

from __future__ import annotations

import struct
from functools import cache

_ONE = 65536  # s15Fixed16
_D50 = (0.96420, 1.0, 0.82491)
_RED, _GREEN, _BLUE = (
    (0.43607, 0.22249, 0.01392),
    (0.38515, 0.71687, 0.09708),
    (0.14307, 0.06061, 0.71410),
)  # IEC 61966-2-1 primaries, adapted to D50 by Bradford
_ADAPTED = (
    *(1.04788, 0.02292, -0.05022),
    *(0.02959, 0.99048, -0.01707),
    *(-0.00925, 0.01508, 0.75168),
)
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


@cache
def srgb_profile() -> bytes:
    """Return an ICC 4.3 display profile of sRGB (IEC 61966-2-1), always the same."""
    curve = b"para" + struct.pack(">IHH", 0, 3, 0) + _fixed(_CURVE)
    bodies = {
        b"desc": _text("sRGB"),
        b"cprt": _text("No copyright, use freely"),
        b"wtpt": _xyz(_D50),
        b"chad": b"sf32\0\0\0\0" + _fixed(_ADAPTED),
        b"rXYZ": _xyz(_RED),
        b"gXYZ": _xyz(_GREEN),
        b"bXYZ": _xyz(_BLUE),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    offset = 128 + 4 + 12 * len(bodies)
    table, data = struct.pack(">I", len(bodies)), b""
    for tag, body in bodies.items():
        table += tag + struct.pack(">II", offset + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    size = 128 + len(table) + len(data)
    header = struct.pack(">I4xI", size, 0x04300000) + b"mntrRGB XYZ "
    header += struct.pack(">6H", 2015, 1, 1, 0, 0, 0) + b"acsp"
    return header.ljust(68, b"\0") + _fixed(_D50) + bytes(48) + table + data


def _fixed(values: tuple[float, ...]) -> bytes:
    return b"".join(struct.pack(">i", round(value * _ONE)) for value in values)


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(values)


def _text(text: str) -> bytes:
    raw = text.encode("utf-16-be")
    head = b"mluc" + struct.pack(">III", 0, 1, 12)
    return head + b"enUS" + struct.pack(">II", len(raw), 28) + raw
