"""One changed byte anywhere in anything the demo made is found and named."""

from __future__ import annotations

import random  # noqa: TID251 - seeded
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.adapters.prooffiles import judge
from paperless_kernel.config import load
from paperless_kernel.demo.people import OFFICE_NAME, PASSPHRASE
from paperless_kernel.founding import JOURNALS, make_office
from paperless_kernel.office import open_office
from paperless_kernel.trust.anchors import Anchor
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.pki import fingerprint
from paperless_kernel.trust.report import PartName, ProofKind, Report, State
from paperless_kernel.trust.verify import inspect

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
POSITIONS = 200
Judge = Callable[..., Report]


@pytest.fixture(scope="module")
def anchors(told: Any) -> list[Anchor]:
    with open_office(load({}, home=str(told.home)), reader=True) as office:
        return [
            Anchor(fingerprint=office.root_fingerprint),
            *(Anchor(vkey=office.keeper.vkey(name)) for name in JOURNALS),
        ]


@pytest.fixture(scope="module")
def inspected(told: Any, anchors: list[Anchor]) -> Judge:
    with open_office(load({}, home=str(told.home)), reader=True) as office:
        at = office.clock.now()

    def call(data: bytes, name: str, evidence: bytes | None = None) -> Report:
        return inspect(data, name=name, anchors=anchors, evidence=evidence, at=at)

    return call


def flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :]


UNSIGNED = ("letter", "story")
"""Prints for people; nobody signs them."""


def proofs(out: Path) -> list[Path]:
    found = [*out.rglob("*.pdf"), *out.rglob("*.acr"), *out.rglob("*.note")]
    return sorted(each for each in found if not each.name.startswith(UNSIGNED))


def broken(report: Report) -> set[PartName]:
    return {part.name for part in report.parts if part.state is State.BAD}


def test_each_kind_of_proof_is_among_them(told: Any, inspected: Judge) -> None:
    kinds = set()
    for file in proofs(told.out):
        beside = file.with_suffix(".ers")
        record = beside.read_bytes() if beside.is_file() else None
        report = inspected(file.read_bytes(), file.name, record)
        assert report.exit_code == 0, (file, report)
        kinds.add(report.kind)
    assert kinds == {
        ProofKind.SEALED_SCAN,
        ProofKind.CERTIFICATE,
        ProofKind.DISTRIBUTION,
        ProofKind.INVOICE,
        ProofKind.PAPER,
        ProofKind.BUNDLE,
        ProofKind.CHECKPOINT,
    }


def test_a_byte_changed_in_a_proof_is_named(told: Any, inspected: Judge) -> None:
    for file in proofs(told.out):
        chance, data = random.Random(file.name), file.read_bytes()
        beside = file.with_suffix(".ers")
        record = beside.read_bytes() if beside.is_file() else None
        for _ in range(POSITIONS):
            report = inspected(flipped(data, chance), file.name, record)
            assert report.exit_code == 13, (file, report)
            assert PartName.INTACT in broken(report), (file, report)
            assert report.verdict.en.startswith("NO - intact: "), report.verdict
            assert report.verdict.ko.startswith("아니오 - 온전성: "), report.verdict


def test_a_byte_changed_in_a_record_breaks_the_time_alone(
    told: Any, inspected: Judge
) -> None:
    for record in sorted(told.out.rglob("*.ers")):
        chance, data = random.Random(record.name), record.read_bytes()
        document = record.with_suffix(".pdf")
        for _ in range(POSITIONS):
            report = inspected(
                document.read_bytes(), document.name, flipped(data, chance)
            )
            assert report.exit_code == 13
            assert broken(report) == {PartName.TIME}, report
            assert report.part(PartName.SIGNER).state is State.GOOD
            assert report.verdict.en.startswith("NO - time: "), report.verdict


def test_a_workbook_is_no_proof_and_says_which_invoice(
    told: Any, inspected: Judge
) -> None:
    (file,) = told.out.glob("*.xlsx")
    number, data = told.json["invoices"][0]["number"], file.read_bytes()
    report = inspected(data, file.name)
    assert report.exit_code == 4
    assert "not a proof" in report.verdict.en
    assert number in report.verdict.en
    assert number in report.verdict.ko
    chance = random.Random(file.name)
    for _ in range(POSITIONS):
        changed = inspected(flipped(data, chance), file.name)
        assert changed.exit_code == 4
        assert "not a proof" in changed.verdict.en


def test_the_record_of_another_document_is_refused(
    told: Any, anchors: list[Anchor], tmp_path: Path
) -> None:
    first, second = sorted(told.out.glob("sealed/*.pdf"))
    there = shutil.copy(first, tmp_path / first.name)
    own = shutil.copy(first.with_suffix(".ers"), tmp_path)
    assert judge(Path(there), anchors=anchors).exit_code == 0
    shutil.copy(second.with_suffix(".ers"), own)
    report = judge(Path(there), anchors=anchors)
    assert report.exit_code == 13
    assert broken(report) == {PartName.TIME}


def test_without_its_record_it_says_that_the_time_is_not_in_the_file(
    told: Any, anchors: list[Anchor], tmp_path: Path
) -> None:
    first = min(told.out.glob("sealed/*.pdf"))
    report = judge(Path(shutil.copy(first, tmp_path)), anchors=anchors)
    assert report.exit_code == 0
    assert report.part(PartName.TIME).state is State.ABSENT
    assert "time not in this file" in report.verdict.en


def test_proofs_of_another_office_are_intact_but_not_anchored(
    told: Any, anchors: list[Anchor], tmp_path: Path
) -> None:
    settings = load({}, home=str(tmp_path / "other"))
    make_office(settings, name=OFFICE_NAME, kind="demo", passphrase=lambda: PASSPHRASE)
    with open_office(settings, passphrase=lambda: PASSPHRASE) as other:
        (root,) = other.keeper.certificates(KeyPurpose.ROOT)
        strange = [
            Anchor(fingerprint=fingerprint(root)),
            *(Anchor(vkey=other.keeper.vkey(name)) for name in JOURNALS),
        ]
    for file in proofs(told.out):
        report = judge(file, anchors=strange)
        assert report.exit_code == 14, (file, report)
        assert not broken(report)
        unknown = {one.name for one in report.parts if one.state is State.UNKNOWN}
        assert unknown & {PartName.SIGNER, PartName.INTACT}, report
        assert judge(file, anchors=anchors).exit_code == 0


def test_the_command_gives_the_same_verdict(
    told: Any, run: Callable[..., Any], tmp_path: Path
) -> None:
    home = told.home
    file = told.out / "certificate-of-original.pdf"
    good = run(home, "verify", str(file), "--lang", "en")
    assert good.returncode == 0, (good.stdout, good.stderr)
    assert "YES - intact" in good.stdout
    assert "not issued by a designated" in good.stdout
    bad = tmp_path / file.name
    bad.write_bytes(flipped(file.read_bytes(), random.Random(1)))
    refused = run(home, "verify", str(bad), "--lang", "en")
    assert refused.returncode == 13
    assert "NO - intact" in refused.stdout
    stranger = run(tmp_path / "no-office", "verify", str(file), "--lang", "en")
    assert stranger.returncode == 14
    assert "not anchored" in stranger.stdout
