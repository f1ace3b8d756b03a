"""Rows of index and inspection and what they mean; knows SQL, decides nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.scan import tables
from paperless_kernel.scan.inspection.model import (
    Plan,
    ReadingProgress,
    Sample,
    SampleVerdict,
)
from paperless_kernel.scan.inspection.tables import (
    content_check,
    index_entry,
    reading,
    sample,
)
from paperless_kernel.scan.records import IN_PLACE


def entries(tx: Connection, document: str) -> Sequence[Row[Any]]:
    """Return what people entered for a document and is no index yet, in order."""
    query = select(index_entry).where(index_entry.c.document == document)
    return tx.execute(query.order_by(index_entry.c.n)).all()


def batch_entries(tx: Connection, batch: str) -> dict[str, list[Row[Any]]]:
    """Return a batch's waiting entries, by document."""
    document = tables.document
    query = (
        select(index_entry)
        .join(document, document.c.id == index_entry.c.document)
        .where(document.c.batch == batch)
        .order_by(index_entry.c.n)
    )
    found: dict[str, list[Row[Any]]] = {}
    for row in tx.execute(query):
        found.setdefault(row.document, []).append(row)
    return found


def forget_entries(tx: Connection, document: str) -> None:
    """Remove entries that became an index, or that a new one begins over."""
    tx.execute(delete(index_entry).where(index_entry.c.document == document))


def forget(tx: Connection, batch: str) -> None:
    """Remove everything typed or read in a batch; called when it is erased.

    Entries, readings and notes go (제21조: no residue); who inspected what, and how
    samples came out, stays.
    """
    documents = select(tables.document.c.id).where(tables.document.c.batch == batch)
    tx.execute(delete(index_entry).where(index_entry.c.document.in_(documents)))
    tx.execute(delete(reading).where(reading.c.batch == batch))
    tx.execute(
        update(content_check).where(content_check.c.batch == batch).values(note="")
    )


def find_sample(tx: Connection, batch: str) -> Sample | None:
    """Return a batch's sample, or None while none was drawn."""
    row = tx.execute(select(sample).where(sample.c.batch == batch)).first()
    if row is None:
        return None
    return Sample(
        batch=row.batch,
        regulation=row.regulation,
        plan=Plan(
            level=row.level,
            aql=row.aql,
            letter=row.letter,
            lot=row.lot,
            size=row.size,
            accept=row.accept,
        ),
        seed=row.seed,
        documents=tuple(json.loads(row.drawn)),
        verdict=SampleVerdict(row.verdict),
        defects=row.defects,
        at=parse_stamp(row.at),
    )


def add_sample(tx: Connection, made: Sample) -> None:
    """Insert a sample as it was drawn."""
    plan = made.plan
    tx.execute(
        insert(sample).values(
            batch=made.batch,
            regulation=made.regulation,
            level=plan.level,
            aql=plan.aql,
            letter=plan.letter,
            lot=plan.lot,
            size=plan.size,
            accept=plan.accept,
            seed=made.seed,
            drawn=json.dumps(made.documents),
            verdict=made.verdict,
            defects=made.defects,
            at=stamp(made.at),
        )
    )


def set_verdict(
    tx: Connection, batch: str, verdict: SampleVerdict, defects: int
) -> None:
    """Write how a sample came out."""
    tx.execute(
        update(sample)
        .where(sample.c.batch == batch)
        .values(verdict=verdict, defects=defects)
    )


def checks(tx: Connection, batch: str) -> Sequence[Row[Any]]:
    """Return a batch's content inspections in order; ``reason`` marks a defect."""
    query = select(content_check).where(content_check.c.batch == batch)
    return tx.execute(query.order_by(content_check.c.n)).all()


def defective(tx: Connection, batch: str) -> frozenset[str]:
    """Return a batch's documents that content inspection ever found defective."""
    query = select(content_check.c.document).where(
        content_check.c.batch == batch, content_check.c.reason != ""
    )
    return frozenset(tx.scalars(query))


def decided_pages(tx: Connection, batch: str) -> frozenset[str]:
    """Return the page versions of a batch that somebody ever decided about."""
    page, decision = tables.page, tables.inspection
    query = select(decision.c.page).join(page, page.c.id == decision.c.page)
    return frozenset(tx.scalars(query.where(page.c.batch == batch)))


def reading_progress(tx: Connection, batch: str) -> ReadingProgress:
    """Return how far OCR is with a batch."""
    query = (
        select(reading.c.state, func.count())
        .where(reading.c.batch == batch)
        .group_by(reading.c.state)
    )
    counts = {str(state): int(number) for state, number in tx.execute(query).all()}
    return ReadingProgress(
        due=counts.get("due", 0),
        done=counts.get("done", 0),
        failed=counts.get("failed", 0),
    )


def next_reading(tx: Connection, batch: str, now: str) -> Row[Any] | None:
    """Return a page OCR is to read and nobody is reading, or None."""
    query = (
        select(tables.page)
        .join(reading, reading.c.page == tables.page.c.id)
        .where(reading.c.batch == batch, reading.c.state == "due")
        .where(or_(reading.c.claimed_until == "", reading.c.claimed_until <= now))
        .order_by(IN_PLACE)
        .limit(1)
    )
    return tx.execute(query).first()


def readings(tx: Connection, document: str) -> Sequence[Row[Any]]:
    """Return what OCR read on a document's current pages, in order."""
    page = tables.page
    query = (
        select(reading, page.c.position)
        .join(page, page.c.id == reading.c.page)
        .where(page.c.document == document, reading.c.state == "done")
        .where(page.c.state.not_in(["replaced", "set-aside"]))
        .order_by(IN_PLACE)
    )
    return tx.execute(query).all()
