from __future__ import annotations

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
)
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.boxes import BoxState, SealState
from paperless_kernel.scan.custody.links import CourierReport, SealSeen
from paperless_kernel.scan.custody.model import ProofRole, Signature

GIVER = Signature(name="이고객")
OTHER = Actor(id="u-courier-2", roles=frozenset({Role.COURIER}))


def picture(colour: int = 90) -> bytes:
    out = io.BytesIO()
    Image.new("L", (32, 32), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def packed(world: Any) -> list[Any]:
    order = world.agreed()
    return [
        world.scan.pack_box(
            world.courier, key=f"pack-{seal}", order=order.id, seal=seal, sheets=9
        )
        for seal in ("S-1", "S-2")
    ]


def plan(world: Any, packed: list[Any], **more: Any) -> Any:
    asked: dict[str, Any] = {
        "key": "plan-1",
        "boxes": [box.id for box in packed],
        "vehicle": "82가 1234",
        "second": "u-courier-2",
        **more,
    }
    return world.scan.plan_hand_over(world.courier, **asked)


def report(packed: list[Any], **seen: Any) -> CourierReport:
    seals = [
        SealSeen(
            box=box.id,
            number=seen.get("number", box.seal),
            state=seen.get("state", SealState.INTACT),
            photo=picture(60 + n),
        )
        for n, box in enumerate(packed)
    ]
    return CourierReport(seals=tuple(seals), giver=GIVER)


def test_a_link_hands_boxes_over_once_as_its_courier(
    world: Any, packed: list[Any]
) -> None:
    link = plan(world, packed)

    before = world.scan.courier_visit(link.token)
    after = world.scan.courier_hand_over(link.token, report(packed))

    assert before.done_at is None
    assert [box.sheets for box in before.boxes] == [9, 9]
    assert (after.done_at, after.left) == (world.clock.now(), 2)
    (run,) = world.scan.transports(world.courier)
    assert (run.first, run.second) == (world.courier.id, "u-courier-2")
    assert run.boxes == tuple(sorted(box.id for box in packed))
    for box in packed:
        assert world.scan.box(world.manager, box.id).state is BoxState.HANDED_OVER
        (proof,) = world.scan.proofs(world.courier, box.id)
        assert proof.role is ProofRole.SEAL
    assert world.tags().count("scan:courier:linked") == 1


def test_the_same_submission_again_changes_nothing(
    world: Any, packed: list[Any]
) -> None:
    link = plan(world, packed)
    first = world.scan.courier_hand_over(link.token, report(packed))
    tags = world.tags()

    again = world.scan.courier_hand_over(link.token, report(packed))
    other = world.scan.courier_hand_over(link.token, report(packed, number="X"))

    assert again == other == first
    assert world.tags() == tags


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_a_submission_that_broke_off_is_completed_by_the_same_one(
    world: Any, packed: list[Any], steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = plan(world, packed)
    done = 0
    write = type(world.scan)._write

    def breaking(self: Any, *given: Any) -> None:
        nonlocal done
        done += 1
        if done == steps:
            raise KeyboardInterrupt
        write(self, *given)

    with monkeypatch.context() as broken:
        broken.setattr(type(world.scan), "_write", breaking)
        with pytest.raises(KeyboardInterrupt):
            world.scan.courier_hand_over(link.token, report(packed))
    world.scan.courier_hand_over(link.token, report(packed))

    tags = world.tags()
    assert tags.count("scan:transport:left") == 1
    assert tags.count("scan:box:handed-over") == 2
    assert tags.count("scan:box:photographed") == 2


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        ({"number": "S-9"}, "reads S-9"),
        ({"state": SealState.BROKEN}, "broken"),
        ({"state": SealState.MISSING, "number": ""}, "missing"),
    ],
)
def test_a_seal_that_is_not_as_it_should_be_stops_the_box_and_it_stays(
    world: Any, packed: list[Any], seen: dict[str, Any], reason: str
) -> None:
    bad, good = packed
    sent = report([bad], **seen).seals + report([good]).seals
    link = plan(world, packed)

    visit = world.scan.courier_hand_over(
        link.token, CourierReport(seals=sent, giver=GIVER)
    )

    assert visit.left == 1
    stopped = world.scan.box(world.manager, bad.id)
    assert stopped.state is BoxState.STOPPED
    assert reason in stopped.reason
    assert world.scan.box(world.manager, good.id).state is BoxState.HANDED_OVER
    cleared = world.scan.clear_box(world.manager, bad.id, agreed="합의 12")
    assert cleared.state is BoxState.PACKED


def test_where_every_seal_is_wrong_nothing_leaves(
    world: Any, packed: list[Any]
) -> None:
    link = plan(world, packed)

    visit = world.scan.courier_hand_over(link.token, report(packed, number="X"))

    assert visit.done_at is not None
    assert visit.left == 0
    assert world.scan.transports(world.courier) == ()


def test_a_wrong_or_late_link_opens_nothing(world: Any, packed: list[Any]) -> None:
    link = plan(world, packed, lasts=dt.timedelta(hours=1))
    for wrong in ("", "x", link.token[:-1], link.id, link.token + "A"):
        with pytest.raises(NotFoundError):
            world.scan.courier_visit(wrong)

    world.clock.advance(dt.timedelta(hours=1))

    with pytest.raises(NotFoundError, match="time is over"):
        world.scan.courier_visit(link.token)
    with pytest.raises(NotFoundError, match="time is over"):
        world.scan.courier_hand_over(link.token, report(packed))
    assert world.scan.transports(world.courier) == ()


def test_a_link_is_planned_once_and_its_token_lies_nowhere(
    world: Any, packed: list[Any]
) -> None:
    link = plan(world, packed)

    assert plan(world, packed) == link
    assert len(link.token) == 43
    for file in world.folder.glob("scan.db*"):
        assert link.token.encode() not in file.read_bytes()
    with pytest.raises(ConflictError):
        plan(world, packed, vehicle="다른 차")


def test_two_plans_have_two_tokens(world: Any, packed: list[Any]) -> None:
    assert plan(world, packed).token != plan(world, packed, key="plan-2").token


@pytest.mark.parametrize(
    "wrong",
    [
        {"boxes": []},
        {"vehicle": " "},
        {"second": "u-courier"},
        {"lasts": dt.timedelta(hours=73)},
        {"lasts": dt.timedelta(0)},
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    world: Any, packed: list[Any], wrong: dict[str, Any]
) -> None:
    with pytest.raises(InputError):
        plan(world, packed, **wrong)


def test_only_packed_boxes_are_planned(world: Any) -> None:
    box = world.opened()

    with pytest.raises(NotYetError):
        plan(world, [box])


def test_only_the_manager_plans_for_another(world: Any, packed: list[Any]) -> None:
    asked: dict[str, Any] = {
        "boxes": [box.id for box in packed],
        "vehicle": "82가 1234",
        "second": "u-courier",
        "first": OTHER.id,
    }
    with pytest.raises(NotAllowedError):
        world.scan.plan_hand_over(world.courier, key="p", **asked)
    with pytest.raises(NotAllowedError):
        world.scan.plan_hand_over(world.inspector, key="p", **asked)

    link = world.scan.plan_hand_over(world.manager, key="p", **asked)
    world.scan.courier_hand_over(link.token, report(packed))

    assert world.scan.transports(world.courier)[0].first == OTHER.id


def test_a_report_names_every_box_once(world: Any, packed: list[Any]) -> None:
    link = plan(world, packed)
    for sent in (report(packed[:1]), report([packed[0], *packed])):
        with pytest.raises(InputError, match="every box of the list once"):
            world.scan.courier_hand_over(link.token, sent)
    with pytest.raises(InputError, match="signed"):
        world.scan.courier_hand_over(
            link.token, CourierReport(seals=report(packed).seals, giver=Signature())
        )
    assert "scan:box:photographed" not in world.tags()


def test_no_name_stands_in_the_journal(world: Any, packed: list[Any]) -> None:
    link = plan(world, packed)
    world.scan.courier_hand_over(link.token, report(packed))

    assert all(GIVER.name not in str(one.body) for one in world.journal.entries())


def test_two_phones_at_once_hand_over_once(world: Any, packed: list[Any]) -> None:
    link = plan(world, packed)
    with ThreadPoolExecutor(2) as both:
        sent = [
            both.submit(world.scan.courier_hand_over, link.token, report(packed))
            for _ in range(2)
        ]
        visits = {one.result() for one in sent}

    assert len(visits) == 1
    tags = world.tags()
    assert tags.count("scan:transport:left") == 1
    assert tags.count("scan:box:photographed") == 2
