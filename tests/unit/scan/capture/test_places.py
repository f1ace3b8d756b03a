from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.capture.model import Pairing
from paperless_kernel.scan.capture.places import between, free_positions, paired


def test_a_place_between_two() -> None:
    assert between("0000000004", "0000000005") == "0000000004.5"
    assert between("0000000004.5", "0000000005") == "0000000004.75"
    assert between("", "0000000001") == "0000000000.5"
    assert between("0000000009", "") == "0000000009.5"


@given(st.lists(st.integers(0, 1000), max_size=60))
def test_places_sort_where_they_were_put(puts: list[int]) -> None:
    places = ["0000000001", "0000000002"]
    for put in puts:
        at = put % (len(places) + 1)
        low = places[at - 1] if at else ""
        high = places[at] if at < len(places) else ""
        made = between(low, high)
        places.insert(at, made)
    assert places == sorted(places)
    assert len(set(places)) == len(places)


def test_positions_step_over_inserted_ones() -> None:
    assert free_positions(frozenset({3}), 2, 3) == (2, 4, 5)
    assert free_positions(frozenset(), 4, 2, 2) == (5, 6)
    assert free_positions(frozenset(), 5, 2, 2) == (5, 6)


def test_sides_are_paired() -> None:
    assert paired("abcd", "", Pairing.INTERLEAVED) == tuple("abcd")
    assert paired("abcCBA", "", Pairing.TURNED) == tuple("aAbBcC")
    assert paired("abc", "ABC", Pairing.STACKS) == tuple("aAbBcC")


@pytest.mark.parametrize(
    ("sources", "backs", "pairing", "words"),
    [
        ("abc", "", Pairing.TURNED, "3 sides are no fronts and backs"),
        ("abc", "AB", Pairing.STACKS, "3 fronts and 2 backs"),
        ("abc", "ABC", Pairing.TURNED, "one folder"),
        ("abc", "ABC", Pairing.INTERLEAVED, "stacks"),
    ],
)
def test_sides_that_cannot_be_paired_are_refused(
    sources: str, backs: str, pairing: Pairing, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        paired(sources, backs, pairing)
