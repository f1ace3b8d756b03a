from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
)
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.billing.meters import event_of
from paperless_kernel.billing.model import Meter
from paperless_kernel.scan.boxes import BoxState
from paperless_kernel.scan.custody.model import PlaceKind, Signature
from paperless_kernel.scan.custody.records import where_box
from paperless_kernel.scan.custody.rules import check_endable
from paperless_kernel.scan.orders.model import Task

CUSTOMER = Actor(id="c-1", roles=frozenset({Role.CUSTOMER_USER}), tenant="t-one")
STRANGER = Actor(id="c-2", roles=frozenset({Role.CUSTOMER_USER}), tenant="t-two")
BY = Signature(name="김고객")


def stored(world: Any, bin_name: str = "A-01", **more: Any) -> Any:
    box = world.opened(10, **more)
    world.scan.enter_bins(world.manager, ["A-01", "A-02"])
    world.scan.store_box(world.courier, key="st-1", box=box.id, bin=bin_name)
    return box


def asked(world: Any, box: Any, key: str = "ask-1") -> Any:
    return world.scan.ask_for_box(CUSTOMER, key=key, box=box.id, reason="소송 자료")


def test_a_box_stands_in_one_bin(world: Any) -> None:
    box = stored(world)
    place = world.scan.place(world.manager, box.id)
    assert (place.kind, place.bin) == (PlaceKind.WAREHOUSE, "A-01")
    again = world.scan.store_box(world.courier, key="st-1", box=box.id, bin="A-01")
    assert again == place
    with pytest.raises(ConflictError, match="A-01"):
        world.scan.store_box(world.courier, key="st-2", box=box.id, bin="A-02")
    moved = world.scan.move_box(world.courier, key="m-1", box=box.id, bin="A-02")
    assert moved.bin == "A-02"
    world.scan.move_box(world.courier, key="m-1", box=box.id, bin="A-02")
    assert world.tags().count("scan:box:moved") == 1
    with pytest.raises(NotFoundError, match="B-9"):
        world.scan.move_box(world.courier, key="m-2", box=box.id, bin="B-9")


def test_bins_are_entered_once_by_the_manager(world: Any) -> None:
    assert world.scan.enter_bins(world.manager, ["A-02", "A-01"]) == ("A-01", "A-02")
    assert world.scan.enter_bins(world.manager, ["A-01"]) == ("A-01", "A-02")
    assert world.scan.bins(world.courier) == ("A-01", "A-02")
    assert len(list(world.journal.entries(tag="scan:bin:entered"))) == 2
    with pytest.raises(NotAllowedError):
        world.scan.enter_bins(world.courier, ["A-03"])
    with pytest.raises(InputError):
        world.scan.enter_bins(world.manager, [" "])


def test_a_stored_box_is_fetched_on_demand_and_put_back(world: Any) -> None:
    box = stored(world)
    request = asked(world, box)
    assert asked(world, box) == request
    assert world.scan.requests(CUSTOMER, waiting=True) == (request,)
    assert world.scan.requests(STRANGER) == ()
    done = world.scan.fetch_box(world.courier, key="f-1", request=request.id)
    assert world.scan.fetch_box(world.courier, key="f-1", request=request.id) == done
    assert done.fetched_at is not None
    assert world.scan.place(CUSTOMER, box.id).kind is PlaceKind.WORKSHOP
    with pytest.raises(ConflictError, match="fulfilled"):
        world.scan.fetch_box(world.courier, key="f-2", request=request.id)
    world.scan.store_box(world.courier, key="st-2", box=box.id, bin="A-02")
    (first, second) = world.journal.entries(tag="scan:box:stored")
    assert (first.body["again"], second.body["again"]) == (False, True)
    assert "소송" not in str([one.body for one in world.journal.entries()])


def test_each_way_in_and_out_is_a_billable_fact_and_a_move_between_bins_none(
    world: Any,
) -> None:
    box = stored(world)
    world.scan.move_box(world.courier, key="m-1", box=box.id, bin="A-02")
    request = asked(world, box)
    world.scan.fetch_box(world.courier, key="f-1", request=request.id)
    events = [
        event_of(
            tag=entry.tag,
            key=str(entry.seq),
            subject=entry.subject,
            at=entry.at,
            body=entry.body,
        )
        for entry in world.journal.entries(subject=box.id)
    ]
    meters = [event.meter for event in events if event is not None]
    # Stored twice over is one stay: billing counts the first way in.
    assert meters == [Meter.BOX_STORED, Meter.BOX_STORED, Meter.BOX_LEFT]


def test_a_box_goes_to_the_customer_signed_for_and_comes_back_counted(
    world: Any,
) -> None:
    box = stored(world)
    request = asked(world, box)
    values = {
        "key": "d-1",
        "request": request.id,
        "vehicle": "서울80바1234",
        "second": "u-second",
        "taker": BY,
    }
    for wrong in (
        {"second": world.courier.id},
        {"vehicle": ""},
        {"taker": Signature()},
    ):
        with pytest.raises(InputError):
            world.scan.deliver_box(world.courier, **values | wrong)
    for _ in range(2):
        world.scan.deliver_box(world.courier, **values)
    assert world.tags().count("scan:box:fetched") == 1
    assert world.scan.place(CUSTOMER, box.id).kind is PlaceKind.CUSTOMER
    (proof,) = world.scan.proofs(world.manager, request.id)
    assert world.scan.show_signature(world.manager, proof.digest) == BY
    with pytest.raises(ConflictError, match="count its sheets"):
        world.scan.store_box(world.courier, key="st-2", box=box.id, bin="A-01")
    with pytest.raises(NotYetError, match="at the customer"):
        world.scan.prepare_box(world.author, key="p-2", box=box.id)
    back = world.scan.put_back(
        world.courier, key="b-1", box=box.id, bin="A-01", counted=10
    )
    assert back.bin == "A-01"
    assert world.scan.box(world.manager, box.id).state is BoxState.OPENED


def test_a_box_that_comes_back_with_another_count_is_stopped(world: Any) -> None:
    box = stored(world)
    request = asked(world, box)
    world.scan.deliver_box(
        world.courier,
        key="d-1",
        request=request.id,
        vehicle="v",
        second="u-second",
        taker=BY,
    )
    world.scan.put_back(world.courier, key="b-1", box=box.id, bin="A-01", counted=9)
    found = world.scan.box(world.manager, box.id)
    assert found.state is BoxState.STOPPED
    assert "9 sheets came back" in found.reason
    assert world.scan.place(world.manager, box.id).bin == "A-01"
    cleared = world.scan.clear_box(world.manager, box.id, agreed="letter 8")
    assert cleared.state is BoxState.OPENED


def test_only_what_is_in_the_warehouse_is_asked_for(world: Any) -> None:
    box = world.opened(10)
    with pytest.raises(NotYetError, match="not in the warehouse"):
        asked(world, box)
    world.scan.enter_bins(world.manager, ["A-01"])
    world.scan.store_box(world.courier, key="st-1", box=box.id, bin="A-01")
    asked(world, box)
    with pytest.raises(ConflictError, match="already"):
        asked(world, box, key="ask-2")
    with pytest.raises(InputError):
        world.scan.ask_for_box(CUSTOMER, key="a", box=box.id, reason="")
    with pytest.raises(NotFoundError):
        world.scan.ask_for_box(STRANGER, key="a", box=box.id, reason="curious")
    with pytest.raises(NotFoundError):  # not even by the owner's own words
        world.scan.ask_for_box(STRANGER, key="ask-1", box=box.id, reason="소송 자료")
    with pytest.raises(NotAllowedError):
        world.scan.ask_for_box(world.courier, key="a", box=box.id, reason="no")
    with pytest.raises(NotFoundError):
        world.scan.place(STRANGER, box.id)


def test_a_stored_box_is_not_scanned_where_it_stands(world: Any) -> None:
    box = stored(world)
    values = {
        "key": "b-1",
        "box": box.id,
        "sheets": 10,
        "device": "scanner 7",
        "settings": "300 dpi",
    }
    with pytest.raises(NotYetError, match="at the warehouse"):
        world.scan.start_batch(world.author, **values)
    request = world.scan.ask_for_box(
        world.author, key="a", box=box.id, reason="to be scanned"
    )
    world.scan.fetch_box(world.courier, key="f", request=request.id)
    assert world.scan.start_batch(world.author, **values).box == box.id


def test_an_unprepared_box_is_not_scanned(world: Any) -> None:
    order = world.agreed()
    box = world.scan.receive_box(
        world.courier, key="r", tenant="t-one", seal="S-1", sheets=2, order=order.id
    )
    with pytest.raises(NotYetError):
        world.scan.prepare_box(world.author, key="p", box=box.id)
    world.scan.open_box(world.courier, box.id, seal="S-1", counted=2)
    values = {
        "key": "b-1",
        "box": box.id,
        "sheets": 2,
        "device": "scanner 7",
        "settings": "300 dpi",
    }
    with pytest.raises(NotYetError, match="제41조②"):
        world.scan.start_batch(world.author, **values)
    with pytest.raises(NotAllowedError):
        world.scan.prepare_box(world.courier, key="p", box=box.id)
    with pytest.raises(InputError):
        world.scan.prepare_box(
            world.author, key="p", box=box.id, sorted=False, unclipped=False
        )
    stranger = Actor(id="u-new", roles=frozenset({Role.SCAN_OPERATOR}))
    with pytest.raises(NotAllowedError, match="제9조"):
        world.scan.prepare_box(stranger, key="p", box=box.id)
    done = world.scan.prepare_box(world.author, key="p", box=box.id, banded=True)
    assert (
        world.scan.prepare_box(world.author, key="p", box=box.id, banded=True) == done
    )
    assert (done.by, done.banded) == (world.author.id, True)
    assert world.tags().count("scan:box:prepared") == 1
    assert world.scan.start_batch(world.author, **values).sheets == 2


def test_storing_asks_for_a_contract_that_covers_it(world: Any) -> None:
    world.agreed()
    world.scan.record_contract(
        world.manager,
        tenant="t-one",
        number="no store",
        since=dt.date(2026, 1, 1),
        until=dt.date(2026, 12, 31),
        consignor="하나상사",
        consignee="작업장",
        tasks=[Task.SCAN, Task.CARRY],
    )
    order = world.scan.place_order(
        world.manager, key="o", tenant="t-one", number="3", contract="no store"
    )
    box = world.scan.receive_box(
        world.courier, key="r", tenant="t-one", seal="S-1", sheets=2, order=order.id
    )
    world.scan.enter_bins(world.manager, ["A-01"])
    with pytest.raises(NotAllowedError, match="not store"):
        world.scan.store_box(world.courier, key="s", box=box.id, bin="A-01")


def test_a_stopped_box_is_not_stored(world: Any) -> None:
    order = world.agreed()
    world.scan.enter_bins(world.manager, ["A-01"])
    box = world.scan.receive_box(
        world.courier, key="r", tenant="t-one", seal="X-1", sheets=2, order=order.id
    )
    with pytest.raises(NotYetError, match="stopped"):
        world.scan.store_box(world.courier, key="s", box=box.id, bin="A-01")


def test_from_a_document_to_its_bin_even_after_it_was_handed_over(
    world: Any, draw: Any
) -> None:
    page = draw.encoded(draw.drawn(3), dpi=204)
    batch = world.passed([page])
    world.scan.seal(world.manager, batch)
    (document,) = world.scan.sealed_documents(world.flow, batch)
    world.scan.handed_over(world.flow, document.id, receipt="vault-77")
    box = world.scan.boxes(world.manager)[0]
    world.scan.enter_bins(world.manager, ["A-01"])
    world.scan.store_box(world.courier, key="s", box=box.id, bin="A-01")
    for name in (document.id, "vault-77"):
        where = world.scan.where_is(CUSTOMER, name)
        assert (where.box, where.place.bin, where.seal) == (box.id, "A-01", "S-1")
    ((found, _),) = world.scan.documents_in(CUSTOMER, box.id)
    assert found == document.id
    for actor, name in ((STRANGER, document.id), (CUSTOMER, "no such"), (CUSTOMER, "")):
        with pytest.raises(NotFoundError):
            world.scan.where_is(actor, name)
    with pytest.raises(NotFoundError):
        world.scan.documents_in(STRANGER, box.id)


def test_a_box_that_ended_stands_nowhere(world: Any) -> None:
    box = stored(world)
    world.scan.return_box(world.courier, box.id)
    assert world.scan.place(world.manager, box.id).kind is PlaceKind.GONE
    with pytest.raises(NotYetError):
        asked(world, box)
    with pytest.raises(NotYetError):
        world.scan.store_box(world.courier, key="s2", box=box.id, bin="A-01")


def test_paper_at_the_customers_is_not_shredded_and_may_stay_there(world: Any) -> None:
    box = stored(world)
    request = asked(world, box)
    world.scan.deliver_box(
        world.courier,
        key="d-1",
        request=request.id,
        vehicle="v",
        second="u-second",
        taker=BY,
    )
    with world.db.read() as tx:
        place = where_box(tx, box.id)
    with pytest.raises(NotYetError, match="at the customer"):
        check_endable(box, place, BoxState.SHREDDED)
    world.scan.return_box(world.courier, box.id)
    assert world.scan.place(world.manager, box.id).kind is PlaceKind.GONE


def test_a_box_on_its_way_is_not_given_back(world: Any) -> None:
    order = world.agreed()
    box = world.scan.pack_box(
        world.courier, key="p", order=order.id, seal="S-1", sheets=3
    )
    with pytest.raises(NotYetError, match="at the customer"):
        world.scan.return_box(world.courier, box.id)
    world.scan.hand_over_boxes(
        world.courier,
        key="h",
        boxes=[box.id],
        vehicle="v",
        second="u-second",
        giver=BY,
    )
    with pytest.raises(NotYetError, match="at the vehicle"):
        world.scan.return_box(world.courier, box.id)
