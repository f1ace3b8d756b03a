"""Rows of the workshop's own records: samples, register items and notes.

Knows SQL, decides nothing.
"""

from __future__ import annotations

import datetime as dt
import json

from sqlalchemy import Connection, func, insert, select

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.scan import tables as rows
from paperless_kernel.scan.reports import tables
from paperless_kernel.scan.reports.model import (
    LossySample,
    RegisterContent,
    RegisterItem,
    RegisterNote,
)

_LOSSY = "%re-coded to JPEG%"
"""How ``pictures.normalise`` calls what it coded anew with loss."""


def lossy_pages(tx: Connection, batch: str) -> tuple[str, ...]:
    """Return the page versions of a batch that were coded anew with loss, in order."""
    table = rows.page
    query = select(table.c.id).where(table.c.batch == batch, table.c.coded.like(_LOSSY))
    return tuple(tx.scalars(query.order_by(table.c.number)))


def count_lossy(tx: Connection) -> dict[str, int]:
    """Return how many page versions of each batch were coded anew with loss."""
    table = rows.page
    query = (
        select(table.c.batch, func.count())
        .where(table.c.coded.like(_LOSSY))
        .group_by(table.c.batch)
    )
    return {str(batch): int(number) for batch, number in tx.execute(query)}


def add_sample(tx: Connection, made: LossySample) -> None:
    """Insert a sampled comparison."""
    values = {name: getattr(made, name) for name in LossySample.__slots__}
    values |= {"pages": json.dumps(made.pages), "at": stamp(made.at)}
    tx.execute(insert(tables.lossy_sample).values(**values))


def find_samples(tx: Connection) -> tuple[LossySample, ...]:
    """Return every sampled comparison in the order they were made."""
    table = tables.lossy_sample
    return tuple(
        LossySample(
            id=row.id,
            batch=row.batch,
            pages=tuple(json.loads(row.pages)),
            population=row.population,
            good=row.good,
            note=row.note,
            by=row.by,
            at=parse_stamp(row.at),
        )
        for row in tx.execute(select(table).order_by(table.c.at, table.c.id))
    )


def add_item(tx: Connection, made: RegisterItem, by: str, at: dt.datetime) -> None:
    """Insert the wording of a register item; the newest of a number holds."""
    tx.execute(
        insert(tables.register_item).values(
            number=made.number,
            wording=made.wording,
            content=made.content.value,
            by=by,
            at=stamp(at),
        )
    )


def find_items(tx: Connection) -> tuple[RegisterItem, ...]:
    """Return the register's items as they are worded now, by number."""
    table = tables.register_item
    found = {
        row.number: RegisterItem(
            number=row.number,
            wording=row.wording,
            content=RegisterContent(row.content),
        )
        for row in tx.execute(select(table).order_by(table.c.n))
    }
    return tuple(found[number] for number in sorted(found))


def add_note(tx: Connection, made: RegisterNote, salt: str) -> None:
    """Insert a line of the register."""
    values = {name: getattr(made, name) for name in RegisterNote.__slots__}
    values |= {"on": made.on.isoformat(), "at": stamp(made.at), "salt": salt}
    tx.execute(insert(tables.register_note).values(**values))


def find_notes(tx: Connection) -> tuple[RegisterNote, ...]:
    """Return every line of the register by day."""
    table = tables.register_note
    return tuple(
        RegisterNote(
            id=row.id,
            number=row.number,
            on=dt.date.fromisoformat(row.on),
            text=row.text,
            by=row.by,
            at=parse_stamp(row.at),
        )
        for row in tx.execute(select(table).order_by(table.c.on, table.c.id))
    )
