"""kill -9 at fifty instants of a 200-page batch, a full disk: nothing lost or doubled.

Workers do the same calls each time and are struck on their way, from the box's receipt
to the shredder. What was journaled before a strike must be there after it; at the end
every number of the chain agrees, the journals prove themselves and the vault is whole.
"""

from __future__ import annotations

import os
import random  # noqa: TID251 - seeded
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.base.errors import StorageError
from paperless_kernel.base.ids import Actor
from paperless_kernel.config import load
from paperless_kernel.demo.people import PASSPHRASE, actor
from paperless_kernel.flows.reconcile import outside_of
from paperless_kernel.flows.usage import collect_usage
from paperless_kernel.office import Office, open_office
from paperless_kernel.scan.boxes import BoxState
from paperless_kernel.scan.model import BatchState
from paperless_kernel.scan.reports.counts import Scope
from paperless_kernel.wiring import MACHINE

pytestmark = [pytest.mark.faults, pytest.mark.slow]
CHILD = Path(__file__).with_name("scan_child.py")
SHEETS, DOCUMENTS, RESCANS, BLANKS = 200, 20, 3, 2
LONGEST = 120
"""Seconds a worker may take on a slow machine."""
MILLIS = 1 / 1000


@dataclass(frozen=True, slots=True)
class Strike:
    """End a worker some ms after the n-th entry of a tag is there."""

    tag: str
    n: int = 1
    longest: int = 6


def strikes(chance: random.Random) -> list[Strike]:
    """Fifty instants, in the order the work passes them."""
    captured = sorted(chance.sample(range(1, SHEETS), 16))
    handed = sorted(chance.sample(range(1, DOCUMENTS), 6))
    return [
        Strike("scan:contract:recorded", longest=250),
        Strike("scan:box:received"),
        Strike("scan:box:opened"),
        Strike("scan:batch:started", longest=60),
        *(Strike("scan:page:captured", n, 20) for n in captured),
        Strike("scan:page:captured", SHEETS),
        Strike("scan:batch:closed", longest=60),
        Strike("scan:batch:checked"),
        *(Strike("scan:page:rejected", n) for n in (1, 2)),
        *(Strike("scan:page:replaced", n) for n in (1, 2, 3)),
        Strike("scan:page:set-aside"),
        *(Strike("scan:document:indexed", n) for n in (2, 9, 18)),
        *(Strike("scan:document:passed", n) for n in (1, 11)),
        *(Strike("scan:document:passed", DOCUMENTS, 400) for _ in range(4)),
        Strike("scan:batch:sealed"),
        Strike("vault:package:deposited", 2),
        Strike("vault:package:deposited", 13),
        *(Strike("scan:document:handed-over", n) for n in handed),
        Strike("scan:document:handed-over", DOCUMENTS, 3),
        Strike("scan:batch:erased"),
        Strike("scan:box:shredded"),
    ]


class Workers:
    """A program that has everything loaded and forks a worker for each call."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [sys.executable, str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("PAPERLESS_")},
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self._program.stdout is not None
        return self._program.stdout.readline().strip()

    def start(self, home: Path, largest: int | str = 0) -> int:
        """Let a worker do the day's work, or found the office; return its id."""
        assert self._program.stdin is not None
        self._program.stdin.write(f"{home}|{largest}\n")
        self._program.stdin.flush()
        return int(self._line())

    def ended(self) -> int:
        """Wait for the worker; return its exit code, below 0 for a signal."""
        return int(self._line())

    def close(self) -> None:
        """End the program."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.close()
        self._program.wait(10)
        self._program.stdout.close()


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers()
    yield made
    made.close()


@pytest.fixture(scope="module")
def founded(workers: Workers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that is ready for its first box."""
    folder = tmp_path_factory.mktemp("killed") / "office"
    workers.start(folder, "found")
    assert workers.ended() == 0
    return folder


@pytest.fixture
def home(founded: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it, in memory where there is some: a killed process keeps its writes
    either way.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
    top = tmp_path
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 28:
        top = memory / f"paperless-{os.getpid()}-{tmp_path.name}"
    yield Path(shutil.copytree(founded, top / "office"))
    shutil.rmtree(top, ignore_errors=True)


@dataclass(slots=True)
class Watched:
    """One office under attack, and what was seen of it after each strike."""

    home: Path
    seen: dict[str, set[str]] = field(default_factory=dict)
    struck: Counter[str] = field(default_factory=Counter)

    def _ask(self, business: str, query: str) -> list[Any]:
        file = self.home / f"{business}.db"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()

    def count(self, tag: str) -> int:
        business = tag.partition(":")[0]
        query = f"SELECT count(*) FROM entry WHERE tag = '{tag}'"  # noqa: S608
        return int(self._ask(business, query)[0][0])

    def tags(self, business: str) -> Counter[str]:
        return Counter(tag for (tag,) in self._ask(business, "SELECT tag FROM entry"))

    def note(self) -> None:
        """See that nothing is gone that was there before."""
        for business in ("access", "scan", "vault"):
            now = {row[0] for row in self._ask(business, "SELECT id FROM entry")}
            lost = self.seen.get(business, set()) - now
            assert not lost, f"{business} lost {len(lost)} entries"
            self.seen[business] = now

    def strike(self, workers: Workers, strike: Strike, chance: random.Random) -> bool:
        """Strike one worker at its instant; tell whether it was still at work."""
        there = self.count(strike.tag) >= strike.n
        worker = workers.start(self.home)
        if there:  # struck here before: some time after the start
            time.sleep(chance.uniform(0, 150 + strike.longest) * MILLIS)
        else:
            self._wait_for(strike, worker)
            time.sleep(chance.uniform(0, strike.longest) * MILLIS)
        with suppress(ProcessLookupError):  # it had ended
            os.kill(worker, signal.SIGKILL)
        code = workers.ended()
        assert code in {0, -signal.SIGKILL}, code
        self.note()
        if code:
            self.struck[strike.tag] += 1
        return bool(code)

    def _wait_for(self, strike: Strike, worker: int) -> None:
        until = time.monotonic() + LONGEST
        while self.count(strike.tag) < strike.n and Path(f"/proc/{worker}").exists():
            assert time.monotonic() < until, strike
            time.sleep(MILLIS)


@pytest.fixture
def reopened(home: Path) -> Callable[[], Office]:
    return lambda: open_office(load({}, home=str(home)), passphrase=lambda: PASSPHRASE)


def is_whole(office: Office, watched: Watched) -> None:
    """Nothing lost, nothing doubled; chain, counts, custody and journals agree."""
    manager = actor(office, "manager")
    told = watched.tags("scan")
    assert {tag: n for tag, n in told.items() if tag in ONCE} == ONCE
    assert watched.tags("vault")["vault:package:deposited"] == DOCUMENTS
    for journal in office.journals.values():
        if not journal.is_empty():
            journal.check(office.keeper.vkey(journal.name))
    (box,) = office.scan.boxes(manager)
    assert box.state is BoxState.SHREDDED
    (batch,) = office.scan.batches(manager, box.id)
    assert batch.state is BatchState.ERASED
    assert not any(page.name for page in office.scan.pages(manager, batch.id))
    # What a cut-off step left is named by no row, and its key is gone with the batch.
    found = office.scan.residue(manager).leftovers
    assert all("no row names it" in one.what for one in found), found
    agrees(office, manager)
    report = office.vault.audit(actor(office, "auditor"))
    assert report.clean, report


ONCE = {
    "scan:box:received": 1,
    "scan:box:opened": 1,
    "scan:box:prepared": 1,
    "scan:batch:started": 1,
    "scan:batch:closed": 1,
    "scan:page:captured": SHEETS + 1 + RESCANS,
    "scan:page:rejected": RESCANS,
    "scan:page:replaced": RESCANS,
    "scan:page:set-aside": 1,
    "scan:document:indexed": DOCUMENTS,
    "scan:document:passed": DOCUMENTS,
    "scan:document:sealed": DOCUMENTS,
    "scan:batch:sealed": 1,
    "scan:document:handed-over": DOCUMENTS,
    "scan:batch:erased": 1,
    "scan:box:shredded": 1,
}
"""What the journal holds of a day's work, however often it was begun again."""


def agrees(office: Office, manager: Actor) -> None:
    """Sheets, sides, seals, deposits, receipts and bills are the same, and right."""
    names = ("access", "scan", "vault", "notice")
    collect_usage(
        MACHINE,
        journals=[office.journals[name] for name in names],
        billing=office.billing,
    )
    outside = outside_of(
        MACHINE, vault=office.journals["vault"], billing=office.billing
    )
    made = office.scan.reconciliation(manager, Scope(), outside)
    assert made.agrees, [one for one in made.differences if one.is_open][:3]
    total = made.total
    written = SHEETS - BLANKS
    assert (total.sheets, total.captured) == (SHEETS, SHEETS + 1 + RESCANS)
    assert (total.blank, total.rescanned, total.set_aside) == (BLANKS, RESCANS, 1)
    assert total.passed == total.sealed == total.receipts == written
    assert total.deposited == total.billed == written


def test_a_batch_killed_at_fifty_instants(
    workers: Workers, home: Path, reopened: Callable[[], Office]
) -> None:
    watched, chance = Watched(home), random.Random("fifty")
    planned = strikes(chance)
    assert len(planned) >= 50
    hit = sum(watched.strike(workers, each, chance) for each in planned)
    assert hit >= len(planned) - 4, watched.struck
    assert len(watched.struck) >= 14, watched.struck
    workers.start(home)
    assert workers.ended() == 0
    watched.note()
    with reopened() as office:
        is_whole(office, watched)


def test_a_disk_that_is_full_again_and_again(
    workers: Workers, home: Path, reopened: Callable[[], Office]
) -> None:
    """No file may grow beyond a limit that is lifted bit by bit."""
    watched, failed = Watched(home), 0
    size = max(file.stat().st_size for file in home.glob("*.db"))
    for more in (1, 4, 10, 20, 40, 80, 120, 200, 300, 500):
        workers.start(home, size + more * 4096)
        code = workers.ended()
        watched.note()
        if code == 0:
            break
        assert code == StorageError.exit_code
        failed += 1
    assert failed >= 4
    workers.start(home)
    assert workers.ended() == 0
    with reopened() as office:
        is_whole(office, watched)
