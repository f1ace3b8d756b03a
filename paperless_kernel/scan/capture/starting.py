"""The scanner's desk, first part: starting a batch, with its device, author and key."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.custody.rules import check_scannable
from paperless_kernel.scan.model import Batch, BatchState, Service
from paperless_kernel.scan.orders.records import order_of
from paperless_kernel.scan.tags import BATCH_STARTED
from paperless_kernel.scan.workshop import Desk, new_batch_key
from paperless_kernel.trust.digest import canonical_json

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
    ) -> Batch:
        """Start a batch of a box's sheets; the actor becomes its author (작성자).

        Trusted or plain scan is what the box's work order says.

        Args:
            actor: a scan operator.
            key: idempotency key.
            box: id of an opened box.
            sheets: sheets the preparer counted, separator sheets not among them.
            device: which scanner, as it is registered.
            settings: what it was set to (resolution, colour, format).
            sides: pictures per sheet, 1 or 2.

        Raises:
            NotAllowedError: the actor may not scan.
            NotYetError: the box is not open, or is stopped.
            InputError: more sheets than were counted, or no device is named.
            ConflictError: the key was used for another batch.
        """
        require(actor, Action.SCAN_CAPTURE)
        if not 1 <= sides <= _MOST_SIDES or not device.strip() or not settings.strip():
            raise InputError("A batch names its device and settings, and 1 or 2 sides.")
        with self._parts.db.read() as tx:
            service = _service(tx, box)
            content = canonical_json(
                ["batch", box, sheets, service, device, settings, sides]
            ).decode()
            known = records.recall(tx, key, content)
            if known is None:
                _check(tx, box, sheets)
        if known is None:
            made = Batch(
                id=self._parts.ids.new(),
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
                started_at=self._parts.clock.now(),
            )
            known = self._insert_batch(actor, key, content, made)
        self._acknowledge()
        with self._parts.db.read() as tx:
            return records.get_batch(tx, known)

    def _insert_batch(self, actor: Actor, key: str, content: str, made: Batch) -> str:
        # 1. The locked key becomes an object first: a crash leaves a key to nothing.
        key_box = new_batch_key(self._parts, made.id)
        with self._parts.db.begin() as tx:
            known = records.recall(tx, key, content)
            if known is not None:
                return known  # another process was first
            _check(tx, made.box, made.sheets)
            tenant = records.get_box(tx, made.box).tenant
            # 2. The batch, its key's name and its journal entry commit together.
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
            records.remember(tx, key, content, made.id)
            body: dict[str, Json] = {
                "tenant": tenant,
                "box": made.box,
                "service": made.service,
                "sheets": made.sheets,
                "device": made.device,
                "settings": made.settings,
                "rules": self._parts.rules.version,
            }
            self._write(tx, actor, BATCH_STARTED, made.id, body)
        return made.id


def _check(tx: Connection, box: str, sheets: int) -> None:
    check_scannable(records.get_box(tx, box), records.find_batches(tx, box), sheets)


def _service(tx: Connection, box: str) -> Service:
    order = order_of(tx, box)
    return Service.TRUSTED if order is None else order.service
