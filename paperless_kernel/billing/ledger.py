"""What a delivery of usage adds to what is already recorded.

Knows when two events are the same fact and when they contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.base.errors import ConflictError, InputError
from paperless_kernel.billing import records
from paperless_kernel.billing.model import UsageEvent


def first_of_each_key(events: Iterable[UsageEvent]) -> list[UsageEvent]:
    """Drop repeats within one delivery.

    Raises:
        InputError: an event without key or customer, or with a negative quantity.
        ConflictError: two events share a key and differ.
    """
    fresh: dict[str, UsageEvent] = {}
    for given in events:
        # what is stored has milliseconds; compare what will be stored
        event = replace(given, at=parse_stamp(stamp(given.at)))
        if not event.tenant or not event.key or event.quantity < 0:
            raise InputError(
                f"usage {event.key!r} needs a key, a customer and no negative quantity."
            )
        if fresh.setdefault(event.key, event) != event:
            raise _conflict(event)
    return list(fresh.values())


def unknown(tx: Connection, events: Sequence[UsageEvent]) -> list[UsageEvent]:
    """Return the events that are not recorded yet.

    Raises:
        ConflictError: one is recorded with other facts.
    """
    known = records.find_usage_by_key(tx, [each.key for each in events])
    for each in events:
        if known.get(each.key, each) != each:
            raise _conflict(each)
    return [each for each in events if each.key not in known]


def _conflict(event: UsageEvent) -> ConflictError:
    return ConflictError(
        f"usage {event.key} is already recorded with other facts; nothing of this "
        "delivery was recorded. Compare it with its journal."
    )
