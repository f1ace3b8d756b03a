from __future__ import annotations

import datetime as dt
import itertools

import pytest

from paperless_kernel.notice.delivery import (
    Step,
    attempt_state,
    next_channel,
    next_step,
    state_of,
)
from paperless_kernel.notice.model import (
    Attempt,
    Channel,
    Fact,
    FactKind,
    Network,
    State,
)

AT = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


def fact(kind: FactKind, ref: str = "") -> Fact:
    return Fact(notice="n", kind=kind, at=AT, entry="e", ref=ref)


def attempt(ref: str, channel: Channel) -> Attempt:
    return Attempt(
        ref=ref,
        notice="n",
        number=1,
        network=Network.KT,
        channel=channel,
        batch="b",
        masked="",
    )


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


def test_rcs_first_then_mms_then_nothing() -> None:
    rcs, mms = attempt("r", Channel.RCS), attempt("m", Channel.MMS)
    assert next_channel([], []) is Channel.RCS
    assert next_channel([rcs], []) is None
    assert next_channel([rcs], ["r"]) is Channel.MMS
    assert next_channel([rcs, mms], ["r"]) is None
    assert next_channel([rcs, mms], ["r", "m"]) is None


@pytest.mark.parametrize(
    ("posted", "held", "open_now", "lives", "asked", "step"),
    [
        (False, False, True, True, False, Step.POST),
        (False, False, False, True, False, Step.WAIT),
        (False, True, True, True, False, Step.WAIT),
        (True, False, True, True, False, Step.INQUIRE),
        (True, False, False, True, False, Step.INQUIRE),
        (True, False, True, True, True, Step.POST),
        (True, False, True, False, True, Step.POST),
        (True, False, False, True, True, Step.WAIT),
        (True, True, True, True, True, Step.WAIT),
    ],
)
def test_what_to_do_with_an_unanswered_batch(
    *, posted: bool, held: bool, open_now: bool, lives: bool, asked: bool, step: Step
) -> None:
    found = next_step(
        posted=posted, held=held, open_now=open_now, key_lives=lives, asked=asked
    )
    assert found is step
