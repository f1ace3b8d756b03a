from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
)
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.people.records import regulation_on

DAY = dt.date(2026, 1, 5)
ADMIN = Actor(id="u-admin", roles=frozenset({Role.SYSTEM_ADMIN}))


def _appoint(world: Any, actor: Actor = ADMIN, **more: Any) -> Any:
    values: dict[str, Any] = {
        "key": "a-1",
        "role": Role.SCAN_OPERATOR,
        "person": "u-1",
        "id_checked_on": DAY,
        "pledge_signed_on": DAY,
        "since": DAY,
    }
    return world.scan.appoint(actor, **values | more)


def _educate(world: Any, **more: Any) -> Any:
    values: dict[str, Any] = {
        "key": "e-1",
        "persons": ["u-1"],
        "course": "교육",
        "on": DAY,
        "hours": 6,
    }
    return world.scan.educate(ADMIN, **values | more)


def _all_tags(world: Any) -> list[str]:
    return [entry.tag for entry in world.journal.entries()]


def test_an_appointment_is_entered_once(world: Any) -> None:
    made = _appoint(world)
    assert (made.person, made.role, made.ended_on) == ("u-1", Role.SCAN_OPERATOR, None)
    assert _appoint(world) == made
    assert _all_tags(world) == ["scan:staff:appointed"]
    (entry,) = world.journal.entries(tag="scan:staff:appointed")
    assert entry.subject == "u-1"
    assert entry.body == {
        "role": "scan-operator",
        "id_checked_on": "2026-01-05",
        "pledge_signed_on": "2026-01-05",
        "since": "2026-01-05",
    }
    with pytest.raises(ConflictError):
        _appoint(world, person="u-2")


def test_a_refused_appointment_leaves_nothing(world: Any) -> None:
    with pytest.raises(NotAllowedError, match="제9조①"):
        _appoint(world, pledge_signed_on=dt.date(2026, 1, 6))
    with pytest.raises(InputError):
        _appoint(world, role=Role.COURIER)
    with pytest.raises(NotAllowedError, match=r"scan\.staff"):
        _appoint(world, world.author)
    assert _all_tags(world) == []
    assert world.scan.staff(ADMIN) == ()
    _appoint(world)  # the key is still free
    with pytest.raises(NotAllowedError, match="제45조②"):
        _appoint(world, key="a-2", role=Role.SCAN_INSPECTOR)


def test_two_roles_one_after_the_other(world: Any) -> None:
    _appoint(world)
    ended = world.scan.end_appointment(ADMIN, person="u-1", role=Role.SCAN_OPERATOR)
    assert ended.ended_on == dt.date(2026, 11, 23)
    again = world.scan.end_appointment(ADMIN, person="u-1", role=Role.SCAN_OPERATOR)
    assert again == ended
    _appoint(world, key="a-2", role=Role.SCAN_INSPECTOR)
    assert _all_tags(world) == [
        "scan:staff:appointed",
        "scan:staff:ended",
        "scan:staff:appointed",
    ]


def test_the_register_tells_expiry_and_how_long_papers_stay(world: Any) -> None:
    _appoint(world)
    (line,) = world.scan.staff(ADMIN)
    assert line.education is None  # no registered rules say how years count
    world.scan.register_regulation(ADMIN, key="r", rules=world.regulation)
    (line,) = world.scan.staff(ADMIN)
    assert line.education.lapsed
    _educate(world)
    (line,) = world.scan.staff(ADMIN)
    assert line.education.expires_on == dt.date(2026, 12, 31)
    assert line.papers_until is None
    world.scan.end_appointment(ADMIN, person="u-1", role=Role.SCAN_OPERATOR)
    (line,) = world.scan.staff(ADMIN)
    assert line.education is None
    assert line.papers_until == dt.date(2031, 11, 23)


def test_education_is_entered_once_for_each(world: Any) -> None:
    _appoint(world)
    _appoint(world, key="a-2", person="u-2")
    both = _educate(world, persons=["u-1", "u-2"])
    assert [one.person for one in both] == ["u-1", "u-2"]
    assert _educate(world, persons=["u-1", "u-2"]) == both
    assert [one.hours for one in world.scan.courses(ADMIN, "u-1")] == [6]
    assert _all_tags(world).count("scan:staff:educated") == 2
    with pytest.raises(ConflictError):
        _educate(world, persons=["u-1", "u-2"], hours=7)


def test_education_of_strangers_and_of_nobody_is_refused(world: Any) -> None:
    _appoint(world)
    with pytest.raises(NotFoundError, match="u-2"):
        _educate(world, persons=["u-1", "u-2"])
    for persons in ([], ["u-1", "u-1"]):
        with pytest.raises(InputError):
            _educate(world, persons=persons)
    with pytest.raises(InputError):
        _educate(world, on=dt.date(2026, 11, 24))
    assert world.scan.courses(ADMIN, "u-1") == ()


def test_each_revision_is_registered_anew(world: Any) -> None:
    first = world.scan.register_regulation(ADMIN, key="r-1", rules=world.regulation)
    repeat = world.scan.register_regulation(ADMIN, key="r-1", rules=world.regulation)
    assert repeat == first
    assert first.revises == ""
    with pytest.raises(InputError, match=r"registered already.*제6조"):
        world.scan.register_regulation(ADMIN, key="r-2", rules=world.regulation)
    later = world.regulation | {
        "number": "TRIAL-2",
        "registered_on": dt.date(2026, 11, 20),
        "effective_from": dt.date(2026, 12, 1),
    }
    second = world.scan.register_regulation(ADMIN, key="r-2", rules=later)
    assert second.revises == "TRIAL-1"
    assert world.scan.regulations(ADMIN) == (first, second)
    bodies = [e.body for e in world.journal.entries(tag="scan:regulation:registered")]
    assert [body["revises"] for body in bodies] == ["", "TRIAL-1"]
    assert [body["contents"] for body in bodies] == [21, 21]
    with world.db.read() as tx:
        eve = dt.datetime(2026, 11, 30, 14, 59, tzinfo=dt.UTC)
        assert regulation_on(tx, eve) == first
        assert regulation_on(tx, eve + dt.timedelta(minutes=1)) == second
        assert regulation_on(tx, eve, "w-2") is None
        assert regulation_on(tx, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) is None


def test_rules_that_are_not_whole_are_not_registered(world: Any) -> None:
    contents = dict(world.regulation["contents"])
    del contents["3"]
    with pytest.raises(InputError, match="제6조"):
        world.scan.register_regulation(
            ADMIN, key="r", rules=world.regulation | {"contents": contents}
        )
    tomorrow = dt.date(2026, 11, 24)
    ahead = {"registered_on": tomorrow, "effective_from": tomorrow}
    with pytest.raises(InputError, match="제6조"):
        world.scan.register_regulation(ADMIN, key="r", rules=world.regulation | ahead)
    with pytest.raises(NotAllowedError):
        world.scan.register_regulation(world.author, key="r", rules=world.regulation)
    with pytest.raises(NotFoundError, match="w-2"):
        world.scan.register_regulation(
            ADMIN, key="r", rules=world.regulation | {"workshop": "w-2"}
        )
    assert world.scan.regulations(ADMIN) == ()


def test_a_crash_before_the_answer_is_completed_by_a_repeat(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(Exception):
        pass

    def cut(_desk: object) -> str:
        raise PowerCutError

    calls: list[Any] = [
        lambda: _appoint(world),
        lambda: _educate(world),
        lambda: world.scan.register_regulation(ADMIN, key="r", rules=world.regulation),
        lambda: world.tested("A"),
        lambda: world.scan.end_appointment(
            ADMIN, person="u-1", role=Role.SCAN_OPERATOR
        ),
    ]
    for call in calls:
        with monkeypatch.context() as patch:
            patch.setattr(type(world.scan), "_acknowledge", cut)
            with pytest.raises(PowerCutError):
                call()
        call()
        call()
    assert _all_tags(world) == [
        "scan:staff:appointed",
        "scan:staff:educated",
        "scan:regulation:registered",
        "scan:device:registered",
        "scan:device:tested",
        "scan:staff:ended",
    ]
