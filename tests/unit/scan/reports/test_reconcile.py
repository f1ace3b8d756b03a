"""The chain of numbers: what agrees, and each page where it does not."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from paperless_kernel.scan.reports.counts import (
    BatchFact,
    BoxFact,
    Cause,
    DocumentFact,
    Facts,
    Line,
    Outside,
    SideClass,
    SideFact,
)
from paperless_kernel.scan.reports.reconcile import reconcile

DAY = dt.date(2026, 11, 23)
ASKED = Outside(held={"r-1": frozenset({"f00d"})}, billed={"d-1": 3})


def box(**more: Any) -> BoxFact:
    values: dict[str, Any] = {
        "id": "box",
        "seal": "S-1",
        "tenant": "t",
        "declared": 2,
        "counted": 2,
        "day": DAY,
        "order": "o-1",
        "order_number": "W-1",
    }
    return BoxFact(**values | more)


def batch(**more: Any) -> BatchFact:
    values: dict[str, Any] = {
        "id": "b-1",
        "box": "box",
        "sheets": 2,
        "sides": 2,
        "day": DAY,
    }
    return BatchFact(**values | more)


def side(position: int, became: SideClass = SideClass.PASSED, **more: Any) -> SideFact:
    values: dict[str, Any] = {
        "page": f"p-{position}",
        "batch": "b-1",
        "position": position,
        "version": 1,
        "sheet": (position + 1) // 2,
        "side": (position + 1) % 2 + 1,
        "became": became,
        "document": "d-1",
    }
    return SideFact(**values | more)


def document(**more: Any) -> DocumentFact:
    values: dict[str, Any] = {
        "batch": "b-1",
        "number": 1,
        "sealed": True,
        "sides": 3,
        "receipt": "r-1",
        "digest": "f00d",
    }
    return DocumentFact(id="d-1", **values | more)


def facts(*sides: SideFact, **more: Any) -> Facts:
    """Two duplex sheets, of which one back is blank, unless other sides are given."""
    sides = sides or (side(1), side(2), side(3), side(4, SideClass.BLANK))
    values: dict[str, Any] = {
        "boxes": (box(),),
        "batches": (batch(),),
        "sides": sides,
        "documents": (document(),),
        "journaled": {one.page: one.batch for one in sides},
    }
    return Facts(**values | more)


def causes(found: Facts, outside: Outside = ASKED) -> Counter[Cause]:
    return Counter(one.cause for one in reconcile(found, outside).differences)


def test_a_box_done_whole_agrees_at_every_level() -> None:
    made = reconcile(facts(), ASKED)
    assert made.agrees
    assert made.total == Line(
        key="",
        name="",
        sheets=2,
        sheets_scanned=2,
        expected=4,
        captured=4,
        passed=3,
        blank=1,
        documents=1,
        sealed=3,
        receipts=3,
        deposited=3,
        billed=3,
    )
    for lines, key in (
        (made.orders, "o-1"),
        (made.boxes, "box"),
        (made.batches, "b-1"),
        (made.days, "2026-11-23"),
    ):
        (line,) = lines
        assert line.key == key
        assert replace(line, key="", name="") == made.total
    (only,) = made.differences
    assert only.cause is Cause.BLANK
    assert (only.sheet, only.side, only.is_open) == (2, 2, False)


def test_nobody_asked_is_not_judged() -> None:
    made = reconcile(facts())
    assert made.agrees
    assert made.total.deposited is None
    assert made.total.billed is None


def test_a_rescan_is_counted_once_more_and_told() -> None:
    first = side(1, SideClass.RESCANNED, page="p-0", why="접힘 folded")
    made = reconcile(
        facts(
            first,
            side(1, version=2),
            side(2),
            side(3),
            side(4, SideClass.BLANK),
        ),
        ASKED,
    )
    assert made.agrees
    assert (made.total.captured, made.total.rescanned, made.total.passed) == (5, 1, 3)
    told = next(one for one in made.differences if one.cause is Cause.RESCANNED)
    assert (told.position, told.version, told.text) == (
        1,
        1,
        "재스캔으로 대체 / scanned again: 접힘 folded",
    )


def test_separator_sheets_are_no_sheets_of_the_customer() -> None:
    sides = (
        side(1, SideClass.SEPARATOR, document=""),
        side(2, SideClass.SEPARATOR, document=""),
        *(side(n) for n in (3, 4, 5)),
        side(6, SideClass.BLANK),
    )
    made = reconcile(facts(*sides), ASKED)
    assert made.agrees
    assert (made.total.sheets_scanned, made.total.captured) == (2, 4)
    assert made.total.separators == 2


def test_writing_on_the_back_of_a_separator_is_told_and_delivered() -> None:
    sides = (
        side(1, SideClass.SEPARATOR, document=""),
        side(2),
        *(side(n) for n in (3, 4)),
        side(5, SideClass.BLANK),
        side(6, SideClass.BLANK),
    )
    found = facts(*sides)
    assert causes(found) == {Cause.SEPARATOR_BACK: 1, Cause.BLANK: 2}
    assert reconcile(found, ASKED).agrees


def test_set_aside_sides_are_explained_and_not_billed() -> None:
    sides = (side(1), side(2), side(3), side(4, SideClass.SET_ASIDE, why="중복"))
    made = reconcile(facts(*sides), ASKED)
    assert made.agrees
    assert made.total.set_aside == 1
    assert made.differences[0].text.endswith("중복")


def test_a_sheet_fed_twice_is_one_sheet() -> None:
    again = {"sheet": 3, "why": "중복 duplicate-page"}
    twice = side(5, SideClass.SET_ASIDE, twice=True, **again)
    back = side(6, SideClass.SET_ASIDE, twice=True, **again)
    sides = (side(1), side(2), side(3), side(4, SideClass.BLANK))
    made = reconcile(facts(*sides, twice, back), ASKED)
    assert made.agrees
    assert (made.total.sheets_scanned, made.total.set_aside) == (2, 2)
    # Where only one of its sides repeats, it is a sheet more than counted.
    other = replace(back, twice=False)
    assert causes(facts(*sides, twice, other))[Cause.EXTRA_SHEET] == 1


def test_an_inserted_sheet_is_told_and_counted() -> None:
    sides = (side(1), side(2), side(3, inserted=True))
    last = side(4, SideClass.BLANK, inserted=True)
    found = facts(*sides, last)
    assert causes(found) == {Cause.INSERTED: 2, Cause.BLANK: 1}
    assert reconcile(found, ASKED).agrees


def test_a_missing_back_and_a_missing_sheet_are_named() -> None:
    made = reconcile(facts(side(1), side(3), side(4)), ASKED)
    (one,) = made.differences
    assert (one.cause, one.sheet, one.side) == (Cause.MISSING_SIDE, 1, 2)
    gap = reconcile(facts(side(3), side(4), documents=(document(sides=2),)), ASKED)
    assert [(one.cause, one.sheet) for one in gap.differences if one.is_open] == [
        (Cause.UNSCANNED, 1),
        (Cause.BILLED_OTHERWISE, 0),
    ]
    assert not gap.agrees
    assert gap.boxes[0].open == 2


def test_more_sheets_than_counted_and_sheets_never_begun() -> None:
    extra = facts(*(side(n) for n in range(1, 7)), documents=(document(sides=6),))
    outside = replace(ASKED, billed={"d-1": 6})
    assert causes(extra, outside) == {Cause.EXTRA_SHEET: 1}
    left = facts(boxes=(box(declared=5, counted=5),))
    (one,) = [d for d in reconcile(left, ASKED).differences if d.is_open]
    assert one.cause is Cause.UNSCANNED
    assert "3매" in one.text
    sent_back = facts(boxes=(box(declared=5, counted=5, returned=True),))
    assert reconcile(sent_back, ASKED).agrees


def test_a_cleared_count_is_explained() -> None:
    found = facts(boxes=(box(declared=3),))
    assert causes(found) == {Cause.DECLARED: 1, Cause.BLANK: 1}
    assert reconcile(found, ASKED).agrees
    # The twin: nobody has cleared it yet.
    stopped = facts(boxes=(box(declared=3, stopped="2 counted, 3 declared"),))
    assert causes(stopped)[Cause.STOPPED] == 1
    assert not reconcile(stopped, ASKED).agrees


def test_what_waits_or_is_rejected_stays_open_by_page() -> None:
    sides = (side(1, SideClass.REJECTED, why="불선명"), side(2, SideClass.WAITING))
    found = facts(
        *sides,
        batches=(batch(sheets=1),),
        boxes=(box(declared=1, counted=1),),
        documents=(document(sealed=False, sides=0, receipt=""),),
    )
    made = reconcile(found, replace(ASKED, billed={}))
    assert [(one.cause, one.position) for one in made.differences] == [
        (Cause.REJECTED, 1),
        (Cause.WAITING, 2),
    ]
    assert made.total.open == 2


def test_sealed_deposited_receipts_and_bills_are_held_against_each_other() -> None:
    unsealed = facts(documents=(document(sealed=False, sides=0, receipt=""),))
    found = causes(unsealed, replace(ASKED, billed={}))
    assert found == {Cause.UNSEALED: 3, Cause.BLANK: 1}
    assert causes(unsealed)[Cause.BILLED_OTHERWISE] == 1
    assert causes(facts(documents=(document(receipt=""),)))[Cause.NO_RECEIPT] == 3
    nobody = replace(ASKED, held={})
    assert causes(facts(), nobody)[Cause.NOT_HELD] == 3
    assert reconcile(facts(), nobody).total.deposited == 0
    other = replace(ASKED, held={"r-1": frozenset({"beef"})})
    assert causes(facts(), other)[Cause.NOT_HELD] == 3
    assert causes(facts(), replace(ASKED, billed={}))[Cause.NOT_BILLED] == 3
    more = replace(ASKED, billed={"d-1": 4})
    assert causes(facts(), more)[Cause.BILLED_OTHERWISE] == 1
    assert causes(facts(documents=(document(sides=2),)))[Cause.MISCOUNTED] == 1
    strange = replace(ASKED, billed={"d-1": 3, "x": 9})
    assert causes(facts(), strange)[Cause.BILLED_UNKNOWN] == 1


def test_a_row_without_its_entry_and_an_entry_without_its_row() -> None:
    whole = facts()
    slipped = replace(whole, journaled={"p-2": "b-1", "p-3": "b-1", "p-4": "b-1"})
    assert causes(slipped)[Cause.NOT_JOURNALED] == 1
    lost = replace(whole, journaled={**whole.journaled, "p-9": "b-1"})
    assert causes(lost)[Cause.ROW_LOST] == 1
    other = replace(whole, journaled={**whole.journaled, "p-9": "b-other"})
    assert reconcile(other, ASKED).agrees


def test_days_are_those_the_batches_were_begun() -> None:
    later = DAY + dt.timedelta(days=1)
    found = facts(
        boxes=(box(declared=3, counted=3),),
        batches=(batch(), batch(id="b-2", sheets=1, sides=1, day=later)),
    )
    made = reconcile(found, ASKED)
    assert [(line.name, line.sheets, line.open) for line in made.days] == [
        ("2026-11-23", 2, 0),
        ("2026-11-24", 1, 1),
    ]
    assert made.boxes[0].sheets == 3


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(list(SideClass))), max_size=40
    )
)
def test_every_side_is_counted_once_at_every_level(
    found: list[tuple[int, SideClass]],
) -> None:
    batches = [
        batch(id=f"b-{n}", box=f"box-{n % 2}", day=DAY + dt.timedelta(days=n % 3))
        for n in range(4)
    ]
    sides = [
        side(place + 1, became, page=f"p-{place}", batch=f"b-{n}")
        for place, (n, became) in enumerate(found)
    ]
    boxes = (box(id="box-0", order="o-1"), box(id="box-1", order="o-2"))
    made = reconcile(
        facts(*sides, boxes=boxes, batches=tuple(batches), documents=())
        if sides
        else Facts(
            boxes=boxes,
            batches=tuple(batches),
            sides=(),
            documents=(),
            journaled={},
        )
    )
    for lines in (made.orders, made.boxes, made.batches, made.days, (made.total,)):
        assert sum(line.captured + line.separators for line in lines) == len(found)
        for line in lines:
            assert line.captured == (
                line.passed
                + line.blank
                + line.rejected
                + line.rescanned
                + line.set_aside
                + line.waiting
            )
    in_boxes = sum(line.open for line in made.boxes)
    assert in_boxes == made.total.open == sum(line.open for line in made.orders)
