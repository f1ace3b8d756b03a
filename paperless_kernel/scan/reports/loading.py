"""The tables of each report, loaded for a span of Korean days.

Knows which records fill which report; knows SQL only through the topics' records.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from sqlalchemy import Connection, select

from paperless_kernel.base.clock import kst_date, kst_instant, parse_stamp
from paperless_kernel.base.ids import Role
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.disposal.records import find_end
from paperless_kernel.scan.duties import Duties
from paperless_kernel.scan.model import Verdict
from paperless_kernel.scan.orders.records import find_orders, order_of
from paperless_kernel.scan.people import records as people
from paperless_kernel.scan.people.load import load_of
from paperless_kernel.scan.people.model import Course, Load
from paperless_kernel.scan.people.tables import inspected
from paperless_kernel.scan.reports import contents, keeping
from paperless_kernel.scan.reports.model import (
    RegisterContent,
    RegisterItem,
    ReportTable,
)
from paperless_kernel.scan.reports.statistics import (
    CapturedSide,
    by_check,
    by_reason,
    tallies,
)
from paperless_kernel.scan.reports.words import CONTENTS


class Span:
    """The records of a span of Korean days, both included, as tables."""

    def __init__(
        self, tx: Connection, since: dt.date, until: dt.date, workshop: str = ""
    ) -> None:
        self._tx = tx
        self._since = since
        self._until = until
        self._workshop = workshop

    def _has(self, day: dt.date) -> bool:
        return self._since <= day <= self._until

    def _at(self, at: dt.datetime) -> bool:
        return self._has(kst_date(at))

    def item(self, item: RegisterItem) -> ReportTable:
        """Return what an item of the register holds."""
        title = f"{item.number}. {item.wording}"
        return self._titled(title, item.content, item.number)

    def content(self, content: RegisterContent) -> ReportTable:
        """Return what is recorded of a content no item holds."""
        return self._titled(f"번호 미지정 no number: {CONTENTS[content]}", content, 0)

    def _titled(self, title: str, content: RegisterContent, number: int) -> ReportTable:
        makers: Mapping[RegisterContent, Callable[[], ReportTable]] = {
            RegisterContent.OUTSOURCING: self.orders,
            RegisterContent.EDUCATION: self.education,
            RegisterContent.PERIODIC_CHECK: self.checks,
            RegisterContent.LOSSY_SAMPLES: self.samples,
            RegisterContent.QUALITY_TESTS: self.tests,
            RegisterContent.DESTRUCTION: self.destruction,
        }
        make = makers.get(content, partial(self.notes, number))
        made = make()
        return ReportTable(
            title=title,
            title_en=made.title_en,
            columns=made.columns,
            rows=made.rows,
            note=made.note,
        )

    def notes(self, number: int) -> ReportTable:
        """Return the lines the workshop wrote into an item."""
        found = [
            note
            for note in keeping.find_notes(self._tx)
            if note.number == number and self._has(note.on)
        ]
        return contents.notes_table("", found)

    def orders(self) -> ReportTable:
        """Return the work orders placed."""
        found = [
            one
            for one in reversed(find_orders(self._tx))
            if self._at(one.placed_at) and one.workshop == self._workshop
        ]
        return contents.orders_table(found)

    def education(self) -> ReportTable:
        """Return the education given, by day."""
        return contents.education_table(self._courses())

    def _courses(self) -> list[Course]:
        persons = {one.person for one in people.find_appointments(self._tx)}
        found = [
            course
            for person in persons
            for course in people.find_courses(self._tx, person)
            if self._has(course.on)
        ]
        return sorted(found, key=lambda one: (one.on, one.person, one.name))

    def checks(self) -> ReportTable:
        """Return the checks of the workshop."""
        found = people.find_checks(self._tx, self._workshop)
        return contents.checks_table(one for one in found if self._has(one.on))

    def tests(self) -> ReportTable:
        """Return the target-page tests of every scanner."""
        found = [
            test
            for device in people.find_devices(self._tx)
            for test in people.find_tests(self._tx, device.id)
            if self._at(test.at)
        ]
        return contents.tests_table(sorted(found, key=lambda one: one.at))

    def samples(self) -> ReportTable:
        """Return the sampled comparisons, and the batches that still want one."""
        found = keeping.find_samples(self._tx)
        compared = {one.batch for one in found}
        batches = {
            row.id: parse_stamp(row.started_at)
            for row in self._tx.execute(select(tables.batch))
        }
        left = {
            batch: sides
            for batch, sides in keeping.count_lossy(self._tx).items()
            if batch not in compared and self._at(batches[batch])
        }
        return contents.samples_table((one for one in found if self._at(one.at)), left)

    def destruction(self) -> ReportTable:
        """Return the paper destroyed."""
        boxes = records.find_boxes(self._tx)
        found = [
            known[0]
            for box in boxes
            if (known := find_end(self._tx, box.id)) and self._is_ours(box.id)
        ]
        ends = [one for one in found if one.method and self._at(one.at)]
        return contents.destruction_table(
            sorted(ends, key=lambda one: one.at), {box.id: box.seal for box in boxes}
        )

    def _is_ours(self, box: str) -> bool:
        order = order_of(self._tx, box)
        return (order.workshop if order else "") == self._workshop

    def load(self, duties: Duties) -> tuple[ReportTable, ...]:
        """Return the inspectors' averages on the last day, and their sheets by day."""
        table = inspected
        counted: dict[tuple[str, dt.date], int] = {}
        for row in self._tx.execute(select(table).order_by(table.c.day)):
            key = (str(row.inspector), dt.date.fromisoformat(row.day))
            if self._has(key[1]):
                counted[key] = counted.get(key, 0) + row.sheets
        days = [(who, day, sheets) for (who, day), sheets in sorted(counted.items())]
        return contents.loads_table(self._loads(duties)), contents.days_table(days)

    def _loads(self, duties: Duties) -> Iterator[Load]:
        """Yield averages; none where the registered rules state no period (제6조)."""
        last = kst_instant(self._until, dt.time(23, 59))
        regulation = people.regulation_on(self._tx, last, self._workshop)
        if regulation is None or None in {
            regulation.load_period_days,
            regulation.load_working_day,
        }:
            return
        for person in self._inspectors():
            appointed = [
                one.since
                for one in people.find_appointments(self._tx, person)
                if one.role is Role.SCAN_INSPECTOR
            ]
            since = min(appointed, default=self._since)
            yield load_of(
                person,
                people.inspected_sheets(self._tx, person, since),
                since=since,
                today=self._until,
                regulation=regulation,
                duties=duties,
            )

    def _inspectors(self) -> tuple[str, ...]:
        """Return everybody who inspected or was ever appointed to."""
        appointed = {
            one.person
            for one in people.find_appointments(self._tx)
            if one.role is Role.SCAN_INSPECTOR
        }
        seen = self._tx.scalars(select(inspected.c.inspector).distinct())
        return tuple(sorted(appointed | set(seen)))

    def rejects(self) -> tuple[ReportTable, ...]:
        """Return reject statistics: by reason, operator, device and day."""
        sides = self._captured()
        made = [contents.reasons_table(by_reason(sides), by_check(sides))]
        for title, title_en, key in (
            ("작성자별", "By operator", lambda one: one.operator),
            ("스캐너별", "By scanner", lambda one: one.device),
            ("일자별", "By day", lambda one: one.day.isoformat()),
        ):
            made.append(contents.tally_table(title, title_en, tallies(sides, key)))
        return tuple(made)

    def _captured(self) -> list[CapturedSide]:
        page, batch, inspection = tables.page, tables.batch, tables.inspection
        reasons: dict[str, list[str]] = {}
        rejected = select(inspection).where(~inspection.c.accepted)
        for row in self._tx.execute(rejected.order_by(inspection.c.n)):
            if row.undone:
                reasons.pop(str(row.page), None)
            elif row.reason:
                reasons.setdefault(str(row.page), []).append(str(row.reason))
        query = select(page, batch.c.device).select_from(page.join(batch))
        return [
            CapturedSide(
                day=day,
                operator=row.captured_by,
                device=row.device,
                reasons=tuple(reasons.get(row.id, ())),
                checks=_checks(row.findings) if row.verdict == Verdict.REJECT else (),
            )
            for row in self._tx.execute(query.where(~page.c.separator))
            if self._has(day := kst_date(parse_stamp(row.captured_at)))
        ]


def _checks(findings: str) -> tuple[str, ...]:
    found = json.loads(findings)
    return tuple(str(one["check"]) for one in found if one["verdict"] == Verdict.REJECT)
