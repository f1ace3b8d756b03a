"""A whole notice service on a temporary folder: real database, keys and typesetter.

Only the carriers run inside this process, behind the same HTTP application and adapter
as the real process (`tests/conformance` runs that one).
"""

from __future__ import annotations

import base64
import datetime as dt
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from paperless_kernel.access.records import metadata as access_metadata
from paperless_kernel.adapters.calendars import load_calendar
from paperless_kernel.adapters.carrier import HttpCarrier
from paperless_kernel.adapters.carrier_ledger import Faults, Ledger
from paperless_kernel.adapters.carrier_simulator import create_simulator
from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.keyfile import KeyFiles, make_keys
from paperless_kernel.adapters.lines import SimulatedLines, write_lines
from paperless_kernel.adapters.typesetting import TypstTypesetter
from paperless_kernel.base.clock import KST, FixedClock
from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.base.ids import Actor, Ids, Role, SystemRandom
from paperless_kernel.base.typeset import Typesetter
from paperless_kernel.notice.model import (
    Draft,
    GivenDocument,
    Line,
    Network,
    NoticeStatus,
    Recipient,
)
from paperless_kernel.notice.records import metadata
from paperless_kernel.notice.rules import read_rules
from paperless_kernel.notice.service import Notices
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import TRIGGERS, Journal
from paperless_kernel.store.keeper import LocalKeeper

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

OPEN = dt.datetime(2026, 11, 23, 14, 0, tzinfo=KST)
PASSPHRASE = b"a passphrase for tests"
SENDER = Actor(id="u-sender", roles=frozenset({Role.NOTICE_SENDER}), tenant="t-one")
APPROVER = Actor(id="u-boss", roles=frozenset({Role.NOTICE_APPROVER}), tenant="t-one")
BOTH = Actor(
    id="u-sender",
    roles=frozenset({Role.NOTICE_SENDER, Role.NOTICE_APPROVER}),
    tenant="t-one",
)
STRANGER = Actor(id="u-x", roles=frozenset({Role.NOTICE_SENDER}), tenant="t-two")
MACHINE = Actor(id="dispatcher", roles=frozenset({Role.MACHINE}))
TEMPLATE = "안내문이 도착했습니다.\n{#INFO_CFRM_STR}\n{#RCVE_RF_STR}"


def ci(person: int) -> str:
    return base64.b64encode(bytes([person]) * 64).decode()


class Papers:
    """Documents kept in a dictionary; stands where the vault or an upload is."""

    def __init__(self) -> None:
        self.kept: dict[str, GivenDocument] = {}

    def fetch(self, reference: str) -> GivenDocument:
        if reference not in self.kept:
            raise NotFoundError(f"there is no document {reference}.")
        return self.kept[reference]


@dataclass
class World:
    """A notice service and what it stands on, for tests that look behind it."""

    notices: Notices
    journal: Journal
    db: Database
    access: Journal
    clock: FixedClock
    documents: Papers
    facilities: dict[FacilityKind, Facility]
    ledger: Ledger
    lines_path: Path
    people: dict[str, list[Line]] = field(default_factory=dict)
    sender: Actor = SENDER
    approver: Actor = APPROVER
    both: Actor = BOTH
    stranger: Actor = STRANGER
    machine: Actor = MACHINE

    def set_lines(self, person: int, *lines: Line) -> None:
        self.people[ci(person)] = list(lines)
        write_lines(self.lines_path, self.people)

    def draft(self, people: Sequence[int], **more: object) -> Draft:
        values: dict[str, object] = {
            "tenant": "t-one",
            "sender": "어느시청",
            "sender_number": "0212345678",
            "title": "자동차세 납부 안내",
            "template": TEMPLATE,
            "deadline": OPEN + dt.timedelta(days=10),
            "recipients": tuple(
                Recipient(
                    ci=ci(person),
                    name="홍길동",
                    document="doc-1",
                    address="서울특별시 어느구 어느로 1\n101동 1001호",
                )
                for person in people
            ),
            **more,
        }
        return Draft(**values)  # type: ignore[arg-type]

    def approved(self, *people: int, key: str = "c-1", **more: object) -> str:
        made = self.notices.create_campaign(
            self.sender, self.draft(people, **more), key=key
        )
        return self.notices.approve(self.approver, made.id).id

    def one(self, campaign: str) -> NoticeStatus:
        (status,) = self.notices.statuses(self.sender, campaign)
        return status

    def token(self, number: str) -> str:
        found = [
            re.search(r"/n/([A-Za-z0-9_-]+)", row["text"])
            for row in self.ledger.handset(number)
        ]
        return [each.group(1) for each in found if each][-1]

    def code(self, number: str) -> str:
        found = [
            re.search(r"인증번호 (\d{6})", row["text"])
            for row in self.ledger.handset(number)
        ]
        return [each.group(1) for each in found if each][-1]

    def tags(self) -> list[str]:
        return [entry.tag for entry in self.journal.entries()]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFiles:
    folder = tmp_path_factory.mktemp("notice") / "keys"
    make_keys(
        folder,
        name="시험 기록원",
        passphrase=PASSPHRASE,
        clock=FixedClock(OPEN - dt.timedelta(days=1)),
        random=SystemRandom(),
    )
    return KeyFiles(folder, lambda: PASSPHRASE)


@pytest.fixture(scope="session")
def typesetter(repository: Path) -> Typesetter:
    return TypstTypesetter(repository / "data/papers", office_fonts().folder)


@pytest.fixture(scope="session")
def document(typesetter: Typesetter) -> bytes:
    return typesetter.pdf(
        "notice_document",
        {
            "title": "자동차세 납부 안내",
            "sender": "어느시청",
            "name": "홍길동",
            "date": "2026. 11. 20.",
            "text": ["2026년 제2기분 자동차세를 아래와 같이 안내합니다."],
            "fields": [["납부 금액", "₩123,450"], ["납부 기한", "2026-12-31"]],
        },
        made_at=OPEN,
    )


@pytest.fixture
def build(
    tmp_path: Path,
    repository: Path,
    keys: KeyFiles,
    typesetter: Typesetter,
    document: bytes,
) -> Iterator[Callable[..., World]]:
    closing: list[Callable[[], None]] = []

    def make(**faults: object) -> World:
        clock, random = FixedClock(OPEN), SystemRandom()
        ids = Ids(clock, random)
        dbs = {name: Database(tmp_path / f"{name}.db") for name in ("notice", "access")}
        metadata.create_all(dbs["notice"].engine)
        access_metadata.create_all(dbs["access"].engine)
        for db in dbs.values():
            closing.append(db.close)
            with db.begin() as tx:
                for trigger in TRIGGERS:
                    tx.exec_driver_sql(trigger)
        journals = {name: Journal(db, name) for name, db in dbs.items()}
        keeper = LocalKeeper(
            keys=keys,
            journals=journals,
            origin="test.invalid",
            policy="2.25.1",
            clock=clock,
            ids=ids,
            random=random,
        )
        ledger = Ledger(tmp_path / "handsets.db", Faults(**faults))  # type: ignore[arg-type]
        closing.append(ledger.close)
        client = TestClient(create_simulator(ledger))
        documents = Papers()
        documents.kept["doc-1"] = GivenDocument(
            data=document, title="자동차세", owner="t-one"
        )
        lines_path = tmp_path / "lines.json"
        write_lines(lines_path, {})
        facilities: dict[FacilityKind, Facility] = {}
        notices = Notices(
            db=dbs["notice"],
            journal=journals["notice"],
            keeper=keeper,
            clock=clock,
            ids=ids,
            random=random,
            calendar=load_calendar(repository / "data/holidays"),
            rules=read_rules((repository / "data/rules/service.toml").read_text()),
            typesetter=typesetter,
            carriers={each: HttpCarrier(each, client, clock) for each in Network},
            lines=SimulatedLines(lines_path, demo=True),
            documents=documents,
            facility=lambda kind, _at: facilities.get(kind),
            page_url="http://127.0.0.1:8765/",
        )
        return World(
            notices=notices,
            journal=journals["notice"],
            db=dbs["notice"],
            access=journals["access"],
            clock=clock,
            documents=documents,
            facilities=facilities,
            ledger=ledger,
            lines_path=lines_path,
        )

    yield make
    for close in closing:
        close()


@pytest.fixture
def world(build: Callable[..., World]) -> World:
    return build()
