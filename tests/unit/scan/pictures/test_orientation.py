from __future__ import annotations

import io
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageOps

from paperless_kernel.scan.pictures.normalise import normalise
from paperless_kernel.scan.quality.checks import half_grey


def corners() -> Image.Image:
    """A page with another grey in each corner."""
    page = Image.new("L", (300, 420), 255)
    for place, grey in (((0, 0), 0), ((200, 0), 90), ((0, 320), 180)):
        page.paste(grey, (*place, place[0] + 100, place[1] + 100))
    return page


def seen(image: Image.Image) -> list[int]:
    """The greys of the corners, rounded, from the top left."""
    grey = np.asarray(image.convert("L")).astype(int)
    picked = [grey[40, 40], grey[40, -40], grey[-40, 40], grey[-40, -40]]
    return [round(int(each) / 30) for each in picked]


def _in_pdf(matrix: str, rotate: int) -> bytes:
    out = io.BytesIO()
    corners().save(out, "JPEG", quality=95)
    pdf = pikepdf.new()
    size = (144, 100) if matrix.startswith("0") else (100, 144)
    page = pdf.add_blank_page(page_size=size)
    picture = pikepdf.Stream(pdf, out.getvalue())
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width, picture.Height, picture.BitsPerComponent = 300, 420, 8
    picture.ColorSpace = pikepdf.Name.DeviceGray
    picture.Filter = pikepdf.Name.DCTDecode
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
    page.Contents = pikepdf.Stream(pdf, f"q {matrix} cm /Im0 Do Q".encode())
    page.obj.Rotate = rotate
    saved = io.BytesIO()
    pdf.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("rotate", [0, 90, 180, 270, -90])
@pytest.mark.parametrize(
    "matrix",
    [
        "100 0 0 144 0 0",
        "-100 0 0 144 100 0",
        "100 0 0 -144 0 144",
        "-100 0 0 -144 100 144",
        "0 100 -144 0 144 0",
        "0 -100 144 0 0 100",
        "0 100 144 0 0 0",
        "0 -100 -144 0 144 100",
    ],
)
def test_a_picture_is_turned_as_its_pdf_shows_it(matrix: str, rotate: int) -> None:
    data = _in_pdf(matrix, rotate)
    with pypdfium2.PdfDocument(data) as pdf:
        shown = pdf[0].render(scale=3).to_pil()
    (side,) = normalise(data)
    with Image.open(io.BytesIO(side.data)) as image:
        exif = image.getexif()
        exif[274] = side.orientation
        turned: Any = ImageOps.exif_transpose(image)
    assert seen(turned) == seen(shown)
    assert round(side.dpi_x) == 216
    assert round(side.dpi_y) == 210


def _tiff(mode: str, orientation: int, *, whole: bool) -> bytes:
    out = io.BytesIO()
    how: dict[str, Any] = {"compression": "group4" if mode == "1" else "tiff_lzw"}
    tags = {274: orientation}
    if whole:
        how["strip_size"] = 1 << 20
        tags[262] = 0
    corners().convert(mode, dither=Image.Dither.NONE).save(
        out, "TIFF", tiffinfo=tags, dpi=(300, 200), **how
    )
    return out.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("mode", "whole"), [("1", True), ("1", False), ("L", False)])
def test_a_turned_tiff_is_shown_as_its_tag_says(
    mode: str, orientation: int, *, whole: bool
) -> None:
    data = _tiff(mode, orientation, whole=whole)
    (side,) = normalise(data)
    with Image.open(io.BytesIO(_tiff(mode, 1, whole=whole))) as plain:
        upright: Any = plain.convert("L")
    upright.getexif()[274] = orientation
    wanted = ImageOps.exif_transpose(upright)
    grey = half_grey(side)
    assert grey.shape == (side.height, side.width)
    stored: Any = Image.fromarray(grey)
    stored.getexif()[274] = side.orientation
    assert seen(ImageOps.exif_transpose(stored)) == seen(wanted)
    assert (side.orientation == orientation) == (whole or orientation == 1)
    upended = side.orientation < 5 <= orientation
    assert (side.dpi_x, side.dpi_y) == ((200, 300) if upended else (300, 200))


def test_each_frame_has_its_own_orientation() -> None:
    out = io.BytesIO()
    frames = [corners(), corners()]
    frames[0].save(
        out, "TIFF", save_all=True, append_images=frames[1:], tiffinfo={274: 6}
    )
    first, second = normalise(out.getvalue())
    assert {(first.width, first.height), (second.width, second.height)} <= {
        (300, 420), (420, 300),
    }  # fmt: skip
    assert first.orientation == second.orientation == 1


def test_a_turn_inherited_from_the_pages_is_seen() -> None:
    with pikepdf.open(io.BytesIO(_in_pdf("100 0 0 144 0 0", 0))) as pdf:
        del pdf.pages[0].obj.Rotate
        pdf.Root.Pages.Rotate = 90
        out = io.BytesIO()
        pdf.save(out)
    assert normalise(out.getvalue())[0].orientation == 6
