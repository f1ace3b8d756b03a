from __future__ import annotations

import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.vault.index import document_words, fold, matches, query_words
from paperless_kernel.vault.model import Metadata

LEASE = Metadata(
    name="a.pdf",
    title="주택 임대차 계약서",
    kind="계약서",
    keywords=("전세", "Seoul-2026"),
    description="보증금 3억 원",
)


def _found(text: str, kind: str | None = None) -> bool:
    held = set(document_words(LEASE))
    return set(query_words(text, kind)) <= held and matches(LEASE, text, kind)


def test_blanks_signs_and_case_do_not_matter() -> None:
    assert fold("근로 계약서 (사본)") == "근로계약서사본"
    assert fold("ＡＢＣ-１") == "abc1"


@pytest.mark.parametrize(
    "text", ["임대", "임대차계약", "차 계", "전세", "seoul", "주택 임대차 계약서"]
)
def test_words_of_two_syllables_and_more_are_found(text: str) -> None:
    assert _found(text)


@pytest.mark.parametrize("text", ["계약임대", "월세", "보증금", "서울"])
def test_other_words_are_not(text: str) -> None:
    assert not _found(text)


def test_pairs_that_stand_apart_do_not_deceive() -> None:
    metadata = Metadata(
        name="", title="가나다 x 나다라", kind="편지", keywords=(), description=""
    )
    assert set(query_words("가나다라", None)) <= set(document_words(metadata))
    assert not matches(metadata, "가나다라", None)


def test_the_type_narrows() -> None:
    assert _found("임대", "계약서")
    assert _found("", "계약서")
    assert not _found("임대", "영수증")


def test_one_syllable_finds_a_whole_value_only() -> None:
    one = Metadata(name="", title="표", kind="서식", keywords=(), description="")
    assert set(query_words("표", None)) <= set(document_words(one))
    assert matches(one, "표", None)
    assert not matches(LEASE, "주", None)


@pytest.mark.parametrize("text", ["", "  ", "!?"])
def test_nothing_to_look_for_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="Nothing to search"):
        query_words(text, None)


def test_the_description_makes_no_words() -> None:
    assert not any("보증".encode() in word for word in document_words(LEASE))
