"""What a JPEG file says of itself, read from its markers without decoding.

Knows which JPEGs a PDF may carry byte for byte and where the picture ends. Decodes
nothing and changes nothing but cutting what follows the end marker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from paperless_kernel.base.errors import InputError, UnsupportedError

_SOI, _EOI, _SOS, _APP0, _APP1, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xEE
_FRAMES_TAKEN = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_CODINGS = {
    0xC3: "lossless",
    0xC9: "arithmetic",
    0xCA: "arithmetic progressive",
    0xCB: "lossless arithmetic",
}
_ENDS_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_EIGHT_BITS = 8
_COMPONENTS = (1, 3, 4)
_PER_INCH, _PER_CM = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegFacts:
    """What the markers say: size in pixels, components, resolution in dpi (0: none).

    Four components are CMYK or YCCK: no page carries them as they are.
    ``length`` is the number of bytes up to and with the end marker.
    """

    width: int
    height: int
    components: int
    dpi_x: float
    dpi_y: float
    exif: bytes
    length: int


def read_jpeg(data: bytes) -> JpegFacts:
    """Read a JPEG's markers and refuse what a PDF/A page must not carry.

    Raises:
        InputError: the file is cut short or is no JPEG.
        UnsupportedError: 12-bit, lossless or arithmetic coding; says which.
    """
    if data[:2] != b"\xff\xd8":
        raise InputError("This is no JPEG: it does not begin with its marker.")
    frame: tuple[int, int, int] | None = None
    dpi, exif, at = (0.0, 0.0), b"", 2
    while True:
        marker, at = _next_marker(data, at)
        if marker == _EOI:
            break
        body, at = _segment(data, at)
        if marker in _FRAMES and frame is None:
            frame = _frame(marker, body)
        elif marker == _APP0 and body[:5] == b"JFIF\0":
            dpi = _density(body)
        elif marker == _APP1 and body[:6] == b"Exif\0\0":
            exif = body
        elif marker == _SOS:
            at = _after_scan(data, at)
    if frame is None:
        raise InputError("This JPEG has no picture in it: scan the page again.")
    width, height, components = frame
    return JpegFacts(
        width=width,
        height=height,
        components=components,
        dpi_x=dpi[0],
        dpi_y=dpi[1],
        exif=exif,
        length=at,
    )


def _next_marker(data: bytes, at: int) -> tuple[int, int]:
    if data[at : at + 1] != b"\xff":
        raise InputError("This JPEG is damaged or cut short: scan the page again.")
    while data[at : at + 1] == b"\xff":  # fill bytes are allowed before a marker
        at += 1
    if at >= len(data):
        raise InputError("This JPEG is cut short: scan the page again.")
    return data[at], at + 1


def _segment(data: bytes, at: int) -> tuple[bytes, int]:
    size = int.from_bytes(data[at : at + 2], "big")
    if size < 2 or at + size > len(data):  # noqa: PLR2004 - the length counts itself
        raise InputError("This JPEG is cut short: scan the page again.")
    return data[at + 2 : at + size], at + size


def _after_scan(data: bytes, at: int) -> int:
    # Inside a scan FF 00 is data, FF D0..D7 are restarts and FF FF is fill.
    found = _ENDS_SCAN.search(data, at)
    if found is None:
        raise InputError("This JPEG is cut short: scan the page again.")
    return found.start()


def _frame(marker: int, body: bytes) -> tuple[int, int, int]:
    if marker not in _FRAMES_TAKEN:
        coding = _CODINGS.get(marker, "hierarchical")
        raise UnsupportedError(
            f"JPEG with {coding} coding is not taken, as a PDF page cannot carry it: "
            "set the scanner to baseline JPEG and scan again."
        )
    if len(body) < 6:  # noqa: PLR2004 - precision, height, width, components
        raise InputError("This JPEG is damaged: scan the page again.")
    if body[0] != _EIGHT_BITS:
        raise UnsupportedError(
            f"JPEG with {body[0]} bits per colour is not taken: scan with 8 bits."
        )
    height = int.from_bytes(body[1:3], "big")
    width = int.from_bytes(body[3:5], "big")
    if body[5] not in _COMPONENTS:
        raise UnsupportedError(f"A JPEG with {body[5]} components is not taken.")
    if not height or not width:
        raise UnsupportedError("A JPEG that states its height later is not taken.")
    return width, height, body[5]


def _density(body: bytes) -> tuple[float, float]:
    if len(body) < 12:  # noqa: PLR2004 - a JFIF header is 14 bytes, 12 up to density
        return 0.0, 0.0
    across = float(int.from_bytes(body[8:10], "big"))
    down = float(int.from_bytes(body[10:12], "big"))
    if body[7] == _PER_CM:
        return across * 2.54, down * 2.54
    return (across, down) if body[7] == _PER_INCH else (0.0, 0.0)
