"""Rows of trusted scanning and what they mean; knows SQL, decides nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, func, insert, select, update

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.base.errors import ConflictError, NotFoundError
from paperless_kernel.base.events import Json
from paperless_kernel.scan.boxes import (
    Binding,
    Box,
    BoxState,
    Paper,
    PaperCondition,
    PaperSize,
)
from paperless_kernel.scan.model import (
    Batch,
    BatchState,
    Finding,
    Inspection,
    Measures,
    Page,
    PageState,
    RejectReason,
    Service,
    Verdict,
)
from paperless_kernel.scan.tables import (
    asked,
    batch,
    box,
    document,
    inspection,
    page,
    seal,
)
from paperless_kernel.trust.digest import canonical_json


def content_of(*parts: Json) -> str:
    """Return what was asked for under an idempotency key, in its one spelling."""
    return canonical_json(list(parts)).decode()


def recall(tx: Connection, key: str, content: str) -> str | None:
    """Return what an idempotency key gave before, or None.

    Raises:
        ConflictError: the key was used with other content.
    """
    row = tx.execute(select(asked).where(asked.c.key == key)).first()
    if row is None:
        return None
    if row.content != content:
        raise ConflictError(
            f"the key {key} was used before with other content: take a new one."
        )
    return str(row.result)


def remember(tx: Connection, key: str, content: str, result: str) -> None:
    """Keep what an idempotency key gave."""
    tx.execute(insert(asked).values(key=key, content=content, result=result))


def free_seals(tx: Connection, tenant: str) -> frozenset[str]:
    """Return the seal numbers supplied to a customer and not seen on a box yet."""
    query = select(seal.c.number).where(seal.c.tenant == tenant, seal.c.box == "")
    return frozenset(tx.scalars(query))


def get_box(tx: Connection, box_id: str) -> Box:
    """Return a box.

    Raises:
        NotFoundError: there is none with this id.
    """
    row = tx.execute(select(box).where(box.c.id == box_id)).first()
    if row is None:
        raise NotFoundError(f"no box {box_id} was received here.")
    return _box(row)


def find_boxes(tx: Connection) -> tuple[Box, ...]:
    """Return every box, the newest first."""
    return tuple(_box(r) for r in tx.execute(select(box).order_by(box.c.id.desc())))


def _box(row: Row[Any]) -> Box:
    return Box(
        id=row.id,
        tenant=row.tenant,
        seal=row.seal,
        contract=row.contract,
        sheets=row.sheets,
        state=BoxState(row.state),
        reason=row.reason,
        counted=row.counted,
        received_at=parse_stamp(row.received_at),
        order=row.work_order,
        paper=Paper(
            size=PaperSize(row.size),
            condition=PaperCondition(row.condition),
            binding=Binding(row.binding),
            banded=row.banded,
            special=row.special,
        ),
    )


def get_batch(tx: Connection, batch_id: str) -> Batch:
    """Return a batch.

    Raises:
        NotFoundError: there is none with this id.
    """
    return read_batch(batch_row(tx, batch_id))


def batch_row(tx: Connection, batch_id: str) -> Row[Any]:
    """Return a batch's row with its key box, note and token.

    Raises:
        NotFoundError: there is none with this id.
    """
    row = tx.execute(select(batch).where(batch.c.id == batch_id)).first()
    if row is None:
        raise NotFoundError(f"no batch {batch_id} was started here.")
    return row


def find_batches(tx: Connection, box_id: str) -> tuple[Batch, ...]:
    """Return a box's batches in order."""
    query = select(batch).where(batch.c.box == box_id).order_by(batch.c.id)
    return tuple(read_batch(row) for row in tx.execute(query))


def read_batch(row: Row[Any]) -> Batch:
    """Turn a row into its value."""
    return Batch(
        id=row.id,
        box=row.box,
        tenant=row.tenant,
        service=Service(row.service),
        sheets=row.sheets,
        sides=row.sides,
        device=row.device,
        settings=row.settings,
        operator=row.operator,
        state=BatchState(row.state),
        head=row.head,
        started_at=parse_stamp(row.started_at),
        regulation=row.regulation,
        lossless=row.lossless,
        every=row.every,
        checked=row.checked,
        profile=row.profile,
    )


def page_row(tx: Connection, page_id: str) -> Row[Any]:
    """Return a page version's row.

    Raises:
        NotFoundError: there is none with this id.
    """
    row = tx.execute(select(page).where(page.c.id == page_id)).first()
    if row is None:
        raise NotFoundError(f"no page {page_id} was captured here.")
    return row


def get_page(tx: Connection, page_id: str) -> Page:
    """Return a page version.

    Raises:
        NotFoundError: there is none with this id.
    """
    return read_page(page_row(tx, page_id))


def page_rows(tx: Connection, batch_id: str) -> Sequence[Row[Any]]:
    """Return all versions of a batch's pages in the order they were captured."""
    query = select(page).where(page.c.batch == batch_id).order_by(page.c.number)
    return tx.execute(query).all()


IN_PLACE: Final = func.coalesce(
    func.nullif(page.c.place, ""), func.printf("%010d", page.c.position)
)
"""What pages are sorted by in SQL: `Page.order`."""


def current_pages(tx: Connection, batch_id: str) -> tuple[Page, ...]:
    """Return a batch's pages, the newest version of each, by place."""
    query = (
        select(page)
        .where(page.c.batch == batch_id, page.c.state != PageState.REPLACED)
        .order_by(IN_PLACE)
    )
    return tuple(read_page(row) for row in tx.execute(query))


def last_position(tx: Connection, batch_id: str) -> int:
    """Return the highest position taken in a batch, 0 in an empty one."""
    query = select(func.max(page.c.position)).where(page.c.batch == batch_id)
    return int(tx.scalar(query) or 0)


def sheet_rows(tx: Connection, batch_id: str, sheet: int) -> Sequence[Row[Any]]:
    """Return the newest version of each side of a sheet, the front first."""
    query = select(page).where(page.c.batch == batch_id, page.c.sheet == sheet)
    current = query.where(page.c.state != PageState.REPLACED)
    return tx.execute(current.order_by(page.c.position)).all()


def document_pages(tx: Connection, document_id: str) -> tuple[Row[Any], ...]:
    """Return all page versions of a document, by place, the oldest first."""
    query = (
        select(page)
        .where(page.c.document == document_id)
        .order_by(IN_PLACE, page.c.version)
    )
    return tuple(tx.execute(query))


def delivered(rows: Sequence[Row[Any]]) -> tuple[Row[Any], ...]:
    """Return the rows that stand in the document: current and not set aside."""
    out = {PageState.REPLACED, PageState.SET_ASIDE}
    return tuple(row for row in rows if PageState(row.state) not in out)


def read_page(row: Row[Any]) -> Page:
    """Turn a row into its value."""
    return Page(
        id=row.id,
        batch=row.batch,
        position=row.position,
        version=row.version,
        sheet=row.sheet,
        side=row.side,
        name=row.name,
        kind=row.kind,
        width=row.width,
        height=row.height,
        dpi_x=row.dpi_x,
        dpi_y=row.dpi_y,
        colours=row.colours,
        orientation=row.orientation,
        coded=row.coded,
        sha256=row.sha256,
        source=row.source,
        link=row.link,
        measures=Measures(**json.loads(row.measures)),
        verdict=Verdict(row.verdict),
        findings=read_findings(row.findings),
        blank=row.blank,
        separator=row.separator,
        separator_kind=row.separator_kind,
        duplicate_of=row.duplicate_of,
        state=PageState(row.state),
        document=row.document,
        captured_by=row.captured_by,
        captured_at=parse_stamp(row.captured_at),
        place=row.place,
        way=row.way,
        gap=row.gap,
    )


def read_findings(text: str) -> tuple[Finding, ...]:
    """Return what the automatic check noticed from how rows hold it."""
    return tuple(
        Finding(**(one | {"verdict": Verdict(one["verdict"])}))
        for one in json.loads(text)
    )


def write_findings(findings: Sequence[Finding]) -> str:
    """Return findings as rows hold them."""
    return json.dumps([asdict(one) for one in findings])


def page_values(
    made: Page, *, number: int, frame: int, frames: int, blob: str
) -> dict[str, Any]:
    """Turn a value into a row."""
    return {
        **{name: getattr(made, name) for name in Page.__slots__},
        "measures": json.dumps(asdict(made.measures)),
        "findings": write_findings(made.findings),
        "captured_at": stamp(made.captured_at),
        "number": number,
        "frame": frame,
        "frames": frames,
        "blob": blob,
    }


def scanned_by(tx: Connection, batch_id: str) -> frozenset[str]:
    """Return everybody who scanned in a batch."""
    query = select(page.c.captured_by).where(page.c.batch == batch_id).distinct()
    return frozenset(tx.scalars(query)) | {get_batch(tx, batch_id).operator}


def find_inspections(tx: Connection, page_id: str) -> tuple[Inspection, ...]:
    """Return what inspectors decided about a page version, in order."""
    query = select(inspection).where(inspection.c.page == page_id)
    return tuple(
        Inspection(
            page=row.page,
            inspector=row.inspector,
            accepted=row.accepted,
            reason=RejectReason(row.reason) if row.reason else None,
            note=row.note,
            at=parse_stamp(row.at),
            undone=row.undone,
            measured=read_findings(row.measured),
        )
        for row in tx.execute(query.order_by(inspection.c.n))
    )


def document_row(tx: Connection, document_id: str) -> Row[Any]:
    """Return a document's row.

    Raises:
        NotFoundError: there is none with this id.
    """
    row = tx.execute(select(document).where(document.c.id == document_id)).first()
    if row is None:
        raise NotFoundError(f"no document {document_id} was scanned here.")
    return row


def document_rows(tx: Connection, batch_id: str) -> Sequence[Row[Any]]:
    """Return a batch's documents in order."""
    query = select(document).where(document.c.batch == batch_id)
    return tx.execute(query.order_by(document.c.number)).all()


def set_state(tx: Connection, table: Table, row_id: str, state: str) -> None:
    """Write a row's new state."""
    tx.execute(update(table).where(table.c.id == row_id).values(state=state))


def count(tx: Connection, table: Table, *where: Any) -> int:  # noqa: ANN401 - SQL terms
    """Return how many rows meet the conditions."""
    return int(tx.scalar(select(func.count()).select_from(table).where(*where)) or 0)


def forget_words(tx: Connection, batch_id: str) -> None:
    """Remove file names and notes of a batch: they may name people."""
    of_batch = select(page.c.id).where(page.c.batch == batch_id)
    tx.execute(update(page).where(page.c.batch == batch_id).values(name=""))
    tx.execute(
        update(inspection).where(inspection.c.page.in_(of_batch)).values(note="")
    )


def kept_as_paper(tx: Connection, box_id: str) -> int:
    """Return how many sides of a box were set aside and are no duplicates.

    A person's word alone makes no duplicate: the page must repeat another one.
    """
    last = select(func.max(inspection.c.n)).group_by(inspection.c.page)
    query = (
        select(func.count())
        .select_from(page.join(batch).join(inspection))
        .where(batch.c.box == box_id, page.c.state == PageState.SET_ASIDE)
        .where(inspection.c.n.in_(last))
        .where(
            (inspection.c.reason != RejectReason.DUPLICATE)
            | (page.c.duplicate_of == "")
        )
    )
    return int(tx.scalar(query) or 0)


def has_version(tx: Connection, made: Page) -> bool:
    """Tell whether a position already holds that version."""
    return bool(
        count(
            tx,
            page,
            page.c.batch == made.batch,
            page.c.position == made.position,
            page.c.version == made.version,
        )
    )
