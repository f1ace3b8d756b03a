"""The scanner's desk, fifth part: a missed sheet put between two others.

Positions and the chain only grow; an inserted sheet has a place of its own. Rules stand
in ``capture.rules`` and ``places``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.errors import InputError, NotFoundError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.looking import Looked, Run, Spot
from paperless_kernel.scan.capture.model import Arrived, PageSource
from paperless_kernel.scan.capture.places import between, free_positions
from paperless_kernel.scan.capture.rescanning import Rescanning
from paperless_kernel.scan.capture.rules import check_room, count_sheets
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import Batch, BatchState, Page
from paperless_kernel.scan.pictures.normalise import Side, normalise
from paperless_kernel.scan.tags import PAGE_INSERTED


class Inserting(Rescanning):
    """Puts missed sheets where they belong."""

    def insert_sheet(
        self,
        actor: Actor,
        *,
        key: str,
        batch: str,
        after: str,
        sources: Sequence[PageSource],
        recounted: bool = False,
    ) -> tuple[Page, ...]:
        """Insert one missed sheet behind the sheet of page ``after``.

        Until the batch is sealed. In a closed batch the sheet joins the document it
        stands in, which loses its pass; the batch must have room by its count, unless
        its sheets were counted again.

        Args:
            actor: a scan operator.
            key: idempotency key.
            batch: id of the batch.
            after: id of a page of the sheet before it, "" for the batch's start.
            sources: the sheet's sides: one file, or one file a side.
            recounted: the batch was counted again and has one sheet more than thought.

        Raises:
            NotAllowedError: the actor may not scan.
            NotFoundError: there is no such page in the batch.
            InputError: not one sheet, or a separator.
            ConflictError: the count has no room (제48조), or the batch is sealed.
        """
        require(actor, Action.SCAN_CAPTURE)
        arrived = [self._arrived(source) for source in sources]
        digests = [one.digest for one in arrived]
        content = records.content_of("insert", batch, after, *digests)
        with self._parts.db.read() as tx:
            known = records.recall(tx, key, content)
            found = records.get_batch(tx, batch)
        if known is None:
            self._check_open(found)
            run = self._run(actor, found, "scan: insert a sheet")
            sides = _sides(run, arrived)
            known = self._insert_at(
                run, key, content, after, sides, recounted=recounted
            )
        self._check_added(actor, batch)
        self._acknowledge()
        with self._parts.db.read() as tx:
            return tuple(records.get_page(tx, one) for one in known.split())

    def _insert_at(
        self,
        run: Run,
        key: str,
        content: str,
        after: str,
        sides: Sequence[tuple[Arrived, Side]],
        *,
        recounted: bool,
    ) -> str:
        batch = run.batch
        looked = self._looked_at(run, after, sides)
        with self._parts.db.begin() as tx:
            known = records.recall(tx, key, content)
            if known is not None:
                return known  # another process was first
            now = records.get_batch(tx, batch.id)
            self._check_open(now)
            document = self._make_room(tx, now, after, recounted=recounted)
            # 2. The sheet's sides, its document and the journal commit together.
            made = [
                self._insert(
                    tx,
                    run.actor,
                    batch.id,
                    replace(one, page=replace(one.page, document=document)),
                )
                for one in looked
            ]
            common = {"tenant": batch.tenant, "batch": batch.id, "after": after}
            for page in made:
                body: dict[str, Json] = {
                    **common,
                    "place": page.place,
                    "sheet": page.sheet,
                    "recounted": recounted,
                }
                self._write(tx, run.actor, PAGE_INSERTED, page.id, body)
            result = " ".join(page.id for page in made)
            records.remember(tx, key, content, result)
        return result

    def _looked_at(
        self, run: Run, after: str, sides: Sequence[tuple[Arrived, Side]]
    ) -> list[Looked]:
        """Judge a sheet's sides as pages that stand behind the page ``after``."""
        with self._parts.db.read() as tx:
            rows = records.page_rows(tx, run.batch.id)
            start = records.last_position(tx, run.batch.id) + 1
        low, high = _gap(rows, after)
        looked: list[Looked] = []
        positions = free_positions(frozenset(), start, len(sides), run.batch.sides)
        for at, (arrived, side) in zip(positions, sides, strict=True):
            low = between(low, high)
            spot = Spot(position=at, place=low)
            looked.append(self._look(run, side, arrived, spot))
        if any(one.page.separator for one in looked):
            raise InputError("A separator sheet cannot be inserted: split by index.")
        return looked

    def _make_room(
        self, tx: Connection, batch: Batch, after: str, *, recounted: bool
    ) -> str:
        """Check the count and return the id of the document the sheet joins, or ""."""
        pages = records.current_pages(tx, batch.id)
        if recounted:
            box = records.get_box(tx, batch.box)
            others = sum(one.sheets for one in records.find_batches(tx, batch.box))
            check_room(others, box.counted or 0)
            table = tables.batch
            more = batch.sheets + 1
            tx.execute(update(table).where(table.c.id == batch.id).values(sheets=more))
        else:
            check_room(count_sheets(pages), batch.sheets)
        if batch.state is not BatchState.CLOSED:
            return ""
        document = _document_at(pages, after)
        row = records.document_row(tx, document)
        state = DocumentState.INDEXED if row.index_box else DocumentState.CAPTURED
        closed = tables.document
        # What was passed or signed before is no longer this document.
        tx.execute(
            update(closed)
            .where(closed.c.id == document)
            .values(state=state, digest="", blob="", sides=0)
        )
        return document


def _sides(run: Run, arrived: Sequence[Arrived]) -> list[tuple[Arrived, Side]]:
    found = [
        (one, side)
        for one in arrived
        for side in normalise(one.data, one.name, lossless=run.batch.lossless)
    ]
    if len(found) != run.batch.sides:
        raise InputError(
            f"{len(found)} sides are no sheet of this batch, which has "
            f"{run.batch.sides} a sheet: insert one sheet at a time."
        )
    return found


def _gap(rows: Sequence[Row[Any]], after: str) -> tuple[str, str]:
    """Return the places between which a sheet behind ``after`` stands."""
    pages = [records.read_page(row) for row in rows]
    orders = sorted({page.order for page in pages})
    if not after:
        return "", orders[0] if orders else ""
    sheets = {page.id: page.sheet for page in pages}
    if after not in sheets:
        raise NotFoundError(f"no page {after} is in this batch.")
    low = max(page.order for page in pages if page.sheet == sheets[after])
    return low, next((order for order in orders if order > low), "")


def _document_at(pages: Sequence[Page], after: str) -> str:
    """Return the document that a sheet behind ``after`` belongs to."""
    sheets = {page.id: page.sheet for page in pages}
    before = [page for page in pages if page.sheet == sheets.get(after)]
    edge = before[-1].order if before else ""
    behind = [page for page in pages if page.order > edge]
    near = [page for page in (*reversed(before), *behind) if page.document]
    if not near:
        raise InputError("There is no document here that the sheet could join.")
    return near[0].document
