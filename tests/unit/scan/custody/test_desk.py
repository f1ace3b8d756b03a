from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import update

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
)
from paperless_kernel.scan.boxes import BoxState, SealState
from paperless_kernel.scan.tables import asked
from paperless_kernel.scan.tables import box as box_table
from paperless_kernel.trust.digest import canonical_json


def _received(world: Any, **more: Any) -> Any:
    values = {"key": "r-1", "tenant": "t-one", "seal": "S-1", "sheets": 10} | more
    if "order" not in values:
        (order,) = world.scan.orders(world.manager)
        values["order"] = order.id
    return world.scan.receive_box(world.courier, **values)


def test_a_sealed_box_is_received_and_opened(world: Any) -> None:
    box = world.opened(10)
    assert (box.state, box.counted, box.contract) == (
        BoxState.OPENED,
        10,
        "처리위탁-7",
    )
    assert world.tags() == [
        "scan:contract:recorded",
        "scan:box:boxes-supplied",
        "scan:order:placed",
        "scan:box:received",
        "scan:box:opened",
        "scan:box:prepared",
    ]
    (entry,) = world.journal.entries(tag="scan:box:boxes-supplied")
    assert (entry.body["tenant"], entry.body["count"]) == ("t-one", 3)


def test_a_repeat_returns_the_same_box(world: Any) -> None:
    world.agreed()
    world.agreed()
    box = _received(world)
    assert _received(world) == box
    with pytest.raises(ConflictError):
        _received(world, sheets=11)
    opened = world.scan.open_box(world.courier, box.id, seal="S-1", counted=10)
    assert world.scan.open_box(world.courier, box.id, seal="S-1", counted=10) == opened
    assert len(world.tags()) == 5


def test_without_a_contract_no_box_comes_in(world: Any) -> None:
    with pytest.raises(NotFoundError, match="제40조"):
        _received(world, order="2.25.0")
    world.agreed()
    world.clock.move_to(dt.datetime(2026, 12, 31, 15, 0, tzinfo=dt.UTC))
    with pytest.raises(NotAllowedError, match="2027-01-01"):
        _received(world)
    assert "scan:box:received" not in world.tags()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"seal": "S-99"}, "never supplied"),
        ({"seal_state": SealState.BROKEN}, "broken"),
        ({"seal_state": SealState.MISSING}, "missing"),
    ],
)
def test_a_bad_seal_stops_the_box(world: Any, more: dict[str, Any], why: str) -> None:
    world.agreed()
    box = _received(world, **more)
    assert box.state is BoxState.STOPPED
    assert why in box.reason
    with pytest.raises(NotYetError, match="stopped"):
        world.scan.open_box(world.courier, box.id, seal=box.seal, counted=10)
    (entry,) = world.journal.entries(tag="scan:box:stopped")
    assert why in entry.body["reason"]


def test_a_seal_serves_one_box(world: Any) -> None:
    world.agreed()
    _received(world)
    again = _received(world, key="r-2")
    assert again.state is BoxState.STOPPED


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"seal": "S-1", "counted": 9}, "9 sheets counted"),
        ({"seal": "S-2", "counted": 10}, "the seal reads S-2"),
        (
            {"seal": "S-1", "counted": 10, "seal_state": SealState.BROKEN},
            "broken at opening",
        ),
    ],
)
def test_a_bad_opening_stops_the_box_until_the_manager_clears_it(
    world: Any, found: dict[str, Any], why: str
) -> None:
    world.agreed()
    box = world.scan.open_box(world.courier, _received(world).id, **found)
    assert box.state is BoxState.STOPPED
    assert why in box.reason
    scan = world.scan
    with pytest.raises(NotAllowedError):
        scan.clear_box(world.courier, box.id, agreed="letter 12")
    with pytest.raises(InputError):
        scan.clear_box(world.manager, box.id, agreed=" ")
    cleared = scan.clear_box(world.manager, box.id, agreed="letter 12")
    assert cleared.state is BoxState.OPENED
    assert cleared.counted == found["counted"]


def test_a_box_nobody_scanned_may_go_back(world: Any) -> None:
    box = world.opened()
    assert world.scan.return_box(world.courier, box.id).state is BoxState.RETURNED


def test_a_box_being_scanned_stays(world: Any) -> None:
    batch = world.started()
    with pytest.raises(NotYetError, match="cannot go back"):
        world.scan.return_box(world.courier, batch.box)


def test_seals_are_supplied_once(world: Any) -> None:
    world.agreed()
    with pytest.raises(ConflictError, match="S-1"):
        world.scan.supply_boxes(
            world.courier, key="s-2", tenant="t-two", seals=("S-1",)
        )
    for seals in ((), ("",), ("S-5", "S-5")):
        with pytest.raises(InputError):
            world.scan.supply_boxes(
                world.courier, key="s-3", tenant="t-one", seals=seals
            )


def test_who_may_not(world: Any) -> None:
    order = world.agreed()
    with pytest.raises(NotAllowedError):
        world.scan.receive_box(
            world.inspector,
            key="r",
            tenant="t-one",
            seal="S-1",
            sheets=1,
            order=order.id,
        )
    with pytest.raises(NotAllowedError):
        world.scan.boxes(world.courier)
    with pytest.raises(NotFoundError):
        world.scan.box(world.manager, "2.25.0")


def test_every_answer_is_under_a_signed_checkpoint(world: Any) -> None:
    world.opened()
    entries = list(world.journal.entries())
    assert world.journal.check(world.keeper.vkey("scan")) == len(entries)


def test_a_receipt_of_an_older_office_is_repeated_without_its_order(world: Any) -> None:
    world.agreed()
    box = _received(world)
    with world.db.begin() as tx:  # as an office of the first version wrote it
        content = canonical_json(["receive", "t-one", "S-1", "10", "intact"]).decode()
        tx.execute(update(asked).where(asked.c.key == "r-1").values(content=content))
        tx.execute(update(box_table).values(work_order=""))
    assert _received(world).id == box.id
    with pytest.raises(ConflictError):
        _received(world, sheets=11)
