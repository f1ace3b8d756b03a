"""What stands in the register and in the single reports, as tables.

Knows columns and words of education, checks, tests, samples, orders, destruction and
load; values come from the topics' own records.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from paperless_kernel.base.clock import kst_date, kst_text
from paperless_kernel.scan.disposal.model import PaperEnd
from paperless_kernel.scan.model import RejectReason
from paperless_kernel.scan.orders.model import Order
from paperless_kernel.scan.people.model import (
    Appointment,
    Course,
    DeviceTest,
    DueCheck,
    Load,
    StaffLine,
    WorkshopCheck,
)
from paperless_kernel.scan.reports.model import (
    Column,
    LossySample,
    RegisterNote,
    ReportTable,
)
from paperless_kernel.scan.reports.statistics import Tally
from paperless_kernel.scan.reports.words import CHECKS, REASONS, good_text

_DAY = Column(ko="일자", en="Day", width=12)
_BY = Column(ko="담당", en="By", width=30)


def education_table(courses: Iterable[Course]) -> ReportTable:
    """Return education that was given (제13조)."""
    return ReportTable(
        title="교육",
        title_en="Education",
        columns=(
            _DAY,
            Column(ko="대상자", en="Person", width=30),
            Column(ko="과정", en="Course", width=36),
            Column(ko="시간", en="Hours", width=8, number=True),
            Column(ko="구분", en="Kind", width=18),
        ),
        rows=tuple(
            (
                one.on.isoformat(),
                one.person,
                one.name,
                one.hours,
                "공식 과정 official" if one.official else "자체 own",
            )
            for one in courses
        ),
    )


def staff_table(staff: Iterable[StaffLine]) -> ReportTable:
    """Return where everybody stands with the yearly education."""
    return ReportTable(
        title="전자화관계자별 이수 현황",
        title_en="Standing of each person",
        columns=(
            Column(ko="대상자", en="Person", width=30),
            Column(ko="역할", en="Role", width=18),
            Column(ko="등록", en="Since", width=12),
            Column(ko="종료", en="Ended", width=12),
            Column(ko="필요 시간", en="Needed", width=9, number=True),
            Column(ko="이수 시간", en="Done", width=9, number=True),
            Column(ko="유효", en="Good until", width=14),
        ),
        rows=tuple((*_appointed(one.appointment), *_standing(one)) for one in staff),
        note="공식 과정을 이수하면 다음 해 교육은 면제된다 (제13조). "
        "The official course waives the next year's hours.",
    )


def _appointed(one: Appointment) -> tuple[str, ...]:
    ended = one.ended_on.isoformat() if one.ended_on else ""
    return one.person, one.role.value, one.since.isoformat(), ended


def _standing(one: StaffLine) -> tuple[str | int, ...]:
    if one.education is None:
        return "–", "–", "–"
    known = one.education
    if known.lapsed or known.expires_on is None:
        return known.needed, known.done, "만료 lapsed"
    return known.needed, known.done, known.expires_on.isoformat()


def checks_table(checks: Iterable[WorkshopCheck]) -> ReportTable:
    """Return checks of the workshop with every item and what was found."""
    return ReportTable(
        title="작업장 점검",
        title_en="Workshop checks",
        columns=(
            _DAY,
            Column(ko="점검", en="Check", width=24),
            Column(ko="항목", en="Item", width=36),
            Column(ko="결과", en="Result", width=14),
            Column(ko="내용", en="Note", width=40),
            _BY,
            Column(ko="서류 보존", en="Papers until", width=12),
        ),
        rows=tuple(
            (
                one.on.isoformat(),
                CHECKS[one.kind],
                item.name,
                good_text(good=item.good),
                item.note,
                one.by,
                one.papers_until.isoformat(),
            )
            for one in checks
            for item in one.items
        ),
    )


def due_table(due: Iterable[DueCheck]) -> ReportTable:
    """Return when each kind of check is due."""
    return ReportTable(
        title="점검 예정",
        title_en="Checks due",
        columns=(
            Column(ko="점검", en="Check", width=24),
            Column(ko="최근", en="Last", width=12),
            Column(ko="예정", en="Due", width=12),
            Column(ko="상태", en="State", width=18),
            Column(ko="근거", en="Article", width=14),
        ),
        rows=tuple(
            (
                CHECKS[one.kind],
                one.last.isoformat() if one.last else "–",
                one.due.isoformat() if one.due else "–",
                "기한 경과 overdue" if one.overdue else "",
                one.article,
            )
            for one in due
        ),
    )


def tests_table(tests: Iterable[DeviceTest]) -> ReportTable:
    """Return target-page tests of scanners (제39조)."""
    return ReportTable(
        title="스캐너 화질 시험",
        title_en="Image quality tests of scanners",
        columns=(
            Column(ko="일시", en="At", width=24),
            Column(ko="스캐너", en="Scanner", width=20),
            Column(ko="측정값", en="Measured", width=50),
            Column(ko="결과", en="Result", width=14),
            Column(ko="내용", en="Note", width=30),
            _BY,
        ),
        rows=tuple(
            (
                kst_text(one.at),
                one.device,
                ", ".join(f"{name} {value}" for name, value in one.measured),
                good_text(good=one.passed),
                one.note,
                one.by,
            )
            for one in tests
        ),
    )


def samples_table(
    samples: Iterable[LossySample], left: Mapping[str, int]
) -> ReportTable:
    """Return sampled comparisons; ``left`` counts lossy sides of uncompared batches."""
    waiting = [
        ("–", batch, "", sides, "비교 전 not compared", "", "")
        for batch, sides in sorted(left.items())
    ]
    return ReportTable(
        title="손실 압축 표본 비교",
        title_en="Sampled comparison of pages coded with loss",
        columns=(
            Column(ko="일시", en="At", width=24),
            Column(ko="묶음", en="Batch", width=34),
            Column(ko="표본 면", en="Compared", width=9, number=True),
            Column(ko="손실 면", en="Coded with loss", width=9, number=True),
            Column(ko="결과", en="Result", width=18),
            Column(ko="내용", en="Note", width=36),
            _BY,
        ),
        rows=(
            *(
                (
                    kst_text(one.at),
                    one.batch,
                    len(one.pages),
                    one.population,
                    good_text(good=one.good),
                    one.note,
                    one.by,
                )
                for one in samples
            ),
            *waiting,
        ),
        note="스캐너가 만든 JPEG 는 다시 압축하지 않으므로 여기에 없다 (제35조). "
        "Scanner JPEGs are never coded again and are not listed.",
    )


def orders_table(orders: Iterable[Order]) -> ReportTable:
    """Return work orders (전자화 작업의뢰서, 제40조)."""
    return ReportTable(
        title="작업의뢰",
        title_en="Work orders",
        columns=(
            _DAY,
            Column(ko="의뢰 번호", en="Order", width=18),
            Column(ko="고객", en="Customer", width=30),
            Column(ko="위탁계약", en="Contract", width=18),
            Column(ko="서비스", en="Service", width=12),
            Column(ko="공정", en="Process", width=12),
            Column(ko="작업장", en="Workshop", width=14),
        ),
        rows=tuple(
            (
                kst_date(one.placed_at).isoformat(),
                one.number,
                one.tenant,
                one.contract,
                one.service.value,
                one.process.value,
                one.workshop or "자체 own",
            )
            for one in orders
        ),
    )


def destruction_table(
    ends: Iterable[PaperEnd], seals: Mapping[str, str]
) -> ReportTable:
    """Return paper that was destroyed (제53조②)."""
    return ReportTable(
        title="종이문서 파기",
        title_en="Paper destroyed",
        columns=(
            Column(ko="일시", en="At", width=24),
            Column(ko="상자", en="Seal", width=14),
            Column(ko="방법", en="Method", width=14),
            Column(ko="담당", en="Person", width=26),
            Column(ko="입회", en="Witness", width=26),
            Column(ko="장비", en="Device", width=18),
            Column(ko="근거", en="Basis", width=44),
        ),
        rows=tuple(
            (
                kst_text(one.at),
                seals.get(one.box, one.box),
                one.method,
                one.person,
                one.witness,
                one.device,
                "시험용 종이 demo paper" if one.demo_paper else "; ".join(one.basis),
            )
            for one in ends
        ),
    )


def notes_table(title: str, notes: Iterable[RegisterNote]) -> ReportTable:
    """Return what the workshop wrote into an item itself."""
    return ReportTable(
        title=title,
        title_en="Written by the workshop",
        columns=(_DAY, Column(ko="내용", en="What", width=90), _BY),
        rows=tuple((one.on.isoformat(), one.text, one.by) for one in notes),
    )


def loads_table(loads: Iterable[Load]) -> ReportTable:
    """Return each inspector's average (제47조⑥)."""
    return ReportTable(
        title="검사자별 평균",
        title_en="Average of each inspector",
        columns=(
            Column(ko="검사자", en="Inspector", width=30),
            Column(ko="매", en="Sheets", width=10, number=True),
            Column(ko="작업일", en="Days", width=8, number=True),
            Column(ko="일 평균", en="Average", width=10, number=True),
            Column(ko="한도", en="Limit", width=10, number=True),
            Column(ko="상태", en="State", width=24),
        ),
        rows=tuple(
            (
                one.inspector,
                one.sheets,
                one.days,
                -(-one.sheets // one.days) if one.days else 0,
                one.limit,
                "한도 초과 over" if one.sheets > one.limit * one.days else "",
            )
            for one in loads
        ),
        note="기간과 작업일은 등록된 관리규정이 정한 것이며, 평균은 올림이다. "
        "Period and working days are those of the registered rules, averages rounded "
        "up.",
    )


def days_table(days: Sequence[tuple[str, dt.date, int]]) -> ReportTable:
    """Return sheets inspected by inspector and Korean day."""
    return ReportTable(
        title="일별 검사 매수",
        title_en="Sheets inspected by day",
        columns=(
            Column(ko="검사자", en="Inspector", width=30),
            _DAY,
            Column(ko="매", en="Sheets", width=10, number=True),
        ),
        rows=tuple((who, day.isoformat(), sheets) for who, day, sheets in days),
    )


def tally_table(title: str, title_en: str, tallies: Iterable[Tally]) -> ReportTable:
    """Return captured and rejected sides by operator, device or day."""
    return ReportTable(
        title=title,
        title_en=title_en,
        columns=(
            Column(ko="구분", en="Name", width=34),
            Column(ko="캡처 면", en="Captured", width=10, number=True),
            Column(ko="반려 면", en="Rejected", width=10, number=True),
            Column(ko="자동", en="Automatic", width=10, number=True),
            Column(ko="검사자", en="By people", width=10, number=True),
            Column(ko="비율", en="Share", width=10, number=True),
        ),
        rows=tuple(
            (
                one.name,
                one.captured,
                one.rejected,
                one.automatic,
                one.by_people,
                one.share,
            )
            for one in tallies
        ),
    )


def reasons_table(reasons: Counter[str], checks: Counter[str]) -> ReportTable:
    """Return the eight reasons (제50조), each with its count, then automatic checks."""
    people = [
        ("검사자 inspector", f"{name} {reason.value}", reasons[reason.value])
        for reason, name in REASONS.items()
    ]
    known = {reason.value for reason in RejectReason}
    other = sorted(set(reasons) - known)
    return ReportTable(
        title="사유별",
        title_en="By reason",
        columns=(
            Column(ko="판정", en="Decided by", width=20),
            Column(ko="사유", en="Reason", width=34),
            Column(ko="건", en="Count", width=10, number=True),
        ),
        rows=(
            *people,
            *(("검사자 inspector", one, reasons[one]) for one in other),
            *(("자동 automatic", one, checks[one]) for one in sorted(checks)),
        ),
    )
