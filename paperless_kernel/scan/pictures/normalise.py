"""Normalising what a scanner wrote: one picture stream per side, and its hash.

Knows which bytes a PDF/A page carries as they are (JPEG, one G4 strip, a PNG's rows)
and how the rest is coded anew, once, before the capture hash. Judges no quality.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NoReturn, TypeAlias

import numpy as np
import simplejpeg
from PIL import Image, ImageChops

from paperless_kernel.base.errors import InputError, UnsupportedError
from paperless_kernel.scan.pictures.fax import (
    decode_g4,
    encode_g4,
    is_jbig,
    whole_strip,
)
from paperless_kernel.scan.pictures.flate import encode_flate, own_stream
from paperless_kernel.scan.pictures.grey import Grey, grey_jpeg, times_of
from paperless_kernel.scan.pictures.jpeg import read_jpeg
from paperless_kernel.scan.pictures.picturepdf import Placed, pictures_in
from paperless_kernel.scan.pictures.plain import DAMAGE, Plain, load, plain
from paperless_kernel.scan.pictures.stated import (
    believed,
    exif_of,
    quietly,
    said_by,
)
from paperless_kernel.trust.digest import sha256

MOST_PIXELS: Final = 80_000_000
"""An A3 sheet at 600 dpi has 70 million; more is a bomb or a mistake."""
FEWEST_PIXELS_A_SIDE: Final = 64
MOST_FRAMES: Final = 2000
_QUALITY: Final = 90
_UPRIGHT: Final = range(1, 5)
"""Orientations in which across stays across."""
_CMYK: Final = 4

PictureKind: TypeAlias = Literal["jpeg", "g4", "flate"]
"""How a side's bytes are coded: JPEG; one G4 strip; deflated rows without loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side as it will stand in the PDF.

    Attributes:
        data: exactly the bytes that will be embedded; ``sha256`` is their hash, hex.
        kind: ``jpeg``, ``g4`` or ``flate``.
        dpi_x: dots per inch across, 0 when the file says none.
        dpi_y: dots per inch down.
        colours: 1 for grey or black and white, 3 for colour.
        orientation: EXIF orientation 1..8 (of a PDF: how its page shows the picture),
            noted and not applied.
        coded: how the bytes came to be, for the transfer note.
        grey: the picture as it was decoded to see whether it is whole, at the scale
            `grey.times_of` says; None where that was not done or not kept.
    """

    data: bytes
    kind: PictureKind
    width: int
    height: int
    dpi_x: float
    dpi_y: float
    colours: int
    orientation: int
    coded: str
    sha256: str
    grey: Grey | None = field(default=None, compare=False, repr=False)


def normalise(
    data: bytes, name: str = "", *, lossless: bool = False, known: str = ""
) -> tuple[Side, ...]:
    """Turn one scanner file into its sides.

    Args:
        data: a JPEG, PNG, TIFF (one or many pages) or a PDF of images.
        name: shown in errors.
        lossless: keep every level of every pixel, and refuse what has lost some
            before it came here (작성 규정 제35조).
        known: sha256 of ``data``, hex, where the caller has just taken it.

    Raises:
        InputError: no picture can be read from it.
        UnsupportedError: a picture that is refused on purpose; says why and what to do.
    """
    try:
        sides = tuple(_sides(data, lossless=lossless, known=known))
    except UnsupportedError as error:
        raise UnsupportedError(f"{name}: {error}" if name else str(error)) from error
    except InputError as error:
        raise InputError(f"{name}: {error}" if name else str(error)) from error
    if not sides:
        raise InputError(f"{name}: there is no page in this file.")
    return sides


def _sides(data: bytes, *, lossless: bool, known: str) -> Iterator[Side]:
    if data[:2] == b"\xff\xd8":
        yield _jpeg_side(data, lossless=lossless, keep=True, known=known)
    elif b"%PDF-" in data[:1024]:
        for placed in pictures_in(data):
            yield _placed_side(placed, lossless=lossless)
    elif data[:8] == b"\x89PNG\r\n\x1a\n" or data[:4] in {b"II*\0", b"MM\0*"}:
        yield from _image_sides(data, lossless=lossless)
    elif not data:
        raise InputError("The file is empty: scan the page again.")
    else:
        raise UnsupportedError(
            "Neither JPEG, PNG, TIFF nor PDF: set the scanner to one of these."
        )


def _refuse_loss(why: str) -> NoReturn:
    raise UnsupportedError(
        f"This order allows no loss, and here is some ({why}); medical and "
        "engineering pictures may not be coded with loss (제35조). Set the scanner to "
        "PNG, TIFF or G4 with 8 bits a colour and scan again."
    )


def _jpeg_side(
    data: bytes,
    placed: Placed | None = None,
    *,
    lossless: bool,
    keep: bool = False,
    known: str = "",
) -> Side:
    if lossless:
        _refuse_loss("JPEG")
    facts = read_jpeg(data)
    _check_size(facts.width, facts.height)
    whole = data[: facts.length]
    if facts.components == _CMYK:
        return _press_jpeg(whole, placed)
    # Damage shows only when decoded. A file of one page keeps what was decoded for its
    # measures; of many pages 1/8 scale is enough, and still reads every coded bit.
    times = times_of(facts.width, facts.height) if keep else 8
    grey = grey_jpeg(whole, facts.width, facts.height, times)
    orientation, exif_dpi = exif_of(whole) if facts.exif else (1, (0.0, 0.0))
    stated = believed((facts.dpi_x, facts.dpi_y))
    across, down = stated if stated[0] else exif_dpi
    if placed is not None:  # a PDF says itself how it shows a picture
        (across, down), orientation = believed(placed.dpi), placed.orientation
    note = "JPEG as scanned"
    if len(whole) < len(data):
        known = ""  # what is kept is not what was hashed
        note += f", {len(data) - len(whole)} bytes after its end left out"
    return Side(
        data=whole,
        kind="jpeg",
        width=facts.width,
        height=facts.height,
        dpi_x=across,
        dpi_y=down,
        colours=facts.components,
        orientation=orientation,
        coded=note,
        sha256=known or sha256(whole).hex(),
        grey=grey if keep else None,
    )


def _press_jpeg(data: bytes, placed: Placed | None) -> Side:
    """Turn a CMYK or YCCK JPEG into RGB, once: a PDF/A page of ours is sRGB."""
    with _opened(data) as image:
        _load_quietly(image)
        orientation, stated = said_by(image)
        # Pillow takes the ink turned round, as Adobe writes it; in a PDF without a
        # Decode entry it is not.
        found = plain(ImageChops.invert(image) if placed else image)
    if placed is not None:
        stated, orientation = believed(placed.dpi), placed.orientation
    return _coded(found, "JPEG CMYK", stated, orientation)


def _load_quietly(image: Image.Image) -> None:
    with quietly():
        load(image)


def _image_sides(data: bytes, *, lossless: bool) -> Iterator[Side]:
    with _opened(data) as image:
        with quietly():
            try:
                frames = int(getattr(image, "n_frames", 1))
            except DAMAGE as error:
                raise InputError("The pages cannot be counted: damaged.") from error
        if frames > MOST_FRAMES:
            raise UnsupportedError(f"{frames} pages in one file; split it.")
        for frame in range(frames):
            with quietly():
                try:
                    image.seek(frame)
                except DAMAGE as error:
                    raise InputError(f"Page {frame + 1} cannot be read.") from error
                side = _image_side(image, data, lossless=lossless)
            yield side


def _opened(data: bytes) -> Image.Image:
    with quietly():
        try:
            return Image.open(io.BytesIO(data))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            # Pillow warns of a bomb before our own limit is asked; either way: refused.
            raise UnsupportedError(_too_large(str(error))) from error
        except DAMAGE as error:
            if is_jbig(data):
                raise UnsupportedError(
                    "A TIFF coded in JBIG2 is not taken, as it can swap characters: "
                    "set the scanner to G4."
                ) from error
            raise InputError(
                "The picture cannot be read: it is damaged or cut short."
            ) from error


def _image_side(image: Image.Image, data: bytes, *, lossless: bool) -> Side:
    _check_size(image.width, image.height)
    orientation, dpi = said_by(image)
    load(image)
    if image.mode == "1" and (strip := whole_strip(image, data)):
        side = _g4_side(strip, image, dpi, orientation, "G4 as scanned")
        if orientation in _UPRIGHT:
            return side
        # Pillow tells the size as shown; the strip lies as it was scanned.
        return replace(side, width=image.height, height=image.width)
    source = f"{image.format or 'picture'} {image.mode}"
    if image.format == "TIFF" and orientation != 1:
        # Pillow has turned the pixels while it decoded them.
        source += " turned as its orientation tag says"
        dpi = dpi if orientation in _UPRIGHT else (dpi[1], dpi[0])
        orientation = 1
    alone = image.format == "PNG" and getattr(image, "n_frames", 1) == 1
    if lossless and alone and (own := own_stream(data)):
        return _flate_side(own, image, dpi, orientation, f"{source} rows as scanned")
    found = plain(image, data)
    return _coded(found, source, dpi, orientation, lossless=lossless)


def _placed_side(placed: Placed, *, lossless: bool) -> Side:
    if placed.jpeg is not None:
        return _jpeg_side(placed.jpeg, placed, lossless=lossless)
    if placed.g4 is not None:
        width, height = placed.size
        _check_size(width, height)
        image = decode_g4(placed.g4, width, height)
        dpi, note = believed(placed.dpi), "G4 as in the PDF"
        return _g4_side(placed.g4, image, dpi, placed.orientation, note)
    if placed.image is None:
        raise InputError("A page of the PDF has no picture in it.")
    _check_size(placed.image.width, placed.image.height)
    if lossless and placed.lossy:
        _refuse_loss("JPEG in the PDF")
    found, source = plain(placed.image), f"PDF picture {placed.image.mode}"
    dpi = believed(placed.dpi)
    return _coded(found, source, dpi, placed.orientation, lossless=lossless)


def _coded(
    found: Plain,
    source: str,
    dpi: tuple[float, float],
    orientation: int,
    *,
    lossless: bool = False,
) -> Side:
    """Code a picture anew, once; ``coded`` says from what and how."""
    if lossless and found.lost:
        _refuse_loss(found.lost)
    image = found.image
    came = ", ".join((source, *found.notes))
    if image.mode == "1":
        note = f"{came} re-coded without loss to G4"
        return _g4_side(encode_g4(image), image, dpi, orientation, note)
    grey = image.mode == "L"
    pixels = np.ascontiguousarray(np.asarray(image))
    if lossless:
        note = f"{came} re-coded without loss to deflated rows"
        return _flate_side(encode_flate(pixels), image, dpi, orientation, note)
    jpeg = simplejpeg.encode_jpeg(
        pixels[:, :, None] if grey else pixels,
        quality=_QUALITY,
        colorspace="GRAY" if grey else "RGB",
        colorsubsampling="Gray" if grey else "444",
    )
    return Side(
        data=jpeg,
        kind="jpeg",
        width=image.width,
        height=image.height,
        dpi_x=dpi[0],
        dpi_y=dpi[1],
        colours=1 if grey else 3,
        orientation=orientation,
        coded=f"{came} re-coded to JPEG quality {_QUALITY}, 4:4:4",
        sha256=sha256(jpeg).hex(),
    )


def _flate_side(
    stream: bytes,
    image: Image.Image,
    dpi: tuple[float, float],
    orientation: int,
    coded: str,
) -> Side:
    return Side(
        data=stream,
        kind="flate",
        width=image.width,
        height=image.height,
        dpi_x=dpi[0],
        dpi_y=dpi[1],
        colours=1 if image.mode == "L" else 3,
        orientation=orientation,
        coded=coded,
        sha256=sha256(stream).hex(),
    )


def _g4_side(
    strip: bytes,
    image: Image.Image,
    dpi: tuple[float, float],
    orientation: int,
    coded: str,
) -> Side:
    return Side(
        data=strip,
        kind="g4",
        width=image.width,
        height=image.height,
        dpi_x=dpi[0],
        dpi_y=dpi[1],
        colours=1,
        orientation=orientation,
        coded=coded,
        sha256=sha256(strip).hex(),
    )


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise UnsupportedError(_too_large(f"{width} x {height} pixels"))
    if min(width, height) < FEWEST_PIXELS_A_SIDE:
        raise UnsupportedError(
            f"{width} x {height} pixels is no page: at least "
            f"{FEWEST_PIXELS_A_SIDE} a side."
        )


def _too_large(what: str) -> str:
    return (
        f"The picture is too large to be a page ({what}; the limit is "
        f"{MOST_PIXELS:,} pixels, an A3 sheet at 600 dpi has 70 million)."
    )
