"""Measures trusted scanning: CPU a page beside peers, and how well pages are judged.

The whole path runs through the office's own services. Peers live in a virtual
environment of their own (`python -m venv V; V/bin/pip install ocrmypdf img2pdf pyhanko
opencv-python-headless zxing-cpp simplejpeg`), named by ``--peers V/bin/python``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from harness.judging import (
    ANGLES,
    FAX_SKEW,
    MADE_SKEW,
    WORST_SKEW,
    Area,
    RealPage,
    areas,
    made_skew,
    real_pages,
)
from harness.madepages import GRAIN, OUT, SENSOR, made_pages
from harness.scanpeers import Peers, two_workers
from harness.sidebyside import RESULTS, machine
from harness.workshop import STEPS_OF_PEOPLE, Done, TrialWorkshop
from rich.console import Console

from paperless_kernel.adapters.hotfolder import read_folder

_ABOUT: Final = "Trusted scanning: CPU a page beside peers, and how well it judges."
_NOT_THE_SAME: Final = (
    "(a) is not the same work: OCRmyPDF rasterises every page for an OCR that is off "
    "and does no quality check, no log, no signature and no integrity check."
)
_TWO: Final = (
    "Two worker processes, each with a batch of its own in one office; this process "
    "keeps the keys for them over the office's socket."
)
_LIBRARIES: Final = (
    "simplejpeg",
    "opencv-python-headless",
    "numpy",
    "zxing-cpp",
    "cryptography",
    "sqlalchemy",
    "pikepdf",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A number and what is asked of it; ``value`` is None where a peer is missing."""

    name: str
    value: float | None
    asked: float | None
    at_least: bool

    @property
    def ok(self) -> bool:
        """Tell whether it is as asked, or nobody asks; what is missing is not met."""
        if self.asked is None:
            return True
        if self.value is None:
            return False
        return self.value >= self.asked if self.at_least else self.value <= self.asked


def main() -> None:
    """Parse the command line, measure, show; end as ``--check`` asks."""
    asked = _arguments()
    console = Console(stderr=True, quiet=asked.json)
    OUT.mkdir(exist_ok=True)
    lines: list[str] = []
    with TemporaryDirectory(dir=OUT) as work:
        ratios = _costs(asked, Path(work), console, lines)
    console.print("[dim]judging pages[/]")
    ratios += _judging(asked, lines)
    lines += _targets(ratios)
    if not asked.json:
        print("\n".join(lines))
    if asked.write:
        (RESULTS / "scan.md").write_text(_report(lines), "utf-8")
    print(json.dumps(_line(ratios, quick=asked.quick), ensure_ascii=False))
    sys.exit(1 if asked.check and not all(each.ok for each in ratios) else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=_ABOUT)
    for flag, text in (
        ("--quick", "fewer pages: under 50 s"),
        ("--check", "exit with 1 when a target is missed"),
        ("--json", "print the JSON line only"),
        ("--write", "write the results to benchmarks/results/scan.md"),
    ):
        parser.add_argument(flag, action="store_true", help=text)
    parser.add_argument("--pages", type=Path, help="folder of real scanned pages")
    parser.add_argument("--peers", default="", help="python that has the peers")
    return parser.parse_args()


def _costs(
    asked: argparse.Namespace, work: Path, console: Console, lines: list[str]
) -> list[Ratio]:
    """Measure CPU a page, ours and theirs in turn; the median round counts."""
    files = made_pages(10 if asked.quick else 40)
    rounds = 1 if asked.quick else 3
    shop = TrialWorkshop(work / "office")
    shop.settle()
    peers = Peers(asked.peers, work)
    shop.batch(files[:5], "warm")
    ours: list[Done] = []
    theirs: dict[str, list[float]] = {}
    for number in range(rounds):
        console.print(f"[dim]round {number + 1} of {rounds}[/]")
        ours.append(shop.batch(files, f"round-{number}"))
        for name, cpu in peers.once(files).items():
            theirs.setdefault(name, []).append(cpu / len(files))
    theirs["OCRmyPDF"] = peers.ocrmypdf(files[: 2 if asked.quick else 10])
    found = {name: statistics.median(all_) for name, all_ in theirs.items() if all_}
    own = statistics.median(_per_page(done) for done in ours)
    _tell_costs(lines, ours, found, files)
    same = sum(done.same_streams for done in ours) / sum(d.jpegs for d in ours)
    ratios = [
        Ratio(name="cpu_ms_a_page", value=1e3 * own, asked=25, at_least=False),
        _times("ocrmypdf_over_ours", found.get("OCRmyPDF"), own, 60),
        _times("assembly_over_ours", found.get("assembly"), own, 1.4),
        _times("img2pdf_over_ours", found.get("img2pdf"), own, None),
        _times("hashing_over_ours", found.get("hashing"), own, None),
        Ratio(name="same_streams", value=same, asked=1.0, at_least=True),
    ]
    console.print("[dim]one worker process, then two[/]")
    pair = two_workers(shop, files[:10] if asked.quick else files, asked.quick)
    lines += [
        "",
        _TWO,
        (
            f"One worker {pair.one_pages:.1f} pages/s, two {pair.two_pages:.1f}; "
            f"{pair.rss_mb:.0f} MB at most each. Machine's load then: {pair.load:.1f}."
        ),
    ]
    ratios += [
        Ratio(
            name="two_over_one",
            value=pair.two_pages / pair.one_pages,
            asked=1.8,
            at_least=True,
        ),
        Ratio(name="rss_mb", value=pair.rss_mb, asked=150, at_least=False),
    ]
    if asked.pages:
        ratios += _real_cost(shop, asked.pages, lines)
    shop.close()
    return ratios


def _per_page(done: Done) -> float:
    cpu = sum(cost for step, cost in done.steps.items() if step not in STEPS_OF_PEOPLE)
    return cpu / len(done.pages)


def _times(name: str, theirs: float | None, ours: float, asked: float | None) -> Ratio:
    value = None if theirs is None else theirs / ours
    return Ratio(name=name, value=value, asked=asked, at_least=True)


def _tell_costs(
    lines: list[str],
    ours: Sequence[Done],
    found: dict[str, float],
    files: Sequence[Path],
) -> None:
    pages = len(files)
    size = statistics.mean(file.stat().st_size for file in files) / 1e3
    own = [_per_page(done) for done in ours]
    lines += [
        f"## CPU a page: {pages} made A4 pages, 300 dpi, colour",
        "",
        f"JPEG at quality 80, {size:.0f} kB a page on average, with a sensor's noise",
        f"({SENSOR} grey levels in each colour) and paper grain ({GRAIN}) added.",
        "",
        "| work | CPU ms a page | of ours |",
        "| --- | --: | --: |",
        f"| ours, median of {len(own)} | {1e3 * statistics.median(own):.1f} | 1 |",
        f"| ours, best round | {1e3 * min(own):.1f} | |",
    ]
    median = statistics.median(own)
    for name, label in _LABELS.items():
        cost = found.get(name)
        lines.append(
            f"| {label} | {'missing' if cost is None else f'{1e3 * cost:.1f}'} "
            f"| {'' if cost is None else f'{cost / median:.2f}'} |"
        )
    steps = {
        step: statistics.median(done.steps[step] for done in ours) / pages
        for step in ours[0].steps
    }
    lines += [
        "",
        _NOT_THE_SAME,
        "",
        (
            "Ours by step, ms a page: "
            + "; ".join(f"{step} {1e3 * cost:.1f}" for step, cost in steps.items())
            + ". What people do (index and inspection) is shown and not counted."
        ),
        "",
        (
            "Image streams in the PDFs equal to the captured file byte for byte: "
            f"{sum(d.same_streams for d in ours)} of {sum(d.jpegs for d in ours)}."
        ),
    ]


_LABELS: Final = {
    "OCRmyPDF": "(a) OCRmyPDF, `--ocr-engine none --output-type pdfa-2 -O0`",
    "assembly": "(b) a careful assembly: half-scale OpenCV, zxing, img2pdf, pyHanko",
    "img2pdf": "(c) floor: img2pdf alone",
    "hashing": "(c) floor: SHA-256 alone",
}


def _real_cost(shop: TrialWorkshop, folder: Path, lines: list[str]) -> list[Ratio]:
    files = [folder / file.name for file in read_folder(folder).pages]
    done = shop.batch(files, "real", every=0)
    cost = _per_page(done)
    lines.append(
        f"Real pages ({len(done.pages)} of {folder.name}): {1e3 * cost:.1f} ms a page; "
        f"{done.same_streams} of {done.jpegs} accepted JPEG files stand in their PDF "
        "byte for byte; the others came as TIFF or PNG."
    )
    return [Ratio(name="real_ms", value=1e3 * cost, asked=None, at_least=False)]


def _judging(asked: argparse.Namespace, lines: list[str]) -> list[Ratio]:
    good, bad = (10, 3) if asked.quick else (80, 14)
    found = areas(good, bad, keep=asked.write and not asked.quick)
    _tell_areas(lines, found)
    ratios = [
        Ratio(name=f"roc_{a.defect}", value=a.area, asked=a.asked, at_least=True)
        for a in found
    ]
    errors = made_skew(*((3, ANGLES[:4]) if asked.quick else (14, ANGLES)))
    mean = statistics.fmean(map(abs, errors))
    lines += [
        "",
        "## Skew",
        "",
        (
            f"Made pages ({len(errors)} scans): mean error {mean:.4f} degrees, worst "
            f"{max(map(abs, errors)):.3f}."
        ),
    ]
    ratios.append(Ratio(name="skew_made", value=mean, asked=MADE_SKEW, at_least=False))
    if asked.pages:
        angles = ANGLES[::4] if asked.quick else ANGLES
        ratios += _tell_real(lines, real_pages(asked.pages, angles))
    return ratios


def _tell_areas(lines: list[str], found: Sequence[Area]) -> None:
    count = found[0].good + sum(a.spoilt for a in found)
    lines += [
        "",
        f"## Judging: {count} made pages, area under the ROC curve",
        "",
        "| defect | area | asked | held or rejected |",
        "| --- | --: | --: | --: |",
    ]
    lines += [
        f"| {a.defect} | {a.area:.4f} | {a.asked or '-'} | {a.found} of {a.spoilt} |"
        for a in found
    ]
    lines += ["", f"Good pages held: {found[0].good_held} of {found[0].good}."]


def _tell_real(lines: list[str], pages: Sequence[RealPage]) -> list[Ratio]:
    fax = [abs(e) for page in pages if page.side.kind == "g4" for e in page.errors]
    every = [abs(e) for page in pages for e in page.errors]
    mean = statistics.fmean(fax) if fax else None
    worst = max(every, default=None)
    lines += [
        (
            "Fax-coded real pages, turned by known angles against their own estimate: "
            f"mean error {mean or 0:.4f} degrees ({len(fax)} scans); worst of all real "
            f"pages {worst or 0:.3f}."
        ),
        "",
        "## Every real page's verdict",
        "",
        "| page | profile | verdict | value beside limit | skew | mean, worst error |",
        "| --- | --- | --- | --- | --: | --: |",
    ]
    lines += [_row(page) for page in pages]
    return [
        Ratio(name="skew_fax", value=mean, asked=FAX_SKEW, at_least=False),
        Ratio(name="skew_worst", value=worst, asked=WORST_SKEW, at_least=False),
    ]


def _row(page: RealPage) -> str:
    said = "; ".join(
        f"{f.check} {f.value} ({f.verdict.value} {f.limit} {f.unit})"
        for f in page.findings
    )
    errors = [abs(one) for one in page.errors]
    shown = (
        f"{statistics.fmean(errors):.3f}, {max(errors):.3f}" if errors else "no lines"
    )
    return (
        f"| {page.name} | {page.profile} | {page.verdict.value}"
        f"{', blank' if page.blank else ''} | {said or 'nothing'} | {page.skew:.2f} "
        f"| {shown} |"
    )


def _targets(ratios: Sequence[Ratio]) -> list[str]:
    asked = [each for each in ratios if each.asked is not None]
    return [
        "",
        "## What was asked",
        "",
        "| number | reached | asked | |",
        "| --- | --: | --: | --- |",
        *(
            f"| {each.name} "
            f"| {'missing' if each.value is None else f'{each.value:.3f}'} "
            f"| {'>=' if each.at_least else '<='} {each.asked:g} "
            f"| {'yes' if each.ok else 'NO'} |"
            for each in asked
        ),
        "",
        f"The machine's load at the end: {os.getloadavg()[0]:.1f}.",
    ]


def _report(lines: Sequence[str]) -> str:
    facts = [f"- {key}: {value}" for key, value in machine(_LIBRARIES).items()]
    head = ["# scan", "", _ABOUT, "", "Written by `benchmarks/scan.py --write`.", ""]
    return "\n".join([*head, *facts, "", *lines, ""])


def _line(ratios: Sequence[Ratio], *, quick: bool) -> dict[str, Any]:
    return {
        "benchmark": "scan",
        "quick": quick,
        "ratios": {
            each.name: {
                "ratio": None if each.value is None else round(each.value, 4),
                "target": each.asked,
                "ok": each.ok,
            }
            for each in ratios
        },
        "missing": [each.name for each in ratios if each.value is None],
        "note": _NOT_THE_SAME,
    }


if __name__ == "__main__":
    main()
