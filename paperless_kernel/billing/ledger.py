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

MOST = 2**53
"""The largest quantity of one event: what JSON holds exactly, 9 PB in bytes."""


def first_of_each_key(events: Iterable[UsageEvent]) -> list[UsageEvent]:
    """Drop repeats within one delivery.

    Raises:
        InputError: an event without key or customer, with a quantity that is no whole
            number from 0 to 2^53, or with a time that has no zone.
        ConflictError: two events share a key and differ.
    """
    fresh: dict[str, UsageEvent] = {}
    for given in events:
        event = _checked(given)
        if fresh.setdefault(event.key, event) != event:
            raise _conflict(event)
    return list(fresh.values())


def _checked(given: UsageEvent) -> UsageEvent:
    """Return an event as it will be stored: its time has milliseconds."""
    if not given.key or not given.tenant:
        raise InputError(f"usage {given.key!r} needs a key and a customer.")
    # a bool is an int, and neither it nor a float is a count
    if type(given.quantity) is not int or not 0 <= given.quantity <= MOST:
        raise InputError(
            f"usage {given.key!r} counts {given.quantity!r}; give a whole number from "
            f"0 to {MOST}."
        )
    try:
        return replace(given, at=parse_stamp(stamp(given.at)))
    except (AttributeError, OverflowError, ValueError) as error:
        raise InputError(
            f"usage {given.key!r} has no time that can be billed ({given.at!r}); give "
            "an instant with its zone."
        ) from error


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
