from __future__ import annotations

import pytest

from paperless_kernel.base.errors import InputError, NotFoundError
from paperless_kernel.base.texts import Texts, disagreements, parse_texts

KO = 'hello = "안녕 {name}"\n[card]\ntitle = "제목"\n'
EN = 'hello = "Hello {name}"\n[card]\ntitle = "Title"\n'


def test_nested_tables_become_dotted_keys_and_placeholders_are_filled() -> None:
    texts = parse_texts({"ko": KO, "en": EN})

    assert texts.t("card.title", "ko") == "제목"
    assert texts.t("hello", "en", name="Kim") == "Hello Kim"
    assert texts.languages == ("ko", "en")
    assert texts.has("card.title")
    assert not texts.has("card.words")


def test_an_unknown_language_falls_back_to_the_first() -> None:
    texts = parse_texts({"ko": KO, "en": EN})

    assert texts.language("en") == "en"
    assert texts.language("fr") == "ko"


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(NotFoundError, match="'nowhere'"):
        parse_texts({"ko": KO}).t("nowhere", "ko")


def test_a_missing_key_is_refused_and_named() -> None:
    with pytest.raises(InputError, match=r"card\.title is missing in en"):
        parse_texts({"ko": KO, "en": 'hello = "{name}"'})


def test_other_placeholders_are_refused() -> None:
    assert disagreements({"ko": {"a": "{n}"}, "en": {"a": "{m}"}}) == (
        "a has other placeholders in each language",
    )
    assert disagreements({"ko": {"a": "{n}"}, "en": {"a": "of {n}"}}) == ()


@pytest.mark.parametrize("broken", ["a = ", "a = 3", "[a]\nb = [1]"])
def test_what_is_no_table_of_texts_is_refused(broken: str) -> None:
    with pytest.raises(InputError):
        parse_texts({"ko": broken})


def test_a_text_without_values_keeps_its_braces() -> None:
    assert Texts({"ko": {"a": "{n}"}}).t("a", "ko") == "{n}"
