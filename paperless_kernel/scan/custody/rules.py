"""Custody rules: when a box may be received, opened, scanned, shredded or returned.

Knows boxes, seals and counts. Each rule lets pass or raises with what is
missing; what stops a box is returned, because that too must be recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from paperless_kernel.base.errors import InputError, NotYetError
from paperless_kernel.scan.model import Batch, Box, BoxState, SealState

MOST_SHEETS = 100_000


def check_sheets(sheets: int) -> None:
    """Refuse a sheet count no box can have.

    Raises:
        InputError: below 1 or over 100,000.
    """
    if not 1 <= sheets <= MOST_SHEETS:
        raise InputError(f"A box holds 1 to {MOST_SHEETS} sheets, not {sheets}.")


def stop_at_receipt(seal: str, supplied: Collection[str], state: SealState) -> str:
    """Return why a box must not go on at receipt, or "".

    ``supplied`` holds the seal numbers given to that customer and not used yet.
    """
    if seal not in supplied:
        return f"seal {seal} was never supplied to this customer, or came before"
    if state is not SealState.INTACT:
        return f"the seal was found {state.value} at receipt"
    return ""


def stop_at_opening(box: Box, seal: str, state: SealState, counted: int) -> str:
    """Return why an opened box must not be scanned, or ""."""
    if seal != box.seal:
        return f"the seal reads {seal}, received was {box.seal}"
    if state is not SealState.INTACT:
        return f"the seal was found {state.value} at opening"
    if counted != box.sheets:
        return f"{counted} sheets counted, {box.sheets} declared"
    return ""


def check_openable(box: Box) -> None:
    """Let a received box be opened.

    Raises:
        NotYetError: it is stopped, or it is past opening.
    """
    if box.state is BoxState.STOPPED:
        raise NotYetError(
            f"Box {box.seal} is stopped: {box.reason}. A manager must clear it with "
            "the customer first."
        )
    if box.state is not BoxState.RECEIVED:
        raise NotYetError(f"Box {box.seal} is {box.state.value}; it cannot be opened.")


def check_scannable(box: Box, batches: Sequence[Batch], sheets: int) -> None:
    """Let a new batch of ``sheets`` be started from an opened box.

    Raises:
        NotYetError: the box is not open, or is stopped.
        InputError: the batches would hold more sheets than were counted.
    """
    if box.state is BoxState.STOPPED:
        raise NotYetError(
            f"Box {box.seal} is stopped: {box.reason}. A manager must clear it with "
            "the customer first."
        )
    if box.state is not BoxState.OPENED:
        raise NotYetError(f"Box {box.seal} is {box.state.value}: open it first.")
    check_sheets(sheets)
    begun = sum(batch.sheets for batch in batches)
    if begun + sheets > (box.counted or 0):
        raise InputError(
            f"Box {box.seal} was counted at {box.counted} sheets; {begun} are in "
            f"batches already, {sheets} more do not fit."
        )
