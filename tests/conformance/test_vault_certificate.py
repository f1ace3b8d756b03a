"""Certificates and bundles as checkers made by others see them."""

from __future__ import annotations

import importlib.util
import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from asn1crypto import crl as asn1_crl
from asn1crypto import x509
from page import ValidationProfile, validate_pdf_bytes
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.trust.bundle import read_bundle, read_proof
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.pki import fingerprint
from paperless_kernel.trust.verify import Anchor, inspect
from paperless_kernel.vault.model import Annex

pytestmark = pytest.mark.outside

_SPEC = importlib.util.spec_from_file_location(
    "vault_world", Path(__file__).parents[1] / "unit/vault/conftest.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_WORLD = sys.modules["vault_world"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_WORLD)
keys, typesetter, retention = _WORLD.keys, _WORLD.typesetter, _WORLD.retention
texts, world = _WORLD.texts, _WORLD.world


@dataclass
class Issued:
    """A certificate's files on disk and the root they lead to."""

    certificate: Any
    members: dict[str, bytes]
    root: bytes
    crl: bytes
    folder: Path
    world: Any

    def file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path


@pytest.fixture
def issued(world: Any, tmp_path: Path) -> Issued:
    annex = Annex(name="scan.ers", media="application/octet-stream", data=b"record")
    # Neighbours make the trees taller than one leaf.
    receipts = world.vault.deposit_many(
        world.clerk,
        [world.one(world.file(annexes=(annex,)), key=f"d-{n}") for n in range(3)],
    )
    certificate = world.vault.certify(
        world.clerk, world.request(receipts[1].document_ids[0])
    )
    folder = tmp_path / "court"
    folder.mkdir()
    return Issued(
        certificate=certificate,
        members=read_bundle(certificate.acr),
        root=world.keeper.certificates(KeyPurpose.VAULT)[-1],
        crl=world.keeper.crl(),
        folder=folder,
        world=world,
    )


def run(*command: str | Path) -> str:
    done = subprocess.run(
        command, capture_output=True, check=False, encoding="utf-8", timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_paper_is_pdf_a_2b_with_its_signature(issued: Issued) -> None:
    report = validate_pdf_bytes(
        issued.certificate.pdf, profile=ValidationProfile.PDF_A_2B
    )
    assert report.is_compliant, [failure.message for failure in report.failures]


def test_qpdf_and_pdfsig_accept_it(issued: Issued, need: Callable[[str], str]) -> None:
    path = issued.file("certificate.pdf", issued.certificate.pdf)
    assert "No syntax or stream encoding errors" in run(need("qpdf"), "--check", path)
    said = run(need("pdfsig"), "-nocert", path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_pyhanko_accepts_it(issued: Issued) -> None:
    reader = PdfFileReader(io.BytesIO(issued.certificate.pdf))
    (signature,) = reader.embedded_signatures
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(issued.root)],
        moment=issued.certificate.issued_at,
        crls=[asn1_crl.CertificateList.load(issued.crl)],
        allow_fetching=False,
        revocation_mode="require",
    )
    status = validate_pdf_signature(signature, context)
    assert status.intact
    assert status.valid
    assert status.trusted, status.pretty_print_details()


def test_openssl_accepts_signature_and_token(
    issued: Issued, need: Callable[[str], str]
) -> None:
    openssl = need("openssl")
    root = issued.file("root.pem", issued.members["trust/root.pem"])
    cms = issued.file("certificate.p7m", issued.members["certificate.p7m"])
    out = issued.folder / "facts.json"
    run(
        openssl, "cms", "-verify", "-cades", "-inform", "DER", "-in", cms,
        "-CAfile", root, "-purpose", "any", "-binary", "-out", out,
        "-attime", str(int(issued.certificate.issued_at.timestamp())),
    )  # fmt: skip
    assert issued.certificate.serial in out.read_text("utf-8")
    note = read_proof(issued.members["META-INF/manifest.tlog-proof"]).note
    token = issued.file("checkpoint.tst", issued.members["checkpoint.tst"])
    run(
        openssl, "ts", "-verify", "-token_in", "-in", token, "-CAfile", root,
        "-data", issued.file("note", note.encode()),
        "-attime", str(int(issued.world.clock.now().timestamp())),
    )  # fmt: skip


def test_the_enclosed_verifier_accepts_it_and_no_other(
    issued: Issued, need: Callable[[str], str]
) -> None:
    need("openssl")
    bundle = issued.file("bundle.acr", issued.certificate.acr)
    verifier = issued.file("verify.py", issued.members["verify.py"])

    def ask(path: Path, mark: str) -> int:
        command = [sys.executable, "-I", str(verifier), str(path), mark]
        return subprocess.run(
            command, capture_output=True, check=False, timeout=60
        ).returncode

    assert ask(bundle, fingerprint(issued.root)) == 0
    assert ask(bundle, "sha256:" + "0" * 64) == 13
    at = issued.certificate.acr.index(issued.world.pdf) + 9
    broken = bytearray(issued.certificate.acr)
    broken[at] ^= 1
    assert ask(issued.file("broken.acr", bytes(broken)), fingerprint(issued.root)) == 13


def test_our_own_verdict(issued: Issued) -> None:
    anchors = (Anchor(fingerprint=fingerprint(issued.root)),)
    bundle = inspect(issued.certificate.acr, name="c.acr", anchors=anchors)
    assert bundle.exit_code == 0, bundle.lines("en")
    assert TRIAL_MARK in bundle.verdict.ko
    paper = inspect(issued.certificate.pdf, name="c.pdf", anchors=anchors)
    assert paper.exit_code == 0, paper.lines("en")
    assert TRIAL_MARK in paper.verdict.ko
    assert inspect(issued.certificate.acr, name="c.acr").exit_code == 14


def test_one_flipped_bit_is_refused_anywhere(issued: Issued) -> None:
    anchors = (Anchor(fingerprint=fingerprint(issued.root)),)
    chance = np.random.default_rng(2026)
    for name, data in (
        ("c.acr", issued.certificate.acr),
        ("c.pdf", issued.certificate.pdf),
    ):
        for at in map(int, chance.choice(len(data), 60, replace=False)):
            broken = bytearray(data)
            broken[at] ^= 1 << int(chance.integers(8))
            report = inspect(bytes(broken), name=name, anchors=anchors)
            assert report.exit_code not in (0, 14), f"{name}: byte {at}"


def test_the_qr_reads_serial_leaf_and_root(issued: Issued) -> None:
    with pypdfium2.PdfDocument(issued.certificate.pdf) as paper:
        found = [
            code.text
            for page in paper
            for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())
        ]
    proof = read_proof(issued.members["META-INF/manifest.tlog-proof"])
    (text,) = found
    assert text.startswith(f"PAPERLESS-CERT/1 S={issued.certificate.serial} ")
    assert f" L={proof.index}/" in text
    assert "http" not in text


def test_every_page_carries_the_continuity_mark(issued: Issued) -> None:
    with pikepdf.open(io.BytesIO(issued.certificate.pdf)) as paper:
        pages = len(paper.pages)
    with pypdfium2.PdfDocument(issued.certificate.pdf) as paper:
        words = [page.get_textpage().get_text_bounded() for page in paper]
    assert pages == len(words) > 1
    for number, text in enumerate(words, 1):
        flat = text.replace("\r\n", "").replace(" ", "")
        assert f"{number}/{pages}" in flat
        assert issued.certificate.serial in flat
    assert TRIAL_MARK.replace(" ", "") in words[0].replace(" ", "")
