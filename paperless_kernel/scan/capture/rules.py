"""When a batch may be scanned into, closed, and a page of it replaced.

Knows stages and counts. Reads no table; the desk brings what it needs.
"""

from __future__ import annotations

from collections.abc import Sequence

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotYetError,
)
from paperless_kernel.scan.capture.model import Arrived
from paperless_kernel.scan.model import BatchState, Page, PageState, Verdict
from paperless_kernel.scan.quality.sequence import gaps_in


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


def check_gap(arrived: Arrived, longest: int | None) -> None:
    """Compare a picture's age at its integrity value with the registered limit.

    Args:
        arrived: what came, with its gap.
        longest: seconds the registered rules allow, or None where they state none.

    Raises:
        NotAllowedError: it is older, or nobody knows how old it is (제30조).
    """
    if longest is None or 0 <= arrived.gap <= longest * 1000:
        return
    known = arrived.gap >= 0
    age = f"{arrived.gap / 1000:.0f} seconds" if known else "an unknown time"
    raise NotAllowedError(
        f"{arrived.name}: {age} lay between this picture and its integrity value; the "
        f"registered rules allow {longest} (제30조). Scan it again, and capture it at "
        "once or straight from the scanner."
    )


def check_single(sides: int, name: str) -> None:
    """Let a file through that is exactly one side.

    Raises:
        InputError: it has several, so that nobody can tell which belong together.
    """
    if sides != 1:
        raise InputError(
            f"{name} has {sides} sides; here every file is one side. Set the scanner "
            "to one file a side."
        )


def separator_sheets(pages: Sequence[Page]) -> frozenset[int]:
    """Return the numbers of the sheets that are separators."""
    return frozenset(page.sheet for page in pages if page.separator)


def count_sheets(pages: Sequence[Page]) -> int:
    """Count a batch's sheets of paper.

    Separators are no paper of the customer's, and a sheet that was set aside whole as
    a duplicate of another was fed twice.
    """
    sheets = {page.sheet for page in pages} - separator_sheets(pages)
    kept = {
        page.sheet
        for page in pages
        if page.state is not PageState.SET_ASIDE or not page.duplicate_of
    }
    return len(sheets & kept)


def check_count(pages: Sequence[Page], sheets: int) -> None:
    """Compare the sheets that were scanned with those that were counted (제48조).

    Raises:
        NotYetError: sheets are missing or there are too many; says how many, and
            where nothing was captured.
    """
    dividers = separator_sheets(pages)
    scanned = len({page.sheet for page in pages} - dividers)
    if scanned != sheets and count_sheets(pages) != sheets:
        raise NotYetError(
            f"{scanned} sheets scanned, {sheets} counted: "
            + (
                f"{_empty(pages, sheets + len(dividers))}find the missing sheets and "
                "scan them."
                if scanned < sheets
                else "a sheet was scanned twice or counted wrong; count again."
            )
        )


def check_whole_sheets(pages: Sequence[Page], sides: int) -> None:
    """Compare each sheet's sides with what the batch has (both sides: 제36조①).

    Raises:
        NotYetError: a sheet lacks a side; says which.
    """
    halved = gaps_in([page.sheet for page in pages], sides=sides).halved
    if halved:
        raise NotYetError(
            f"Of sheet {_numbers(halved)} not all {sides} sides are here (제36조①): "
            "scan what is missing, or start the batch with one side a sheet."
        )


def _empty(pages: Sequence[Page], last: int) -> str:
    """Say which sheets, as they were fed with the separators, hold no page."""
    numbers = sorted(page.sheet for page in pages)
    missing = gaps_in(numbers, last=max(last, *numbers[-1:], 0)).missing
    return f"nothing stands at sheet {_numbers(missing)}; " if missing else ""


def _numbers(found: Sequence[int]) -> str:
    """Write numbers in order, neighbours as a range."""
    runs: list[list[int]] = []
    for number in found:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)


def check_room(sheets: int, most: int) -> None:
    """Let one more sheet into a count.

    Raises:
        ConflictError: all counted sheets are here (제48조: missing or double pages).
    """
    if sheets + 1 > most:
        raise ConflictError(
            f"{most} sheets were counted and {sheets} are here, so none is missing "
            "(제48조). Have an inspector set aside what was fed twice, or count the "
            "paper again and say so."
        )


def is_rejected(page: Page) -> bool:
    """Tell whether a page waits to be scanned again."""
    measured = page.state is PageState.WAITING and page.verdict is Verdict.REJECT
    return measured or page.state is PageState.REJECTED


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
