from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.profiles import Profiles
from paperless_kernel.scan.quality.target import (
    judge_target,
    measure_target,
    target_page,
)


@pytest.fixture(scope="module")
def chart() -> Any:
    with Image.open(io.BytesIO(target_page())) as page:
        return np.asarray(page.convert("L"))


def scanned(
    chart: Any, *, turned: float = 0.4, blur: float = 0.7, gain: float = 0.9
) -> Any:
    height, width = chart.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -turned, 1)
    page = cv2.warpAffine(chart, turn, (width, height), borderValue=255)
    page = cv2.GaussianBlur(page, (0, 0), blur) * gain + 20
    noise = np.random.default_rng(1).normal(0, 2, page.shape)
    return np.clip(page + noise, 0, 255).astype(np.uint8)


def test_a_good_scanner_passes(chart: Any, profiles: Profiles) -> None:
    measures = measure_target(scanned(chart))
    assert measures.dpi_x == pytest.approx(3000, abs=5)
    assert measures.dpi_y == pytest.approx(3000, abs=5)
    assert measures.skew == pytest.approx(40, abs=3)
    assert measures.linearity <= 3
    assert measures.noise == pytest.approx(150, abs=40)  # turning it back smooths
    assert measures.lines_20 > measures.lines_40
    assert judge_target(measures, profiles.target) == ()


@pytest.mark.parametrize(
    ("spoilt", "name"),
    [({"turned": 3.0}, "skew"), ({"blur": 4.0}, "lines_20"), ({"gain": 0.4}, "white")],
)
def test_a_poor_scanner_fails_and_hears_why(
    chart: Any, profiles: Profiles, spoilt: dict[str, float], name: str
) -> None:
    short = judge_target(measure_target(scanned(chart, **spoilt)), profiles.target)
    assert any(one.startswith(name) for one in short)


def test_the_true_resolution_is_read_from_the_marks(
    chart: Any, profiles: Profiles
) -> None:
    small = cv2.resize(chart, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    measures = measure_target(small)
    short = judge_target(measures, profiles.target)
    assert measures.dpi_x == pytest.approx(1500, abs=5)
    assert any(one.startswith("dpi_x") for one in short)


def test_another_page_is_no_target(draw: Any) -> None:
    with pytest.raises(InputError, match="corner marks"):
        measure_target(draw.drawn())
