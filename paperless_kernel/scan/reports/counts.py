"""The words of reconciliation: what is counted against what, and what differs.

Values only; decided in ``reconcile``, loaded in ``records``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class SideClass(StrEnum):
    """What became of one captured side; each side is exactly one of these."""

    SEPARATOR = "separator"
    """Of a separator sheet: kept, counted apart, no sheet of the customer's."""
    PASSED = "passed"
    """Stands in a document an inspector passed, with something on it."""
    BLANK = "blank"
    """Stands in a passed document with nothing on it; not billed."""
    REJECTED = "rejected"
    """Must be scanned again (제51조)."""
    RESCANNED = "rescanned"
    """An older version; a later one took its place."""
    SET_ASIDE = "set-aside"
    """Kept in the ledger, delivered to nobody."""
    WAITING = "waiting"
    """Nobody has passed its document yet."""


class Cause(StrEnum):
    """Why two numbers of a reconciliation differ."""

    STOPPED = "stopped"
    DECLARED = "declared"
    RETURNED = "returned"
    UNSCANNED = "unscanned"
    MISSING_SIDE = "missing-side"
    EXTRA_SHEET = "extra-sheet"
    SEPARATOR_BACK = "separator-back"
    BLANK = "blank"
    RESCANNED = "rescanned"
    SET_ASIDE = "set-aside"
    INSERTED = "inserted"
    REJECTED = "rejected"
    WAITING = "waiting"
    UNSEALED = "unsealed"
    MISCOUNTED = "miscounted"
    NO_RECEIPT = "no-receipt"
    NOT_HELD = "not-held"
    NOT_BILLED = "not-billed"
    BILLED_OTHERWISE = "billed-otherwise"
    BILLED_UNKNOWN = "billed-unknown"
    NOT_JOURNALED = "not-journaled"
    ROW_LOST = "row-lost"


EXPLAINED = frozenset(
    {
        Cause.DECLARED,
        Cause.RETURNED,
        Cause.SEPARATOR_BACK,
        Cause.BLANK,
        Cause.RESCANNED,
        Cause.SET_ASIDE,
        Cause.INSERTED,
    }
)
"""Causes that explain a difference and leave nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxFact:
    """A box as reconciliation sees it.

    Attributes:
        day: Korean day of its receipt.
        stopped: why it is stopped, while nobody cleared it.
    """

    id: str
    seal: str
    tenant: str
    declared: int
    counted: int | None
    day: dt.date
    order: str = ""
    order_number: str = ""
    stopped: str = ""
    returned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFact:
    """A batch: its sheets, pictures per sheet, and the Korean day it was begun."""

    id: str
    box: str
    sheets: int
    sides: int
    day: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFact:
    """One version of one side, and what became of it.

    Attributes:
        why: the reason given, or "".
        inserted: of a missed sheet that was put in later.
        twice: it repeats another side; set aside, its sheet was fed twice.
    """

    page: str
    batch: str
    position: int
    version: int
    sheet: int
    side: int
    became: SideClass
    why: str = ""
    document: str = ""
    inserted: bool = False
    twice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFact:
    """A document: is it sealed, its billable sides, its hash, the taker's receipt."""

    id: str
    batch: str
    number: int
    sealed: bool
    sides: int
    digest: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the workshop itself knows.

    Attributes:
        journaled: batch id of each capture in the journal, by page id; it is compared
            with the rows.
    """

    boxes: tuple[BoxFact, ...]
    batches: tuple[BatchFact, ...]
    sides: tuple[SideFact, ...]
    documents: tuple[DocumentFact, ...]
    journaled: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the other businesses know; None where nobody was asked.

    Attributes:
        held: SHA-256 (hex) of the documents the taker holds, by its receipt (an
            entry's id).
        billed: sides counted for each document in billing.
    """

    held: Mapping[str, frozenset[str]] | None = None
    billed: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One page (or sheet, box, document) where two numbers part, and why."""

    cause: Cause
    box: str
    seal: str
    batch: str = ""
    document: int = 0
    position: int = 0
    version: int = 0
    sheet: int = 0
    side: int = 0
    text: str = ""

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to do something about it."""
        return self.cause not in EXPLAINED


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The chain of numbers of an order, a box, a batch or a day.

    All are sides, but for ``sheets``, ``sheets_scanned`` and ``documents``.

    Attributes:
        key: what the line is of: id of an order, box or batch, or a day (KST).
        name: how people call it: an order's number, a seal.
        sheets: sheets that came in.
        sheets_scanned: sheets captured, without separator sheets.
        expected: sides the batches' sheets have.
        captured: all sides captured, older versions too, separator sheets not.
        separators: sides of separator sheets.
        sealed: sides with something on them in sealed documents.
        receipts: of these, in documents the taker gave a receipt for.
        deposited: of these, in documents the taker really holds; None: not asked.
        billed: sides billing counted; None: not asked.
        open: differences that are not explained.
    """

    key: str
    name: str
    sheets: int = 0
    sheets_scanned: int = 0
    expected: int = 0
    captured: int = 0
    separators: int = 0
    passed: int = 0
    blank: int = 0
    rejected: int = 0
    rescanned: int = 0
    set_aside: int = 0
    waiting: int = 0
    documents: int = 0
    sealed: int = 0
    receipts: int = 0
    deposited: int | None = None
    billed: int | None = None
    open: int = 0

    @property
    def agrees(self) -> bool:
        """Tell whether every number of the chain is explained."""
        return not self.open


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """The chain by order, box, batch and day, and every difference by page."""

    orders: tuple[Line, ...]
    boxes: tuple[Line, ...]
    batches: tuple[Line, ...]
    days: tuple[Line, ...]
    total: Line
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Tell whether nothing is left to explain."""
        return not any(one.is_open for one in self.differences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which boxes a reconciliation is of; all when nothing is named.

    With days, the boxes received or scanned on one of them (KST) are taken whole.
    """

    order: str = ""
    box: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether it is the whole office."""
        return self == Scope()

    def takes(self, box: BoxFact, days: Iterable[dt.date]) -> bool:
        """Tell whether a box, with the days of its batches, is in the scope."""
        if (self.order and self.order not in {box.order, box.order_number}) or (
            self.box and self.box not in {box.id, box.seal}
        ):
            return False
        first, last = self.since or dt.date.min, self.until or dt.date.max
        return any(first <= day <= last for day in (box.day, *days))
