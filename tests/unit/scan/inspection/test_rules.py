from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotYetError,
)
from paperless_kernel.scan.capture.rules import (
    check_batch,
    check_count,
    check_rescannable,
    check_whole_sheets,
)
from paperless_kernel.scan.documents import DocumentState, ScanDocument
from paperless_kernel.scan.inspection.rules import (
    check_acceptable,
    check_index,
    check_inspector,
    check_passable,
    check_sealable,
)
from paperless_kernel.scan.model import (
    BatchState,
    Measures,
    Page,
    PageState,
    RejectReason,
    Verdict,
)

PAGE = Page(
    id="p1",
    batch="b",
    position=1,
    version=1,
    sheet=1,
    side=1,
    name="1.jpg",
    kind="jpeg",
    width=10,
    height=10,
    dpi_x=300,
    dpi_y=300,
    colours=1,
    orientation=1,
    coded="",
    sha256="",
    source="",
    link="",
    measures=Measures(
        dpi=3000,
        bilevel=False,
        skew=0,
        sharpness=800,
        ink=1,
        paper=1,
        contrast=1,
        likeness="00",
    ),
    verdict=Verdict.PASS,
    findings=(),
    blank=False,
    separator=False,
    separator_kind="",
    duplicate_of="",
    state=PageState.WAITING,
    document="d",
    captured_by="author",
    captured_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
)
DOCUMENT = ScanDocument(
    id="d",
    batch="b",
    tenant="t",
    number=1,
    state=DocumentState.INDEXED,
    title="계약서",
    kind="계약",
    keywords=(),
    pages=("p1",),
)


def test_the_law_knows_eight_reasons() -> None:
    assert len(RejectReason) == 8


def test_the_author_is_not_the_inspector() -> None:
    check_inspector("inspector", {"author"})
    with pytest.raises(NotAllowedError, match="somebody else"):
        check_inspector("author", {"author", "other"})


def test_steps_happen_in_their_stage() -> None:
    check_batch(BatchState.CLOSED, BatchState.CLOSED, "indexing")
    with pytest.raises(NotYetError):
        check_batch(BatchState.CAPTURING, BatchState.CLOSED, "indexing")
    with pytest.raises(ConflictError, match="too late"):
        check_batch(BatchState.SEALED, BatchState.CLOSED, "indexing")


def test_sheets_are_counted_without_separators() -> None:
    pages = [
        replace(PAGE, sheet=sheet, side=side) for sheet in (1, 2) for side in (1, 2)
    ]
    divided = [*pages, replace(PAGE, sheet=3, separator=True)]
    check_count(divided, sheets=2)
    with pytest.raises(NotYetError, match="missing"):
        check_count(pages, sheets=3)
    with pytest.raises(NotYetError, match="twice"):
        check_count(pages, sheets=1)


def test_missing_sheets_are_named() -> None:
    pages = [replace(PAGE, sheet=sheet) for sheet in (1, 2, 6, 7)]
    with pytest.raises(NotYetError, match="at sheet 3–5;"):
        check_count(pages, sheets=7)
    with pytest.raises(NotYetError, match="at sheet 3–5, 8;"):
        check_count(pages, sheets=8)
    with pytest.raises(NotYetError, match="at sheet 1–2;"):
        check_count([], sheets=2)
    divided = [*pages[:2], replace(PAGE, sheet=3, separator=True)]
    with pytest.raises(NotYetError, match="at sheet 4;"):
        check_count(divided, sheets=3)


def test_sheets_without_their_back_are_named() -> None:
    pages = [replace(PAGE, sheet=1, side=side) for side in (1, 2)]
    check_whole_sheets(pages, 2)
    with pytest.raises(NotYetError, match=r"sheet 2, 4 .*제36조"):
        check_whole_sheets([*pages, *(replace(PAGE, sheet=s) for s in (2, 4))], 2)


def test_a_held_page_may_be_accepted_a_failed_one_not() -> None:
    check_acceptable(PAGE)
    check_acceptable(replace(PAGE, verdict=Verdict.HOLD))
    with pytest.raises(NotAllowedError, match="scanned again"):
        check_acceptable(replace(PAGE, verdict=Verdict.REJECT))
    for state in (PageState.REJECTED, PageState.REPLACED, PageState.SET_ASIDE):
        with pytest.raises(ConflictError):
            check_acceptable(replace(PAGE, state=state))


def test_only_a_rejected_page_is_scanned_again() -> None:
    check_rescannable(replace(PAGE, verdict=Verdict.REJECT))
    check_rescannable(replace(PAGE, state=PageState.REJECTED))
    with pytest.raises(NotAllowedError, match="not rejected"):
        check_rescannable(PAGE)
    with pytest.raises(NotAllowedError):
        check_rescannable(replace(PAGE, verdict=Verdict.HOLD))
    with pytest.raises(ConflictError):
        check_rescannable(replace(PAGE, state=PageState.REPLACED))


def test_an_index_is_one_line_each() -> None:
    check_index("근로계약서 1호", "계약", ("홍길동", "2026"))
    for title, kind, keywords in (
        ("", "계약", ()),
        ("x", " ", ()),
        ("x", "y", ("",)),
        ("two\nlines", "y", ()),
        ("x" * 201, "y", ()),
        ("x", "y", ("k",) * 21),
    ):
        with pytest.raises(InputError):
            check_index(title, kind, keywords)


def test_a_document_passes_when_its_pages_do() -> None:
    check_passable(DOCUMENT, [PAGE])
    held = replace(PAGE, verdict=Verdict.HOLD)
    check_passable(DOCUMENT, [replace(held, state=PageState.ACCEPTED)])
    with pytest.raises(NotYetError, match="held"):
        check_passable(DOCUMENT, [held])
    with pytest.raises(NotYetError, match="rejected"):
        check_passable(DOCUMENT, [replace(PAGE, verdict=Verdict.REJECT)])
    with pytest.raises(NotYetError, match="rejected"):
        check_passable(DOCUMENT, [replace(PAGE, state=PageState.REJECTED)])
    with pytest.raises(NotYetError, match="no index"):
        check_passable(replace(DOCUMENT, state=DocumentState.CAPTURED), [PAGE])
    with pytest.raises(ConflictError):
        check_passable(replace(DOCUMENT, state=DocumentState.SEALED), [PAGE])


def test_a_batch_is_sealed_when_all_passed() -> None:
    passed = replace(DOCUMENT, state=DocumentState.PASSED)
    check_sealable([passed])
    with pytest.raises(NotYetError, match="inspection"):
        check_sealable([passed, DOCUMENT])
    with pytest.raises(NotYetError, match="index"):
        check_sealable([replace(DOCUMENT, state=DocumentState.CAPTURED)])
    with pytest.raises(NotYetError, match="no document"):
        check_sealable([])
    aside = replace(DOCUMENT, state=DocumentState.SET_ASIDE)
    check_sealable([passed, aside])
    check_sealable([aside])
