"""Streams of a PDF that end so that every reader sees their last byte.

Knows one rule of PDF/A (ISO 19005-2, 6.1.7.1) and how to keep it; signs nothing.
"""

from __future__ import annotations

import re
from base64 import a85encode
from io import BytesIO

from pikepdf import Name, ObjectStreamMode, Pdf, PdfError, Stream, StreamDecodeLevel

from paperless_kernel.base.errors import InputError

_LINE_ENDS = (b"\r", b"\n")
_UNCLEAR = re.compile(rb"[\r\n]\r?\nendstream")


def end_streams_clearly(paper: Pdf) -> None:
    """Let no stream end with a line feed or carriage return.

    The end of line before ``endstream`` is no part of a stream; one that itself ends
    with CR reads as a byte shorter than its length, and the file is no PDF/A any more
    (ISO 19005-2, 6.1.7.1). Compressed data ends so once in 128 times: it is then kept
    uncompressed, or in ASCII85, which ends with ``~>``.
    """
    for each in paper.objects:
        if not isinstance(each, Stream):
            continue
        if not each.read_raw_bytes().endswith(_LINE_ENDS):
            continue
        plain = each.read_bytes()
        if not plain.endswith(_LINE_ENDS):
            each.write(plain)
        elif each.get(Name.Type) != Name.Metadata:
            each.write(a85encode(plain) + b"~>", filter=Name.ASCII85Decode)


def with_clear_ends(pdf: bytes) -> bytes:
    """Return the PDF with `end_streams_clearly` applied; most need nothing.

    The same input gives the same bytes.

    Raises:
        InputError: not a PDF.
    """
    if not _UNCLEAR.search(pdf):
        return pdf
    try:
        with Pdf.open(BytesIO(pdf)) as paper:
            end_streams_clearly(paper)
            out = BytesIO()
            paper.save(
                out,
                object_stream_mode=ObjectStreamMode.disable,
                compress_streams=False,
                stream_decode_level=StreamDecodeLevel.none,
                deterministic_id=True,
            )
    except PdfError as error:
        raise InputError(f"the PDF cannot be read: {error}") from error
    return out.getvalue()
