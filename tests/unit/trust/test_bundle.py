from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from paperless_kernel.base.errors import EvidenceError, InputError
from paperless_kernel.trust.bundle import (
    MIMETYPE,
    TlogProof,
    read_bundle,
    read_proof,
    write_bundle,
    write_proof,
)

MEMBERS = {
    "manifest.json": b"{}",
    "doc/계약서.pdf": b"%PDF-",
    "META-INF/manifest.tlog-proof": b"x" * 300,
    "README.ko.txt": b"",
}
BUNDLE = write_bundle(MEMBERS)


def test_members_come_back_from_the_one_form() -> None:
    assert read_bundle(BUNDLE) == MEMBERS
    assert write_bundle(dict(reversed(MEMBERS.items()))) == BUNDLE
    with ZipFile(BytesIO(BUNDLE)) as archive:
        infos = archive.infolist()
    assert infos[0].filename == "mimetype"
    assert BUNDLE[38 : 38 + len(MIMETYPE)] == MIMETYPE  # file(1) reads it there
    assert {one.compress_type for one in infos} == {ZIP_STORED}
    assert {one.date_time for one in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert not any(one.extra for one in infos)


@pytest.mark.parametrize(
    "name", ["", "/a", "../a", "a//b", "a/./b", "a\\b", "C:a", "a\nb", "mimetype", "a/"]
)
def test_a_name_that_climbs_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="named"):
        write_bundle({name: b""})


def _zip(members: dict[str, bytes], how: int = ZIP_STORED) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", how) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "table of contents"),
        (BUNDLE[:-1], "bundle"),
        (BUNDLE + b"\0", "bundle"),
        (b"\0" + BUNDLE, "one form"),
        (_zip({"a": b"1"}), "mimetype"),
        (_zip({"mimetype": MIMETYPE, "a": b"1"}), "one form"),
        (_zip({"mimetype": MIMETYPE, "a": b"1" * 99}, ZIP_DEFLATED), "compressed"),
        (_zip({"mimetype": MIMETYPE, "../a": b"1"}), "named"),
    ],
)
def test_any_other_zip_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(EvidenceError, match=why):
        read_bundle(data)


def test_every_flipped_byte_is_refused() -> None:
    for number in range(200):
        chance = sha256(b"%d" % number).digest()
        flipped = bytearray(BUNDLE)
        flipped[int.from_bytes(chance[:4]) % len(BUNDLE)] ^= 1 << chance[4] % 8
        with pytest.raises(EvidenceError, match="bundle"):
            read_bundle(bytes(flipped))


def test_a_damaged_member_is_named() -> None:
    with pytest.raises(EvidenceError, match=r"doc/계약서\.pdf"):
        read_bundle(BUNDLE.replace(b"%PDF-", b"%PDF+"))


def test_a_log_proof_has_one_form() -> None:
    for path in ((), (bytes(32),), (bytes(32), b"1" * 32)):
        proof = TlogProof(index=3, path=path, note="o\n4\nAA==\n\nline\n")
        text = write_proof(proof)
        assert text.startswith(b"c2sp.org/tlog-proof@v1\nindex 3\n")
        assert read_proof(text) == proof
    for bad in (
        b"",
        text.replace(b"index 3", b"index 03"),
        text.replace(b"@v1", b"@v2"),
        text.replace(b"AAA=", b"AA=="),
        text.replace(b"AAA=", b"AAB="),
        text.replace(b"\n\n", b"\n", 1),
        b"\xff" + text,
    ):
        with pytest.raises(EvidenceError, match="log proof"):
            read_proof(bad)
