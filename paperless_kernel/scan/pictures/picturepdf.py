"""Taking the pages out of a PDF that is nothing but scanned pictures.

Knows how a picture is placed on a page and which of its codings carry over byte for
byte. A page with text, drawings or several pictures is refused, not flattened.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pikepdf
from PIL import Image

from paperless_kernel.base.errors import (
    EvidenceError,
    InputError,
    UnsupportedError,
)
from paperless_kernel.trust.inflate import inflate

_HARMLESS: Final = frozenset({"q", "Q", "cm", "Do", "gs", "MP", "BMC", "BDC", "EMC"})
_POINTS_PER_INCH: Final = 72
_DAMAGE: Final = (
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
    ZeroDivisionError,
)
"""What pikepdf's objects raise where a damaged file has another kind of object."""
_MOST_PAGES: Final = 2000
_MOST_PIXELS: Final = 80_000_000
_MOST_DRAWING: Final = 1 << 20
"""Bytes of what places a picture on its page; a scanner writes some fifty."""
_MOST_COMPONENTS: Final = 4
_HEADROOM: Final = 1 << 16
_GROWING: Final = frozenset({"/LZWDecode", "/RunLengthDecode", "/Crypt"})
_ASCII: Final = "/ASCII85Decode"
_FLATE: Final = "/FlateDecode"
_QUARTER: Final = 90
_DEEPEST_TREE: Final = 50
_ORIENTATIONS: Final = {
    ("right", "up"): 1,
    ("left", "up"): 2,
    ("left", "down"): 3,
    ("right", "down"): 4,
    ("down", "left"): 5,
    ("down", "right"): 6,
    ("up", "right"): 7,
    ("up", "left"): 8,
}
"""Where a picture's right side and its top are shown, to EXIF's numbers."""
_LOSSY: Final = frozenset({"/DCTDecode", "/JPXDecode"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One page's picture: its own JPEG or G4 bytes, or the pixels, and its dpi.

    ``lossy`` says that the pixels were JPEG-coded before; ``orientation`` is how the
    page shows the picture, in EXIF's numbers.
    """

    size: tuple[int, int]
    dpi: tuple[float, float]
    jpeg: bytes | None = None
    g4: bytes | None = None
    image: Image.Image | None = None
    lossy: bool = False
    orientation: int = 1


def pictures_in(data: bytes) -> Iterator[Placed]:
    """Give the one picture of each page, in order.

    Raises:
        InputError: the PDF cannot be read or is locked.
        UnsupportedError: a page is not exactly one picture, or is coded in JBIG2
            (its symbol coding swaps characters; BSI TR-03138 A.SC.12 forbids it).
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) > _MOST_PAGES:
                raise UnsupportedError(f"{len(pdf.pages)} pages in one PDF; split it.")
            for number, page in enumerate(pdf.pages, 1):
                yield _picture(page, number)
    except pikepdf.PasswordError as error:
        raise InputError("This PDF is locked by a password: unlock it.") from error
    except (pikepdf.PikepdfError, *_DAMAGE) as error:
        raise InputError("This PDF cannot be read: it is damaged.") from error
    except MemoryError as error:
        raise UnsupportedError(
            "This PDF needs more memory than there is: split it."
        ) from error


def _picture(page: Any, number: int) -> Placed:  # noqa: ANN401 - pikepdf has no stubs
    image, shown = _placement(page, number)
    width_pt = (shown.a**2 + shown.b**2) ** 0.5
    height_pt = (shown.c**2 + shown.d**2) ** 0.5
    width, height = int(image.Width), int(image.Height)
    if width * height > _MOST_PIXELS:
        raise UnsupportedError(f"page {number} has {width} x {height} pixels: too many")
    size = (width, height)
    turned = _orientation(shown, _rotated(page))
    dpi = (
        width * _POINTS_PER_INCH / width_pt if width_pt else 0.0,
        height * _POINTS_PER_INCH / height_pt if height_pt else 0.0,
    )
    filters = _filters(image)
    _check_growth(image, filters, _room(image), f"the picture of page {number}")
    if "/JBIG2Decode" in filters:
        raise UnsupportedError(
            f"page {number} is coded in JBIG2, which can swap characters: "
            "set the scanner to G4 or JPEG."
        )
    if filters == ["/DCTDecode"] and "/Decode" not in image and "/SMask" not in image:
        jpeg = bytes(image.read_raw_bytes())
        return Placed(size=size, dpi=dpi, jpeg=jpeg, orientation=turned)
    if filters == ["/CCITTFaxDecode"] and _plain_g4(image):
        g4 = bytes(image.read_raw_bytes())
        return Placed(size=size, dpi=dpi, g4=g4, orientation=turned)
    lossy = not _LOSSY.isdisjoint(filters)
    return Placed(
        size=size,
        dpi=dpi,
        image=_pixels(image, number),
        lossy=lossy,
        orientation=turned,
    )


def _rotated(page: Any) -> int:  # noqa: ANN401
    """Return by how many degrees clockwise a page is shown turned; it may inherit."""
    node = page.obj
    for _ in range(_DEEPEST_TREE):
        if node is None or "/Rotate" in node:
            break
        node = node.get("/Parent")
    return 0 if node is None else int(node.get("/Rotate", 0))


def _orientation(shown: Any, rotated: int) -> int:  # noqa: ANN401
    """Return EXIF's number for a placement: where the picture's right and top go.

    Args:
        shown: the matrix that places the picture.
        rotated: degrees clockwise by which the page is shown turned.
    """
    right, up = (shown.a, shown.b), (shown.c, shown.d)
    for _ in range(rotated // _QUARTER % 4):
        right, up = (right[1], -right[0]), (up[1], -up[0])
    # A placement that is no turning at all (a slanted one) is shown as it lies.
    return _ORIENTATIONS.get((_towards(right), _towards(up)), 1)


def _towards(vector: tuple[float, float]) -> str:
    across, along = vector
    if abs(across) >= abs(along):
        return "right" if across >= 0 else "left"
    return "up" if along >= 0 else "down"


def _room(image: Any) -> int:  # noqa: ANN401
    """Return how many bytes the declared pixels can take, predictors included."""
    bits = max(8, int(image.get("/BitsPerComponent", 8)))
    row = int(image.Width) * _MOST_COMPONENTS * bits // 8 + 1
    return row * int(image.Height) + _HEADROOM


def _check_growth(stream: Any, filters: list[str], most: int, what: str) -> None:  # noqa: ANN401
    """Refuse a stream that grows beyond what it may hold, before it is decoded."""
    if _GROWING.intersection(filters) or _FLATE in _behind(filters):
        raise UnsupportedError(
            f"{what} is coded in a way that is not taken ({' '.join(filters)}): "
            "set the scanner to JPEG or G4."
        )
    if _FLATE not in filters:
        return
    data = bytes(stream.read_raw_bytes())
    try:
        for each in filters:
            if each == _ASCII:
                data = base64.a85decode(data.strip().removesuffix(b"~>"))
            elif each == _FLATE:
                data = b"".join(inflate(data, most))
    except EvidenceError as error:
        raise UnsupportedError(
            f"{what} unpacks to more than it says it has: scan it again."
        ) from error


def _behind(filters: list[str]) -> list[str]:
    """Return the codings that stand behind one whose output is not bounded here."""
    for place, each in enumerate(filters):
        if each not in (_ASCII, _FLATE):
            return filters[place:]
    return []


def _pixels(image: Any, number: int) -> Image.Image:  # noqa: ANN401
    if "/SMask" in image or "/Mask" in image:
        raise UnsupportedError(f"page {number} has a masked picture: scan it plainly.")
    try:
        return pikepdf.PdfImage(image).as_pil_image()
    except (*_DAMAGE, pikepdf.PikepdfError, MemoryError, OSError) as error:
        raise UnsupportedError(
            f"page {number} has a picture coded in a way that is not taken ({error})"
        ) from error


def _placement(page: Any, number: int) -> tuple[Any, Any]:  # noqa: ANN401
    """Return the page's picture and the matrix that places it, in points."""
    _check_drawing(page, number)
    matrix, stack = pikepdf.Matrix(), []
    found: list[tuple[Any, Any]] = []
    pictures = page.get_images(recursive=False)
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator not in _HARMLESS:
            raise UnsupportedError(
                f"page {number} has text or drawings (operator {operator}), so it is "
                "no bare scan: deposit the PDF itself instead."
            )
        if operator == "q":
            stack.append(matrix)
        elif operator == "Q" and stack:
            matrix = stack.pop()
        elif operator == "cm":
            matrix = pikepdf.Matrix(*map(float, instruction.operands)) @ matrix
        elif operator == "Do":
            name = str(instruction.operands[0])
            if name not in pictures:
                raise UnsupportedError(f"page {number} draws more than a picture.")
            found.append((pictures[name], matrix))
    if len(found) != 1:
        raise UnsupportedError(
            f"page {number} has {len(found)} pictures; a scanned page has one."
        )
    return found[0]


def _check_drawing(page: Any, number: int) -> None:  # noqa: ANN401
    contents = page.obj.get("/Contents", pikepdf.Array())
    for each in contents if isinstance(contents, pikepdf.Array) else [contents]:
        what = f"the drawing of page {number}"
        _check_growth(each, _filters(each), _MOST_DRAWING, what)


def _filters(image: Any) -> list[str]:  # noqa: ANN401
    value = image.get("/Filter")
    if value is None:
        return []
    if isinstance(value, pikepdf.Array):
        return [str(one) for one in value]
    return [str(value)]


def _plain_g4(image: Any) -> bool:  # noqa: ANN401
    parms = image.get("/DecodeParms", pikepdf.Dictionary())
    if isinstance(parms, pikepdf.Array):
        parms = parms[0]
    odd = ("/EncodedByteAlign", "/BlackIs1")
    return (
        int(parms.get("/K", 0)) < 0
        and int(parms.get("/Columns", 1728)) == int(image.Width)
        and not any(bool(parms.get(key, False)) for key in odd)
        and "/Decode" not in image
        and "/ImageMask" not in image
    )
