"""The scanner's desk, first part: starting a batch, with its rules, device and key.

Loads, asks the gates, and writes rows and journal together.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import BusyError, InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.tables import draft
from paperless_kernel.scan.custody.records import prepared_by, where_box
from paperless_kernel.scan.custody.rules import (
    check_at_hand,
    check_prepared,
    check_scannable,
)
from paperless_kernel.scan.model import Batch, BatchState, Service
from paperless_kernel.scan.orders.model import Order
from paperless_kernel.scan.orders.records import order_of
from paperless_kernel.scan.people.gate import (
    require_device,
    require_regulation,
    require_staff,
)
from paperless_kernel.scan.tags import BATCH_STARTED
from paperless_kernel.scan.workshop import Desk, lock_batch_key
from paperless_kernel.trust.digest import sha256

_MOST_SIDES = 2


class Starting(Desk):
    """Opens batches; whoever opens one is its author."""

    def start_batch(
        self,
        actor: Actor,
        *,
        key: str,
        box: str,
        sheets: int,
        device: str,
        settings: str,
        sides: int = 1,
        profile: str = "",
        every: int = 0,
    ) -> Batch:
        """Start a batch of a box's sheets; the actor becomes its author (작성자).

        Trusted or plain scan, and whether anything may be lost, is what the box's
        work order says. A trusted batch stands under the registered rules in force now
        and keeps their number.

        Args:
            actor: a scan operator.
            key: idempotency key.
            box: id of an opened box.
            sheets: sheets the preparer counted, separator sheets not among them.
            device: which scanner, as it is registered.
            settings: what it was set to (resolution, colour, format).
            sides: pictures per sheet, 1 or 2.
            profile: quality profile its pages are judged by; "" is the default.
            every: sheets of each document where no separators lie between them; 0
                splits at separators only.

        Raises:
            NotAllowedError: the actor may not scan, is not registered or not educated
                (제9조①, 제13조), or the scanner is not registered or not tested
                (제39조).
            NotYetError: the box is not open, or is stopped, or no rules are
                registered (제6조).
            InputError: more sheets than were counted, no device is named, or there is
                no such profile.
            ConflictError: the key was used for another batch.
        """
        require(actor, Action.SCAN_CAPTURE)
        _check_given(device, settings, sides, every)
        parts = self._parts
        profile = parts.profiles.of(profile).name if profile else ""
        with parts.db.read() as tx:
            order = order_of(tx, box)
            service = Service.TRUSTED if order is None else order.service
            # What is left at its default is not in it: older offices asked without.
            more: list[Json] = [each for each in (profile, every) if each]
            asked: list[Json] = [box, sheets, service, device, settings, sides, *more]
            content = records.content_of("batch", *asked)
            known, rules = records.recall(tx, key, content), ""
            if known is None:
                _check(tx, box, sheets)
                rules = self._gate(tx, actor, order, device)
        if known is None:
            made = Batch(
                id=parts.ids.new(),
                box=box,
                tenant="",
                service=service,
                sheets=sheets,
                sides=sides,
                device=device,
                settings=settings,
                operator=actor.id,
                state=BatchState.CAPTURING,
                head="",
                started_at=parts.clock.now(),
                profile=profile,
                every=every,
                lossless=order is not None and order.lossless,
                regulation=rules,
            )
            known = self._insert_batch(actor, key, content, made)
        self._acknowledge()
        with parts.db.read() as tx:
            return records.get_batch(tx, known)

    def _gate(
        self, tx: Connection, actor: Actor, order: Order | None, device: str
    ) -> str:
        """Ask the gates of trusted scanning; return the registered rules' number."""
        if order is not None and order.service is Service.PLAIN:
            return ""
        parts = self._parts
        asked = ("", None) if order is None else (order.workshop, order.process)
        rules = require_regulation(parts, tx, *asked)
        require_staff(parts, tx, actor, Role.SCAN_OPERATOR, regulation=rules)
        require_device(parts, tx, device)
        return rules.number

    def _insert_batch(self, actor: Actor, key: str, content: str, made: Batch) -> str:
        parts, table = self._parts, draft
        locked = lock_batch_key(parts, made.id)
        name = sha256(locked).hex()
        # 1. The key's name is written down before the object exists: a crash later
        #    leaves an object that the repeat finds here and removes.
        with parts.db.begin() as tx:
            known = records.recall(tx, key, content)
            if known is not None:
                return known
            left = tx.scalar(select(table.c.object).where(table.c.key == key))
            tx.execute(delete(table).where(table.c.key == key))
            tx.execute(insert(table).values(key=key, object=name))
        if left:
            parts.blobs.remove(left)
        # 2. The locked key is durable before any row names it as a batch's.
        parts.blobs.put(locked)
        with parts.db.begin() as tx:
            known = records.recall(tx, key, content)
            mine = tx.scalar(select(table.c.object).where(table.c.key == key)) == name
            if known is None and mine:
                _check(tx, made.box, made.sheets)
                # 3. The batch, its key's name and its journal entry commit together.
                self._write_batch(tx, actor, made, name)
                records.remember(tx, key, content, made.id)
                tx.execute(delete(table).where(table.c.key == key))
                return made.id
        # Another process was faster: this key is nobody's.
        parts.blobs.remove(name)
        if known is None:
            raise BusyError(
                "The same batch is being started elsewhere: do the same again."
            )
        return known

    def _write_batch(
        self, tx: Connection, actor: Actor, made: Batch, key_box: str
    ) -> None:
        tenant = records.get_box(tx, made.box).tenant
        values = {name: getattr(made, name) for name in Batch.__slots__}
        tx.execute(
            insert(tables.batch).values(
                **values
                | {
                    "tenant": tenant,
                    "started_at": stamp(made.started_at),
                    "key_box": key_box,
                    "note": "",
                    "token": b"",
                }
            )
        )
        body: dict[str, Json] = {
            "tenant": tenant,
            "box": made.box,
            "service": made.service,
            "sheets": made.sheets,
            "device": made.device,
            "settings": made.settings,
            "rules": self._parts.rules.version,
            "profile": self._parts.profiles.of(made.profile).name,
            "regulation": made.regulation,
            "lossless": made.lossless,
            "every": made.every,
        }
        self._write(tx, actor, BATCH_STARTED, made.id, body)


def _check_given(device: str, settings: str, sides: int, every: int) -> None:
    if not 1 <= sides <= _MOST_SIDES or not device.strip() or not settings.strip():
        raise InputError("A batch names its device and settings, and 1 or 2 sides.")
    if every < 0:
        raise InputError("A document has at least one sheet; 0 splits at none.")


def _check(tx: Connection, box: str, sheets: int) -> None:
    found = records.get_box(tx, box)
    check_scannable(found, records.find_batches(tx, box), sheets)
    check_at_hand(found, where_box(tx, box))
    check_prepared(found, prepared_by(tx, box))
