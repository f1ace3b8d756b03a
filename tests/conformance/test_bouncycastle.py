"""Bouncy Castle's RFC 4998 code takes our records, and only for their documents."""

from __future__ import annotations

import datetime as dt
import runpy
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.trust.algorithms import digest_id, hash_of
from paperless_kernel.trust.der import integer, sequence
from paperless_kernel.trust.digest import digest, sha256
from paperless_kernel.trust.evidence import HashTree, check_record, make_record

pytestmark = [pytest.mark.outside, pytest.mark.slow]

HERE = Path(__file__).parent
BUILDERS = HERE.parent / "unit" / "trust" / "conftest.py"
JARS = tuple(Path("/usr/share/java") / f"bc{part}.jar" for part in ("prov", "pkix"))
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def java(need: Callable[[str], str]) -> str:
    need("javac")  # the JDK, not the runtime alone: the source is compiled on the fly
    if not all(jar.exists() for jar in JARS):
        need("libbcpkix-java (Debian package)")
    return need("java")


def _batch(pki: Any, count: int, name: str) -> dict[str, tuple[bytes, bytes]]:
    documents = [f"{name} 문서 {each} 중 {count}".encode() for each in range(count)]
    tree = HashTree([digest(name, each) for each in documents], name)
    token = pki.stamp(tree.root, name)
    return {
        f"{name}-{count}-{at}": (make_record(tree, at, token), document)
        for at, document in enumerate(documents)
    }


def _renewed(pki: Any) -> dict[str, tuple[bytes, bytes]]:
    """Return a record after a time-stamp renewal, and after a hash renewal."""
    document = "오래된 문서".encode()
    first = pki.stamp(sha256(document))
    pki.clock.advance(SECOND)
    second = pki.stamp(sha256(first))
    chain = sequence(sequence(first), sequence(second))
    once = sequence(integer(1), sequence(digest_id("sha256")), sequence(chain))
    history = hash_of("sha512", sequence(chain))
    pki.clock.advance(SECOND)
    both = hash_of("sha512", hash_of("sha512", document) + history)
    third = pki.stamp(both, "sha512")
    names = sequence(digest_id("sha256"), digest_id("sha512"))
    chains = sequence(chain, sequence(sequence(third)))
    return {
        "renewed-time-stamp": (once, document),
        "renewed-hash": (sequence(integer(1), names, chains), document),
    }


def test_our_records_are_accepted_for_their_documents_only(
    java: str, tmp_path: Path
) -> None:
    pki = runpy.run_path(str(BUILDERS))["Pki"]()
    good = _batch(pki, 1, "sha256") | _batch(pki, 2, "sha256")
    good |= _batch(pki, 5, "sha256") | _batch(pki, 3, "sha512")
    good |= _renewed(pki)
    wanted = {}
    for name, (record, document) in good.items():
        check_record(record, document)
        for verdict, given in (("accepted", document), ("refused", document + b"x")):
            (tmp_path / f"{name}-{verdict}.ers").write_bytes(record)
            (tmp_path / f"{name}-{verdict}.doc").write_bytes(given)
            wanted[f"{name}-{verdict}"] = verdict
    instant = str(int((pki.clock.now() + SECOND).timestamp() * 1000))
    path = ":".join(map(str, (*JARS, JARS[0].with_name("bcutil.jar"))))
    source = str(HERE / "java" / "ErsVerify.java")
    done = subprocess.run(
        [java, "-Xshare:auto", "-cp", path, source, str(tmp_path), instant],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said = dict(line.split(" ") for line in done.stdout.splitlines())
    assert said == wanted, done.stderr
