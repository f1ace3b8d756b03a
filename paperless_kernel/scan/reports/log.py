"""The audit log: who did what, from the journal, each entry with its hash.

Knows the three kinds of log (접속, 작업이력, 작업내역; 제25조) and which entries are
wanted. An export can be proven: leaf hashes and places are those of the signed
checkpoint.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from paperless_kernel.base.clock import kst_date, kst_text
from paperless_kernel.base.events import Json
from paperless_kernel.scan.reports.model import Column, ReportTable
from paperless_kernel.store.journal import Entry, Journal
from paperless_kernel.trust.digest import canonical_json
from paperless_kernel.trust.merkle import leaf_hash


class LogKind(StrEnum):
    """The logs a workshop keeps (제25조)."""

    ACCESS = "access"
    """접속: who entered, who opened a key."""
    WORK = "work"
    """작업이력: boxes, batches, documents, people, devices."""
    DETAIL = "detail"
    """작업내역: each page."""


KINDS = {
    LogKind.ACCESS: "접속 access",
    LogKind.WORK: "작업이력 work",
    LogKind.DETAIL: "작업내역 detail",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which entries are wanted; days are Korean and included, texts "" take all.

    Attributes:
        tag: beginning of the tag, such as ``scan:page``.
        actor: id of who did it.
        subject: id of what it is about.
    """

    since: dt.date
    until: dt.date
    kind: LogKind | None = None
    tag: str = ""
    actor: str = ""
    subject: str = ""

    def takes(self, entry: Entry) -> bool:
        """Tell whether an entry is wanted."""
        return (
            self.since <= kst_date(entry.at) <= self.until
            and entry.tag.startswith(self.tag)
            and self.actor in {"", entry.actor}
            and self.subject in {"", entry.subject}
            and self.kind in {None, kind_of(entry.tag)}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One entry: its place in the log, its hash, and what it says.

    Attributes:
        place: index of its leaf in the Merkle log (RFC 6962), from 0.
        hash: leaf hash of the entry's bytes, hex; the checkpoint's root is made of it.
    """

    journal: str
    place: int
    kind: LogKind
    at: dt.datetime
    tag: str
    actor: str
    subject: str
    facts: tuple[tuple[str, str], ...]
    hash: str


def kind_of(tag: str) -> LogKind:
    """Return which of the three logs an entry belongs to."""
    if tag.startswith("access:"):
        return LogKind.ACCESS
    return LogKind.DETAIL if tag.startswith("scan:page:") else LogKind.WORK


def log_lines(journal: Journal, wanted: LogFilter) -> Iterator[LogLine]:
    """Yield the wanted entries of a journal in order.

    Leaves are numbered in the order of entries, so an entry's place is its rank.
    """
    for place, entry in enumerate(journal.entries()):
        if wanted.takes(entry):
            yield LogLine(
                journal=journal.name,
                place=place,
                kind=kind_of(entry.tag),
                at=entry.at,
                tag=entry.tag,
                actor=entry.actor,
                subject=entry.subject,
                facts=tuple((name, _text(fact)) for name, fact in entry.body.items()),
                hash=leaf_hash(entry.raw).hex(),
            )


def _text(fact: Json) -> str:
    return fact if isinstance(fact, str) else canonical_json(fact).decode()


def log_table(journal: str, lines: Sequence[LogLine], note: str) -> ReportTable:
    """Return the log of one journal; ``note`` is its newest signed checkpoint."""
    return ReportTable(
        title=f"저널 {journal}",
        title_en=f"Journal {journal}",
        columns=(
            Column(ko="번호", en="Place", width=8, number=True),
            Column(ko="일시", en="At", width=24),
            Column(ko="로그", en="Log", width=16),
            Column(ko="사건", en="Event", width=26),
            Column(ko="행위자", en="Actor", width=26),
            Column(ko="대상", en="Subject", width=30),
            Column(ko="내용", en="Facts", width=60),
            Column(ko="해시", en="Leaf hash (SHA-256)", width=64),
        ),
        rows=tuple(
            (
                one.place,
                kst_text(one.at),
                KINDS[one.kind],
                one.tag,
                one.actor,
                one.subject,
                ", ".join(f"{name}={value}" for name, value in one.facts),
                one.hash,
            )
            for one in lines
        ),
        note=f"서명된 체크포인트 Signed checkpoint (C2SP):\n{note}" if note else "",
    )
