from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np
import page
import pypdfium2
import pytest
from pikepdf import Pdf
from PIL import Image, ImageDraw, ImageOps

from paperless_kernel.base.errors import (
    EvidenceError,
    InputError,
    UnsupportedError,
)
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.scan.pictures.flate import encode_flate
from paperless_kernel.scan.sealing.assemble import (
    PageImage,
    assemble,
    image_streams,
)
from paperless_kernel.scan.sealing.xmp import DocumentFacts

FACTS = DocumentFacts(
    title="계약서 <1> & 'x'\x07",
    made_at=dt.datetime(2026, 11, 23, 5, 45, 29, tzinfo=dt.UTC),
    standing=TRIAL_MARK,
    transfer_note={"operator": "u1", "pages": [{"skew": "2.0"}]},
    fields={"번호": "12"},
    signer_name="Trial office",
    location="Seoul",
)


def _sheet() -> Image.Image:
    sheet = Image.new("RGB", (310, 438), "white")
    ImageDraw.Draw(sheet).rectangle((20, 20, 120, 60), fill="red")
    return sheet


def _jpeg(mode: str = "RGB") -> bytes:
    out = BytesIO()
    _sheet().convert(mode).save(out, "JPEG", quality=90)
    return out.getvalue()


def _g4() -> tuple[bytes, bool]:
    out = BytesIO()
    mono = _sheet().convert("1", dither=Image.Dither.NONE)
    mono.save(out, "TIFF", compression="group4", tiffinfo={278: mono.height})
    with Image.open(out) as tiff:
        tags = tiff.tag_v2  # type: ignore[attr-defined]
        (at,), (size,), photometric = tags[273], tags[279], tags[262]
    return out.getvalue()[at : at + size], photometric == 1


@dataclass(frozen=True)
class Mark:
    data: bytes
    width: int
    height: int


def _mark() -> Mark:
    picture = Image.new("1", (200, 20), 1)
    ImageDraw.Draw(picture).rectangle((2, 2, 190, 18), fill=0)
    return Mark(data=picture.tobytes(), width=200, height=20)


COLOUR = PageImage(
    data=_jpeg(), kind="jpeg", width=310, height=438, dpi=75, components=3
)
GRAY = replace(COLOUR, data=_jpeg("L"), components=1)
G4 = PageImage(
    data=_g4()[0], kind="g4", width=310, height=438, dpi=75, black_is_one=_g4()[1]
)
FLATE = replace(COLOUR, kind="flate", data=encode_flate(np.asarray(_sheet())))
GREY_FLATE = replace(
    FLATE, data=encode_flate(np.asarray(_sheet().convert("L"))), components=1
)
MARK = _mark()


@pytest.mark.parametrize(
    "pages",
    [
        (COLOUR,),
        (GRAY,),
        (G4,),
        (FLATE, GREY_FLATE),
        (
            replace(COLOUR, skew_degrees=-1.7),
            replace(G4, rotation_quarter=1, dpi_y=90.5),
            replace(GRAY, rotation_quarter=2),
            replace(COLOUR, rotation_quarter=3, skew_degrees=3),
        ),
    ],
    ids=["colour", "gray", "g4", "lossless", "turned"],
)
def test_the_file_is_pdfa_2b_and_holds_the_captured_bytes(
    pages: tuple[PageImage, ...],
) -> None:
    pdf = assemble(pages, FACTS, MARK)
    report = page.validate_pdf_bytes(pdf)
    assert report.profile == page.ValidationProfile.PDF_A_2B
    assert report.is_compliant, [one.message for one in report.failures]
    assert image_streams(pdf) == tuple(one.data for one in pages)
    assert assemble(pages, FACTS, MARK) == pdf


def test_pages_are_shown_upright_with_a_strip_below() -> None:
    pages = (COLOUR, replace(COLOUR, rotation_quarter=1), G4)
    document = pypdfium2.PdfDocument(assemble(pages, FACTS, MARK))
    try:
        shown = [document[i].render(scale=1).to_pil().convert("RGB") for i in range(3)]
    finally:
        document.close()
    upright, turned, mono = shown
    wide, high = 310 * 72 // 75, 438 * 72 // 75
    assert abs(upright.width - wide) <= 1
    assert abs(upright.height - high - 14) <= 1
    assert turned.width - turned.height == pytest.approx(high - wide - 14, abs=2)
    assert _red(upright.getpixel((60, 40)))
    assert _red(turned.getpixel((turned.width - 40, 60)))  # clockwise: to the right
    assert mono.getpixel((60, 40)) == (0, 0, 0)
    assert mono.getpixel((200, 200)) == (255, 255, 255)
    for one in shown:
        assert one.getpixel((20, one.height - 7)) == (0, 0, 0)  # the mark
        assert one.getpixel((one.width - 3, one.height - 3)) == (255, 255, 255)


def _red(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return bool(pixel[0] > 200 and pixel[1] < 60)


def test_the_file_says_what_it_is() -> None:
    with Pdf.open(BytesIO(assemble((GRAY,), FACTS, MARK))) as paper:
        with paper.open_metadata() as about:
            said = {str(key): str(value) for key, value in about.items()}
        assert said["{http://purl.org/dc/elements/1.1/}title"] == "계약서 <1> & 'x' "
        assert said["{urn:paperless-kernel:scan:1#}standing"] == TRIAL_MARK
        note = said["{urn:paperless-kernel:scan:1#}transferNote"]
        assert note == '{"operator":"u1","pages":[{"skew":"2.0"}]}'
        assert said["{urn:paperless-kernel:scan:1#}indexFields"] == '{"번호":"12"}'
        assert TRIAL_MARK in str(paper.Root.AcroForm.Fields[0].V.Reason)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (replace(COLOUR, components=4), UnsupportedError),
        (replace(G4, components=3), UnsupportedError),
        (replace(COLOUR, width=0), InputError),
        (replace(COLOUR, dpi=0), InputError),
        (replace(COLOUR, dpi_y=-1), InputError),
        (replace(COLOUR, skew_degrees=50), InputError),
    ],
)
def test_what_cannot_be_sealed_is_refused(
    bad: PageImage, error: type[Exception]
) -> None:
    with pytest.raises(error):
        assemble((COLOUR, bad), FACTS, MARK)
    with pytest.raises(InputError, match="one page"):
        assemble((), FACTS, MARK)


def test_a_damaged_document_is_refused() -> None:
    pdf = assemble((GRAY,), FACTS, MARK)
    with pytest.raises(EvidenceError):
        image_streams(pdf[:-40])
    with pytest.raises(EvidenceError, match="captured image"):
        image_streams(pdf.replace(b"/Page 12 0 R", b"/Pige 12 0 R"))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_shown_by_the_matrix(orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    sheet = _sheet()
    ImageDraw.Draw(sheet).rectangle((200, 20, 290, 60), fill="blue")
    out = BytesIO()
    sheet.save(out, "JPEG", quality=95, exif=exif.tobytes())
    turned = ImageOps.exif_transpose(Image.open(out))
    quarter = {3: 2, 4: 2, 5: 3, 6: 1, 7: 1, 8: 3}.get(orientation, 0)
    shown = replace(
        COLOUR,
        data=out.getvalue(),
        rotation_quarter=quarter,
        mirrored=orientation in {2, 4, 5, 7},
    )
    with pypdfium2.PdfDocument(assemble((shown,), FACTS, MARK)) as pdf:
        drawn = pdf[0].render(scale=75 / 72).to_pil().convert("RGB")
    drawn = drawn.crop((0, 0, *turned.size))
    apart = np.asarray(drawn).astype(int) - np.asarray(turned.convert("RGB"))
    assert np.abs(apart).mean() < 3
