"""The scan benchmark's peers and floors, and its worker processes.

Knows how each is started and where its CPU time is read. A peer that is not there is
missing, never left out silently.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509 import load_der_x509_certificate

from harness.trial import trial_office
from harness.workshop import TrialWorkshop

_HERE = Path(__file__).parent
_IMG2PDF = (
    "import sys,time,img2pdf,json;img2pdf.convert(sys.argv[2:4]);t=time.process_time();"
    "f=sys.argv[2:];d=[img2pdf.convert(f[i:i+5]) for i in range(0,len(f),5)];"
    "print(json.dumps({'cpu':time.process_time()-t}))"
)


class Peers:
    """What another program takes for the same pages, in CPU seconds."""

    def __init__(self, python: str, work: Path) -> None:
        self._python = python
        self._work = work / "peers"
        self._work.mkdir()
        office = trial_office()
        self._key, self._leaf = self._work / "key.pem", self._work / "leaf.pem"
        self._key.write_bytes(
            office.scan.key.private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
        )
        leaf = load_der_x509_certificate(office.scan.signer.certificates[0])
        self._leaf.write_bytes(leaf.public_bytes(Encoding.PEM))

    def once(self, files: Sequence[Path]) -> dict[str, float]:
        """Do one round; give what could be done."""
        began = time.process_time()
        for file in files:
            sha256(file.read_bytes()).digest()
        costs = {"hashing": time.process_time() - began}
        names = list(map(str, files))
        script = str(_HERE / "assembly.py")
        place = [str(self._key), str(self._leaf), str(self._work)]
        for name, arguments in (
            ("assembly", [script, *place, *names]),
            ("img2pdf", ["-c", _IMG2PDF, "-", *names]),
        ):
            said = self._run([self._python, *arguments]) if self._python else None
            if said is not None:
                costs[name] = float(json.loads(said)["cpu"])
        return costs

    def ocrmypdf(self, files: Sequence[Path]) -> list[float]:
        """Return OCRmyPDF's CPU seconds a page, or nothing where it is missing."""
        folder = Path(self._python).parent if self._python else Path("/nowhere")
        paper = self._work / "in.pdf"
        made = [str(folder / "img2pdf"), *map(str, files), "-o", str(paper)]
        if not (folder / "ocrmypdf").exists() or self._run(made) is None:
            return []
        before = _children()
        done = self._run(
            [
                str(folder / "ocrmypdf"),
                *("--ocr-engine", "none", "--output-type", "pdfa-2", "-O0"),
                *("--jobs", "1", "-q", str(paper), str(self._work / "out.pdf")),
            ]
        )
        return [] if done is None else [(_children() - before) / len(files)]

    def _run(self, command: Sequence[str]) -> str | None:
        try:
            done = subprocess.run(command, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"missing: {command[0]} ({error})", file=sys.stderr)
            return None
        return done.stdout


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Pages a second of one worker and of two, and the larger memory, MB."""

    one_pages: float
    two_pages: float
    rss_mb: float
    load: float


def two_workers(shop: TrialWorkshop, files: Sequence[Path], quick: bool) -> Pair:  # noqa: FBT001
    """Run one worker, then two at once, each with a batch of its own in one office."""
    shop.office.listen()
    rounds = 1 if quick else 3
    ones, twos, rss = [], [], 0.0
    for number in range(rounds):
        for count, speeds in ((1, ones), (2, twos)):
            took, used = _together(shop, files, count, f"{number}-{count}")
            speeds.append(count * len(files) / took)
            rss = max(rss, used)
    return Pair(
        one_pages=max(ones), two_pages=max(twos), rss_mb=rss, load=os.getloadavg()[0]
    )


def _together(
    shop: TrialWorkshop, files: Sequence[Path], count: int, name: str
) -> tuple[float, float]:
    """Return the wall seconds until all are done, and the largest memory, MB."""
    command = [sys.executable, "-m", "harness.worker", str(shop.office.folder)]
    workers = [
        subprocess.Popen(
            [*command, f"w{name}-{number}", *map(str, files)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_HERE.parent,
        )
        for number in range(count)
    ]
    for worker in workers:
        if worker.stdout is None or worker.stdout.readline().strip() != "ready":
            raise RuntimeError("a worker did not come up; its own message says why")
    for worker in workers:
        if worker.stdin is not None:
            worker.stdin.write("go\n")
            worker.stdin.flush()
    said = [json.loads(worker.communicate()[0]) for worker in workers]
    return max(one["wall"] for one in said), max(one["rss_mb"] for one in said)
