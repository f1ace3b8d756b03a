from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from paperless_kernel.access.model import CLOCK_JUMPED, TENANT_JOINED, Plan
from paperless_kernel.access.records import metadata
from paperless_kernel.access.service import Access
from paperless_kernel.base.clock import FixedClock
from paperless_kernel.base.errors import ConflictError, InputError, NotAllowedError
from paperless_kernel.base.facility import (
    TRIAL_MARK,
    Facility,
    FacilityKind,
    standing,
)
from paperless_kernel.base.ids import Actor, Ids, Role, SystemRandom
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal

ADMIN = Actor(id="admin", roles=frozenset({Role.SYSTEM_ADMIN}))
CLERK = Actor(id="clerk", roles=frozenset({Role.BILLING_CLERK}))
NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


class NoKeeper:
    """Numbers nothing; what the keeper does is tested with the keeper."""

    def sequence(self, journal: str) -> str:
        return journal


@pytest.fixture
def access(tmp_path: Path) -> Access:
    db = Database(tmp_path / "access.db")
    metadata.create_all(db.engine)
    clock = FixedClock(NOW)
    return Access(
        db=db,
        journal=Journal(db, "access"),
        keeper=NoKeeper(),  # type: ignore[arg-type]
        clock=clock,
        ids=Ids(clock, SystemRandom()),
    )


def join(access: Access, actor: Actor = ADMIN, name: str = "가나상사") -> str:
    return access.join(
        actor, key="t1", name=name, number="110111-0000001", plan=Plan.BASIC
    ).id


def test_a_repeat_makes_no_second_tenant_and_no_second_entry(access: Access) -> None:
    assert join(access) == join(access)
    assert len(list(access._journal.entries(tag=TENANT_JOINED))) == 1
    with pytest.raises(ConflictError):
        join(access, name="다른 이름")


def test_only_the_administrator_manages(access: Access) -> None:
    with pytest.raises(NotAllowedError):
        join(access, actor=CLERK)
    assert access.tenants() == ()


def test_a_login_needs_its_password(access: Access) -> None:
    roles = frozenset({Role.SALES})
    access.add_user(ADMIN, login="kim", name="김", roles=roles, password="long enough")
    assert access.log_in("kim", "long enough").roles == roles
    for login, password in (("kim", "wrong"), ("lee", "long enough"), ("kim", "")):
        with pytest.raises(NotAllowedError):
            access.log_in(login, password)
    with pytest.raises(InputError):
        access.add_user(ADMIN, login="lee", name="이", roles=roles, password="short")


def test_no_password_stands_in_the_file(access: Access, tmp_path: Path) -> None:
    access.add_user(
        ADMIN, login="kim", name="김", roles=frozenset(), password="open sesame 99"
    )
    for file in tmp_path.iterdir():
        assert b"open sesame 99" not in file.read_bytes()


def test_a_facility_counts_only_on_its_days(access: Access) -> None:
    record = Facility(
        kind=FacilityKind.CENTRE,
        holder="지정받은 곳",
        number="제1호",
        since=dt.date(2026, 1, 1),
        until=dt.date(2026, 12, 31),
    )
    assert standing(access.facility(FacilityKind.CENTRE, NOW)) == TRIAL_MARK
    access.enter_facility(ADMIN, record)
    assert access.facility(FacilityKind.CENTRE, NOW) == record
    assert access.facility(FacilityKind.RELAY, NOW) is None
    later = dt.datetime(2026, 12, 31, 15, 0, tzinfo=dt.UTC)  # 1 January in Seoul
    assert access.facility(FacilityKind.CENTRE, later) is None
    with pytest.raises(NotAllowedError):
        access.enter_facility(CLERK, record)


def test_a_jump_is_journaled_once_and_never_goes_back(access: Access) -> None:
    ahead = NOW + dt.timedelta(days=3)
    assert access.record_jump(ADMIN, key="window", to=ahead, reason="next open instant")
    assert access.record_jump(ADMIN, key="window", to=ahead, reason="again") is None
    back = NOW - dt.timedelta(days=1)
    assert access.record_jump(ADMIN, key="back", to=back, reason="earlier") is None
    entries = list(access._journal.entries(tag=CLOCK_JUMPED))
    assert [entry.body["reason"] for entry in entries] == ["next open instant"]
    with pytest.raises(NotAllowedError):
        access.record_jump(CLERK, key="x", to=ahead, reason="no")
