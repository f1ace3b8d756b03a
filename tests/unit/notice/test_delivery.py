from __future__ import annotations

import datetime as dt
import itertools

import pytest

from paperless_kernel.notice.delivery import (
    attempt_state,
    may_post_again,
    state_of,
)
from paperless_kernel.notice.model import (
    Fact,
    FactKind,
    State,
)

AT = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


def fact(kind: FactKind, ref: str = "") -> Fact:
    return Fact(notice="n", kind=kind, at=AT, entry="e", ref=ref)


def test_the_order_of_facts_never_matters() -> None:
    facts = [
        fact(FactKind.RESOLVED),
        fact(FactKind.HANDED, "a"),
        fact(FactKind.DELIVERED, "a"),
        fact(FactKind.UNKNOWN, "a"),
        fact(FactKind.ACCEPTED, "a"),
    ]
    assert {state_of(order) for order in itertools.permutations(facts)} == {
        State.DELIVERED
    }


def test_unknown_is_a_state_of_its_own_until_something_settles_it() -> None:
    facts = [fact(FactKind.HANDED, "a"), fact(FactKind.UNKNOWN, "a")]
    assert state_of(facts) is State.UNKNOWN
    assert state_of([*facts, fact(FactKind.ACCEPTED, "a")]) is State.ACCEPTED


def test_delivered_after_undelivered_is_delivered() -> None:
    assert attempt_state([FactKind.UNDELIVERED, FactKind.DELIVERED]) is State.DELIVERED


def test_undelivered_only_when_every_attempt_failed() -> None:
    facts = [fact(FactKind.RESOLVED), fact(FactKind.UNDELIVERED, "a")]
    assert state_of(facts) is State.UNDELIVERED
    assert state_of([*facts, fact(FactKind.HANDED, "b")]) is State.HANDED


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([], State.WAITING),
        ([FactKind.RESOLVED], State.RESOLVED),
        ([FactKind.INELIGIBLE], State.INELIGIBLE),
        ([FactKind.INELIGIBLE, FactKind.PRINTED], State.PRINTED),
        ([FactKind.OPENED, FactKind.CONSENTED], State.CONSENTED),
        ([FactKind.READ, FactKind.DECLINED], State.READ),
    ],
)
def test_states(kinds: list[FactKind], state: State) -> None:
    assert state_of(map(fact, kinds)) is state


@pytest.mark.parametrize(
    ("posted", "denied", "open_now", "lives", "may"),
    [
        (False, False, True, True, True),
        (False, False, False, True, False),
        (True, False, True, True, True),
        (True, False, True, False, False),
        (True, True, True, False, True),
        (True, True, False, True, False),
    ],
)
def test_when_a_stored_batch_may_be_posted_again(
    *, posted: bool, denied: bool, open_now: bool, lives: bool, may: bool
) -> None:
    found = may_post_again(
        posted=posted, denied=denied, open_now=open_now, key_lives=lives
    )
    assert found is may
