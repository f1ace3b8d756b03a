"""Runs two ways of doing the same work side by side and compares their CPU time.

Knows rounds, ratios, targets and how they are shown. Knows no product code.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import track
from rich.table import Table

SECONDS: Final = 9.0
QUICK_SECONDS: Final = 2.2
"""How long each row goes on, wall time; many short rounds find a quiet moment."""
LEAST_ROUNDS: Final = 3
RESULTS: Final = Path(__file__).parent.parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One piece of work and what it is held against.

    Attributes:
        name: key of the ratio in the JSON line.
        unit: what one call's time is divided into (``page``, ``token``).
        units: how many of them one call does.
        ours: does the work once.
        floor_name: what the other side is: a floor (the least that must be done) or
            a peer (somebody else's program for the same end).
        floor: does that once; None when it is not installed.
        target: ours may take at most this many times the floor's CPU time.
    """

    name: str
    unit: str
    units: int
    ours: Callable[[], object]
    floor_name: str
    floor: Callable[[], object] | None
    target: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds per unit: CPU of this process and its ended children, and wall."""

    least: float
    median: float
    wall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A row measured; ``floor`` and ``ratio`` are None when the peer is missing."""

    row: Row
    ours: Times
    floor: Times | None
    ratio: float | None

    @property
    def short(self) -> bool:
        """Tell whether the target is missed."""
        return self.ratio is not None and self.ratio > self.row.target


def compare(row: Row, seconds: float) -> Result:
    """Measure both sides in turn, the side that begins changing every round.

    The best round of each counts: other programs on the machine can only make a round
    slower. One call of each before the rounds warms caches and is not counted.
    """
    sides = [row.ours] if row.floor is None else [row.ours, row.floor]
    for side in sides:
        side()
    taken: list[list[tuple[float, float]]] = [[] for _ in sides]
    end = time.perf_counter() + seconds
    while len(taken[0]) < LEAST_ROUNDS or time.perf_counter() < end:
        backwards = len(taken[0]) % 2
        places = range(len(sides))
        for place in reversed(places) if backwards else places:
            taken[place].append(_timed(sides[place]))
    ours, *rest = (_times(each, row.units) for each in taken)
    floor = rest[0] if rest else None
    ratio = ours.least / floor.least if floor else None
    return Result(row=row, ours=ours, floor=floor, ratio=ratio)


def _timed(side: Callable[[], object]) -> tuple[float, float]:
    cpu, wall = _cpu(), time.perf_counter()
    side()
    return _cpu() - cpu, time.perf_counter() - wall


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _times(taken: Sequence[tuple[float, float]], units: int) -> Times:
    cpu = [each for each, _ in taken]
    return Times(
        least=min(cpu) / units,
        median=statistics.median(cpu) / units,
        wall=min(wall for _, wall in taken) / units,
    )


def main(
    name: str,
    about: str,
    rows: Callable[[bool], Sequence[Row]],
    libraries: Sequence[str],
) -> None:
    """Parse the command line, measure, show; end the process as ``--check`` asks.

    Args:
        name: of the benchmark, its JSON line and its results file.
        about: its help text.
        rows: makes the rows; given whether the run is quick.
        libraries: distributions whose versions matter to the numbers.
    """
    parser = argparse.ArgumentParser(description=about)
    for flag, text in (
        ("--quick", "shorter and smaller: under 50 s"),
        ("--check", "exit with 1 when a ratio misses its target"),
        ("--json", "print the JSON line only"),
        ("--write", f"write the results to benchmarks/results/{name}.md"),
    ):
        parser.add_argument(flag, action="store_true", help=text)
    asked = parser.parse_args()
    seconds = QUICK_SECONDS if asked.quick else SECONDS
    console = Console(stderr=True, quiet=asked.json)
    results = [
        compare(row, seconds)
        for row in track(
            rows(asked.quick), "measuring", console=console, transient=True
        )
    ]
    if not asked.json:
        Console(width=None if sys.stdout.isatty() else 150).print(_table(name, results))
    if asked.write:
        written = RESULTS / f"{name}.md"
        written.write_text(_report(name, about, results, seconds, libraries), "utf-8")
    print(json.dumps(_line(name, results, quick=asked.quick), ensure_ascii=False))
    sys.exit(1 if asked.check and any(each.short for each in results) else 0)


def _line(name: str, results: Sequence[Result], *, quick: bool) -> dict[str, object]:
    return {
        "benchmark": name,
        "quick": quick,
        "ratios": {
            each.row.name: {
                "ratio": None if each.ratio is None else round(each.ratio, 3),
                "target": each.row.target,
                "ok": not each.short,
            }
            for each in results
        },
        "missing": [each.row.floor_name for each in results if each.floor is None],
    }


def _table(name: str, results: Sequence[Result]) -> Table:
    table = Table(title=f"{name}: CPU time, best and median of the rounds")
    for heading in _HEADINGS:
        table.add_column(heading, justify="left" if heading in _WORDS else "right")
    for each in results:
        table.add_row(*_cells(each), style="red" if each.short else "")
    return table


_HEADINGS: Final = (
    "work",
    "ours, best",
    "median",
    "wall",
    "floor or peer",
    "best",
    "median",
    "ratio",
    "target",
)
_WORDS: Final = ("work", "floor or peer")


def _cells(result: Result) -> tuple[str, ...]:
    ours, floor, row = result.ours, result.floor, result.row
    return (
        f"{row.name} per {row.unit}",
        _span(ours.least),
        _span(ours.median),
        _span(ours.wall),
        row.floor_name,
        _span(floor.least) if floor else "missing",
        _span(floor.median) if floor else "missing",
        "-" if result.ratio is None else f"{result.ratio:.2f}",
        f"<= {row.target:g}",
    )


def _span(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds / 1e-6:.2f} us"


def _report(
    name: str,
    about: str,
    results: Sequence[Result],
    seconds: float,
    libraries: Sequence[str],
) -> str:
    rule = ["---" if each in _WORDS else "--:" for each in _HEADINGS]
    lines = [
        f"# {name}",
        "",
        about,
        "",
        f"Written by `benchmarks/{name}.py --write`: best and median CPU time of",
        f"interleaved rounds, {seconds:g} s a row; wall time is the best round's.",
        "",
        *(f"- {key}: {value}" for key, value in machine(libraries).items()),
        "",
        *(f"| {' | '.join(row)} |" for row in (_HEADINGS, rule, *map(_cells, results))),
        "",
    ]
    return "\n".join(lines)


def machine(libraries: Sequence[str]) -> dict[str, str]:
    """Describe the machine: its kind, never its name."""
    system = platform.uname()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",  # noqa: TID251 - of the run
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{memory:.1f} GiB",
        "kernel": f"{system.system} {system.release}",
        "Python": platform.python_version(),
        "libraries": ", ".join(f"{each} {version(each)}" for each in libraries),
    }


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
