"""When a box's paper may be destroyed, or go back to its owner (파쇄·회송).

Knows what must be true first, with the article it comes from. Reads no table.
"""

from __future__ import annotations

from collections.abc import Sequence

from paperless_kernel.base.errors import NotAllowedError, NotYetError
from paperless_kernel.scan.model import Batch, BatchState, Box, BoxState


def check_disposable(box: Box, batches: Sequence[Batch]) -> None:
    """Let a box's paper be shredded or returned (파쇄·회송).

    The paper is the only original until every sheet is sealed and its taker has
    acknowledged it (전자문서법 제31조의6).

    Raises:
        NotYetError: a sheet is not scanned, or a batch is not handed over.
    """
    if box.state is not BoxState.OPENED:
        raise NotYetError(f"Box {box.seal} is {box.state.value}, not open and scanned.")
    done = sum(batch.sheets for batch in batches)
    if done != box.counted:
        raise NotYetError(
            f"{done} of {box.counted} sheets of box {box.seal} were scanned: scan the "
            "rest first."
        )
    waiting = [batch.id for batch in batches if batch.state is not BatchState.ERASED]
    if waiting:
        raise NotYetError(
            f"{len(waiting)} batch(es) of box {box.seal} are not handed over yet: the "
            "paper stays until the taker's receipts are in."
        )


def check_shreddable(kept_as_paper: int) -> None:
    """Let a box's paper be destroyed only when none of it must stay paper.

    ``kept_as_paper`` counts sides set aside for another reason than being a duplicate:
    what could not be digitised legibly must be kept (전자문서법 제31조의6 단서).

    Raises:
        NotAllowedError: there are such sides; the box must be returned.
    """
    if kept_as_paper:
        raise NotAllowedError(
            f"{kept_as_paper} side(s) of this box were set aside and exist on paper "
            "only: return the box instead."
        )
