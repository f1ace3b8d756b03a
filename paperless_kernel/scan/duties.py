"""What the notice asks of people, devices and records, as dated data with articles.

Knows the shape of the ``duties`` of ``data/rules/notice-*.toml`` and which set covers a
day. Limits for pictures are ``rules``; what the notice leaves open stands in the
workshop's registered rules.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from paperless_kernel.base.errors import InputError
from paperless_kernel.base.ids import Role

_PLAIN: Final = {"version", "effective_from", "articles", "sources"}
_ROW: Final = {"value", "article", "source"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """One version of the duties (전자화문서의 작성 절차 및 방법에 관한 규정).

    Attributes:
        version: name of the rule-set.
        effective_from: first Korean day it covers.
        managers_at_least: 전자화책임자 a workshop has.
        hours_author: education hours a year, 전자화작성자.
        hours_system_admin: the same, 시스템관리자.
        hours_inspector: the same, 전자화검사자.
        hours_manager: the same, 전자화책임자.
        official_course_years: education years an official course stands in for.
        sheets_per_inspector_day: most sheets of content inspection a day, on average.
        load_warn_percent: share of that average from which the inspector is warned.
        regulation_contents: mandatory contents of the 전자화문서관리규정.
        manual_contents: contents of the 업무매뉴얼.
        device_test_months: months a target-page test lasts.
        display_size_mm: smallest display for inspection.
        display_pitch_um: widest dot pitch of it, micrometres.
        display_bits: least colour depth of it.
        yearly_check_months: months between two periodic checks.
        report_months: months between two reports.
        log_years: years logs are kept.
        register_years: years the 전자화기록부 is kept.
        cctv_years: years camera pictures are kept.
        id_paper_years: years identity papers are kept after somebody left.
        check_paper_years: years papers of checks are kept.
        articles: name of a value to the article a refusal names.
        sources: name of a value to what was read.
    """

    version: str
    effective_from: dt.date
    managers_at_least: int
    hours_author: int
    hours_system_admin: int
    hours_inspector: int
    hours_manager: int
    official_course_years: int
    sheets_per_inspector_day: int
    load_warn_percent: int
    regulation_contents: int
    manual_contents: int
    device_test_months: int
    display_size_mm: int
    display_pitch_um: int
    display_bits: int
    yearly_check_months: int
    report_months: int
    log_years: int
    register_years: int
    cctv_years: int
    id_paper_years: int
    check_paper_years: int
    articles: Mapping[str, str]
    sources: Mapping[str, str]

    def education_hours(self, role: Role) -> int:
        """Return the education hours a year of a role.

        Raises:
            InputError: the role is none of the workshop's.
        """
        hours = {
            Role.SCAN_OPERATOR: self.hours_author,
            Role.SYSTEM_ADMIN: self.hours_system_admin,
            Role.SCAN_INSPECTOR: self.hours_inspector,
            Role.SCAN_MANAGER: self.hours_manager,
        }
        if role not in hours:
            raise InputError(f"{role.value} is no role of a workshop; name another.")
        return hours[role]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyBook:
    """All versions of the duties; the day decides which one holds."""

    versions: tuple[Duties, ...]

    @classmethod
    def of(cls, versions: Iterable[Duties]) -> Self:
        """Put versions in the order they take effect.

        Raises:
            InputError: there is none, or two begin on the same day.
        """
        ordered = tuple(sorted(versions, key=lambda one: one.effective_from))
        if len({one.effective_from for one in ordered}) != len(ordered) or not ordered:
            raise InputError(
                "rule-sets of the workshop: give at least one, each with its own "
                "effective_from."
            )
        return cls(versions=ordered)

    def on(self, day: dt.date) -> Duties:
        """Return the version that covers a Korean day.

        Raises:
            InputError: the day is before the first version.
        """
        covering = [one for one in self.versions if one.effective_from <= day]
        if not covering:
            raise InputError(
                f"no rule-set covers {day}: the first begins on "
                f"{self.versions[0].effective_from}. Add the one of that time."
            )
        return covering[-1]


def parse_duties(data: Mapping[str, Any]) -> Duties:
    """Read the duties of a rule-set from parsed TOML.

    Raises:
        InputError: a value, its article or its source is missing, unknown or of the
            wrong kind.
    """
    version, since = data.get("version"), data.get("effective_from")
    if not isinstance(version, str) or not version or type(since) is not dt.date:
        raise InputError("the scan rule-set needs a version and effective_from = DATE.")
    rows = data.get("duties", {})
    names = [name for name in Duties.__annotations__ if name not in _PLAIN]
    unknown = sorted(set(rows) - set(names))
    if unknown:
        raise InputError(f"rule-set {version} knows no duties {', '.join(unknown)}.")
    for name in names:
        _check_row(version, name, rows.get(name, {}))
    return Duties(
        version=version,
        effective_from=since,
        articles={name: rows[name]["article"] for name in names},
        sources={name: rows[name]["source"] for name in names},
        **{name: rows[name]["value"] for name in names},
    )


def _check_row(version: str, name: str, row: Mapping[str, Any]) -> None:
    words = [row.get("article"), row.get("source")]
    whole = set(row) == _ROW and type(row["value"]) is int and row["value"] > 0
    if not whole or not all(isinstance(one, str) and one.strip() for one in words):
        raise InputError(
            f"rule-set {version}: duties.{name} is a whole number above 0 (value) with "
            "its article and source, and nothing else; complete it."
        )
