"""kill -9 at any instant of the demo, then the same command again: it completes.

Every acknowledged document is found, no half one is; each person got one notice; the
month was billed once. What was acknowledged is noted from the journals after each
kill, what reached a phone is read from the carriers' own ledger.
"""

from __future__ import annotations

import collections
import json
import os
import random  # noqa: TID251 - seeded
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.enable_socket]
BUSINESSES = ("access", "scan", "vault", "notice", "billing")
USED = {
    "access.joined": 1,
    "access.user-added": 1,
    "notice.read": 2,
    "notice.send": 2,
    "scan.box": 1,
    "scan.shredding": 1,
    "scan.trusted": 2,
    "vault.deposited": 2,
    "vault.issue": 1,
}
"""What the month's bill is made of, by meter."""
LONGEST = 120  # seconds a run may take on a slow machine
MILLIS = 1 / 1000


@dataclass(frozen=True, slots=True)
class Kill:
    """Strike so many ms after the run's start, or after its first new entry."""

    journal: str
    longest: int
    leader: bool = False
    """Only the command itself dies; its children have to follow by themselves."""


# Twenty instants: drawn at random, in stretches of the story that differ much in
# length, so that short ones (a hand-over takes 50 ms) are struck too.
GOES_ON = (
    Kill("", 1700),
    Kill("", 2500),
    Kill("access", 300),
    Kill("scan", 200),
    Kill("scan", 400),
    Kill("vault", 60),
    Kill("vault", 1500, leader=True),
    Kill("notice", 60),
    Kill("notice", 300),
    Kill("notice", 900, leader=True),
    Kill("billing", 30),
    Kill("", 6000),
)
FRESH = (
    (Kill("", 3500), Kill("scan", 500), Kill("notice", 1500), Kill("billing", 100)),
    (Kill("access", 900), Kill("vault", 100), Kill("notice", 700), Kill("vault", 3000)),
)


@dataclass(slots=True)
class Office:
    """One office under attack, and what was seen of it after each kill."""

    home: Path
    deposited: set[str] = field(default_factory=set)
    receipts: set[str] = field(default_factory=set)
    sizes: dict[str, int] = field(default_factory=dict)
    struck: collections.Counter[str] = field(default_factory=collections.Counter)

    def rows(self, business: str, query: str) -> list[tuple[str, ...]]:
        """Ask a database, which may not be there yet."""
        file = self.home / f"{business}.db"
        if not file.is_file():
            return []
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
                return db.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []  # half-way through its first tables

    def entries(self, business: str) -> int:
        found = self.rows(business, "SELECT count(*) FROM entry")
        return int(found[0][0]) if found else 0

    def tags(self, business: str) -> collections.Counter[str]:
        return collections.Counter(
            tag for (tag,) in self.rows(business, "SELECT tag FROM entry")
        )

    def subjects(self, business: str, tag: str) -> set[str]:
        query = f"SELECT subject FROM entry WHERE tag = '{tag}'"  # noqa: S608
        return {subject for (subject,) in self.rows(business, query)}

    def stage(self) -> str:
        """How far the story has come."""
        done = {tag for each in BUSINESSES for tag in self.tags(each)}
        for tag, stage in (
            ("billing:invoice:issued", "billed"),
            ("notice:notice:read", "reading"),
            ("notice:campaign:created", "dispatch"),
            ("scan:document:handed-over", "handed over"),
            ("scan:batch:started", "capture"),
            ("access:tenant:joined", "settled"),
        ):
            if tag in done:
                return stage
        return "init"

    def note(self) -> None:
        """Write down what must never be lost again."""
        self.deposited |= self.subjects("vault", "vault:package:deposited")
        self.receipts |= self.subjects("scan", "scan:document:handed-over")
        for each in BUSINESSES:
            now = self.entries(each)
            assert now >= self.sizes.get(each, 0), f"{each} lost committed entries"
            self.sizes[each] = now

    def command(self, *arguments: str) -> list[str]:
        python = [sys.executable, "-m", "paperless_kernel"]
        return [*python, "--home", str(self.home), *arguments]

    def strike(self, kill: Kill, chance: random.Random) -> None:
        """Start the demo and end it at a random instant, then look."""
        before = self.entries(kill.journal) if kill.journal else 0
        wait = chance.uniform(0, kill.longest) * MILLIS
        run = subprocess.Popen(
            self.command("demo", "--small", "--json"),
            cwd=self.home.parent,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        began = time.monotonic()
        while kill.journal and self.entries(kill.journal) == before:
            if run.poll() is not None:
                break
            assert time.monotonic() - began < LONGEST
            time.sleep(2 * MILLIS)
        time.sleep(wait)
        ended = run.poll()
        if ended is None:
            (os.kill if kill.leader else os.killpg)(run.pid, signal.SIGKILL)
            run.wait()
            self.struck[self.stage()] += 1
        assert ended in (None, 0), ended
        until = time.monotonic() + 10
        while (left := alive(run.pid)) and time.monotonic() < until:
            time.sleep(20 * MILLIS)
        assert not left, f"orphans: {left}"
        self.note()


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PAPERLESS_")}


def alive(session: int) -> Iterator[str] | list[str]:
    """Command lines of the processes that are left of one run."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            after_name = (process / "stat").read_text().rpartition(")")[2].split()
            line = (process / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue  # it has just ended
        if int(after_name[3]) == session and after_name[0] != "Z":
            found.append(line)
    return found


def completes(office: Office) -> None:
    """Run the demo to its end and hold it to everything seen before."""
    done = subprocess.run(
        office.command("demo", "--small", "--json"),
        cwd=office.home.parent,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.stdout, done.stderr
    outcome = json.loads(done.stdout)
    assert not outcome["findings"]
    for each in outcome["files"]:
        assert "refused" not in each["checkers"].values(), each
        assert each["exit_code"] == 0 or each["file"].endswith(".xlsx"), each
    assert done.returncode == 0
    assert outcome["notices"] == ["read", "read", "printed"]
    office.note()
    nothing_lost(office)
    nothing_doubled(office, outcome["invoices"])
    one_notice_each(office)


def nothing_lost(office: Office) -> None:
    done = subprocess.run(
        office.command("vault", "audit", "--json"),
        cwd=office.home.parent,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    audit = json.loads(done.stdout)
    assert audit["clean"] is True
    assert audit["findings"] == []
    assert audit["unfinished"] == [], "a half document"
    assert audit["documents"] == len(office.deposited) == 2
    held = office.subjects("vault", "vault:package:deposited")
    assert office.deposited == held
    assert office.receipts == office.subjects("scan", "scan:document:handed-over")
    assert len(office.receipts) == 2


def nothing_doubled(office: Office, invoices: list[dict[str, str]]) -> None:
    scan, vault = office.tags("scan"), office.tags("vault")
    assert scan["scan:page:captured"] == 7
    assert scan["scan:document:sealed"] == 2
    assert scan["scan:box:received"] == scan["scan:box:shredded"] == 1
    assert vault["vault:package:deposited"] == 2
    assert vault["vault:certificate:issued"] == 1
    notice, billing = office.tags("notice"), office.tags("billing")
    assert notice["notice:campaign:created"] == 1
    assert notice["notice:notice:accepted"] == notice["notice:notice:read"] == 2
    assert notice["notice:certificate:issued"] == 2
    access = office.tags("access")
    assert access["access:tenant:joined"] == 1
    assert access["access:user:added"] == 13
    assert billing["billing:invoice:issued"] == len(invoices)
    months = [each["number"].rpartition("-")[0] for each in invoices]
    assert len(months) == len({*months})
    used = office.rows("billing", "SELECT meter, count(*) FROM usage_event GROUP BY 1")
    assert {meter: int(rows) for meter, rows in used} == USED


def one_notice_each(office: Office) -> None:
    ledger = office.rows(
        "handsets", "SELECT number FROM taken WHERE title != '인증번호' AND arrived = 1"
    )
    got = collections.Counter(number for (number,) in ledger)
    assert got == {"01000000001": 1, "01000000004": 1}


def test_one_office_killed_again_and_again(tmp_path: Path) -> None:
    office, chance = Office(tmp_path / "office"), random.Random("goes on")
    for kill in GOES_ON:
        office.strike(kill, chance)
    assert office.struck.total() >= len(GOES_ON) - 1, office.struck
    assert len(office.struck) >= 4, office.struck
    completes(office)


@pytest.mark.parametrize("kills", FRESH, ids=["early", "late"])
def test_fresh_offices_killed_at_other_instants(
    tmp_path: Path, kills: tuple[Kill, ...]
) -> None:
    office, chance = Office(tmp_path / "office"), random.Random(repr(kills))
    for kill in kills:
        office.strike(kill, chance)
    assert office.struck.total() >= len(kills) - 1, office.struck
    completes(office)
