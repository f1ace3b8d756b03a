from __future__ import annotations

import datetime as dt
from typing import Any

from paperless_kernel.scan.classes import Classes
from paperless_kernel.scan.documents import Region
from paperless_kernel.scan.inspection.model import Suggestion, Word
from paperless_kernel.scan.inspection.suggest import ReadPage, suggest

TODAY = dt.date(2026, 11, 23)


def _page(*lines: str, confidence: int = 90) -> ReadPage:
    """Words 10 px a letter, lines 40 px apart; two blanks make a wide gap."""
    words = []
    for number, line in enumerate(lines):
        left = 100
        for part in line.split(" "):
            if not part:
                left += 200
                continue
            words.append(
                Word(
                    text=part,
                    confidence=confidence,
                    line=number,
                    region=Region(
                        left=left, top=40 * number, width=10 * len(part), height=20
                    ),
                )
            )
            left += 10 * len(part) + 10
    return ReadPage(page="p1", position=1, words=tuple(words))


def _found(classes: Classes, kind: str, *pages: ReadPage) -> dict[str, Suggestion]:
    known = classes.of(kind)
    assert known is not None
    return {one.code: one for one in suggest(known, pages, today=TODAY)}


def test_values_stand_right_of_their_labels(classes: Classes) -> None:
    page = _page(
        "임 대 차 계 약 서",
        "계약번호 : 2026-한울-7",
        "계약일자: 2026년 3월 5일",
        "보증금 금 1,200,000 원정  잔금 7",
        "사업자등록번호 124 - 81 - 00998",
    )
    found = _found(classes, "계약서", page)
    values = {code: one.value for code, one in found.items()}
    assert values == {
        "contract-number": "2026-한울-7",
        "contract-date": "2026-03-05",
        "amount": "1200000",
        "business-number": "124-81-00998",
    }
    day = found["contract-date"]
    assert (day.confidence, day.page, day.region.top) == (90, "p1", 80)
    assert day.doubt == ""


def test_a_value_may_stand_below_its_label(classes: Classes) -> None:
    page = _page("영수증", "합계  공급가액", "35,000  31,818", "거래일", "2026-11-20")
    found = _found(classes, "영수증", page)
    assert (found["amount"].value, found["paid-on"].value) == ("35000", "2026-11-20")


def test_split_labels_are_found_and_free_text_ends_at_a_gap(classes: Classes) -> None:
    page = _page("계 약 상 대 방 주식회사 한울  대표 홍길동")
    found = _found(classes, "계약서", page)
    assert found["party"].value == "주식회사 한울"


def test_what_speaks_against_a_reading_is_said(classes: Classes) -> None:
    page = _page("사업자등록번호 124-81-00999", "계약일 2036-01-01")
    found = _found(classes, "계약서", page)
    assert "check digit" in found["business-number"].doubt
    assert "ahead" in found["contract-date"].doubt


def test_the_place_without_doubt_wins_then_the_surest(classes: Classes) -> None:
    doubtful = _page("계약일 2036-01-01", confidence=99)
    poor = _page("계약일 2026-01-01", confidence=40)
    good = _page("계약일 2026-01-02", confidence=80)
    found = _found(classes, "계약서", doubtful, poor, good)
    assert found["contract-date"].value == "2026-01-02"


def test_nothing_is_suggested_where_nothing_stands(classes: Classes) -> None:
    assert _found(classes, "계약서", _page()) == {}
    assert _found(classes, "계약서", _page("아무 말", "계약일", "미정")) == {}
    empty: Any = ReadPage(page="p", position=1, words=())
    assert _found(classes, "문서", empty) == {}
