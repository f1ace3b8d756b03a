from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pikepdf import AttachedFileSpec, Pdf

from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.facility import TRIAL_MARK, TRIAL_MARK_EN
from paperless_kernel.scan.sealing.assemble import PageImage, assemble
from paperless_kernel.scan.sealing.xmp import DocumentFacts
from paperless_kernel.store.journal import LogProof
from paperless_kernel.trust.bundle import read_bundle, write_bundle
from paperless_kernel.trust.digest import canonical_json
from paperless_kernel.trust.evidence import HashTree, make_record
from paperless_kernel.trust.keys import Signer
from paperless_kernel.trust.merkle import inclusion_path, leaf_hash, tree_root
from paperless_kernel.trust.notes import Checkpoint, sign_note, vkey
from paperless_kernel.trust.pdf import (
    PdfKind,
    check_pdf,
    fill_signature,
    prepare_signature,
)
from paperless_kernel.trust.pki import fingerprint
from paperless_kernel.trust.report import PartName, ProofKind, Report, State
from paperless_kernel.trust.signatures import sign_cms
from paperless_kernel.trust.verify import Anchor, inspect, read_anchor
from paperless_kernel.vault.acr import (
    Proofs,
    TrustFiles,
    enclosures,
    signed_content,
)
from paperless_kernel.vault.acr import assemble as assemble_acr

ORIGIN = "office.example/vault"
FLIPS = 200
JPEG = bytes.fromhex("ffd8") + bytes(2000) + bytes.fromhex("ffd9")


@dataclass(frozen=True)
class Mark:
    data: bytes = bytes(25)
    width: int = 100
    height: int = 2


@dataclass(frozen=True)
class Office:
    """What a small office made: each kind of proof once."""

    anchors: tuple[Anchor, ...]
    scan: bytes
    record: bytes
    paper: bytes
    bundle: bytes
    note: bytes


@pytest.fixture(scope="module")
def office(trial: Any) -> Office:
    scan = _scan(trial)
    batch = [sha256(scan).digest(), bytes(32), sha256(b"other").digest()]
    tree = HashTree(batch)
    bundle = _bundle(trial)
    return Office(
        anchors=(Anchor(fingerprint=fingerprint(trial.root)), Anchor(vkey=trial.vkey)),
        scan=scan,
        record=make_record(tree, 0, trial.stamp(tree.root)),
        paper=_paper(trial, bundle),
        bundle=bundle,
        note=_note(trial, [b"a", b"b"]).encode(),
    )


def _scan(trial: Any, *, plain: bool = False, stamp: Any = None) -> bytes:
    facts = DocumentFacts(
        title="계약서",
        made_at=trial.at,
        standing=TRIAL_MARK,
        signer_name="Trial office",
        plain=plain,
    )
    side = PageImage(data=JPEG, kind="jpeg", width=620, height=877, dpi=75)
    prepared = assemble([side], facts, Mark())
    return fill_signature(prepared, trial.scan, crls=[trial.crl], stamp=stamp)


def _paper(
    trial: Any,
    attachment: bytes = b"",
    standing: str = TRIAL_MARK,
    signer: Signer | None = None,
) -> bytes:
    out = BytesIO()
    with Pdf.new() as paper:
        paper.add_blank_page()
        if attachment:
            paper.attachments["proof.acr"] = AttachedFileSpec(paper, attachment)
        paper.save(out, static_id=True)
    prepared = prepare_signature(
        out.getvalue(),
        name="Trial office",
        reason="원본증명서",
        location="Seoul",
        signed_at=trial.at,
        kind=PdfKind.CERTIFICATE,
        standing=standing,
    )
    return fill_signature(prepared, signer or trial.vault)


def _note(trial: Any, leaves: list[bytes]) -> str:
    cp = Checkpoint(origin=ORIGIN, size=len(leaves), root=tree_root(leaves))
    return sign_note(cp, ORIGIN, trial.log_public, trial.log.sign)


def _bundle(trial: Any, document: bytes = b"%PDF-1.7 held", origin: str = "") -> bytes:
    digest = sha256(document).digest()
    facts: dict[str, Json] = {
        "serial": "2.25.1",
        "issued_at": "2026-11-23T05:45:29.000Z",
        "valid_until": "2027-11-23T05:45:29.000Z",
        "standing": TRIAL_MARK,
        "document": {"sha256": digest.hex(), **({"origin": origin} if origin else {})},
    }
    said = sha256(canonical_json(facts)).hexdigest()
    entry = canonical_json({"body": {"facts_sha256": said}, "id": "2.25.2"})
    leaves = [leaf_hash(b"%d" % one) for one in range(6)]
    leaves[3] = leaf_hash(entry)
    note = _note(trial, leaves)
    tree = HashTree([digest, bytes(32)])
    chain = trial.vault.certificates
    trust = TrustFiles(vault=chain, tsa=chain, crl=trial.crl, vkey=trial.vkey)
    texts = {"README.txt": "읽기".encode(), "verify.py": b"print()\n"}
    enclosed = enclosures("application/pdf", document, (), trust, texts)
    cms = sign_cms(
        signed_content(facts, enclosed),
        trial.vault,
        detached=False,
        signed_at=trial.at,
        content_type="2.25.3",
        crls=[trial.crl],
    )
    path = inclusion_path(leaves, 3)
    proofs = Proofs(
        log=LogProof(entry=entry, index=3, size=6, path=path, note=note),
        token=trial.stamp(sha256(note.encode()).digest()),
        record=make_record(tree, 0, trial.stamp(tree.root)),
    )
    return assemble_acr(enclosed, proofs, cms)


def _states(report: Report) -> Mapping[str, str]:
    return {one.name.value: one.state.value for one in report.parts}


GOOD = dict.fromkeys(("intact", "signer", "time", "log", "validity"), "good")


def test_a_sealed_scan_with_its_record(office: Office) -> None:
    report = inspect(office.scan, anchors=office.anchors, evidence=office.record)
    assert report.kind is ProofKind.SEALED_SCAN
    assert report.exit_code == 0
    assert _states(report) == GOOD | {"log": "absent", "standing": "absent"}
    assert TRIAL_MARK in report.verdict.ko
    assert TRIAL_MARK_EN in report.verdict.en
    assert "2026-11-23 14:45:29 KST" in report.part(PartName.TIME).text.ko


def test_a_signature_may_carry_its_own_time(trial: Any, office: Office) -> None:
    stamped = _scan(trial, stamp=trial.stamp)
    report = inspect(stamped, anchors=office.anchors)
    assert report.exit_code == 0
    assert "the signature of this file existed" in report.part(PartName.TIME).text.en
    assert "time proven" in report.verdict.en
    tree = HashTree([sha256(stamped).digest(), bytes(32)])
    record = make_record(tree, 0, trial.stamp(tree.root))
    both = inspect(stamped, anchors=office.anchors, evidence=record)
    assert both.exit_code == 0
    assert both.part(PartName.TIME).text.en.count("existed at") == 2
    other = _scan(trial, stamp=lambda _: trial.stamp(bytes(32)))
    assert inspect(other, anchors=office.anchors).exit_code == 13


def test_no_byte_of_a_stamped_scan_can_be_otherwise(
    trial: Any, office: Office, assert_flips_refused: Any
) -> None:
    stamped = _scan(trial, stamp=trial.stamp)
    assert_flips_refused(stamped, check_pdf)


def test_a_plain_scan_says_so_in_the_verdict(trial: Any, office: Office) -> None:
    report = inspect(_scan(trial, plain=True), anchors=office.anchors)
    assert report.kind is ProofKind.PLAIN_SCAN
    assert "일반스캔" in report.verdict.ko
    assert "a plain scan" in report.verdict.en
    assert "plain" not in inspect(office.scan, anchors=office.anchors).verdict.en


def test_a_certificate_of_a_plain_scan_says_so_too(trial: Any, office: Office) -> None:
    bundle = _bundle(trial, origin="일반스캔 · Plain scan")
    report = inspect(bundle, anchors=office.anchors)
    assert (report.exit_code, report.plain) == (0, True)
    assert "a plain scan" in report.verdict.en
    paper = inspect(_paper(trial, bundle), anchors=office.anchors)
    assert "일반스캔" in paper.verdict.ko
    assert not inspect(office.bundle, anchors=office.anchors).plain
    assert "plain" not in inspect(office.paper, anchors=office.anchors).verdict.en


def test_an_unsigned_pdf_is_no_proof_and_not_damaged(office: Office) -> None:
    out = BytesIO()
    with Pdf.new() as paper:
        paper.add_blank_page()
        paper.save(out, static_id=True)
    report = inspect(out.getvalue(), name="letter.pdf", anchors=office.anchors)
    assert report.kind is ProofKind.UNSIGNED
    assert report.exit_code == 4
    assert "unsigned PDF, not a proof" in report.verdict.en
    assert inspect(out.getvalue()[:-20], name="a.pdf").exit_code == 13
    hidden = office.scan.replace(b"/AcroForm", b"/AcroFarm")
    assert inspect(hidden, anchors=office.anchors).exit_code == 13


def test_a_sealed_scan_alone_says_that_time_is_missing(office: Office) -> None:
    report = inspect(office.scan, anchors=office.anchors)
    assert report.exit_code == 0
    assert "시각 증명은 이 파일에 없음" in report.verdict.ko
    assert "time not in this file" in report.verdict.en


def test_a_record_of_another_document_is_refused(office: Office) -> None:
    report = inspect(office.paper, anchors=office.anchors, evidence=office.record)
    assert report.exit_code == 13
    assert report.part(PartName.TIME).state is State.BAD


def test_a_certificate_with_its_bundle_inside(office: Office) -> None:
    report = inspect(office.paper, anchors=office.anchors)
    assert report.kind is ProofKind.CERTIFICATE
    assert report.exit_code == 0
    assert _states(report) == GOOD | {"time": "absent", "standing": "absent"}
    assert "proof.acr" in report.part(PartName.LOG).text.en


def test_a_damaged_bundle_inside_is_refused(office: Office, trial: Any) -> None:
    broken = office.bundle.replace(b"held", b"hold")
    report = inspect(_paper(trial, broken), anchors=office.anchors)
    assert report.exit_code == 13
    assert "doc/document.pdf" in report.verdict.en


def test_a_designated_issuer_is_shown(trial: Any, office: Office) -> None:
    paper = _paper(trial, standing="designated-centre X 1")
    report = inspect(paper, anchors=office.anchors)
    assert report.part(PartName.STANDING).state is State.GOOD
    assert "designated-centre X 1" in report.verdict.en
    assert TRIAL_MARK not in report.verdict.ko


def test_a_time_stamping_key_may_sign_no_paper(trial: Any, office: Office) -> None:
    report = inspect(_paper(trial, signer=trial.stamper), anchors=office.anchors)
    assert report.exit_code == 13
    assert "time-stamp" in report.verdict.en


def test_a_bundle(office: Office) -> None:
    report = inspect(office.bundle, anchors=office.anchors)
    assert report.kind is ProofKind.BUNDLE
    assert report.exit_code == 0, report.lines("en")
    assert _states(report) == GOOD | {"standing": "absent"}
    assert "entry 3 of 6" in report.part(PartName.LOG).text.en
    assert "the document existed" in report.part(PartName.TIME).text.en
    report = inspect(office.bundle, anchors=office.anchors[:1])
    assert report.exit_code == 0


def test_an_expired_certificate_is_said_to_be(office: Office, trial: Any) -> None:
    later = trial.at + dt.timedelta(days=366)
    report = inspect(office.bundle, anchors=office.anchors, at=later)
    assert report.part(PartName.VALIDITY).state is State.BAD
    assert report.exit_code == 13
    decades = trial.at + dt.timedelta(days=3000)
    timeless = inspect(office.scan, anchors=office.anchors, at=decades)
    assert "expired" in timeless.part(PartName.VALIDITY).text.en
    assert timeless.exit_code == 13
    proven = inspect(
        office.scan, anchors=office.anchors, evidence=office.record, at=decades
    )
    assert proven.exit_code == 0


def test_a_checkpoint_needs_its_key(office: Office, trial: Any) -> None:
    report = inspect(office.note, anchors=office.anchors)
    assert report.kind is ProofKind.CHECKPOINT
    assert report.exit_code == 0
    assert "2 entries" in report.part(PartName.LOG).text.en
    without = inspect(office.note)
    assert without.exit_code == 14
    assert without.fingerprint == "+".join(trial.vkey.split("+")[:2])


@pytest.mark.parametrize("what", ["scan", "paper", "bundle"])
def test_without_an_anchor_the_fingerprint_is_shown(
    what: str, office: Office, trial: Any
) -> None:
    other = Anchor(fingerprint="sha256:" + "0" * 64)
    for anchors in ((), (other,)):
        report = inspect(getattr(office, what), anchors=anchors)
        assert report.exit_code == 14
        assert report.part(PartName.INTACT).state is State.GOOD
        assert report.fingerprint == fingerprint(trial.root)
        assert fingerprint(trial.root) in report.verdict.en


def test_another_key_for_a_trusted_log_is_refused(office: Office) -> None:
    other = Anchor(vkey=vkey(ORIGIN, bytes(32)))
    report = inspect(office.bundle, anchors=(office.anchors[0], other))
    assert report.part(PartName.LOG).state is State.BAD
    assert inspect(office.note, anchors=(other,)).exit_code == 13


def test_a_record_alone_asks_for_its_document(office: Office) -> None:
    report = inspect(office.record, name="x.ers")
    assert report.kind is ProofKind.RECORD
    assert report.exit_code == 3
    assert "문서와 함께" in report.verdict.ko


def test_any_document_with_its_record(office: Office, trial: Any) -> None:
    tree = HashTree([sha256(b"a letter").digest()])
    record = make_record(tree, 0, trial.stamp(tree.root))
    report = inspect(b"a letter", anchors=office.anchors, evidence=record)
    assert report.kind is ProofKind.DOCUMENT
    assert report.exit_code == 0
    assert report.verdict.en == "YES - intact, unsigned, time proven"
    assert inspect(b"a lettes", evidence=record).exit_code == 13
    stranger = inspect(b"a letter", evidence=record)
    assert stranger.exit_code == 14
    assert fingerprint(trial.root) in stranger.verdict.ko


def test_a_spreadsheet_is_no_proof_but_names_its_invoice() -> None:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr(
            "docProps/core.xml", "<c><dc:title>INV-2026-11-0001</dc:title></c>"
        )
    report = inspect(out.getvalue(), name="a.xlsx")
    assert report.kind is ProofKind.NOT_A_PROOF
    assert report.exit_code == 4
    assert "not a proof" in report.verdict.en
    assert "INV-2026-11-0001" in report.verdict.ko


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\3\4", b"\x89PNG\r\n", b"0\x82"])
def test_anything_else_is_no_proof(data: bytes) -> None:
    assert inspect(data).exit_code == 4


def _flip(data: bytes, number: int) -> bytes:
    chance = sha256(b"%d" % number).digest()
    flipped = bytearray(data)
    flipped[int.from_bytes(chance[:4]) % len(data)] ^= 1 << chance[4] % 8
    return bytes(flipped)


def _said(report: Report) -> bool:
    """Tell whether a refusal names a part that broke."""
    broken = [one for one in report.parts if one.state is State.BAD]
    named = broken and all(one.text.en and one.text.ko for one in broken)
    return bool(report.exit_code == 13 and named and "NO" in report.verdict.en)


@pytest.mark.parametrize("what", ["scan", "paper", "bundle", "note"])
def test_every_flipped_byte_is_refused(what: str, office: Office) -> None:
    data = getattr(office, what)
    ending = {"bundle": ".acr", "note": ".note"}.get(what, ".pdf")
    for number in range(FLIPS):
        flipped = _flip(data, number)
        report = inspect(flipped, name=f"x{ending}", anchors=office.anchors)
        assert _said(report), (number, report.lines("en"))
        assert inspect(flipped, anchors=office.anchors).exit_code != 0


def test_every_flipped_byte_of_a_record_is_refused(office: Office) -> None:
    for number in range(FLIPS):
        record = _flip(office.record, number)
        report = inspect(office.scan, anchors=office.anchors, evidence=record)
        assert _said(report), (number, report.lines("en"))
        assert report.part(PartName.TIME).state is State.BAD


def test_every_flipped_byte_in_a_member_is_refused(office: Office) -> None:
    """Whoever repairs the ZIP around a changed member is found out too."""
    members = read_bundle(office.bundle)
    for name, data in members.items():
        for number in range(20):
            forged = write_bundle(members | {name: _flip(data, number)})
            report = inspect(forged, anchors=office.anchors)
            assert _said(report), (name, number, report.lines("en"))


def test_members_cannot_come_or_go(office: Office) -> None:
    members = read_bundle(office.bundle)
    needed = set(members) - {"checkpoint.tst", "evidencerecord.ers"}
    forgeries = [
        {**members, "doc/second.pdf": b"x"},
        *({n: d for n, d in members.items() if n != gone} for gone in needed),
    ]
    for forged in forgeries:
        assert inspect(write_bundle(forged), anchors=office.anchors).exit_code == 13


def test_a_bundle_may_lack_its_time(office: Office) -> None:
    members = read_bundle(office.bundle)
    del members["checkpoint.tst"], members["evidencerecord.ers"]
    report = inspect(write_bundle(members), anchors=office.anchors)
    assert report.exit_code == 0
    assert report.part(PartName.TIME).state is State.ABSENT


def test_the_report_in_words_and_values(office: Office) -> None:
    report = inspect(office.bundle, anchors=office.anchors)
    ko, en = report.lines("ko"), report.lines("en")
    assert ko[0] == ".acr 증명 묶음"
    assert len(ko) == len(en)
    assert ko[-1].startswith("판정: 예")
    assert en[-1].startswith("verdict: YES")
    values = report.as_dict()
    assert values["kind"] == "bundle"
    assert values["exit_code"] == 0
    assert canonical_json(values)
    parts = values["parts"]
    assert isinstance(parts, list)
    assert len(parts) == 6


def test_anchors_are_read_from_what_people_have(trial: Any) -> None:
    mark = fingerprint(trial.root)
    pem = x509.load_der_x509_certificate(trial.root).public_bytes(Encoding.PEM)
    digits = mark.removeprefix("sha256:").upper()
    spread = ":".join(digits[i : i + 2] for i in range(0, 64, 2))
    for given in (mark, f" {digits}\n", spread, trial.root, pem, mark.encode()):
        assert read_anchor(given) == Anchor(fingerprint=mark)
    assert read_anchor(f"{trial.vkey}\n") == Anchor(vkey=trial.vkey)
    for wrong in ("", "sha256:12", b"\x30\x03", b"\xff\xfe", "a+b", pem[:60]):
        with pytest.raises(InputError):
            read_anchor(wrong)
