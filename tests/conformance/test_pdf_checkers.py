"""Sealed scans and certificates, as judged by checkers this project did not write."""

from __future__ import annotations

import json
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import page
import pikepdf
import pikepdf.pdfa
import pytest
from asn1crypto import x509
from cryptography.x509 import load_der_x509_certificate
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.typesetting import TypstTypesetter
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.base.typeset import Attachment
from paperless_kernel.scan.sealing.assemble import PageImage, assemble
from paperless_kernel.scan.sealing.xmp import ATTRIBUTES, DocumentFacts, IndexField
from paperless_kernel.trust.pdf import (
    PdfKind,
    check_pdf,
    fill_signature,
    prepare_signature,
)

pytestmark = pytest.mark.outside
Need = Callable[[str], str]


@dataclass(frozen=True)
class Mark:
    data: bytes = bytes(25)
    width: int = 100
    height: int = 2


def _scan(trial: Any, signer: Any = None, stamp: Any = None) -> bytes:
    picture = BytesIO()
    Image.effect_noise((620, 877), 60).save(picture, "JPEG")
    side = PageImage(
        data=picture.getvalue(),
        kind="jpeg",
        width=620,
        height=877,
        dpi=75,
        skew_degrees=1.2,
    )
    facts = DocumentFacts(
        title="계약서",
        made_at=trial.at,
        standing=TRIAL_MARK,
        transfer_note={"operator": "u1"},
        keywords=("임대", "월세"),
        attributes={
            "service": "trusted",
            "pages": 2,
            "resolution": ("75 x 75 dpi",),
            "documentType": "계약서",
            "classification": "계약 > 임대차",
        },
        index=(
            IndexField(code="contract-date", label="계약일", value="2026-11-23"),
            IndexField(code="party", label="계약상대방", value="<가나> & 상사"),
        ),
        signer_name="시험 작업장",
        location="Seoul",
    )
    prepared = assemble([side, side], facts, Mark())
    return fill_signature(prepared, signer or trial.scan, crls=[trial.crl], stamp=stamp)


def _paper(trial: Any, standard: str) -> bytes:
    typst = pytest.importorskip("typst")
    text = '#set document(title: "증명서")\n#set text(lang: "ko")\n'
    files = {}
    if standard == "a-3b":
        files["proof.acr"] = b"PK"
        text += (
            '#pdf.attach("proof.acr", relationship: "data", description: "proof",'
            ' mime-type: "application/zip")\n'
        )
    files["main.typ"] = f"{text}Certificate".encode()
    made = typst.compile(
        files, pdf_standards=standard, timestamp=trial.at, format="pdf"
    )
    prepared = prepare_signature(
        bytes(made),
        name="시험 보관소",
        reason=f"원본증명서 · {TRIAL_MARK}",
        location="Seoul",
        signed_at=trial.at,
        kind=PdfKind.CERTIFICATE,
        standing=TRIAL_MARK,
    )
    return fill_signature(prepared, trial.vault, crls=[trial.crl])


@pytest.fixture(
    params=["scan", "scan-timed", "scan-rsa", "scan-rsa-timed", "a-2b", "a-3b"]
)
def sealed(request: pytest.FixtureRequest, trial: Any) -> bytes:
    if request.param.startswith("scan"):
        signer = trial.rsa if "rsa" in request.param else trial.scan
        return _scan(trial, signer, trial.stamp if "timed" in request.param else None)
    return _paper(trial, request.param)


def test_page_validation_calls_it_pdfa(sealed: bytes) -> None:
    report = page.validate_pdf_bytes(sealed)
    assert report.is_compliant, [one.message for one in report.failures]
    assert report.profile.name in {"PDF_A_2B", "PDF_A_3B"}
    assert not page.is_pdf_compliant_bytes(sealed.replace(b"/ID [", b"/XD ["))


def test_pikepdf_finds_nothing_but_what_it_does_not_know(sealed: bytes) -> None:
    """Its list knows no form field, no extension schema and not typst's xmpTPg."""
    with pikepdf.open(BytesIO(sealed)) as paper:
        flavour = "3b" if paper.attachments else "2b"
        report = pikepdf.pdfa.check(paper, flavour)
    for finding in report.findings:
        xmp_name = finding.rule.endswith(":6.6.2.3.1-1")
        assert xmp_name or finding.kind == "unsupported", finding


def test_qpdf_finds_no_error(sealed: bytes, need: Need, tmp_path: Path) -> None:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(sealed)
    run = subprocess.run(
        [need("qpdf"), "--check", file], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "No syntax or stream encoding errors" in run.stdout


def test_pdfsig_calls_the_signature_valid(
    sealed: bytes, need: Need, tmp_path: Path
) -> None:
    changed = sealed.replace(b"(D:2026", b"(D:2025")
    shown = _pdfsig(need, tmp_path, sealed)
    assert "Signature Validation: Signature is Valid" in shown
    assert "Total document signed" in shown
    assert "ETSI.CAdES.detached" in shown
    assert "Validation: Digest Mismatch" in _pdfsig(need, tmp_path, changed)


def _pdfsig(need: Need, folder: Path, data: bytes) -> str:
    file = folder / "sealed.pdf"
    file.write_bytes(data)
    return subprocess.run(
        [need("pdfsig"), "-nocert", file],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(folder), "TZ": "UTC"},
    ).stdout


def test_pyhanko_trusts_it_under_our_root(sealed: bytes, trial: Any) -> None:
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(trial.root)],
        moment=trial.at,
        revocation_mode="soft-fail",
    )
    signature = PdfFileReader(BytesIO(sealed)).embedded_signatures[0]
    status = validate_pdf_signature(signature, context)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.bottom_line


def test_pyhanko_refuses_it_after_one_flip(sealed: bytes, trial: Any) -> None:
    at = sealed.index(b"(D:2026") + 5
    flipped = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
    signature = PdfFileReader(BytesIO(flipped)).embedded_signatures[0]
    root = x509.Certificate.load(trial.root)
    context = ValidationContext(trust_roots=[root], moment=trial.at)
    assert not validate_pdf_signature(signature, context).intact


def test_openssl_verifies_the_signature_inside(
    sealed: bytes, trial: Any, need: Need, tmp_path: Path
) -> None:
    start = sealed.index(b"/Contents <") + len(b"/Contents ")
    end = sealed.index(b">", start) + 1
    cms = bytes.fromhex(sealed[start + 1 : end - 1].decode())
    (tmp_path / "cms").write_bytes(cms[: 4 + int.from_bytes(cms[2:4])])
    (tmp_path / "signed").write_bytes(sealed[:start] + sealed[end:])
    root = load_der_x509_certificate(trial.root)
    (tmp_path / "root.pem").write_bytes(root.public_bytes(_pem()))
    run = subprocess.run(
        [
            *(need("openssl"), "cms", "-verify", "-cades", "-inform", "DER"),
            *("-in", "cms", "-content", "signed", "-CAfile", "root.pem", "-binary"),
            *("-purpose", "any", "-attime", str(int(trial.at.timestamp()))),
            *("-out", "checked"),
        ],
        capture_output=True,
        cwd=tmp_path,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def _pem() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    return Encoding.PEM


def test_pyhanko_reads_the_time_inside(trial: Any) -> None:
    for signer in (trial.scan, trial.rsa):
        data = _scan(trial, signer, trial.stamp)
        context = ValidationContext(
            trust_roots=[x509.Certificate.load(trial.root)],
            moment=trial.at,
            revocation_mode="soft-fail",
        )
        signature = PdfFileReader(BytesIO(data)).embedded_signatures[0]
        status = validate_pdf_signature(
            signature, context, ts_validation_context=context
        )
        assert status.bottom_line
        assert status.timestamp_validity is not None
        assert status.timestamp_validity.valid
        assert status.timestamp_validity.trusted
        assert status.timestamp_validity.timestamp == trial.at


def test_exiftool_shows_each_property_by_its_name(
    trial: Any, need: Need, tmp_path: Path
) -> None:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(_scan(trial))
    shown = json.loads(
        subprocess.run(
            [need("exiftool"), "-j", "-struct", "-charset", "utf8", file],
            capture_output=True,
            check=True,
        ).stdout
    )[0]
    assert shown["Title"] == "계약서"
    assert shown["Subject"] == ["임대", "월세"]
    assert shown["Service"] == "trusted"
    assert shown["Pages"] == 2
    assert shown["DocumentType"] == "계약서"
    assert shown["Classification"] == "계약 > 임대차"
    assert shown["Contract-date"] == "2026-11-23"
    assert shown["Party"] == "<가나> & 상사"
    assert shown["Standing"] == TRIAL_MARK
    assert json.loads(shown["TransferNote"]) == {"operator": "u1"}


def test_pikepdf_reads_the_same_and_the_schema_names_all(trial: Any) -> None:
    with pikepdf.open(BytesIO(_scan(trial))) as paper:
        with paper.open_metadata() as about:
            said = {str(key): value for key, value in about.items()}
        packet = paper.Root.Metadata.read_bytes().decode()
    assert said["{urn:paperless-kernel:scan:1#}service"] == "trusted"
    assert said["{urn:paperless-kernel:index:1#}party"] == "<가나> & 상사"
    assert "75 x 75 dpi" in said["{urn:paperless-kernel:scan:1#}resolution"]
    for name in ("service", "pages", "resolution", "documentType", "contract-date"):
        assert f"<pdfaProperty:name>{name}</pdfaProperty:name>" in packet


def test_the_schema_on_paper_names_every_property(repository: Path) -> None:
    text = (repository / "docs" / "design" / "xmp.md").read_text("utf-8")
    missing = [name for name in ATTRIBUTES if f"`pk:{name}`" not in text]
    assert missing == []


@pytest.mark.parametrize("last", [0x0D, 0x0A, 0x20])
def test_a_stream_that_ends_like_a_line_stays_pdf_a(
    repository: Path, trial: Any, last: int
) -> None:
    # Compressed data ends with its Adler-32 sum, so its last byte can be chosen.
    data = next(
        text
        for number in range(1, 1000)
        if zlib.adler32(text := b"a" * number) & 0xFF == last
    )
    papers = TypstTypesetter(repository / "data" / "papers", office_fonts().folder)
    pdf = papers.pdf(
        "sample",
        {
            "title": "줄바꿈",
            "number": "1",
            "standing": TRIAL_MARK,
            "office": "견본",
            "fields": [],
            "lines": [],
            "text": [],
            "digest": "ab",
        },
        made_at=trial.at,
        images={
            "qr.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
        },
        attachments=(
            Attachment(
                name="a.bin",
                media_type="application/octet-stream",
                data=data,
                description="x",
            ),
        ),
    )
    prepared = prepare_signature(
        pdf, name="x", reason="y", location="z", signed_at=trial.at
    )
    profile = page.ValidationProfile.PDF_A_3B
    assert page.validate_pdf_bytes(pdf, profile=profile).is_compliant  # unsigned
    assert page.validate_pdf_bytes(prepared, profile=profile).is_compliant
    signed = fill_signature(prepared, trial.scan)
    assert check_pdf(signed).attachments[0].data == data
