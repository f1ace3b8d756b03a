from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import dataclass, field
from typing import Any

import pytest

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    UnavailableError,
)
from paperless_kernel.scan.documents import FieldSource, Region
from paperless_kernel.scan.inspection import records
from paperless_kernel.scan.inspection.model import Word
from paperless_kernel.scan.model import RejectReason

TEXT = ("계약일", "2026-03-05", "보증금", "1,200,000원")


@dataclass
class Eyes:
    """A reader that sees the same words on every page, and may fail or be killed."""

    name: str = "eyes 1"
    fails: int = 0
    killed_at: int = 0
    confidence: int = 80
    seen: list[int] = field(default_factory=list)

    def read(self, picture: bytes) -> tuple[Word, ...]:
        self.seen.append(len(picture))
        if len(self.seen) == self.killed_at:
            raise KeyboardInterrupt
        if len(self.seen) <= self.fails:
            message = "no"
            raise UnavailableError(message)
        return tuple(
            Word(
                text=text,
                confidence=self.confidence,
                line=number // 2,
                region=Region(left=10 + 200 * (number % 2), top=5, width=90, height=9),
            )
            for number, text in enumerate(TEXT)
        )


def test_pages_are_read_once_and_suggest_fields(desk: Any) -> None:
    one, _ = desk.closed_plain(2)
    scan, author = desk.world.scan, desk.world.author
    eyes = Eyes()
    made = scan.read_pages(author, one.batch, eyes)
    assert (made.due, made.done, made.failed) == (0, 2, 0)
    assert scan.read_pages(author, one.batch, eyes) == made
    assert len(eyes.seen) == 2
    found = {s.code: s for s in scan.suggestions(author, one.id, kind="계약서")}
    assert found["contract-date"].value == "2026-03-05"
    assert (found["amount"].value, found["amount"].confidence) == ("1200000", 80)
    assert found["amount"].page == one.pages[0]
    with pytest.raises(InputError, match="no document class"):
        scan.suggestions(author, one.id)
    with pytest.raises(NotAllowedError):
        scan.suggestions(desk.world.courier, one.id, kind="계약서")


def test_a_suggestion_is_a_value_when_a_person_takes_it(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    scan, author = desk.world.scan, desk.world.author
    how: dict[str, Any] = {"title": "x", "kind": "계약서"}
    with pytest.raises(InputError, match="suggests nothing for amount"):
        scan.index(author, document.id, **how, take=("amount",))
    scan.read_pages(author, document.batch, Eyes())
    assert scan.index(author, document.id, **how).fields == ()
    (value,) = scan.index(author, document.id, **how, take=("amount",)).fields
    assert (value.value, value.source, value.confidence) == (
        "1200000",
        FieldSource.OCR_ACCEPTED,
        80,
    )
    assert value.region == Region(left=210, top=5, width=90, height=9)
    typed = scan.index(
        author, document.id, **how, fields={"amount": "7"}, take=("amount",)
    )
    assert [(one.value, one.source) for one in typed.fields] == [
        ("7", FieldSource.PERSON)
    ]


def test_a_classs_stated_rule_takes_what_is_sure(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    scan, author = desk.world.scan, desk.world.author
    found = scan._parts.classes.of("계약서")
    rule = found.field("amount")
    object.__setattr__(rule, "accept_at", 95)
    try:
        scan.read_pages(author, document.batch, Eyes(confidence=94))
        assert scan.index(author, document.id, title="x", kind="계약서").fields == ()
        with desk.world.db.begin() as tx:
            tx.exec_driver_sql("DELETE FROM reading")
        scan.read_pages(author, document.batch, Eyes(confidence=95))
        (value,) = scan.index(author, document.id, title="y", kind="계약서").fields
    finally:
        object.__setattr__(rule, "accept_at", 0)
    assert (value.source, value.confidence) == (FieldSource.OCR_RULE, 95)


def test_a_killed_worker_goes_on(desk: Any) -> None:
    documents = desk.closed_plain(3)
    scan, author, batch = desk.world.scan, desk.world.author, documents[0].batch
    with pytest.raises(KeyboardInterrupt):
        scan.read_pages(author, batch, Eyes(killed_at=2))
    eyes = Eyes()
    made = scan.read_pages(author, batch, eyes)
    assert (made.due, made.done) == (1, 2)
    desk.world.clock.advance(dt.timedelta(minutes=3))
    made = scan.read_pages(author, batch, eyes)
    assert (made.due, made.done) == (0, 3)
    assert len(eyes.seen) == 2


def test_a_page_that_fails_three_times_is_left(desk: Any) -> None:
    documents = desk.closed_plain(2)
    scan, author, batch = desk.world.scan, desk.world.author, documents[0].batch
    made = scan.read_pages(author, batch, Eyes(fails=3))
    assert (made.due, made.done, made.failed) == (0, 1, 1)


def test_blank_pages_are_not_read(desk: Any) -> None:
    blank = desk.draw.encoded(desk.draw.blank(1, (620, 877)), dpi=204)
    document, *_ = desk.closed([desk.page(1), blank])
    made = desk.world.scan.read_pages(desk.world.author, document.batch, Eyes())
    assert made.done == 1


def test_what_was_read_lies_under_the_key_and_goes_with_the_batch(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    scan, author = desk.world.scan, desk.world.author
    scan.read_pages(author, document.batch, Eyes())
    desk.world.db.engine.dispose()
    with sqlite3.connect(desk.world.folder / "scan.db") as plain:
        dump = "\n".join(plain.iterdump())
    for text in TEXT:
        assert text not in dump
        assert text.encode().hex() not in dump.lower()
    with desk.world.db.begin() as tx:
        records.forget(tx, document.batch)
        assert records.reading_progress(tx, document.batch).done == 0


def test_nothing_is_read_once_the_batch_is_gone(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    scan, author = desk.world.scan, desk.world.author
    scan.queue_reading(author, document.batch)
    with desk.world.db.begin() as tx:
        tx.exec_driver_sql("UPDATE batch SET key_box = ''")
    with pytest.raises(ConflictError, match="key erased"):
        scan.read_pages(author, document.batch, Eyes())
    with pytest.raises(NotAllowedError):
        scan.queue_reading(desk.world.courier, document.batch)


def test_an_erased_batch_keeps_no_word(desk: Any) -> None:
    (page,) = desk.world.captured([desk.page(1)])
    scan, world = desk.world.scan, desk.world
    scan.close_batch(world.author, page.batch)
    (document,) = scan.documents(world.author, page.batch)
    scan.read_pages(world.author, page.batch, Eyes())
    desk.plain(document.id)
    scan.reject_document(
        world.inspector, document.id, RejectReason.OTHER, note="홍길동의 이름이 다름"
    )
    desk.plain(document.id)
    scan.pass_document(world.inspector, document.id)
    scan.seal(world.manager, page.batch)
    scan.handed_over(world.flow, document.id, receipt="2.25.7")
    with world.db.read() as tx:
        assert not tx.exec_driver_sql("SELECT 1 FROM reading").all()
        assert not tx.exec_driver_sql("SELECT 1 FROM index_entry").all()
        (notes,) = tx.exec_driver_sql(
            "SELECT group_concat(note) FROM content_check"
        ).one()
        assert notes.strip(",") == ""
