"""Asks programs written by others what they think of a file.

Knows how each is started and which words in its answer mean yes. Decides nothing: a
checker that is not installed is said to be missing, never counted as a yes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from page import PageError, ValidationProfile, validate_pdf_bytes
from pikepdf import Pdf, PdfError
from pikepdf.pdfa import Finding
from pikepdf.pdfa import check as pikepdf_check

from paperless_kernel.trust.bundle import CERTIFICATE, PROOF, TOKEN, read_proof

_SECONDS = 60
_EXTENDED = "ISO_19005_2:6.6.2.3.1-1"
"""pikepdf's word for XMP beyond the predefined schemas: it reads no extension schema,
which the same clause allows. page-validation reads them, and judges ours."""


class Answer(StrEnum):
    """What a checker said."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    MISSING = "not installed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One checker's word on one file, with the line it said it in."""

    checker: str
    file: Path
    answer: Answer
    said: str


def check_pdf(file: Path, root: Path) -> tuple[Opinion, ...]:
    """Ask qpdf, page-validation, pdfsig and pyHanko about a signed PDF.

    Args:
        file: the PDF.
        root: the office's root certificate, PEM.
    """
    return (
        _program(("qpdf", "--check", str(file)), file, "No syntax or stream encoding"),
        _page_validation(file),
        # -nocert: the signature alone; no system anchor knows a trial root.
        _program(("pdfsig", "-nocert", str(file)), file, "Signature is Valid"),
        _pyhanko(file, root),
    )


def pdfa_complaints(pdf: bytes) -> tuple[str, ...]:
    """Return what keeps a PDF from being PDF/A-2b (ISO 19005-2); nothing when it is.

    page-validation decides; pikepdf is the second opinion on everything it understands.
    Form fields and extension schemas it does not, so it has no say on those.
    """
    try:
        report = validate_pdf_bytes(pdf, profile=ValidationProfile.PDF_A_2B)
        found = [f"page-validation: {one.message}" for one in report.failures]
        if not report.is_compliant and not found:
            found = ["page-validation: not PDF/A-2b"]
        with Pdf.open(BytesIO(pdf), attempt_recovery=False) as paper:
            second = pikepdf_check(paper, "2b").findings
    except (PageError, PdfError) as error:
        return (f"it cannot be read: {error}",)
    found += [f"pikepdf: {one.rule} {one.message}" for one in second if not _blind(one)]
    return tuple(found)


def _blind(finding: Finding) -> bool:
    """Tell whether pikepdf complains of what it cannot judge."""
    return finding.kind == "unsupported" or finding.rule == _EXTENDED


def check_bundle(file: Path, root: Path, fingerprint: str) -> tuple[Opinion, ...]:
    """Ask openssl about an ``.acr`` bundle: its certificate and its time-stamp.

    The bundle's own ``verify.py`` runs too, as a stranger would run it.
    """
    with TemporaryDirectory() as folder:
        there = Path(folder)
        with ZipFile(file) as archive:
            archive.extractall(there)
        cms = _program(
            (
                "openssl", "cms", "-verify", "-cades", "-inform", "DER",
                "-in", str(there / CERTIFICATE), "-CAfile", str(root),
                "-purpose", "any", "-out", "/dev/null",
            ),
            file,
            "successful",
        )  # fmt: skip
        return (cms, _token(there, file, root), _stranger(there, file, fingerprint))


def _program(command: tuple[str, ...], file: Path, yes: str) -> Opinion:
    name = " ".join(each for each in command[:2] if not each.startswith("-"))
    if shutil.which(command[0]) is None:
        return Opinion(checker=name, file=file, answer=Answer.MISSING, said="")
    done = subprocess.run(  # noqa: S603 - a fixed program, no shell
        command, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    text = done.stdout + done.stderr
    good = done.returncode == 0 and yes.lower() in text.lower()
    said = next(
        (line.strip() for line in text.splitlines() if yes.lower() in line.lower()),
        text.strip().splitlines()[-1] if text.strip() else f"exit {done.returncode}",
    )
    answer = Answer.ACCEPTED if good else Answer.REFUSED
    return Opinion(checker=name, file=file, answer=answer, said=said)


def _page_validation(file: Path) -> Opinion:
    data = file.read_bytes()
    third = re.search(rb"pdfaid:part(>|=\")3", data) is not None
    profile = ValidationProfile.PDF_A_3B if third else ValidationProfile.PDF_A_2B
    try:
        report = validate_pdf_bytes(data, profile=profile)
    except PageError as error:
        good, said = False, str(error)
    else:
        good = report.is_compliant
        said = f"PDF/A-{3 if third else 2}b " + (
            "compliant" if good else "not compliant"
        )
    answer = Answer.ACCEPTED if good else Answer.REFUSED
    return Opinion(checker="page-validation", file=file, answer=answer, said=said)


def _pyhanko(file: Path, root: Path) -> Opinion:
    if find_spec("pyhanko") is None:
        return Opinion(checker="pyHanko", file=file, answer=Answer.MISSING, said="")
    from asn1crypto.x509 import Certificate  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    der = load_pem_x509_certificate(root.read_bytes()).public_bytes(Encoding.DER)
    anchors = ValidationContext(trust_roots=[Certificate.load(der)])
    signatures = PdfFileReader(BytesIO(file.read_bytes())).embedded_signatures
    if not signatures:
        return Opinion(
            checker="pyHanko", file=file, answer=Answer.REFUSED, said="no signature"
        )
    found = validate_pdf_signature(signatures[0], anchors)
    answer = Answer.ACCEPTED if found.bottom_line else Answer.REFUSED
    return Opinion(checker="pyHanko", file=file, answer=answer, said=found.summary())


def _token(folder: Path, file: Path, root: Path) -> Opinion:
    note = folder / "checkpoint.note"
    note.write_text(read_proof((folder / PROOF).read_bytes()).note)
    return _program(
        (
            "openssl", "ts", "-verify", "-data", str(note), "-in", str(folder / TOKEN),
            "-token_in", "-CAfile", str(root), "-no_check_time",
        ),
        file,
        "Verification: OK",
    )  # fmt: skip


def _stranger(folder: Path, file: Path, fingerprint: str) -> Opinion:
    python = shutil.which("python3")
    if python is None:
        return Opinion(checker="verify.py", file=file, answer=Answer.MISSING, said="")
    done = subprocess.run(  # noqa: S603 - the bundle's own script, isolated
        (python, "-I", str(folder / "verify.py"), str(file), fingerprint),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    lines = (done.stdout + done.stderr).strip().splitlines() or ["said nothing"]
    answer = Answer.ACCEPTED if done.returncode == 0 else Answer.REFUSED
    return Opinion(checker="verify.py", file=file, answer=answer, said=lines[-1])
