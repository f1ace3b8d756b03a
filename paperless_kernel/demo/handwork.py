"""Pictures that hands would make in the demo: the photo of a seal, a drawn signature.

Made up and drawn the same each time; knows nothing of custody.
"""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageDraw

from paperless_kernel.adapters.fonts import office_fonts

_PHOTO: Final = (640, 400)
_SIGNATURE: Final = (360, 120)
_CARDBOARD: Final = (191, 155, 110)
_SEAL: Final = (178, 34, 34)


def seal_photo(number: str) -> bytes:
    """Return a made-up photo (JPEG) of a seal across the flaps of a box."""
    picture = Image.new("RGB", _PHOTO, _CARDBOARD)
    draw = ImageDraw.Draw(picture)
    wide, high = _PHOTO
    draw.line((0, high // 2, wide, high // 2), fill=(120, 92, 60), width=6)
    draw.rectangle((60, 130, wide - 60, 270), fill=_SEAL)
    face = office_fonts().face(44, 700)
    draw.text((wide // 2, 172), number, fill="white", font=face, anchor="mm")
    small = office_fonts().face(26)
    draw.text(
        (wide // 2, 230), "보안 SEAL · 가상", fill="white", font=small, anchor="mm"
    )
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def drawn_signature(name: str) -> bytes:
    """Return a made-up signature (PNG): a curve that each name draws its own way."""
    picture = Image.new("L", _SIGNATURE, 255)
    draw = ImageDraw.Draw(picture)
    steps = [(ord(sign) * (place + 3)) % 97 for place, sign in enumerate(name * 3)]
    wide, high = _SIGNATURE
    across = (wide - 40) // max(1, len(steps) - 1)
    points = [
        (20 + n * across, 15 + step % (high - 30)) for n, step in enumerate(steps)
    ]
    draw.line(points, fill=20, width=4, joint="curve")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
