from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
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
from paperless_kernel.scan.boxes import Binding, BoxState, Paper, PaperSize, SealState
from paperless_kernel.scan.custody import arrival, handover, packing
from paperless_kernel.scan.custody.model import (
    Found,
    PlaceKind,
    ProofRole,
    Signature,
    TransportState,
)
from paperless_kernel.scan.model import Process
from paperless_kernel.scan.orders.model import Task

PNG = b"\x89PNG\r\n\x1a\n drawn by hand"
JPEG = b"\xff\xd8\xff a seal"
BY = Signature(name="홍길동", drawing=PNG)
OTHER = Actor(id="u-other-courier", roles=frozenset({Role.COURIER}))


def packed(world: Any, seal: str = "S-1", sheets: int = 10, **more: Any) -> Any:
    order = world.agreed()
    values = {"key": f"pack-{seal}", "order": order.id, "seal": seal, "sheets": sheets}
    return world.scan.pack_box(world.courier, **values | more)


def left(world: Any, *boxes: Any, actor: Any = None, **more: Any) -> Any:
    values = {
        "key": "leave-1",
        "boxes": [box.id for box in boxes],
        "vehicle": "서울80바1234",
        "second": "u-second",
        "giver": BY,
    }
    return world.scan.hand_over_boxes(actor or world.courier, **values | more)


def arrived(world: Any, run: Any, *seals: str, **more: Any) -> Any:
    values = {
        "key": "arrive-1",
        "transport": run.id,
        "found": [Found(seal=seal) for seal in seals],
        "counted": len(seals),
        "taker": Signature(name="김작업"),
    }
    return world.scan.arrive(world.author, **values | more)


def state(world: Any, box: Any) -> Any:
    return world.scan.box(world.courier, box.id).state


def place(world: Any, box: Any) -> Any:
    return world.scan.place(world.manager, box.id).kind


def test_boxes_travel_from_hand_to_hand(world: Any) -> None:
    paper = Paper(size=PaperSize.A3, binding=Binding.BINDER, banded=True, special=True)
    box, other = packed(world, paper=paper), packed(world, "S-2")
    assert (box.state, box.paper) == (BoxState.PACKED, paper)
    assert place(world, box) is PlaceKind.CUSTOMER
    run = left(world, box, other)
    assert (run.state, run.second) == (TransportState.UNDER_WAY, "u-second")
    assert place(world, box) is PlaceKind.VEHICLE
    done = arrived(world, run, "S-1", "S-2")
    assert (done.state, done.reason) == (TransportState.ARRIVED, "")
    assert done.checked_by == world.author.id
    assert place(world, box) is PlaceKind.WORKSHOP
    opened = world.scan.open_box(world.author, box.id, seal="S-1", counted=10)
    assert opened.state is BoxState.OPENED
    assert opened.paper == paper
    assert [tag for tag in world.tags() if "transport" in tag] == [
        "scan:transport:left",
        "scan:transport:arrived",
    ]
    kinds = [one.kind for one in world.scan.places(world.manager, box.id)]
    assert kinds == [PlaceKind.CUSTOMER, PlaceKind.VEHICLE, PlaceKind.WORKSHOP]


def test_a_message_that_comes_twice_changes_nothing(world: Any) -> None:
    box = packed(world)
    assert packed(world) == box
    run = left(world, box)
    assert left(world, box) == run
    done = arrived(world, run, "S-1")
    entries = len(world.tags())
    assert left(world, box) == done
    assert arrived(world, run, "S-1") == done
    assert len(world.tags()) == entries
    with pytest.raises(ConflictError):
        left(world, box, vehicle="other")
    with pytest.raises(ConflictError):
        arrived(world, run, "S-1", counted=2)
    with pytest.raises(ConflictError):
        packed(world, sheets=11)


def test_a_late_message_of_a_handover_moves_no_box_back(world: Any) -> None:
    box = packed(world)
    arrived(world, left(world, box), "S-1")
    with pytest.raises(NotYetError, match="received"):
        left(world, box, key="leave-2")
    assert state(world, box) is BoxState.RECEIVED
    run = world.scan.transports(world.courier, box.id)[0]
    with pytest.raises(ConflictError, match="checked in"):
        arrived(world, run, "S-1", key="arrive-2")


def test_signatures_and_photos_are_kept_and_the_journal_has_digests(
    world: Any,
) -> None:
    box = packed(world)
    photo = world.scan.photograph(world.courier, key="f", box=box.id, photo=JPEG)
    again = world.scan.photograph(world.courier, key="f", box=box.id, photo=JPEG)
    assert again == photo
    assert world.scan.show_photo(world.manager, photo.digest) == JPEG
    run = left(world, box)
    arrived(world, run, "S-1")
    kept = {one.role: one for one in world.scan.proofs(world.courier, run.id)}
    assert set(kept) == {ProofRole.GIVER, ProofRole.TAKER}
    giver = kept[ProofRole.GIVER]
    assert world.scan.show_signature(world.manager, giver.digest) == BY
    (entry,) = world.journal.entries(tag="scan:transport:left")
    assert entry.body["giver"] == giver.digest
    journal = " ".join(str(one.body) for one in world.journal.entries())
    assert "홍길동" not in journal
    for name in world.blobs.names():
        assert b"drawn by hand" not in world.blobs.get(name)
    with pytest.raises(NotFoundError):
        world.scan.show_photo(world.manager, "0" * 64)
    with pytest.raises(NotAllowedError):
        world.scan.proofs(
            Actor(id="c", roles=frozenset({Role.CUSTOMER_USER}), tenant="t-one"),
            run.id,
        )


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"second": "u-courier"}, "Two different people"),
        ({"second": " "}, "Two different people"),
        ({"vehicle": ""}, "vehicle"),
        ({"boxes": []}, "list of boxes"),
        ({"giver": Signature()}, "signed"),
        ({"giver": Signature(drawing=b"GIF89a")}, "PNG"),
    ],
)
def test_a_handover_names_vehicle_two_handlers_and_a_signature(
    world: Any, more: dict[str, Any], why: str
) -> None:
    box = packed(world)
    with pytest.raises(InputError, match=why):
        left(world, box, **more)
    assert state(world, box) is BoxState.PACKED
    assert left(world, box).boxes == (box.id,)


def test_whoever_carried_the_boxes_does_not_check_them_in(world: Any) -> None:
    run = left(world, packed(world))
    for actor in (world.courier, Actor(id="u-second", roles=world.courier.roles)):
        with pytest.raises(NotAllowedError, match="carried"):
            world.scan.arrive(
                actor,
                key="a",
                transport=run.id,
                found=[Found(seal="S-1")],
                counted=1,
                taker=BY,
            )
    assert arrived(world, run, "S-1").state is TransportState.ARRIVED


def test_a_missing_box_stops_the_vehicle_until_a_manager_clears_it(
    world: Any,
) -> None:
    box, lost = packed(world), packed(world, "S-2")
    run = left(world, box, lost)
    done = arrived(world, run, "S-1")
    assert done.state is TransportState.STOPPED
    assert "1 box(es) counted, 2 left; missing: S-2" in done.reason
    assert state(world, lost) is BoxState.STOPPED
    assert place(world, lost) is PlaceKind.VEHICLE
    with pytest.raises(NotYetError, match="vehicle"):
        world.scan.open_box(world.author, box.id, seal="S-1", counted=10)
    with pytest.raises(NotAllowedError):
        world.scan.clear_transport(world.courier, run.id, agreed="letter 3")
    with pytest.raises(InputError):
        world.scan.clear_transport(world.manager, run.id, agreed="")
    for _ in range(2):
        cleared = world.scan.clear_transport(world.manager, run.id, agreed="letter 3")
        assert cleared.state is TransportState.ARRIVED
    opened = world.scan.open_box(world.author, box.id, seal="S-1", counted=10)
    assert opened.state is BoxState.OPENED
    assert world.tags().count("scan:transport:cleared") == 1
    with pytest.raises(NotYetError, match="stopped"):
        world.scan.open_box(world.author, lost.id, seal="S-2", counted=10)


def test_a_lost_box_cleared_for_search_is_not_open_and_may_come_late(
    world: Any,
) -> None:
    box, lost = packed(world), packed(world, "S-2")
    run = left(world, box, lost)
    arrived(world, run, "S-1")
    cleared = world.scan.clear_box(world.manager, lost.id, agreed="letter 4")
    assert cleared.state is BoxState.HANDED_OVER
    with pytest.raises(NotYetError):
        world.scan.open_box(world.author, lost.id, seal="S-2", counted=10)
    arrived(world, run, "S-2", key="arrive-2")
    assert "came after" in world.scan.box(world.manager, lost.id).reason
    assert place(world, lost) is PlaceKind.WORKSHOP
    cleared = world.scan.clear_box(world.manager, lost.id, agreed="letter 5")
    assert cleared.state is BoxState.RECEIVED
    with pytest.raises(ConflictError, match="All boxes"):
        arrived(world, run, "S-2", key="arrive-3")


@pytest.mark.parametrize("how", [SealState.BROKEN, SealState.MISSING])
def test_a_seal_that_is_not_whole_stops_its_box(world: Any, how: SealState) -> None:
    box, other = packed(world), packed(world, "S-2")
    run = left(world, box, other)
    found = [Found(seal="S-1", state=how), Found(seal="S-2")]
    done = arrived(world, run, found=found, counted=2)
    assert done.state is TransportState.ARRIVED
    assert how in world.scan.box(world.manager, box.id).reason
    assert state(world, other) is BoxState.RECEIVED
    with pytest.raises(NotYetError, match="stopped"):
        world.scan.open_box(world.author, box.id, seal="S-1", counted=10)


def test_a_strange_box_is_taken_in_stopped(world: Any) -> None:
    box = packed(world)
    run = left(world, box)
    done = arrived(world, run, "S-1", "X-9")
    assert "not on the list: X-9" in done.reason
    (strange,) = [b for b in world.scan.boxes(world.manager) if b.seal == "X-9"]
    assert (strange.state, strange.sheets) == (BoxState.STOPPED, 0)
    assert "does not name it" in strange.reason


def test_two_people_who_check_one_vehicle_in_double_nothing(world: Any) -> None:
    box, lost = packed(world), packed(world, "S-2")
    run = left(world, box, lost)
    arrived(world, run, "S-1", "X-9")
    done = world.scan.arrive(
        world.manager,
        key="arrive-2",
        transport=run.id,
        found=[Found(seal="S-1"), Found(seal="X-9")],
        counted=2,
        taker=BY,
    )
    assert done.checked_by == world.author.id
    seals = sorted(b.seal for b in world.scan.boxes(world.manager))
    assert seals == ["S-1", "S-2", "X-9"]
    assert state(world, box) is BoxState.RECEIVED


def test_a_packed_box_left_off_the_list_is_the_same_box(world: Any) -> None:
    box, forgotten = packed(world), packed(world, "S-2")
    run = left(world, box)
    arrived(world, run, "S-1", "S-2")
    assert len(world.scan.boxes(world.manager)) == 2
    assert state(world, forgotten) is BoxState.STOPPED
    assert place(world, forgotten) is PlaceKind.WORKSHOP


def test_a_box_on_the_wrong_vehicle_is_the_same_box(world: Any) -> None:
    box, other = packed(world), packed(world, "S-2")
    run = left(world, box)
    second = left(world, other, key="leave-2")
    arrived(world, run, "S-1", "S-2")
    assert state(world, other) is BoxState.STOPPED
    assert len(world.scan.boxes(world.manager)) == 2
    late = arrived(world, second, key="arrive-2", found=[], counted=0)
    assert late.state is TransportState.ARRIVED


def test_a_count_that_differs_stops_the_vehicle(world: Any) -> None:
    run = left(world, packed(world))
    done = arrived(world, run, "S-1", counted=2)
    assert done.state is TransportState.STOPPED
    assert "2 box(es) counted, 1 left" in done.reason


def test_an_arrival_check_is_read_off_the_boxes(world: Any) -> None:
    run = left(world, packed(world))
    with pytest.raises(InputError, match="once"):
        arrived(world, run, "S-1", "S-1")
    with pytest.raises(InputError, match="count again"):
        arrived(world, run, "S-1", counted=0)
    with pytest.raises(InputError, match="signed"):
        arrived(world, run, "S-1", taker=Signature())
    with pytest.raises(NotFoundError):
        arrived(world, run, "S-1", transport="2.25.0")
    assert world.tags().count("scan:transport:arrived") == 0


def test_packing_takes_a_supplied_seal_that_is_on_no_box(world: Any) -> None:
    packed(world)
    with pytest.raises(ConflictError, match="on a box"):
        packed(world, key="again")
    with pytest.raises(InputError, match="never supplied"):
        packed(world, "X-9")
    with pytest.raises(InputError):
        packed(world, "S-2", sheets=0)
    with pytest.raises(NotFoundError, match="제40조"):
        packed(world, "S-2", order="2.25.0")


def test_without_a_contract_for_carrying_nothing_is_packed_or_carried(
    world: Any,
) -> None:
    world.agreed()
    world.scan.record_contract(
        world.manager,
        tenant="t-one",
        number="scan only",
        since=dt.date(2026, 1, 1),
        until=dt.date(2026, 12, 31),
        consignor="하나상사",
        consignee="작업장",
        tasks=[Task.SCAN],
    )
    order = world.scan.place_order(
        world.manager, key="o", tenant="t-one", number="2", contract="scan only"
    )
    with pytest.raises(NotAllowedError, match="covers scan, not carry"):
        packed(world, order=order.id)
    box = packed(world)
    world.clock.move_to(dt.datetime(2026, 12, 31, 15, 0, tzinfo=dt.UTC))
    with pytest.raises(NotAllowedError, match="2027-01-01"):
        left(world, box)


def test_a_contract_that_ended_on_the_way_stops_the_box(world: Any) -> None:
    box = packed(world)
    run = left(world, box)
    world.clock.move_to(dt.datetime(2026, 12, 31, 15, 0, tzinfo=dt.UTC))
    arrived(world, run, "S-1")
    found = world.scan.box(world.manager, box.id)
    assert found.state is BoxState.STOPPED
    assert "처리위탁" in found.reason


def test_a_customer_may_bring_a_packed_box(world: Any) -> None:
    box = packed(world)
    order = world.scan.orders(world.manager)[0]
    values = {"tenant": "t-one", "seal": "S-1", "order": order.id}
    came = world.scan.receive_box(world.author, key="r", sheets=10, **values)
    assert (came.id, came.state) == (box.id, BoxState.RECEIVED)
    other = packed(world, "S-2")
    left(world, other)
    with pytest.raises(NotYetError, match="vehicle"):
        world.scan.receive_box(
            world.author, key="r2", sheets=10, **values | {"seal": "S-2"}
        )
    third = packed(world, "S-3")
    came = world.scan.receive_box(
        world.author, key="r3", sheets=9, **values | {"seal": "S-3"}
    )
    assert (came.id, came.state) == (third.id, BoxState.STOPPED)
    assert "9 sheets declared" in came.reason


def test_two_couriers_on_one_box_are_one_handover(world: Any) -> None:
    box = packed(world)

    def go(actor: Actor) -> str:
        try:
            left(world, box, actor=actor, key=f"k-{actor.id}")
        except NotYetError:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(go, (world.courier, OTHER)))
    assert said == ["refused", "taken"]
    assert len(world.scan.transports(world.manager, box.id)) == 1
    assert world.tags().count("scan:box:handed-over") == 1


def test_a_tray_has_no_journey(world: Any) -> None:
    order = world.agreed(process=Process.DISTRIBUTED)
    tray = world.scan.take_tray(
        world.author, key="t", order=order.id, tray="창구 3", sheets=4
    )
    again = world.scan.take_tray(
        world.author, key="t", order=order.id, tray="창구 3", sheets=4
    )
    assert again == tray
    assert (tray.state, tray.counted, tray.seal) == (BoxState.OPENED, 4, "창구 3")
    batch = world.scan.start_batch(
        world.author,
        key="b",
        box=tray.id,
        sheets=4,
        device="scanner 7",
        settings="300 dpi",
    )
    assert batch.box == tray.id
    assert world.scan.transports(world.manager, tray.id) == ()
    with pytest.raises(NotAllowedError, match="분산형공정"):
        packed(world, order=order.id)
    with pytest.raises(NotAllowedError, match="집중형공정"):
        world.scan.take_tray(
            world.author, key="t2", order=world.agreed().id, tray="1", sheets=1
        )
    with pytest.raises(NotAllowedError):
        world.scan.take_tray(
            world.courier, key="t3", order=order.id, tray="1", sheets=1
        )
    with pytest.raises(InputError):
        world.scan.take_tray(world.author, key="t4", order=order.id, tray="", sheets=1)


def test_only_custody_packs_and_carries(world: Any) -> None:
    order = world.agreed()
    with pytest.raises(NotAllowedError):
        world.scan.pack_box(
            world.inspector, key="p", order=order.id, seal="S-1", sheets=1
        )
    box = packed(world)
    with pytest.raises(NotAllowedError):
        left(world, box, actor=world.inspector)
    with pytest.raises(NotAllowedError):
        world.scan.photograph(world.inspector, key="f", box=box.id, photo=JPEG)
    with pytest.raises(InputError, match="JPEG"):
        world.scan.photograph(world.courier, key="f", box=box.id, photo=b"GIF89a")


class Killed(BaseException):
    """Stands for kill -9: nothing catches it."""


def steps(world: Any) -> list[tuple[str, Any]]:
    """Every hand-over step that makes objects before rows, in order."""
    box = packed(world)

    def photo() -> Any:
        return world.scan.photograph(world.courier, key="f", box=box.id, photo=JPEG)

    def leave() -> Any:
        return left(world, box)

    def arrive() -> Any:
        return arrived(world, world.scan.transports(world.courier)[0], "S-1")

    return [
        ("scan:box:photographed", photo),
        ("scan:transport:left", leave),
        ("scan:transport:arrived", arrive),
    ]


@pytest.mark.parametrize("where", ["objects", "checkpoint"])
def test_a_step_killed_anywhere_is_completed_by_the_same_call(
    world: Any, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    for tag, act in steps(world):

        def die(*_: Any, **__: Any) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            if where == "objects":  # the objects are kept, no row is written
                for each in (packing, handover, arrival):
                    patch.setattr(each, "write", die)
            else:  # the rows are written, nobody was told
                patch.setattr(world.keeper, "sequence", die)
            with pytest.raises(Killed):
                act()
        made = act()
        assert act() == made
        assert world.tags().count(tag) == 1
    (run,) = world.scan.transports(world.courier)
    assert len(world.scan.proofs(world.courier, run.id)) == 2
    assert world.journal.check(world.keeper.vkey("scan"))
