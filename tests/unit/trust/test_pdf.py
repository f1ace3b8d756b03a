from __future__ import annotations

import datetime as dt
import zlib
from hashlib import sha256
from io import BytesIO
from typing import Any

import page
import pytest
from pikepdf import Array, AttachedFileSpec, Name, Pdf, Stream

from paperless_kernel.base.errors import EvidenceError, InputError
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.trust import pdf as module
from paperless_kernel.trust.pdf import (
    PdfKind,
    check_pdf,
    fill_signature,
    prepare_signature,
)

AT = dt.datetime(2026, 11, 23, 5, 45, 29, tzinfo=dt.UTC)


def _plain(attachment: bytes = b"") -> bytes:
    out = BytesIO()
    with Pdf.new() as paper:
        paper.add_blank_page(page_size=(200, 300))
        paper.docinfo["/Title"] = "증명서"
        if attachment:
            paper.attachments["bundle.acr"] = AttachedFileSpec(paper, attachment)
        paper.save(out, static_id=True)
    return out.getvalue()


def _prepared(pdf: bytes) -> bytes:
    return prepare_signature(
        pdf,
        name="시험 보관소",
        reason=f"원본증명서 발급 · {TRIAL_MARK}",
        location="Seoul",
        signed_at=AT,
    )


@pytest.fixture(scope="module")
def signed(trial: Any) -> bytes:
    return fill_signature(_prepared(_plain(b"inside")), trial.vault, crls=[trial.crl])


def test_what_was_signed_is_read_back(signed: bytes, trial: Any) -> None:
    facts = check_pdf(signed)
    assert facts.kind is PdfKind.CERTIFICATE
    assert facts.chain == trial.vault.certificates
    assert facts.crls == (trial.crl,)
    assert facts.signed_at == AT
    assert facts.name == "시험 보관소"
    assert facts.reason == f"원본증명서 발급 · {TRIAL_MARK}"
    assert facts.location == "Seoul"
    assert facts.standing == TRIAL_MARK
    assert facts.title == "증명서"
    assert facts.pages == 1
    assert [(one.name, one.data) for one in facts.attachments] == [
        ("bundle.acr", b"inside")
    ]


def test_the_same_input_gives_the_same_bytes(trial: Any) -> None:
    first, second = _prepared(_plain()), _prepared(_plain())
    assert first == second
    assert fill_signature(first, trial.vault) == fill_signature(second, trial.vault)
    assert len(fill_signature(first, trial.vault)) == len(first)


def test_a_facility_stands_in_place_of_the_trial_mark(trial: Any) -> None:
    prepared = prepare_signature(
        _plain(),
        name="n",
        reason="발급",
        location="",
        signed_at=AT,
        kind=PdfKind.DISTRIBUTION,
        standing="certified-relay X 1",
    )
    facts = check_pdf(fill_signature(prepared, trial.vault))
    assert facts.standing == "certified-relay X 1"
    assert facts.reason == "발급 · certified-relay X 1"
    assert facts.kind is PdfKind.DISTRIBUTION


@pytest.mark.parametrize("profile", ["2b", "3b"])
def test_pdfa_stays_pdfa(profile: str, trial: Any) -> None:
    sealed = fill_signature(_prepared(_archival(profile)), trial.vault)
    report = page.validate_pdf_bytes(sealed)
    assert report.is_compliant, [one.message for one in report.failures]
    assert report.profile.name == f"PDF_A_{profile.upper()}"


def _archival(profile: str) -> bytes:
    typst = pytest.importorskip("typst")
    text = "#set document(title: [t])\n"
    files = {"main.typ": b""}
    if profile == "3b":
        files["note.txt"] = b"inside"
        text += (
            '#pdf.attach("note.txt", relationship: "data", mime-type: "text/plain",'
            ' description: "n")\n'
        )
    files["main.typ"] = f"{text}Hello".encode()
    return bytes(
        typst.compile(files, pdf_standards=f"a-{profile}", timestamp=AT, format="pdf")
    )


def test_what_cannot_be_signed_is_refused(signed: bytes, trial: Any) -> None:
    with pytest.raises(InputError, match="already"):
        _prepared(signed)
    with pytest.raises(InputError, match="cannot be read"):
        _prepared(b"no PDF")
    for wrong in (_plain(), signed, _prepared(_plain()) * 2):
        with pytest.raises(InputError, match="prepare"):
            fill_signature(wrong, trial.vault)


def test_an_unsigned_file_is_refused() -> None:
    with pytest.raises(EvidenceError, match="signature field"):
        check_pdf(_plain())
    with pytest.raises(EvidenceError):
        check_pdf(_prepared(_plain()))
    with pytest.raises(EvidenceError, match="structure"):
        check_pdf(b"no PDF")


def test_what_was_added_later_is_refused(signed: bytes) -> None:
    with pytest.raises(EvidenceError, match="whole file"):
        check_pdf(signed + b"\n")
    out = BytesIO()
    with Pdf.open(BytesIO(signed)) as paper:
        paper.docinfo["/Title"] = "other"
        paper.save(out)
    with pytest.raises(EvidenceError):
        check_pdf(out.getvalue())


def test_the_room_around_the_signature_has_one_form(signed: bytes) -> None:
    start = signed.index(b"/Contents <") + len(b"/Contents <")
    end = signed.index(b">", start)
    upper = signed[:start] + signed[start:end].upper() + signed[end:]
    with pytest.raises(EvidenceError, match="lower-case"):
        check_pdf(upper)
    for junk in (b"1", b" ", b"a"):
        padded = signed[: end - 1] + junk + signed[end:]
        with pytest.raises(EvidenceError, match=r"padding|hex"):
            check_pdf(padded)


def _attached(trial: Any, data: bytes, *codings: str, count: int = 1) -> bytes:
    out = BytesIO()
    with Pdf.new() as paper:
        paper.add_blank_page(page_size=(200, 300))
        for n in range(count):
            paper.attachments[f"a{n}"] = AttachedFileSpec(paper, b"")
            stream = paper.attachments[f"a{n}"].get_file().obj
            assert isinstance(stream, Stream)
            filters = Array([Name("/" + each) for each in codings])
            stream.write(data, filter=filters)
        paper.save(out, compress_streams=False)
    return fill_signature(_prepared(out.getvalue()), trial.vault, crls=[trial.crl])


def test_attachments_are_unpacked_only_up_to_a_bound(
    trial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_ATTACHED", 1 << 20)
    fits = zlib.compress(bytes(400_000), 9)
    (one, two) = check_pdf(_attached(trial, fits, "FlateDecode", count=2)).attachments
    assert one.data == two.data == bytes(400_000)
    bombs = (
        _attached(trial, fits, "FlateDecode", count=3),
        _attached(trial, zlib.compress(bytes(30 << 20), 9), "FlateDecode"),
        _attached(
            trial,
            zlib.compress(zlib.compress(bytes(30 << 20))),
            "FlateDecode",
            "FlateDecode",
        ),
    )
    for bomb in bombs:
        with pytest.raises(EvidenceError, match="MiB"):
            check_pdf(bomb)


def test_an_attachment_coded_otherwise_is_refused(trial: Any) -> None:
    with pytest.raises(EvidenceError, match="another way"):
        check_pdf(_attached(trial, b"\xffa\x80", "RunLengthDecode"))


def test_every_flipped_byte_is_refused(signed: bytes) -> None:
    for number in range(200):
        chance = sha256(b"%d" % number).digest()
        flipped = bytearray(signed)
        flipped[int.from_bytes(chance[:4]) % len(signed)] ^= 1 << chance[4] % 8
        with pytest.raises(EvidenceError) as caught:
            check_pdf(bytes(flipped))
        assert str(caught.value)
