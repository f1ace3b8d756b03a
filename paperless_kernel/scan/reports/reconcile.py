"""Reconciliation: the chain of numbers from sheets in to sides billed.

Sheets in = sides captured = passed + blank + rejected + rescanned (+ set aside), and
passed = sealed = deposited = receipts = billed. Values in, values out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from paperless_kernel.scan.reports.counts import (
    BatchFact,
    Difference,
    DocumentFact,
    Facts,
    Line,
    Outside,
    Reconciliation,
    SideClass,
    SideFact,
)
from paperless_kernel.scan.reports.differences import (
    find_differences,
    grouped,
    is_held,
    scanned_sheets,
)

_NOBODY = Outside()
_COUNTED = tuple(name for name in Line.__slots__ if name not in {"key", "name", "open"})


def reconcile(facts: Facts, outside: Outside = _NOBODY) -> Reconciliation:
    """Hold every number against the next, and name each page that differs.

    A batch belongs to the Korean day it was begun, whatever the day of its seal; a
    box's and an order's sheets are those counted in the box.
    """
    differences = find_differences(facts, outside)
    sides = grouped(facts.sides, lambda side: side.batch)
    documents = grouped(facts.documents, lambda document: document.batch)
    batches = {
        batch.id: _line(batch, sides[batch.id], documents[batch.id], outside)
        for batch in facts.batches
    }
    in_box = grouped(facts.batches, lambda batch: batch.box)
    boxes = {
        box.id: replace(
            _sum(box.id, box.seal, [batches[one.id] for one in in_box[box.id]]),
            sheets=box.declared if box.counted is None else box.counted,
        )
        for box in facts.boxes
    }
    orders = _by_order(facts, boxes)
    days = _by_day(facts, batches)
    order_of = {box.id: box.order for box in facts.boxes}
    day_of = {batch.id: batch.day.isoformat() for batch in facts.batches}
    return Reconciliation(
        orders=_opened(orders, differences, lambda one: order_of.get(one.box)),
        boxes=_opened(boxes.values(), differences, lambda one: one.box),
        batches=_opened(batches.values(), differences, lambda one: one.batch),
        days=_opened(days, differences, lambda one: day_of.get(one.batch)),
        total=_opened([_sum("", "", boxes.values())], differences, lambda _: "")[0],
        differences=differences,
    )


def _line(
    batch: BatchFact,
    sides: Sequence[SideFact],
    documents: Sequence[DocumentFact],
    outside: Outside,
) -> Line:
    became = [one.became for one in sides]
    sealed = [one for one in documents if one.sealed]
    receipted = [one for one in sealed if one.receipt]
    held, billed = outside.held, outside.billed
    separators = became.count(SideClass.SEPARATOR)
    return Line(
        key=batch.id,
        name=batch.id,
        sheets=batch.sheets,
        sheets_scanned=len(scanned_sheets(sides)),
        expected=batch.sheets * batch.sides,
        captured=len(sides) - separators,
        separators=separators,
        passed=became.count(SideClass.PASSED),
        blank=became.count(SideClass.BLANK),
        rejected=became.count(SideClass.REJECTED),
        rescanned=became.count(SideClass.RESCANNED),
        set_aside=became.count(SideClass.SET_ASIDE),
        waiting=became.count(SideClass.WAITING),
        documents=len(sealed),
        sealed=sum(one.sides for one in sealed),
        receipts=sum(one.sides for one in receipted),
        deposited=None
        if held is None
        else sum(one.sides for one in receipted if is_held(one, outside)),
        billed=None
        if billed is None
        else sum(billed.get(one.id, 0) for one in documents),
    )


def _sum(key: str, name: str, lines: Iterable[Line]) -> Line:
    """Add lines up; a number nobody was asked for stays unasked."""
    found = list(lines)
    sums: dict[str, Any] = {}
    for number in _COUNTED:
        values = [getattr(line, number) for line in found]
        sums[number] = None if None in values else sum(values)
    return replace(Line(key=key, name=name), **sums)


def _by_order(facts: Facts, boxes: dict[str, Line]) -> list[Line]:
    numbers = {box.order: box.order_number for box in facts.boxes}
    groups = grouped(facts.boxes, lambda box: box.order)
    return [
        _sum(key, numbers[key], [boxes[box.id] for box in groups[key]])
        for key in sorted(groups)
    ]


def _by_day(facts: Facts, batches: dict[str, Line]) -> list[Line]:
    groups = grouped(facts.batches, lambda batch: batch.day.isoformat())
    return [
        _sum(day, day, [batches[one.id] for one in groups[day]])
        for day in sorted(groups)
    ]


def _opened(
    lines: Iterable[Line],
    differences: Sequence[Difference],
    key: Callable[[Difference], str | None],
) -> tuple[Line, ...]:
    """Count each line's open differences."""
    groups = grouped((one for one in differences if one.is_open), key)
    return tuple(replace(line, open=len(groups[line.key])) for line in lines)
