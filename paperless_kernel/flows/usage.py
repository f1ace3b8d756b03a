"""What the businesses journaled becomes usage that billing can rate.

Knows that journals exist and hands them over; which tags count is billing's. A repeat
changes nothing: an event's key is its journal entry's id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from paperless_kernel.base.ids import Actor
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.billing.meters import event_of
from paperless_kernel.billing.model import Ingested, UsageEvent
from paperless_kernel.billing.service import Billing
from paperless_kernel.store.journal import Journal


def usage_events(journals: Iterable[Journal]) -> Iterator[UsageEvent]:
    """Read the usage out of journals (access, scan, vault, notice), in any order.

    Raises:
        InputError: an entry lacks what its tag promises; the text names it.
    """
    for journal in journals:
        for entry in journal.entries():
            event = event_of(
                tag=entry.tag,
                key=entry.id,
                subject=entry.subject,
                at=entry.at,
                body=entry.body,
            )
            if event is not None:
                yield event


def collect_usage(
    actor: Actor,
    *,
    journals: Iterable[Journal],
    billing: Billing,
    progress: Progress = silent,
) -> Ingested:
    """Hand all usage to billing; what it already has is passed over.

    Raises:
        NotAllowedError: the actor may not rate.
        InputError: an entry cannot be read as usage.
        ConflictError: an entry is recorded with other facts.
    """
    return billing.ingest(actor, usage_events(journals), progress)
