"""Rows of orders, contracts and workshops; knows SQL."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, select

from paperless_kernel.base.clock import parse_stamp
from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.scan.model import Process, Service, ServiceModel
from paperless_kernel.scan.orders.model import Contract, Order, Task, Workshop
from paperless_kernel.scan.orders.rules import check_covered
from paperless_kernel.scan.orders.tables import contract, work_order, workshop
from paperless_kernel.scan.tables import box


def find_contracts(tx: Connection, tenant: str) -> tuple[Contract, ...]:
    """Return a customer's consignment contracts."""
    rows = tx.execute(select(contract).where(contract.c.tenant == tenant))
    return tuple(
        Contract(
            tenant=row.tenant,
            number=row.number,
            since=dt.date.fromisoformat(row.since),
            until=dt.date.fromisoformat(row.until),
            consignor=row.consignor,
            consignee=row.consignee,
            tasks=tuple(Task(word) for word in row.tasks.split()),
        )
        for row in rows
    )


def get_contract(tx: Connection, tenant: str, number: str) -> Contract:
    """Return one contract of a customer.

    Raises:
        NotFoundError: the customer has none of that number.
    """
    for each in find_contracts(tx, tenant):
        if each.number == number:
            return each
    raise NotFoundError(
        f"no contract {number} of {tenant} is recorded: record the consignment "
        "(개인정보 처리위탁) first."
    )


def get_order(tx: Connection, order_id: str) -> Order:
    """Return a work order.

    Raises:
        NotFoundError: there is none with this id.
    """
    query = select(work_order).where(work_order.c.id == order_id)
    row = tx.execute(query).first()
    if row is None:
        raise NotFoundError(
            f"no work order {order_id} was placed here: paper comes with its work "
            "order (전자화 작업의뢰서, 제40조)."
        )
    return _order(row)


def agreed_order(tx: Connection, order_id: str, task: Task, at: dt.datetime) -> Order:
    """Return a work order whose contract covers a task at an instant.

    Raises:
        NotFoundError: there is none with this id.
        NotAllowedError: its contract does not cover the task, or not that Korean day.
    """
    found = get_order(tx, order_id)
    check_covered(get_contract(tx, found.tenant, found.contract), task, at)
    return found


def find_orders(tx: Connection, tenant: str = "") -> tuple[Order, ...]:
    """Return every work order, or one customer's, the newest first."""
    query = select(work_order).order_by(work_order.c.id.desc())
    if tenant:
        query = query.where(work_order.c.tenant == tenant)
    return tuple(_order(row) for row in tx.execute(query))


def order_of(tx: Connection, box_id: str) -> Order | None:
    """Return the work order a box came under; None for boxes of older offices."""
    placed = select(box.c.work_order).where(box.c.id == box_id).scalar_subquery()
    row = tx.execute(select(work_order).where(work_order.c.id == placed)).first()
    return None if row is None else _order(row)


def find_workshops(tx: Connection) -> tuple[Workshop, ...]:
    """Return every workshop entered; the office's own is none of them."""
    rows = tx.execute(select(workshop).order_by(workshop.c.id))
    return tuple(
        Workshop(
            id=row.id,
            holder=row.holder,
            model=ServiceModel(row.model),
            registration=row.registration,
            registered_on=(
                dt.date.fromisoformat(row.registered_on) if row.registered_on else None
            ),
        )
        for row in rows
    )


def get_workshop(tx: Connection, workshop_id: str) -> Workshop:
    """Return a workshop.

    Raises:
        NotFoundError: none is entered under this id.
    """
    for each in find_workshops(tx):
        if each.id == workshop_id:
            return each
    raise NotFoundError(f"no workshop {workshop_id} is entered: enter it first.")


def _order(row: Row[Any]) -> Order:
    return Order(
        id=row.id,
        tenant=row.tenant,
        number=row.number,
        contract=row.contract,
        model=ServiceModel(row.model),
        process=Process(row.process),
        service=Service(row.service),
        workshop=row.workshop,
        lossless=row.lossless,
        demo_paper=row.demo_paper,
        placed_at=parse_stamp(row.placed_at),
    )
