from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from paperless_kernel.access.model import (
    CLOCK_JUMPED,
    FACILITY_ENTERED,
    TENANT_JOINED,
    Plan,
)
from paperless_kernel.access.records import add_facility, metadata
from paperless_kernel.access.service import Access
from paperless_kernel.base.clock import FixedClock
from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    InputError,
    NotAllowedError,
    NotFoundError,
)
from paperless_kernel.base.events import Json
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
    assert access.tenants(ADMIN) == ()


def test_a_customer_s_people_see_their_own_customer_alone(access: Access) -> None:
    own = join(access)
    other = access.join(
        ADMIN, key="t2", name="다른상사", number="110111-0000002", plan=Plan.PREMIUM
    ).id
    boss = Actor(id="b", roles=frozenset({Role.CUSTOMER_ADMIN}), tenant=own)
    assert [each.id for each in access.tenants(boss)] == [own]
    assert {each.id for each in access.tenants(CLERK)} == {own, other}
    assert access.tenant(boss, own).id == own
    for who, what in ((boss, other), (CLERK, "2.25.404")):
        with pytest.raises(NotFoundError):
            access.tenant(who, what)


def test_the_lists_are_the_administrator_s(access: Access) -> None:
    assert access.list_users(ADMIN) == ()
    assert access.facilities(ADMIN) == ()
    for look in (access.list_users, access.facilities):
        with pytest.raises(NotAllowedError):
            look(CLERK)


@pytest.mark.parametrize(
    ("role", "at_customer", "in_office"),
    [
        (Role.CUSTOMER_ADMIN, True, False),
        (Role.NOTICE_SENDER, True, True),
        (Role.SYSTEM_ADMIN, False, True),
        (Role.MACHINE, False, False),
    ],
)
def test_a_role_fits_the_customer_or_the_office(
    access: Access, role: Role, *, at_customer: bool, in_office: bool
) -> None:
    def add(tenant: str) -> None:
        access.add_user(
            ADMIN,
            login=f"somebody{tenant}",
            name="누구",
            roles=frozenset({role}),
            password="long enough",
            tenant=tenant,
        )

    for tenant, fits in ((join(access), at_customer), ("", in_office)):
        if fits:
            add(tenant)
        else:
            with pytest.raises(InputError):
                add(tenant)
    assert len(access.list_users(ADMIN)) == at_customer + in_office


def test_a_user_of_a_customer_that_is_not_there_is_refused(access: Access) -> None:
    with pytest.raises(NotFoundError):
        access.add_user(
            ADMIN,
            login="kim",
            name="김",
            roles=frozenset({Role.CUSTOMER_USER}),
            password="long enough",
            tenant="2.25.404",
        )


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
    access.enter_facility(ADMIN, record)
    with pytest.raises(ConflictError):
        access.enter_facility(ADMIN, replace(record, holder="다른 곳"))
    assert access.facilities(ADMIN) == (record,)


RECORD = Facility(
    kind=FacilityKind.CENTRE,
    holder="지정받은 곳",
    number="제1호",
    since=dt.date(2020, 1, 1),
    until=dt.date(2099, 12, 31),
)


def test_a_forged_facility_row_counts_for_nothing(access: Access) -> None:
    with access._db.begin() as tx:
        add_facility(tx, RECORD)
    assert access.facility(FacilityKind.CENTRE, NOW) is None
    assert access.facilities(ADMIN) == ()
    with pytest.raises(ConflictError):
        access.enter_facility(ADMIN, replace(RECORD, holder="다른 곳"))
    for _ in range(2):
        access.enter_facility(ADMIN, RECORD)  # now somebody answers for it
    assert access.facility(FacilityKind.CENTRE, NOW) == RECORD
    assert len(list(access._journal.entries(tag=FACILITY_ENTERED))) == 1


def test_a_changed_or_deleted_facility_row_changes_nothing(access: Access) -> None:
    access.enter_facility(ADMIN, RECORD)
    for statement in ("UPDATE facility SET holder = 'X'", "DELETE FROM facility"):
        with access._db.begin() as tx:
            tx.exec_driver_sql(statement)
        assert access.facility(FacilityKind.CENTRE, NOW) == RECORD
    with pytest.raises(ConflictError):
        access.enter_facility(ADMIN, replace(RECORD, holder="X"))


def test_a_facility_entry_must_be_whole(access: Access) -> None:
    def enter(body: dict[str, Json]) -> None:
        event = access._event(FACILITY_ENTERED, ADMIN, "centre", body)
        with access._db.begin() as tx:
            access._journal.append(tx, event)

    enter({"kind": "designated-centre", "number": "1"})
    assert access.facility(FacilityKind.CENTRE, NOW) is None
    enter({"kind": "no such kind", "holder": "X"})
    with pytest.raises(EvidenceError):
        access.facility(FacilityKind.CENTRE, NOW)


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


def test_a_tenant_s_key_holds_for_one_plan(access: Access) -> None:
    join(access)
    with pytest.raises(ConflictError):
        access.join(
            ADMIN,
            key="t1",
            name="가나상사",
            number="110111-0000001",
            plan=Plan.PREMIUM,
        )
    assert [each.plan for each in access.tenants(ADMIN)] == [Plan.BASIC]
