from __future__ import annotations

import copy
import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.base.ids import Role
from paperless_kernel.scan.duties import DutyBook, parse_duties


@pytest.fixture
def data(repository: Path) -> dict[str, Any]:
    text = (repository / "data" / "rules" / "notice-2013-99.toml").read_text("utf-8")
    return tomllib.loads(text)


def test_every_duty_names_its_article(data: dict[str, Any]) -> None:
    made = parse_duties(data)
    assert made.version == "notice-2013-99"
    assert made.sheets_per_inspector_day == 7000
    assert made.articles["sheets_per_inspector_day"] == "제47조⑥"
    assert made.education_hours(Role.SCAN_INSPECTOR) == 12
    assert set(made.articles) == set(made.sources) == set(data["duties"])
    with pytest.raises(InputError, match="courier"):
        made.education_hours(Role.COURIER)


@pytest.mark.parametrize("part", ["value", "article", "source"])
def test_a_duty_without_a_part_is_refused(data: dict[str, Any], part: str) -> None:
    del data["duties"]["log_years"][part]
    with pytest.raises(InputError, match=r"duties\.log_years"):
        parse_duties(data)


@pytest.mark.parametrize("value", [True, 0, -1, "5", 5.0])
def test_a_duty_is_a_whole_number(data: dict[str, Any], value: object) -> None:
    data["duties"]["log_years"]["value"] = value
    with pytest.raises(InputError, match=r"duties\.log_years"):
        parse_duties(data)


def test_unknown_duties_and_parts_are_refused(data: dict[str, Any]) -> None:
    more = copy.deepcopy(data)
    more["duties"]["log_years"]["unit"] = "years"
    with pytest.raises(InputError, match="log_years"):
        parse_duties(more)
    data["duties"]["surprise"] = {"value": 1, "article": "a", "source": "b"}
    with pytest.raises(InputError, match="surprise"):
        parse_duties(data)


@pytest.mark.parametrize("name", ["version", "effective_from"])
def test_a_rule_set_has_a_name_and_a_first_day(data: dict[str, Any], name: str) -> None:
    del data[name]
    with pytest.raises(InputError, match=name):
        parse_duties(data)


def test_the_day_decides_which_version_holds(data: dict[str, Any]) -> None:
    old = parse_duties(data)
    new = parse_duties(
        data | {"version": "later", "effective_from": dt.date(2027, 1, 1)}
    )
    book = DutyBook.of([new, old])
    assert book.on(dt.date(2026, 12, 31)) is old
    assert book.on(dt.date(2027, 1, 1)) is new
    with pytest.raises(InputError, match="2013-08-20"):
        book.on(dt.date(2013, 8, 20))
    with pytest.raises(InputError, match="effective_from"):
        DutyBook.of([old, old])
    with pytest.raises(InputError):
        DutyBook.of([])
