"""What the demo made, before checkers it does not ask: Bouncy Castle, openssl."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

pytestmark = [pytest.mark.outside, pytest.mark.slow]

JAVA = Path(__file__).parent.parent / "conformance" / "java" / "ErsVerify.java"
JARS = tuple(
    Path("/usr/share/java") / f"bc{part}.jar" for part in ("prov", "pkix", "util")
)
DAYS_40 = 40 * 86400
"""The demo's clock stands in the next month; its certificates hold for years."""


def test_bouncy_castle_takes_each_record_for_its_document_only(
    told: Any, need: Callable[[str], str], tmp_path: Path
) -> None:
    need("javac")
    if not all(jar.exists() for jar in JARS):
        need("libbcpkix-java (Debian package)")
    pairs = {
        file.stem: (file.read_bytes(), file.with_suffix(".pdf").read_bytes())
        for file in (told.out / "sealed").glob("*.ers")
    }
    with ZipFile(told.out / "certificate-of-original.acr") as bundle:
        held = next(name for name in bundle.namelist() if name.startswith("doc/"))
        pairs["acr"] = (bundle.read("evidencerecord.ers"), bundle.read(held))
    wanted = {}
    for number, (record, document) in enumerate(pairs.values()):
        for verdict, given in (("accepted", document), ("refused", document + b"x")):
            (tmp_path / f"{number}-{verdict}.ers").write_bytes(record)
            (tmp_path / f"{number}-{verdict}.doc").write_bytes(given)
            wanted[f"{number}-{verdict}"] = verdict
    instant = str(int((time.time() + DAYS_40) * 1000))  # noqa: TID251 - a real later day
    done = subprocess.run(
        [need("java"), "-cp", ":".join(map(str, JARS)), str(JAVA), tmp_path, instant],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(wanted) == 6
    assert dict(line.split(" ") for line in done.stdout.splitlines()) == wanted


def test_openssl_takes_the_signature_inside_each_pdf(
    told: Any, need: Callable[[str], str], tmp_path: Path
) -> None:
    openssl, papers = need("openssl"), sorted(told.out.rglob("*.pdf"))
    signed = [each for each in papers if b"/ByteRange" in each.read_bytes()]
    # Two scans, the end of the paper and its reconciliation, a certificate, two
    # distributions, an invoice.
    assert len(signed) == 8
    for paper in signed:
        data = paper.read_bytes()
        found = re.search(rb"/ByteRange\s*\[\s*0 (\d+) (\d+) (\d+)", data)
        assert found is not None
        end, start, rest = map(int, found.groups())
        hexed = data[end + 1 : start - 1].rstrip(b"0")
        cms = bytes.fromhex((hexed + b"0" * (len(hexed) % 2)).decode())
        (tmp_path / "cms").write_bytes(cms)
        covered = data[:end] + data[start : start + rest]
        for content, code in ((covered, 0), (covered[:-1] + b"x", 4)):
            (tmp_path / "content").write_bytes(content)
            done = subprocess.run(
                [openssl, "cms", "-verify", "-cades", "-inform", "DER", "-in", "cms",
                 "-content", "content", "-binary", "-CAfile", told.out / "root.pem",
                 "-purpose", "any", "-out", "/dev/null"],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )  # fmt: skip
            assert done.returncode == code, (paper.name, done.stderr)
