"""The words of people, devices and the registered rules a workshop works by.

Values only. Dates are Korean days; times are aware UTC.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from paperless_kernel.base.ids import Role
from paperless_kernel.scan.model import Process


class InspectionMode(StrEnum):
    """How much of a batch content inspection looks at (내용검사, 제48조)."""

    FULL = "full"
    """전수."""
    SAMPLE = "sample"
    """표본: the registered rules state the plan."""


class WorkingDay(StrEnum):
    """What the registered rules call a working day of an inspector."""

    INSPECTED = "inspected"
    """A Korean day on which the inspector inspected at least one sheet."""
    WEEKDAY = "weekday"
    """Monday to Friday, from the period's first day to today; holidays stay in."""


class CheckKind(StrEnum):
    """What a workshop looks over, and keeps papers of."""

    YEARLY = "yearly"
    """정기점검: the periodic check."""
    CCTV = "cctv"
    ID_PAPERS = "id-papers"
    """신원확인 서류: papers of the staff's identity checks and pledges."""
    DISPLAYS = "displays"
    """Displays that people inspect on (제16조)."""
    MANUAL = "manual"
    """업무매뉴얼: its contents are there (제7조)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulation:
    """One registered version of a workshop's rules (전자화문서관리규정, 제6조).

    What the notice leaves open is stated here by the workshop itself. A value that is
    None was not stated: whoever needs it refuses (``rules.stated``).

    Attributes:
        number: of the registration; each revision has its own.
        registered_on: Korean day of the registration; before it nothing is in force.
        effective_from: first Korean day it applies.
        workshop: id of the workshop it is registered for, "" for the office's own.
        processes: central, distributed, or both.
        revises: number of the version it revises, or "".
        contents: the mandatory contents confirmed, in the workshop's own words.
        inspection: full or sampled content inspection.
        sampling_level: inspection level of the sampling plan (ISO 2859-1: I, II, III).
        sampling_aql: acceptance quality limit of the plan, percent as text ("0.65").
        load_period_days: Korean days over which an inspector's load is averaged,
            today among them.
        load_working_day: which of them count as working days.
        longest_gap_seconds: longest time between image and integrity value that a
            capture may have; None: none stated.
        keep_paper: codes of document classes whose paper is never destroyed.
        education_year_from: month and day an education year begins with.
        education_grace_days: Korean days somebody may work, from the appointment or
            from the education year's first day, before that year's hours are done.
        cctv_waiver: what stands in for cameras and why; distributed only (제4조④).
        check_months: months between two checks of a kind, where stated.
    """

    number: str
    registered_on: dt.date
    effective_from: dt.date
    workshop: str = ""
    processes: tuple[Process, ...]
    revises: str = ""
    contents: tuple[str, ...]
    inspection: InspectionMode | None = None
    sampling_level: str | None = None
    sampling_aql: str | None = None
    load_period_days: int | None = None
    load_working_day: WorkingDay | None = None
    longest_gap_seconds: int | None = None
    keep_paper: tuple[str, ...] | None = None
    education_year_from: tuple[int, int] | None = None
    education_grace_days: int | None = None
    cctv_waiver: str | None = None
    check_months: tuple[tuple[CheckKind, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Somebody registered for a role (전자화관계자, 제2조, 제9조①, 제11조).

    Attributes:
        person: id of the user.
        id_checked_on: Korean day the identity was checked.
        pledge_signed_on: Korean day the security pledge was signed.
        since: first Korean day of the task.
        registered_at: when it was entered here; no task before.
        ended_on: Korean day it ended; from that day on no task. None while it holds.
    """

    id: str
    person: str
    role: Role
    id_checked_on: dt.date
    pledge_signed_on: dt.date
    since: dt.date
    registered_at: dt.datetime
    ended_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Education somebody received (교육, 제13조).

    Attributes:
        official: given by the overseer; the next year's hours are waived.
    """

    person: str
    name: str
    on: dt.date
    hours: int
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Education:
    """Where somebody stands with the yearly education (제13조).

    Attributes:
        year_from: first Korean day of the education year now.
        needed: hours the role asks for in a year.
        done: hours done in this year.
        waived: an official course of the year before stands in for this year's.
        expires_on: last Korean day the person may work with what is recorded; None
            when the time has run out already.
        lapsed: no task today.
    """

    year_from: dt.date
    needed: int
    done: int
    waived: bool
    expires_on: dt.date | None
    lapsed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """A line of the staff register: the appointment, and its education.

    Attributes:
        education: None while no registered rules say how years are counted.
        papers_until: last Korean day the identity papers are kept once it ended.
    """

    appointment: Appointment
    education: Education | None
    papers_until: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What an inspector has inspected on average (제47조⑥).

    Attributes:
        today: sheets of this Korean day.
        sheets: sheets of the whole period, today's among them.
        days: working days of the period, as the registered rules count them.
        limit: sheets a day, on average, that may not be passed.
        warning: what to tell the inspector now, or "".
    """

    inspector: str
    today: int
    sheets: int
    days: int
    limit: int
    warning: str = ""

    @property
    def left(self) -> int:
        """Return how many more sheets the average allows today."""
        return max(0, self.limit * self.days - self.sheets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A registered scanner.

    Attributes:
        id: the name batches call it by.
        serial: of the maker.
        retired_on: Korean day it was taken out of use, or None.
    """

    id: str
    model: str
    serial: str
    registered_at: dt.datetime
    retired_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTest:
    """A target page scanned and measured (제39조).

    Attributes:
        measured: name and value of what was measured, integers in the unit named.
        page: sha256 of the target page's picture, hex, or "".
        note: what was found, in the operator's words.
    """

    device: str
    at: dt.datetime
    by: str
    measured: tuple[tuple[str, int], ...]
    passed: bool
    page: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPage:
    """What was measured on the picture of a target page.

    Attributes:
        measured: name and value of each check, integers in the check's unit.
        passed: no check found anything.
        note: what the checks found.
        page: sha256 of the picture, hex.
    """

    measured: tuple[tuple[str, int], ...]
    passed: bool
    note: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """A display people inspect on: its size in mm, pitch in µm and colour depth."""

    name: str
    size_mm: int
    pitch_um: int
    bits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckItem:
    """One thing looked at in a check of the workshop."""

    name: str
    good: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopCheck:
    """A check of the workshop on a Korean day, with what was found.

    Attributes:
        papers_until: last Korean day its papers are kept.
    """

    id: str
    workshop: str
    kind: CheckKind
    on: dt.date
    by: str
    items: tuple[CheckItem, ...]
    papers_until: dt.date

    @property
    def good(self) -> bool:
        """Tell whether nothing was found wrong."""
        return all(item.good for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCheck:
    """When a kind of check is due.

    Attributes:
        last: Korean day of the newest check, or None.
        due: Korean day the next one is due; None when nothing states how often.
        overdue: that day has passed.
    """

    kind: CheckKind
    last: dt.date | None
    due: dt.date | None
    overdue: bool
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyItem:
    """One thing a workshop needs before it may begin, and what to do about it."""

    area: str
    name: str
    done: bool
    todo: str
    article: str
