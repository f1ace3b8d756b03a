"""Rows of orders and contracts, and what they mean; knows SQL, decides nothing."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, select

from paperless_kernel.scan.orders.model import Contract
from paperless_kernel.scan.orders.tables import contract


def find_contracts(tx: Connection, tenant: str) -> tuple[Contract, ...]:
    """Return a customer's consignment contracts."""
    rows = tx.execute(select(contract).where(contract.c.tenant == tenant))
    return tuple(
        Contract(
            tenant=row.tenant,
            number=row.number,
            since=dt.date.fromisoformat(row.since),
            until=dt.date.fromisoformat(row.until),
        )
        for row in rows
    )
