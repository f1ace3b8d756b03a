"""Reconciliation across businesses: what the vault holds and billing counted.

Knows which journal and which meters to ask; what is compared with what is the scan's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from paperless_kernel.base.ids import Actor
from paperless_kernel.billing.model import Meter
from paperless_kernel.billing.service import Billing
from paperless_kernel.scan.reports.counts import Outside
from paperless_kernel.store.journal import Entry, Journal
from paperless_kernel.vault.model import TAG_DEPOSITED

_SCANNED = frozenset({Meter.SCANNED_TRUSTED, Meter.SCANNED_PLAIN})


def outside_of(machine: Actor, *, vault: Journal, billing: Billing) -> Outside:
    """Return what a scan's numbers are held against.

    Args:
        machine: a process of the office.
        vault: the vault's journal; a receipt is the id of a deposit's entry in it.
        billing: asked for the sides it counted; collect usage first.

    Raises:
        NotAllowedError: the actor may not rate.
    """
    return Outside(
        held={
            entry.id: frozenset(_digests(entry))
            for entry in vault.entries(tag=TAG_DEPOSITED)
        },
        billed=billing.counted(machine, _SCANNED),
    )


def _digests(entry: Entry) -> Iterator[str]:
    documents = entry.body.get("documents")
    if isinstance(documents, Sequence):
        for each in documents:
            if isinstance(each, Mapping):
                yield str(each.get("sha256"))
