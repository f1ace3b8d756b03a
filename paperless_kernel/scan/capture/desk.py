"""The scanner's desk: capture.

Reads each file once, normalises, measures, hides it under the batch's key, and writes
rows, chain and journal together. Rules stand in ``capture``, ``quality``,
``likeness`` and ``separators``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, insert, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.errors import ConflictError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.chain import link_of
from paperless_kernel.scan.capture.model import PageSource
from paperless_kernel.scan.capture.rules import check_batch
from paperless_kernel.scan.capture.separators import Separator, read_separator
from paperless_kernel.scan.capture.starting import Starting
from paperless_kernel.scan.model import (
    Batch,
    BatchState,
    Finding,
    Measures,
    Page,
    PageState,
    Verdict,
)
from paperless_kernel.scan.pictures.grey import Grey
from paperless_kernel.scan.pictures.normalise import Side, normalise
from paperless_kernel.scan.quality.checks import half_grey, judge, measure
from paperless_kernel.scan.quality.likeness import is_same, may_be_same
from paperless_kernel.scan.tags import (
    PAGE_CAPTURED,
)
from paperless_kernel.scan.workshop import (
    hide,
    open_batch_key,
    show,
)
from paperless_kernel.trust.digest import sha256

_MOST_SIDES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One side after measuring: what will become a page."""

    side: Side
    page: Page
    blob: str
    frame: int
    frames: int


class _Key:
    """A batch's key, opened when the first new page needs it.

    A repeat over a batch that was handed over needs no key, and finds none.
    """

    def __init__(self, open_it: Callable[[], bytes]) -> None:
        self._open_it = open_it
        self._key: bytes | None = None

    def open(self) -> bytes:
        if self._key is None:
            self._key = self._open_it()
        return self._key


class Capturing(Starting):
    """Turns sheets into hashed, chained, measured pages."""

    def capture(
        self,
        actor: Actor,
        batch: str,
        sources: Sequence[PageSource],
        *,
        first: int = 1,
        progress: Progress = silent,
    ) -> tuple[Page, ...]:
        """Capture files into a batch, one after another, from position ``first``.

        A repeat with the same files changes nothing and goes on where it stopped.

        Returns:
            The pages of these files: their newest versions, by position.

        Raises:
            NotAllowedError: the actor may not scan.
            InputError: a file cannot be read; what came before it is kept.
            UnsupportedError: a file is refused on purpose; says why.
            ConflictError: a position is taken by another file, or the batch is closed.
        """
        require(actor, Action.SCAN_CAPTURE)
        with self._parts.db.read() as tx:
            found = records.get_batch(tx, batch)
        key = _Key(lambda: open_batch_key(self._parts, batch, actor, "scan: capture"))
        position = first
        for done, source in enumerate(sources, 1):
            position += self._capture_file(actor, found, key, source, position)
            progress("scan capture", done, len(sources))
        self._acknowledge()
        with self._parts.db.read() as tx:
            pages = records.current_pages(tx, batch)
        return tuple(page for page in pages if first <= page.position < position)

    def _capture_file(
        self, actor: Actor, batch: Batch, key: _Key, source: PageSource, at: int
    ) -> int:
        """Capture one file at position ``at``; return how many sides it has."""
        data = source.read()
        digest = sha256(data).hex()
        if frames := self._known(batch.id, at, digest, source.name):
            return frames
        check_batch(batch.state, BatchState.CAPTURING, "capture")
        sides = normalise(data, source.name)
        looked = [
            self._look(actor, batch, key.open(), side, digest, source.name, at + n)
            for n, side in enumerate(sides)
        ]
        looked = [
            replace(one, frame=n, frames=len(looked)) for n, one in enumerate(looked)
        ]
        with self._parts.db.begin() as tx:
            # 2. All sides of a file, their chain links and journal entries commit
            #    together: a crash before leaves encrypted objects nothing names, and
            #    the repeat makes the same ones.
            for one in looked:
                self._insert(tx, actor, batch.id, one)
        return len(sides)

    def _known(self, batch: str, at: int, digest: str, name: str) -> int:
        """Return how many sides a file captured at ``at`` has, or 0 when it is new."""
        page = tables.page
        with self._parts.db.read() as tx:
            row = tx.execute(
                page.select().where(
                    page.c.batch == batch, page.c.position == at, page.c.version == 1
                )
            ).first()
        if row is None:
            return 0
        if row.source != digest or row.frame != 0:
            raise ConflictError(
                f"{name}: position {at} of this batch holds another page. A page is "
                "replaced by scanning it again, not by capturing over it."
            )
        return int(row.frames)

    def _look(
        self,
        actor: Actor,
        batch: Batch,
        key: bytes,
        side: Side,
        source: str,
        name: str,
        position: int,
        version: int = 1,
    ) -> Looked:
        """Measure and judge one side, and hide its bytes."""
        grey = half_grey(side)
        measures = measure(side, grey)
        verdict, findings, blank = judge(measures, self._parts.rules, batch.service)
        separator = read_separator(grey)
        if separator is not None:
            verdict, findings = Verdict.PASS, ()
        # 1. The bytes are durable, under the batch's key, before any row names them.
        blob = hide(self._parts, key, side.data)
        page = replace(
            _page_of(side, measures, separator),
            id=self._parts.ids.new(),
            batch=batch.id,
            position=position,
            version=version,
            sheet=(position - 1) // batch.sides + 1,
            side=(position - 1) % batch.sides + 1,
            name=name,
            source=source,
            verdict=verdict,
            findings=findings,
            blank=blank and separator is None,
            captured_by=actor.id,
            captured_at=self._parts.clock.now(),
        )
        if not page.blank and not page.separator:
            page = self._compare(page, grey, key)
        return Looked(side=side, page=page, blob=blob, frame=0, frames=1)

    def _compare(self, page: Page, grey: Grey, key: bytes) -> Page:
        """Flag a page that repeats an earlier one of its batch; it waits for people."""
        own = page.measures.likeness
        with self._parts.db.read() as tx:
            rows = [
                row
                for row in records.page_rows(tx, page.batch)
                if row.position != page.position
                and not row.blank
                and not row.separator
                and row.state != PageState.REPLACED
            ]
        for row in rows:
            exact = row.sha256 == page.sha256
            if exact or (
                may_be_same(json.loads(row.measures)["likeness"], own)
                and is_same(grey, half_grey(self._side(row, key)))
            ):
                return _flagged(page, records.read_page(row), exact=exact)
        return page

    def _side(self, row: Row[Any], key: bytes) -> Side:
        data = show(self._parts, key, row.blob, row.sha256)
        return Side(
            data=data,
            kind=row.kind,
            width=row.width,
            height=row.height,
            dpi_x=row.dpi_x / 10,
            dpi_y=row.dpi_y / 10,
            colours=row.colours,
            orientation=row.orientation,
            coded=row.coded,
            sha256=row.sha256,
        )

    def _insert(
        self, tx: Connection, actor: Actor, batch_id: str, looked: Looked
    ) -> None:
        """Append a page to the chain, its rows and the journal."""
        batch = records.get_batch(tx, batch_id)
        page = looked.page
        if records.has_version(tx, page):
            raise ConflictError(
                f"Position {page.position} was captured by somebody else just now."
            )
        number = records.count(tx, tables.page, tables.page.c.batch == batch.id) + 1
        seal = records.get_box(tx, batch.box).seal
        link = link_of(page, batch, seal, batch.head)
        values = records.page_values(
            replace(page, link=link),
            number=number,
            frame=looked.frame,
            frames=looked.frames,
            blob=looked.blob,
        )
        tx.execute(insert(tables.page).values(**values))
        tx.execute(
            update(tables.batch).where(tables.batch.c.id == batch.id).values(head=link)
        )
        body = _capture_facts(replace(page, link=link), batch)
        self._write(tx, actor, PAGE_CAPTURED, page.id, body)


def _capture_facts(page: Page, batch: Batch) -> dict[str, Json]:
    """Return what the journal says of a capture; ``batch.head`` is the link before."""
    return {
        "tenant": batch.tenant,
        "batch": batch.id,
        "position": page.position,
        "version": page.version,
        "sheet": page.sheet,
        "side": page.side,
        "sha256": page.sha256,
        "source": page.source,
        "previous": batch.head,
        "link": page.link,
        "verdict": page.verdict,
    }


def _page_of(side: Side, measures: Measures, separator: Separator | None) -> Page:
    """Return a page of one side; its place, maker and verdict are still open."""
    return Page(
        id="",
        batch="",
        position=0,
        version=0,
        sheet=0,
        side=0,
        name="",
        kind=side.kind,
        width=side.width,
        height=side.height,
        dpi_x=round(side.dpi_x * 10),
        dpi_y=round(side.dpi_y * 10),
        colours=side.colours,
        orientation=side.orientation,
        coded=side.coded,
        sha256=side.sha256,
        source="",
        link="",
        measures=measures,
        verdict=Verdict.PASS,
        findings=(),
        blank=False,
        separator=separator is not None,
        separator_kind=separator.kind if separator else "",
        duplicate_of="",
        state=PageState.WAITING,
        document="",
        captured_by="",
        captured_at=dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
    )


def _flagged(page: Page, other: Page, *, exact: bool) -> Page:
    finding = Finding(
        check="duplicate",
        verdict=Verdict.HOLD,
        value=other.position,
        limit=0,
        unit="position",
        text="같은 파일 / the same picture byte for byte"
        if exact
        else "같은 면 / the same side scanned twice",
    )
    verdict = Verdict.REJECT if page.verdict is Verdict.REJECT else Verdict.HOLD
    return replace(
        page,
        duplicate_of=other.id,
        verdict=verdict,
        findings=(*page.findings, finding),
    )
