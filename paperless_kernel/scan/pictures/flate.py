"""Pictures kept without loss: 8-bit grey or RGB as the deflated rows a PDF carries.

Knows that a PNG's picture data is such a stream (predictor 15), so that a scanner's own
PNG is kept byte for byte. Judges no picture.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.pictures.grey import Grey

_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
_HEAD: Final = struct.Struct(">IIBBBBB")
_EIGHT_BITS: Final = 8
_COLOUR_TYPES: Final = {1: 0, 3: 2}
"""PNG's numbers for grey and RGB by how many colours a pixel has."""
_EFFORT: Final = 3
"""Of 9: more takes several times as long for a few per cent."""


def encode_flate(pixels: NDArray[np.uint8]) -> bytes:
    """Code grey (rows, columns) or RGB (rows, columns, 3) pixels, losing nothing.

    Raises:
        InputError: the picture cannot be coded.
    """
    ordered = pixels if pixels.ndim == 2 else pixels[:, :, ::-1]  # noqa: PLR2004 - grey
    done, written = cv2.imencode(
        ".png", np.ascontiguousarray(ordered), [cv2.IMWRITE_PNG_COMPRESSION, _EFFORT]
    )
    stream = own_stream(written.tobytes()) if done else None
    if stream is None:
        raise InputError("This page cannot be coded without loss: scan it again.")
    return stream


def own_stream(png: bytes) -> bytes | None:
    """Return a PNG's own picture data when a PDF can carry it as it is, else None.

    That is 8-bit grey or RGB, whole rows from the top, nothing see-through.
    """
    parts: dict[bytes, list[bytes]] = {}
    for kind, body in _chunks(png):
        parts.setdefault(kind, []).append(body)
    head = parts.get(b"IHDR", [b""])[0]
    if len(head) != _HEAD.size or b"tRNS" in parts:
        return None
    width, height, depth, colour_type, *_, interlaced = _HEAD.unpack(head)
    colours = {number: count for count, number in _COLOUR_TYPES.items()}
    if depth != _EIGHT_BITS or colour_type not in colours or interlaced:
        return None
    stream = b"".join(parts.get(b"IDAT", []))
    return (
        stream if _fits(stream, height * (1 + width * colours[colour_type])) else None
    )


def wrap_png(stream: bytes, width: int, height: int, colours: int) -> bytes:
    """Put a PNG's head before a bare stream, so that any image reader opens it."""
    head = _HEAD.pack(width, height, _EIGHT_BITS, _COLOUR_TYPES[colours], 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", stream), (b"IEND", b""))
    return _MAGIC + b"".join(_chunk(kind, body) for kind, body in chunks)


def grey_flate(stream: bytes, width: int, height: int, colours: int) -> Grey:
    """Decode a bare stream to grey.

    Raises:
        InputError: the picture is damaged.
    """
    file = np.frombuffer(wrap_png(stream, width, height, colours), np.uint8)
    read: Any = cv2.imdecode(file, cv2.IMREAD_GRAYSCALE)
    if read is None or read.shape != (height, width):
        raise InputError("This page is damaged: scan it again.")
    return np.asarray(read, np.uint8)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_MAGIC)
    while at + 8 <= len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += 12 + size


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(body, zlib.crc32(kind))
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)


def _fits(stream: bytes, size: int) -> bool:
    """Tell whether a stream unpacks to exactly ``size`` bytes, nothing behind it."""
    reader = zlib.decompressobj()
    try:
        unpacked = len(reader.decompress(stream, size + 1))
    except zlib.error:
        return False
    return unpacked == size and reader.eof and not reader.unused_data
