"""Turning what scanners write into 1 bit, 8-bit grey or RGB, once, with a note of it.

Knows palettes, see-through parts, 16 bits and CMYK. What loses something says so, so
that an order without loss can refuse it.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from PIL import Image, ImageCms

from paperless_kernel.base.errors import InputError, UnsupportedError

DAMAGE: Final = (
    OSError,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    SyntaxError,
    TypeError,
    ValueError,
    ZeroDivisionError,
    struct.error,
)
"""What Pillow raises where a file is damaged; depends on the format and the place."""
_SIXTEEN: Final = ("I;16", "I;16L", "I;16B")
_TAKEN: Final = ("1", "L", "P", "RGB", "LA", "RGBA", "CMYK", *_SIXTEEN)
_BITS_TAG: Final = 258
_WIDE: Final = 16
_OPAQUE: Final = (255, 255)
_PNG_BITS_AT: Final = 24
_LOSSY: Final = frozenset({"jpeg", "tiff_jpeg", "webp"})
"""Compressions of a TIFF that lose something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A picture as 1 bit, grey or RGB.

    Attributes:
        notes: how it came to be, in order, for the record.
        lost: what is no longer as it was scanned, or "" when nothing is lost.
    """

    image: Image.Image
    notes: tuple[str, ...] = ()
    lost: str = ""


def load(image: Image.Image) -> None:
    """Decode a picture, or refuse its mode first.

    Raises:
        UnsupportedError: colours that have no agreed look on a page.
        InputError: it is damaged.
    """
    if image.mode not in _TAKEN:
        raise UnsupportedError(
            f"A picture in mode {image.mode} is not taken (Lab and more than 16 bits "
            "have no agreed look on a page): scan in RGB, grey or black and white."
        )
    try:
        image.load()
    except DAMAGE as error:
        raise InputError(
            "The picture cannot be read: it is damaged or cut short."
        ) from error


def plain(image: Image.Image, data: bytes = b"") -> Plain:
    """Return the picture as 1 bit, 8-bit grey or RGB, with what was done to it.

    Args:
        image: as opened.
        data: the file it came from, "" when it came out of a PDF.

    Raises:
        UnsupportedError: colours that have no agreed look on a page.
        InputError: it is damaged.
    """
    load(image)
    if image.mode == "CMYK":
        return _from_cmyk(image)
    if image.mode in _SIXTEEN:
        levels = np.asarray(image, np.uint16) >> 8
        made = Image.fromarray(levels.astype(np.uint8))
        return Plain(image=made, notes=(_EIGHT,), lost=_EIGHT)
    found = Plain(image=image)
    if _wide(image, data):  # Pillow has kept the upper 8 bits already
        found = Plain(image=image, notes=(_EIGHT,), lost=_EIGHT)
    if str(image.info.get("compression", "")) in _LOSSY:
        found = Plain(image=image, notes=found.notes, lost="the file is JPEG-coded")
    if image.mode == "P":
        see_through = "transparency" in image.info
        image = image.convert("RGBA" if see_through else "RGB")
        notes = (*found.notes, "palette written out")
        found = Plain(image=image, notes=notes, lost=found.lost)
    if image.mode in {"LA", "RGBA"}:
        return _without_alpha(found)
    return found


_EIGHT: Final = "16 bits a colour cut to the upper 8"
_ON_WHITE: Final = "see-through parts laid on white"


def _without_alpha(found: Plain) -> Plain:
    mode = "L" if found.image.mode == "LA" else "RGB"
    if found.image.getchannel("A").getextrema() == _OPAQUE:
        made = found.image.convert(mode)
        return Plain(image=made, notes=found.notes, lost=found.lost)
    white = Image.new("RGBA", found.image.size, "white")
    made = Image.alpha_composite(white, found.image.convert("RGBA")).convert(mode)
    notes = (*found.notes, _ON_WHITE)
    return Plain(image=made, notes=notes, lost=found.lost or _ON_WHITE)


def _from_cmyk(image: Image.Image) -> Plain:
    """Turn a press's colours into the screen's; the page's colour space is sRGB.

    By the file's own profile where it has one, or else by (1 - C)(1 - K).
    """
    profile: Any = image.info.get("icc_profile")
    if profile:
        try:
            made = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, *DAMAGE):
            made = None
        if made is not None:
            note = "CMYK turned to sRGB by the file's own profile"
            return Plain(image=made, notes=(note,), lost=note)
    note = "CMYK turned to RGB by (1-C)(1-K), (1-M)(1-K), (1-Y)(1-K)"
    return Plain(image=image.convert("RGB"), notes=(note,), lost=note)


def _wide(image: Image.Image, data: bytes) -> bool:
    """Tell whether the file has 16 bits a colour where Pillow opened it with 8."""
    if image.format == "PNG":
        return data[_PNG_BITS_AT : _PNG_BITS_AT + 1] == bytes([_WIDE])
    tags: Any = getattr(image, "tag_v2", {})
    try:
        return bool(max(tags.get(_BITS_TAG, (1,))) >= _WIDE)
    except DAMAGE:
        return False
