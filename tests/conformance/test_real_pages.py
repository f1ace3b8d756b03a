from __future__ import annotations

import io
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paperless_kernel.adapters.hotfolder import read_folder
from paperless_kernel.scan.capture.separators import read_separator
from paperless_kernel.scan.model import Measures, Service, Verdict
from paperless_kernel.scan.pictures.fax import decode_g4
from paperless_kernel.scan.pictures.normalise import Side, normalise
from paperless_kernel.scan.quality.checks import half_grey, judge, measure
from paperless_kernel.scan.quality.likeness import is_same, may_be_same
from paperless_kernel.scan.rules import ScanRules, parse_rules


@pytest.fixture(scope="module")
def rules(repository: Path) -> ScanRules:
    text = (repository / "data" / "rules" / "notice-2013-99.toml").read_text("utf-8")
    return parse_rules(tomllib.loads(text))


@pytest.fixture(scope="module")
def sides(shared: Path) -> dict[str, Side]:
    folder = read_folder(shared / "scans")
    assert folder.left_out == ("README.md",)
    return {file.name: normalise(file.read(), file.name)[0] for file in folder.pages}


@pytest.fixture(scope="module")
def greys(sides: dict[str, Side]) -> dict[str, np.ndarray]:
    return {name: half_grey(side) for name, side in sides.items()}


@pytest.fixture(scope="module")
def measures(
    sides: dict[str, Side], greys: dict[str, np.ndarray]
) -> dict[str, Measures]:
    return {name: measure(side, greys[name]) for name, side in sides.items()}


def test_all_fifteen_are_read(sides: dict[str, Side]) -> None:
    assert len(sides) == 15


def test_jpegs_and_single_strips_are_kept_byte_for_byte(
    shared: Path, sides: dict[str, Side]
) -> None:
    kept = 0
    for name, side in sides.items():
        if not side.coded.endswith("as scanned"):
            continue
        data = (shared / "scans" / name).read_bytes()
        assert side.data == data if side.kind == "jpeg" else side.data in data
        kept += 1
    assert kept == 9


def test_no_dot_of_a_fax_coded_page_is_lost(
    shared: Path, sides: dict[str, Side]
) -> None:
    for name, side in sides.items():
        if side.kind != "g4":
            continue
        with Image.open(io.BytesIO((shared / "scans" / name).read_bytes())) as image:
            wanted = np.asarray(image)
        got = np.asarray(decode_g4(side.data, side.width, side.height))
        assert (got == wanted).all(), name


def test_the_empty_sheet_alone_is_blank(
    measures: dict[str, Measures], rules: ScanRules
) -> None:
    blank = {n for n, m in measures.items() if judge(m, rules, Service.TRUSTED)[2]}
    assert blank == {"flatbed-empty.png"}


def test_no_real_page_is_called_blurred(
    measures: dict[str, Measures], rules: ScanRules
) -> None:
    for name, values in measures.items():
        _, findings, _ = judge(values, rules, Service.TRUSTED)
        assert "sharpness" not in {finding.check for finding in findings}, name


def test_only_the_page_of_too_few_dots_is_rejected(
    measures: dict[str, Measures], rules: ScanRules
) -> None:
    rejected = {
        name
        for name, values in measures.items()
        if judge(values, rules, Service.TRUSTED)[0] is Verdict.REJECT
    }
    assert rejected == {"wet-day.jpg"}  # 189 dpi


def test_no_two_real_pages_are_taken_for_one(
    measures: dict[str, Measures], greys: dict[str, np.ndarray]
) -> None:
    names = sorted(measures)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            if may_be_same(measures[one].likeness, measures[other].likeness):
                assert not is_same(greys[one], greys[other]), (one, other)


def test_no_real_page_is_a_separator(greys: dict[str, np.ndarray]) -> None:
    assert not any(read_separator(grey) for grey in greys.values())
