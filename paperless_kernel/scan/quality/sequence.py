"""Gaps and repeats in a run of sheets, from their numbers alone.

Knows numbers only: a sheet number that is missing, stands twice, or has too few sides.
Where the numbers come from (positions, page numbers read on the paper) is the caller's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """What is wrong with a run of sheets; all empty when nothing is.

    Attributes:
        missing: numbers that should be there and are not.
        repeated: numbers that stand more often than a sheet has sides.
        halved: numbers of sheets of which a side is missing.
        backwards: numbers that follow a higher one.
    """

    missing: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()
    halved: tuple[int, ...] = ()
    backwards: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return any((self.missing, self.repeated, self.halved, self.backwards))


def gaps_in(sheets: Sequence[int], *, sides: int = 1, last: int | None = None) -> Gaps:
    """Look for gaps in the sheet numbers of sides, in order of capture.

    Args:
        sheets: the sheet number of each side.
        sides: how many sides a sheet has.
        last: the number of the last sheet, where it is known; else the highest seen.
    """
    seen = Counter(sheets)
    until = last if last is not None else max(seen, default=0)
    return Gaps(
        missing=tuple(number for number in range(1, until + 1) if not seen[number]),
        repeated=_sorted(number for number, times in seen.items() if times > sides),
        halved=_sorted(number for number, times in seen.items() if times < sides),
        backwards=tuple(after for before, after in pairwise(sheets) if after < before),
    )


def _sorted(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(numbers))
