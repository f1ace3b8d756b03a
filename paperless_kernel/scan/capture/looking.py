"""The scanner's desk, second part: one side measured, judged, hidden and written.

Rules stand in ``quality``, ``likeness`` and ``separators``; which sides come and where
they stand is ``desk``'s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, select, update

from paperless_kernel.base.errors import ConflictError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.chain import link_of, values_of
from paperless_kernel.scan.capture.model import Arrived, DatedSource, PageSource, Way
from paperless_kernel.scan.capture.rules import check_gap
from paperless_kernel.scan.capture.seen import Seen
from paperless_kernel.scan.capture.separators import Separator, read_separator
from paperless_kernel.scan.capture.starting import Starting
from paperless_kernel.scan.model import (
    Batch,
    Finding,
    Measures,
    Page,
    PageState,
    Verdict,
)
from paperless_kernel.scan.people.gate import require_staff
from paperless_kernel.scan.people.records import regulation_numbered
from paperless_kernel.scan.pictures.grey import Grey
from paperless_kernel.scan.pictures.normalise import Side
from paperless_kernel.scan.quality.checks import half_grey, measure
from paperless_kernel.scan.quality.likeness import is_same
from paperless_kernel.scan.quality.verdict import judge
from paperless_kernel.scan.tags import PAGE_CAPTURED
from paperless_kernel.scan.workshop import hide, open_batch_key, show
from paperless_kernel.trust.digest import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One side after measuring: what will become a page."""

    page: Page
    blob: str
    frame: int = 0
    frames: int = 1


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One call's work on a batch, and what it needs to know only once."""

    actor: Actor
    batch: Batch
    key: _Key
    seen: Seen
    longest_gap: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a side is to stand."""

    position: int
    version: int = 1
    place: str = ""


class Looking(Starting):
    """Makes pages of sides."""

    def _run(self, actor: Actor, batch: Batch, purpose: str) -> Run:
        parts, longest = self._parts, None
        if batch.regulation:
            with parts.db.read() as tx:
                rules = regulation_numbered(tx, batch.regulation)
                require_staff(parts, tx, actor, Role.SCAN_OPERATOR, regulation=rules)
            longest = rules.longest_gap_seconds
        return Run(
            actor=actor,
            batch=batch,
            key=_Key(lambda: open_batch_key(parts, batch.id, actor, purpose)),
            seen=Seen(batch.id),
            longest_gap=longest,
        )

    def _arrived(self, source: PageSource) -> Arrived:
        """Read a source and take its first integrity value at once (제30조)."""
        way, gap = Way.HANDED, -1
        if isinstance(source, DatedSource):
            way = Way(source.way)
            data, age = source.read_dated()
            # A file dated later than now has no known age: a clock was set back.
            gap = 0 if way is Way.SCANNER else max(-1, age)
        else:
            data = source.read()
        digest = sha256(data).hex()
        return Arrived(name=source.name, data=data, digest=digest, way=way, gap=gap)

    def _look(self, run: Run, side: Side, arrived: Arrived, spot: Spot) -> Looked:
        """Measure and judge one side, and hide its bytes."""
        batch = run.batch
        check_gap(arrived, run.longest_gap)
        grey = half_grey(side)
        measures = measure(side, grey)
        profile = self._parts.profiles.of(batch.profile)
        verdict, findings, blank = judge(measures, profile, batch.service)
        separator = read_separator(grey)
        if separator is not None:
            verdict, findings = Verdict.PASS, ()
        # 1. The bytes are durable, under the batch's key, before any row names them.
        blob = hide(self._parts, run.key.open(), side.data, side.sha256)
        page = replace(
            _page_of(side, measures, separator),
            id=self._parts.ids.new(),
            batch=batch.id,
            position=spot.position,
            version=spot.version,
            place=spot.place,
            sheet=(spot.position - 1) // batch.sides + 1,
            side=(spot.position - 1) % batch.sides + 1,
            name=arrived.name,
            source=arrived.digest,
            way=arrived.way,
            gap=arrived.gap,
            verdict=verdict,
            findings=findings,
            blank=blank and separator is None,
            captured_by=run.actor.id,
            captured_at=self._parts.clock.now(),
        )
        if not page.blank and not page.separator:
            page = self._compare(run, page, grey)
        return Looked(page=page, blob=blob)

    def _compare(self, run: Run, page: Page, grey: Grey) -> Page:
        """Flag a page that repeats an earlier one of its batch; it waits for people."""
        with self._parts.db.read() as tx:
            run.seen.catch_up(tx)
            rows = [
                records.page_row(tx, one)
                for one in run.seen.like(
                    page.position, page.sha256, page.measures.likeness
                )
            ]
        for row in rows:
            if row.state == PageState.REPLACED:
                continue
            exact = row.sha256 == page.sha256
            if exact or is_same(grey, half_grey(self._side(row, run.key.open()))):
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
    ) -> Page:
        """Append a page to the chain, its rows and the journal; return it."""
        batch = records.get_batch(tx, batch_id)
        number, taken = _next(tx, looked.page)
        if taken:
            raise ConflictError(
                f"Position {looked.page.position} was captured by somebody else just "
                "now."
            )
        table = tables.page
        seal = records.get_box(tx, batch.box).seal
        page = replace(looked.page, link=link_of(looked.page, batch, seal, batch.head))
        values = records.page_values(
            page,
            number=number,
            frame=looked.frame,
            frames=looked.frames,
            blob=looked.blob,
        )
        tx.execute(insert(table).values(**values))
        tx.execute(
            update(tables.batch)
            .where(tables.batch.c.id == batch.id)
            .values(head=page.link)
        )
        self._write(tx, actor, PAGE_CAPTURED, page.id, _capture_facts(page, batch))
        return page


def _next(tx: Connection, made: Page) -> tuple[int, bool]:
    """Return the number a new page gets, and whether its version is there already."""
    page = tables.page
    of_batch = page.c.batch == made.batch
    # Two look-ups by index in one statement, however long the batch is.
    last = select(func.max(page.c.number)).where(of_batch).scalar_subquery()
    same = exists().where(
        of_batch, page.c.position == made.position, page.c.version == made.version
    )
    row = tx.execute(select(last, same)).one()
    return int(row[0] or 0) + 1, bool(row[1])


def _capture_facts(page: Page, batch: Batch) -> dict[str, Json]:
    """Return what the journal says of a capture; ``batch.head`` is the link before."""
    return {
        "tenant": batch.tenant,
        "batch": batch.id,
        "position": page.position,
        "place": page.place,
        "version": page.version,
        "sheet": page.sheet,
        "side": page.side,
        "sha256": page.sha256,
        "source": page.source,
        "values": [list(value) for value in values_of(page)],
        "way": page.way,
        "gap": page.gap,
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
