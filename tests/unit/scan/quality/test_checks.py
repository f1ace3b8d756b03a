from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from paperless_kernel.scan.model import Measures
from paperless_kernel.scan.pictures.normalise import normalise
from paperless_kernel.scan.quality.checks import half_grey, measure
from paperless_kernel.scan.quality.skew import skew_of

A4 = (2480, 3508)


def measured(data: bytes) -> Measures:
    (side,) = normalise(data)
    return measure(side, half_grey(side))


@pytest.fixture(scope="module")
def page(draw: Any) -> Any:
    return draw.drawn(size=A4)


@pytest.fixture(scope="module")
def good(draw: Any, page: Any) -> Measures:
    return measured(draw.encoded(page, quality=80))


def test_a_good_page_has_none_of_the_marks(good: Measures) -> None:
    assert good.sharpness > 600
    assert good.crop == good.washed == 0
    assert max(good.streak, good.fold) <= 2
    assert good.through <= 5
    assert good.uneven <= 5


def test_the_same_bytes_give_the_same_measures(draw: Any, page: Any) -> None:
    data = draw.encoded(page)
    assert measured(data) == measured(data)


def test_blur_lowers_sharpness(draw: Any, page: Any, good: Measures) -> None:
    soft = measured(draw.encoded(cv2.GaussianBlur(page, (0, 0), 0.9)))
    blurred = measured(draw.encoded(cv2.GaussianBlur(page, (0, 0), 5)))
    assert blurred.sharpness < 370
    assert 430 < soft.sharpness <= good.sharpness + 50


def test_a_streak_is_a_line_from_edge_to_edge_and_a_form_line_is_none(
    draw: Any, page: Any
) -> None:
    dirty, ruled = page.copy(), page.copy()
    dirty[:, 1200:1204] -= 60
    ruled[300:3100, 1200:1204] = 20
    assert measured(draw.encoded(dirty)).streak > 12
    assert measured(draw.encoded(ruled)).streak <= 3


def test_a_crease_reaches_the_edges_and_a_rule_does_not(draw: Any, page: Any) -> None:
    creased, ruled = page.copy(), page.copy()
    cv2.line(creased, (-1, 1800), (A4[0], 1840), 150, 6)
    ruled[1800:1806, 250:2230] = 20
    assert measured(draw.encoded(creased)).fold > 12
    assert measured(draw.encoded(ruled)).fold <= 5


def test_a_turned_over_corner_is_a_fold(draw: Any, page: Any) -> None:
    folded = page.copy()
    cv2.fillConvexPoly(folded, np.array([(0, 0), (420, 0), (0, 420)]), 120)
    assert measured(draw.encoded(folded)).fold > 60


def test_text_running_off_an_edge_is_counted(
    draw: Any, page: Any, good: Measures
) -> None:
    cut = np.full_like(page, 245)
    cut[:, :-700] = page[:, 700:]
    assert good.crop == 0
    assert measured(draw.encoded(cut)).crop >= 4


def test_what_shows_through_is_told_from_what_is_written(
    draw: Any, page: Any, good: Measures
) -> None:
    behind = cv2.GaussianBlur(draw.drawn(9, size=A4)[:, ::-1], (0, 0), 8)
    faint = page - ((255 - behind) * 0.15).astype(np.uint8)
    assert measured(draw.encoded(faint)).through > 20 > good.through


def test_light_that_falls_off_is_uneven(draw: Any, page: Any) -> None:
    ramp = np.linspace(1, 0.65, A4[0])
    assert measured(draw.encoded((page * ramp).astype(np.uint8))).uneven > 40


def test_grain_is_noise(draw: Any, page: Any, good: Measures) -> None:
    grain = np.random.default_rng(1).normal(0, 15, page.shape)
    noisy = np.clip(page + grain, 0, 255).astype(np.uint8)
    assert measured(draw.encoded(noisy)).noise > 400 > 2 * good.noise


def test_over_exposure_burns_paper_and_lifts_ink(draw: Any, page: Any) -> None:
    white = cv2.convertScaleAbs(page, alpha=1.05)  # paper burnt, ink still black
    over = cv2.convertScaleAbs(page, alpha=1.1, beta=90)
    assert measured(draw.encoded(white)).washed < 60
    assert measured(draw.encoded(over)).washed > 60


def test_a_thin_faint_line_on_a_large_page_is_ink(draw: Any) -> None:
    page = draw.blank(size=A4)
    for left in range(500, 1900, 24):  # strokes of three pixels, half as dark as ink
        page[1700:1730, left : left + 3] = 150
    assert measured(draw.encoded(page)).ink > 250


def test_lone_dots_on_a_black_and_white_page_are_no_ink(draw: Any) -> None:
    page = np.full((3508, 2480), 255, np.uint8)
    page[100:3400:80, 100:2400:70] = 0
    assert measured(draw.encoded(page, "PNG", mode="1")).ink <= 250


@pytest.mark.parametrize("size", [(2480, 3508), (2479, 3507), (1240, 1754)])
@pytest.mark.parametrize("mode", ["RGB", "1"])
def test_a_large_page_is_measured_at_half_scale_whatever_its_coding(
    draw: Any, size: tuple[int, int], mode: str
) -> None:
    page = np.full((size[1], size[0]), 255, np.uint8)
    form = "JPEG" if mode == "RGB" else "PNG"
    (side,) = normalise(draw.encoded(page, form, mode=mode))
    height, width = half_grey(side).shape
    assert abs(width - 1240) <= 1
    assert abs(height - 1754) <= 1


@pytest.mark.parametrize("angle", [-5.0, -1.2, -0.3, 0.0, 0.4, 2.5, 6.0, 11.0])
def test_skew_is_found_within_a_tenth_of_a_degree(draw: Any, angle: float) -> None:
    page = draw.turned(draw.drawn(), angle)
    assert abs(skew_of(page) - angle) <= 0.1


def test_a_page_without_lines_has_no_skew(draw: Any) -> None:
    assert skew_of(draw.blank()) == 0.0


def test_fax_coded_pages_are_read_as_black_and_white(draw: Any) -> None:
    (side,) = normalise(draw.fax(draw.drawn()))
    grey = half_grey(side)
    assert grey.shape == (1754, 1240)
    assert set(np.unique(grey)) == {0, 255}
    assert measure(side, grey).bilevel
