from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from paperless_kernel.base.errors import NotAllowedError, NotFoundError, NotYetError
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.model import Process
from paperless_kernel.scan.people.gate import (
    load_now,
    require_device,
    require_regulation,
    require_staff,
    take_load,
)

DAY = dt.date(2026, 1, 5)


def _enter(world: Any, actor: Actor, *roles: Role) -> None:
    with world.db.read() as tx:
        require_staff(world.scan._parts, tx, actor, *roles)


def _scan_on(world: Any, device: str) -> None:
    with world.db.read() as tx:
        require_device(world.scan._parts, tx, device)


def _appoint(world: Any, person: str, role: Role, **more: Any) -> Any:
    values = {"id_checked_on": DAY, "pledge_signed_on": DAY, "since": DAY} | more
    return world.scan.appoint(
        world.manager, key=f"{person}-{role}", role=role, person=person, **values
    )


def _educate(world: Any, person: str, hours: int, **more: Any) -> Any:
    values = {"course": "교육", "on": dt.date(2026, 3, 2)} | more
    return world.scan.educate(
        world.manager, key=f"{person}-{hours}", persons=[person], hours=hours, **values
    )


def test_registered_and_educated_people_begin(world: Any) -> None:
    world.staffed()
    _enter(world, world.author, Role.SCAN_OPERATOR)
    _enter(world, world.inspector, Role.SCAN_OPERATOR, Role.SCAN_INSPECTOR)
    _enter(world, world.manager, Role.SCAN_MANAGER)


def test_nobody_begins_without_registered_rules(world: Any) -> None:
    with pytest.raises(NotYetError, match="제6조"):
        _enter(world, world.author, Role.SCAN_OPERATOR)
    with world.db.read() as tx, pytest.raises(NotYetError, match="제6조"):
        require_regulation(world.scan._parts, tx)
    world.staffed()
    with world.db.read() as tx:
        assert require_regulation(world.scan._parts, tx).number == "TRIAL-1"
        with pytest.raises(NotYetError, match=r"workshop w-2.*제6조"):
            require_regulation(world.scan._parts, tx, "w-2")


def test_rules_hold_for_the_process_they_were_registered_for(world: Any) -> None:
    world.regulation |= {"process": "central"}
    world.staffed()
    parts = world.scan._parts
    with world.db.read() as tx:
        assert require_regulation(parts, tx, process=Process.CENTRAL)
        with pytest.raises(NotYetError, match="제5조"):
            require_regulation(parts, tx, process=Process.DISTRIBUTED)


def test_rules_are_in_force_from_their_day(world: Any) -> None:
    today = dt.date(2026, 11, 23)
    world.regulation |= {"registered_on": today, "effective_from": dt.date(2026, 12, 1)}
    world.staffed()
    with pytest.raises(NotYetError, match="제6조"):
        _enter(world, world.author, Role.SCAN_OPERATOR)
    world.clock.move_to(dt.datetime(2026, 11, 30, 15, 0, tzinfo=dt.UTC))
    _enter(world, world.author, Role.SCAN_OPERATOR)


def test_an_unregistered_person_does_not_begin(world: Any) -> None:
    world.staffed()
    stranger = Actor(id="u-new", roles=frozenset({Role.SCAN_OPERATOR}))
    with pytest.raises(NotAllowedError, match="제9조①"):
        _enter(world, stranger, Role.SCAN_OPERATOR)
    tomorrow = dt.date(2026, 11, 24)
    _appoint(world, "u-new", Role.SCAN_OPERATOR, since=tomorrow)
    _educate(world, "u-new", 6)
    with pytest.raises(NotAllowedError, match="제9조①"):
        _enter(world, stranger, Role.SCAN_OPERATOR)
    world.clock.advance(dt.timedelta(days=1))
    _enter(world, stranger, Role.SCAN_OPERATOR)


def test_whoever_scans_does_not_inspect(world: Any) -> None:
    world.staffed()
    with pytest.raises(NotAllowedError, match="제45조②"):
        _enter(world, world.both, Role.SCAN_INSPECTOR)
    with pytest.raises(NotAllowedError, match="제45조②"):
        _appoint(world, "u-both", Role.SCAN_INSPECTOR)


def test_lapsed_education_stops_the_work(world: Any) -> None:
    world.staffed()
    _appoint(world, "u-new", Role.SCAN_OPERATOR)
    _educate(world, "u-new", 5)
    new = Actor(id="u-new", roles=frozenset({Role.SCAN_OPERATOR}))
    with pytest.raises(NotAllowedError, match=r"5 of 6 hours.*제13조"):
        _enter(world, new, Role.SCAN_OPERATOR)
    _educate(world, "u-new", 1)
    _enter(world, new, Role.SCAN_OPERATOR)
    world.clock.move_to(dt.datetime(2026, 12, 31, 15, 0, tzinfo=dt.UTC))
    with pytest.raises(NotAllowedError, match="제13조"):
        _enter(world, new, Role.SCAN_OPERATOR)
    # Those with the official course go on for the year after it, and no longer.
    _enter(world, world.author, Role.SCAN_OPERATOR)
    world.clock.move_to(dt.datetime(2027, 12, 31, 15, 0, tzinfo=dt.UTC))
    with pytest.raises(NotAllowedError, match="제13조"):
        _enter(world, world.author, Role.SCAN_OPERATOR)


def test_who_left_does_not_come_back_unasked(world: Any) -> None:
    world.staffed()
    world.scan.end_appointment(
        world.manager, person="u-author", role=Role.SCAN_OPERATOR
    )
    with pytest.raises(NotAllowedError, match="제9조①"):
        _enter(world, world.author, Role.SCAN_OPERATOR)
    with pytest.raises(NotFoundError):
        world.scan.end_appointment(
            world.manager, person="u-author", role=Role.SCAN_MANAGER
        )


def test_in_a_distributed_process_the_manager_inspects(world: Any) -> None:
    world.regulation |= {"process": "distributed"}
    world.staffed()
    manager = Actor(id="u-manager", roles=frozenset({Role.SCAN_INSPECTOR}))
    with pytest.raises(NotAllowedError, match="제45조②"):
        _enter(world, manager, Role.SCAN_INSPECTOR)
    _appoint(world, "u-manager", Role.SCAN_INSPECTOR)
    _enter(world, manager, Role.SCAN_INSPECTOR)
    # Where both processes are, it is the work at hand that decides.
    with world.db.read() as tx:
        parts, inspects = world.scan._parts, Role.SCAN_INSPECTOR
        require_staff(parts, tx, manager, inspects, process=Process.DISTRIBUTED)
        with pytest.raises(NotAllowedError, match="제45조②"):
            require_staff(parts, tx, manager, inspects, process=Process.CENTRAL)
    # A revision to the central process ends that at once.
    world.scan.register_regulation(
        world.manager,
        key="second",
        rules=world.regulation
        | {
            "number": "TRIAL-2",
            "process": "central",
            "effective_from": dt.date(2026, 11, 23),
        },
    )
    with pytest.raises(NotAllowedError, match="제45조②"):
        _enter(world, manager, Role.SCAN_INSPECTOR)


def test_a_scanner_is_registered_and_tested_in_time(world: Any) -> None:
    world.staffed()
    _scan_on(world, "scanner 7")
    with pytest.raises(NotAllowedError, match=r"not registered.*제39조"):
        _scan_on(world, "scanner 8")
    world.scan.register_device(
        world.manager, device="scanner 8", model="SIM", serial="8"
    )
    with pytest.raises(NotAllowedError, match=r"never tested \(제39조\)"):
        _scan_on(world, "scanner 8")


def test_a_stale_device_test_stops_the_scanner(world: Any) -> None:
    world.staffed()
    world.clock.move_to(dt.datetime(2026, 12, 23, 14, 59, tzinfo=dt.UTC))
    _scan_on(world, "scanner 7")
    world.clock.move_to(dt.datetime(2026, 12, 23, 15, 0, tzinfo=dt.UTC))
    with pytest.raises(NotAllowedError, match=r"2026-12-23.*제39조"):
        _scan_on(world, "scanner 7")
    world.tested(key="test-2")
    _scan_on(world, "scanner 7")


def test_a_failed_test_and_a_retired_scanner_stop_too(world: Any) -> None:
    world.staffed()
    world.scan.test_device(
        world.author,
        key="bad",
        device="scanner 7",
        measured=[("sharpness", 12)],
        passed=False,
    )
    with pytest.raises(NotAllowedError, match=r"failed.*제39조"):
        _scan_on(world, "scanner 7")
    world.tested(key="test-2")
    _scan_on(world, "scanner 7")
    world.scan.retire_device(world.manager, device="scanner 7")
    with pytest.raises(NotAllowedError, match="taken out of use"):
        _scan_on(world, "scanner 7")


def _take(world: Any, sheets: int) -> Any:
    parts = world.scan._parts
    with world.db.begin() as tx:
        rules = require_regulation(parts, tx)
        return take_load(
            parts, tx, world.inspector, subject="d", sheets=sheets, regulation=rules
        )


def test_the_average_load_is_kept(world: Any) -> None:
    world.staffed()
    assert not _take(world, 6000).warning
    assert world.scan.load_warning(world.inspector) == ""
    assert "500 more today" in _take(world, 500).warning
    assert "500 more today" in world.scan.load_warning(world.inspector)
    with pytest.raises(NotAllowedError, match="제47조⑥"):
        _take(world, 501)
    # What was refused was not counted.
    assert _take(world, 500).left == 0
    world.clock.advance(dt.timedelta(days=1))
    assert _take(world, 7000).days == 2
    load = world.scan.load(world.manager, "u-inspector")
    assert (load.today, load.sheets) == (7000, 14000)
    parts = world.scan._parts
    with world.db.read() as tx:
        other = load_now(parts, tx, "u-else", require_regulation(parts, tx))
    assert other.sheets == 0
