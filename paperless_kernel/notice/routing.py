"""Which line a notice goes to: carriers in order, one line drawn within a carrier.

Knows the deck's order and who cannot be reached (FAQ 3/3 Q2, Q7). Draws nothing by
itself: the seed is given, and the draw can be shown again to anyone who has it.
"""

from __future__ import annotations

from collections.abc import Sequence

from paperless_kernel.notice.model import Line, Network, Reason, Route, Verdict
from paperless_kernel.notice.person import mask_number
from paperless_kernel.trust.digest import sha256

ORDER: tuple[Network, ...] = (Network.KT, Network.SKT, Network.LGU)
"""발송순서: KT → SKT → LG U+ (deck FAQ 3/3 Q2)."""

_SECOND_GENERATION = 2
_TOLD_FIRST = (
    Reason.REFUSED,
    Reason.SKT_MVNO,
    Reason.CORPORATE,
    Reason.SECOND_GENERATION,
)


def ineligible(line: Line) -> Reason | None:
    """Return why a line cannot get notices, or nothing when it can.

    MVNO lines get notices on KT and LG U+ and none on SKT (deck FAQ 3/3 Q7).
    """
    if line.refused:
        return Reason.REFUSED
    if line.corporate:
        return Reason.CORPORATE
    if line.generation <= _SECOND_GENERATION:
        return Reason.SECOND_GENERATION
    if line.mvno and line.network is Network.SKT:
        return Reason.SKT_MVNO
    return None


def draw(seed: bytes, notice: str, number: str) -> str:
    """Return a line's lot, hex: the smallest within a carrier is sent to.

    SHA-256 over the campaign's seed, the notice and the number, so that "random one
    line" (랜덤 1회선) is fair, repeatable and provable.
    """
    return sha256(b"\x1f".join((seed, notice.encode(), number.encode()))).hex()


def route(lines: Sequence[Line], *, seed: bytes, notice: str) -> Route:
    """Choose one line for a notice.

    Args:
        lines: what the directory said, in any order.
        seed: the campaign's.
        notice: the notice's id.
    """
    judged = sorted(
        ((line, draw(seed, notice, line.number)) for line in lines),
        key=lambda pair: (ORDER.index(pair[0].network), pair[1]),
    )
    verdicts = tuple(
        Verdict(
            line=mask_number(line.number),
            network=line.network,
            reason=ineligible(line),
            draw=lot,
        )
        for line, lot in judged
    )
    able = [line for line, _ in judged if ineligible(line) is None]
    if able:
        return Route(line=able[0], reason=None, verdicts=verdicts)
    reasons = {verdict.reason for verdict in verdicts}
    first = next((each for each in _TOLD_FIRST if each in reasons), Reason.NO_LINE)
    return Route(line=None, reason=first, verdicts=verdicts)
