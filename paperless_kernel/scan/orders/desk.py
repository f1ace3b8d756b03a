"""The orders' desk: contracts, workshops and work orders.

Loads, checks, writes rows and journal together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, insert, update

from paperless_kernel.access.permissions import Action, allowed, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import ConflictError, InputError, NotAllowedError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan.model import Process, Service, ServiceModel
from paperless_kernel.scan.orders import tables
from paperless_kernel.scan.orders.model import (
    ALL_TASKS,
    Contract,
    Order,
    Task,
    Workshop,
)
from paperless_kernel.scan.orders.records import (
    find_contracts,
    find_orders,
    find_workshops,
    get_contract,
    get_order,
    get_workshop,
)
from paperless_kernel.scan.orders.rules import check_covered, check_workshop
from paperless_kernel.scan.records import content_of, recall, remember
from paperless_kernel.scan.tags import (
    CONTRACT_RECORDED,
    ORDER_PLACED,
    WORKSHOP_ENTERED,
)
from paperless_kernel.scan.workshop import Desk, is_line


class Ordering(Desk):
    """Nothing is carried, opened or scanned but under a contract and an order."""

    def record_contract(
        self,
        actor: Actor,
        *,
        tenant: str,
        number: str,
        since: dt.date,
        until: dt.date,
        consignor: str,
        consignee: str,
        tasks: Sequence[Task] = ALL_TASKS,
    ) -> Contract:
        """Record a consignment contract (개인정보 처리위탁); Korean days, inclusive.

        A contract of an older office, which names no parties, may be completed.

        Args:
            actor: who records it.
            tenant: the customer.
            number: the contract's number.
            since: first day of the term.
            until: last day of the term.
            consignor: 위탁자, as the contract names it.
            consignee: 수탁자, as the contract names it.
            tasks: the scope: what the office may do with the paper.

        Raises:
            NotAllowedError: the caller is not the manager.
            InputError: number, parties or scope are missing, or days turned round.
            ConflictError: the number stands for another contract.
        """
        require(actor, Action.SCAN_ORDER)
        made = Contract(
            tenant=tenant,
            number=number,
            since=since,
            until=until,
            consignor=consignor,
            consignee=consignee,
            tasks=tuple(task for task in Task if task in tasks),
        )
        named = all(map(is_line, (number, consignor, consignee)))
        if not named or not tenant or since > until or not made.tasks:
            raise InputError(
                "A contract has a number, a customer, both parties' names, a scope and "
                "ordered days."
            )
        with self._parts.db.begin() as tx:
            known = {c.number: c for c in find_contracts(tx, tenant)}.get(number)
            if known != made:
                self._insert_contract(tx, actor, known, made)
        self._acknowledge()
        return made

    def _insert_contract(
        self, tx: Connection, actor: Actor, known: Contract | None, made: Contract
    ) -> None:
        table = tables.contract
        values = {
            "since": made.since.isoformat(),
            "until": made.until.isoformat(),
            "consignor": made.consignor,
            "consignee": made.consignee,
            "tasks": " ".join(made.tasks),
        }
        if known is None:
            key = {"tenant": made.tenant, "number": made.number}
            tx.execute(insert(table).values(**key, **values))
        elif known.consignor or (known.since, known.until) != (made.since, made.until):
            raise ConflictError(
                f"Contract {made.number} is recorded otherwise: record the new one "
                "under its own number."
            )
        else:
            tx.execute(
                update(table)
                .where(table.c.tenant == made.tenant, table.c.number == made.number)
                .values(**values)
            )
        # Parties may be persons: their names stay in the row.
        body: dict[str, Json] = {
            "tenant": made.tenant,
            "since": values["since"],
            "until": values["until"],
            "tasks": list(made.tasks),
        }
        self._write(tx, actor, CONTRACT_RECORDED, made.number, body)

    def enter_workshop(
        self,
        actor: Actor,
        *,
        id: str,  # noqa: A002 - it is the workshop's id
        holder: str,
        model: ServiceModel,
        registration: str = "",
        registered_on: dt.date | None = None,
    ) -> Workshop:
        """Enter a workshop and in whose name it stands (명의), or its registration.

        Raises:
            NotAllowedError: the caller is not the manager.
            InputError: id or holder is missing, or number and day do not go together.
            ConflictError: the id stands for another workshop.
        """
        require(actor, Action.SCAN_ORDER)
        made = Workshop(
            id=id,
            holder=holder,
            model=model,
            registration=registration,
            registered_on=registered_on,
        )
        if not is_line(id) or not is_line(holder):
            raise InputError("A workshop has an id and a holder, each of one line.")
        if bool(registration) != bool(registered_on):
            raise InputError("A registration has a number and a day: give both.")
        with self._parts.db.begin() as tx:
            known = {one.id: one for one in find_workshops(tx)}.get(id)
            if known != made:
                self._insert_workshop(tx, actor, known, made)
        self._acknowledge()
        return made

    def _insert_workshop(
        self, tx: Connection, actor: Actor, known: Workshop | None, made: Workshop
    ) -> None:
        day = made.registered_on.isoformat() if made.registered_on else ""
        registration = {"registration": made.registration, "registered_on": day}
        if known is None:
            values = {"id": made.id, "holder": made.holder, "model": made.model}
            tx.execute(insert(tables.workshop).values(**values, **registration))
        elif known.registration or made != replace(
            known,
            registration=made.registration,
            registered_on=made.registered_on,
        ):
            raise ConflictError(
                f"Workshop {made.id} is entered otherwise: enter another holder's or "
                "another registration under an id of its own."
            )
        else:
            table = tables.workshop
            tx.execute(
                update(table).where(table.c.id == made.id).values(**registration)
            )
        body: dict[str, Json] = {"model": made.model, **registration}
        self._write(tx, actor, WORKSHOP_ENTERED, made.id, body)

    def place_order(
        self,
        actor: Actor,
        *,
        key: str,
        tenant: str,
        number: str,
        contract: str,
        model: ServiceModel = ServiceModel.DELEGATED,
        process: Process = Process.CENTRAL,
        service: Service = Service.TRUSTED,
        workshop: str = "",
        lossless: bool = False,
        demo_paper: bool = False,
    ) -> Order:
        """Place a work order (전자화 작업의뢰서, 제40조).

        Args:
            actor: who places it.
            key: idempotency key.
            tenant: the customer.
            number: the customer's own reference.
            contract: number of the consignment contract it stands under.
            model: delegated, built or subscribed.
            process: central or distributed.
            service: trusted or plain scan.
            workshop: id of the workshop in whose name is scanned, "" the office's own.
            lossless: the pictures may not be coded with loss (제35조).
            demo_paper: made-up paper of a trial office.

        Raises:
            NotAllowedError: the caller may not, or the contract does not cover
                scanning on this Korean day.
            InputError: the number is no line, or the workshop does not fit the model.
            NotFoundError: no such contract or workshop.
            ConflictError: key or number stand for another order.
        """
        require(actor, Action.SCAN_ORDER)
        if not is_line(number):
            raise InputError("A work order has a number of one line.")
        if demo_paper and not self._parts.is_demo:
            raise NotAllowedError("Only a trial office handles made-up paper.")
        made = Order(
            id=self._parts.ids.new(),
            tenant=tenant,
            number=number,
            contract=contract,
            model=model,
            process=process,
            service=service,
            workshop=workshop,
            lossless=lossless,
            demo_paper=demo_paper,
            placed_at=self._parts.clock.now(),
        )
        content = content_of("order", _facts(made))
        with self._parts.db.begin() as tx:
            known = recall(tx, key, content)
            if known is None:
                known = self._insert_order(tx, actor, made)
                remember(tx, key, content, known)
            found = get_order(tx, known)
        self._acknowledge()
        return found

    def _insert_order(self, tx: Connection, actor: Actor, made: Order) -> str:
        if made.number in {one.number for one in find_orders(tx, made.tenant)}:
            raise ConflictError(
                f"Order {made.number} of {made.tenant} was placed before: give the "
                "new one another number."
            )
        agreed = get_contract(tx, made.tenant, made.contract)
        check_covered(agreed, Task.SCAN, made.placed_at)
        named = get_workshop(tx, made.workshop) if made.workshop else None
        check_workshop(made, named)
        values = {name: getattr(made, name) for name in Order.__slots__}
        tx.execute(
            insert(tables.work_order).values(
                **values | {"placed_at": stamp(made.placed_at)}
            )
        )
        self._write(tx, actor, ORDER_PLACED, made.id, _facts(made))
        return made.id

    def order(self, actor: Actor, order: str) -> Order:
        """Return a work order.

        Raises:
            NotAllowedError: the caller neither carries nor looks into the workshop.
            NotFoundError: there is none.
        """
        self._carry_or_view(actor)
        with self._parts.db.read() as tx:
            return get_order(tx, order)

    def orders(self, actor: Actor, tenant: str = "") -> tuple[Order, ...]:
        """Return every work order, or one customer's, the newest first."""
        self._carry_or_view(actor)
        with self._parts.db.read() as tx:
            return find_orders(tx, tenant)

    def _carry_or_view(self, actor: Actor) -> None:
        """Let couriers read orders too: what they pack names one."""
        if not allowed(actor, Action.SCAN_CUSTODY):
            self._view(actor)

    def contracts(self, actor: Actor, tenant: str) -> tuple[Contract, ...]:
        """Return a customer's consignment contracts."""
        self._view(actor)
        with self._parts.db.read() as tx:
            return find_contracts(tx, tenant)

    def workshops(self, actor: Actor) -> tuple[Workshop, ...]:
        """Return every workshop entered; the office's own is none of them."""
        self._view(actor)
        with self._parts.db.read() as tx:
            return find_workshops(tx)


def _facts(order: Order) -> dict[str, Json]:
    return {
        "tenant": order.tenant,
        "number": order.number,
        "contract": order.contract,
        "model": order.model,
        "process": order.process,
        "service": order.service,
        "workshop": order.workshop,
        "lossless": order.lossless,
        "demo_paper": order.demo_paper,
    }
