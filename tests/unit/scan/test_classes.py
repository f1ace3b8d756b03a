from __future__ import annotations

from typing import Any

import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.classes import (
    Classes,
    FieldKind,
    PaperRule,
    add_classes,
    parse_classes,
)

PAPER = {rule.value: {"text": "왜", "source": "제1조"} for rule in PaperRule}


def _parsed(**classes: Any) -> Classes:
    return parse_classes({"version": "v", "paper": PAPER, "class": classes})


def test_every_shipped_class_is_found_by_name_and_code(classes: Classes) -> None:
    for one in classes:
        assert classes.of(one.name) is one
        assert classes.of(one.code) is one
    assert classes.of("아무 문서") is None
    jobs = {one.job for one in classes}
    assert {"여신", "수신", "전표", "계약", "영수증", "GMP"} <= jobs


def test_every_paper_rule_is_used_and_names_its_article(classes: Classes) -> None:
    assert {one.paper for one in classes} == set(PaperRule)
    for rule in PaperRule:
        assert "조" in classes.terms(rule).source
    mortgage = classes.of("근저당권설정계약서")
    assert mortgage is not None
    assert mortgage.paper is PaperRule.REGISTRABLE_CONTRACT


def test_some_classes_want_two_people_and_some_forbid_loss(classes: Classes) -> None:
    assert {one.code for one in classes if one.lossless} == {
        "medical-image",
        "precision-drawing",
    }
    loan = classes.of("loan-agreement")
    assert loan is not None
    assert loan.twice
    field = loan.field("business-number")
    assert field is not None
    assert field.kind is FieldKind.BUSINESS_NUMBER
    assert loan.field("nothing") is None


def test_a_class_is_read() -> None:
    made = _parsed(slip={"name": "전표", "job": "전표"})
    (one,) = made
    assert (one.path, one.paper, one.fields) == (
        ("전표", "전표"),
        PaperRule.ORDINARY,
        (),
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"job": "x"}, "name is missing"),
        ({"name": "x", "job": "x", "colour": 1}, "colour means nothing"),
        ({"name": "x", "job": "x", "paper": "gold"}, "gold is none of"),
        ({"name": "x", "job": "x", "twice": 1}, "true or false"),
        ({"name": "x", "job": "x", "field": [{"code": "A"}]}, "kind is missing"),
        (
            {
                "name": "x",
                "job": "x",
                "field": [{"code": "A", "label": "a", "kind": "text"}],
            },
            "small Latin",
        ),
        (
            {
                "name": "x",
                "job": "x",
                "field": [{"code": "aa", "label": "a", "kind": "code"}],
            },
            "needs a pattern",
        ),
        (
            {
                "name": "x",
                "job": "x",
                "field": [{"code": "aa", "label": "a", "kind": "text", "pattern": "("}],
            },
            "pattern is wrong",
        ),
        (
            {
                "name": "x",
                "job": "x",
                "field": [{"code": "aa", "label": "a", "kind": "date", "after": "bb"}],
            },
            "no date",
        ),
        (
            {
                "name": "x",
                "job": "x",
                "field": [{"code": "aa", "label": "a", "kind": "text"}] * 2,
            },
            "same code",
        ),
        (
            {
                "name": "x",
                "job": "x",
                "field": [
                    {"code": "aa", "label": "a", "kind": "text", "accept_at": 101}
                ],
            },
            "percentage",
        ),
    ],
)
def test_a_wrong_class_is_refused(row: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        _parsed(one=row)


def test_names_codes_versions_and_articles_are_needed_once() -> None:
    with pytest.raises(InputError, match="twice"):
        _parsed(one={"name": "x", "job": "x"}, two={"name": "x", "job": "x"})
    with pytest.raises(InputError, match="version"):
        parse_classes({"paper": PAPER})
    with pytest.raises(InputError, match=r"paper\.gmp"):
        parse_classes({"version": "v", "paper": PAPER | {"gmp": {"text": "x"}}})


def test_an_office_adds_and_replaces_classes_and_words_no_law() -> None:
    row = {"name": "전표", "job": "전표"}
    ours = {"version": "v", "paper": PAPER, "class": {"slip": row}}
    own = {
        "version": "w",
        "class": {"slip": row | {"job": "창구"}, "own": row | {"name": "자체"}},
    }
    made = parse_classes(add_classes(ours, own))
    assert made.version == "v+w"
    assert [(one.name, one.job) for one in made] == [("전표", "창구"), ("자체", "전표")]
    assert parse_classes(add_classes(ours, {})).version == "v"
    for wrong in ({"class": {}}, own | {"paper": PAPER}):
        with pytest.raises(InputError, match="own document-classes"):
            add_classes(ours, wrong)
