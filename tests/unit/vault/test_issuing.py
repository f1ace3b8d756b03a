from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
    StorageError,
    UnavailableError,
)
from paperless_kernel.base.facility import TRIAL_MARK, Facility, FacilityKind
from paperless_kernel.trust.bundle import read_bundle, read_proof
from paperless_kernel.trust.digest import canonical_json, sha256
from paperless_kernel.trust.evidence import check_record
from paperless_kernel.trust.merkle import check_inclusion, leaf_hash
from paperless_kernel.trust.notes import check_note
from paperless_kernel.trust.pdf import check_pdf
from paperless_kernel.trust.signatures import check_cms
from paperless_kernel.trust.timestamps import check_token
from paperless_kernel.vault.model import TAG_CERTIFIED, Annex, Purpose, Recipient


@pytest.fixture
def held(world: Any) -> str:
    annex = Annex(name="scan.ers", media="application/ers", data=b"scan record")
    page = Annex(name="replaced-3.jpg", media="image/jpeg", data=b"a blurred page")
    file = world.file(annexes=(annex, page))
    receipt = world.vault.deposit(world.clerk, world.one(file))
    return str(receipt.document_ids[0])


def test_the_bundle_proves_entry_document_and_facts(world: Any, held: str) -> None:
    made = world.vault.certify(world.clerk, world.request(held))
    members = read_bundle(made.acr)
    assert set(members) == {
        "META-INF/manifest.tlog-proof",
        "README.en.txt",
        "README.ko.txt",
        "annex/01.ers",
        "certificate.p7m",
        "checkpoint.tst",
        "doc/document.pdf",
        "evidencerecord.ers",
        "manifest.json",
        "trust/log.vkey",
        "trust/root.crl.pem",
        "trust/root.pem",
        "trust/tsa.pem",
        "trust/vault.pem",
        "verify.py",
    }
    assert members["doc/document.pdf"] == world.pdf
    assert members["annex/01.ers"] == b"scan record"
    proof = read_proof(members["META-INF/manifest.tlog-proof"])
    checkpoint = check_note(proof.note, [members["trust/log.vkey"].decode().strip()])
    entry = members["manifest.json"]
    check_inclusion(
        leaf_hash(entry), proof.index, checkpoint.size, proof.path, checkpoint.root
    )
    token = check_token(
        members["checkpoint.tst"], sha256(proof.note.encode()), "sha256"
    )
    assert token.gen_time == world.clock.now()
    check_record(members["evidencerecord.ers"], world.pdf)
    signed = json.loads(check_cms(members["certificate.p7m"]).content)
    said = json.loads(entry)
    assert said["subject"] == signed["facts"]["serial"] == made.serial
    assert said["body"]["facts_sha256"] == sha256(canonical_json(signed["facts"])).hex()
    for name, digest in signed["enclosed"].items():
        assert sha256(members[name]).hex() == digest
    unsigned = set(members) - set(signed["enclosed"])
    assert "annex/01.ers" not in unsigned
    assert "README.ko.txt" not in unsigned
    assert proof.index == made.leaf


def test_the_paper_is_signed_and_marked_as_trial(world: Any, held: str) -> None:
    made = world.vault.certify(world.clerk, world.request(held))
    facts = check_pdf(made.pdf)
    assert facts.standing == TRIAL_MARK
    assert TRIAL_MARK in facts.reason
    assert made.serial in facts.reason
    assert facts.signed_at == made.issued_at
    assert facts.title == "원본증명서"
    assert made.valid_until == dt.datetime(2027, 11, 23, 5, 45, 28, tzinfo=dt.UTC)


def test_a_facility_lifts_the_trial_mark(world: Any, held: str) -> None:
    world.facilities[FacilityKind.CENTRE] = Facility(
        kind=FacilityKind.CENTRE,
        holder="지정 보관기관",
        number="제1호",
        since=dt.date(2026, 1, 1),
        until=dt.date(2029, 1, 1),
    )
    facts = check_pdf(world.vault.certify(world.clerk, world.request(held)).pdf)
    assert TRIAL_MARK not in facts.reason
    assert "제1호" in facts.standing


def test_a_repeat_returns_the_same_and_other_content_is_refused(
    world: Any, held: str
) -> None:
    first = world.vault.certify(world.clerk, world.request(held))
    world.clock.advance(dt.timedelta(hours=1))
    assert world.vault.certify(world.clerk, world.request(held)) == first
    assert world.vault.certificate(world.clerk, first.serial) == first
    with pytest.raises(ConflictError):
        world.vault.certify(world.clerk, world.request(held, purpose="은행 제출용"))
    second = world.vault.certify(world.clerk, world.request(held, key="c-2"))
    assert second.serial != first.serial
    assert [entry.subject for entry in world.journal.entries(TAG_CERTIFIED)] == [
        first.serial,
        second.serial,
    ]


def test_the_log_names_nobody(world: Any, held: str) -> None:
    world.vault.certify(
        world.clerk, world.request(held, recipients=(Recipient(name="이수신"),))
    )
    (entry,) = world.journal.entries(TAG_CERTIFIED)
    assert entry.body["kind"] == "original"
    for secret in ("홍길동", "이수신", "1980", "법원", "임대차"):
        assert secret.encode() not in entry.raw


def test_lists_and_public_look_up(world: Any, held: str) -> None:
    made = world.vault.certify(world.clerk, world.request(held))
    (line,) = world.vault.certificates(world.clerk)
    assert line == world.vault.issued(made.serial)
    assert world.vault.certificates(world.stranger) == ()
    assert len(world.vault.certificates(world.operator)) == 1
    with pytest.raises(NotAllowedError):
        world.vault.certificates(world.stranger, "t-one")
    for serial in ("", "00"):
        with pytest.raises(NotFoundError):
            world.vault.issued(serial)


def test_who_may_ask(world: Any, held: str) -> None:
    with pytest.raises(NotFoundError):
        world.vault.certify(world.stranger, world.request(held))
    with pytest.raises(NotAllowedError, match="not granted"):
        world.vault.certify(world.operator, world.request(held))
    with pytest.raises(NotAllowedError):
        world.vault.certify(world.auditor, world.request(held))
    with pytest.raises(InputError):
        world.vault.certify(world.clerk, world.request(held, purpose=" "))
    world.vault.grant(world.boss, "t-one", Purpose.CERTIFY)
    made = world.vault.certify(world.operator, world.request(held))
    with pytest.raises(NotFoundError):
        world.vault.certificate(world.stranger, made.serial)


def test_a_crash_after_the_entry_is_completed_by_the_repeat(
    world: Any, held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_data: bytes) -> str:
        raise StorageError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(world.blobs, "put", full)
        with pytest.raises(StorageError):
            world.vault.certify(world.clerk, world.request(held))
    (line,) = world.vault.certificates(world.clerk)
    with pytest.raises(NotYetError):
        world.vault.certificate(world.clerk, line.serial)
    assert world.vault.audit(world.auditor).unfinished == (
        f"certificate {line.serial}",
    )
    world.clock.advance(dt.timedelta(minutes=3))
    made = world.vault.certify(world.clerk, world.request(held))
    assert (made.serial, made.issued_at) == (line.serial, line.issued_at)
    assert len(list(world.journal.entries(TAG_CERTIFIED))) == 1


def test_a_silent_authority_keeps_the_work(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_request: bytes) -> bytes:
        raise UnavailableError("no answer")

    with monkeypatch.context() as broken:
        broken.setattr(world.keeper, "stamp", silent)
        receipt = world.vault.deposit(world.clerk, world.one())
        (document_id,) = receipt.document_ids
        with pytest.raises(UnavailableError):
            world.vault.certify(world.clerk, world.request(document_id))
        report = world.vault.audit(world.auditor)
        assert [each.kind for each in report.findings] == ["token"]
    assert world.vault.certify(world.clerk, world.request(document_id)).acr
    assert world.vault.audit(world.auditor).clean
