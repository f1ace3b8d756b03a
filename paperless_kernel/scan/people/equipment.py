"""The equipment desk: scanners and their tests, checks of the workshop, readiness.

Loads, asks ``people.checks`` and ``people.readiness``, writes rows and journal
together. Measures no picture; what was measured is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.errors import ConflictError, InputError, NotFoundError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan.people import records, tables
from paperless_kernel.scan.people.checks import (
    check_items,
    check_measured,
    display_items,
    due_checks,
    papers_until,
    tested_until,
)
from paperless_kernel.scan.people.desk import Staffing
from paperless_kernel.scan.people.gate import regulation_in_force
from paperless_kernel.scan.people.model import (
    CheckItem,
    CheckKind,
    Device,
    DeviceTest,
    Display,
    DueCheck,
    ReadyItem,
    WorkshopCheck,
)
from paperless_kernel.scan.people.readiness import Registered, ready_items
from paperless_kernel.scan.tags import (
    DEVICE_REGISTERED,
    DEVICE_RETIRED,
    DEVICE_TESTED,
    WORKSHOP_CHECKED,
)
from paperless_kernel.scan.workshop import is_line
from paperless_kernel.trust.digest import canonical_json, sha256

_DIGEST = 64
_LONGEST_NOTE = 200


class Equipping(Staffing):
    """Nothing is scanned on, or in, what was not looked over in time."""

    def register_device(
        self, actor: Actor, *, device: str, model: str, serial: str
    ) -> Device:
        """Register a scanner under the name batches call it by; a repeat is the same.

        Raises:
            NotAllowedError: the caller does not manage the workshop.
            InputError: a name, model or serial number is no line.
            ConflictError: the name stands for another scanner.
        """
        require(actor, Action.SCAN_STAFF)
        if not all(map(is_line, (device, model, serial))):
            raise InputError("A scanner has a name, a model and a serial number.")
        with self._parts.db.begin() as tx:
            found = records.find_device(tx, device)
            if found is None:
                now = self._parts.clock.now()
                made = Device(id=device, model=model, serial=serial, registered_at=now)
                records.add_device(tx, made)
                body: dict[str, Json] = {"model": model, "serial": serial}
                self._write(tx, actor, DEVICE_REGISTERED, device, body)
            elif (found.model, found.serial) != (model, serial):
                raise ConflictError(
                    f"{device} is the scanner {found.model} {found.serial}: take "
                    "another name."
                )
            found = records.find_device(tx, device)
        self._acknowledge()
        return _known(found, device)

    def retire_device(self, actor: Actor, *, device: str) -> Device:
        """Take a scanner out of use today; a repeat changes nothing.

        Raises:
            NotAllowedError: the caller does not manage the workshop.
            NotFoundError: it is not registered.
        """
        require(actor, Action.SCAN_STAFF)
        today = kst_date(self._parts.clock.now()).isoformat()
        table = tables.device
        with self._parts.db.begin() as tx:
            if _known(records.find_device(tx, device), device).retired_on is None:
                tx.execute(
                    update(table).where(table.c.id == device).values(retired_on=today)
                )
                self._write(tx, actor, DEVICE_RETIRED, device, {"on": today})
            found = records.find_device(tx, device)
        self._acknowledge()
        return _known(found, device)

    def test_device(
        self,
        actor: Actor,
        *,
        key: str,
        device: str,
        measured: Sequence[tuple[str, int]],
        passed: bool,
        page: str = "",
        note: str = "",
    ) -> DeviceTest:
        """Enter what was measured on a scanned target page now (제39조).

        Args:
            actor: a scan operator or the manager.
            key: idempotency key.
            device: a registered scanner.
            measured: names and whole numbers.
            passed: the values are good enough.
            page: sha256 of the target page's picture, hex, where there is one.
            note: what was seen.

        Raises:
            NotAllowedError: the caller neither scans nor manages.
            NotFoundError: the scanner is not registered.
            InputError: nothing was measured, or page or note are malformed.
            ConflictError: the key was used for another test.
        """
        require(actor, Action.SCAN_TEST)
        check_measured(measured)
        if page and (len(page) != _DIGEST or not set(page) <= set("0123456789abcdef")):
            raise InputError("page is a sha256 in hex.")
        if len(note) > _LONGEST_NOTE:
            raise InputError(f"A note has at most {_LONGEST_NOTE} letters.")
        now = self._parts.clock.now()
        made = DeviceTest(
            device=device,
            at=now,
            by=actor.id,
            measured=tuple(measured),
            passed=passed,
            page=page,
            note=note,
        )
        values: dict[str, Json] = dict(measured)

        def enter(tx: Connection) -> str:
            _known(records.find_device(tx, device), device)
            test_id = self._parts.ids.new()
            records.add_test(tx, test_id, made)
            body: dict[str, Json] = {
                "measured": values,
                "passed": passed,
                "page": page,
                "rules": self._parts.duties.on(kst_date(now)).version,
            }
            self._write(tx, actor, DEVICE_TESTED, device, body)
            return test_id

        content: list[Json] = ["device-test", device, values, passed, page, note]
        known = self._enter_once(key, content, enter)
        with self._parts.db.read() as tx:
            return records.test_numbered(tx, known)

    def devices(self, actor: Actor) -> tuple[tuple[Device, dt.date | None], ...]:
        """Return every scanner with the last Korean day its newest test is good for.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
        """
        self._view(actor)
        duties = self._parts.duties.on(kst_date(self._parts.clock.now()))
        with self._parts.db.read() as tx:
            return tuple(
                (one, tested_until(records.find_tests(tx, one.id), duties))
                for one in records.find_devices(tx)
            )

    def device_tests(self, actor: Actor, device: str) -> tuple[DeviceTest, ...]:
        """Return a scanner's target-page tests, the oldest first.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            return records.find_tests(tx, device)

    def check_workshop(
        self,
        actor: Actor,
        *,
        key: str,
        kind: CheckKind,
        on: dt.date,
        items: Sequence[CheckItem] = (),
        displays: Sequence[Display] = (),
        workshop: str = "",
    ) -> WorkshopCheck:
        """Enter a check of the workshop with its date and what was found.

        Args:
            actor: manager or system administrator.
            key: idempotency key.
            kind: what was looked over.
            on: the Korean day.
            items: what was looked at, and whether it was good.
            displays: measured displays; judged here (제16조).
            workshop: whose, "" for the office's own.

        Raises:
            NotAllowedError: the caller does not manage the workshop.
            InputError: nothing was looked at, the day has not come, or the manual's
                contents are not all named (제7조).
            NotFoundError: nobody entered that workshop.
            ConflictError: the key was used for another check.
        """
        require(actor, Action.SCAN_STAFF)
        today = kst_date(self._parts.clock.now())
        duties = self._parts.duties.on(today)
        if displays and kind is not CheckKind.DISPLAYS:
            raise InputError("Measured displays belong to a check of displays.")
        if on > today:
            raise InputError(f"{on} has not come yet: enter a check once it was done.")
        self._check_entered(workshop)
        found = (*items, *display_items(displays, duties))
        check_items(kind, found, duties)
        made = WorkshopCheck(
            id=self._parts.ids.new(),
            workshop=workshop,
            kind=kind,
            on=on,
            by=actor.id,
            items=found,
            papers_until=papers_until(on, duties.check_paper_years),
        )
        listed: list[Json] = [[one.name, one.good, one.note] for one in found]

        def enter(tx: Connection) -> str:
            records.add_check(tx, made)
            body: dict[str, Json] = {
                "workshop": workshop,
                "kind": kind.value,
                "on": on.isoformat(),
                "items": len(found),
                "bad": sum(not one.good for one in found),
                # Notes may name people: the words stay in the row.
                "digest": sha256(canonical_json(listed)).hex(),
            }
            self._write(tx, actor, WORKSHOP_CHECKED, made.id, body)
            return made.id

        content: list[Json] = ["check", kind.value, on.isoformat(), listed, workshop]
        known = self._enter_once(key, content, enter)
        return next(one for one in self._checks(workshop) if one.id == known)

    def _checks(self, workshop: str) -> tuple[WorkshopCheck, ...]:
        with self._parts.db.read() as tx:
            return records.find_checks(tx, workshop)

    def checks(self, actor: Actor, *, workshop: str = "") -> tuple[WorkshopCheck, ...]:
        """Return a workshop's checks, the oldest first.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
        """
        self._view(actor)
        return self._checks(workshop)

    def due_checks(self, actor: Actor, *, workshop: str = "") -> tuple[DueCheck, ...]:
        """Return when each check is due, and which are overdue.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotYetError: no rules are registered (제6조).
        """
        self._view(actor)
        today = kst_date(self._parts.clock.now())
        with self._parts.db.read() as tx:
            regulation = regulation_in_force(self._parts, tx, workshop)
            found = records.find_checks(tx, workshop)
        return due_checks(found, regulation, self._parts.duties.on(today), today)

    def _ready(
        self, actor: Actor, workshop: str, registration: str
    ) -> tuple[ReadyItem, ...]:
        """Return the readiness checklist; ``registration`` is "" where there is none.

        Whether a workshop is registered in its holder's name is known further up.
        """
        staff = self.staff(actor, workshop=workshop)
        now = self._parts.clock.now()
        today = kst_date(now)
        with self._parts.db.read() as tx:
            known = Registered(
                regulation=records.regulation_on(tx, now, workshop),
                staff=tuple(
                    one
                    for one in staff
                    if one.appointment.ended_on is None
                    and one.appointment.since <= today
                ),
                devices=tuple(
                    (one, records.find_tests(tx, one.id))
                    for one in records.find_devices(tx)
                ),
                checks=records.find_checks(tx, workshop),
                registration=registration,
                today=today,
            )
        return ready_items(known, self._parts.duties.on(today))


def _known(found: Device | None, device: str) -> Device:
    if found is None:
        raise NotFoundError(f"no scanner {device} is registered here.")
    return found
