"""BSI's evidence records, judged as their authors do.

The records of ``tr-esor-c2`` are over a group of two objects whose bytes the authors
give as text; the ``BIN.bin`` beside them belongs to the records of ``ers-tool``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.trust.evidence import check_record
from paperless_kernel.trust.pki import check_chain
from paperless_kernel.trust.timestamps import Revocation

GROUP = (b"content of data object DO-01", b"content of data object DO-02")


@pytest.fixture(scope="module")
def vectors(shared: Path) -> Path:
    return shared / "vectors" / "rfc4998"


@pytest.mark.parametrize(
    ("name", "stamps", "algorithms"),
    [
        ("INIT", 1, ("sha256",)),
        ("CHAIN", 2, ("sha256",)),
        ("SEQ", 3, ("sha256", "sha384")),
    ],
)
def test_good_group_records_hold(
    vectors: Path, name: str, stamps: int, algorithms: tuple[str, ...]
) -> None:
    record = (vectors / "tr-esor-c2" / f"ER_OK_{name}.ers").read_bytes()
    for documents in (GROUP, GROUP[0], GROUP[1]):
        facts = check_record(record, documents, foreign=True)
        assert len(facts.archived) == stamps
        assert facts.algorithms == algorithms
        assert facts.archived[0].revocation is Revocation.UNJUDGED
    for wrong in ((*GROUP, b"more"), b"some binary content"):
        with pytest.raises(EvidenceError, match="another document"):
            check_record(record, wrong, foreign=True)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("INIT", "time-stamp 1 of chain 1"),
        ("CHAIN", "time-stamp 2 of chain 1"),
        ("SEQ", "time-stamp 1 of chain 2"),
    ],
)
def test_bad_group_records_break_where_they_were_changed(
    vectors: Path, name: str, part: str
) -> None:
    record = (vectors / "tr-esor-c2" / f"ER_NOK_{name}.ers").read_bytes()
    with pytest.raises(EvidenceError, match=part):
        check_record(record, GROUP, foreign=True)


@pytest.mark.parametrize(
    ("name", "stamps", "algorithms"),
    [
        ("1Chain1ATS/BIN_ER.ers", 1, ("sha256",)),
        ("1Chain2ATS/BIN_ER.ers", 2, ("sha256",)),
        ("1Chain2ATS/testRenewal.ers", 3, ("sha256", "sha512")),
        ("2Chains3ATS/BIN_ER.ers", 3, ("sha256", "sha512")),
    ],
)
def test_single_records_hold(
    vectors: Path, name: str, stamps: int, algorithms: tuple[str, ...]
) -> None:
    path = vectors / "ers-tool" / name
    document = path.with_name("BIN.bin").read_bytes()
    facts = check_record(path.read_bytes(), document, foreign=True)
    assert len(facts.archived) == stamps
    assert facts.algorithms == algorithms
    times = [each.gen_time for each in facts.archived]
    assert times == sorted(times)
    with pytest.raises(EvidenceError, match="another document"):
        check_record(path.read_bytes(), document + b"\n", foreign=True)


def test_records_made_elsewhere_do_not_pass_as_own(vectors: Path) -> None:
    for path in vectors.glob("*/**/*.ers"):
        with pytest.raises(EvidenceError):
            check_record(path.read_bytes(), GROUP)


def test_a_chain_over_sha1_holds_only_as_foreign(vectors: Path) -> None:
    path = vectors / "ers-tool" / "1Chain2ATS" / "testRenewal.ers"
    document = path.with_name("BIN.bin").read_bytes()
    token = check_record(path.read_bytes(), document, foreign=True).archived[-1]
    check_chain(token.chain, token.gen_time, complete=False)
    with pytest.raises(EvidenceError, match="SHA-1"):
        check_chain(token.chain, token.gen_time)
