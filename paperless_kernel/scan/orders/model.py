"""The words of orders: contracts, and what a customer asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from paperless_kernel.scan.model import Process, Service, ServiceModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A customer's consignment of personal data (개인정보 처리위탁), dates in KST."""

    tenant: str
    number: str
    since: dt.date
    until: dt.date


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
