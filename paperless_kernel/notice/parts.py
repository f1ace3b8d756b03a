"""What every service class of this business is handed, and how it writes a fact.

Knows the journal and the rows together: a fact and its entry stand or fall in one
transaction. Decides nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperless_kernel.base.clock import Clock
from paperless_kernel.base.events import Event, Json
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.base.ids import Ids, Random
from paperless_kernel.base.typeset import Typesetter
from paperless_kernel.notice.model import (
    FIRST_ACCEPTED,
    TAGS,
    Fact,
    FactKind,
    Network,
)
from paperless_kernel.notice.parties import Carrier, Documents, LineDirectory
from paperless_kernel.notice.records.campaigns import add_fact, has_fact
from paperless_kernel.notice.rules import ServiceRules
from paperless_kernel.notice.window import Window
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import Keeper

if TYPE_CHECKING:
    from sqlalchemy import Connection

JOURNAL = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The outside of the notice business, put together once by the office."""

    db: Database
    journal: Journal
    keeper: Keeper
    clock: Clock
    ids: Ids
    random: Random
    window: Window
    rules: ServiceRules
    typesetter: Typesetter
    carriers: Mapping[Network, Carrier]
    lines: LineDirectory
    documents: Documents
    facility: Callable[[FacilityKind, dt.datetime], Facility | None]
    page_url: str

    def write(
        self,
        tx: Connection,
        tag: str,
        subject: str,
        actor: str,
        body: Mapping[str, Json],
    ) -> str:
        """Journal an event in the caller's transaction; return its entry's id."""
        entry = self.ids.new()
        event = Event(
            tag=tag,
            id=entry,
            subject=subject,
            at=self.clock.now(),
            actor=actor,
            body=body,
        )
        self.journal.append(tx, event)
        return entry

    def add(
        self,
        tx: Connection,
        fact: Fact,
        *,
        tenant: str,
        actor: str,
        body: Mapping[str, Json] | None = None,
    ) -> bool:
        """Add a fact and its entry, once; tell whether it was new.

        ``fact.at`` is when it happened by whoever says so; the entry's own time is
        ours. ``fact.entry`` is filled here. ``body`` adds to what the entry holds.
        """
        first = fact.kind is FactKind.ACCEPTED and not has_fact(
            tx, fact.notice, [FactKind.ACCEPTED]
        )
        entry = self.ids.new()
        if not add_fact(
            tx,
            Fact(
                notice=fact.notice,
                kind=fact.kind,
                at=fact.at,
                entry=entry,
                ref=fact.ref,
                detail=fact.detail,
            ),
        ):
            return False
        about: dict[str, Json] = {"tenant": tenant, **fact.detail, **(body or {})}
        if fact.ref:
            about["ref"] = fact.ref
        event = Event(
            tag=FIRST_ACCEPTED if first else TAGS[fact.kind],
            id=entry,
            subject=fact.notice,
            at=self.clock.now(),
            actor=actor,
            body=about,
        )
        self.journal.append(tx, event)
        return True

    def sequence(self) -> str:
        """Have the keeper number and sign what was written; only then acknowledge."""
        return self.keeper.sequence(JOURNAL)
