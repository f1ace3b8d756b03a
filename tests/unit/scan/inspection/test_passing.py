from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    InputError,
    NotAllowedError,
    NotYetError,
)
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.inspection.model import SampleVerdict
from paperless_kernel.scan.inspection.sampling import draw
from paperless_kernel.scan.model import RejectReason


def _indexed(desk: Any, count: int, **more: Any) -> Any:
    documents = desk.closed_plain(count, **more)
    for one in documents:
        desk.plain(one.id, f"계약서 {one.number}")
    return documents


def _states(desk: Any, batch: str) -> list[str]:
    found = desk.world.scan.documents(desk.world.inspector, batch)
    return [one.state.value for one in found]


def _inspected(desk: Any) -> list[Any]:
    return list(desk.world.journal.entries(tag="scan:batch:inspected"))


def test_full_inspection_ends_with_the_last_document(desk: Any) -> None:
    one, two = _indexed(desk, 2)
    desk.world.scan.pass_document(desk.world.inspector, one.id)
    assert _inspected(desk) == []
    desk.world.scan.pass_document(desk.world.inspector, two.id)
    (entry,) = _inspected(desk)
    assert (entry.body["plan"], entry.body["lot"], entry.body["verdict"]) == (
        "full",
        2,
        "passed",
    )
    *_, passed = desk.world.journal.entries(tag="scan:document:passed")
    assert (passed.body["sheets"], passed.body["inspection"]) == (1, "full")


def test_who_wrote_the_index_does_not_inspect_it(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    scan, inspector = desk.world.scan, desk.world.inspector
    scan.index(inspector, document.id, title="x", kind="계약서")
    with pytest.raises(NotAllowedError, match="제45조②"):
        scan.pass_document(inspector, document.id)
    other = desk.person("u-other", Role.SCAN_INSPECTOR)
    assert scan.pass_document(other, document.id).state is DocumentState.PASSED


def test_sheets_count_into_the_inspectors_load(desk: Any) -> None:
    one, two, three = _indexed(desk, 3)
    scan, inspector = desk.world.scan, desk.world.inspector
    scan.pass_document(inspector, one.id)
    assert scan.load(inspector, inspector.id).today == 1
    with desk.world.db.begin() as tx:
        tx.exec_driver_sql("UPDATE inspected SET sheets = 6999")
    scan.pass_document(inspector, two.id)
    assert scan.load(inspector, inspector.id).warning
    assert scan.inspection_load(inspector, one.batch).warning
    with pytest.raises(NotAllowedError):
        scan.inspection_load(desk.world.author, one.batch)
    with pytest.raises(NotAllowedError, match="제47조⑥"):
        scan.pass_document(inspector, three.id)
    assert _states(desk, one.batch) == ["passed", "passed", "indexed"]


def test_a_defective_document_goes_back_to_its_author(desk: Any) -> None:
    (document,) = _indexed(desk, 1)
    scan, inspector = desk.world.scan, desk.world.inspector
    with pytest.raises(InputError, match="Say what"):
        scan.reject_document(inspector, document.id, RejectReason.OTHER, note="")
    made = scan.reject_document(
        inspector, document.id, RejectReason.MISSING, note="3쪽이 없음"
    )
    assert made.state is DocumentState.CAPTURED
    assert (
        scan.reject_document(
            inspector, document.id, RejectReason.MISSING, note="3쪽이 없음"
        )
        == made
    )
    (entry,) = desk.world.journal.entries(tag="scan:document:rejected")
    assert entry.body["reason"] == "missing-page"
    assert "3쪽" not in str(entry.body)
    with pytest.raises(NotYetError):
        scan.pass_document(inspector, document.id)
    assert desk.plain(document.id, "계약서 1").state is DocumentState.INDEXED
    scan.pass_document(inspector, document.id)
    (end,) = _inspected(desk)
    assert end.body["defects"] == 1


def test_authors_find_no_defects(desk: Any) -> None:
    (document,) = _indexed(desk, 1)
    for who in (desk.world.author, desk.world.both):
        with pytest.raises(NotAllowedError):
            desk.world.scan.reject_document(
                who, document.id, RejectReason.OTHER, note="x"
            )
    blank = desk.world.scan
    desk.world.scan.set_aside(
        desk.world.inspector, document.pages[0], RejectReason.DUPLICATE
    )
    with pytest.raises(ConflictError, match="set aside"):
        blank.reject_document(
            desk.world.inspector, document.id, RejectReason.OTHER, note="x"
        )


def test_a_sample_is_drawn_once_and_can_be_drawn_again(desk: Any) -> None:
    desk.sampled()
    documents = _indexed(desk, 9)
    sample = desk.world.scan.draw_sample(desk.world.inspector, documents[0].batch)
    plan = sample.plan
    assert (plan.lot, plan.letter, plan.size, plan.accept) == (9, "A", 2, 0)
    ids = [one.id for one in documents]
    assert draw(sample.seed, ids, plan.size) == sample.documents
    again = desk.world.scan.draw_sample(desk.world.inspector, documents[0].batch)
    assert again == sample
    assert desk.world.scan.sample_of(desk.world.inspector, documents[0].batch) == again
    (entry,) = desk.world.journal.entries(tag="scan:batch:sampled")
    assert (entry.body["seed"], entry.body["aql"]) == (sample.seed, "6.5")
    assert entry.body["documents"] == list(sample.documents)
    assert entry.body["regulation"] == "TRIAL-1"


def test_a_passed_sample_passes_the_rest_explicitly(desk: Any) -> None:
    desk.sampled()
    documents = _indexed(desk, 9)
    batch = documents[0].batch
    scan, inspector = desk.world.scan, desk.world.inspector
    sample = scan.draw_sample(inspector, batch)
    with pytest.raises(NotYetError, match="not decided"):
        scan.judge_sample(inspector, batch)
    with pytest.raises(NotYetError, match="draw and judge"):
        scan.pass_rest(inspector, batch)
    for one in sample.documents:
        scan.pass_document(inspector, one)
    assert _inspected(desk) == []
    judged = scan.judge_sample(inspector, batch)
    assert (judged.verdict, judged.defects) == (SampleVerdict.PASSED, 0)
    assert scan.judge_sample(inspector, batch) == judged
    passed = scan.pass_rest(inspector, batch)
    assert {one.state for one in passed} == {DocumentState.PASSED}
    assert scan.pass_rest(inspector, batch) == passed
    (end,) = _inspected(desk)
    assert (end.body["plan"], end.body["verdict"]) == ("sample", "passed")
    assert end.body["seed"] == sample.seed
    ways = [
        one.body["inspection"]
        for one in desk.world.journal.entries(tag="scan:document:passed")
    ]
    assert (ways.count("full"), ways.count("sample")) == (2, 7)
    assert scan.load(inspector, inspector.id).today == 2
    assert scan.seal(desk.world.manager, batch)


def _sample_passed(desk: Any, documents: Any, who: Any) -> Any:
    scan, batch = desk.world.scan, documents[0].batch
    sample = scan.draw_sample(who, batch)
    for one in sample.documents:
        scan.pass_document(who, one)
    scan.judge_sample(who, batch)
    return sample


def test_who_wrote_an_index_does_not_pass_it_by_a_sample(desk: Any) -> None:
    desk.sampled()
    scan, inspector = desk.world.scan, desk.world.inspector
    documents = desk.closed_plain(9)
    for one in documents:
        scan.index(inspector, one.id, title="계약", kind="계약서")
    other = desk.person("u-other", Role.SCAN_INSPECTOR)
    _sample_passed(desk, documents, other)
    with pytest.raises(NotAllowedError, match="제45조②"):
        scan.pass_rest(inspector, documents[0].batch)
    passed = scan.pass_rest(other, documents[0].batch)
    assert {one.state for one in passed} == {DocumentState.PASSED}


def test_what_changed_after_the_sample_is_not_passed_by_it(desk: Any) -> None:
    desk.sampled()
    documents = _indexed(desk, 9)
    scan, inspector = desk.world.scan, desk.world.inspector
    sample = _sample_passed(desk, documents, inspector)
    late = next(one.id for one in documents if one.id not in sample.documents)
    desk.plain(late, "나중에 고친 이름")
    left = [
        one.id
        for one in scan.pass_rest(inspector, documents[0].batch)
        if one.state is not DocumentState.PASSED
    ]
    assert left == [late]
    assert scan.pass_document(inspector, late).state is DocumentState.PASSED


def test_a_failed_sample_called_passed_in_its_row_passes_nothing(desk: Any) -> None:
    desk.sampled()
    documents = _indexed(desk, 9)
    scan, inspector = desk.world.scan, desk.world.inspector
    sample = scan.draw_sample(inspector, documents[0].batch)
    bad = sample.documents[0]
    scan.reject_document(inspector, bad, RejectReason.OTHER, note="제목이 다름")
    scan.judge_sample(inspector, documents[0].batch)
    with desk.world.db.begin() as tx:
        tx.exec_driver_sql("UPDATE sample SET verdict = 'passed'")
    with pytest.raises(EvidenceError, match="The journal says otherwise"):
        scan.pass_rest(inspector, documents[0].batch)


def test_legibility_is_never_sampled(desk: Any) -> None:
    desk.sampled()
    pages = [desk.page(n) for n in range(1, 9)]
    documents = desk.closed([*pages, desk.page(9, dpi=200)])
    for one in documents:
        desk.plain(one.id)
    scan, inspector = desk.world.scan, desk.world.inspector
    batch = documents[0].batch
    sample = scan.draw_sample(inspector, batch)
    held = documents[-1]
    if held.id in sample.documents:
        scan.accept_page(inspector, held.pages[0])
    for one in sample.documents:
        scan.pass_document(inspector, one)
    scan.judge_sample(inspector, batch)
    left = [
        one.id
        for one in scan.pass_rest(inspector, batch)
        if one.state is not DocumentState.PASSED
    ]
    assert left == ([] if held.id in sample.documents else [held.id])
    if left:
        scan.accept_page(inspector, held.pages[0])
    assert {one.state for one in scan.pass_rest(inspector, batch)} == {
        DocumentState.PASSED
    }


def test_a_failed_sample_means_full_inspection(desk: Any) -> None:
    desk.sampled()
    documents = _indexed(desk, 9)
    batch = documents[0].batch
    scan, inspector = desk.world.scan, desk.world.inspector
    sample = scan.draw_sample(inspector, batch)
    bad = sample.documents[0]
    scan.reject_document(inspector, bad, RejectReason.OTHER, note="제목이 다름")
    judged = scan.judge_sample(inspector, batch)
    assert (judged.verdict, judged.defects) == (SampleVerdict.FAILED, 1)
    with pytest.raises(NotAllowedError, match="제51조"):
        scan.pass_rest(inspector, batch)
    desk.plain(bad)
    for one in documents:
        scan.pass_document(inspector, one.id)
    first, last = _inspected(desk)
    assert (first.body["verdict"], last.body["plan"]) == ("failed", "full-after-sample")


def test_a_page_the_automatic_check_let_through_is_a_defect(desk: Any) -> None:
    desk.sampled()
    documents = _indexed(desk, 9)
    batch = documents[0].batch
    scan, inspector = desk.world.scan, desk.world.inspector
    sample = scan.draw_sample(inspector, batch)
    page = next(d.pages[0] for d in documents if d.id == sample.documents[1])
    scan.reject_page(inspector, page, RejectReason.CROPPED)
    scan.undo(inspector, page, note="잘못 봄")
    scan.pass_document(inspector, sample.documents[0])
    scan.pass_document(inspector, sample.documents[1])
    assert scan.judge_sample(inspector, batch).verdict is SampleVerdict.PASSED


def test_a_rejected_page_fails_a_sample(desk: Any) -> None:
    desk.sampled()
    documents = _indexed(desk, 9)
    batch = documents[0].batch
    scan, inspector = desk.world.scan, desk.world.inspector
    sample = scan.draw_sample(inspector, batch)
    page = next(d.pages[0] for d in documents if d.id == sample.documents[1])
    scan.reject_page(inspector, page, RejectReason.CROPPED)
    assert scan.judge_sample(inspector, batch).verdict is SampleVerdict.FAILED


def test_a_sample_waits_for_the_whole_index(desk: Any) -> None:
    desk.sampled()
    documents = desk.closed_plain(3)
    desk.plain(documents[0].id)
    with pytest.raises(NotYetError, match=r"\[2, 3\]"):
        desk.world.scan.draw_sample(desk.world.inspector, documents[0].batch)
    with pytest.raises(NotYetError, match="draw one first"):
        desk.world.scan.judge_sample(desk.world.inspector, documents[0].batch)


def test_no_sample_where_the_rules_state_full_inspection(desk: Any) -> None:
    (document,) = _indexed(desk, 1)
    with pytest.raises(NotAllowedError, match="제48조"):
        desk.world.scan.draw_sample(desk.world.inspector, document.batch)


def test_no_author_draws_judges_or_passes_by_a_sample(desk: Any) -> None:
    desk.sampled()
    documents = _indexed(desk, 9)
    batch = documents[0].batch
    scan = desk.world.scan
    for who in (
        desk.world.author,
        Actor(id=desk.world.author.id, roles=frozenset({Role.SCAN_INSPECTOR})),
    ):
        for step in (scan.draw_sample, scan.judge_sample, scan.pass_rest):
            with pytest.raises(NotAllowedError):
                step(who, batch)


def test_a_repeat_on_another_day_changes_nothing(desk: Any) -> None:
    (document,) = _indexed(desk, 1)
    made = desk.world.scan.pass_document(desk.world.inspector, document.id)
    before = desk.world.tags()
    desk.world.clock.advance(dt.timedelta(days=1))
    assert desk.world.scan.pass_document(desk.world.inspector, document.id) == made
    assert desk.world.tags() == before
