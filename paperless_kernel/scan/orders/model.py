"""The words of orders: contracts, workshops, and what a customer asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from paperless_kernel.scan.model import Process, Service, ServiceModel


class Task(StrEnum):
    """What a contract lets the office do with the paper (deck: 운송, 전자화, 파쇄)."""

    CARRY = "carry"
    """운송."""
    SCAN = "scan"
    """전자화."""
    STORE = "store"
    """보관."""
    DESTROY = "destroy"
    """파쇄."""


ALL_TASKS = tuple(Task)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A customer's consignment of personal data (개인정보 처리위탁), dates in KST.

    Attributes:
        since: first day of the term.
        until: last day of the term, included.
        consignor: 위탁자, whose papers they are; "" in contracts of older offices.
        consignee: 수탁자, who handles them.
        tasks: the scope; nothing else may be done with the paper.
    """

    tenant: str
    number: str
    since: dt.date
    until: dt.date
    consignor: str = ""
    consignee: str = ""
    tasks: tuple[Task, ...] = ALL_TASKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """A workshop (전자화작업장) and in whose name it stands: that name seals.

    Attributes:
        id: short name, such as ``bank-1``; "" is the office's own.
        holder: in whose name it stands (명의): the customer or the office.
        model: built at the customer's, subscribed, or run for it.
        registration: number of its registration, "" while it has none.
        registered_on: Korean day of the registration, or None.
    """

    id: str
    holder: str
    model: ServiceModel
    registration: str = ""
    registered_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A work order (전자화 작업의뢰서, 제40조): what is to be done with which paper.

    Attributes:
        number: the customer's own reference, printed on the work order.
        contract: number of the consignment contract it stands under.
        workshop: id of the workshop in whose name is scanned and sealed, "" for the
            office's own.
        lossless: the pictures may not be coded with loss (제35조).
        demo_paper: made-up paper of a trial office.
        placed_at: aware UTC.
    """

    id: str
    tenant: str
    number: str
    contract: str
    model: ServiceModel
    process: Process
    service: Service
    workshop: str
    lossless: bool
    demo_paper: bool
    placed_at: dt.datetime
