from __future__ import annotations

from typing import Any

import pytest

from paperless_kernel.base.errors import InputError, NotAllowedError, NotYetError
from paperless_kernel.scan.documents import DocumentState, FieldSource
from paperless_kernel.scan.inspection.model import ListRow, MatchState

ROWS = (
    ListRow(key="T-0001", title="입금 1", kind="전표", fields={"amount": "1,000"}),
    ListRow(key="T-0002", title="입금 2", kind="전표", keywords=("홍길동",)),
    ListRow(key="T-0003", title="입금 3", kind="전표", fields={"amount": "많음"}),
    ListRow(key="T-0009", title="다른 배치", kind="전표"),
)


def _states(matches: Any) -> list[MatchState]:
    return [one.state for one in matches]


def test_documents_are_indexed_from_the_list_by_their_code(desk: Any) -> None:
    pages = [desk.page(1, "T-0001"), desk.page(2), desk.page(3, "T-0003")]
    one, two, three = desk.closed(pages)
    scan, author = desk.world.scan, desk.world.author
    made = scan.match_list(author, one.batch, ROWS)
    assert _states(made) == [
        MatchState.INDEXED,
        MatchState.NO_KEY,
        MatchState.REFUSED,
    ]
    assert "whole number" in made[2].text
    first, _, _ = scan.documents(author, one.batch)
    assert first.title == "입금 1"
    sources = {field.code: field.source for field in first.fields}
    assert sources == {
        "amount": FieldSource.LIST,
        "slip-number": FieldSource.BARCODE,
    }
    again = scan.match_list(author, one.batch, ROWS, typed={two.id: "T-0002"})
    assert _states(again) == [MatchState.DONE, MatchState.INDEXED, MatchState.REFUSED]
    _, second, third = scan.documents(author, one.batch)
    assert (second.title, second.keywords) == ("입금 2", ("홍길동",))
    assert (third.id, third.state) == (three.id, DocumentState.CAPTURED)


def test_a_row_is_one_documents(desk: Any) -> None:
    one, _ = desk.closed([desk.page(1, "T-0001"), desk.page(2, "T-0001")])
    made = desk.world.scan.match_list(desk.world.author, one.batch, ROWS)
    assert _states(made) == [MatchState.INDEXED, MatchState.SEVERAL]
    assert made[1].text == "document 1 has it too"


def test_a_row_is_one_of_two_peoples_entries(desk: Any) -> None:
    (one,) = desk.closed([desk.page(1, "L-1")])
    fields = {
        "loan-number": "123-45-678901",
        "branch": "001",
        "agreed-on": "2026-11-20",
        "amount": "1000",
    }
    row = ListRow(key="L-1", title="약정", kind="loan-agreement", fields=fields)
    scan = desk.world.scan
    (made,) = scan.match_list(desk.world.author, one.batch, [row])
    assert made.state is MatchState.WAITS
    typed = scan.index(
        desk.world.both, one.id, title="약정", kind="loan-agreement", fields=fields
    )
    assert typed.state is DocumentState.INDEXED


def test_keys_and_documents_that_are_not_there_are_refused(desk: Any) -> None:
    (one,) = desk.closed_plain(1)
    scan, author = desk.world.scan, desk.world.author
    with pytest.raises(InputError, match="no row"):
        scan.match_list(author, one.batch, ROWS, typed={one.id: "T-7"})
    with pytest.raises(InputError, match="no document"):
        scan.match_list(author, one.batch, ROWS, typed={"2.25.1": "T-0001"})
    with pytest.raises(NotAllowedError):
        scan.match_list(desk.world.courier, one.batch, ROWS)


def test_a_batch_that_is_being_scanned_is_not_matched(desk: Any) -> None:
    (page,) = desk.world.captured([desk.page(1, "T-0001")])
    with pytest.raises(NotYetError):
        desk.world.scan.match_list(desk.world.author, page.batch, ROWS)
