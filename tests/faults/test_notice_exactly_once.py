"""kill -9 of a dispatcher at any instant: each person gets one notice, none gets two.

The oracle is the handset ledger of the carrier simulator, which runs in its own process
and misbehaves; our own tables are not asked. Run as a script this file is the
dispatcher that gets killed.
"""

from __future__ import annotations

import base64
import collections
import datetime as dt
import json
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from paperless_kernel.access.records import metadata as access_metadata
from paperless_kernel.adapters.calendars import load_calendar
from paperless_kernel.adapters.carrier import TIME_OUT, HttpCarrier
from paperless_kernel.adapters.keyfile import KeyFiles, make_keys
from paperless_kernel.adapters.lines import SimulatedLines, write_lines
from paperless_kernel.adapters.processes import Child
from paperless_kernel.adapters.typesetting import TypstTypesetter
from paperless_kernel.base.clock import KST, FixedClock
from paperless_kernel.base.ids import Actor, Ids, Role, SystemRandom
from paperless_kernel.notice.model import (
    Draft,
    GivenDocument,
    Line,
    Network,
    Recipient,
)
from paperless_kernel.notice.records import metadata
from paperless_kernel.notice.rules import read_rules
from paperless_kernel.notice.service import Notices
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import TRIGGERS, Journal
from paperless_kernel.store.keeper import LocalKeeper
from paperless_kernel.trust.digest import sha256

pytestmark = [pytest.mark.faults, pytest.mark.enable_socket, pytest.mark.slow]
DATA = Path(__file__).parents[2] / "data"
OPEN = dt.datetime(2026, 11, 23, 14, 0, tzinfo=KST)
PASSPHRASE = b"a passphrase for tests"
MACHINE = Actor(id="dispatcher", roles=frozenset({Role.MACHINE}))
SENDER = Actor(id="s", roles=frozenset({Role.NOTICE_SENDER}))
APPROVER = Actor(id="a", roles=frozenset({Role.NOTICE_APPROVER}))
CAMPAIGNS, PEOPLE, KILLS, SECONDS = 20, 4, 6, 60
NO_RCS = tuple(f"0101000{n:04d}" for n in range(0, CAMPAIGNS * PEOPLE, 10))


class OneDocument:
    def fetch(self, reference: str) -> GivenDocument:
        return GivenDocument(data=b"%PDF-1.7\n", title=reference, owner="t")


def hash_of(number: int) -> int:
    return int.from_bytes(sha256(b"%d" % number)[:4], "big")


def simulate(folder: Path, faults: dict[str, object]) -> Child:
    how = ("--ledger", str(folder / "handsets.db"), "--faults", json.dumps(faults))
    return Child("paperless_kernel.adapters.carrier_simulator", ("--demo", *how))


def connect(url: str) -> dict[Network, HttpCarrier]:
    client, clock = httpx.Client(base_url=url, timeout=TIME_OUT), FixedClock(OPEN)
    return {each: HttpCarrier(each, client, clock, demo=True) for each in Network}


def build(
    folder: Path, carriers: dict[Network, HttpCarrier]
) -> tuple[Notices, Journal, LocalKeeper]:
    clock, chance = FixedClock(OPEN), SystemRandom()
    ids = Ids(clock, chance)
    journals = {}
    for name in ("notice", "access"):
        journals[name] = Journal(Database(folder / f"{name}.db"), name)
    keeper = LocalKeeper(
        keys=KeyFiles(folder / "keys", lambda: PASSPHRASE),
        journals=journals,
        origin="test.invalid",
        policy="2.25.1",
        clock=clock,
        ids=ids,
        random=chance,
    )
    notices = Notices(
        db=journals["notice"].db,
        journal=journals["notice"],
        keeper=keeper,
        clock=clock,
        ids=ids,
        random=chance,
        calendar=load_calendar(DATA / "holidays"),
        rules=read_rules((DATA / "rules/service.toml").read_text()),
        typesetter=TypstTypesetter(DATA / "papers", DATA / "papers"),
        carriers=carriers,
        lines=SimulatedLines(folder / "lines.json", demo=True),
        documents=OneDocument(),
        facility=lambda _kind, _at: None,
        page_url="http://127.0.0.1:1",
    )
    return notices, journals["notice"], keeper


def prepare(folder: Path) -> None:
    make_keys(
        folder / "keys",
        name="시험",
        passphrase=PASSPHRASE,
        clock=FixedClock(OPEN - dt.timedelta(days=1)),
        random=SystemRandom(),
    )
    for name, tables in (("notice", metadata), ("access", access_metadata)):
        db = Database(folder / f"{name}.db")
        tables.create_all(db.engine)
        with db.begin() as tx:
            for trigger in TRIGGERS:
                tx.exec_driver_sql(trigger)
        db.close()


def fill(folder: Path, notices: Notices) -> None:
    people: dict[str, list[Line]] = {}
    for campaign in range(CAMPAIGNS):
        rows = []
        for person in range(campaign * PEOPLE, (campaign + 1) * PEOPLE):
            ci = base64.b64encode(bytes([person]) * 64).decode()
            network = list(Network)[person % 3]
            people[ci] = [Line(number=f"0101000{person:04d}", network=network)]
            rows.append(Recipient(ci=ci, name="홍길동", document="d"))
        made = notices.create_campaign(
            SENDER,
            Draft(
                tenant="t",
                sender="어느시청",
                sender_number="02",
                title="안내",
                template="{#INFO_CFRM_STR} {#RCVE_RF_STR}",
                deadline=OPEN + dt.timedelta(days=9),
                recipients=tuple(rows),
            ),
            key=f"c-{campaign}",
        )
        notices.approve(APPROVER, made.id)
    write_lines(folder / "lines.json", people)


def work(folder: Path, url: str, *, alone: bool) -> None:
    """Dispatch until nothing is left, as `serve` does after a crash."""
    notices, _, keeper = build(folder, connect(url))
    keeper.mac("ci", [b""])  # keys are unlocked before the first kill can strike
    keeper.sequence("notice")
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    quiet = 0
    while quiet < 3:
        notices.recover(MACHINE, alone=alone)
        done = notices.dispatch_due(MACHINE)
        idle = not done.waiting and not done.unknown and not done.sent
        quiet = quiet + 1 if idle else 0
    print("done", flush=True)  # noqa: T201


def start(folder: Path, url: str, how: str = "alone") -> subprocess.Popen[str]:
    worker = subprocess.Popen(
        [sys.executable, __file__, str(folder), url, how],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def handsets(url: str) -> list[dict[str, str]]:
    answer = httpx.get(f"{url}/handset", timeout=5).json()["messages"]
    return list(answer)


def wait_for_more(url: str, count: int) -> None:
    until = time.monotonic() + SECONDS
    everybody = CAMPAIGNS * PEOPLE
    while len(handsets(url)) <= count < everybody and time.monotonic() < until:
        time.sleep(0.01)


def run_with_kills(folder: Path, faults: dict[str, object]) -> collections.Counter[str]:
    prepare(folder)
    with simulate(folder, {"no_rcs": NO_RCS, "seed": "k", **faults}) as simulator:
        carriers = connect(simulator.url)
        notices, journal, keeper = build(folder, carriers)
        fill(folder, notices)
        half_way: list[int] = []
        for kill in range(KILLS):
            worker = start(folder, simulator.url)
            if kill % 2:  # every other kill strikes once something has been sent
                wait_for_more(simulator.url, half_way[-1])
            time.sleep(hash_of(kill) % 400 / 1000)
            worker.kill()
            worker.communicate()
            half_way.append(len(handsets(simulator.url)))
        worker = start(folder, simulator.url)
        out, _ = worker.communicate(timeout=SECONDS)
        assert out.endswith("done\n")
        journal.check(keeper.vkey("notice"))
        carriers[Network.KT].close()
        assert any(0 < count < CAMPAIGNS * PEOPLE for count in half_way), half_way
        answer = handsets(simulator.url)
    return collections.Counter(message["number"] for message in answer)


def test_each_person_gets_exactly_one(tmp_path: Path) -> None:
    got = run_with_kills(
        tmp_path,
        {
            "busy": 50,
            "fail_before": 50,
            "drop_after": 100,
            "repeat_reports": 100,
            "wrong_reports": 20,
        },
    )
    people = {f"0101000{n:04d}" for n in range(CAMPAIGNS * PEOPLE)}
    assert set(got) == people, "somebody got none"
    assert set(got.values()) == {1}, "somebody got two"


def test_two_dispatchers_at_once_send_nothing_twice(tmp_path: Path) -> None:
    prepare(tmp_path)
    with simulate(tmp_path, {}) as simulator:
        carriers = connect(simulator.url)
        notices, journal, keeper = build(tmp_path, carriers)
        fill(tmp_path, notices)
        workers = [start(tmp_path, simulator.url, "together") for _ in range(2)]
        assert all(
            each.communicate(timeout=SECONDS)[0].endswith("done\n") for each in workers
        )
        journal.check(keeper.vkey("notice"))
        carriers[Network.KT].close()
        got = collections.Counter(row["number"] for row in handsets(simulator.url))
    assert len(got) == CAMPAIGNS * PEOPLE
    assert set(got.values()) == {1}


if __name__ == "__main__":
    work(Path(sys.argv[1]), sys.argv[2], alone=sys.argv[3] == "alone")
