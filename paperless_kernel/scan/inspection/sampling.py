"""Single sampling plans for content inspection, and drawing a sample by a seed.

Knows the tables of ISO 2859-1 (single sampling, normal inspection). The notice leaves
the plan to the workshop's registered rules (제48조, 관리규정): level and acceptance
quality limit come from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.inspection.model import Plan
from paperless_kernel.trust.digest import sha256

_LETTERS: Final = "ABCDEFGHJKLMNPQR"
_SIZES: Final = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)
_LOTS: Final = (
    8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000,
)  # fmt: skip
_LEVELS: Final = {
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}
"""Table 1: the code letter by the lot's size, one letter a row of `_LOTS`."""
AQLS: Final = (
    "0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25", "0.40",
    "0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10",
)  # fmt: skip
_ZERO: Final = 14
_STEPS: Final = (1, 2, 3, 5, 7, 10, 14, 21)
"""Table 2-A runs in diagonals: letter and limit, counted from A and from 0.010, sum to
14 where no defect is allowed; one further an arrow up, two further an arrow down, then
these acceptance numbers one after another, then arrows up."""


def plan_for(lot: int, level: str, aql: str) -> Plan:
    """Return the plan of a lot: how many to look at, how many defects pass.

    Args:
        lot: documents in the population, at least 1.
        level: inspection level, ``I`` to ``III`` or ``S-1`` to ``S-4``.
        aql: acceptance quality limit in percent as the standard writes it: ``0.65``.

    Raises:
        InputError: the standard's tables know no such level or limit.
    """
    if lot < 1:
        raise InputError("There is nothing to draw a sample from.")
    if level not in _LEVELS:
        raise InputError(f"ISO 2859-1 has no inspection level {level}.")
    limit = next((n for n, one in enumerate(AQLS) if float(one) == _number(aql)), None)
    if limit is None:
        raise InputError(
            f"the sampling tables here know no AQL of {aql}; they know "
            f"{', '.join(AQLS)}."
        )
    row = next((n for n, most in enumerate(_LOTS) if lot <= most), len(_LOTS))
    at = _LETTERS.index(_LEVELS[level][row])
    at, accept = _follow(at, limit)
    return Plan(
        level=level,
        aql=AQLS[limit],
        letter=_LETTERS[at],
        lot=lot,
        size=min(_SIZES[at], lot),
        accept=accept,
    )


def draw(seed: str, documents: Sequence[str], size: int) -> tuple[str, ...]:
    """Draw ``size`` documents: the first by sha256(seed, newline, id).

    Anyone who has the seed and the ids draws the same. The order given is kept.
    """
    ranked = sorted(documents, key=lambda one: sha256(f"{seed}\n{one}".encode()))
    drawn = set(ranked[:size])
    return tuple(one for one in documents if one in drawn)


def _follow(at: int, limit: int) -> tuple[int, int]:
    """Follow the table's arrows from a letter to a plan: its letter, its Ac."""
    step = 0
    while True:
        diagonal = at + limit - _ZERO
        if diagonal == 0:
            return at, 0
        if 3 <= diagonal < 3 + len(_STEPS):  # noqa: PLR2004 - past the two arrows
            return at, _STEPS[diagonal - 3]
        if step == 0:
            step = 1 if diagonal < 0 or diagonal == 2 else -1  # noqa: PLR2004 - down
        if not 0 <= at + step < len(_LETTERS):
            step = -step  # at the table's edge every arrow points inwards
        at += step


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0
