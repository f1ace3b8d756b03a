"""Each refusal where people meet it: at the desk, with its article."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from paperless_kernel.base.errors import NotAllowedError, NotYetError
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.model import Service
from paperless_kernel.scan.people.records import add_inspected
from paperless_kernel.scan.people.tables import regulation
from paperless_kernel.scan.tables import page as pages

NEXT_YEAR = dt.datetime(2027, 12, 31, 15, 0, tzinfo=dt.UTC)


def _start(world: Any, who: Actor, box: str, **more: Any) -> Any:
    values = {
        "key": "b-9",
        "box": box,
        "sheets": 1,
        "device": "scanner 7",
        "settings": "300 dpi",
    }
    return world.scan.start_batch(who, **values | more)


def _closed(world: Any, draw: Any) -> str:
    """Capture one page, close and index; return the document's id."""
    (page,) = world.captured([draw.encoded(draw.drawn(1))])
    world.scan.close_batch(world.author, page.batch)
    (document,) = world.scan.documents(world.author, page.batch)
    world.scan.index(world.author, document.id, title="계약서", kind="계약서")
    return str(document.id)


def test_a_scanner_does_not_inspect_the_own_batch(world: Any, draw: Any) -> None:
    document = _closed(world, draw)
    # The author became an inspector since: the batch is still their own.
    world.scan.end_appointment(
        world.manager, person=world.author.id, role=Role.SCAN_OPERATOR
    )
    world.scan.appoint(
        world.manager,
        key="now-inspector",
        role=Role.SCAN_INSPECTOR,
        person=world.author.id,
        id_checked_on=dt.date(2026, 1, 5),
        pledge_signed_on=dt.date(2026, 1, 5),
        since=dt.date(2026, 11, 23),
    )
    former = Actor(id=world.author.id, roles=frozenset({Role.SCAN_INSPECTOR}))
    with pytest.raises(NotAllowedError, match="제45조②"):
        world.scan.pass_document(former, document)
    world.scan.pass_document(world.inspector, document)


def test_lapsed_education_stops_scanning_inspecting_and_sealing(
    world: Any, draw: Any
) -> None:
    document = _closed(world, draw)
    box = world.opened(2, seal="S-2").id
    world.clock.move_to(NEXT_YEAR)
    with pytest.raises(NotAllowedError, match="제13조"):
        _start(world, world.author, box)
    with pytest.raises(NotAllowedError, match="제13조"):
        world.scan.pass_document(world.inspector, document)
    with pytest.raises(NotAllowedError, match="제13조"):
        world.scan.index(world.author, document, title="다른", kind="계약서")
    world.scan.educate(
        world.manager,
        key="again",
        persons=[world.inspector.id],
        course="교육",
        on=dt.date(2028, 1, 1),
        hours=12,
    )
    passed = world.scan.pass_document(world.inspector, document)
    with pytest.raises(NotAllowedError, match="제13조"):
        world.scan.seal(world.manager, passed.batch)


def test_an_unregistered_person_does_not_scan(world: Any, draw: Any) -> None:
    box = world.opened(2).id
    stranger = Actor(id="u-new", roles=frozenset({Role.SCAN_OPERATOR}))
    with pytest.raises(NotAllowedError, match="제9조①"):
        _start(world, stranger, box)
    batch = _start(world, world.author, box)
    with pytest.raises(NotAllowedError, match="제9조①"):
        world.scan.capture(stranger, batch.id, world.files(draw.encoded(draw.drawn(1))))
    with world.db.read() as tx:
        assert tx.execute(pages.select()).first() is None


def test_a_load_over_the_average_stops_the_inspection(world: Any, draw: Any) -> None:
    document = _closed(world, draw)
    today = dt.date(2026, 11, 23)
    with world.db.begin() as tx:
        add_inspected(tx, world.inspector.id, today, "earlier", 7000)
    with pytest.raises(NotAllowedError, match="제47조⑥"):
        world.scan.pass_document(world.inspector, document)
    world.clock.advance(dt.timedelta(days=1))
    world.scan.pass_document(world.inspector, document)


def test_without_registered_rules_nothing_trusted_begins(world: Any) -> None:
    box = world.opened(2).id
    with world.db.begin() as tx:
        tx.execute(regulation.delete())
    with pytest.raises(NotYetError, match="제6조"):
        _start(world, world.author, box)


@pytest.mark.parametrize(
    "name", ["inspection", "load_period_days", "education_year_from", "sampling_aql"]
)
def test_a_value_the_work_will_need_is_asked_for_first(world: Any, name: str) -> None:
    box = world.opened(2).id
    values = world.regulation["values"] | {"inspection": "sample"}
    del values[name]
    revised = {
        "number": "TRIAL-2",
        "effective_from": dt.date(2026, 11, 23),
        "values": values,
    }
    world.scan.register_regulation(
        world.manager, key="second", rules=world.regulation | revised
    )
    with pytest.raises(NotYetError, match=rf"{name} is required and not given.*제6조"):
        _start(world, world.author, box)


def test_a_plain_scan_needs_no_rules_and_no_tested_scanner(world: Any) -> None:
    box = world.opened(2, service=Service.PLAIN).id
    with world.db.begin() as tx:
        tx.execute(regulation.delete())
    batch = _start(world, world.author, box, device="any")
    assert (batch.service, batch.regulation) == (Service.PLAIN, "")


def test_a_batch_keeps_the_rules_it_began_under(world: Any) -> None:
    batch = world.started(2)
    assert batch.regulation == "TRIAL-1"
    (entry,) = world.journal.entries(tag="scan:batch:started")
    assert entry.body["regulation"] == "TRIAL-1"


def test_a_stale_device_test_stops_the_batch(world: Any) -> None:
    box = world.opened(2).id
    world.clock.move_to(dt.datetime(2026, 12, 24, 3, 0, tzinfo=dt.UTC))
    with pytest.raises(NotAllowedError, match="제39조"):
        _start(world, world.author, box)
    world.tested(key="december")
    assert _start(world, world.author, box).device == "scanner 7"
