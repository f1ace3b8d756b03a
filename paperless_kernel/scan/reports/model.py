"""The words of reports: kinds, tables, the register's items, lossy samples.

Values only. What is reconciled stands in ``counts``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class ReportKind(StrEnum):
    """What a workshop reports."""

    RECONCILIATION = "reconcile"
    """대사: sheets in to sides billed."""
    REGISTER = "register"
    """전자화기록부 (제8조)."""
    QUARTERLY = "quarterly"
    """분기 보고: items 5 to 9 of the register (제8조)."""
    INSPECTORS = "inspectors"
    """검사자 업무량 (제47조⑥)."""
    EDUCATION = "education"
    """교육 대장 (제13조)."""
    REJECTS = "rejects"
    """반려 통계 (제50조)."""
    CHECKS = "checks"
    """작업장 점검."""
    SAMPLES = "samples"
    """손실 압축 표본 비교 (제35조)."""
    LOG = "log"
    """감사 로그 (제25조)."""


class RegisterContent(StrEnum):
    """What an item of the register (전자화기록부, 제8조) is filled from.

    The notice has ten items; these are the ones we have seen named. The others are
    ``OWN``: the workshop's wording, and what it writes there itself.
    """

    OUTSOURCING = "outsourcing"
    """작업의뢰 (제40조)."""
    EDUCATION = "education"
    """교육 (제13조)."""
    PERIODIC_CHECK = "periodic-check"
    """정기점검."""
    LOSSY_SAMPLES = "lossy-samples"
    """손실 압축 표본 비교 (제35조)."""
    QUALITY_TESTS = "quality-tests"
    """화질 시험 (제39조)."""
    SPECIAL_JOBS = "special-jobs"
    """특수 작업: written by the workshop."""
    DESTRUCTION = "destruction"
    """종이문서 파기 (제53조②)."""
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its Korean name, the English beside it, its width in letters."""

    ko: str
    en: str
    width: int = 12
    number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """One table of a report; ``note`` stands under it."""

    title: str
    title_en: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | int, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of the workshop, ready for paper, workbook or program.

    Attributes:
        since: first Korean day.
        until: last Korean day, included.
        made_at: aware UTC.
        made_by: id of who made it.
        kept_until: last Korean day it has to be kept.
        basis: the article it follows, "" where none is known.
        facts: name and value lines above the tables.
        workshop: id of the workshop in whose name it is signed, "" for our own.
    """

    kind: ReportKind
    title: str
    title_en: str
    since: dt.date
    until: dt.date
    made_at: dt.datetime
    made_by: str
    kept_until: dt.date | None
    basis: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[ReportTable, ...]
    workshop: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterItem:
    """An item of the register: its number (1 to 10), its wording, what fills it."""

    number: int
    wording: str
    content: RegisterContent


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterNote:
    """A line the workshop wrote into an item of its register, on a Korean day."""

    id: str
    number: int
    on: dt.date
    text: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LossySample:
    """Pages that were coded with loss, compared with their paper (제35조).

    Attributes:
        pages: ids of the pages compared.
        population: sides of the batch that were coded with loss.
        good: nothing that is on the paper was lost.
        note: what was found, in the inspector's words.
    """

    id: str
    batch: str
    pages: tuple[str, ...]
    population: int
    good: bool
    note: str
    by: str
    at: dt.datetime
