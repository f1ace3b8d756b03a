from __future__ import annotations

import base64
import io
import struct
import zlib
from contextlib import suppress
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from paperless_kernel.base.errors import InputError, PaperlessError, UnsupportedError
from paperless_kernel.scan.capture.chain import chain_link
from paperless_kernel.scan.pictures import normalise as normalising
from paperless_kernel.scan.pictures.fax import decode_g4, encode_g4
from paperless_kernel.scan.pictures.flate import own_stream, wrap_png
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


def test_an_opaque_alpha_channel_is_dropped_a_real_one_laid_on_white(draw: Any) -> None:
    page = Image.fromarray(draw.drawn(size=SMALL)).convert("RGBA")
    data = _saved(page)
    (side,) = normalise(data)
    assert (side.colours, "white" in side.coded) == (3, False)
    assert normalise(data, lossless=True)[0].kind == "flate"
    page.paste((0, 0, 0, 0), (0, 0, 100, 100))
    data = _saved(page)
    (side,) = normalise(data)
    assert "laid on white" in side.coded
    with Image.open(io.BytesIO(side.data)) as image:
        assert image.getpixel((50, 50)) == (255, 255, 255)
    with pytest.raises(UnsupportedError, match=r"laid on white.*제35조"):
        normalise(data, lossless=True)


def _saved(image: Image.Image, form: str = "PNG", **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


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


def test_jbig2_in_a_tiff_is_refused(draw: Any) -> None:
    data = draw.fax(draw.drawn(size=SMALL))
    said, jbig2 = struct.pack("<HHLH", 259, 3, 1, 4), struct.pack("<H", 34661)
    assert data.count(said) == 1
    with pytest.raises(UnsupportedError, match="JBIG2"):
        normalise(data.replace(said, said[:-2] + jbig2))
    with pytest.raises(InputError, match="damaged"):
        normalise(data.replace(said, said[:-2] + b"\x77\x77"))


def test_a_locked_pdf_is_refused(draw: Any) -> None:
    jpeg = draw.encoded(draw.drawn(size=SMALL))
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(_pdf((jpeg, "DCTDecode", *SMALL)))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(InputError, match="password"):
        normalise(out.getvalue())


def _inks() -> Image.Image:
    """Red, green, blue, black and white in a press's colours."""
    page = Image.new("CMYK", (320, 320))
    for place, ink in enumerate([(0, 255, 255, 0), (255, 0, 255, 0), (255, 255, 0, 0)]):
        page.paste(ink, (place * 64, 0, place * 64 + 64, 320))
    page.paste((0, 0, 0, 255), (192, 0, 256, 320))
    return page


def _seen(pixels: Any) -> list[list[int]]:
    return [[int(one > 127) for one in pixels[160, at]] for at in range(32, 320, 64)]


RAINBOW = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [1, 1, 1]]


def test_cmyk_is_turned_to_rgb_once_and_said(draw: Any) -> None:
    for form, how in (("JPEG", {"quality": 95}), ("TIFF", {})):
        data = _saved(_inks(), form, dpi=(300, 300), **how)
        (side,) = normalise(data, "page")
        assert normalise(data, "page") == (side,)
        assert (side.kind, side.colours, side.dpi_x) == ("jpeg", 3, 300)
        assert "CMYK" in side.coded
        assert "(1-C)(1-K)" in side.coded
        with Image.open(io.BytesIO(side.data)) as image:
            assert _seen(np.asarray(image)) == RAINBOW
        with pytest.raises(UnsupportedError, match="제35조"):
            normalise(data, "page", lossless=True)


@pytest.mark.parametrize("turned", [False, True])
def test_cmyk_in_a_pdf_looks_as_it_is_shown(*, turned: bool) -> None:
    jpeg = _saved(_inks(), "JPEG", quality=95)
    pdf = pikepdf.open(io.BytesIO(_pdf((jpeg, "DCTDecode", 320, 320))))
    picture = pdf.pages[0].Resources.XObject.Im0
    picture.ColorSpace = pikepdf.Name.DeviceCMYK
    if turned:
        picture.Decode = pikepdf.Array([1, 0] * 4)
    out = io.BytesIO()
    pdf.save(out)
    with pypdfium2.PdfDocument(out.getvalue()) as shown:
        wanted = shown[0].render(scale=300 / 72, rev_byteorder=True).to_numpy()
        (side,) = normalise(out.getvalue())
        with Image.open(io.BytesIO(side.data)) as image:
            assert _seen(np.asarray(image)) == _seen(wanted[:, :, :3])


def test_sixteen_bits_are_cut_to_eight_once_and_said(draw: Any) -> None:
    page = draw.drawn(size=SMALL).astype(np.uint16) * 257
    wide = Image.fromarray(page)
    colour = cv2.imencode(".png", np.dstack([page] * 3))[1].tobytes()
    for data in (_saved(wide), _saved(wide, "TIFF"), colour):
        (side,) = normalise(data)
        assert "16 bits a colour cut to the upper 8" in side.coded
        with Image.open(io.BytesIO(side.data)) as image:
            apart = np.abs(np.asarray(image.convert("L")).astype(int) - (page >> 8))
        assert apart.mean() < 3
        with pytest.raises(UnsupportedError, match=r"16 bits.*제35조"):
            normalise(data, lossless=True)


def test_deeper_colours_are_refused() -> None:
    lab = Image.new("LAB", (200, 200))
    floats = Image.fromarray(np.zeros((200, 200), np.float32))
    for image in (lab, floats):
        with pytest.raises(UnsupportedError, match="mode"):
            normalise(_saved(image, "TIFF"))


@pytest.mark.parametrize(
    ("mode", "compression"),
    [
        ("1", "tiff_ccitt"),
        ("1", "group3"),
        ("1", "group4"),
        ("1", "tiff_lzw"),
        ("1", "packbits"),
        ("L", "tiff_lzw"),
        ("RGB", "tiff_adobe_deflate"),
        ("RGB", "tiff_lzw"),
        ("P", "tiff_lzw"),
    ],
)
@pytest.mark.parametrize("strips", [1, 9])
def test_every_tiff_coding_keeps_every_pixel_where_nothing_may_be_lost(
    draw: Any, mode: str, compression: str, strips: int
) -> None:
    image = Image.fromarray(draw.drawn(size=SMALL)).convert(mode)
    rows = -(-image.height // strips)
    data = _saved(image, "TIFF", compression=compression, tiffinfo={278: rows})
    (side,) = normalise(data, lossless=True)
    wanted = np.asarray(image.convert("RGB" if mode == "P" else mode))
    assert (_shown(side) == wanted).all()
    (lossy,) = normalise(data)
    assert lossy.kind == ("g4" if mode == "1" else "jpeg")


def _shown(side: Any) -> Any:
    if side.kind == "g4":
        return np.asarray(decode_g4(side.data, side.width, side.height))
    png = wrap_png(side.data, side.width, side.height, side.colours)
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_pngs_own_rows_are_kept_byte_for_byte(draw: Any, mode: str) -> None:
    data = draw.encoded(draw.drawn(size=SMALL), "PNG", mode=mode)
    (side,) = normalise(data, lossless=True)
    assert (side.kind, side.data) == ("flate", own_stream(data))
    assert side.data[:64] in data
    assert "as scanned" in side.coded
    wanted = np.asarray(Image.open(io.BytesIO(data)))
    assert (_shown(side) == wanted).all()


def test_where_nothing_may_be_lost_jpeg_is_refused(draw: Any) -> None:
    page = draw.drawn(size=SMALL)
    jpeg = draw.encoded(page)
    tiff = _saved(Image.fromarray(page), "TIFF", compression="jpeg")
    pdf = _pdf((jpeg, "DCTDecode", *SMALL))
    for data in (jpeg, tiff, pdf):
        assert normalise(data)
        with pytest.raises(UnsupportedError, match="제35조"):
            normalise(data, lossless=True)


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
