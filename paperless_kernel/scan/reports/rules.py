"""What may be written into the register, and what its items hold.

Values in, values out. The notice's ten items (제8조) are known here only as far as they
were seen named; the rest is the workshop's own wording.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from paperless_kernel.base.errors import InputError, NotAllowedError, NotYetError
from paperless_kernel.scan.reports.model import RegisterContent, RegisterItem

ITEMS: Final = 10
"""Items of the 전자화기록부 (제8조)."""
QUARTERLY_ITEMS: Final = (5, 6, 7, 8, 9)
"""What is reported every quarter (제8조)."""
WRITTEN: Final = frozenset({RegisterContent.SPECIAL_JOBS, RegisterContent.OWN})
"""Contents that are written by hand; the others are filled from their records."""
_LONGEST: Final = 500


def check_item(made: RegisterItem, known: Sequence[RegisterItem]) -> None:
    """Let an item be worded.

    Raises:
        InputError: the number is not 1 to 10, the wording is no line, or another number
            holds that content.
    """
    if not 1 <= made.number <= ITEMS:
        raise InputError(f"The register has items 1 to {ITEMS}, not {made.number}.")
    check_words(made.wording)
    for item in known:
        if (
            item.content is made.content
            and item.content is not RegisterContent.OWN
            and item.number != made.number
        ):
            raise InputError(
                f"Item {item.number} holds {made.content.value} already: word that one "
                "anew first."
            )


def check_words(text: str) -> None:
    """Let one printable line of at most 500 letters be written.

    Raises:
        InputError: it is none.
    """
    if not text.strip() or not text.isprintable() or len(text) > _LONGEST:
        raise InputError(f"Write one line of 1 to {_LONGEST} letters.")


def check_written(number: int, items: Sequence[RegisterItem]) -> RegisterItem:
    """Return the item a line is written into.

    Raises:
        NotYetError: nobody worded the item.
        InputError: it is filled from its records.
    """
    found = next((item for item in items if item.number == number), None)
    if found is None:
        raise NotYetError(
            f"Item {number} of the register has no wording yet: word it as in your "
            "registered rules (제8조)."
        )
    if found.content not in WRITTEN:
        raise InputError(
            f"Item {number} is filled from the records of {found.content.value}: enter "
            "it there."
        )
    return found


def quarterly(items: Sequence[RegisterItem]) -> tuple[RegisterItem, ...]:
    """Return the items reported every quarter.

    Raises:
        NotYetError: one of items 5 to 9 has no wording.
    """
    numbered = {item.number: item for item in items}
    missing = [number for number in QUARTERLY_ITEMS if number not in numbered]
    if missing:
        raise NotYetError(
            f"Items {missing} of the register have no wording yet: items 5 to 9 are "
            "reported every quarter (제8조). Word them as in your registered rules."
        )
    return tuple(numbered[number] for number in QUARTERLY_ITEMS)


def unnumbered(items: Sequence[RegisterItem]) -> tuple[RegisterContent, ...]:
    """Return the contents that no item holds, in the order they are known."""
    held = {item.content for item in items}
    return tuple(
        content
        for content in RegisterContent
        if content is not RegisterContent.OWN and content not in held
    )


def check_sample(
    pages: Collection[str],
    lossy: Collection[str],
    inspector: str,
    authors: Collection[str],
) -> None:
    """Let a sampled comparison be recorded (제35조).

    Raises:
        InputError: no page, or one that is not of the batch or not coded with loss.
        NotAllowedError: whoever scanned compares their own pages (제45조②).
    """
    strange = sorted(set(pages) - set(lossy))
    if not pages or strange:
        raise InputError(
            "A sample names pages of the batch that were coded with loss"
            + (f", not {strange[0]}." if strange else ".")
        )
    if inspector in authors:
        raise NotAllowedError(
            f"{inspector} scanned in this batch: somebody else compares it with its "
            "paper (제45조②)."
        )
