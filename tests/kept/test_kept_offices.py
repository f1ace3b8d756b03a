"""Offices of earlier versions open, migrate, audit green; their proofs still hold."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.adapters.prooffiles import judge
from paperless_kernel.base.clock import SystemClock
from paperless_kernel.base.errors import NotAllowedError
from paperless_kernel.config import load
from paperless_kernel.demo.people import actor
from paperless_kernel.flows.scan_to_vault import hand_over
from paperless_kernel.founding import JOURNALS
from paperless_kernel.office import Office, open_office
from paperless_kernel.scan.disposal.model import Method
from paperless_kernel.trust.anchors import Anchor
from paperless_kernel.trust.merkle import leaf_hash, tree_root
from paperless_kernel.trust.notes import check_note
from paperless_kernel.wiring import MACHINE

KEPT = sorted(Path(__file__).parent.glob("*.tar.xz"))


def paperless(home: Path, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "paperless_kernel", "--home", home, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def opened(home: Path) -> Office:
    secret = (home / "passphrase").read_bytes().strip()
    return open_office(load(home=str(home)), passphrase=lambda: secret)


@pytest.fixture(params=KEPT, ids=lambda each: each.name)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "office"


@pytest.mark.slow
def test_it_opens_migrates_and_audits_green(home: Path) -> None:
    opened(home).close()
    report = paperless(home, "vault", "audit", "--json")
    assert report["findings"] == []
    assert report["documents"] == 1
    opened(home).close()  # a second opening finds nothing left to migrate
    assert paperless(home, "vault", "audit", "--json")["findings"] == []


def test_its_logs_only_grew(home: Path) -> None:
    """The checkpoints published then are the beginnings of the logs of now."""
    then = next((home / "out").glob("*/checkpoints"))
    with opened(home) as office:
        for name in JOURNALS:
            vkey = (then / f"{name}.vkey").read_text("utf-8").strip()
            note = (then / f"{name}.note").read_text("utf-8")
            checkpoint = check_note(note, [vkey])
            assert vkey == office.keeper.vkey(name)
            leaves = [entry.raw for entry in office.journals[name].entries()]
            assert len(leaves) >= checkpoint.size
            known = [leaf_hash(each) for each in leaves[: checkpoint.size]]
            assert tree_root(known) == checkpoint.root


def test_its_proofs_still_verify(home: Path) -> None:
    out = next((home / "out").iterdir())
    files = [
        *out.glob("sealed/*.pdf"),
        *out.glob("certificate-of-original.*"),
        *out.glob("distribution-*.pdf"),
        *out.glob("invoice-*.pdf"),
    ]
    assert len(files) == 6
    with opened(home) as office:
        anchors = [Anchor(fingerprint=office.root_fingerprint)]
        anchors += [Anchor(vkey=office.keeper.vkey(name)) for name in JOURNALS]
    for file in files:
        report = judge(file, anchors=anchors, at=SystemClock().now())
        assert report.exit_code == 0, (file.name, report.lines("en"))


def test_a_changed_one_does_not(home: Path) -> None:
    file = next((home / "out").glob("*/certificate-of-original.pdf"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    done = subprocess.run(
        [sys.executable, "-m", "paperless_kernel", "verify", file, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0


def test_work_begun_then_is_finished_today(home: Path) -> None:
    """A batch closed under the first version is inspected, sealed and handed over."""
    with opened(home) as office:
        scan = office.scan
        operator, inspector = actor(office, "operator"), actor(office, "inspector")
        manager = actor(office, "manager")
        box = next(each for each in scan.boxes(manager) if each.seal == "KEPT-1")
        (batch,) = scan.batches(manager, box.id)
        for page in scan.pages(inspector, batch.id):
            scan.accept_page(inspector, page.id)
        for document in scan.documents(operator, batch.id):
            scan.index(operator, document.id, title="그때 스캔한 문서", kind="문서")
            scan.pass_document(inspector, document.id)
        scan.seal(manager, batch.id)
        assert len(hand_over(scan, office.vault, MACHINE, batch.id)) == 1
        # Its box came without a work order: whether its paper may go is not known.
        verdict = scan.may_destroy(manager, box.id)
        assert not verdict.allowed
        with pytest.raises(NotAllowedError):
            scan.shred_box(
                manager,
                box.id,
                method=Method.SHREDDING,
                person=operator.id,
                witness=manager.id,
                device="shredder",
            )
        scan.return_box(manager, box.id)
        assert any("제" in str(reason) for reason in verdict.reasons)
    assert paperless(home, "vault", "audit", "--json")["findings"] == []
