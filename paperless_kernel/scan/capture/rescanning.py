"""The scanner's desk, fourth part: rejected pages scanned again, one or a whole stack.

The old version is kept. Rules stand in ``capture.rules``; what is printed on a slip and
read from it stands in ``slips``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import Connection

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.errors import ConflictError, InputError, NotYetError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.checking import Checking
from paperless_kernel.scan.capture.codes import as_pdf
from paperless_kernel.scan.capture.looking import Looked, Run, Spot
from paperless_kernel.scan.capture.model import Arrived, PageSource
from paperless_kernel.scan.capture.rules import check_rescannable, is_rejected
from paperless_kernel.scan.capture.slips import (
    Slip,
    Ticket,
    mark_of,
    read_ticket,
    slip_lines,
    slip_sheet,
)
from paperless_kernel.scan.model import Batch, BatchState, Page, PageState, Verdict
from paperless_kernel.scan.pictures.normalise import Side
from paperless_kernel.scan.quality.checks import half_grey
from paperless_kernel.scan.tags import PAGE_REPLACED

_Sheet = list[tuple[Arrived, Side]]


class Rescanning(Checking):
    """Drops pages that were scanned again into their places."""

    def rescan(self, actor: Actor, page: str, source: PageSource) -> Page:
        """Scan a rejected page again; the old version is kept (제51조).

        A repeat with the same file returns the version it made.

        Raises:
            NotAllowedError: the actor may not scan, or nobody rejected the page.
            InputError: the file is not one side, or is a separator sheet.
            ConflictError: the page was replaced by other bytes, or is sealed.
        """
        require(actor, Action.SCAN_CAPTURE)
        with self._parts.db.read() as tx:
            old = records.get_page(tx, page)
            batch = records.get_batch(tx, old.batch)
        run = self._run(actor, batch, "scan: scan again")
        arrived = self._arrived(source)
        made = self._made_before(old, arrived)
        if made is None:
            check_rescannable(old)
            self._check_open(batch)
            made = self._replace(run, old, self._only(run, arrived), arrived)
        self._check_added(actor, batch.id)
        self._acknowledge()
        return made

    def rescan_slips(self, actor: Actor, batch: str) -> tuple[Slip, ...]:
        """Return a slip for each sheet with a rejected side, in stack order.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            rejected = [
                page for page in records.current_pages(tx, batch) if is_rejected(page)
            ]
            reasons = {page.id: _reason(tx, page) for page in rejected}
        sheets: dict[int, list[Page]] = {}
        for page in rejected:
            sheets.setdefault(page.sheet, []).append(page)
        return tuple(
            Slip(
                batch=batch,
                sheet=sheet,
                labels=tuple(page.label for page in pages),
                reasons=tuple(dict.fromkeys(reasons[page.id] for page in pages)),
            )
            for sheet, pages in sheets.items()
        )

    def slip_papers(self, actor: Actor, batch: str) -> bytes:
        """Return the slips of a batch as a PDF to be printed, in stack order.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotYetError: no sheet is rejected.
        """
        slips = self.rescan_slips(actor, batch)
        if not slips:
            raise NotYetError("No sheet of this batch waits to be scanned again.")
        mark = self._parts.mark
        return as_pdf(
            [
                slip_sheet(slip, [mark(line) for line in slip_lines(slip)[:4] if line])
                for slip in slips
            ]
        )

    def rescan_stack(
        self,
        actor: Actor,
        batch: str,
        sources: Iterable[PageSource],
        *,
        progress: Progress = silent,
    ) -> tuple[Page, ...]:
        """Scan a stack of slip, sheet, slip, sheet...: each sheet takes its place.

        Only the rejected sides of a sheet are replaced; a good one may not be changed
        by its author (제51조). The slips are no pages and are not kept. A repeat with
        the same stack changes nothing.

        Returns:
            The new versions, in the stack's order.

        Raises:
            NotAllowedError: the actor may not scan, or a sheet was not rejected.
            InputError: a slip or a sheet is missing, or a slip is of another batch;
                what came before it is kept.
            ConflictError: the batch is sealed.
        """
        require(actor, Action.SCAN_CAPTURE)
        with self._parts.db.read() as tx:
            found = records.get_batch(tx, batch)
        self._check_open(found)
        run = self._run(actor, found, "scan: scan a stack again")
        made: list[Page] = []
        ticket: Ticket | None = None
        try:
            for number, sheet in enumerate(self._sheets(run, sources), 1):
                read = _ticket_of(sheet)
                if ticket is None and read is None:
                    raise InputError(
                        f"Sheet {number} of the stack has no slip before it: print the "
                        "slips and put one before each sheet."
                    )
                if read is not None:
                    _check_ticket(found, read, ticket)
                elif ticket is not None:
                    made += self._replace_sheet(run, ticket.sheet, sheet)
                    progress("scan again", number, number)
                ticket = read
        finally:
            self._acknowledge()
        self._check_added(actor, batch)
        if ticket is not None:
            raise InputError(
                f"The slip of sheet {ticket.sheet} has no sheet behind it: the stack "
                "ended too early."
            )
        return tuple(made)

    def _sheets(self, run: Run, sources: Iterable[PageSource]) -> Iterator[_Sheet]:
        sheet: _Sheet = []
        for source in sources:
            arrived = self._arrived(source)
            sheet.append((arrived, self._only(run, arrived)))
            if len(sheet) == run.batch.sides:
                yield sheet
                sheet = []
        if sheet:
            raise InputError(
                "The stack ends with a front without its back: scan it with both sides."
            )

    def _replace_sheet(self, run: Run, number: int, sheet: _Sheet) -> list[Page]:
        """Replace the rejected sides of one sheet; what was replaced before stays."""
        with self._parts.db.read() as tx:
            rows = records.sheet_rows(tx, run.batch.id, number)
        pages = [records.read_page(row) for row in rows]
        if not pages:
            raise InputError(f"There is no sheet {number} in this batch.")
        made: list[Page] = []
        for page, (arrived, side) in zip(pages, sheet, strict=False):
            if page.version > 1 and page.source == arrived.digest:
                made.append(page)
            elif is_rejected(page):
                made.append(self._replace(run, page, side, arrived))
        if not made:
            check_rescannable(pages[0])
        return made

    def _made_before(self, old: Page, arrived: Arrived) -> Page | None:
        """Return the version that this file made of a page already, if it did."""
        if old.version > 1 and old.source == arrived.digest:
            return old
        page = tables.page
        with self._parts.db.read() as tx:
            row = tx.execute(
                page.select().where(
                    page.c.batch == old.batch,
                    page.c.position == old.position,
                    page.c.version == old.version + 1,
                    page.c.source == arrived.digest,
                )
            ).first()
        return None if row is None else records.read_page(row)

    def _replace(self, run: Run, old: Page, side: Side, arrived: Arrived) -> Page:
        spot = Spot(position=old.position, version=old.version + 1, place=old.place)
        looked = self._look(run, side, arrived, spot)
        if looked.page.separator:
            raise InputError(f"{arrived.name} is a separator sheet, not a page.")
        return self._write_version(run, old, looked)

    def _write_version(self, run: Run, old: Page, looked: Looked) -> Page:
        with self._parts.db.begin() as tx:
            self._check_open(records.get_batch(tx, run.batch.id))
            now = records.get_page(tx, old.id)
            check_rescannable(now)
            page = replace(looked.page, document=now.document)
            # 2. The new version and the old one's mark commit together.
            made = self._insert(tx, run.actor, run.batch.id, replace(looked, page=page))
            records.set_state(tx, tables.page, old.id, PageState.REPLACED)
            body: dict[str, Json] = {"tenant": run.batch.tenant, "by": made.id}
            self._write(tx, run.actor, PAGE_REPLACED, old.id, body)
            return made

    @staticmethod
    def _check_open(batch: Batch) -> None:
        if batch.state not in {BatchState.CAPTURING, BatchState.CLOSED}:
            raise ConflictError(
                f"The batch is {batch.state.value}; nothing changes it."
            )


def _ticket_of(sheet: _Sheet) -> Ticket | None:
    """Return the ticket on any side of a sheet: a slip may lie face down."""
    for _, side in sheet:
        if found := read_ticket(half_grey(side)):
            return found
    return None


def _check_ticket(batch: Batch, read: Ticket, waiting: Ticket | None) -> None:
    if waiting is not None:
        raise InputError(
            f"The slip of sheet {waiting.sheet} has no sheet behind it: another slip "
            "follows. Put the sheet between them."
        )
    if read.mark != mark_of(batch.id):
        raise InputError(
            f"A slip of another batch (sheet {read.sheet}) lies in the stack: take it "
            "and its sheet out, and print this batch's slips."
        )


def _reason(tx: Connection, page: Page) -> str:
    """Return why a page was rejected: a person's reason, or what was measured."""
    if page.state is PageState.REJECTED:
        decisions = records.find_inspections(tx, page.id)
        last = decisions[-1].reason if decisions else None
        return last.value if last else ""
    texts = (one.text for one in page.findings if one.verdict is Verdict.REJECT)
    return next(texts, "")
