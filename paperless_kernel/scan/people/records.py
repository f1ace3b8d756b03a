"""Rows of people, devices and registered rules; knows SQL, decides nothing."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from paperless_kernel.base.clock import kst_date, parse_stamp, stamp
from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.base.ids import Role
from paperless_kernel.scan.people import tables
from paperless_kernel.scan.people.model import (
    Appointment,
    CheckItem,
    CheckKind,
    Course,
    Device,
    DeviceTest,
    Regulation,
    WorkshopCheck,
)
from paperless_kernel.scan.people.regulation import parse_regulation, regulation_data


def regulation_on(
    tx: Connection, at: dt.datetime, workshop: str = ""
) -> Regulation | None:
    """Return the registered rules in force at an instant (aware), or None.

    Args:
        tx: a transaction.
        at: the instant; its Korean day decides.
        workshop: id of the workshop they are registered for, "" for the office's own.
    """
    day = kst_date(at)
    in_force = [r for r in find_regulations(tx, workshop) if r.effective_from <= day]
    return in_force[-1] if in_force else None


def find_regulations(
    tx: Connection, workshop: str | None = None
) -> tuple[Regulation, ...]:
    """Return a workshop's versions, or everybody's, in the order they take effect."""
    table = tables.regulation
    query = select(table)
    if workshop is not None:
        query = query.where(table.c.workshop == workshop)
    order = (table.c.effective_from, table.c.registered_on, table.c.number)
    return tuple(_regulation(row) for row in tx.execute(query.order_by(*order)))


def regulation_numbered(tx: Connection, number: str) -> Regulation:
    """Return the version a batch was pinned to.

    Raises:
        NotFoundError: no rules with that number are registered here.
    """
    table = tables.regulation
    row = tx.execute(select(table).where(table.c.number == number)).first()
    if row is None:
        raise NotFoundError(f"no regulation {number} is registered here.")
    return _regulation(row)


def add_regulation(tx: Connection, made: Regulation) -> None:
    """Insert a registered version."""
    tx.execute(
        insert(tables.regulation).values(
            number=made.number,
            workshop=made.workshop,
            registered_on=made.registered_on.isoformat(),
            effective_from=made.effective_from.isoformat(),
            revises=made.revises,
            body=json.dumps(regulation_data(made), ensure_ascii=False),
        )
    )


def _regulation(row: Row[Any]) -> Regulation:
    data = json.loads(row.body)
    return parse_regulation(data, len(data["contents"]))


def find_appointments(
    tx: Connection, person: str | None = None
) -> tuple[Appointment, ...]:
    """Return a person's appointments, or everybody's, in the order they were made."""
    table = tables.appointment
    query = select(table)
    if person is not None:
        query = query.where(table.c.person == person)
    rows = tx.execute(query.order_by(table.c.n))
    return tuple(
        Appointment(
            id=row.id,
            person=row.person,
            role=Role(row.role),
            id_checked_on=dt.date.fromisoformat(row.id_checked_on),
            pledge_signed_on=dt.date.fromisoformat(row.pledge_signed_on),
            since=dt.date.fromisoformat(row.since),
            registered_at=parse_stamp(row.registered_at),
            ended_on=_day_or_none(row.ended_on),
        )
        for row in rows
    )


def add_appointment(tx: Connection, made: Appointment) -> None:
    """Insert an appointment."""
    tx.execute(
        insert(tables.appointment).values(
            id=made.id,
            person=made.person,
            role=made.role.value,
            id_checked_on=made.id_checked_on.isoformat(),
            pledge_signed_on=made.pledge_signed_on.isoformat(),
            since=made.since.isoformat(),
            registered_at=stamp(made.registered_at),
            ended_on="",
        )
    )


def find_courses(tx: Connection, person: str) -> tuple[Course, ...]:
    """Return what education somebody received, in the order of days."""
    table = tables.course
    query = select(table).where(table.c.person == person)
    return tuple(
        Course(
            person=row.person,
            name=row.name,
            on=dt.date.fromisoformat(row.on),
            hours=row.hours,
            official=row.official,
        )
        for row in tx.execute(query.order_by(table.c.on, table.c.n))
    )


def add_course(tx: Connection, made: Course) -> None:
    """Insert education somebody received."""
    tx.execute(
        insert(tables.course).values(
            person=made.person,
            name=made.name,
            on=made.on.isoformat(),
            hours=made.hours,
            official=made.official,
        )
    )


def find_devices(tx: Connection) -> tuple[Device, ...]:
    """Return every registered device by name."""
    rows = tx.execute(select(tables.device).order_by(tables.device.c.id))
    return tuple(
        Device(
            id=row.id,
            model=row.model,
            serial=row.serial,
            registered_at=parse_stamp(row.registered_at),
            retired_on=_day_or_none(row.retired_on),
        )
        for row in rows
    )


def find_device(tx: Connection, device: str) -> Device | None:
    """Return a registered device, or None."""
    return next((one for one in find_devices(tx) if one.id == device), None)


def add_device(tx: Connection, made: Device) -> None:
    """Insert a device."""
    tx.execute(
        insert(tables.device).values(
            id=made.id,
            model=made.model,
            serial=made.serial,
            registered_at=stamp(made.registered_at),
            retired_on="",
        )
    )


def find_tests(tx: Connection, device: str) -> tuple[DeviceTest, ...]:
    """Return a device's target-page tests in the order they were entered."""
    table = tables.device_test
    query = select(table).where(table.c.device == device)
    return tuple(_test(row) for row in tx.execute(query.order_by(table.c.n)))


def test_numbered(tx: Connection, test_id: str) -> DeviceTest:
    """Return one target-page test.

    Raises:
        NotFoundError: there is none with this id.
    """
    table = tables.device_test
    row = tx.execute(select(table).where(table.c.id == test_id)).first()
    if row is None:
        raise NotFoundError(f"no test {test_id} was entered here.")
    return _test(row)


def _test(row: Row[Any]) -> DeviceTest:
    return DeviceTest(
        device=row.device,
        at=parse_stamp(row.at),
        by=row.by,
        measured=tuple((name, value) for name, value in json.loads(row.measured)),
        passed=row.passed,
        page=row.page,
        note=row.note,
    )


def add_test(tx: Connection, test_id: str, made: DeviceTest) -> None:
    """Insert a target-page test."""
    tx.execute(
        insert(tables.device_test).values(
            id=test_id,
            device=made.device,
            at=stamp(made.at),
            by=made.by,
            measured=json.dumps(made.measured),
            passed=made.passed,
            page=made.page,
            note=made.note,
        )
    )


def find_checks(tx: Connection, workshop: str) -> tuple[WorkshopCheck, ...]:
    """Return a workshop's checks in the order of days."""
    table = tables.workshop_check
    query = select(table).where(table.c.workshop == workshop)
    return tuple(
        WorkshopCheck(
            id=row.id,
            workshop=row.workshop,
            kind=CheckKind(row.kind),
            on=dt.date.fromisoformat(row.on),
            by=row.by,
            items=tuple(CheckItem(**one) for one in json.loads(row.items)),
            papers_until=dt.date.fromisoformat(row.papers_until),
        )
        for row in tx.execute(query.order_by(table.c.on, table.c.n))
    )


def add_check(tx: Connection, made: WorkshopCheck) -> None:
    """Insert a check of the workshop."""
    rows = [
        {"name": one.name, "good": one.good, "note": one.note} for one in made.items
    ]
    tx.execute(
        insert(tables.workshop_check).values(
            id=made.id,
            workshop=made.workshop,
            kind=made.kind.value,
            on=made.on.isoformat(),
            by=made.by,
            items=json.dumps(rows, ensure_ascii=False),
            papers_until=made.papers_until.isoformat(),
        )
    )


def inspected_sheets(
    tx: Connection, inspector: str, since: dt.date
) -> dict[dt.date, int]:
    """Return the sheets somebody inspected on each Korean day from ``since`` on."""
    table = tables.inspected
    query = select(table).where(
        table.c.inspector == inspector, table.c.day >= since.isoformat()
    )
    found: dict[dt.date, int] = {}
    for row in tx.execute(query):
        day = dt.date.fromisoformat(row.day)
        found[day] = found.get(day, 0) + row.sheets
    return found


def add_inspected(
    tx: Connection, inspector: str, day: dt.date, subject: str, sheets: int
) -> None:
    """Insert sheets that somebody inspected."""
    tx.execute(
        insert(tables.inspected).values(
            inspector=inspector, day=day.isoformat(), subject=subject, sheets=sheets
        )
    )


def _day_or_none(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
