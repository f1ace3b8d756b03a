"""Order rules: which contract covers a task, which workshop fits a model of service.

Pure: values in, a refusal or nothing out. What a contract does not name is refused.
"""

from __future__ import annotations

import datetime as dt

from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.errors import InputError, NotAllowedError
from paperless_kernel.scan.model import Process, ServiceModel
from paperless_kernel.scan.orders.model import Contract, Order, Task, Workshop


def check_covered(contract: Contract, task: Task, at: dt.datetime) -> None:
    """Let a task be done under a contract at an instant.

    A contract names its parties, its scope and its term (개인정보 처리위탁).

    Raises:
        NotAllowedError: parties are not named, the Korean day is outside the term, or
            the task outside the scope.
    """
    day = kst_date(at)
    if not contract.consignor or not contract.consignee:
        raise NotAllowedError(
            f"Contract {contract.number} names no parties: record who consigns and who "
            "handles the personal data (개인정보 처리위탁) first."
        )
    if not contract.since <= day <= contract.until:
        raise NotAllowedError(
            f"Contract {contract.number} for the consigned handling of personal data "
            f"(개인정보 처리위탁) runs from {contract.since} to {contract.until} and "
            f"does not cover {day}: record a new one first."
        )
    if task not in contract.tasks:
        named = ", ".join(contract.tasks)
        raise NotAllowedError(
            f"Contract {contract.number} (개인정보 처리위탁) covers {named}, not "
            f"{task.value}: agree on it in a new contract first."
        )


def check_workshop(order: Order, workshop: Workshop | None) -> None:
    """Let an order name a workshop; ``None`` is the office's own.

    Raises:
        InputError: the model of service asks for another workshop.
    """
    own = order.model is ServiceModel.DELEGATED
    if workshop is None and not own:
        raise InputError(
            f"A {order.model.value} order is scanned in a workshop of its own: name it."
        )
    if workshop is not None and workshop.model is not order.model:
        raise InputError(
            f"Workshop {workshop.id} is {workshop.model.value}, the order is "
            f"{order.model.value}: name a workshop that fits."
        )


def check_journey(order: Order) -> None:
    """Let an order's paper travel in sealed boxes (집중형공정).

    Raises:
        NotAllowedError: the order is digitised at the place of receipt.
    """
    if order.process is Process.DISTRIBUTED:
        raise NotAllowedError(
            f"Order {order.number} is digitised where the paper is received, at once "
            "(분산형공정): take its paper in as a tray, no box travels."
        )


def check_on_the_spot(order: Order) -> None:
    """Let an order's paper be taken in at the counter (분산형공정).

    Raises:
        NotAllowedError: the order's paper comes in sealed boxes.
    """
    if order.process is not Process.DISTRIBUTED:
        raise NotAllowedError(
            f"Order {order.number} is digitised at the workshop (집중형공정): its "
            "paper comes in a sealed box."
        )


def check_owner(order: Order, tenant: str) -> None:
    """Keep one customer's paper out of another's order.

    Raises:
        InputError: the order is another customer's.
    """
    if order.tenant != tenant:
        raise InputError(
            f"Order {order.number} is not the customer's whose box this is: compare "
            "the work order with the label."
        )
