"""Rows of custody and what they mean; knows SQL, decides only what a row says."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.scan import tables as office
from paperless_kernel.scan.boxes import Box, BoxState
from paperless_kernel.scan.custody import tables
from paperless_kernel.scan.custody.model import (
    FetchRequest,
    Place,
    PlaceKind,
    Preparation,
    Proof,
    ProofRole,
    Transport,
    TransportState,
)
from paperless_kernel.scan.custody.rules import place_of
from paperless_kernel.scan.records import get_box


def add_movement(
    tx: Connection, box: str, place: Place, by: str, at: dt.datetime
) -> None:
    """Write down that a box now stands somewhere."""
    tx.execute(
        insert(tables.movement).values(
            box=box,
            place=place.kind,
            bin=place.bin,
            transport=place.transport,
            by=by,
            at=stamp(at),
        )
    )


def movements(tx: Connection, box: str) -> tuple[Place, ...]:
    """Return the places a box has stood in, in order."""
    table = tables.movement
    query = select(table).where(table.c.box == box).order_by(table.c.n)
    return tuple(
        Place(
            kind=PlaceKind(row.place),
            bin=row.bin,
            transport=row.transport,
            since=parse_stamp(row.at),
        )
        for row in tx.execute(query)
    )


def where_box(tx: Connection, box: str) -> Place:
    """Return where a box stands.

    Raises:
        NotFoundError: there is no such box.
    """
    passed = movements(tx, box)
    return place_of(get_box(tx, box), passed[-1] if passed else None)


def brought_by(tx: Connection, transport: str) -> frozenset[str]:
    """Return the seals of the boxes that a vehicle's run has brought here."""
    table = tables.movement
    query = (
        select(office.box.c.seal)
        .join(table, table.c.box == office.box.c.id)
        .where(table.c.transport == transport)
        .where(table.c.place == PlaceKind.WORKSHOP)
    )
    return frozenset(tx.scalars(query))


def sealed_box(tx: Connection, tenant: str, seal: str) -> Box | None:
    """Return a customer's box under a seal that was supplied, if one is."""
    query = select(office.seal.c.box).where(
        office.seal.c.number == seal, office.seal.c.tenant == tenant
    )
    found = tx.scalar(query)
    return get_box(tx, found) if found else None


def boxes_under(tx: Connection, number: str) -> tuple[Box, ...]:
    """Return the boxes with an id or a seal number; a false seal may be on two."""
    query = select(office.box.c.id).where(
        (office.box.c.id == number) | (office.box.c.seal == number)
    )
    return tuple(get_box(tx, found) for found in tx.scalars(query).all())


def on_its_way(tx: Connection, box: Box) -> bool:
    """Tell whether a box was packed and has not arrived at the workshop yet."""
    if box.state in {BoxState.PACKED, BoxState.HANDED_OVER}:
        return True
    return (
        box.state is BoxState.STOPPED
        and where_box(tx, box.id).kind is PlaceKind.VEHICLE
    )


def get_transport(tx: Connection, transport: str) -> Transport:
    """Return a vehicle's run.

    Raises:
        NotFoundError: there is none with this id.
    """
    table = tables.transport
    row = tx.execute(select(table).where(table.c.id == transport)).first()
    if row is None:
        raise NotFoundError(f"no transport {transport} left from anywhere.")
    return _transport(tx, row)


def find_transports(tx: Connection, box: str = "") -> tuple[Transport, ...]:
    """Return every vehicle's run, or those of one box, the newest first."""
    table, listed = tables.transport, tables.load
    query = select(table).order_by(table.c.id.desc())
    if box:
        of_box = select(listed.c.transport).where(listed.c.box == box)
        query = query.where(table.c.id.in_(of_box))
    return tuple(_transport(tx, row) for row in tx.execute(query).all())


def stop_of_vehicle(tx: Connection, box: str) -> str:
    """Return why the vehicle that brought a box is stopped, or ""."""
    for one in find_transports(tx, box):
        if one.state is TransportState.STOPPED:
            return one.reason
    return ""


def _transport(tx: Connection, row: Row[Any]) -> Transport:
    listed = tables.load
    boxes = select(listed.c.box).where(listed.c.transport == row.id)
    return Transport(
        id=row.id,
        tenant=row.tenant,
        vehicle=row.vehicle,
        first=row.first,
        second=row.second,
        boxes=tuple(tx.scalars(boxes.order_by(listed.c.box))),
        state=TransportState(row.state),
        reason=row.reason,
        left_at=parse_stamp(row.left_at),
        checked_by=row.checked_by,
        arrived_at=parse_stamp(row.arrived_at) if row.arrived_at else None,
    )


def not_arrived(tx: Connection, transport: str) -> tuple[Box, ...]:
    """Return the boxes on a vehicle's list that nobody found on it yet."""
    listed = tables.load
    query = select(listed.c.box).where(
        listed.c.transport == transport, listed.c.found == ""
    )
    return tuple(get_box(tx, box) for box in tx.scalars(query).all())


def find_preparations(tx: Connection, box: str) -> tuple[Preparation, ...]:
    """Return what was done to a box's paper before scanning, in order."""
    table = tables.preparation
    query = select(table).where(table.c.box == box).order_by(table.c.n)
    return tuple(
        Preparation(
            box=row.box,
            by=row.by,
            at=parse_stamp(row.at),
            sorted=row.sorted,
            unclipped=row.unclipped,
            banded=row.banded,
        )
        for row in tx.execute(query)
    )


def prepared_by(tx: Connection, box: str) -> frozenset[str]:
    """Return who prepared a box's paper: they count as authors (제41조②)."""
    return frozenset(one.by for one in find_preparations(tx, box))


def get_request(tx: Connection, request: str) -> FetchRequest:
    """Return a fetch request.

    Raises:
        NotFoundError: there is none with this id.
    """
    table = tables.request
    row = tx.execute(select(table).where(table.c.id == request)).first()
    if row is None:
        raise NotFoundError(f"no fetch request {request} was made.")
    return _request(row)


def find_requests(
    tx: Connection, *, box: str = "", tenant: str = "", waiting: bool = False
) -> tuple[FetchRequest, ...]:
    """Return fetch requests in order, of one box, one customer, or still open."""
    table = tables.request
    query = select(table).order_by(table.c.id)
    if box:
        query = query.where(table.c.box == box)
    if tenant:
        query = query.where(table.c.tenant == tenant)
    if waiting:
        query = query.where(table.c.fetched_at == "")
    return tuple(_request(row) for row in tx.execute(query))


def _request(row: Row[Any]) -> FetchRequest:
    return FetchRequest(
        id=row.id,
        box=row.box,
        tenant=row.tenant,
        by=row.by,
        at=parse_stamp(row.at),
        reason=row.reason,
        fetched_at=parse_stamp(row.fetched_at) if row.fetched_at else None,
    )


def find_proofs(tx: Connection, owner: str) -> tuple[Proof, ...]:
    """Return the signatures and photos kept for a transport, request or box."""
    table = tables.proof
    query = select(table).where(table.c.owner == owner)
    return tuple(
        Proof(
            owner=row.owner,
            role=ProofRole(row.role),
            digest=row.digest,
            by=row.by,
            at=parse_stamp(row.at),
        )
        for row in tx.execute(query.order_by(table.c.at, table.c.digest))
    )


def find_bins(tx: Connection) -> tuple[str, ...]:
    """Return the bins of the warehouse by name."""
    return tuple(tx.scalars(select(tables.shelf.c.id).order_by(tables.shelf.c.id)))


def set_box(tx: Connection, box: str, state: BoxState, reason: str = "") -> None:
    """Write a box's new state and why it is stopped."""
    tx.execute(
        office.box.update()
        .where(office.box.c.id == box)
        .values(state=state, reason=reason)
    )
