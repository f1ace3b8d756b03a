"""Where a notice stands, derived from its facts; and what to do with a batch.

Knows facts and their rank, so late, repeated or reordered reports do no harm. Knows no
carrier and no clock.
"""

from __future__ import annotations

from collections.abc import Iterable

from paperless_kernel.notice.model import Fact, FactKind, State

_READER = (
    (FactKind.READ, State.READ),
    (FactKind.IDENTIFIED, State.IDENTIFIED),
    (FactKind.CONSENTED, State.CONSENTED),
    (FactKind.DECLINED, State.DECLINED),
    (FactKind.OPENED, State.OPENED),
)
_ATTEMPT = (
    # A delivered report after an undelivered one wins: it did reach the handset.
    (FactKind.DELIVERED, State.DELIVERED),
    (FactKind.UNDELIVERED, State.UNDELIVERED),
    (FactKind.ACCEPTED, State.ACCEPTED),
    (FactKind.REFUSED, State.UNDELIVERED),
    (FactKind.UNKNOWN, State.UNKNOWN),
    (FactKind.HANDED, State.HANDED),
)
_BEST = (State.DELIVERED, State.ACCEPTED, State.UNKNOWN, State.HANDED)


def attempt_state(kinds: Iterable[FactKind]) -> State:
    """Return where one attempt stands, from the kinds of its facts."""
    known = set(kinds)
    for kind, state in _ATTEMPT:
        if kind in known:
            return state
    return State.WAITING


def state_of(facts: Iterable[Fact]) -> State:
    """Return where a notice stands, from all its facts in any order.

    What the reader did outranks what carriers said; among attempts the best one
    counts; ``unknown`` is a state of its own that only a receipt, an inquiry or a
    same-key re-post leaves.
    """
    known = tuple(facts)
    kinds = {fact.kind for fact in known}
    for kind, state in _READER:
        if kind in kinds:
            return state
    attempts: dict[str, set[FactKind]] = {}
    for fact in known:
        if fact.ref:
            attempts.setdefault(fact.ref, set()).add(fact.kind)
    reached = {attempt_state(each) for each in attempts.values()}
    for state in _BEST:
        if state in reached:
            return state
    if FactKind.PRINTED in kinds:
        return State.PRINTED
    if FactKind.INELIGIBLE in kinds:
        return State.INELIGIBLE
    if reached:
        return State.UNDELIVERED
    return State.RESOLVED if FactKind.RESOLVED in kinds else State.WAITING


def may_post_again(
    *, posted: bool, denied: bool, open_now: bool, key_lives: bool
) -> bool:
    """Tell whether an unanswered batch may be posted under its stored key.

    Args:
        posted: it may have reached the carrier.
        denied: the carrier was asked just now and never took any of it.
        open_now: its channel may be used at this moment.
        key_lives: the carrier still remembers the key if it saw it.

    A blind re-post after the key may be forgotten would send twice: it is forbidden.
    """
    return open_now and (not posted or denied or key_lives)
