from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from paperless_kernel.base.clock import SystemClock, kst_date
from paperless_kernel.base.ids import Role
from paperless_kernel.config import Settings
from paperless_kernel.office import FOUNDER, open_office
from paperless_kernel.scan.quality.target import target_page

PASSWORD = "long enough"
ADMIN = ("--login", "admin")
DAYS = ("--id-checked", "2026-01-05", "--pledge", "2026-01-05", "--since", "2026-01-05")

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def people(home: Path) -> None:
    secret = home.with_name("passphrase").read_bytes
    with open_office(Settings(home=str(home)), passphrase=secret) as office:
        for login, role in (
            ("operator", Role.SCAN_OPERATOR),
            ("inspector", Role.SCAN_INSPECTOR),
        ):
            office.access.add_user(
                FOUNDER,
                login=login,
                name="사람",
                roles=frozenset({role}),
                password=PASSWORD,
            )


@pytest.fixture
def trial(repository: Path) -> Path:
    return repository / "data" / "rules" / "regulation-trial.toml"


def test_people_are_appointed_educated_and_listed(
    people: None, run: Run, rows: Run, trial: Path
) -> None:
    made = rows("scan", "regulation", str(trial), *ADMIN)
    assert (made["number"], made["contents"]) == ("TRIAL-1", 21)
    assert rows("scan", "regulation", str(trial), *ADMIN) == made
    assert rows("scan", "regulation", *ADMIN) == [made]

    role = ("--role", "scan-operator")
    assert rows("scan", "appoint", "operator", *role, *DAYS, *ADMIN)["role"] == role[1]
    (line,) = rows("scan", "staff", *ADMIN)
    assert line["may work until"] == "lapsed (제13조)"
    today = kst_date(SystemClock().now())
    course = ("--course", "교육", "--on", str(today), "--hours", "6")
    rows("scan", "educate", "operator", *course, *ADMIN)
    (line,) = rows("scan", "staff", *ADMIN)
    assert (line["person"], line["hours"]) == ("operator", "6 of 6")
    assert line["may work until"] == f"{today.year}-12-31"

    second = run(
        "scan", "appoint", "operator", "--role", "scan-inspector", *DAYS, *ADMIN
    )
    assert second.exit_code == 7
    assert "제45조②" in second.output
    stranger = run("scan", "appoint", "nobody", *role, *DAYS, *ADMIN)
    assert stranger.exit_code == 5
    other = ("--login", "operator")
    refused = run("scan", "appoint", "inspector", *role, *DAYS, *other)
    assert refused.exit_code == 7

    (load,) = rows("scan", "load", "operator", *ADMIN)
    assert (load["sheets"], load["left today"]) == (0, 7000)
    ended = rows("scan", "end-role", "operator", *role, *ADMIN)
    (line,) = rows("scan", "staff", *ADMIN)
    assert line["ended"] == ended["ended"]
    assert line["papers until"]


def test_rules_that_are_not_whole_are_refused(
    run: Run, tmp_path: Path, trial: Path
) -> None:
    text = trial.read_text("utf-8")
    assert tomllib.loads(text)
    file = tmp_path / "rules.toml"
    for spoiled in (text.replace("21 = ", "# "), "number = ", text + "\nextra = 1\n"):
        file.write_text(spoiled, "utf-8")
        result = run("scan", "regulation", str(file), *ADMIN)
        assert result.exit_code == 3, result.output


def test_scanners_are_registered_and_tested(
    run: Run, rows: Run, tmp_path: Path
) -> None:
    (made,) = rows("scan", "device", "SC-1", "--model", "M", "--serial", "1", *ADMIN)
    assert made["tested until"] == "not tested"
    test = ("scan", "device-test", "SC-1", "--passed")
    shown = rows(*test, "--value", "dpi=300", *ADMIN)
    assert (shown["passed"], shown["dpi"]) == (True, 300)
    again = ("scan", "device-test", "SC-1", "--failed", "--value", "dpi=300")
    assert rows(*again, *ADMIN)["passed"] is False
    (made,) = rows("scan", "device", *ADMIN)
    assert made["tested until"] == "not tested"
    rows(*test, "--value", "dpi=301", *ADMIN)
    (made,) = rows("scan", "device", *ADMIN)
    assert made["tested until"] != "not tested"
    for wrong in ("dpi", "dpi=x", "dpi=--3"):
        result = run(*test, "--value", wrong, "--key", wrong, *ADMIN)
        assert result.exit_code == 3, result.output
    assert run(*test[:3], "--value", "dpi=1", *ADMIN).exit_code == 3
    picture = tmp_path / "target.png"
    Image.new("L", (2480, 3508), 40).save(picture, dpi=(300, 300))
    assert run(*test, "--page", str(picture), *ADMIN).exit_code == 3
    picture.write_bytes(target_page())
    shown = rows(*test, "--page", str(picture), *ADMIN)
    assert shown["passed"] is True
    assert abs(shown["dpi_x"] - 3000) < 20
    assert shown["note"] == ""
    (made,) = rows("scan", "device", "SC-1", "--retire", *ADMIN)
    assert made["retired"]


def test_checks_and_readiness(run: Run, rows: Run) -> None:
    made = rows("scan", "check", "cctv", "--good", "1번", "--bad", "2번=꺼짐", *ADMIN)
    assert (made["good"], made["bad"]) == (False, ["2번: 꺼짐"])
    shown = rows("scan", "check", "displays", "--display", "a:350:250:24", *ADMIN)
    assert shown["good"]
    for wrong in ("a:350:250", "a:b:250:24"):
        result = run("scan", "check", "displays", "--display", wrong, *ADMIN)
        assert result.exit_code == 3, result.output
    due = {row["check"]: row for row in rows("scan", "check", *ADMIN)}
    assert due["cctv"]["last"] == made["on"]
    missing = rows("scan", "readiness", "--missing", *ADMIN)
    assert {"area", "item", "done", "to do", "article"} == set(missing[0])
    whole = rows("scan", "readiness", *ADMIN)
    assert len(whole) > len(missing)
