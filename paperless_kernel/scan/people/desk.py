"""The staff desk: appointments, education and load.

Loads, asks ``people.rules``, writes rows and journal together. The journal holds ids of
people, days and numbers; names and papers lie elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.errors import InputError, NotFoundError, NotYetError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.model import Process
from paperless_kernel.scan.people import records, tables
from paperless_kernel.scan.people.checks import papers_until
from paperless_kernel.scan.people.education import check_course, education_of
from paperless_kernel.scan.people.gate import load_now, regulation_in_force
from paperless_kernel.scan.people.model import (
    Appointment,
    Course,
    Load,
    Regulation,
    StaffLine,
)
from paperless_kernel.scan.people.registering import Registering
from paperless_kernel.scan.people.rules import (
    check_appointment,
    check_one_role,
    held_on,
)
from paperless_kernel.scan.tags import (
    STAFF_APPOINTED,
    STAFF_EDUCATED,
    STAFF_ENDED,
)


class Staffing(Registering):
    """Nobody begins but whom the workshop registered and educated."""

    def appoint(
        self,
        actor: Actor,
        *,
        key: str,
        role: Role,
        person: str,
        id_checked_on: dt.date,
        pledge_signed_on: dt.date,
        since: dt.date,
    ) -> Appointment:
        """Register somebody for a role (전자화관계자, 제9조①); days are Korean ones.

        Args:
            actor: manager or system administrator.
            key: idempotency key.
            role: one of the four roles of a workshop.
            person: id of the user.
            id_checked_on: day the identity was checked.
            pledge_signed_on: day the security pledge was signed.
            since: first day of the task; no task before it is entered here.

        Raises:
            NotAllowedError: the caller does not manage the workshop, check or pledge
                come too late (제9조①), or the person holds another role (제45조②).
            InputError: the role is none of a workshop's.
            ConflictError: the key was used for another appointment.
        """
        require(actor, Action.SCAN_STAFF)
        now = self._parts.clock.now()
        made = Appointment(
            id=self._parts.ids.new(),
            person=person,
            role=role,
            id_checked_on=id_checked_on,
            pledge_signed_on=pledge_signed_on,
            since=since,
            registered_at=now,
        )
        days: dict[str, Json] = {
            "role": role.value,
            "id_checked_on": id_checked_on.isoformat(),
            "pledge_signed_on": pledge_signed_on.isoformat(),
            "since": since.isoformat(),
        }

        def enter(tx: Connection) -> str:
            check_appointment(
                role,
                id_checked_on=id_checked_on,
                pledge_signed_on=pledge_signed_on,
                since=since,
                today=kst_date(now),
            )
            check_one_role(self._roles(tx, person), role, self._processes(tx))
            records.add_appointment(tx, made)
            self._write(tx, actor, STAFF_APPOINTED, person, days)
            return made.id

        known = self._enter_once(key, ["appoint", person, *days.values()], enter)
        with self._parts.db.read() as tx:
            found = records.find_appointments(tx, person)
        return next(one for one in found if one.id == known)

    def _roles(self, tx: Connection, person: str) -> set[Role]:
        """Return the roles somebody holds now or will hold."""
        found = records.find_appointments(tx, person)
        return {one.role for one in found if one.ended_on is None}

    def _processes(self, tx: Connection) -> set[Process]:
        return {each for one in self._in_force(tx) for each in one.processes}

    def end_appointment(self, actor: Actor, *, person: str, role: Role) -> Appointment:
        """End somebody's role today; a repeat changes nothing.

        Raises:
            NotAllowedError: the caller does not manage the workshop.
            NotFoundError: the person was never registered for the role.
        """
        require(actor, Action.SCAN_STAFF)
        today = kst_date(self._parts.clock.now())
        with self._parts.db.begin() as tx:
            found = [
                one for one in records.find_appointments(tx, person) if one.role is role
            ]
            if not found:
                raise NotFoundError(f"{person} was never registered as {role.value}.")
            if found[-1].ended_on is None:
                tx.execute(
                    update(tables.appointment)
                    .where(tables.appointment.c.id == found[-1].id)
                    .values(ended_on=today.isoformat())
                )
                body: dict[str, Json] = {"role": role.value, "on": today.isoformat()}
                self._write(tx, actor, STAFF_ENDED, person, body)
            found = [
                one for one in records.find_appointments(tx, person) if one.role is role
            ]
        self._acknowledge()
        return found[-1]

    def educate(
        self,
        actor: Actor,
        *,
        key: str,
        persons: Sequence[str],
        course: str,
        on: dt.date,
        hours: int,
        official: bool = False,
    ) -> tuple[Course, ...]:
        """Enter education that people received on a Korean day (제13조).

        Args:
            actor: manager or system administrator.
            key: idempotency key.
            persons: ids of those who attended.
            course: its name.
            on: the day.
            hours: whole hours each received.
            official: the overseer's course, which waives the next year.

        Raises:
            NotAllowedError: the caller does not manage the workshop.
            InputError: nobody attended, or day and hours make no sense.
            NotFoundError: somebody was never registered here.
            ConflictError: the key was used for another course.
        """
        require(actor, Action.SCAN_STAFF)
        check_course(course, on, hours, kst_date(self._parts.clock.now()))
        if not persons or len(set(persons)) != len(persons):
            raise InputError("Name everybody who attended, each once.")

        def enter(tx: Connection) -> str:
            for person in persons:
                if not records.find_appointments(tx, person):
                    raise NotFoundError(
                        f"{person} was never registered here: appoint them first."
                    )
                made = Course(
                    person=person, name=course, on=on, hours=hours, official=official
                )
                records.add_course(tx, made)
                body: dict[str, Json] = {
                    "course": course,
                    "on": on.isoformat(),
                    "hours": hours,
                    "official": official,
                }
                self._write(tx, actor, STAFF_EDUCATED, person, body)
            return "entered"

        content: list[Json] = [*persons, course, on.isoformat(), hours, official]
        self._enter_once(key, ["educate", *content], enter)
        with self._parts.db.read() as tx:
            found = [one for who in persons for one in records.find_courses(tx, who)]
        return tuple(one for one in found if one.name == course and one.on == on)

    def staff(self, actor: Actor, *, workshop: str = "") -> tuple[StaffLine, ...]:
        """Return the staff register with where everybody's education stands.

        Args:
            actor: who looks.
            workshop: whose registered rules count the education years.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
        """
        self._view(actor)
        now = self._parts.clock.now()
        today = kst_date(now)
        with self._parts.db.read() as tx:
            regulation = records.regulation_on(tx, now, workshop)
            everybody = records.find_appointments(tx)
            return tuple(
                self._staff_line(tx, one, everybody, regulation, today)
                for one in everybody
            )

    def _staff_line(
        self,
        tx: Connection,
        one: Appointment,
        everybody: Sequence[Appointment],
        regulation: Regulation | None,
        today: dt.date,
    ) -> StaffLine:
        duties = self._parts.duties.on(today)
        held = one.role in held_on([one], today) or one.since > today
        counted = regulation is not None and None not in {
            regulation.education_year_from,
            regulation.education_grace_days,
        }
        education = None
        if held and regulation is not None and counted:
            first = min(each.since for each in everybody if each.person == one.person)
            courses = records.find_courses(tx, one.person)
            education = education_of(
                one.role, first, courses, regulation, duties, today
            )
        until = None
        if one.ended_on:
            until = papers_until(one.ended_on, duties.id_paper_years)
        return StaffLine(appointment=one, education=education, papers_until=until)

    def courses(self, actor: Actor, person: str) -> tuple[Course, ...]:
        """Return what education somebody received, by day.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            return records.find_courses(tx, person)

    def load(self, actor: Actor, inspector: str, *, workshop: str = "") -> Load:
        """Return an inspector's load now (제47조⑥).

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotYetError: no rules are registered, or they do not say how it is counted.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            regulation = regulation_in_force(self._parts, tx, workshop)
            return load_now(self._parts, tx, inspector, regulation)

    def load_warning(self, actor: Actor) -> str:
        """Return what to tell an inspector about today's load, or "" (제47조⑥).

        Raises:
            NotAllowedError: the actor may not look into the workshop.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            for regulation in self._in_force(tx):
                try:
                    load = load_now(self._parts, tx, actor.id, regulation)
                except NotYetError:  # these rules state no period: none is counted
                    continue
                if load.warning:
                    return load.warning
        return ""
