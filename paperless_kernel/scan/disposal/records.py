"""Rows of disposal and what they mean; knows SQL, decides nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.scan import tables
from paperless_kernel.scan.disposal.model import PaperEnd
from paperless_kernel.scan.disposal.tables import paper_end, paper_hold, true_copy


def box_documents(tx: Connection, box_id: str) -> Sequence[Row[Any]]:
    """Return the rows of every document of a box, in order."""
    document, batch = tables.document, tables.batch
    query = (
        select(document)
        .select_from(document.join(batch))
        .where(batch.c.box == box_id)
        .order_by(batch.c.id, document.c.number)
    )
    return tx.execute(query).all()


def add_end(tx: Connection, made: PaperEnd, entry: str) -> None:
    """Write down how a box's paper ended, and the journal entry that says so."""
    tx.execute(
        insert(paper_end).values(
            box=made.box,
            end=made.end,
            method=made.method,
            person=made.person,
            witness=made.witness,
            device=made.device,
            at=stamp(made.at),
            demo_paper=made.demo_paper,
            basis=json.dumps(made.basis, ensure_ascii=False),
            entry=entry,
        )
    )


def find_end(tx: Connection, box_id: str) -> tuple[PaperEnd, str] | None:
    """Return how a box's paper ended and the entry that says so, or None."""
    row = tx.execute(select(paper_end).where(paper_end.c.box == box_id)).first()
    if row is None:
        return None
    made = PaperEnd(
        box=row.box,
        end=row.end,
        method=row.method,
        person=row.person,
        witness=row.witness,
        device=row.device,
        at=parse_stamp(row.at),
        demo_paper=row.demo_paper,
        basis=tuple(json.loads(row.basis)),
    )
    return made, str(row.entry)


def find_hold(tx: Connection, box_id: str) -> str:
    """Return what a box's paper is held under at the customer's word, or ""."""
    query = (
        select(paper_hold)
        .where(paper_hold.c.box == box_id)
        .order_by(paper_hold.c.n.desc())
    )
    row = tx.execute(query.limit(1)).first()
    return str(row.agreed) if row is not None and row.held else ""


def add_hold(tx: Connection, *, box: str, agreed: str, held: bool, at: str) -> None:
    """Write down that a box's paper is held or released; ``at`` is a stamp."""
    values = {"box": box, "agreed": agreed, "held": held, "at": at}
    tx.execute(insert(paper_hold).values(**values))


def find_true_copy(tx: Connection, box_id: str) -> str:
    """Return the protocol under which a box's copies were approved as true, or ""."""
    query = select(true_copy.c.protocol).where(true_copy.c.box == box_id)
    return str(tx.scalar(query) or "")


def add_true_copy(
    tx: Connection, *, box: str, protocol: str, approved_by: str, at: str
) -> None:
    """Write down that a box's copies were approved as true; ``at`` is a stamp."""
    values = {"box": box, "protocol": protocol, "approved_by": approved_by, "at": at}
    tx.execute(insert(true_copy).values(**values))
