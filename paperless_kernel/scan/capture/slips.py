"""Rescan slips: printed for each rejected sheet, put before it, read in stack order.

Knows a slip's texts. The ticket names batch and sheet, so that a slip of another batch
is told apart even where only its bars could be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from paperless_kernel.base.typeset import MarkImage
from paperless_kernel.scan.capture.codes import LARGE, code_sheet, read_codes
from paperless_kernel.scan.pictures.grey import Grey
from paperless_kernel.trust.digest import sha256

_QR: Final = re.compile(r"PK1:RESCAN:([0-9.]+):([0-9]+)")
_BARS: Final = re.compile(r"PK1R([0-9]+)-([0-9A-F]{8})")
_SHORT: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A rejected sheet that is to be scanned again.

    Attributes:
        sheet: its number in the batch.
        labels: places of its rejected sides, as people read them.
        reasons: why, one text a rejected side.
    """

    batch: str
    sheet: int
    labels: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What was read off a slip; ``mark`` stands for its batch."""

    mark: str
    sheet: int


def mark_of(batch: str) -> str:
    """Return the eight letters that stand for a batch in a slip's bars."""
    return sha256(batch.encode()).hex()[:_SHORT].upper()


def slip_sheet(slip: Slip, lines: Sequence[MarkImage] = ()) -> Image.Image:
    """Draw a slip, to be printed; ``lines`` are what it says to people."""
    return code_sheet(
        f"PK1:RESCAN:{slip.batch}:{slip.sheet}",
        f"PK1R{slip.sheet}-{mark_of(slip.batch)}",
        lines,
    )


def slip_lines(slip: Slip) -> tuple[str, ...]:
    """Return what a slip says to people, line by line."""
    where = ", ".join(slip.labels)
    return (
        "재스캔 전표 · Rescan slip",
        f"{slip.sheet}번 장 앞에 놓으십시오 · Put this before sheet {slip.sheet}",
        f"면 · side {where}" if where else "",
        *slip.reasons,
    )


def read_ticket(grey: Grey) -> Ticket | None:
    """Return the ticket on a page, or None; other codes are no tickets."""
    for text in read_codes(grey, LARGE):
        if found := _QR.fullmatch(text):
            return Ticket(mark=mark_of(found[1]), sheet=int(found[2]))
        if found := _BARS.fullmatch(text):
            return Ticket(mark=found[2], sheet=int(found[1]))
    return None
