from __future__ import annotations

import base64
import io
import struct
import zlib
from contextlib import suppress
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image

from paperless_kernel.base.errors import InputError, PaperlessError, UnsupportedError
from paperless_kernel.scan.capture.chain import chain_link
from paperless_kernel.scan.pictures import normalise as normalising
from paperless_kernel.scan.pictures.fax import decode_g4, encode_g4
from paperless_kernel.scan.pictures.normalise import normalise
from paperless_kernel.trust.digest import sha256

SMALL = (620, 877)


def test_a_jpeg_is_kept_byte_for_byte(draw: Any) -> None:
    data = draw.encoded(draw.drawn(size=SMALL), quality=80)
    (side,) = normalise(data)
    assert side.data == data
    assert (side.kind, side.width, side.height, side.colours) == ("jpeg", 620, 877, 1)
    assert (side.dpi_x, side.dpi_y) == (300, 300)
    assert side.sha256 == sha256(data).hex()


def test_a_progressive_jpeg_is_kept(draw: Any) -> None:
    data = draw.encoded(draw.drawn(size=SMALL), mode="RGB", progressive=True)
    (side,) = normalise(data)
    assert side.data == data
    assert side.colours == 3


def test_what_follows_a_jpegs_end_is_left_out(draw: Any) -> None:
    data = draw.encoded(draw.drawn(size=SMALL))
    (side,) = normalise(data + b"a hidden archive")
    assert side.data == data
    assert "16 bytes" in side.coded


def test_a_jpeg_without_resolution_says_none(draw: Any) -> None:
    (side,) = normalise(draw.encoded(draw.drawn(size=SMALL), dpi=0))
    assert side.dpi_x == 0


@pytest.mark.parametrize("dpi", [2, 29, 4801, 65_000])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_a_resolution_no_scanner_has_counts_as_none(
    draw: Any, form: str, dpi: int
) -> None:
    (side,) = normalise(draw.encoded(draw.drawn(size=SMALL), form, dpi=dpi))
    assert (side.dpi_x, side.dpi_y) == (0, 0)


def test_orientation_is_noted_and_not_applied(draw: Any) -> None:
    exif = Image.Exif()
    exif[274] = 6
    data = draw.encoded(draw.drawn(size=SMALL), exif=exif.tobytes())
    (side,) = normalise(data)
    assert side.orientation == 6
    assert side.data == data
    assert (side.width, side.height) == SMALL


def test_one_strip_of_g4_is_kept_byte_for_byte(draw: Any) -> None:
    data = draw.fax(draw.drawn(size=SMALL))
    (side,) = normalise(data)
    assert side.kind == "g4"
    assert side.data in data
    with Image.open(io.BytesIO(data)) as image:
        wanted = np.asarray(image)
    assert (np.asarray(decode_g4(side.data, *SMALL)) == wanted).all()


def test_several_strips_become_one_without_loss(draw: Any) -> None:
    image = Image.fromarray(draw.drawn(size=SMALL)).convert("1")
    out = io.BytesIO()
    image.save(out, "TIFF", compression="group4", strip_size=4000, dpi=(200, 200))
    with Image.open(io.BytesIO(out.getvalue())) as written:
        assert len(written.tag_v2[273]) > 1  # type: ignore[attr-defined]
    (side,) = normalise(out.getvalue())
    assert side.kind == "g4"
    assert "without loss" in side.coded
    assert (np.asarray(decode_g4(side.data, *SMALL)) == np.asarray(image)).all()
    assert side.dpi_x == 200


def test_a_strip_coded_anew_is_what_pillow_codes_for_zero_as_white(draw: Any) -> None:
    image = Image.fromarray(draw.drawn(size=(101, 67))).convert("1")
    strip = encode_g4(image)
    assert strip in draw.fax(np.asarray(image).astype(np.uint8) * 255)
    assert encode_g4(image) == strip


def test_white_is_one_g4_shows_the_same_page(draw: Any) -> None:
    image = Image.fromarray(draw.drawn(size=SMALL)).convert("1")
    out = io.BytesIO()
    image.save(out, "TIFF", compression="group4", tiffinfo={262: 1})
    (side,) = normalise(out.getvalue())
    assert (np.asarray(decode_g4(side.data, *SMALL)) == np.asarray(image)).all()


def test_each_frame_of_a_tiff_is_a_side(draw: Any) -> None:
    frames = [Image.fromarray(draw.drawn(seed, SMALL)).convert("1") for seed in (1, 2)]
    frames.append(Image.fromarray(draw.drawn(3, SMALL)))
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    sides = normalise(out.getvalue())
    assert [side.kind for side in sides] == ["g4", "g4", "jpeg"]
    assert (np.asarray(decode_g4(sides[1].data, *SMALL)) == np.asarray(frames[1])).all()


@pytest.mark.parametrize(
    ("mode", "kind", "colours"),
    [("L", "jpeg", 1), ("RGB", "jpeg", 3), ("P", "jpeg", 3), ("1", "g4", 1)],
)
def test_a_png_is_coded_once(draw: Any, mode: str, kind: str, colours: int) -> None:
    data = draw.encoded(draw.drawn(size=SMALL), "PNG", mode=mode)
    (side,) = normalise(data)
    assert (side.kind, side.colours) == (kind, colours)
    assert normalise(data) == (side,)
    with Image.open(io.BytesIO(data)) as image:
        wanted = np.asarray(image.convert("L")).astype(int)
    if kind == "jpeg":
        with Image.open(io.BytesIO(side.data)) as image:
            assert image.mode == ("L" if colours == 1 else "RGB")
            apart = np.abs(np.asarray(image.convert("L")).astype(int) - wanted)
        assert apart.mean() < 3
    else:
        assert (np.asarray(decode_g4(side.data, *SMALL)) * 255 == wanted).all()


def test_an_opaque_alpha_channel_is_dropped_a_real_one_refused(draw: Any) -> None:
    page = Image.fromarray(draw.drawn(size=SMALL)).convert("RGBA")
    out = io.BytesIO()
    page.save(out, "PNG")
    assert normalise(out.getvalue())[0].colours == 3
    page.putpixel((0, 0), (0, 0, 0, 10))
    out = io.BytesIO()
    page.save(out, "PNG")
    with pytest.raises(UnsupportedError, match="see-through"):
        normalise(out.getvalue())


def _pdf(*pictures: tuple[bytes, str, int, int], content: bytes = b"") -> bytes:
    pdf = pikepdf.new()
    for data, kind, width, height in pictures:
        page = pdf.add_blank_page(page_size=(width * 72 / 300, height * 72 / 300))
        picture = pikepdf.Stream(pdf, data)
        picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        picture.Width, picture.Height = width, height
        picture.ColorSpace, picture.BitsPerComponent = pikepdf.Name.DeviceGray, 8
        picture.Filter = pikepdf.Name("/" + kind)
        if kind == "CCITTFaxDecode":
            picture.BitsPerComponent = 1
            picture.DecodeParms = pikepdf.Dictionary(K=-1, Columns=width, Rows=height)
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
        matrix = f"q {width * 72 / 300} 0 0 {height * 72 / 300} 0 0 cm /Im0 Do Q "
        page.Contents = pikepdf.Stream(pdf, matrix.encode() + content)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_a_pdf_of_pictures_gives_their_own_bytes(draw: Any) -> None:
    jpeg = draw.encoded(draw.drawn(size=SMALL), dpi=0)
    strip = encode_g4(Image.fromarray(draw.drawn(2, SMALL)).convert("1"))
    data = _pdf((jpeg, "DCTDecode", *SMALL), (strip, "CCITTFaxDecode", *SMALL))
    first, second = normalise(data)
    assert first.data == jpeg
    assert second.data == strip
    assert (round(first.dpi_x), round(second.dpi_y)) == (300, 300)


def test_a_pdf_of_uncoded_pixels_is_coded_once(draw: Any) -> None:
    page = draw.drawn(size=SMALL)
    data = _pdf((zlib.compress(page.tobytes()), "FlateDecode", *SMALL))
    (side,) = normalise(data)
    assert side.kind == "jpeg"
    assert (side.width, side.height) == SMALL


@pytest.mark.parametrize("times", [1, 2])
def test_a_picture_that_unpacks_to_more_than_it_says_is_refused(times: int) -> None:
    width, height = SMALL
    data = bytes(width * height * 40)
    for _ in range(times):
        data = zlib.compress(data, 9)
    pdf = pikepdf.open(io.BytesIO(_pdf((data, "FlateDecode", *SMALL))))
    picture = pdf.pages[0].Resources.XObject.Im0
    picture.write(data, filter=pikepdf.Array([pikepdf.Name.FlateDecode] * times))
    out = io.BytesIO()
    pdf.save(out)
    with pytest.raises(UnsupportedError, match="more than it says"):
        normalise(out.getvalue())


def test_a_drawing_that_unpacks_without_end_is_refused(draw: Any) -> None:
    jpeg = draw.encoded(draw.drawn(size=SMALL))
    pdf = pikepdf.open(io.BytesIO(_pdf((jpeg, "DCTDecode", *SMALL))))
    drawing = zlib.compress(b"q Q " * (1 << 20), 9)
    pdf.pages[0].Contents.write(drawing, filter=pikepdf.Name.FlateDecode)
    out = io.BytesIO()
    pdf.save(out)
    with pytest.raises(UnsupportedError, match="drawing of page 1"):
        normalise(out.getvalue())


def test_pixels_in_ascii_are_taken_and_a_coding_without_bound_refused(
    draw: Any,
) -> None:
    packed = zlib.compress(draw.drawn(size=SMALL).tobytes())
    pdf = pikepdf.open(io.BytesIO(_pdf((packed, "FlateDecode", *SMALL))))
    picture = pdf.pages[0].Resources.XObject.Im0
    names = [pikepdf.Name.ASCII85Decode, pikepdf.Name.FlateDecode]
    for filters, taken in ((names, True), ([pikepdf.Name.LZWDecode], False)):
        coded = base64.a85encode(packed) + b"~>"
        picture.write(coded, filter=pikepdf.Array(filters))
        out = io.BytesIO()
        pdf.save(out)
        if taken:
            assert normalise(out.getvalue())[0].width == SMALL[0]
        else:
            with pytest.raises(UnsupportedError, match="LZW"):
                normalise(out.getvalue())


def test_a_pdf_with_text_is_refused(draw: Any) -> None:
    jpeg = draw.encoded(draw.drawn(size=SMALL))
    data = _pdf((jpeg, "DCTDecode", *SMALL), content=b"BT /F1 12 Tf (words) Tj ET")
    with pytest.raises(UnsupportedError, match="text or drawings"):
        normalise(data)


def test_a_pdf_page_without_a_picture_is_refused() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    out = io.BytesIO()
    pdf.save(out)
    with pytest.raises(UnsupportedError, match="0 pictures"):
        normalise(out.getvalue())


def test_jbig2_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="JBIG2"):
        normalise(_pdf((b"\0" * 40, "JBIG2Decode", *SMALL)))


def test_a_locked_pdf_is_refused(draw: Any) -> None:
    jpeg = draw.encoded(draw.drawn(size=SMALL))
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(_pdf((jpeg, "DCTDecode", *SMALL)))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(InputError, match="password"):
        normalise(out.getvalue())


def test_cmyk_is_refused(draw: Any) -> None:
    for form in ("JPEG", "TIFF"):
        data = draw.encoded(draw.drawn(size=SMALL), form, mode="CMYK")
        with pytest.raises(UnsupportedError, match="CMYK"):
            normalise(data, "page.jpg")


def test_sixteen_bits_are_refused() -> None:
    page = Image.fromarray(np.full((200, 200), 40000, np.uint16))
    for form in ("PNG", "TIFF"):
        out = io.BytesIO()
        page.save(out, form)
        with pytest.raises(UnsupportedError, match="8-bit"):
            normalise(out.getvalue())


@pytest.mark.parametrize("coding", [0xC3, 0xC9, 0xCB])
def test_rare_jpeg_codings_are_refused(draw: Any, coding: int) -> None:
    data = draw.encoded(draw.drawn(size=SMALL))
    with pytest.raises(UnsupportedError, match="coding"):
        normalise(data.replace(b"\xff\xc0", bytes([0xFF, coding]), 1))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        check = struct.pack(">L", zlib.crc32(name + body))
        return struct.pack(">L", len(body)) + name + body + check

    head = struct.pack(">LLBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    bomb += chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")
    with pytest.raises(UnsupportedError, match="too large"):
        normalise(bomb, "bomb.png")


def test_a_large_page_is_refused_a_full_one_taken(
    draw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = draw.encoded(draw.drawn(size=SMALL))
    monkeypatch.setattr(normalising, "MOST_PIXELS", SMALL[0] * SMALL[1])
    assert normalise(data)
    monkeypatch.setattr(normalising, "MOST_PIXELS", SMALL[0] * SMALL[1] - 1)
    with pytest.raises(UnsupportedError, match="too large"):
        normalise(data)


def test_a_speck_is_no_page(draw: Any) -> None:
    with pytest.raises(UnsupportedError, match="no page"):
        normalise(draw.encoded(np.full((20, 20), 255, np.uint8), "PNG"))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_cut_short_is_refused(draw: Any, form: str, share: float) -> None:
    data = draw.encoded(draw.drawn(size=SMALL), form)
    with pytest.raises(InputError):
        normalise(data[: int(len(data) * share)], "page")


@pytest.mark.parametrize(
    "data", [b"", b"words only", b"%PDF-1.7\nnothing", b"\xff\xd8"]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        normalise(data, "page")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "fax", "many", "PDF"])
def test_damage_anywhere_gives_a_clear_error_or_a_page(draw: Any, form: str) -> None:
    page = draw.drawn(size=(155, 219), lines=3)
    if form == "PDF":
        jpeg = draw.encoded(page)
        data = _pdf((jpeg, "DCTDecode", 155, 219))
    elif form in {"fax", "many"}:
        data = draw.fax(page) if form == "fax" else draw.many([page, page])
    else:
        data = draw.encoded(page, form)
    chance = np.random.default_rng(7)
    for _ in range(150):
        harmed = bytearray(data)
        for _ in range(int(chance.integers(1, 4))):
            reach = int(chance.choice([100, 600, len(data)]))
            place = int(chance.integers(min(reach, len(data))))
            harmed[place] = int(chance.integers(256))
        with suppress(PaperlessError):
            normalise(bytes(harmed))


def test_an_error_names_the_file() -> None:
    with pytest.raises(InputError, match=r"^page7\.png: "):
        normalise(b"", "page7.png")


LINK: dict[str, Any] = {
    "batch": "b",
    "seal": "s",
    "sheet": 1,
    "side": 1,
    "version": 1,
    "device": "d",
    "settings": "300",
    "operator": "o",
    "picture": "aa",
    "source": "bb",
    "previous": "",
}


@pytest.mark.parametrize("field", sorted(LINK))
def test_a_link_binds_every_fact(field: str) -> None:
    other = LINK | {field: 2 if isinstance(LINK[field], int) else "other"}
    assert chain_link(**LINK) == chain_link(**LINK)
    assert chain_link(**LINK) != chain_link(**other)
