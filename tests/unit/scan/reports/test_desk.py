"""Reports of a real little workshop: reconciled, listed, printed, signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from paperless_kernel.adapters.checkers import pdfa_complaints
from paperless_kernel.base.errors import InputError, NotAllowedError, NotYetError
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.model import RejectReason
from paperless_kernel.scan.reports.counts import Cause, Outside, Scope
from paperless_kernel.scan.reports.log import LogFilter, LogKind
from paperless_kernel.scan.reports.model import (
    RegisterContent,
    Report,
    ReportKind,
)
from paperless_kernel.scan.reports.papers import sheets, with_names
from paperless_kernel.trust.merkle import tree_root
from paperless_kernel.trust.notes import check_note

DAY = dt.date(2026, 11, 23)
YEAR = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
STRANGER = Actor(id="u-stranger", roles=frozenset({Role.CUSTOMER_USER}))


def handed_over(world: Any, batch: str) -> dict[str, frozenset[str]]:
    """Seal and hand over; return what a vault would hold, by receipt."""
    world.scan.seal(world.manager, batch)
    held = {}
    for one in world.scan.sealed_documents(world.flow, batch):
        world.scan.handed_over(world.flow, one.id, receipt=f"r-{one.id}")
        held[f"r-{one.id}"] = frozenset({one.sha256})
    return held


def billed(world: Any) -> dict[str, int]:
    entries = world.journal.entries(tag="scan:document:sealed")
    return {entry.subject: entry.body["sides"] for entry in entries}


def pile(draw: Any, divider: bytes) -> list[bytes]:
    """A separator, a written page, a blank one, and one more written page."""
    return [
        divider,
        draw.encoded(draw.drawn(1)),
        draw.encoded(draw.blank(2)),
        draw.encoded(draw.drawn(3)),
    ]


def words(report: Report) -> str:
    return " ".join(
        str(cell) for table in report.tables for row in table.rows for cell in row
    )


def test_a_box_is_reconciled_from_paper_to_bill(
    world: Any, draw: Any, divider: bytes
) -> None:
    batch = world.passed(pile(draw, divider), sheets=3)
    before = world.scan.reconciliation(world.manager, Scope())
    assert [one.cause for one in before.differences if one.is_open] == [
        Cause.UNSEALED
    ] * 2
    held = handed_over(world, batch)
    outside = Outside(held=held, billed=billed(world))
    made = world.scan.reconciliation(world.manager, Scope(), outside)
    assert made.agrees, made.differences
    total = made.total
    assert (total.sheets, total.captured, total.passed, total.blank) == (3, 3, 2, 1)
    assert total.separators == 1
    assert total.sealed == total.receipts == total.deposited == total.billed == 2
    assert made.orders[0].name.startswith("의뢰")
    assert [line.key for line in made.days] == [DAY.isoformat()]
    # The twin: a forged receipt, and a bill of another document.
    none = world.scan.reconciliation(world.manager, Scope(), Outside(held={}))
    assert {one.cause for one in none.differences if one.is_open} == {Cause.NOT_HELD}
    other = Outside(billed=billed(world) | {"x": 1})
    assert not world.scan.reconciliation(world.manager, Scope(), other).agrees
    narrow = Scope(box="S-1", since=DAY, until=DAY)
    assert world.scan.reconciliation(world.manager, narrow, other).agrees
    assert not world.scan.reconciliation(world.manager, Scope(box="S-9")).boxes


def test_a_rejected_page_is_told_with_its_reason(world: Any, draw: Any) -> None:
    pages = world.captured([draw.encoded(draw.drawn(n)) for n in (1, 2)])
    world.scan.close_batch(world.author, pages[0].batch)
    world.scan.reject_page(world.inspector, pages[0].id, RejectReason.FOLDED)
    made = world.scan.reconciliation(world.manager, Scope())
    told = {one.cause: one for one in made.differences}
    assert told[Cause.REJECTED].text.endswith("접힘 folded")
    assert told[Cause.WAITING].position == 2
    (again,) = world.files(draw.encoded(draw.drawn(7)))
    world.scan.rescan(world.author, pages[0].id, again)
    made = world.scan.reconciliation(world.manager, Scope())
    told = {one.cause: one for one in made.differences}
    assert told[Cause.RESCANNED].text.endswith("접힘 folded")
    assert made.total.captured == 3
    report = world.scan.report(world.manager, ReportKind.REJECTS, *YEAR)
    reasons, operators, devices, days = report.tables
    assert ("검사자 inspector", "접힘 folded", 1) in reasons.rows
    assert operators.rows == (("u-author", 3, 1, 0, 1, "33.33 %"),)
    assert devices.rows[0][0] == "scanner 7"
    assert days.rows[0][0] == "2026-11-23"
    earlier = world.scan.report(
        world.manager, ReportKind.REJECTS, YEAR[0], dt.date(2026, 11, 22)
    )
    assert earlier.tables[1].rows == ()


def test_no_stranger_sees_a_report(world: Any) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: world.scan.reconciliation(STRANGER, Scope()),
        lambda: world.scan.report(STRANGER, ReportKind.REJECTS, *YEAR),
        lambda: world.scan.audit_log(STRANGER, LogFilter(since=DAY, until=DAY)),
        lambda: world.scan.register_items(STRANGER),
    ]
    for call in calls:
        with pytest.raises(NotAllowedError):
            call()


def test_days_in_order_and_kinds_by_their_own_method(world: Any) -> None:
    with pytest.raises(InputError, match="comes after"):
        world.scan.report(world.manager, ReportKind.REJECTS, *reversed(YEAR))
    with pytest.raises(InputError, match="own method"):
        world.scan.report(world.manager, ReportKind.LOG, *YEAR)


def test_the_register_knows_what_it_was_told_and_invents_nothing(world: Any) -> None:
    world.staffed()
    made = world.scan.report(world.manager, ReportKind.REGISTER, *YEAR)
    assert all(table.title.startswith("번호 미지정") for table in made.tables)
    assert "전자화관계자 교육" in words(made)
    assert made.kept_until == dt.date(2031, 12, 31)
    with pytest.raises(NotYetError, match="제8조"):
        world.scan.report(world.manager, ReportKind.QUARTERLY, *YEAR)
    contents = [one for one in RegisterContent if one is not RegisterContent.OWN]
    for number, content in enumerate(contents, 3):
        item = {"number": number, "wording": f"항목 {number}", "content": content}
        world.scan.word_register(world.manager, **item)
        world.scan.word_register(world.manager, **item)  # the same again
    assert world.tags().count("scan:register:worded") == len(contents)
    quarterly = world.scan.report(world.manager, ReportKind.QUARTERLY, *YEAR)
    assert [table.title for table in quarterly.tables] == [
        f"{number}. 항목 {number}" for number in range(5, 10)
    ]
    full = world.scan.report(world.manager, ReportKind.REGISTER, *YEAR)
    assert [table.title[0] for table in full.tables] == list("3456789")


def test_an_item_is_worded_once_and_by_who_keeps_the_books(world: Any) -> None:
    word = world.scan.word_register
    item: dict[str, Any] = {"wording": "교육", "content": RegisterContent.EDUCATION}
    with pytest.raises(NotAllowedError):
        word(world.author, number=1, **item)
    with pytest.raises(InputError, match="1 to 10"):
        word(world.manager, number=11, **item)
    with pytest.raises(InputError, match="one line"):
        word(world.manager, number=1, wording=" ", content=RegisterContent.OWN)
    word(world.manager, number=1, **item)
    with pytest.raises(InputError, match="Item 1 holds education"):
        word(world.manager, number=2, **item)


def test_a_line_is_written_once_and_its_words_stay_out_of_the_journal(
    world: Any,
) -> None:
    note: dict[str, Any] = {"number": 10, "on": DAY, "text": "홍길동 특수지 작업"}
    with pytest.raises(NotYetError, match="제8조"):
        world.scan.note_in_register(world.manager, key="n", **note)
    for number, content in (
        (10, RegisterContent.SPECIAL_JOBS),
        (1, RegisterContent.EDUCATION),
    ):
        world.scan.word_register(
            world.manager, number=number, wording="특수 작업", content=content
        )
    first = world.scan.note_in_register(world.manager, key="n", **note)
    assert world.scan.note_in_register(world.manager, key="n", **note) == first
    with pytest.raises(InputError, match="filled from"):
        world.scan.note_in_register(world.manager, key="m", **note | {"number": 1})
    with pytest.raises(InputError, match="not come"):
        world.scan.note_in_register(
            world.manager, key="m", **note | {"on": dt.date(2026, 11, 24)}
        )
    assert all(b"\xed\x99\x8d" not in one.raw for one in world.journal.entries())
    register = world.scan.report(world.manager, ReportKind.REGISTER, *YEAR)
    assert "홍길동 특수지 작업" in words(register)


def test_pages_coded_with_loss_are_compared_by_somebody_else(
    world: Any, draw: Any
) -> None:
    png = draw.encoded(draw.drawn(1), "PNG")
    jpeg = draw.encoded(draw.drawn(2))
    pages = world.captured([png, jpeg])
    batch = pages[0].batch
    assert world.scan.lossy_pages(world.manager, batch) == (pages[0].id,)
    waiting = world.scan.report(world.manager, ReportKind.SAMPLES, *YEAR)
    assert "not compared" in words(waiting)
    sample: dict[str, Any] = {"batch": batch, "pages": [pages[0].id], "good": True}
    record = world.scan.record_sample
    with pytest.raises(NotAllowedError):
        record(world.author, key="s", **sample)
    with pytest.raises(NotAllowedError, match="제45조②"):
        world.scan.record_sample(
            Actor(id=world.author.id, roles=frozenset({Role.SCAN_INSPECTOR})),
            key="s",
            **sample,
        )
    with pytest.raises(InputError, match="coded with loss"):
        record(world.inspector, key="s", **sample | {"pages": [pages[1].id]})
    made = record(world.inspector, key="s", **sample)
    assert record(world.inspector, key="s", **sample) == made
    assert made.population == 1
    done = world.scan.report(world.manager, ReportKind.SAMPLES, *YEAR)
    assert "not compared" not in words(done)
    assert "적합 good" in words(done)


def test_load_education_and_checks_are_listed(world: Any, draw: Any) -> None:
    world.passed([draw.encoded(draw.drawn(1))])
    load = world.scan.report(world.manager, ReportKind.INSPECTORS, *YEAR)
    assert load.basis == "제47조⑥"
    education = world.scan.report(world.manager, ReportKind.EDUCATION, *YEAR)
    assert "u-inspector" in words(education)
    assert len(education.tables[1].rows) == 4
    checks = world.scan.report(world.manager, ReportKind.CHECKS, *YEAR)
    assert "scanner 7" in words(checks)


def test_the_log_can_be_proven(world: Any, draw: Any) -> None:
    world.captured([draw.encoded(draw.drawn(1))])
    whole = LogFilter(since=YEAR[0], until=YEAR[1])
    report = world.scan.audit_log(world.manager, whole)
    (table,) = report.tables
    hashes = [bytes.fromhex(str(row[-1])) for row in table.rows]
    state = check_note(table.note.partition("\n")[2], [world.keeper.vkey("scan")])
    assert tree_root(hashes) == state.root
    assert len(hashes) == state.size
    assert state.root.hex() in report.facts[0][1]
    pages = world.scan.audit_log(
        world.manager, LogFilter(since=DAY, until=DAY, kind=LogKind.DETAIL)
    )
    assert [row[3] for row in pages.tables[0].rows] == ["scan:page:captured"]
    nobody = LogFilter(since=DAY, until=DAY, actor="u-nobody")
    assert world.scan.audit_log(world.manager, nobody).tables[0].rows == ()


def test_a_report_becomes_a_signed_paper_and_a_workbook(world: Any, draw: Any) -> None:
    world.captured([draw.encoded(draw.drawn(1))])
    report = with_names(
        world.scan.reconciliation_report(world.manager, Scope()),
        {"u-manager": "김책임"},
    )
    assert report.made_by == "김책임 (u-manager)"
    pdf = world.scan.report_paper(world.manager, report)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"/ETSI.CAdES.detached" in pdf
    assert pdfa_complaints(pdf) == ()
    front, *tables = sheets(report)
    assert front.rows[0][1] == "전자화 대사표 Reconciliation"
    assert len(tables) == len(report.tables)
    assert all(len(one.name) <= 31 for one in tables)
