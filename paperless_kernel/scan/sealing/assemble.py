"""Writes a sealed document in one pass: PDF/A-2b, each page its captured image.

Image bytes are embedded as they are; deskewing and turning are the page's matrix. The
file ends up with room for a signature, which ``trust.pdf`` fills. Pure: bytes in, bytes
out, the same in, the same out.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from typing import Literal

from pikepdf import Object, Pdf, Stream
from pikepdf import PdfError as PikepdfError

from paperless_kernel.base.clock import aware
from paperless_kernel.base.errors import EvidenceError, InputError, UnsupportedError
from paperless_kernel.base.typeset import MarkImage
from paperless_kernel.scan.sealing.colour import srgb_profile
from paperless_kernel.scan.sealing.xmp import PRODUCER, DocumentFacts, clean, xmp_packet
from paperless_kernel.trust.pdf import PdfKind, pdf_text, signature_dictionary

_POINTS = 72
_STRIP = 14
"""Height in points of the strip under each image, outside the image area."""
_MARK_HEIGHT = 11
_MARK_LEFT = 6
_MOST_SKEW = 45
_QUARTERS = 4
_SPACES = {1: b"/DeviceGray", 3: b"/DeviceRGB"}
_FIXED_OBJECTS = 10  # numbers 1 to 9 are the objects that are there once


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """One captured side and how to show it.

    Attributes:
        data: exactly the captured bytes: a JPEG, one G4 strip (FillOrder 1), or
            deflated rows with a predictor each, as in a PNG.
        kind: ``jpeg``, ``g4`` or ``flate``.
        width: pixels.
        height: pixels.
        dpi: pixels per inch across.
        dpi_y: pixels per inch down; 0 means the same as across.
        components: 1 or 3; 1 for ``g4``.
        rotation_quarter: quarter turns clockwise to show the page upright.
        mirrored: shown with left and right exchanged, before it is turned.
        skew_degrees: how far the page lies turned clockwise in the image; it is shown
            turned back by as much.
        black_is_one: for ``g4``: True when the TIFF said PhotometricInterpretation 1.
    """

    data: bytes
    kind: Literal["jpeg", "g4", "flate"]
    width: int
    height: int
    dpi: float
    dpi_y: float = 0
    components: int = 1
    rotation_quarter: int = 0
    mirrored: bool = False
    skew_degrees: float = 0.0
    black_is_one: bool = False


def assemble(
    pages: Sequence[PageImage], facts: DocumentFacts, mark: MarkImage
) -> bytes:
    """Return the document, ready for `trust.pdf.fill_signature`.

    Args:
        pages: in reading order.
        facts: what the document says about itself.
        mark: the standing's line as a picture, put in a strip below each image.

    Raises:
        InputError: no page, or a size, resolution or angle that cannot be.
        UnsupportedError: an image that is neither gray nor RGB.
    """
    if not pages:
        raise InputError("a document needs at least one page.")
    writer = _Writer()
    for number, body in _fixed_parts(len(pages), facts, mark).items():
        writer.put(number, body)
    for index, page in enumerate(pages):
        _check_page(page)
        first = _FIXED_OBJECTS + 3 * index
        writer.put(first, _page(page, first, signed=index == 0))
        writer.put(first + 1, _stream(b"", _drawing(page, mark)))
        writer.put(first + 2, _stream(_image_keys(page), page.data))
    return writer.finish()


def without_pictures(pages: Sequence[PageImage]) -> tuple[PageImage, ...]:
    """Return the pages with nothing in their pictures, for a check of all the rest."""
    return tuple(replace(page, data=b"") for page in pages)


def image_streams(pdf: bytes) -> tuple[bytes, ...]:
    """Return each page's raw image stream as it lies in the file, marks left out.

    For the second integrity check: their hashes are the capture hashes.

    Raises:
        EvidenceError: the file cannot be read or a page has not exactly one image.
    """
    try:
        with Pdf.open(BytesIO(pdf), attempt_recovery=False) as paper:
            return tuple(_raw_image(page.obj) for page in paper.pages)
    except (PikepdfError, AttributeError) as error:
        raise EvidenceError(f"the document cannot be read back: {error}") from error


def _raw_image(page: Object) -> bytes:
    image = page.Resources.XObject.get("/Page")
    if not isinstance(image, Stream):
        raise EvidenceError("a page of the document has no captured image.")
    return image.read_raw_bytes()


class _Writer:
    """Collects numbered objects and where each begins."""

    def __init__(self) -> None:
        self._out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._at: dict[int, int] = {}

    def put(self, number: int, body: bytes) -> None:
        self._at[number] = len(self._out)
        self._out += b"%d 0 obj\n%s\nendobj\n" % (number, body)

    def finish(self) -> bytes:
        """Write the table and trailer; the id is the hash of what stands before."""
        identity = sha256(self._out).hexdigest()[:32].encode()
        start = len(self._out)
        count = len(self._at) + 1
        self._out += b"xref\n0 %d\n0000000000 65535 f \n" % count
        for number in range(1, count):
            self._out += b"%010d 00000 n \n" % self._at[number]
        self._out += (
            b"trailer\n<< /Size %d /Root 1 0 R /Info 9 0 R /ID [<%s> <%s>] >>\n"
            b"startxref\n%d\n%%%%EOF\n" % (count, identity, identity, start)
        )
        return bytes(self._out)


def _fixed_parts(count: int, facts: DocumentFacts, mark: MarkImage) -> dict[int, bytes]:
    kids = b" ".join(b"%d 0 R" % (_FIXED_OBJECTS + 3 * one) for one in range(count))
    date = b"(%s)" % aware(facts.made_at).strftime("D:%Y%m%d%H%M%SZ").encode()
    profile = zlib.compress(srgb_profile(), 9)
    return {
        1: b"<< /Type /Catalog /Pages 2 0 R /Metadata 3 0 R /OutputIntents [4 0 R]\n"
        b"/Lang (ko-KR) /ViewerPreferences << /DisplayDocTitle true >>\n"
        b"/AcroForm << /SigFlags 3 /Fields [6 0 R] >> >>",
        2: b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids),
        3: _stream(b"/Type /Metadata /Subtype /XML", xmp_packet(facts)),
        4: b"<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB)\n"
        b"/Info (sRGB IEC61966-2.1) /DestOutputProfile 5 0 R >>",
        5: _stream(b"/N 3 /Filter /FlateDecode", profile),
        6: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature)\n"
        b"/Rect [0 0 0 0] /F 132 /P %d 0 R /V 7 0 R >>" % _FIXED_OBJECTS,
        7: signature_dictionary(
            name=facts.signer_name,
            reason=facts.reason,
            location=facts.location,
            signed_at=facts.made_at,
            kind=PdfKind.PLAIN_SCAN if facts.plain else PdfKind.SEALED_SCAN,
            standing=facts.standing,
        ),
        8: _stream(
            b"/Type /XObject /Subtype /Image /ImageMask true /BitsPerComponent 1\n"
            b"/Width %d /Height %d /Filter /FlateDecode" % (mark.width, mark.height),
            zlib.compress(mark.data, 9),
        ),
        9: b"<< /Title %s /Producer (%s) /CreationDate %s /ModDate %s >>"
        % (pdf_text(clean(facts.title)), PRODUCER.encode(), date, date),
    }


def _check_page(page: PageImage) -> None:
    if min(page.width, page.height) < 1 or min(page.dpi, page.dpi_y + 1) <= 0:
        raise InputError("a page image needs a size in pixels and a resolution.")
    if abs(page.skew_degrees) > _MOST_SKEW:
        raise InputError(f"a skew of {page.skew_degrees} degrees is a quarter turn.")
    if page.components not in _SPACES or (page.kind == "g4" and page.components != 1):
        raise UnsupportedError(
            f"a page image with {page.components} components cannot be sealed; bring "
            "it as gray or RGB."
        )


def _stream(keys: bytes, data: bytes) -> bytes:
    head = b"<< %s /Length %d >>" % (keys, len(data))
    # CR LF: data that itself ends with CR or LF is not read a byte short.
    return head + b"\nstream\n" + data + b"\r\nendstream"


def _size(page: PageImage) -> tuple[float, float]:
    """Return the image's width and height in points, as captured."""
    down = page.dpi_y or page.dpi
    return page.width * _POINTS / page.dpi, page.height * _POINTS / down


def _shown(page: PageImage) -> tuple[float, float]:
    """Return the width and height in points as shown, after quarter turns."""
    width, height = _size(page)
    return (height, width) if page.rotation_quarter % 2 else (width, height)


def _page(page: PageImage, first: int, *, signed: bool) -> bytes:
    width, height = _shown(page)
    annots = b" /Annots [6 0 R]" if signed else b""
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %s]\n"
        b"/Resources << /XObject << /Page %d 0 R /Mark 8 0 R >> >>\n"
        b"/Contents %d 0 R%s >>"
        % (_numbers(width, height + _STRIP), first + 2, first + 1, annots)
    )


def _drawing(page: PageImage, mark: MarkImage) -> bytes:
    """Return the page's content: the image turned about its middle, and the mark.

    The image is clipped to its own area, so that a deskewed corner never runs into
    the strip.
    """
    (wide, high), (width, height) = _size(page), _shown(page)
    skew = -page.skew_degrees if page.mirrored else page.skew_degrees
    turn = math.radians(skew - 90 * (page.rotation_quarter % _QUARTERS))
    cos, sin = round(math.cos(turn), 9), round(math.sin(turn), 9)
    left = width / 2 - (wide * cos - high * sin) / 2
    low = _STRIP + height / 2 - (wide * sin + high * cos) / 2
    across = (wide * cos, wide * sin)
    if page.mirrored:  # the picture's right side stands where its left one would
        left, low = left + across[0], low + across[1]
        across = (-across[0], -across[1])
    matrix = _numbers(*across, -high * sin, high * cos, left, low)
    room = width - 2 * _MARK_LEFT
    long = min(mark.width * _MARK_HEIGHT / mark.height, room)
    tall = long * mark.height / mark.width
    placed = _numbers(long, 0, 0, tall, _MARK_LEFT, (_STRIP - tall) / 2)
    area = _numbers(0, _STRIP, width, height)
    return (
        b"q %s re W n %s cm /Page Do Q\n" % (area, matrix)
        + b"q 0 g %s cm /Mark Do Q\n" % placed
    )


def _image_keys(page: PageImage) -> bytes:
    keys = b"/Type /XObject /Subtype /Image /Width %d /Height %d\n/ColorSpace %s " % (
        page.width,
        page.height,
        _SPACES[page.components],
    )
    if page.kind == "jpeg":
        return keys + b"/BitsPerComponent 8 /Filter /DCTDecode"
    if page.kind == "flate":
        return keys + (
            b"/BitsPerComponent 8 /Filter /FlateDecode\n/DecodeParms << /Predictor 15 "
            b"/Colors %d /BitsPerComponent 8 /Columns %d >>"
            % (page.components, page.width)
        )
    return keys + (
        b"/BitsPerComponent 1 /Filter /CCITTFaxDecode\n"
        b"/DecodeParms << /K -1 /Columns %d /Rows %d /BlackIs1 %s >>"
        % (page.width, page.height, b"true" if page.black_is_one else b"false")
    )


def _numbers(*values: float) -> bytes:
    """Write numbers as a PDF does: no exponent, no more digits than a printer needs."""
    return " ".join(
        f"{value + 0.0:.4f}".rstrip("0").rstrip(".") for value in values
    ).encode()
