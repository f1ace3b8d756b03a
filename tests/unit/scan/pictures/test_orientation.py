from __future__ import annotations

import io
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageOps

from paperless_kernel.scan.pictures.normalise import normalise


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
