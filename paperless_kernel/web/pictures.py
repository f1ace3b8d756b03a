"""Pictures people send: made small, freed of where and with what they were taken.

Knows how to refuse what is no picture before it costs memory, and how to read a label's
code off a photo. Keeps nothing.
"""

from __future__ import annotations

import io
import warnings
from base64 import b64decode
from binascii import Error as Base64Error
from typing import Final

import numpy as np
import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from paperless_kernel.base.errors import InputError

MOST_PHOTO: Final = 12 << 20
"""Bytes of one photo."""
_MOST_PIXELS: Final = 60_000_000
_LONG_SIDE: Final = 2000
_QUALITY: Final = 85
_DRAWN: Final = "data:image/png;base64,"
_MOST_DRAWN: Final = 1 << 20
_WIDEST_DRAWN: Final = 3000
_NO_PHOTO: Final = (
    "사진을 읽을 수 없습니다. JPEG나 PNG로 다시 찍어 주세요. / "
    "The photo cannot be read; take it again as JPEG or PNG."
)
_BIG_PHOTO: Final = (
    "사진이 너무 큽니다(12MB까지). 다시 찍어 주세요. / "
    "The photo is too big (12 MB at most); take it again."
)
_NO_SIGNATURE: Final = (
    "서명을 읽을 수 없습니다. 다시 그려 주세요. / "
    "The signature cannot be read; draw it again."
)


def clean_photo(data: bytes) -> bytes:
    """Return a photo upright, at most 2,000 pixels long, with no metadata (JPEG).

    Raises:
        InputError: it is no JPEG or PNG, or too big.
    """
    if len(data) > MOST_PHOTO:
        raise InputError(_BIG_PHOTO)
    picture = _opened(data, ("JPEG", "PNG"), _NO_PHOTO)
    small = ImageOps.exif_transpose(picture).convert("RGB")
    small.thumbnail((_LONG_SIDE, _LONG_SIDE))
    # A picture of bare pixels: place, time and device of the photo stay behind.
    bare = Image.frombytes("RGB", small.size, small.tobytes())
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def clean_signature(sent: str) -> bytes:
    """Return a drawn signature as grey PNG, or nothing where none was drawn.

    Raises:
        InputError: what was sent is no drawing.
    """
    if not sent:
        return b""
    if not sent.startswith(_DRAWN) or len(sent) > _MOST_DRAWN:
        raise InputError(_NO_SIGNATURE)
    try:
        data = b64decode(sent.removeprefix(_DRAWN), validate=True)
    except Base64Error as error:
        raise InputError(_NO_SIGNATURE) from error
    picture = _opened(data, ("PNG",), _NO_SIGNATURE)
    if max(picture.size) > _WIDEST_DRAWN:
        raise InputError(_NO_SIGNATURE)
    seen = picture.convert("RGBA")
    ground = Image.new("RGBA", seen.size, "white")
    grey = Image.alpha_composite(ground, seen).convert("L")
    if grey.getextrema() == (255, 255):
        return b""
    out = io.BytesIO()
    grey.save(out, "PNG")
    return out.getvalue()


def read_code(photo: bytes) -> str:
    """Return what the one code on a photo says, or "" where none or several are."""
    with Image.open(io.BytesIO(photo)) as picture:
        grey = np.asarray(picture.convert("L"))
    found = {
        str(code.text)
        for code in zxingcpp.read_barcodes(np.ascontiguousarray(grey))
        if code.text
    }
    return found.pop() if len(found) == 1 else ""


def _opened(data: bytes, forms: tuple[str, ...], refused: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=forms)
            if picture.width * picture.height > _MOST_PIXELS:
                raise InputError(_BIG_PHOTO)
            picture.load()
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ) as error:
        raise InputError(refused) from error
    return picture
