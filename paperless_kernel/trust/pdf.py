"""Signatures in PDFs: PAdES baseline B over the whole file, written and checked.

Knows the signature dictionary and its byte range; does not draw pages. Knows nothing
of evidence records, which stand beside the file; a time-stamp over the signature may
stand inside it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from cryptography.x509 import load_der_x509_crl
from pikepdf import (
    Array,
    Dictionary,
    Name,
    Object,
    ObjectStreamMode,
    Pdf,
    StreamDecodeLevel,
    String,
)
from pikepdf import PdfError as PikepdfError

from paperless_kernel.base.clock import aware
from paperless_kernel.base.errors import EvidenceError, InputError
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.trust.der import judging, within
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.inflate import inflate
from paperless_kernel.trust.keys import Signer
from paperless_kernel.trust.pdfstreams import end_streams_clearly
from paperless_kernel.trust.pki import check_not_revoked
from paperless_kernel.trust.signatures import check_cms, sign_cms
from paperless_kernel.trust.timestamps import TokenFacts, check_token

_ROOM = 8192
"""Bytes kept free for the CMS: three P-256 certificates and CRLs take under 4 KiB."""
_HOLE = b"<" + b"0" * (2 * _ROOM) + b">"
_FREE_RANGE = re.compile(rb"/ByteRange \[ ?0 2147483647 2147483647 2147483647 ?\]")
_HEX = re.compile(rb"<([0-9a-f]{2})+>")
_DATE = "D:%Y%m%d%H%M%SZ"
_MOST_ATTACHED = 256 << 20
"""Bytes of all attachments together, once decompressed."""
_LOCKED_PRINT = 132  # annotation flags of an invisible field: Print and Locked
_SIGNATURES_EXIST_APPEND_ONLY = 3


PLAIN_MARK = "일반스캔 · Plain scan"
"""Stands on every page of a plain scan: it makes no claim to replace the paper."""


class PdfKind(StrEnum):
    """What a signed PDF is; stands in its signature dictionary."""

    SEALED_SCAN = "sealed-scan"
    """전자화문서."""
    PLAIN_SCAN = "plain-scan"
    """일반스캔: never stands in for its paper."""
    CERTIFICATE = "certificate"
    """증명서 (원본, 등록, 이관, 폐기)."""
    DISTRIBUTION = "distribution-certificate"
    """유통증명서."""
    INVOICE = "invoice"
    """청구서."""
    PAPER = "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFile:
    """A file carried inside a PDF."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFacts:
    """What a signed PDF proves by itself, once `check_pdf` has accepted it.

    Attributes:
        chain: DER certificates, the signer's first, the root's last.
        crls: DER revocation lists carried by the signature.
        signed_at: the signer's own claim (``/M``), aware UTC; not a proven time.
        stamped: the time-stamp over the signature (PAdES B-T), or None.
    """

    kind: PdfKind
    chain: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    signed_at: dt.datetime
    name: str
    reason: str
    location: str
    standing: str
    title: str
    pages: int
    attachments: tuple[PdfFile, ...]
    stamped: TokenFacts | None = None


def signature_dictionary(
    *,
    name: str,
    reason: str,
    location: str,
    signed_at: dt.datetime,
    kind: PdfKind,
    standing: str,
) -> bytes:
    """Return a signature dictionary with room for the signature (ETSI EN 319 142-1).

    The reason ends with the standing, so that every reader of signatures shows it.
    """
    said = reason if standing in reason else f"{reason} · {standing}"
    texts = {"Name": name, "Reason": said, "Location": location}
    lines = b"".join(
        b"/%s %s\n" % (key.encode(), pdf_text(text)) for key, text in texts.items()
    )
    date = aware(signed_at).strftime(_DATE).encode()
    return (
        b"<< /Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n"
        b"/ByteRange [0 2147483647 2147483647 2147483647]\n/Contents %s\n"
        b"/M (%s)\n%s/PKKind /%s\n/PKStanding %s >>"
        % (_HOLE, date, lines, kind.encode(), pdf_text(standing))
    )


def pdf_text(text: str) -> bytes:
    """Return a PDF text string: UTF-16BE with its mark, in hex."""
    return b"<feff" + text.encode("utf-16-be").hex().encode() + b">"


def prepare_signature(
    pdf: bytes,
    *,
    name: str,
    reason: str,
    location: str,
    signed_at: dt.datetime,
    kind: PdfKind = PdfKind.CERTIFICATE,
    standing: str = "",
) -> bytes:
    """Add an invisible signature field with room for the signature.

    PDF/A-2b stays 2b and 3b stays 3b; the same input gives the same bytes.

    Args:
        pdf: a whole PDF without form fields.
        name: who signs.
        reason: why; the standing is added where it is not in it yet.
        location: where.
        signed_at: aware; written to the second.
        kind: what the verdict will call the file.
        standing: the facility's line; by default the trial mark when the reason
            holds it.

    Raises:
        InputError: not a PDF, or it already has form fields or a signature.
    """
    line = standing or (TRIAL_MARK if TRIAL_MARK in reason else "")
    parsed = Object.parse(
        signature_dictionary(
            name=name,
            reason=reason,
            location=location,
            signed_at=signed_at,
            kind=kind,
            standing=line,
        )
    )
    try:
        with Pdf.open(BytesIO(pdf)) as paper:
            if Name.AcroForm in paper.Root:
                raise InputError(
                    "the PDF already has form fields or a signature; give it unsigned."
                )
            _add_field(paper, parsed)
            end_streams_clearly(paper)
            out = BytesIO()
            paper.save(
                out,
                object_stream_mode=ObjectStreamMode.disable,
                compress_streams=False,
                stream_decode_level=StreamDecodeLevel.none,
                deterministic_id=True,
            )
    except PikepdfError as error:
        raise InputError(f"the PDF to sign cannot be read: {error}") from error
    return out.getvalue()


def _add_field(paper: Pdf, signature: Object) -> None:
    page = paper.pages[0].obj
    field = paper.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String("Signature"),
            Rect=Array([0, 0, 0, 0]),
            F=_LOCKED_PRINT,
            P=page,
            V=paper.make_indirect(signature),
        )
    )
    if Name.Annots in page:
        page.Annots.append(field)
    else:
        page.Annots = Array([field])
    paper.Root.AcroForm = Dictionary(
        SigFlags=_SIGNATURES_EXIST_APPEND_ONLY, Fields=Array([field])
    )


def fill_signature(
    prepared: bytes,
    signer: Signer,
    *,
    crls: Sequence[bytes] = (),
    stamp: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """Sign everything but the room kept free, and put the signature there.

    ``stamp`` gets a token over a SHA-256; with it the signature carries its own time
    (PAdES B-T, ETSI EN 319 142-1).

    Raises:
        InputError: the PDF was not prepared, or the signature does not fit.
    """
    ranges = list(_FREE_RANGE.finditer(prepared))
    start = prepared.find(_HOLE)
    if len(ranges) != 1 or start < 0 or prepared.find(_HOLE, start + 1) >= 0:
        raise InputError("the PDF has no free signature field; prepare it first.")
    end = start + len(_HOLE)
    numbers = b"/ByteRange [0 %d %d %d" % (start, end, len(prepared) - end)
    free = ranges[0]
    width = free.end() - free.start()
    head = prepared[:start].replace(free[0], numbers.ljust(width - 1) + b"]", 1)
    tail = prepared[end:].replace(free[0], numbers.ljust(width - 1) + b"]", 1)
    cms = sign_cms(head + tail, signer, detached=True, crls=crls, stamp=stamp)
    if len(cms) > _ROOM:
        raise InputError(f"the signature takes {len(cms)} bytes; {_ROOM} are free.")
    return head + b"<" + cms.hex().encode().ljust(2 * _ROOM, b"0") + b">" + tail


def check_pdf(data: bytes) -> PdfFacts:
    """Check that one signature covers the whole file and holds.

    Raises:
        EvidenceError: names what broke: the structure, the field, the byte range, the
            room around the signature, or the signed bytes.
    """
    try:
        with Pdf.open(BytesIO(data), attempt_recovery=False) as paper:
            signature = _only_signature(paper)
            cms = _check_hole(data, signature)
            signed = _signed_bytes(data, signature)
            facts = check_cms(cms, signed, stamped=True)
            stamped = None
            if facts.token is not None:
                with within("the signature's time-stamp"):
                    digest = sha256(facts.signature)
                    stamped = check_token(facts.token, digest, "sha256")
            if facts.crls:
                check_lists(facts.chain, facts.crls, _date(signature))
            return PdfFacts(
                kind=_kind(signature),
                chain=facts.chain,
                crls=facts.crls,
                signed_at=_date(signature),
                name=_said(signature, "/Name"),
                reason=_said(signature, "/Reason"),
                location=_said(signature, "/Location"),
                standing=_standing(signature),
                title=_title(paper),
                pages=len(paper.pages),
                attachments=_attachments(paper),
                stamped=stamped,
            )
    except PikepdfError as error:
        raise EvidenceError(
            f"PDF structure: the file is damaged or cut ({_reason(error)})."
        ) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EvidenceError(
            f"PDF structure: a part is not of the kind it must be ({error})."
        ) from error


def is_unsigned(data: bytes) -> bool:
    """Tell whether a whole PDF never had a signature: no proof, and not damaged.

    One that was signed and broken, or whose signature somebody hid, is not unsigned.
    """
    if any(word in data for word in (b"ByteRange", b"CAdES", b"PKKind")):
        return False
    try:
        with Pdf.open(BytesIO(data), attempt_recovery=False) as paper:
            fields = paper.Root.get("/AcroForm", Dictionary()).get("/Fields", Array())
            return all(one.get("/FT") != Name.Sig for one in fields)
    except (PikepdfError, AttributeError, TypeError, ValueError):
        return False


def check_lists(
    chain: Sequence[bytes], crls: Sequence[bytes], signed_at: dt.datetime
) -> None:
    """Check the revocation lists a signature carries.

    A list fetched after the claimed time (a job resumed after a crash) says more, not
    less: it is judged at its own beginning.

    Raises:
        EvidenceError: a list is forged, unused, too old, or names a certificate.
    """
    with judging("a revocation list"):
        begun = [load_der_x509_crl(one).last_update_utc for one in crls]
    check_not_revoked(chain, crls, max(signed_at, *begun))


def _reason(error: Exception) -> str:
    """Return what the library found, without the address it gives the stream."""
    return str(error).rpartition(">: ")[2]


def _only_signature(paper: Pdf) -> Object:
    fields = paper.Root.get("/AcroForm", Dictionary()).get("/Fields", Array())
    found = [one for one in fields if one.get("/FT") == Name.Sig and "/V" in one]
    if len(found) != 1:
        raise EvidenceError(
            f"PDF signature field: one is expected, {len(found)} are there; "
            "the file is unsigned, damaged, or was signed by others too."
        )
    signature: Object = found[0].V
    if signature.get("/SubFilter") != Name("/ETSI.CAdES.detached"):
        raise EvidenceError("PDF signature: not ETSI.CAdES.detached (PAdES).")
    return signature


def _byte_range(data: bytes, signature: Object) -> tuple[int, int]:
    numbers = [int(one) for one in signature.ByteRange]
    shape = len(numbers) == 4 and numbers[0] == 0  # noqa: PLR2004
    if not shape or not 0 < numbers[1] < numbers[2] <= len(data):
        raise EvidenceError("PDF byte range: it is not 0, start, end, rest.")
    if numbers[2] + numbers[3] != len(data):
        raise EvidenceError(
            "PDF byte range: the signature does not cover the whole file; something "
            "was added or cut after signing."
        )
    return numbers[1], numbers[2]


def _signed_bytes(data: bytes, signature: Object) -> bytes:
    start, end = _byte_range(data, signature)
    return data[:start] + data[end:]


def _check_hole(data: bytes, signature: Object) -> bytes:
    """Return the CMS; refuse any byte of the hole that could have been another."""
    start, end = _byte_range(data, signature)
    hole = data[start:end]
    if not _HEX.fullmatch(hole):
        raise EvidenceError("PDF signature: its room is not lower-case hex.")
    raw = bytes.fromhex(hole[1:-1].decode("ascii"))
    if raw != bytes(signature.Contents):
        raise EvidenceError("PDF signature: another stands in its byte range.")
    size = _der_size(raw)
    if any(raw[size:]):
        raise EvidenceError("PDF signature: the padding behind it is not zero.")
    return raw[:size]


def _der_size(raw: bytes) -> int:
    if raw[:1] != b"\x30" or len(raw) < 4 or raw[1] != 0x82:  # noqa: PLR2004
        raise EvidenceError("PDF signature: it does not begin as a CMS does.")
    return 4 + int.from_bytes(raw[2:4])


def _kind(signature: Object) -> PdfKind:
    said = str(signature.get("/PKKind", "/paper")).removeprefix("/")
    if said == PdfKind.SEALED_SCAN and PLAIN_MARK in _said(signature, "/Reason"):
        return PdfKind.PLAIN_SCAN  # so it was written before there was a word for it
    return PdfKind(said) if said in set(PdfKind) else PdfKind.PAPER


def _standing(signature: Object) -> str:
    said = _said(signature, "/PKStanding")
    return said or (TRIAL_MARK if TRIAL_MARK in _said(signature, "/Reason") else "")


def _said(holder: Object, key: str) -> str:
    return str(holder.get(key, ""))


def _date(signature: Object) -> dt.datetime:
    return dt.datetime.strptime(_said(signature, "/M"), _DATE).replace(tzinfo=dt.UTC)


def _title(paper: Pdf) -> str:
    return str(paper.docinfo.get("/Title", "")) if "/Info" in paper.trailer else ""


def _attachments(paper: Pdf) -> tuple[PdfFile, ...]:
    found, left = [], _MOST_ATTACHED
    for name, spec in sorted(paper.attachments.items()):
        data = _plain(spec.get_file().obj, left)
        left -= len(data)
        found.append(PdfFile(name=name, data=data))
    return tuple(found)


def _plain(stream: Object, most: int) -> bytes:
    """Return an attachment's bytes; nothing beyond ``most`` is ever decompressed."""
    filters = stream.get("/Filter", Array())
    names = list(filters) if isinstance(filters, Array) else [filters]
    data = bytes(stream.read_raw_bytes())
    if any(one != Name.FlateDecode for one in names) or "/DecodeParms" in stream:
        raise EvidenceError(
            "PDF attachment: it is coded in another way than Flate; files signed here "
            "have none such."
        )
    try:
        for _ in names:
            data = b"".join(inflate(data, most))
    except EvidenceError as error:
        raise _too_much() from error
    if len(data) > most:
        raise _too_much()
    return data


def _too_much() -> EvidenceError:
    return EvidenceError(
        f"PDF attachment: all attachments together are over {_MOST_ATTACHED >> 20} MiB "
        "once unpacked; no file signed here is."
    )
