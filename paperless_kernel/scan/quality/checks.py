"""The automatic quality check (품질검사): measures of one page, judged by a rule-set.

Knows how resolution, skew, sharpness, blankness and exposure are measured at half
scale, and that the thresholds are data. Decides about nobody's work: a ``hold`` waits
for a person, and a blank page is flagged, never dropped.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import cv2
import numpy as np

from paperless_kernel.scan.model import Finding, Measures, Service, Verdict
from paperless_kernel.scan.pictures.fax import decode_g4
from paperless_kernel.scan.pictures.flate import grey_flate
from paperless_kernel.scan.pictures.grey import (
    Counts,
    Grey,
    counts_of,
    grey_jpeg,
    level_of,
    paper_of,
    shrink,
)
from paperless_kernel.scan.pictures.normalise import Side
from paperless_kernel.scan.quality.likeness import likeness
from paperless_kernel.scan.rules import ScanRules

_HALVE_FROM: Final = 1800  # pixels on the long side; smaller pages are read whole
_MARGIN: Final = 0.04
_MOST_SKEW: Final = 8.0
_STRIPS: Final = 32
_AROUND: Final = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)
_BAND: Final = 250  # rows, about, looked at together: they fit the processor's cache
_SOLID: Final = 204  # of 255, the mean of what is no text but a dark area
_WHITE: Final = 255


def half_grey(side: Side) -> Grey:
    """Decode one side to grey, at half scale when it is large enough.

    Raises:
        InputError: the picture is damaged.
    """
    halve = max(side.width, side.height) >= _HALVE_FROM
    times = 2 if halve else 1
    if side.kind == "g4":
        image = decode_g4(side.data, side.width, side.height)
        return shrink(np.asarray(image.convert("L")), times)
    if side.kind == "flate":
        grey = grey_flate(side.data, side.width, side.height, side.colours)
        return shrink(grey, times)
    return grey_jpeg(side.data, side.width, side.height, times)


def measure(side: Side, grey: Grey) -> Measures:
    """Measure one side; ``grey`` is what `half_grey` gave."""
    halved = grey.shape[0] < side.height
    inner = _inside(grey)
    paper = paper_of(counts_of(inner))
    ink = _ink(inner, paper)
    tones = counts_of(inner, ink)
    contrast = paper - level_of(tones, 0.1) if tones.any() else 0
    return Measures(
        dpi=round(min(side.dpi_x, side.dpi_y) * 10),
        bilevel=side.kind == "g4",
        skew=round(skew_of(grey) * 100),
        sharpness=_sharpness(inner, paper, contrast, 1 if halved else 2),
        ink=round(1e6 * cv2.countNonZero(ink) / ink.size),
        paper=paper,
        contrast=contrast,
        likeness=likeness(shrink(shrink(grey, 2), 2)),
    )


def _inside(grey: Grey) -> Grey:
    """Cut the outer 4 %: shadows of the lid and punch holes are no content."""
    height, width = grey.shape
    down, across = int(height * _MARGIN), int(width * _MARGIN)
    return grey[down : height - down, across : width - across]


def _ink(grey: Grey, paper: int) -> Grey:
    """Mark what is clearly darker than the paper around it, specks left out."""
    around = np.minimum(cv2.blur(shrink(shrink(grey, 2), 2), (15, 15)), paper)
    limits = np.maximum(around.astype(np.int16) - max(16, paper // 12), 0)
    mask = cv2.resize(limits.astype(np.uint8), (grey.shape[1], grey.shape[0]))
    cv2.compare(grey, mask, cv2.CMP_LT, dst=mask)
    # At half scale a thin stroke is one pixel wide: only lone pixels are specks.
    joined = cv2.bitwise_and(mask, cv2.dilate(mask, _AROUND))
    return np.asarray(joined, np.uint8)


def _sharpness(grey: Grey, paper: int, contrast: int, apart: int) -> int:
    """Return how steep the clearest edges are, against the contrast they bridge.

    A sharp edge crosses its whole contrast within about two pixels; a blurred one
    needs many, whatever the paper's or the ink's tone is. On a faint page (pencil)
    fainter edges are judged, so that it is called faint and not unclear. ``apart`` is
    how many pixels of ``grey`` are two of the scan.
    """
    bands = np.array_split(grey, max(1, len(grey) // _BAND))
    spans, peaks = np.concatenate([_edges(band, apart) for band in bands], axis=1)
    clear = spans >= min(max(40, paper // 4), max(16, contrast // 2))
    if np.count_nonzero(clear) < 12:  # noqa: PLR2004 - nothing to judge by
        return 0
    return level_of(np.bincount(1000 * peaks[clear] // spans[clear]), 0.5)


def _edges(band: Grey, apart: int) -> Counts:
    """Return, around every fourth pixel each way, the contrast and the largest step.

    A step lies between two pixels ``apart``, smoothed along the edge against noise.
    """
    height, width = band.shape[0] - 2, band.shape[1] - 2
    down, across = cv2.GaussianBlur(band, (3, 1), 0), cv2.GaussianBlur(band, (1, 3), 0)
    steps = cv2.max(
        cv2.absdiff(down[apart : height + apart, 1:-1], down[:-2, 1:-1]),
        cv2.absdiff(across[1:-1, apart : width + apart], across[1:-1, :-2]),
    )
    inner, near = band[1:-1, 1:-1], np.ones((9, 9), np.uint8)
    spans = cv2.subtract(cv2.dilate(inner, near), cv2.erode(inner, near))
    both = (spans[::4, ::4].ravel(), cv2.dilate(steps, near)[::4, ::4].ravel())
    return np.asarray(both, np.int64)


def skew_of(grey: Grey) -> float:
    """Return the angle of the text lines in degrees, clockwise positive.

    Strip projection: columns of the page are cut into strips, each strip's row profile
    is shifted by what an angle would move it, and the angle whose summed profile
    changes most from row to row is the one.
    """
    profiles, apart = _profiles(shrink(grey, max(1, round(max(grey.shape) / 1200))))
    if profiles.sum() < 200:  # noqa: PLR2004 - no lines to find
        return 0.0
    coarse = np.arange(-_MOST_SKEW, _MOST_SKEW + 0.01, 0.5)
    best = float(coarse[np.argmax(_scores(profiles, apart, coarse))])
    fine = best + np.arange(-0.5, 0.501, 0.05)
    scores = _scores(profiles, apart, fine)
    level = int(_scores(profiles, apart, np.zeros(1))[0])
    if scores.max() < level * 1.02 or level == 0:
        return 0.0
    return float(np.round(fine[int(np.argmax(scores))], 2))


def _profiles(grey: Grey) -> tuple[Counts, float]:
    """Count dark pixels by strip and row.

    Returns:
        An array of strips by rows, and how many pixels the strips' middles are apart.
    """
    height, width = grey.shape
    limit = int(paper_of(counts_of(grey[::2])) * 0.7)
    _, dark = cv2.threshold(grey, limit, _WHITE, cv2.THRESH_BINARY_INV)
    # A black photograph or border would drown the lines.
    filled = cv2.blur(shrink(np.asarray(dark, np.uint8), 2), (13, 13))
    if int(filled.max()) > _SOLID:
        _, kept = cv2.threshold(filled, _SOLID, _WHITE, cv2.THRESH_BINARY_INV)
        whole = cv2.resize(kept, (width, height), interpolation=cv2.INTER_NEAREST)
        dark = cv2.min(dark, whole, dst=dark)
    down, across = int(height * _MARGIN), int(width * _MARGIN)
    wide = (width - 2 * across) // _STRIPS
    starts = across + wide * np.arange(_STRIPS)
    inner = dark[down : height - down]
    sums = [
        cv2.reduce(inner[:, a : a + wide], 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
        for a in starts
    ]
    return np.hstack(sums).T.astype(np.int64, order="C") // _WHITE, float(wide)


def _scores(profiles: Counts, apart: float, angles: Any) -> Counts:  # noqa: ANN401
    """Return how much the summed profile changes from row to row at each angle."""
    strips, height = profiles.shape
    middles = (np.arange(strips) - (strips - 1) / 2) * apart
    shifts = np.round(np.tan(np.radians(angles))[:, None] * middles).astype(np.int64)
    rim = int(np.abs(shifts).max())
    padded = np.pad(profiles, ((0, 0), (rim, rim))).ravel()
    starts = shifts + rim + np.arange(strips) * (height + 2 * rim)
    summed = np.zeros((len(angles), height), np.int64)
    for number, places in enumerate(starts):
        for place in places:
            summed[number] += padded[place : place + height]
    return np.asarray(np.square(np.diff(summed)).sum(axis=1), np.int64)


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
