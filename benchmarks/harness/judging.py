"""How well pages are judged: skew errors, ROC areas, real pages' verdicts.

Knows the measures by name and how an area under a ROC curve is counted. Every page is
measured as the product measures it.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import simplejpeg
from numpy.random import default_rng

from harness.madepages import SEED, judged_pages, sheets
from paperless_kernel.adapters.hotfolder import read_folder
from paperless_kernel.adapters.sampledefects import Defect
from paperless_kernel.adapters.samplescanner import ScannerSettings, scan
from paperless_kernel.config import data_folder
from paperless_kernel.scan.model import Finding, Measures, Service, Verdict
from paperless_kernel.scan.pictures.fax import decode_g4
from paperless_kernel.scan.pictures.grey import Grey, shrink
from paperless_kernel.scan.pictures.normalise import Side, normalise
from paperless_kernel.scan.profiles import Profiles, parse_profiles
from paperless_kernel.scan.quality.checks import half_grey, measure
from paperless_kernel.scan.quality.skew import skew_of
from paperless_kernel.scan.quality.verdict import judge, values_of
from paperless_kernel.scan.rules import parse_rules

AREAS: Final = {
    Defect.BLUR: ("sharpness", -1, 0.99),
    Defect.DARK: ("paper", -1, 0.99),
    Defect.OVER: ("washed", 1, 0.99),
    Defect.STREAK: ("streak", 1, 0.99),
    Defect.NOISE: ("noise", 1, 0.99),
    Defect.BLANK: ("ink", -1, 0.99),
    Defect.THROUGH: ("through", 1, 0.90),
    Defect.UNEVEN: ("uneven", 1, None),
    Defect.SKEW: ("skew", 1, None),
    Defect.CROP: ("crop", 1, None),
    Defect.FOLD: ("fold", 1, None),
}
"""Defect: its measure, the sign that makes more of it worse, and the area asked."""
ANGLES: Final = (-4.71, -3.37, -2.23, -1.19, -0.43, 0.31, 1.07, 2.41, 3.59, 4.83)
MADE_SKEW, FAX_SKEW, WORST_SKEW = 0.015, 0.030, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A defect's area under the ROC curve, and how many the limits find."""

    defect: str
    area: float
    asked: float | None
    found: int
    spoilt: int
    good_held: int
    good: int


def profiles() -> Profiles:
    """Read the product's own profiles."""
    folder = data_folder() / "rules"
    rules = parse_rules(tomllib.loads((folder / "notice-2013-99.toml").read_text()))
    text = (folder / "quality-profiles.toml").read_text()
    return parse_profiles(tomllib.loads(text), rules)


MEASURES: Final = data_folder() / "samples" / "quality-measures.csv"
"""What was measured on the made pages, for the calibration notebook."""


def areas(good: int, bad: int, *, keep: bool = False) -> list[Area]:
    """Measure the made pages and return each defect's area; ``keep`` the measures."""
    profile = profiles().of("")
    seen: dict[Defect, list[tuple[Measures, bool]]] = {}
    for defect, data in judged_pages(good, bad):
        (side,) = normalise(data)
        measures = measure(side, half_grey(side))
        verdict, _, blank = judge(measures, profile, Service.TRUSTED)
        seen.setdefault(defect, []).append((measures, blank or verdict is not _PASS))
    if keep:
        _keep(seen)
    whole = seen[Defect.NONE]
    made = []
    for defect, (name, sign, asked) in AREAS.items():
        ours = [sign * abs(getattr(m, name)) for m, _ in seen[defect]]
        theirs = [sign * abs(getattr(m, name)) for m, _ in whole]
        made.append(
            Area(
                defect=defect,
                area=_area(theirs, ours),
                asked=asked,
                found=sum(caught for _, caught in seen[defect]),
                spoilt=len(ours),
                good_held=sum(caught for _, caught in whole),
                good=len(theirs),
            )
        )
    return made


_PASS: Final = Verdict.PASS


def _keep(seen: Mapping[Defect, Sequence[tuple[Measures, bool]]]) -> None:
    names = ["ink", *values_of(seen[Defect.NONE][0][0])]
    rows = [
        [defect.value, measures.ink, *values_of(measures).values()]
        for defect, pages in seen.items()
        for measures, _ in pages
    ]
    with MEASURES.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["defect", *names], *rows])


def _area(good: Sequence[int], bad: Sequence[int]) -> float:
    """Return how often a spoilt page measures worse than a good one."""
    one, other = np.array(good)[None], np.array(bad)[:, None]
    return float((other > one).mean() + (other == one).mean() / 2)


def made_skew(count: int, angles: Sequence[float]) -> list[float]:
    """Scan drawn sheets turned by known angles; return the errors in degrees."""
    errors = []
    for number, sheet in enumerate(sheets(max(8, count))[:count]):
        for angle in angles:
            chance = default_rng([SEED, number])
            data = scan(sheet, ScannerSettings(skew_degrees=angle), chance)
            (side,) = normalise(data)
            errors.append(skew_of(half_grey(side)) - angle)
    return errors


@dataclass(frozen=True, slots=True, kw_only=True)
class RealPage:
    """A real page: its verdict, and its skew errors when turned by known angles."""

    name: str
    side: Side
    verdict: Verdict
    blank: bool
    findings: tuple[Finding, ...]
    profile: str
    skew: float
    errors: tuple[float, ...]


def real_pages(folder: Path, angles: Sequence[float]) -> list[RealPage]:
    """Judge every page of a folder; fax-coded ones by the fax profile."""
    made: list[RealPage] = []
    for file in read_folder(folder).pages:
        sides = normalise(file.read(), file.name)
        made += [_real(file.name, side, angles) for side in sides]
    return made


def _real(name: str, side: Side, angles: Iterable[float]) -> RealPage:
    profile = "fax" if side.kind == "g4" else "office-text"
    measures = measure(side, half_grey(side))
    verdict, findings, blank = judge(measures, profiles().of(profile), Service.TRUSTED)
    full = _full(side)
    times = 2 if half_grey(side).shape[0] < side.height else 1
    own = skew_of(shrink(full, times))
    errors = () if blank else tuple(
        skew_of(shrink(_turned(full, angle, side), times)) - own - angle
        for angle in angles
    )  # fmt: skip
    return RealPage(
        name=name,
        side=side,
        verdict=verdict,
        blank=blank,
        findings=findings,
        profile=profile,
        skew=own,
        errors=errors,
    )


def _full(side: Side) -> Grey:
    if side.kind == "g4":
        image = decode_g4(side.data, side.width, side.height)
        return np.asarray(image.convert("L"))
    return np.ascontiguousarray(simplejpeg.decode_jpeg(side.data, "GRAY")[:, :, 0])


def _turned(full: Grey, angle: float, side: Side) -> Grey:
    height, width = full.shape
    turn: Any = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1.0)
    beside = 255 if side.kind == "g4" else int(np.median(full))
    out = cv2.warpAffine(
        full, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=beside
    )
    if side.kind == "g4":  # one bit a pixel stays one bit
        _, out = cv2.threshold(out, 127, 255, cv2.THRESH_BINARY)
    return np.asarray(out, np.uint8)
