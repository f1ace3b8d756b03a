"""The scanner's desk, third part: capture from files and from a scanner.

Reads each file once, normalises, and hands its sides on; rows, chain and journal are
written together. Rules stand in ``capture.rules`` and ``places``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.errors import ConflictError, InputError
from paperless_kernel.base.ids import Actor
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.looking import Looked, Looking, Run, Spot
from paperless_kernel.scan.capture.model import Arrived, PageSource
from paperless_kernel.scan.capture.places import free_positions
from paperless_kernel.scan.capture.rules import check_batch, check_single
from paperless_kernel.scan.model import Batch, BatchState, Page
from paperless_kernel.scan.pictures.normalise import Side, normalise


class Capturing(Looking):
    """Turns sheets into hashed, chained, measured pages."""

    def capture(
        self,
        actor: Actor,
        batch: str,
        sources: Sequence[PageSource],
        *,
        first: int = 1,
        single: bool = False,
        progress: Progress = silent,
    ) -> tuple[Page, ...]:
        """Capture files into a batch, one after another, from position ``first``.

        A repeat with the same files changes nothing and goes on where it stopped;
        sheets that were inserted meanwhile are stepped over.

        Args:
            actor: a scan operator.
            batch: id of a batch that is being captured.
            sources: the files in order (see `places.paired` for duplex stacks).
            first: position of the first side.
            single: every file is one side; ask this of stacks that were paired.
            progress: told after each file.

        Returns:
            The pages of these files: their newest versions, by position.

        Raises:
            NotAllowedError: the actor may not scan, or a file is older than the
                registered rules let it be (제30조).
            InputError: a file cannot be read; what came before it is kept.
            UnsupportedError: a file is refused on purpose; says why.
            ConflictError: a position is taken by another file, or the batch is closed.
        """
        run = self._capture_run(actor, batch)
        taken = self._inserted(batch)
        position = first
        for done, source in enumerate(sources, 1):
            (at,) = free_positions(taken, position, 1)
            arrived = self._arrived(source)
            count = self._capture_file(run, arrived, at, taken, single=single)
            position = free_positions(taken, at, count)[-1] + 1
            progress("scan capture", done, len(sources))
        self._acknowledge()
        with self._parts.db.read() as tx:
            pages = records.current_pages(tx, batch)
        return tuple(
            page
            for page in pages
            if first <= page.position < position and not page.place
        )

    def capture_scanner(
        self,
        actor: Actor,
        batch: str,
        sources: Iterable[PageSource],
        *,
        progress: Progress = silent,
    ) -> tuple[Page, ...]:
        """Capture what a scanner feeds, behind the sheets that are there.

        A sheet is kept with all its sides or not at all: where the scanner stops
        within one, nothing of that sheet is kept and it is fed again.

        Returns:
            The new pages, by position.

        Raises:
            NotAllowedError: the actor may not scan.
            InputError: the scanner gave half a sheet.
            UnavailableError: the scanner stopped; says why and what to do. What came
                before is kept.
            ConflictError: the batch is closed.
        """
        run = self._capture_run(actor, batch)
        check_batch(run.batch.state, BatchState.CAPTURING, "capture")
        sides = run.batch.sides
        made: list[Page] = []
        sheet: list[Arrived] = []
        try:
            for source in sources:
                sheet.append(self._arrived(source))
                if len(sheet) == sides:
                    made += self._capture_sheet(run, sheet)
                    sheet = []
                    progress("scan capture", len(made), run.batch.sheets * sides)
        finally:
            self._acknowledge()  # what was kept before the scanner stopped is a fact
        if sheet:
            raise InputError(
                "The scanner gave a front without its back: nothing of that sheet was "
                "kept. Feed the last sheet again, set to both sides."
            )
        return tuple(made)

    def _capture_run(self, actor: Actor, batch: str) -> Run:
        require(actor, Action.SCAN_CAPTURE)
        with self._parts.db.read() as tx:
            found = records.get_batch(tx, batch)
        return self._run(actor, found, "scan: capture")

    def _inserted(self, batch: str) -> frozenset[int]:
        """Return the positions that sheets inserted by hand have taken."""
        page = tables.page
        query = select(page.c.position).where(page.c.batch == batch, page.c.place != "")
        with self._parts.db.read() as tx:
            return frozenset(tx.scalars(query))

    def _capture_file(
        self,
        run: Run,
        arrived: Arrived,
        at: int,
        taken: frozenset[int],
        *,
        single: bool,
    ) -> int:
        """Capture one file at position ``at``; return how many sides it has."""
        if frames := self._known(run.batch, at, arrived):
            return frames
        check_batch(run.batch.state, BatchState.CAPTURING, "capture")
        sides = _sides(run, arrived)
        if single:
            check_single(len(sides), arrived.name)
        places = free_positions(taken, at, len(sides))
        looked = self._look_all(run, sides, arrived, places)
        with self._parts.db.begin() as tx:
            # 2. All sides of a file, their chain links and journal entries commit
            #    together: a crash before leaves encrypted objects nothing names, and
            #    the repeat makes the same ones.
            now = records.get_batch(tx, run.batch.id)
            check_batch(now.state, BatchState.CAPTURING, "capture")
            if not records.has_version(tx, looked[0].page):
                for one in looked:
                    self._insert(tx, run.actor, run.batch.id, one)
                return len(sides)
        # Somebody else captured here just now: the same file, or a conflict.
        return self._known(run.batch, at, arrived)

    def _look_all(
        self, run: Run, sides: Sequence[Side], arrived: Arrived, places: Sequence[int]
    ) -> list[Looked]:
        looked = [
            self._look(run, side, arrived, Spot(position=at))
            for side, at in zip(sides, places, strict=True)
        ]
        return [
            replace(one, frame=n, frames=len(looked)) for n, one in enumerate(looked)
        ]

    def _capture_sheet(self, run: Run, sheet: Sequence[Arrived]) -> list[Page]:
        """Capture one fed sheet behind the last one, both sides or none."""
        with self._parts.db.read() as tx:
            start = records.last_position(tx, run.batch.id) + 1
        places = free_positions(frozenset(), start, len(sheet), run.batch.sides)
        looked = [
            self._look(run, self._only(run, arrived), arrived, Spot(position=at))
            for arrived, at in zip(sheet, places, strict=True)
        ]
        with self._parts.db.begin() as tx:
            # 2. The sheet's sides commit together, as in `_capture_file`.
            now = records.get_batch(tx, run.batch.id)
            check_batch(now.state, BatchState.CAPTURING, "capture")
            return [self._insert(tx, run.actor, run.batch.id, one) for one in looked]

    @staticmethod
    def _only(run: Run, arrived: Arrived) -> Side:
        """Return the one side of what a scanner fed, or of a sheet's file."""
        sides = _sides(run, arrived)
        check_single(len(sides), arrived.name)
        return sides[0]

    def _known(self, batch: Batch, at: int, arrived: Arrived) -> int:
        """Return how many sides a file captured at ``at`` has, or 0 when it is new."""
        page = tables.page
        with self._parts.db.read() as tx:
            row = tx.execute(
                page.select().where(
                    page.c.batch == batch.id,
                    page.c.position == at,
                    page.c.version == 1,
                )
            ).first()
        if row is None:
            return 0
        if row.source != arrived.digest or row.frame != 0:
            raise ConflictError(
                f"{arrived.name}: position {at} of this batch holds another page. A "
                "page is replaced by scanning it again, not by capturing over it."
            )
        return int(row.frames)


def _sides(run: Run, arrived: Arrived) -> tuple[Side, ...]:
    return normalise(
        arrived.data,
        arrived.name,
        lossless=run.batch.lossless,
        known=arrived.digest,
    )
