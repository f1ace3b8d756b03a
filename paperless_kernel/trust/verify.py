"""The one verdict on a file: what it is, what holds, whom one has to trust for it.

Knows every proof this office makes and tells it from what is none. Needs no office and
no network; trusts only the anchors given.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from io import BytesIO
from lzma import LZMAError
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - it is a class

from paperless_kernel.base.errors import EvidenceError, InputError, UnsupportedError
from paperless_kernel.trust.anchors import Anchor, log_keys, read_anchor
from paperless_kernel.trust.bundle import MIMETYPE
from paperless_kernel.trust.evidence import check_record
from paperless_kernel.trust.notes import check_note, parse_note
from paperless_kernel.trust.parts import (
    absent,
    bad,
    good,
    no_time,
    record_part,
    unknown,
)
from paperless_kernel.trust.pdf import is_unsigned
from paperless_kernel.trust.pki import fingerprint
from paperless_kernel.trust.report import (
    Part,
    PartName,
    ProofKind,
    Report,
    State,
    Text,
    conclude,
)
from paperless_kernel.trust.verify_bundle import inspect_bundle
from paperless_kernel.trust.verify_pdf import inspect_pdf

__all__ = ["Anchor", "Report", "inspect", "read_anchor"]

_NOTE = re.compile(rb"[^\s]+\n[0-9]+\n[^\n]+\n\n")
_TITLE = re.compile(rb"<dc:title>([^<]{1,200})</dc:title>")
_UNREADABLE = (
    BadZipFile, KeyError, OSError, ValueError, RuntimeError, EOFError, ZlibError,
    LZMAError,
)  # fmt: skip
"""What reading one member of a damaged archive may raise."""
_MOST_PROPERTIES = 100_000  # bytes; a real docProps/core.xml has under 2,000


def inspect(
    data: bytes,
    *,
    name: str = "",
    anchors: Sequence[Anchor] = (),
    evidence: bytes | None = None,
    at: dt.datetime | None = None,
) -> Report:
    """Judge a file; never raises for what is in it.

    Args:
        data: the file.
        name: its name, a hint where the content is damaged.
        anchors: trusted roots and log keys.
        evidence: the RFC 4998 record that belongs to the file.
        at: when it is checked, aware; judges certificates where no time is proven.

    Returns:
        A report whose ``exit_code`` is 0 only when everything required holds.
    """
    kind = _detect(data, name.lower())
    if kind is ProofKind.PAPER and is_unsigned(data):
        kind = ProofKind.UNSIGNED
    if kind is ProofKind.PAPER:
        return inspect_pdf(data, anchors=anchors, evidence=evidence, at=at)
    if kind is ProofKind.BUNDLE:
        report = inspect_bundle(data, anchors=anchors, at=at)
    elif kind is ProofKind.CHECKPOINT:
        report = _inspect_note(data, anchors)
    elif evidence is not None:
        return _inspect_document(data, anchors, evidence)
    else:
        return _no_proof(data, kind)
    if evidence is None:
        return report
    time, _ = record_part(data, evidence, anchors)
    parts = [one for one in report.parts if one.name is not PartName.TIME]
    return conclude(report.kind, [*parts, time], fingerprint=report.fingerprint)


def _detect(data: bytes, name: str) -> ProofKind:
    head = data[:160]
    if b"%PDF-" in head[:8] or (b"/ByteRange" in data and b"startxref" in data[-64:]):
        return ProofKind.PAPER
    if MIMETYPE in head or b"manifest.tlog-proof" in data[-8192:]:
        return ProofKind.BUNDLE
    if b"\n\n\xe2\x80\x94 " in data[:4096] or _NOTE.match(head):
        return ProofKind.CHECKPOINT
    if head[:1] == b"\x30" and _content(head)[:3] == b"\x02\x01\x01":
        return ProofKind.RECORD  # EvidenceRecord begins with version 1
    endings = {
        ".pdf": ProofKind.PAPER,
        ".acr": ProofKind.BUNDLE,
        ".ers": ProofKind.RECORD,
        ".note": ProofKind.CHECKPOINT,
    }
    found = (kind for ending, kind in endings.items() if name.endswith(ending))
    return next(found, ProofKind.NOT_A_PROOF)


def _content(der: bytes) -> bytes:
    """Return what follows the outer tag and length of a DER value."""
    long = der[1] & 0x7F if len(der) > 1 and der[1] & 0x80 else 0
    return der[2 + long :]


def _inspect_note(data: bytes, anchors: Sequence[Anchor]) -> Report:
    kind = ProofKind.CHECKPOINT
    try:
        text = data.decode()
        note = parse_note(text)
        # The origin too: a signature under a changed name must not pass for unknown.
        names = {note.checkpoint.origin, *(one.name for one in note.signatures)}
        keys = [key for name in sorted(names) for key in log_keys(anchors, name)]
        checkpoint = check_note(text, keys) if keys else note.checkpoint
    except UnicodeDecodeError:
        error = EvidenceError("checkpoint: the text is not UTF-8.")
        return conclude(kind, [bad(PartName.INTACT, error)])
    except EvidenceError as error:
        return conclude(kind, [bad(PartName.INTACT, error)])
    first, root = note.signatures[0], checkpoint.root.hex()
    said = f"{first.name}+{first.key_id.hex()}"
    ko = f"{checkpoint.origin} 로그 {checkpoint.size}건, 루트 {root}"
    en = f"{checkpoint.size} entries in {checkpoint.origin}, root {root}"
    if keys:
        parts = [
            good(PartName.INTACT, "서명된 그대로임", "the text is as signed"),
            good(PartName.SIGNER, said, said),
            good(PartName.LOG, ko, en),
            no_time(),
        ]
    else:
        # A note holds no key: without the log's own, nothing of it can be judged.
        missing = Text(
            ko="로그의 공개키(vkey)가 없어 확인하지 못함",
            en="cannot be checked without the log's key (vkey)",
        )
        parts = [
            unknown(PartName.INTACT, missing.ko, missing.en),
            unknown(
                PartName.SIGNER, f"{said} - {missing.ko}", f"{said} - {missing.en}"
            ),
            unknown(PartName.LOG, f"{ko} - 확인하지 못함", f"{en} - not checked"),
            no_time(),
        ]
    return conclude(kind, parts, fingerprint=said)


def _inspect_document(
    data: bytes, anchors: Sequence[Anchor], evidence: bytes
) -> Report:
    time, _ = record_part(data, evidence, anchors)
    if time.state is State.BAD:
        return conclude(ProofKind.DOCUMENT, [time])
    parts = [
        good(
            PartName.INTACT,
            "증거기록이 가리키는 문서와 같음",
            "the document is the one the evidence record is over",
        ),
        time,
        absent(PartName.SIGNER, "서명은 이 파일에 없음", "no signature in this file"),
    ]
    root = check_record(evidence, data).archived[0].chain[-1]
    return conclude(ProofKind.DOCUMENT, parts, fingerprint=fingerprint(root))


_NEEDS_DOCUMENT = Text(
    ko="증거기록만으로는 판정할 수 없음 - 문서와 함께 주십시오: "
    "paperless verify 문서 --evidence 증거기록.ers",
    en="an evidence record says nothing alone - give the document with it: "
    "paperless verify DOCUMENT --evidence RECORD.ers",
)


_UNSIGNED = Text(
    ko="서명되지 않은 PDF - 증명이 아님: 함께 발급된 서명 PDF나 .acr 묶음을 확인하거나 "
    "증거기록을 함께 주십시오 (--evidence)",
    en="unsigned PDF, not a proof - check the signed PDF or the .acr bundle that came "
    "with it, or give its evidence record (--evidence)",
)


def _no_proof(data: bytes, kind: ProofKind) -> Report:
    """Say what to give instead of a file that proves nothing by itself."""
    if kind is ProofKind.RECORD:
        return _judged_not(kind, _NEEDS_DOCUMENT, InputError.exit_code)
    if kind is ProofKind.UNSIGNED:
        return _judged_not(kind, _UNSIGNED, UnsupportedError.exit_code)
    title = _office_title(data)
    ko = "증명 파일이 아님 - 서명된 PDF, .acr 묶음, 체크포인트를 주십시오"
    en = "not a proof - give the signed PDF, the .acr bundle or a checkpoint"
    if title is not None:
        shown = title or "?"
        ko = f"증명 파일이 아님 (표: {shown}) - 함께 발급된 서명 PDF를 확인하십시오"
        en = f"not a proof (spreadsheet: {shown}) - check the signed PDF beside it"
    text = Text(ko=ko, en=en)
    return _judged_not(ProofKind.NOT_A_PROOF, text, UnsupportedError.exit_code)


def _judged_not(kind: ProofKind, text: Text, exit_code: int) -> Report:
    part = Part(name=PartName.INTACT, state=State.UNKNOWN, text=text)
    return Report(kind=kind, parts=(part,), exit_code=exit_code, verdict=text)


def _office_title(data: bytes) -> str | None:
    """Return the title of an office file, which names the invoice; None if none."""
    if data[:2] != b"PK":
        return None
    try:
        with ZipFile(BytesIO(data)) as archive:
            if archive.getinfo("docProps/core.xml").file_size > _MOST_PROPERTIES:
                return ""
            found = _TITLE.search(archive.read("docProps/core.xml"))
    except _UNREADABLE:
        return None
    return found[1].decode("utf-8", "replace") if found else ""
