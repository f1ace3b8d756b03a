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
from paperless_kernel.base.ids import Role
from paperless_kernel.scan.documents import DocumentState, FieldSource
from paperless_kernel.scan.inspection.words import open_index


def _values(document: Any) -> dict[str, str]:
    return {one.code: one.value for one in document.fields}


def _sources(document: Any) -> dict[str, FieldSource]:
    return {one.code: one.source for one in document.fields}


def test_a_class_brings_fields_and_classification(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    made = desk.world.scan.index(
        desk.world.author,
        document.id,
        title="예금거래신청서 7호",
        kind="account-opening",
        fields={
            "account-number": "123-456-789012",
            "branch": "0012",
            "opened-on": "2026년 11월 20일",
        },
    )
    assert made.kind == "예금거래신청서"
    assert made.path == ("수신", "신규", "예금거래신청서")
    assert _values(made)["opened-on"] == "2026-11-20"
    assert set(_sources(made).values()) == {FieldSource.PERSON}
    (entry,) = desk.world.journal.entries(tag="scan:document:indexed")
    assert (entry.body["class"], entry.body["fields"]) == ("account-opening", 3)


def test_a_free_type_has_a_classification_and_no_fields(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    made = desk.world.scan.index(
        desk.world.author, document.id, title="x", kind="잡문서", path=("총무", "기타")
    )
    assert (made.path, made.fields) == (("총무", "기타"), ())
    with pytest.raises(InputError, match="no document class"):
        desk.world.scan.index(
            desk.world.author, document.id, title="x", kind="잡문서", fields={"a": "1"}
        )


def test_wrong_fields_are_refused_and_nothing_changes(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    scan, author = desk.world.scan, desk.world.author
    for fields, said in (
        ({}, "계좌번호"),
        ({"account-number": "123-456-789012", "branch": "1"}, "pattern"),
        ({"nothing": "1"}, "has no field nothing"),
    ):
        with pytest.raises(InputError, match=said):
            scan.index(
                author, document.id, title="x", kind="account-opening", fields=fields
            )
    with pytest.raises(InputError, match="has no field nothing"):
        scan.index(author, document.id, title="x", kind="계약서", sure=("nothing",))
    (now,) = scan.documents(author, document.batch)
    assert now.state is DocumentState.CAPTURED


def test_a_wrong_number_on_the_paper_is_confirmed_as_written(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    scan, author = desk.world.scan, desk.world.author
    wrong: dict[str, Any] = {
        "title": "x",
        "kind": "계약서",
        "fields": {"business-number": "124-81-00999"},
    }
    with pytest.raises(InputError, match="check digit"):
        scan.index(author, document.id, **wrong)
    made = scan.index(author, document.id, **wrong, sure=("business-number",))
    (field,) = made.fields
    assert field.sure


def test_a_value_is_carried_from_the_document_before(desk: Any) -> None:
    one, two, three = desk.closed_plain(3)
    scan, author = desk.world.scan, desk.world.author
    kind: dict[str, Any] = {"title": "x", "kind": "teller-slip"}
    with pytest.raises(InputError, match="영업점"):
        scan.index(author, two.id, **kind, fields={"slip-number": "T-0002"})
    first = {"slip-number": "T-0001", "branch": "001", "made-on": "2026-11-20"}
    scan.index(author, one.id, **kind, fields=first)
    made = scan.index(author, two.id, **kind, fields={"slip-number": "T-0002"})
    assert _values(made) == first | {"slip-number": "T-0002"}
    assert _sources(made)["branch"] is FieldSource.CARRIED
    given = {"slip-number": "T-0003", "branch": "002"}
    made = scan.index(author, three.id, **kind, fields=given)
    assert _values(made) == given | {"made-on": "2026-11-20"}


def test_a_barcode_on_the_first_page_is_the_key(desk: Any) -> None:
    one, two = desk.closed([desk.page(1, "T-777"), desk.page(2)])
    scan, author = desk.world.scan, desk.world.author
    (code,) = scan.codes(author, one.id)
    assert code.text == "T-777"
    assert code.region.top < 100
    assert scan.codes(author, two.id) == ()
    made = scan.index(author, one.id, title="x", kind="전표")
    (field,) = made.fields
    assert (field.value, field.source) == ("T-777", FieldSource.BARCODE)
    assert (field.page, field.region) == (code.page, code.region)
    assert scan.index(author, two.id, title="x", kind="전표").fields == ()
    with pytest.raises(NotAllowedError):
        scan.codes(desk.world.courier, one.id)


def test_two_people_who_agree_make_an_index(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    scan, world = desk.world.scan, desk.world
    first = desk.loan(world.author, document.id)
    assert (first.waits, first.state, first.title) == (
        "second",
        DocumentState.CAPTURED,
        "",
    )
    assert desk.loan(world.author, document.id) == first
    with pytest.raises(NotYetError, match="no index"):
        scan.pass_document(world.inspector, document.id)
    done = desk.loan(world.both, document.id)
    assert (done.waits, done.state) == ("", DocumentState.INDEXED)
    assert _values(done)["amount"] == "1000000"
    assert desk.loan(world.author, document.id) == done
    tags = [one.split(":", 1)[1] for one in world.tags()]
    assert tags.count("document:entered") == 1
    assert tags.count("document:indexed") == 1


def test_two_people_who_differ_are_held_until_another_resolves(desk: Any) -> None:
    one, two = desk.closed_plain(2)
    world = desk.world
    third = desk.person("u-third", Role.SCAN_OPERATOR)
    for document, resolver in ((one, world.author), (two, third)):
        desk.loan(world.author, document.id)
        held = desk.loan(world.both, document.id, amount="1,000,001", branch="002")
        assert (held.waits, held.differing) == ("resolution", ("amount", "branch"))
        with pytest.raises(NotAllowedError, match="amount, branch"):
            desk.loan(world.both, document.id)
        done = desk.loan(resolver, document.id, branch="002")
        assert (done.waits, done.state) == ("", DocumentState.INDEXED)
        assert _values(done)["branch"] == "002"
    entered = list(world.journal.entries(tag="scan:document:entered"))
    assert [one.body["differing"] for one in entered][1] == ["amount", "branch"]


def test_changing_an_index_of_two_asks_both_again(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    world = desk.world
    desk.loan(world.author, document.id)
    desk.loan(world.both, document.id)
    changed = desk.loan(world.author, document.id, amount="2")
    assert (changed.waits, changed.fields) == ("second", ())
    assert desk.loan(world.both, document.id, amount="2").waits == ""


def test_nobody_reads_the_first_entry_but_under_the_key(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    desk.loan(desk.world.author, document.id)
    desk.world.db.engine.dispose()
    with sqlite3.connect(desk.world.folder / "scan.db") as plain:
        dump = "\n".join(plain.iterdump())
    for word in ("678901", "여신거래약정서"):
        assert word not in dump
        assert word.encode().hex() not in dump.lower()


def test_a_lossless_class_takes_no_jpeg(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    drawing: dict[str, Any] = {
        "title": "도면",
        "kind": "정밀 도면",
        "fields": {"drawing-number": "D-1"},
    }
    with pytest.raises(NotAllowedError, match="제35조"):
        desk.world.scan.index(desk.world.author, document.id, **drawing)


def test_a_lossless_class_takes_lossless_pages(desk: Any) -> None:
    page = desk.page(1, form="PNG")
    (document,) = desk.closed([page], lossless=True)
    made = desk.world.scan.index(
        desk.world.author,
        document.id,
        title="도면",
        kind="정밀 도면",
        fields={"drawing-number": "D-1"},
    )
    assert made.state is DocumentState.INDEXED


def test_only_registered_staff_index(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    stranger = desk.world.author.__class__(
        id="u-stranger", roles=frozenset({Role.SCAN_OPERATOR})
    )
    with pytest.raises(NotAllowedError, match="제9조"):
        desk.world.scan.index(stranger, document.id, title="x", kind="계약서")
    with pytest.raises(NotAllowedError):
        desk.world.scan.index(desk.world.courier, document.id, title="x", kind="계약서")


def test_index_waits_for_the_first_integrity_check(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    with desk.world.db.begin() as tx:
        tx.exec_driver_sql("UPDATE batch SET checked = ''")
    with pytest.raises(NotYetError, match="1차 무결성검증"):
        desk.plain(document.id)
    desk.world.scan.check_batch_integrity(desk.world.author, document.batch)
    assert desk.plain(document.id).state is DocumentState.INDEXED


def test_a_plain_scan_stands_under_no_registered_rules(desk: Any) -> None:
    (document,) = desk.closed_plain(1, service="plain")
    assert desk.plain(document.id).state is DocumentState.INDEXED


def test_a_passed_index_is_fixed(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    made = desk.plain(document.id)
    passed = desk.world.scan.pass_document(desk.world.inspector, document.id)
    assert passed.title == made.title
    with pytest.raises(ConflictError):
        desk.plain(document.id, "계약서 2")


def test_the_hidden_index_is_what_was_committed_to(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    assert open_index(_row(desk, document.id), b"") is None
    desk.plain(document.id)
    assert _row(desk, document.id).class_code == "contract"
    assert _row(desk, document.id).indexed_by == desk.world.author.id


def _row(desk: Any, document: str) -> Any:
    with desk.world.db.read() as tx:
        return tx.exec_driver_sql(
            "SELECT * FROM document WHERE id = ?", (document,)
        ).first()
