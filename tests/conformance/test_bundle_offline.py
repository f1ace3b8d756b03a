"""The checker inside a bundle: plain Python and openssl, no package, no network."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from paperless_kernel.base.events import Json
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.store.journal import LogProof
from paperless_kernel.trust.bundle import read_bundle, write_bundle
from paperless_kernel.trust.digest import canonical_json
from paperless_kernel.trust.evidence import HashTree, make_record
from paperless_kernel.trust.merkle import inclusion_path, leaf_hash, tree_root
from paperless_kernel.trust.notes import Checkpoint, sign_note
from paperless_kernel.trust.pki import fingerprint
from paperless_kernel.trust.signatures import sign_cms
from paperless_kernel.vault.acr import (
    Proofs,
    TrustFiles,
    assemble,
    enclosures,
    signed_content,
)

pytestmark = pytest.mark.outside
ORIGIN = "office.example/vault"
DOCUMENT = b"%PDF-1.7 held"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def bundle(trial: Any, repository: Path) -> bytes:
    digest = sha256(DOCUMENT).digest()
    facts: dict[str, Json] = {
        "serial": "2.25.1",
        "issued_at": "2026-11-23T05:45:29.000Z",
        "valid_until": "2027-11-23T05:45:29.000Z",
        "standing": TRIAL_MARK,
        "applicant": {"name": "홍길동\n\x7f\u2028"},
        "document": {"sha256": digest.hex()},
    }
    said = sha256(canonical_json(facts)).hexdigest()
    entry = canonical_json({"body": {"facts_sha256": said}, "id": "2.25.2"})
    leaves = [leaf_hash(b"%d" % one) for one in range(7)]
    leaves[6] = leaf_hash(entry)
    cp = Checkpoint(origin=ORIGIN, size=7, root=tree_root(leaves))
    note = sign_note(cp, ORIGIN, trial.log_public, trial.log.sign)
    folder = repository / "data/bundle"
    texts = {file.name: file.read_bytes() for file in folder.iterdir()}
    chain = trial.vault.certificates
    trust = TrustFiles(vault=chain, tsa=chain, crl=trial.crl, vkey=trial.vkey)
    enclosed = enclosures("application/pdf", DOCUMENT, (), trust, texts)
    cms = sign_cms(
        signed_content(facts, enclosed),
        trial.vault,
        detached=False,
        signed_at=trial.at,
        content_type="2.25.263639001655067365397494909051168627742.1",
        crls=[trial.crl],
    )
    tree = HashTree([digest])
    proofs = Proofs(
        log=LogProof(
            entry=entry, index=6, size=7, path=inclusion_path(leaves, 6), note=note
        ),
        token=trial.stamp(sha256(note.encode()).digest()),
        record=make_record(tree, 0, trial.stamp(tree.root)),
    )
    return assemble(enclosed, proofs, cms)


@pytest.fixture
def run(need: Callable[[str], str], tmp_path: Path) -> Run:
    """Run the checker from inside a bundle with the system's own Python."""
    python = need("python3")
    openssl = Path(need("openssl")).parent

    def start(data: bytes, *args: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "bundle.acr"
        file.write_bytes(data)
        with ZipFile(BytesIO(data)) as archive:
            (tmp_path / "verify.py").write_bytes(archive.read("verify.py"))
        return subprocess.run(
            [python, "-I", "-S", "-W", "error", "verify.py", file, *args],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=tmp_path,
            env={"PATH": str(openssl), "LC_ALL": "C"},
        )

    return start


def test_it_says_yes(bundle: bytes, trial: Any, run: Run) -> None:
    done = run(bundle, fingerprint(trial.root))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "YES / 예" in done.stdout
    assert TRIAL_MARK in done.stdout
    assert "entry 6 of 7" in done.stdout
    assert "Nov 23 05:45:29 2026 UTC" in done.stdout
    assert not done.stderr


def test_it_asks_for_the_fingerprint(bundle: bytes, trial: Any, run: Run) -> None:
    done = run(bundle)
    assert done.returncode == 14
    assert "NOT ANCHORED" in done.stdout
    assert fingerprint(trial.root) in done.stdout
    other = run(bundle, "sha256:" + "0" * 64)
    assert other.returncode == 13
    assert "NO / 아니오" in other.stdout


def test_it_says_no_to_every_changed_member(
    bundle: bytes, trial: Any, run: Run
) -> None:
    members = read_bundle(bundle)
    # It leaves RFC 4998 to other tools, and a bundle may hold no record.
    for name in set(members) - {"evidencerecord.ers", "verify.py"}:
        changed = bytearray(members[name])
        changed[-2] ^= 1
        forged = write_bundle(members | {name: bytes(changed)})
        done = run(forged, fingerprint(trial.root))
        assert done.returncode == 13, (name, done.stdout)
        assert "NO / 아니오" in done.stdout
        assert not done.stderr


def test_openssl_alone_follows_the_readme(
    bundle: bytes, trial: Any, need: Callable[[str], str], tmp_path: Path
) -> None:
    with ZipFile(BytesIO(bundle)) as archive:
        archive.extractall(tmp_path)
    proof = (tmp_path / "META-INF/manifest.tlog-proof").read_bytes()
    (tmp_path / "note").write_bytes(proof.partition(b"\n\n")[2])
    at = ("-attime", str(int(trial.at.timestamp())))
    root = ("-CAfile", "trust/root.pem")
    for command in (
        ("ts", "-verify", "-token_in", "-in", "checkpoint.tst", "-data", "note"),
        (
            *("cms", "-verify", "-cades", "-inform", "DER", "-purpose", "any"),
            *("-in", "certificate.p7m", "-out", "facts.json"),
        ),
    ):
        done = subprocess.run(
            [need("openssl"), *command, *root, *at],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
    root_pem = load_der_x509_certificate(trial.root).public_bytes(Encoding.PEM)
    assert (tmp_path / "trust/root.pem").read_bytes() == root_pem
