"""Usage and tariffs the billing tests are told with."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from paperless_kernel.adapters.spreadsheet import XlsxSpreadsheet
from paperless_kernel.base.clock import FixedClock, kst_instant
from paperless_kernel.base.ids import Ids, SystemRandom
from paperless_kernel.billing.model import Meter, UsageEvent
from paperless_kernel.billing.records import metadata
from paperless_kernel.billing.service import Billing
from paperless_kernel.billing.tariff import Catalogue, Tariff, parse_tariff
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal

DECK = Path(__file__).parents[3] / "data" / "tariffs" / "deck-2025.toml"


@pytest.fixture(scope="session")
def deck_text() -> str:
    return DECK.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def deck(deck_text: str) -> Tariff:
    return parse_tariff(deck_text, name="deck-2025")


@pytest.fixture(scope="session")
def catalogue(deck: Tariff) -> Catalogue:
    return Catalogue.of([deck])


class Story:
    """Collects events of one customer, written down day by day."""

    def __init__(self, tenant: str = "2.25.1") -> None:
        self.tenant = tenant
        self.events: list[UsageEvent] = []

    def at(
        self,
        day: str,
        meter: Meter,
        quantity: int = 1,
        subject: str = "",
        plan: str = "",
        hour: int = 10,
    ) -> Story:
        number = len(self.events) + 1
        self.events.append(
            UsageEvent(
                key=f"entry-{number}",
                tenant=self.tenant,
                meter=meter,
                at=kst_instant(dt.date.fromisoformat(day), dt.time(hour)),
                quantity=quantity,
                subject=subject or f"subject-{number}",
                plan=plan,
            )
        )
        return self


@pytest.fixture
def story() -> Story:
    return Story()


class Numbering:
    """A keeper that only numbers; signing is tested with the keeper."""

    def __init__(self, journal: Journal, clock: FixedClock) -> None:
        self.journal = journal
        self.clock = clock

    def sequence(self, journal: str) -> str:
        assert journal == self.journal.name
        note = self.journal.sequence(lambda size, _: f"note {size}", self.clock.now())
        assert note is not None
        return note


class Desk:
    """A billing service on its own files, with a clock to move."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.db = Database(folder / "billing.db")
        metadata.create_all(self.db.engine)
        self.clock = FixedClock(kst_instant(dt.date(2025, 8, 1), dt.time(9)))
        self.journal = Journal(self.db, "billing")
        self.keeper = Numbering(self.journal, self.clock)
        self.catalogue = catalogue
        self.billing = self.open(catalogue)

    def open(self, catalogue: Catalogue) -> Billing:
        return Billing(
            db=self.db,
            journal=self.journal,
            keeper=self.keeper,  # type: ignore[arg-type]
            clock=self.clock,
            ids=Ids(self.clock, SystemRandom()),
            typesetter=None,  # type: ignore[arg-type]
            tariffs=catalogue,
            spreadsheet=XlsxSpreadsheet(),
            facility=lambda _kind, _at: None,
        )


@pytest.fixture
def desk(tmp_path: Path, catalogue: Catalogue) -> Desk:
    return Desk(tmp_path, catalogue)
