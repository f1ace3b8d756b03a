from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotYetError,
)
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import PageState, RejectReason, Verdict

SMALL = (620, 877)


def _closed(world: Any, draw: Any, *, dpi: int = 204) -> tuple[Any, Any]:
    """A closed batch of one document; its first page was scanned at ``dpi``."""
    data = [
        draw.encoded(draw.drawn(1, SMALL), dpi=dpi),
        draw.encoded(draw.drawn(2, SMALL), dpi=204),
    ]
    pages = world.captured(data)
    world.scan.close_batch(world.author, pages[0].batch)
    (document,) = world.scan.documents(world.author, pages[0].batch)
    return document, pages


def _indexed(world: Any, document: str, title: str = "임대차 계약서") -> Any:
    return world.scan.index(
        world.author, document, title=title, kind="계약서", keywords=("홍길동", "전세")
    )


def test_a_document_is_indexed_and_passed(world: Any, draw: Any) -> None:
    document, pages = _closed(world, draw)
    indexed = _indexed(world, document.id)
    assert indexed.state is DocumentState.INDEXED
    assert (indexed.title, indexed.keywords) == ("임대차 계약서", ("홍길동", "전세"))
    passed = world.scan.pass_document(world.inspector, document.id)
    assert passed.state is DocumentState.PASSED
    assert passed.pages == tuple(page.id for page in pages)
    before = world.tags()
    assert world.scan.pass_document(world.inspector, document.id) == passed
    assert _indexed(world, document.id) == passed
    assert world.tags() == before


def test_titles_are_neither_in_rows_nor_in_the_journal(world: Any, draw: Any) -> None:
    document, _ = _closed(world, draw)
    _indexed(world, document.id)
    world.db.engine.dispose()
    with sqlite3.connect(world.folder / "scan.db") as plain:
        dump = "\n".join(plain.iterdump())
    assert "임대차" not in dump
    assert "임대차 계약서".encode().hex() not in dump.lower()
    (entry,) = world.journal.entries(tag="scan:document:indexed")
    assert set(entry.body) == {
        "tenant",
        "batch",
        "commitment",
        "class",
        "classes",
        "fields",
    }


def test_two_equal_indexes_have_other_commitments(world: Any, draw: Any) -> None:
    document, _ = _closed(world, draw)
    for title in ("하나", "둘", "하나"):
        _indexed(world, document.id, title)
    entries = list(world.journal.entries(tag="scan:document:indexed"))
    assert len({entry.body["commitment"] for entry in entries}) == 3


def test_an_index_is_fixed_once_it_passed(world: Any, draw: Any) -> None:
    document, _ = _closed(world, draw)
    _indexed(world, document.id)
    world.scan.pass_document(world.inspector, document.id)
    with pytest.raises(ConflictError):
        _indexed(world, document.id, "another title")


def test_nothing_passes_without_an_index(world: Any, draw: Any) -> None:
    document, _ = _closed(world, draw)
    with pytest.raises(NotYetError, match="no index"):
        world.scan.pass_document(world.inspector, document.id)
    with pytest.raises(InputError):
        _indexed(world, document.id, " ")


def test_who_scanned_does_not_inspect(world: Any, draw: Any) -> None:
    batch = world.started(1)
    page_file = world.files(draw.encoded(draw.drawn(1, SMALL), dpi=204))
    (page,) = world.scan.capture(world.both, batch.id, page_file)
    world.scan.close_batch(world.author, batch.id)
    (document,) = world.scan.documents(world.author, batch.id)
    _indexed(world, document.id)
    with pytest.raises(NotAllowedError, match="scanned in this batch"):
        world.scan.pass_document(world.both, document.id)
    with pytest.raises(NotAllowedError, match="scanned in this batch"):
        world.scan.accept_page(world.both, page.id)
    with pytest.raises(NotAllowedError):
        world.scan.pass_document(world.author, document.id)
    assert world.scan.pass_document(world.inspector, document.id)


def test_who_scanned_an_older_version_does_not_inspect_either(
    world: Any, draw: Any
) -> None:
    _, pages = _closed(world, draw, dpi=100)
    again = world.files(draw.encoded(draw.drawn(3, SMALL), dpi=204))[0]
    world.scan.rescan(world.both, pages[0].id, again)
    with pytest.raises(NotAllowedError, match="scanned in this batch"):
        world.scan.accept_page(world.both, pages[1].id)


def test_a_held_page_waits_for_a_person(world: Any, draw: Any) -> None:
    document, pages = _closed(world, draw, dpi=200)
    assert pages[0].verdict is Verdict.HOLD
    _indexed(world, document.id)
    with pytest.raises(NotYetError, match="held"):
        world.scan.pass_document(world.inspector, document.id)
    accepted = world.scan.accept_page(world.inspector, pages[0].id, note="legible")
    assert accepted.state is PageState.ACCEPTED
    assert world.scan.accept_page(world.inspector, pages[0].id) == accepted
    (decision,) = world.scan.inspections(world.inspector, pages[0].id)
    assert (decision.accepted, decision.note) == (True, "legible")
    assert decision.inspector == "u-inspector"
    assert world.scan.pass_document(world.inspector, document.id)


def test_a_failed_page_is_not_accepted_but_scanned_again(world: Any, draw: Any) -> None:
    document, pages = _closed(world, draw, dpi=100)
    _indexed(world, document.id)
    with pytest.raises(NotAllowedError, match="scanned again"):
        world.scan.accept_page(world.inspector, pages[0].id)
    with pytest.raises(NotYetError, match="rejected"):
        world.scan.pass_document(world.inspector, document.id)
    again = world.files(draw.encoded(draw.drawn(1, SMALL), dpi=204))[0]
    made = world.scan.rescan(world.author, pages[0].id, again)
    assert made.document == document.id
    passed = world.scan.pass_document(world.inspector, document.id)
    assert passed.pages == (made.id, pages[1].id)


def test_a_rejection_takes_the_pass_back(world: Any, draw: Any) -> None:
    document, pages = _closed(world, draw)
    _indexed(world, document.id)
    world.scan.pass_document(world.inspector, document.id)
    rejected = world.scan.reject_page(
        world.inspector, pages[0].id, RejectReason.CROPPED
    )
    assert rejected.state is PageState.REJECTED
    (now,) = world.scan.documents(world.inspector, document.batch)
    assert now.state is DocumentState.INDEXED
    (entry,) = world.journal.entries(tag="scan:page:rejected")
    assert entry.body["reason"] == "cropped"
    with pytest.raises(ConflictError):
        world.scan.accept_page(world.inspector, pages[0].id)


def test_a_duplicate_is_set_aside_and_kept(world: Any, draw: Any) -> None:
    document, pages = _closed(world, draw)
    aside = world.scan.set_aside(world.inspector, pages[1].id, RejectReason.DUPLICATE)
    assert aside.state is PageState.SET_ASIDE
    (now,) = world.scan.documents(world.inspector, document.batch)
    assert now.pages == (pages[0].id,)
    assert len(world.scan.pages(world.inspector, document.batch)) == 2
    with pytest.raises(ConflictError):
        world.scan.reject_page(world.inspector, pages[1].id, RejectReason.OTHER)


def test_indexing_waits_for_the_whole_batch(world: Any, draw: Any) -> None:
    (page,) = world.captured([draw.encoded(draw.drawn(1, SMALL), dpi=204)])
    with pytest.raises(NotYetError):
        world.scan.set_aside(world.inspector, page.id, RejectReason.OTHER)


def test_every_opening_of_a_batch_key_is_journaled(world: Any, draw: Any) -> None:
    _, pages = _closed(world, draw)
    access = world.keeper._journals["access"]
    before = len(list(access.entries(tag="access:key:opened")))
    world.scan.page_image(world.inspector, pages[0].id)
    opened = list(access.entries(tag="access:key:opened"))
    assert len(opened) == before + 1
    assert opened[-1].actor == "u-inspector"
    assert opened[-1].body["purpose"] == "scan: look at a page"
    with pytest.raises(NotAllowedError):
        world.scan.page_image(world.courier, pages[0].id)
