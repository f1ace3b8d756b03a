"""The words of disposal: the answer, its reasons, and how paper came to its end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Method(StrEnum):
    """How paper is destroyed (파기; 개인정보 보호법 시행령 제16조)."""

    SHREDDING = "shredding"
    """파쇄."""
    BURNING = "burning"
    """소각."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason why paper stays.

    Attributes:
        text: what is so.
        article: where it is written; "" where the customer or this office decided.
        todo: what to do.
        final: waiting changes nothing; the paper must not be destroyed.
    """

    text: str
    article: str
    todo: str
    final: bool

    def __str__(self) -> str:
        """Return the reason as one sentence with its article."""
        article = f" ({self.article})" if self.article else ""
        return f"{self.text}{article}: {self.todo}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalVerdict:
    """May this paper be destroyed? Yes, or no with every reason (파기 가부).

    Attributes:
        box: its id.
        seal: its seal number.
        allowed: yes or no.
        demo_paper: the paper is made up; the answer says nothing about real paper.
        basis: what a yes stands on, in sentences.
        reasons: why not; empty for a yes.
    """

    box: str
    seal: str
    allowed: bool
    demo_paper: bool
    basis: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperEnd:
    """How a box's paper ended: destroyed, or given back.

    Attributes:
        end: ``shredded`` or ``returned``.
        method: how it was destroyed, "" for a return.
        person: id of who did it.
        witness: id of who saw it, or of who took a returned box.
        device: the privacy device (파쇄기, 소각로) that was used, "" for a return.
        at: aware UTC.
        basis: what the verdict stood on.
    """

    box: str
    end: str
    method: str
    person: str
    witness: str
    device: str
    at: dt.datetime
    demo_paper: bool
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDocument:
    """A document whose paper is gone: where it is held, and by which receipt."""

    id: str
    batch: str
    sha256: str
    sides: int
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Destruction:
    """Everything a certificate of destruction says (종이문서 파기 확인).

    Attributes:
        order: the customer's number of the work order, "" without one.
        entry: id of the journal entry that recorded the destruction.
        leaf: its place in the workshop's log, or -1 while it waits for its number.
    """

    box: str
    seal: str
    tenant: str
    contract: str
    order: str
    sheets: int
    sides: int
    end: PaperEnd
    documents: tuple[TakenDocument, ...]
    entry: str
    leaf: int
