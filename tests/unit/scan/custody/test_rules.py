from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from paperless_kernel.base.errors import InputError, NotYetError
from paperless_kernel.scan.boxes import Box, BoxState, SealState
from paperless_kernel.scan.custody.model import Found, Place, PlaceKind
from paperless_kernel.scan.custody.rules import (
    STEPS,
    check_drawing,
    check_endable,
    check_openable,
    check_photo,
    check_scannable,
    check_sheets,
    check_step,
    cleared_state,
    place_of,
    stop_at_opening,
    stop_at_receipt,
    stop_at_return,
    stop_of_transport,
)
from paperless_kernel.scan.model import Batch, BatchState, Service

AT = dt.datetime(2026, 11, 23, 5, 0, tzinfo=dt.UTC)
BOX = Box(
    id="b",
    tenant="t",
    seal="S-1",
    contract="2026-7",
    sheets=10,
    state=BoxState.RECEIVED,
    received_at=AT,
)
OPEN = replace(BOX, state=BoxState.OPENED, counted=10)
BATCH = Batch(
    id="x",
    box="b",
    tenant="t",
    service=Service.TRUSTED,
    sheets=6,
    sides=1,
    device="d",
    settings="s",
    operator="o",
    state=BatchState.ERASED,
    head="",
    started_at=AT,
)


@pytest.mark.parametrize("sheets", [0, -1, 100_001])
def test_impossible_counts_are_refused(sheets: int) -> None:
    check_sheets(1)
    with pytest.raises(InputError):
        check_sheets(sheets)


def test_a_supplied_whole_seal_goes_on() -> None:
    assert stop_at_receipt("S-1", {"S-1"}, SealState.INTACT) == ""


def test_an_unknown_or_broken_seal_stops_with_a_reason() -> None:
    assert "never supplied" in stop_at_receipt("S-9", {"S-1"}, SealState.INTACT)
    assert "broken" in stop_at_receipt("S-1", {"S-1"}, SealState.BROKEN)
    assert "missing" in stop_at_receipt("S-1", {"S-1"}, SealState.MISSING)


def test_opening_compares_seal_and_count() -> None:
    assert stop_at_opening(BOX, "S-1", SealState.INTACT, 10) == ""
    assert "S-2" in stop_at_opening(BOX, "S-2", SealState.INTACT, 10)
    assert "broken" in stop_at_opening(BOX, "S-1", SealState.BROKEN, 10)
    assert "9 sheets counted, 10 declared" in stop_at_opening(
        BOX, "S-1", SealState.INTACT, 9
    )


def test_only_a_received_box_is_opened() -> None:
    check_openable(BOX)
    with pytest.raises(NotYetError, match="seal"):
        check_openable(replace(BOX, state=BoxState.STOPPED, reason="the seal was ..."))
    with pytest.raises(NotYetError):
        check_openable(replace(BOX, state=BoxState.SHREDDED))


def test_batches_hold_no_more_than_was_counted() -> None:
    check_scannable(OPEN, [BATCH], 4)
    with pytest.raises(InputError, match="do not fit"):
        check_scannable(OPEN, [BATCH], 5)
    with pytest.raises(NotYetError):
        check_scannable(BOX, [], 4)
    with pytest.raises(NotYetError, match="stopped"):
        check_scannable(replace(OPEN, state=BoxState.STOPPED, reason="why"), [], 4)


def test_nothing_leads_out_of_the_ends_and_every_state_is_reached() -> None:
    assert set(STEPS) == set(BoxState)
    assert not STEPS[BoxState.SHREDDED] | STEPS[BoxState.RETURNED]
    reached = {BoxState.PACKED, *(to for steps in STEPS.values() for to in steps)}
    assert reached == set(BoxState)


@pytest.mark.parametrize("state", list(BoxState))
def test_only_an_open_box_is_shredded(state: BoxState) -> None:
    assert (BoxState.SHREDDED in STEPS[state]) is (state is BoxState.OPENED)


def test_a_stopped_box_takes_no_step_but_clearing() -> None:
    check_step(BOX, BoxState.OPENED)
    with pytest.raises(NotYetError, match="stopped"):
        check_step(replace(BOX, state=BoxState.STOPPED), BoxState.OPENED)
    with pytest.raises(NotYetError, match="cannot become"):
        check_step(OPEN, BoxState.RECEIVED)


def test_a_place_is_the_last_movement_and_nowhere_at_the_end() -> None:
    last = Place(kind=PlaceKind.WAREHOUSE, bin="A-01")
    assert place_of(BOX, last) is last
    assert place_of(BOX, None).kind is PlaceKind.WORKSHOP
    assert place_of(replace(BOX, state=BoxState.SHREDDED), last).kind is PlaceKind.GONE


def test_clearing_leads_back_to_where_the_box_was() -> None:
    stopped = replace(BOX, state=BoxState.STOPPED)
    shop, van = (Place(kind=k) for k in (PlaceKind.WORKSHOP, PlaceKind.VEHICLE))
    assert cleared_state(stopped, shop) is BoxState.RECEIVED
    assert cleared_state(stopped, van) is BoxState.HANDED_OVER
    assert cleared_state(replace(stopped, counted=9), shop) is BoxState.OPENED


def test_a_vehicle_is_compared_with_its_list() -> None:
    whole = [Found(seal="S-1"), Found(seal="S-2")]
    assert stop_of_transport(["S-1", "S-2"], whole, 2) == ""
    assert "3 box(es) counted" in stop_of_transport(["S-1", "S-2"], whole, 3)
    assert "missing: S-3" in stop_of_transport(["S-1", "S-2", "S-3"], whole, 3)
    assert "not on the list: S-2" in stop_of_transport(["S-1"], whole, 1)


def test_a_box_counts_no_less_after_it_was_at_the_customers() -> None:
    assert stop_at_return(OPEN, 10) == ""
    assert "9 sheets came back" in stop_at_return(OPEN, 9)
    assert "9 sheets came back" in stop_at_return(BOX, 9)


def test_pictures_are_what_they_say_and_no_larger() -> None:
    check_drawing(b"")
    check_drawing(b"\x89PNG\r\n\x1a\n")
    check_photo(b"\xff\xd8\xff")
    with pytest.raises(InputError):
        check_drawing(b"\x89PNG\r\n\x1a\n" + bytes(500_000))
    with pytest.raises(InputError):
        check_photo(b"\xff\xd8\xff" + bytes(8_000_000))
    with pytest.raises(InputError):
        check_photo(b"")


def test_paper_elsewhere_does_not_end_here() -> None:
    shop, customer = (Place(kind=k) for k in (PlaceKind.WORKSHOP, PlaceKind.CUSTOMER))
    for end in (BoxState.SHREDDED, BoxState.RETURNED):
        check_endable(OPEN, shop, end)
    check_endable(OPEN, customer, BoxState.RETURNED)
    with pytest.raises(NotYetError):
        check_endable(OPEN, customer, BoxState.SHREDDED)
    with pytest.raises(NotYetError):
        check_endable(BOX, customer, BoxState.RETURNED)
