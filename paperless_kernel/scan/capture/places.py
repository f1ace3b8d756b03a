"""Where pages stand: positions as captured, and places between them for missed sheets.

Knows numbers only. Positions never change; an inserted page has a place of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Final, TypeVar

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.capture.model import Pairing

_Source = TypeVar("_Source")
_DIGITS: Final = 10
_EXACT: Final = Context(prec=2000)
"""Each insertion into one gap adds a digit; 2,000 is more sheets than a box holds."""


def between(before: str, after: str) -> str:
    """Return a place between two `Page.order` texts; "" is the batch's start or end.

    Places are decimal numbers written so that sorting the text sorts the numbers.
    """
    low = Decimal(before) if before else Decimal(0)
    high = Decimal(after) if after else low.to_integral_value() + 1
    middle = _EXACT.divide(_EXACT.add(low, high), Decimal(2))
    whole, _, rest = f"{middle:f}".partition(".")
    return f"{int(whole):0{_DIGITS}d}.{rest}"


def free_positions(
    taken: frozenset[int], start: int, count: int, sides: int = 1
) -> tuple[int, ...]:
    """Return the next ``count`` positions from ``start`` that inserted pages left free.

    With ``sides`` 2 they begin with a sheet's front.
    """
    at = start + (1 - start) % sides
    found: list[int] = []
    while len(found) < count:
        if at not in taken:
            found.append(at)
        at += 1
    return tuple(found)


def paired(
    sources: Sequence[_Source], backs: Sequence[_Source], pairing: Pairing
) -> tuple[_Source, ...]:
    """Return sources as front, back, front, back.

    Blank sides are still among them: they are flagged later and never taken out, so
    that no front gets another sheet's back.

    Args:
        sources: a folder's files; with ``backs``, the fronts.
        backs: a second folder's files, for `Pairing.STACKS`, or none.
        pairing: how they lie.

    Raises:
        InputError: fronts and backs are not equally many.
    """
    if pairing is Pairing.INTERLEAVED:
        if backs:
            raise InputError("Backs in a folder of their own are stacks: say so.")
        return tuple(sources)
    if pairing is Pairing.TURNED:
        if backs:
            raise InputError("A stack turned over lies in one folder, not in two.")
        middle = len(sources) // 2
        fronts, turned = sources[:middle], sources[middle:]
        if len(fronts) != len(turned):
            raise InputError(
                f"{len(sources)} sides are no fronts and backs: a sheet was pulled "
                "twice or stuck in one of the two passes. Scan the stack again."
            )
        return _zipped(fronts, turned[::-1])
    if len(sources) != len(backs):
        raise InputError(
            f"{len(sources)} fronts and {len(backs)} backs: a sheet was pulled twice "
            "or stuck in one of the two passes. Scan the stack again."
        )
    return _zipped(sources, backs)


def _zipped(fronts: Sequence[_Source], backs: Sequence[_Source]) -> tuple[_Source, ...]:
    return tuple(side for pair in zip(fronts, backs, strict=True) for side in pair)
