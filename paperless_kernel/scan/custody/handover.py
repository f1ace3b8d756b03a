"""The carriers' desk: from the customer's hands onto a vehicle with two handlers.

Loads, asks ``custody.rules``, writes rows and journal together. A late or repeated
message moves no box back.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan.boxes import BoxState
from paperless_kernel.scan.custody import tables
from paperless_kernel.scan.custody.model import (
    Place,
    PlaceKind,
    ProofRole,
    Signature,
    Transport,
    TransportState,
)
from paperless_kernel.scan.custody.packing import Packing
from paperless_kernel.scan.custody.proofs import Kept, keep, signed, write
from paperless_kernel.scan.custody.records import (
    find_transports,
    get_transport,
    set_box,
)
from paperless_kernel.scan.custody.rules import check_handlers, check_step
from paperless_kernel.scan.orders.model import Task
from paperless_kernel.scan.orders.records import agreed_order
from paperless_kernel.scan.records import content_of, get_box, recall, remember
from paperless_kernel.scan.tags import BOX_HANDED_OVER, TRANSPORT_LEFT
from paperless_kernel.scan.workshop import is_line


class Carrying(Packing):
    """Custody on the way: no box is lost between two signatures."""

    def hand_over_boxes(
        self,
        actor: Actor,
        *,
        key: str,
        boxes: Sequence[str],
        vehicle: str,
        second: str,
        giver: Signature,
    ) -> Transport:
        """Take packed boxes over from the customer onto a vehicle (인수인계).

        Args:
            actor: the handler who takes them over.
            key: idempotency key.
            boxes: ids of the boxes; together they are the vehicle's list.
            vehicle: its number.
            second: id of the other handler.
            giver: signature of whoever gives them (인계자).

        Raises:
            NotAllowedError: the caller has no custody, or no contract covers carrying.
            InputError: no box, box twice, boxes of two customers, one handler only,
                or nobody signed.
            NotYetError: a box is not packed, or is on another vehicle.
            ConflictError: the key was used for another hand-over.
        """
        require(actor, Action.SCAN_CUSTODY)
        check_handlers(actor.id, second)
        if not boxes or len(set(boxes)) != len(boxes) or not is_line(vehicle):
            raise InputError("A vehicle has a number, and a list of boxes, each once.")
        plain = signed(giver)
        content = content_of("hand over", sorted(boxes), vehicle, second)
        with self._parts.db.read() as tx:
            known = recall(tx, key, content)
        if known is None:
            run = self._parts.ids.new()
            # 1. The signature becomes an object first: a crash leaves one to nothing.
            kept = keep(self._parts, run, ProofRole.GIVER, plain)
            with self._parts.db.begin() as tx:
                known = recall(tx, key, content)
                if known is None:
                    # 2. List, boxes, signature and journal commit together.
                    self._leave(tx, actor, kept, boxes, vehicle, second)
                    remember(tx, key, content, run)
                    known = run
        self._acknowledge()
        with self._parts.db.read() as tx:
            return get_transport(tx, known)

    def _leave(
        self,
        tx: Connection,
        actor: Actor,
        kept: Kept,
        boxes: Sequence[str],
        vehicle: str,
        second: str,
    ) -> None:
        now, run = self._parts.clock.now(), kept.owner
        packed = [get_box(tx, box) for box in boxes]
        (tenant, *others) = {box.tenant for box in packed}
        if others:
            raise InputError("One hand-over holds one customer's boxes: make two.")
        for box in packed:
            check_step(box, BoxState.HANDED_OVER)
            agreed_order(tx, box.order, Task.CARRY, now)
        tx.execute(
            insert(tables.transport).values(
                id=run,
                tenant=tenant,
                vehicle=vehicle,
                first=actor.id,
                second=second,
                state=TransportState.UNDER_WAY,
                reason="",
                left_at=stamp(now),
                checked_by="",
                arrived_at="",
            )
        )
        write(tx, kept, actor.id, now)
        common: dict[str, Json] = {
            "tenant": tenant,
            "vehicle": vehicle,
            "first": actor.id,
            "second": second,
            "giver": kept.digest,
        }
        seals: list[Json] = [box.seal for box in packed]
        self._write(tx, actor, TRANSPORT_LEFT, run, common | {"boxes": seals})
        for box in packed:
            tx.execute(insert(tables.load).values(transport=run, box=box.id, found=""))
            set_box(tx, box.id, BoxState.HANDED_OVER)
            place = Place(kind=PlaceKind.VEHICLE, transport=run)
            self._moved(tx, actor, box.id, place)
            body = common | {"transport": run, "to": PlaceKind.VEHICLE}
            self._write(tx, actor, BOX_HANDED_OVER, box.id, body)

    def transport(self, actor: Actor, transport: str) -> Transport:
        """Return a vehicle's run.

        Raises:
            NotAllowedError: the caller neither carries nor looks into the workshop.
            NotFoundError: there is none.
        """
        self._custody(actor)
        with self._parts.db.read() as tx:
            return get_transport(tx, transport)

    def transports(self, actor: Actor, box: str = "") -> tuple[Transport, ...]:
        """Return every vehicle's run, or those of one box, the newest first."""
        self._custody(actor)
        with self._parts.db.read() as tx:
            return find_transports(tx, box)
