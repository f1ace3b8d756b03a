from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.model import Process
from paperless_kernel.scan.people.model import (
    CheckKind,
    InspectionMode,
    WorkingDay,
)
from paperless_kernel.scan.people.regulation import parse_regulation, regulation_data

CONTENTS = 21


@pytest.fixture
def data(repository: Path) -> dict[str, Any]:
    file = repository / "data" / "rules" / "regulation-trial.toml"
    return tomllib.loads(file.read_text("utf-8"))


def test_the_trial_rules_are_whole(data: dict[str, Any]) -> None:
    made = parse_regulation(data, CONTENTS)
    assert (made.number, made.processes) == ("TRIAL-1", (Process.CENTRAL,))
    assert made.effective_from == dt.date(2026, 1, 2)
    assert len(made.contents) == CONTENTS
    assert made.inspection is InspectionMode.FULL
    assert made.load_working_day is WorkingDay.INSPECTED
    assert made.education_year_from == (1, 1)
    assert made.keep_paper == ()
    assert (CheckKind.CCTV, 3) in made.check_months


def test_what_is_written_reads_the_same(data: dict[str, Any]) -> None:
    data["values"]["keep_paper"] = ["gmp-batch"]
    made = parse_regulation(data, CONTENTS)
    again = json.loads(json.dumps(regulation_data(made)))
    assert parse_regulation(again, CONTENTS) == made
    bare = parse_regulation(data | {"values": {}, "checks": {}}, CONTENTS)
    assert bare.load_period_days is None
    again = json.loads(json.dumps(regulation_data(bare)))
    assert parse_regulation(again, CONTENTS) == bare


@pytest.mark.parametrize("missing", ["number", "registered_on", "process", "contents"])
def test_a_missing_part_is_refused(data: dict[str, Any], missing: str) -> None:
    del data[missing]
    with pytest.raises(InputError):
        parse_regulation(data, CONTENTS)


def test_every_mandatory_content_is_confirmed(data: dict[str, Any]) -> None:
    data["contents"]["7"] = "  "
    del data["contents"]["21"]
    with pytest.raises(InputError, match=r"21 mandatory.*제6조.*: 7, 21"):
        parse_regulation(data, CONTENTS)


def test_it_is_not_in_force_before_its_registration(data: dict[str, Any]) -> None:
    data["effective_from"] = dt.date(2026, 1, 1)
    with pytest.raises(InputError, match="제6조"):
        parse_regulation(data, CONTENTS)


def test_cameras_are_waived_in_a_distributed_process_only(
    data: dict[str, Any],
) -> None:
    data["values"]["cctv_waiver"] = "창구에 직원이 늘 있다"
    with pytest.raises(InputError, match="제4조④"):
        parse_regulation(data, CONTENTS)
    made = parse_regulation(data | {"process": "distributed"}, CONTENTS)
    assert made.cctv_waiver == "창구에 직원이 늘 있다"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("inspection", "some"),
        ("sampling_level", "IV"),
        ("sampling_aql", 0.65),
        ("load_period_days", 0),
        ("load_period_days", True),
        ("load_working_day", "monday"),
        ("longest_gap_seconds", -1),
        ("keep_paper", "all"),
        ("keep_paper", [1]),
        ("education_year_from", "02-29"),
        ("education_year_from", "13-01"),
        ("education_grace_days", 1.5),
        ("aql", "0.65"),
    ],
)
def test_values_are_read_strictly(
    data: dict[str, Any], name: str, value: object
) -> None:
    data["values"][name] = value
    with pytest.raises(InputError, match=name):
        parse_regulation(data, CONTENTS)


def test_rules_cover_one_process_or_both(data: dict[str, Any]) -> None:
    both = data | {"process": ["central", "distributed"]}
    assert parse_regulation(both, CONTENTS).processes == tuple(Process)
    for wrong in ([], ["central", "central"], "some", None):
        with pytest.raises(InputError, match="process"):
            parse_regulation(data | {"process": wrong}, CONTENTS)


@pytest.mark.parametrize("where", ["", "contents", "checks"])
def test_unknown_names_are_refused(data: dict[str, Any], where: str) -> None:
    (data[where] if where else data)["surprise"] = 1
    with pytest.raises(InputError, match=r"surprise|checks"):
        parse_regulation(data, CONTENTS)
