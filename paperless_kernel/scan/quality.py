"""The automatic quality check (품질검사): measures of one page, judged by a rule-set.

Knows how resolution, skew, sharpness, blankness and exposure are measured at half
scale, and that the thresholds are data. Decides about nobody's work: a ``hold`` waits
for a person, and a blank page is flagged, never dropped.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.capture import Side
from paperless_kernel.scan.fax import decode_g4
from paperless_kernel.scan.likeness import likeness
from paperless_kernel.scan.model import Finding, Measures, Service, Verdict
from paperless_kernel.scan.rules import ScanRules

Grey = NDArray[np.uint8]

_HALVE_FROM: Final = 1800  # pixels on the long side; smaller pages are read whole
_MARGIN: Final = 0.04
_MOST_SKEW: Final = 8.0
_WHITE: Final = 255


def half_grey(side: Side) -> Grey:
    """Decode one side to grey, at half scale when it is large enough.

    Raises:
        InputError: the picture is damaged.
    """
    halve = max(side.width, side.height) >= _HALVE_FROM
    if side.kind == "g4":
        image = decode_g4(side.data, side.width, side.height)
        grey = np.asarray(image).astype(np.uint8) * np.uint8(_WHITE)
        return shrink(grey, 2) if halve else grey
    try:
        read = simplejpeg.decode_jpeg(side.data, "GRAY", min_factor=2 if halve else 1)
    except ValueError as error:
        raise InputError("This JPEG is damaged: scan the page again.") from error
    return np.ascontiguousarray(read[:, :, 0])


def shrink(grey: Grey, times: int) -> Grey:
    """Return the picture ``times`` smaller each way, each pixel an area's mean."""
    size = (max(1, grey.shape[1] // times), max(1, grey.shape[0] // times))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def measure(side: Side, grey: Grey) -> Measures:
    """Measure one side; ``grey`` is what `half_grey` gave."""
    inner = _inside(grey)
    paper = _paper(inner)
    ink = _ink(inner, paper)
    dark = inner[ink > 0]
    contrast = paper - int(np.percentile(dark, 20)) if dark.size else 0
    dpi = min(side.dpi_x, side.dpi_y)
    return Measures(
        dpi=round(dpi * 10),
        bilevel=side.kind == "g4",
        skew=round(skew_of(grey) * 100),
        sharpness=_sharpness(inner, paper, contrast),
        ink=round(1e6 * float(np.count_nonzero(ink)) / ink.size),
        paper=paper,
        contrast=contrast,
        likeness=likeness(grey),
    )


def _inside(grey: Grey) -> Grey:
    """Cut the outer 4 %: shadows of the lid and punch holes are no content."""
    height, width = grey.shape
    down, across = int(height * _MARGIN), int(width * _MARGIN)
    return grey[down : height - down, across : width - across]


def _paper(grey: Grey) -> int:
    """Return the grey level of the paper: the commonest level of the bright half."""
    counts = np.bincount(grey[::2, ::2].ravel(), minlength=256).astype(float)
    smooth = np.convolve(counts, np.ones(9), "same")
    middle = int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))
    start = max(0, middle - 8)
    peak = start + int(np.argmax(smooth[start:]))
    low = max(0, peak - 4)
    return low + int(np.argmax(counts[low : peak + 5]))


def _ink(grey: Grey, paper: int) -> Grey:
    """Mark what is clearly darker than the paper around it, specks left out."""
    around = cv2.blur(shrink(grey, 8), (15, 15))
    local = cv2.resize(around, (grey.shape[1], grey.shape[0]))
    level = np.minimum(local.astype(np.int16), paper) - max(16, paper // 12)
    mask = (grey < level).astype(np.uint8)
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return np.asarray(opened, np.uint8)


def _sharpness(grey: Grey, paper: int, contrast: int) -> int:
    """Return how steep the clearest edges are, against the contrast they bridge.

    A sharp edge crosses its whole contrast within about two pixels; a blurred one
    needs many, whatever the paper's or the ink's tone is. On a faint page (pencil)
    fainter edges are judged, so that it is called faint and not unclear.
    """
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3, scale=0.25)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3, scale=0.25)
    steep = np.maximum(np.abs(across), np.abs(down))
    near = np.ones((9, 9), np.uint8)
    span = cv2.subtract(cv2.dilate(grey, near), cv2.erode(grey, near))
    clear = span >= min(max(40, paper // 4), max(16, contrast // 2))
    if np.count_nonzero(clear) < 200:  # noqa: PLR2004 - nothing to judge by
        return 0
    peak = cv2.dilate(steep, near)[clear]
    return round(1000 * float(np.median(peak / span[clear])))


def skew_of(grey: Grey) -> float:
    """Return the angle of the text lines in degrees, clockwise positive.

    Strip projection: columns of the page are cut into strips, each strip's row profile
    is shifted by what an angle would move it, and the angle whose summed profile
    changes most from row to row is the one.
    """
    small = shrink(grey, max(1, round(max(grey.shape) / 1200)))
    dark = (small < _paper(small) * 0.7).astype(np.float32)
    height, width = dark.shape
    down, across = int(height * _MARGIN), int(width * _MARGIN)
    dark[:down] = dark[height - down :] = 0
    dark[:, :across] = dark[:, width - across :] = 0
    # A black photograph or border would drown the lines.
    solid = cv2.boxFilter(dark, -1, (25, 25)) > 0.8  # noqa: PLR2004
    dark[solid] = 0
    if dark.sum() < 200:  # noqa: PLR2004 - no lines to find
        return 0.0
    strips = 32
    edges = np.linspace(0, width, strips + 1).astype(int)
    pairs = list(pairwise(edges))
    profiles = np.stack([dark[:, a:b].sum(axis=1) for a, b in pairs])
    middles = (edges[:-1] + edges[1:]) / 2 - width / 2
    coarse = np.arange(-_MOST_SKEW, _MOST_SKEW + 0.01, 0.5)
    best = float(coarse[np.argmax([_score(profiles, middles, a) for a in coarse])])
    fine = best + np.arange(-0.5, 0.501, 0.05)
    scores = np.array([_score(profiles, middles, a) for a in fine])
    level = _score(profiles, middles, 0.0)
    if scores.max() < level * 1.02 or level == 0:
        return 0.0
    return float(np.round(fine[int(np.argmax(scores))], 2))


def _score(profiles: Any, middles: Any, angle: float) -> float:  # noqa: ANN401
    height = profiles.shape[1]
    shifts = np.round(np.tan(np.radians(angle)) * middles).astype(int)
    summed = np.zeros(height, np.float64)
    for profile, shift in zip(profiles, shifts, strict=True):
        summed += np.roll(profile, -shift)
    return float(np.square(np.diff(summed)).sum())


def judge(
    measures: Measures, rules: ScanRules, service: Service
) -> tuple[Verdict, tuple[Finding, ...], bool]:
    """Judge one page's measures.

    For a plain scan (일반스캔) the limits of the trusted-scan rules are only
    remarks: a ``reject`` becomes a ``hold``.

    Returns:
        The verdict (the worst finding's), the findings, and whether it is blank.
    """
    blank = measures.ink <= rules.blank_ink
    findings = [*_resolution(measures, rules)]
    if blank:
        findings.append(
            Finding(
                check="blank",
                verdict=Verdict.PASS,
                value=measures.ink,
                limit=rules.blank_ink,
                unit="ppm ink",
                text="빈 면 / blank side: kept and delivered, marked as blank",
            )
        )
    else:
        findings += _legibility(measures, rules)
    if service is Service.PLAIN:
        findings = [_softened(finding) for finding in findings]
    order = (Verdict.PASS, Verdict.HOLD, Verdict.REJECT)
    worst = max((f.verdict for f in findings), key=order.index, default=Verdict.PASS)
    return worst, tuple(findings), blank


def _resolution(m: Measures, rules: ScanRules) -> list[Finding]:
    found = []
    if m.dpi < rules.hold_dpi:
        known = m.dpi > 0
        reject = known and m.dpi < rules.reject_dpi
        found.append(
            Finding(
                check="resolution",
                verdict=Verdict.REJECT if reject else Verdict.HOLD,
                value=m.dpi,
                limit=rules.reject_dpi if reject else rules.hold_dpi,
                unit="1/10 dpi",
                text="해상도 미달 / resolution too low"
                if known
                else "해상도 정보 없음 / the file states no resolution",
            )
        )
    if m.bilevel and rules.hold_bilevel:
        found.append(
            Finding(
                check="tones",
                verdict=Verdict.HOLD,
                value=2,
                limit=256,
                unit="levels",
                text="흑백 2단계 / black and white only; the rule-set asks 256 levels",
            )
        )
    return found


def _legibility(m: Measures, rules: ScanRules) -> list[Finding]:
    rows = (
        # check, value, reject below, hold below, unit, text
        ("skew", -abs(m.skew), -rules.reject_skew, -rules.hold_skew, "1/100 degree",
         "기울어짐 / skewed"),
        ("sharpness", m.sharpness, rules.reject_sharpness, rules.hold_sharpness,
         "1/1000 contrast per pixel", "불선명 / unclear"),
        ("paper", m.paper, rules.reject_paper, rules.hold_paper, "grey level",
         "어두움 / too dark"),
        ("contrast", m.contrast, 0, rules.hold_contrast, "grey levels",
         "흐림 / too faint"),
    )  # fmt: skip
    found = []
    for check, value, reject, hold, unit, text in rows:
        if value >= hold:
            continue
        verdict = Verdict.REJECT if value < reject else Verdict.HOLD
        limit = reject if verdict is Verdict.REJECT else hold
        found.append(
            Finding(
                check=check,
                verdict=verdict,
                value=abs(value),
                limit=abs(limit),
                unit=unit,
                text=text,
            )
        )
    return found


def _softened(finding: Finding) -> Finding:
    if finding.verdict is Verdict.REJECT:
        return replace(finding, verdict=Verdict.HOLD)
    return finding
