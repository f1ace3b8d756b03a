from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from paperless_kernel.base.errors import InputError, NotYetError
from paperless_kernel.scan.custody.rules import (
    check_openable,
    check_scannable,
    check_sheets,
    stop_at_opening,
    stop_at_receipt,
)
from paperless_kernel.scan.model import (
    Batch,
    BatchState,
    Box,
    BoxState,
    SealState,
    Service,
)

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
