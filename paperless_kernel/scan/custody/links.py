"""What a courier's link is, and what the phone page behind it shows and sends.

Values and their rows. Knows nothing of content: boxes, seals, counts, who hands over.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Row, Table, Text, insert, select, update

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.scan.boxes import SealState
from paperless_kernel.scan.custody.model import Signature
from paperless_kernel.scan.tables import metadata

link = Table(
    "courier_link",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token", Text, nullable=False, unique=True),
    Column("tenant", Text, nullable=False),
    Column("vehicle", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("second", Text, nullable=False),
    Column("boxes", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("until", Text, nullable=False),
    Column("done_at", Text, nullable=False),
    Column("transport", Text, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierLink:
    """A planned hand-over (인수인계) to one courier, and how its page is reached.

    Attributes:
        token: the secret part of the address; computed by the keeper, never stored.
        first: id of the handler the link is for; who opens it acts as this person.
        second: id of the other handler.
        until: aware UTC; the link opens nothing afterwards.
        done_at: when the boxes were handed over by it, or None.
        transport: id of the vehicle's run that came of it, or "".
    """

    id: str
    token: str
    tenant: str
    vehicle: str
    first: str
    second: str
    boxes: tuple[str, ...]
    until: dt.datetime
    done_at: dt.datetime | None = None
    transport: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierBox:
    """A box as the page lists it; the seal's number is read from the box, not shown."""

    id: str
    sheets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierVisit:
    """What a link shows.

    Attributes:
        number: of the planned hand-over, printed on its sheet.
        vehicle: the vehicle's number.
        boxes: in the order of the sheet.
        until: when the link ends, aware UTC.
        done_at: when the hand-over was sent, or None.
        left: how many boxes went; the others were stopped.
    """

    number: str
    vehicle: str
    boxes: tuple[CourierBox, ...]
    until: dt.datetime
    done_at: dt.datetime | None = None
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SealSeen:
    """What the courier saw of one box: the seal's number, its state and a photo."""

    box: str
    number: str
    state: SealState
    photo: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CourierReport:
    """What a courier sends: every seal, and the signature of who gives the boxes."""

    seals: tuple[SealSeen, ...]
    giver: Signature


def add_link(tx: Connection, made: CourierLink, token: str, by: str) -> None:
    """Write a link down; ``token`` is the SHA-256, hex, of its secret part."""
    tx.execute(
        insert(link).values(
            id=made.id,
            token=token,
            tenant=made.tenant,
            vehicle=made.vehicle,
            first=made.first,
            second=made.second,
            boxes=json.dumps(made.boxes),
            made_by=by,
            until=stamp(made.until),
            done_at="",
            transport="",
        )
    )


def get_link(tx: Connection, link_id: str) -> CourierLink:
    """Return a link without its secret part.

    Raises:
        NotFoundError: there is none with this id.
    """
    return _link(tx.execute(select(link).where(link.c.id == link_id)).first())


def link_by_token(tx: Connection, token: str) -> CourierLink:
    """Return the link of a secret part's SHA-256, hex.

    Raises:
        NotFoundError: there is none.
    """
    return _link(tx.execute(select(link).where(link.c.token == token)).first())


def end_link(tx: Connection, link_id: str, at: dt.datetime, transport: str) -> None:
    """Write down that a link was used, and which transport came of it."""
    tx.execute(
        update(link)
        .where(link.c.id == link_id, link.c.done_at == "")
        .values(done_at=stamp(at), transport=transport)
    )


def _link(row: Row[tuple[str, ...]] | None) -> CourierLink:
    if row is None:
        raise NotFoundError("no such link for a courier was made here.")
    return CourierLink(
        id=row.id,
        token="",
        tenant=row.tenant,
        vehicle=row.vehicle,
        first=row.first,
        second=row.second,
        boxes=tuple(json.loads(row.boxes)),
        until=parse_stamp(row.until),
        done_at=parse_stamp(row.done_at) if row.done_at else None,
        transport=row.transport,
    )
