from __future__ import annotations

from typing import Any

import pytest

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
)
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import PageState, RejectReason

INSPECTOR = frozenset({Role.SCAN_INSPECTOR})


def test_held_pages_wait_with_what_was_measured(desk: Any) -> None:
    good, held = desk.closed([desk.page(1), desk.page(2, dpi=200)])
    (one,) = desk.world.scan.held_pages(desk.world.inspector, good.batch)
    assert (one.document, one.page.id) == (held.number, held.pages[0])
    (finding,) = one.findings
    assert (finding.check, finding.value, finding.limit) == ("resolution", 2000, 2032)
    desk.world.scan.accept_page(desk.world.inspector, one.page.id)
    assert desk.world.scan.held_pages(desk.world.inspector, good.batch) == ()
    with pytest.raises(NotAllowedError):
        desk.world.scan.held_pages(desk.world.courier, good.batch)


def test_a_decision_carries_what_the_check_had_measured(desk: Any) -> None:
    (document,) = desk.closed([desk.page(2, dpi=200)])
    scan, inspector = desk.world.scan, desk.world.inspector
    page = document.pages[0]
    scan.reject_page(inspector, page, RejectReason.UNCLEAR)
    (entry,) = desk.world.journal.entries(tag="scan:page:rejected")
    assert entry.body["reason"] == "unclear"
    (measured,) = entry.body["measured"]
    assert (measured["check"], measured["value"]) == ("resolution", 2000)
    (decision,) = scan.inspections(inspector, page)
    assert decision.measured[0].limit == 2032


def test_every_decision_is_undone_by_a_new_entry(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    scan, inspector = desk.world.scan, desk.world.inspector
    desk.plain(document.id)
    page = document.pages[0]
    for decide in (
        lambda: scan.accept_page(inspector, page),
        lambda: scan.reject_page(inspector, page, RejectReason.FOLDED),
        lambda: scan.set_aside(inspector, page, RejectReason.DUPLICATE),
    ):
        was = decide().state
        back = scan.undo(inspector, page, note="잘못 눌렀음")
        assert back.state is PageState.WAITING
        *_, entry = desk.world.journal.entries(tag="scan:page:undone")
        assert entry.body["was"] == was
    (now,) = scan.documents(inspector, document.batch)
    assert (now.state, now.pages) == (DocumentState.INDEXED, document.pages)
    assert [one.undone for one in scan.inspections(inspector, page)] == [
        False,
        True,
    ] * 3


def test_what_cannot_be_undone(desk: Any) -> None:
    (document,) = desk.closed([desk.page(1, dpi=100)])
    scan, inspector = desk.world.scan, desk.world.inspector
    page = document.pages[0]
    with pytest.raises(ConflictError, match="Nobody decided"):
        scan.undo(inspector, page, note="x")
    with pytest.raises(InputError, match="Say why"):
        scan.undo(inspector, page, note=" ")
    again = desk.world.files(desk.page(1))[0]
    made = scan.rescan(desk.world.author, page, again)
    with pytest.raises(ConflictError, match="scanned again"):
        scan.undo(inspector, page, note="x")
    scan.accept_page(inspector, made.id)
    with pytest.raises(NotAllowedError):
        scan.undo(desk.world.author, made.id, note="x")


def test_who_prepared_the_paper_does_not_inspect(desk: Any) -> None:
    second = desk.world
    second.staffed()
    preparer = Actor(id=second.inspector.id, roles=frozenset({Role.SCAN_OPERATOR}))
    batch = second.started(1)
    scan = second.scan
    with second.db.begin() as tx:
        tx.exec_driver_sql("UPDATE preparation SET by = ?", (preparer.id,))
    (page,) = scan.capture(second.author, batch.id, second.files(desk.page(1)))
    with pytest.raises(NotAllowedError, match="제41조②"):
        scan.reject_page(second.inspector, page.id, RejectReason.OTHER)


def test_an_inspector_without_registration_is_refused(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    stranger = Actor(id="u-stranger", roles=INSPECTOR)
    with pytest.raises(NotAllowedError, match="제9조"):
        desk.world.scan.accept_page(stranger, document.pages[0])


def test_an_inspector_whose_education_lapsed_is_refused(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    desk.plain(document.id)
    now = desk.world.clock.now()
    desk.world.clock.move_to(now.replace(year=now.year + 3))
    with pytest.raises(NotAllowedError, match="제13조"):
        desk.world.scan.pass_document(desk.world.inspector, document.id)


def test_a_sealed_page_is_decided_no_more(desk: Any) -> None:
    batch = desk.world.passed([desk.page(1)])
    scan, world = desk.world.scan, desk.world
    scan.seal(world.manager, batch)
    (page,) = scan.pages(world.inspector, batch)
    for decide in (
        lambda: scan.undo(world.inspector, page.id, note="x"),
        lambda: scan.reject_page(world.inspector, page.id, RejectReason.OTHER),
        lambda: scan.accept_page(world.inspector, page.id),
    ):
        with pytest.raises(ConflictError):
            decide()


def test_a_small_picture_is_small_and_upright(desk: Any, opened_picture: Any) -> None:
    (document,) = desk.closed_plain(1)
    small = desk.world.scan.thumbnail(desk.world.inspector, document.pages[0])
    picture = opened_picture(small)
    assert picture.format == "JPEG"
    assert picture.width <= 240 < picture.height * 240 / picture.width
    assert len(small) < 30_000
    with pytest.raises(NotAllowedError):
        desk.world.scan.thumbnail(desk.world.courier, document.pages[0])


def test_a_contact_sheet_opens_the_key_once(desk: Any, opened_picture: Any) -> None:
    one, two = desk.closed_plain(2)
    access = desk.world.keeper._journals["access"]
    before = len(list(access.entries(tag="access:key:opened")))
    pages = [*one.pages, *two.pages]
    sheet = desk.world.scan.contact_sheet(desk.world.inspector, one.batch, pages)
    assert list(sheet) == pages
    assert all(opened_picture(each).width <= 240 for each in sheet.values())
    assert len(list(access.entries(tag="access:key:opened"))) == before + 1
    with pytest.raises(NotFoundError):
        desk.world.scan.contact_sheet(desk.world.inspector, one.batch, ["2.25.1"])
    with pytest.raises(NotAllowedError):
        desk.world.scan.contact_sheet(desk.world.courier, one.batch, pages)


def test_a_taken_back_decision_stays_in_the_boxs_story(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    scan, inspector = desk.world.scan, desk.world.inspector
    scan.reject_page(inspector, document.pages[0], RejectReason.FOLDED)
    scan.undo(inspector, document.pages[0], note="접힘이 아님")
    with desk.world.db.read() as tx:
        (box,) = tx.exec_driver_sql("SELECT box FROM batch").one()
    told = [line.tag for line in scan.box_story(inspector, box)]
    assert told[-2:] == ["scan:page:rejected", "scan:page:undone"]
