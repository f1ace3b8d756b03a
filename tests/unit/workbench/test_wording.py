from __future__ import annotations

import datetime as dt

import pytest

from paperless_kernel.flows.snapshot import Figure, Unit
from paperless_kernel.workbench.places import texts
from paperless_kernel.workbench.wording import Wording, size


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (9_999, "9.9 kB"),
        (999_999, "999.9 kB"),
        (1_000_000, "1.0 MB"),
        (3_482_117, "3.4 MB"),
        (5 * 10**15, "5,000.0 TB"),
    ],
)
def test_sizes_are_decimal_and_never_rounded_up(count: int, shown: str) -> None:
    assert size(count) == shown


@pytest.mark.parametrize(
    ("unit", "korean", "english"),
    [
        (Unit.ITEM, "1,234건", "1,234"),
        (Unit.PAGE, "1,234면", "1,234"),
        (Unit.BOX, "1,234상자", "1,234"),
        (Unit.WON, "1,234원", "₩1,234"),
        (Unit.BYTES, "1.2 kB", "1.2 kB"),
    ],
)
def test_a_number_says_its_unit(unit: Unit, korean: str, english: str) -> None:
    figure = Figure(key="x", value=1234, unit=unit)

    assert Wording(texts(), "ko").number(figure) == korean
    assert Wording(texts(), "en").number(figure) == english


def test_a_span_leaves_out_what_is_zero() -> None:
    wording = Wording(texts(), "ko")

    assert wording.span(dt.timedelta(days=6, minutes=20)) == "6일 20분"
    assert wording.span(dt.timedelta(seconds=59)) == "1분 미만"
    assert wording.span(dt.timedelta(hours=-2)) == "2시간"


def test_an_unknown_language_becomes_korean() -> None:
    assert Wording(texts(), "<script>").lang == "ko"
