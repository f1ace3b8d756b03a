from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from PIL import Image

from paperless_kernel.cli.scan.quality import COMMANDS

quality_profiles, target_page, target_test = COMMANDS


def test_the_profiles_are_listed_with_their_article() -> None:
    said = CliRunner().invoke(quality_profiles, ["--json"])
    found = {one["profile"]: one for one in json.loads(said.output)}
    assert found["medical"]["article"] == "제38조①"
    assert found["office-text"]["dpi"] == 203.2


def test_a_printed_target_page_measures_as_it_was_drawn(tmp_path: Path) -> None:
    page = str(tmp_path / "target.png")
    assert CliRunner().invoke(target_page, [page]).exit_code == 0
    said = CliRunner().invoke(target_test, [page, "--json"])
    assert said.exit_code == 0
    measured = json.loads(said.output)
    assert measured["verdict"] == "passed"
    assert measured["dpi_x"] == 3000


def test_another_page_is_refused(run: Callable[..., Any], tmp_path: Path) -> None:
    page = tmp_path / "blank.png"
    Image.new("L", (2480, 3508), 255).save(page)
    assert run("scan", "target-test", str(page)).exit_code != 0
