"""When a batch may be scanned into, closed, and a page of it replaced.

Knows stages and counts. Reads no table; the desk brings what it needs.
"""

from __future__ import annotations

from collections.abc import Sequence

from paperless_kernel.base.errors import ConflictError, NotAllowedError, NotYetError
from paperless_kernel.scan.model import BatchState, Page, PageState, Verdict


def check_batch(state: BatchState, wanted: BatchState, doing: str) -> None:
    """Let a step happen only in its stage.

    Raises:
        NotYetError: the batch has not come that far.
        ConflictError: it is past that.
    """
    order = tuple(BatchState)
    if order.index(state) < order.index(wanted):
        raise NotYetError(f"The batch is {state.value}; {doing} comes later.")
    if state is not wanted:
        raise ConflictError(f"The batch is {state.value}; it is too late for {doing}.")


def check_count(pages: Sequence[Page], separators: int, sheets: int) -> None:
    """Compare the sheets that were scanned with those that were counted (제48조).

    Raises:
        NotYetError: sheets are missing or there are too many; says how many.
    """
    scanned = len({page.sheet for page in pages}) - separators
    if scanned != sheets:
        raise NotYetError(
            f"{scanned} sheets scanned, {sheets} counted: "
            + (
                "find the missing sheets and scan them."
                if scanned < sheets
                else "a sheet was scanned twice or counted wrong; count again."
            )
        )


def check_rescannable(page: Page) -> None:
    """Let the author scan a page again.

    Only a rejected page is replaced: a good one must not be changed by its author
    (제51조: no editing, only scanning again).

    Raises:
        NotAllowedError: nobody rejected it.
        ConflictError: it was set aside, or replaced already.
    """
    if page.state in {PageState.REPLACED, PageState.SET_ASIDE}:
        raise ConflictError(f"Page {page.position} is {page.state.value} already.")
    rejected = page.verdict is Verdict.REJECT or page.state is PageState.REJECTED
    if not rejected:
        raise NotAllowedError(
            f"Page {page.position} was not rejected: an author may not replace it."
        )
