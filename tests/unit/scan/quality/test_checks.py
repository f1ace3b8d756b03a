from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from paperless_kernel.scan.model import Finding, Measures, Service, Verdict
from paperless_kernel.scan.pictures.normalise import normalise
from paperless_kernel.scan.quality.checks import half_grey, judge, measure, skew_of
from paperless_kernel.scan.rules import ScanRules

GOOD = Measures(
    dpi=3000,
    bilevel=False,
    skew=20,
    sharpness=800,
    ink=60_000,
    paper=245,
    contrast=200,
    likeness="00" * 32,
)


def _measured(data: bytes) -> Measures:
    (side,) = normalise(data)
    return measure(side, half_grey(side))


def _verdict(
    measures: Measures, rules: ScanRules, service: Service = Service.TRUSTED
) -> tuple[Verdict, dict[str, Finding], bool]:
    verdict, findings, blank = judge(measures, rules, service)
    return verdict, {finding.check: finding for finding in findings}, blank


def test_a_good_page_passes(draw: Any, rules: ScanRules) -> None:
    measures = _measured(draw.encoded(draw.drawn(size=(2480, 3508)), quality=80))
    assert _verdict(measures, rules) == (Verdict.PASS, {}, False)


@pytest.mark.parametrize("sigma", [0.6, 0.9])
def test_a_slightly_soft_page_is_not_rejected(
    draw: Any, rules: ScanRules, sigma: float
) -> None:
    page = cv2.GaussianBlur(draw.drawn(size=(2480, 3508)), (0, 0), sigma)
    verdict, _, _ = _verdict(_measured(draw.encoded(page)), rules)
    assert verdict is Verdict.PASS


def test_a_blurred_page_is_rejected(draw: Any, rules: ScanRules) -> None:
    page = cv2.GaussianBlur(draw.drawn(size=(2480, 3508)), (0, 0), 5)
    verdict, findings, _ = _verdict(_measured(draw.encoded(page)), rules)
    assert verdict is Verdict.REJECT
    assert findings["sharpness"].limit == rules.reject_sharpness
    assert findings["sharpness"].value < rules.reject_sharpness


def test_a_blank_page_is_flagged_and_not_rejected(draw: Any, rules: ScanRules) -> None:
    verdict, findings, blank = _verdict(_measured(draw.encoded(draw.blank())), rules)
    assert blank
    assert verdict is Verdict.PASS
    assert "blank" in findings


def test_a_thin_faint_line_on_a_large_page_is_not_blank(
    draw: Any, rules: ScanRules
) -> None:
    page = draw.blank(size=(2480, 3508))
    for left in range(500, 1900, 24):  # strokes of three pixels, half as dark as ink
        page[1700:1730, left : left + 3] = 150
    assert not _verdict(_measured(draw.encoded(page)), rules)[2]


def test_lone_dots_on_a_black_and_white_page_are_no_ink(
    draw: Any, rules: ScanRules
) -> None:
    page = np.full((3508, 2480), 255, np.uint8)
    page[100:3400:80, 100:2400:70] = 0
    assert _verdict(_measured(draw.encoded(page, "PNG", mode="1")), rules)[2]


def test_the_same_bytes_give_the_same_measures(draw: Any) -> None:
    data = draw.encoded(draw.drawn(size=(2480, 3508)))
    assert _measured(data) == _measured(data)


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


def test_one_line_of_text_is_not_blank(draw: Any, rules: ScanRules) -> None:
    page = draw.drawn(lines=1, words="one line")
    assert not _verdict(_measured(draw.encoded(page)), rules)[2]


@pytest.mark.parametrize("angle", [-5.0, -1.2, -0.3, 0.0, 0.4, 2.5, 6.0])
def test_skew_is_found_within_a_tenth_of_a_degree(draw: Any, angle: float) -> None:
    page = draw.turned(draw.drawn(), angle)
    assert abs(skew_of(page) - angle) <= 0.15


def test_a_page_without_lines_has_no_skew(draw: Any) -> None:
    assert skew_of(draw.blank()) == 0.0


def test_a_dark_and_a_faint_page_are_noticed(draw: Any, rules: ScanRules) -> None:
    page = draw.drawn()
    dark = _measured(draw.encoded((page * 0.28).astype(np.uint8)))
    assert _verdict(dark, rules)[0] is Verdict.REJECT
    faint = _measured(draw.encoded((page * 0.16 + 205).astype(np.uint8)))
    assert _verdict(faint, rules)[0] is not Verdict.PASS


def test_resolution_is_judged(draw: Any, rules: ScanRules) -> None:
    page = draw.drawn()
    wanted = {
        300: Verdict.PASS,
        204: Verdict.PASS,
        200: Verdict.HOLD,
        150: Verdict.REJECT,
        0: Verdict.HOLD,
    }
    for dpi, expected in wanted.items():
        measures = _measured(draw.encoded(page, dpi=dpi))
        assert _verdict(measures, rules)[0] is expected, dpi


def test_black_and_white_waits_for_a_person(draw: Any, rules: ScanRules) -> None:
    verdict, findings, _ = _verdict(_measured(draw.fax(draw.drawn())), rules)
    assert verdict is Verdict.HOLD
    assert set(findings) == {"tones"}


def test_a_plain_scan_is_never_rejected_by_the_machine(rules: ScanRules) -> None:
    poor = replace(GOOD, dpi=1000, sharpness=10)
    assert _verdict(poor, rules)[0] is Verdict.REJECT
    assert _verdict(poor, rules, Service.PLAIN)[0] is Verdict.HOLD


@pytest.mark.parametrize(
    ("field", "at_limit", "past"),
    [
        ("skew", 200, 201),
        ("skew", -200, -201),
        ("sharpness", 430, 429),
        ("paper", 140, 139),
        ("contrast", 50, 49),
        ("dpi", 2032, 2031),
    ],
)
def test_limits_are_sharp(
    rules: ScanRules, field: str, at_limit: int, past: int
) -> None:
    assert _verdict(replace(GOOD, **{field: at_limit}), rules)[0] is Verdict.PASS
    assert _verdict(replace(GOOD, **{field: past}), rules)[0] is Verdict.HOLD


def test_a_broken_picture_is_refused(draw: Any) -> None:
    (side,) = normalise(draw.fax(draw.drawn()))
    grey = half_grey(side)
    assert grey.shape == (1754, 1240)
    assert set(np.unique(grey)) == {0, 255}
