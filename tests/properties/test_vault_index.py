"""What is deposited under a word is found by any part of it, and by nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paperless_kernel.vault.index import document_words, fold, matches, query_words
from paperless_kernel.vault.model import Metadata

SYLLABLES = st.text("가나다라마바사아자차 ABCabc-12", min_size=0, max_size=12)


def _metadata(title: str, keywords: list[str]) -> Metadata:
    return Metadata(
        name="", title=title, kind="문서", keywords=tuple(keywords), description=""
    )


@given(
    SYLLABLES, st.lists(SYLLABLES, max_size=3), st.integers(0, 11), st.integers(2, 9)
)
def test_any_piece_of_two_or_more_is_found(
    title: str, keywords: list[str], start: int, length: int
) -> None:
    metadata = _metadata(title, keywords)
    piece = fold(title)[start : start + length]
    if len(piece) >= 2:
        assert set(query_words(piece, None)) <= set(document_words(metadata))
        assert matches(metadata, piece, None)


@given(SYLLABLES, st.lists(SYLLABLES, max_size=3), SYLLABLES)
def test_what_matches_is_among_the_candidates(
    title: str, keywords: list[str], text: str
) -> None:
    metadata = _metadata(title, keywords)
    if fold(text) and matches(metadata, text, None):
        assert set(query_words(text, None)) <= set(document_words(metadata))


@given(st.text("가각ㄱ각Aa１Ⅳé-_ .\u0301", max_size=20))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
