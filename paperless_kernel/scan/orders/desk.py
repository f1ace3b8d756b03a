"""The orders' desk: contracts and work orders.

Loads, checks, writes rows and journal together.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import insert

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.errors import ConflictError, InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan.orders import tables
from paperless_kernel.scan.orders.model import Contract
from paperless_kernel.scan.orders.records import find_contracts
from paperless_kernel.scan.tags import CONTRACT_RECORDED
from paperless_kernel.scan.workshop import Desk


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
    ) -> Contract:
        """Record a consignment contract (개인정보 처리위탁); Korean days, inclusive.

        Raises:
            NotAllowedError: the caller may not receive boxes.
            InputError: the number is empty, or the days are turned round.
            ConflictError: the number stands for other days.
        """
        require(actor, Action.SCAN_RECEIVE)
        made = Contract(tenant=tenant, number=number, since=since, until=until)
        if not number.strip() or not tenant or since > until:
            raise InputError("A contract has a number, a customer and ordered days.")
        with self._parts.db.begin() as tx:
            known = {c.number: c for c in find_contracts(tx, tenant)}
            if number not in known:
                tx.execute(
                    insert(tables.contract).values(
                        tenant=tenant,
                        number=number,
                        since=since.isoformat(),
                        until=until.isoformat(),
                    )
                )
                body: dict[str, Json] = {
                    "tenant": tenant,
                    "since": since.isoformat(),
                    "until": until.isoformat(),
                }
                self._write(tx, actor, CONTRACT_RECORDED, number, body)
            elif known[number] != made:
                raise ConflictError(f"Contract {number} is recorded with other days.")
        self._acknowledge()
        return made
