"""Rows of the access business and what they mean; knows SQL, decides nothing."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    insert,
    select,
)

from paperless_kernel.access.model import ClockJump, Plan, Tenant, User
from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.base.ids import Role
from paperless_kernel.store.journal import add_journal

metadata = MetaData()
add_journal(metadata)

tenant = Table(
    "tenant",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("joined_at", Text, nullable=False),
)
user = Table(
    "user",
    metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("password", Text, nullable=False),
)
facility = Table(
    "facility",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("since", Text, nullable=False),
    Column("until", Text, nullable=False),
)
clock_jump = Table(
    "clock_jump",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("frm", Text, nullable=False),
    Column("to", Text, nullable=False),
    Column("reason", Text, nullable=False),
)


def add_tenant(tx: Connection, value: Tenant) -> None:
    """Insert a tenant."""
    tx.execute(
        insert(tenant).values(
            id=value.id,
            key=value.key,
            name=value.name,
            number=value.number,
            plan=value.plan.value,
            joined_at=stamp(value.joined_at),
        )
    )


def find_tenants(tx: Connection, *, key: str | None = None) -> tuple[Tenant, ...]:
    """Return the tenants, or the one with a key."""
    query = select(tenant).order_by(tenant.c.id)
    if key is not None:
        query = query.where(tenant.c.key == key)
    return tuple(_tenant(row) for row in tx.execute(query))


def _tenant(row: Row[tuple[str, ...]]) -> Tenant:
    return Tenant(
        id=row.id,
        key=row.key,
        name=row.name,
        number=row.number,
        plan=Plan(row.plan),
        joined_at=parse_stamp(row.joined_at),
    )


def add_user(tx: Connection, value: User, password: str) -> None:
    """Insert a user with an argon2 hash of the password."""
    tx.execute(
        insert(user).values(
            id=value.id,
            login=value.login,
            name=value.name,
            tenant=value.tenant,
            roles=",".join(sorted(value.roles)),
            password=password,
        )
    )


def find_user(tx: Connection, login: str) -> tuple[User, str] | None:
    """Return a user and the hash of the password."""
    row = tx.execute(select(user).where(user.c.login == login)).first()
    return None if row is None else (_user(row), row.password)


def find_users(tx: Connection) -> tuple[User, ...]:
    """Return every user, by login."""
    return tuple(_user(row) for row in tx.execute(select(user).order_by(user.c.login)))


def _user(row: Row[tuple[str, ...]]) -> User:
    return User(
        id=row.id,
        login=row.login,
        name=row.name,
        tenant=row.tenant,
        roles=frozenset(Role(role) for role in row.roles.split(",") if role),
    )


def add_facility(tx: Connection, value: Facility) -> None:
    """Insert a facility record."""
    tx.execute(
        insert(facility).values(
            kind=value.kind.value,
            holder=value.holder,
            number=value.number,
            since=value.since.isoformat(),
            until=value.until.isoformat(),
        )
    )


def find_facilities(
    tx: Connection, *, kind: FacilityKind | None = None, number: str | None = None
) -> tuple[Facility, ...]:
    """Return the facility records, or those of a kind or number; newest first."""
    query = select(facility)
    if kind is not None:
        query = query.where(facility.c.kind == kind.value)
    if number is not None:
        query = query.where(facility.c.number == number)
    rows = tx.execute(query.order_by(facility.c.n.desc()))
    return tuple(
        Facility(
            kind=FacilityKind(row.kind),
            holder=row.holder,
            number=row.number,
            since=dt.date.fromisoformat(row.since),
            until=dt.date.fromisoformat(row.until),
        )
        for row in rows
    )


def add_jump(tx: Connection, value: ClockJump) -> None:
    """Insert a clock jump."""
    tx.execute(
        insert(clock_jump).values(
            key=value.key,
            frm=stamp(value.frm),
            to=stamp(value.to),
            reason=value.reason,
        )
    )


def find_jumps(tx: Connection) -> tuple[ClockJump, ...]:
    """Return every clock jump, oldest first."""
    return tuple(
        ClockJump(
            key=row.key,
            frm=parse_stamp(row.frm),
            to=parse_stamp(row.to),
            reason=row.reason,
        )
        for row in tx.execute(select(clock_jump).order_by(clock_jump.c.n))
    )
