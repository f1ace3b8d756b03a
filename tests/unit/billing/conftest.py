"""Usage and tariffs the billing tests are told with."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from paperless_kernel.base.clock import kst_instant
from paperless_kernel.billing.model import Meter, UsageEvent
from paperless_kernel.billing.tariff import Catalogue, Tariff, parse_tariff

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
