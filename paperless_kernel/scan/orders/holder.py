"""In whose name a workshop works, and whether that name is registered.

Reads workshops and facility records; certificates are the keeper's. A registration
counts for the holder it was given to and for nobody else.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.scan.orders.records import find_workshops, get_workshop
from paperless_kernel.scan.workshop import Parts


def registration_of(
    parts: Parts, tx: Connection, workshop: str, at: dt.datetime
) -> Facility | None:
    """Return the record that a workshop was registered at an instant, or None.

    Args:
        parts: the workshop's parts.
        tx: a transaction.
        workshop: its id, "" for the office's own.
        at: the instant, aware.

    Raises:
        NotFoundError: no such workshop is entered.
    """
    held = parts.facilities(FacilityKind.WORKSHOP, at)
    if not workshop:
        others = {one.holder for one in find_workshops(tx)}
        return next((one for one in held if one.holder not in others), None)
    named = get_workshop(tx, workshop)
    wanted = (named.holder, named.registration)
    return next((one for one in held if (one.holder, one.number) == wanted), None)
