"""Journals of four rooms become one customer's bill, and twice is once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from paperless_kernel.adapters.spreadsheet import XlsxSpreadsheet
from paperless_kernel.base.clock import FixedClock, kst_instant
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Event, Json
from paperless_kernel.base.ids import Actor, Ids, Role, SystemRandom
from paperless_kernel.billing.records import metadata
from paperless_kernel.billing.service import Billing
from paperless_kernel.billing.tariff import Catalogue, parse_tariff
from paperless_kernel.flows.usage import collect_usage
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal

MACHINE = Actor(id="machine", roles=frozenset({Role.MACHINE, Role.BILLING_CLERK}))
TENANT = "2.25.1"


class NoKeeper:
    def sequence(self, journal: str) -> str:
        return journal


class Rooms:
    def __init__(self, folder: Path, tariff: Path) -> None:
        self.clock = FixedClock(kst_instant(dt.date(2025, 7, 1), dt.time(10)))
        self.ids = Ids(self.clock, SystemRandom())
        self.journals = {}
        for name in ("access", "scan", "vault", "notice", "billing"):
            db = Database(folder / f"{name}.db")
            metadata.create_all(db.engine)
            self.journals[name] = Journal(db, name)
        catalogue = Catalogue.of([parse_tariff(tariff.read_text(encoding="utf-8"))])
        self.billing = Billing(
            db=self.journals["billing"].db,
            journal=self.journals["billing"],
            keeper=NoKeeper(),  # type: ignore[arg-type]
            clock=self.clock,
            ids=self.ids,
            typesetter=None,  # type: ignore[arg-type]
            tariffs=catalogue,
            spreadsheet=XlsxSpreadsheet(),
            facility=lambda _kind, _at: None,
        )

    def write(self, tag: str, subject: str, **body: Json) -> None:
        journal = self.journals[tag.partition(":")[0]]
        facts: dict[str, Json] = {"tenant": TENANT, **body}
        with journal.db.begin() as tx:
            journal.append(
                tx,
                Event(
                    tag=tag,
                    id=self.ids.new(),
                    subject=subject,
                    at=self.clock.now(),
                    actor="a",
                    body=facts,
                ),
            )

    def collect(self) -> tuple[int, int]:
        took = collect_usage(
            MACHINE,
            journals=[self.journals[n] for n in ("notice", "vault", "scan", "access")],
            billing=self.billing,
        )
        return took.recorded, took.repeated


@pytest.fixture
def rooms(tmp_path: Path, repository: Path) -> Rooms:
    return Rooms(tmp_path, repository / "data" / "tariffs" / "deck-2025.toml")


def test_the_main_job_is_billed_to_the_won(rooms: Rooms) -> None:
    rooms.write("access:tenant:joined", TENANT, plan="basic")
    rooms.write("access:user:added", "u1", roles=["customer-admin"])
    rooms.write("access:user:added", "staff", tenant="", roles=["scan-operator"])
    rooms.write("scan:box:received", "b1", sheets=6)
    rooms.write("scan:document:sealed", "d1", sides=2, service="trusted")
    rooms.write("vault:package:deposited", "p1", bytes=1_505_000)
    rooms.write("vault:certificate:issued", "p1", kind="original")
    rooms.write("notice:notice:accepted", "n1")
    rooms.write("notice:notice:read", "n1")
    rooms.write("scan:box:shredded", "b1")
    rooms.write("scan:box:moved", "b1", to="shredding room")
    assert rooms.collect() == (9, 0)
    assert rooms.collect() == (0, 9)
    rooms.clock.move_to(kst_instant(dt.date(2025, 8, 1)))
    invoice = rooms.billing.close_month(MACHINE, "k", TENANT, "2025-07")
    assert {line.item: line.amount for line in invoice.lines} == {
        "vault.join": 100_000,
        "vault.base": 100_000,
        "vault.storage": 0,
        "vault.id": 0,
        "vault.issue": 100,
        "scan.trusted": 400,
        "scan.shredding": 3_500,
        "notice.send": 130,
        "notice.read": 50,
    }


def test_an_entry_that_cannot_be_billed_stops_and_is_named(rooms: Rooms) -> None:
    rooms.write("vault:package:deposited", "p1")
    with pytest.raises(InputError, match=r"no whole bytes"):
        rooms.collect()
    assert rooms.billing.numbers().events == 0
