from __future__ import annotations

from typing import Any

import pytest

from paperless_kernel.base.errors import InputError, NotAllowedError


def test_the_fields_of_a_class_become_a_table(desk: Any) -> None:
    one, two, three = desk.closed([desk.page(1, "T-1234"), desk.page(2), desk.page(3)])
    scan, author = desk.world.scan, desk.world.author
    scan.index(author, one.id, title="입금", kind="slip", fields={"amount": "1,000원"})
    desk.plain(two.id)
    table = scan.data(author, [one.batch], kind="전표")
    assert table.name == "slip"
    assert len(table.rows) == 1
    row = dict(zip(table.columns, table.rows[0], strict=True))
    kinds = dict(zip(table.columns, table.kinds, strict=True))
    assert (row["document"], row["number"], row["title"]) == (one.id, 1, "입금")
    assert (row["amount"], row["amount-source"], kinds["amount"]) == (
        1000,
        "person",
        "integer",
    )
    assert (row["slip-number"], row["slip-number-source"]) == ("T-1234", "barcode")
    assert (row["slip-number-confidence"], row["slip-number-page"]) == (100, 1)
    left, top, width, height = map(int, str(row["slip-number-region"]).split(","))
    assert 0 < left < left + width <= 620
    assert 0 <= top < top + height <= 120
    assert row["made-on"] is None
    assert kinds["made-on"] == "date"
    assert three.state.value == "captured"


def test_what_is_no_class_and_who_may_not_look(desk: Any) -> None:
    (document,) = desk.closed_plain(1)
    with pytest.raises(InputError, match="no document class"):
        desk.world.scan.data(desk.world.author, [document.batch], kind="아무것")
    with pytest.raises(NotAllowedError):
        desk.world.scan.data(desk.world.courier, [document.batch], kind="전표")
