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
from paperless_kernel.scan.profiles import Profiles, parse_profiles
from paperless_kernel.scan.quality.checks import half_grey, measure
from paperless_kernel.scan.quality.likeness import is_same, may_be_same
from paperless_kernel.scan.quality.verdict import judge
from paperless_kernel.scan.rules import parse_rules


@pytest.fixture(scope="module")
def profiles(repository: Path) -> Profiles:
    folder = repository / "data" / "rules"
    rules = parse_rules(tomllib.loads((folder / "notice-2013-99.toml").read_text()))
    text = (folder / "quality-profiles.toml").read_text("utf-8")
    return parse_profiles(tomllib.loads(text), rules)


def profile_of(measures: Measures) -> str:
    return "fax" if measures.bilevel else "office-text"


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
    measures: dict[str, Measures], profiles: Profiles
) -> None:
    blank = {
        name
        for name, m in measures.items()
        if judge(m, profiles.of(profile_of(m)), Service.TRUSTED)[2]
    }
    assert blank == {"flatbed-empty.png"}


def test_each_real_page_is_judged_as_the_eye_judges_it(
    measures: dict[str, Measures], profiles: Profiles
) -> None:
    found = {}
    for name, values in measures.items():
        profile = profiles.of(profile_of(values))
        verdict, findings, _ = judge(values, profile, Service.TRUSTED)
        bad = {f.check for f in findings if f.verdict is not Verdict.PASS}
        found[name] = (verdict, bad)
    reject, hold, good = Verdict.REJECT, Verdict.HOLD, Verdict.PASS
    # No page is called blurred; what is held, a person sees too.
    assert found == {
        # dark old print without a stated resolution, its back showing
        "1555.003.jpg": (hold, {"resolution", "paper", "uneven", "through"}),
        # the photograph is cut by the left edge, specks along the border
        "8071_093.3B.tif": (hold, {"crop"}),
        "bois-2.tif": (good, set()),
        "bois-3.tif": (good, set()),
        "bois-4.tif": (good, set()),
        "bois-5.tif": (good, set()),
        # a black strip along the right edge
        "feyn.tif": (hold, {"streak"}),
        # a crumpled till receipt lying 7 degrees askew
        "flatbed-all-1.png": (hold, {"skew", "through"}),
        "flatbed-crop-1.png": (good, set()),
        "flatbed-empty.png": (good, set()),
        "flatbed-limit-contour-1.png": (good, set()),
        # the sheet's own edge is in the picture, as a row of dots
        "ortiz-02.tif": (hold, {"crop"}),
        "ortiz-03.tif": (good, set()),
        # a neighbouring page's column is cut at the right edge
        "pageseg1.tif": (hold, {"crop"}),
        # 189 dpi; a photograph on toned paper
        "wet-day.jpg": (reject, {"resolution", "uneven", "through"}),
    }


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
