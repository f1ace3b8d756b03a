"""A reconciliation as tables: the chain at each level, and every difference by page.

Knows columns and words; every number comes from ``reconcile``.
"""

from __future__ import annotations

from collections.abc import Iterable

from paperless_kernel.scan.reports.counts import (
    Difference,
    Line,
    Reconciliation,
)
from paperless_kernel.scan.reports.model import Column, ReportTable
from paperless_kernel.scan.reports.words import CAUSES

_NUMBERS = (
    ("sheets", "입고 매", "sheets in"),
    ("sheets_scanned", "스캔 매", "sheets scanned"),
    ("expected", "예정 면", "sides expected"),
    ("captured", "캡처 면", "sides captured"),
    ("passed", "합격", "passed"),
    ("blank", "백지", "blank"),
    ("rejected", "반려", "rejected"),
    ("rescanned", "재스캔", "rescanned"),
    ("set_aside", "제외", "set aside"),
    ("waiting", "대기", "waiting"),
    ("separators", "구분지", "separators"),
    ("sealed", "봉인", "sealed"),
    ("deposited", "등록", "deposited"),
    ("receipts", "증명", "receipts"),
    ("billed", "청구", "billed"),
    ("documents", "문서", "documents"),
    ("open", "미결", "open"),
)
_CHAIN = (
    "캡처 = 합격 + 백지 + 반려 + 재스캔 + 제외 + 대기 (구분지 별도). "
    "합격 = 봉인 = 등록 = 증명 = 청구. – 는 확인하지 않은 값. "
    "Captured = passed + blank + rejected + rescanned + set aside + waiting (separator "
    "sheets apart); passed = sealed = deposited = receipts = billed; – was not asked."
)


def reconciliation_tables(made: Reconciliation) -> tuple[ReportTable, ...]:
    """Return the tables: orders, boxes, days, batches, then the differences."""
    return (
        _lines("작업의뢰별", "By work order", "의뢰 Order", made.orders, _CHAIN),
        _lines("상자별", "By box", "상자 Seal", made.boxes),
        _lines("일자별 (묶음 시작일, KST)", "By day", "일자 Day", made.days),
        _lines("묶음별", "By batch", "묶음 Batch", made.batches),
        _differences(made.differences),
    )


def _lines(
    title: str, title_en: str, what: str, lines: Iterable[Line], note: str = ""
) -> ReportTable:
    name, _, english = what.partition(" ")
    columns = [Column(ko=name, en=english, width=24)]
    columns += [Column(ko=ko, en=en, width=9, number=True) for _, ko, en in _NUMBERS]
    return ReportTable(
        title=title,
        title_en=title_en,
        columns=tuple(columns),
        rows=tuple(
            (
                line.name or "–",
                *(_shown(getattr(line, name)) for name, _, _ in _NUMBERS),
            )
            for line in lines
        ),
        note=note,
    )


def _shown(value: int | None) -> str | int:
    return "–" if value is None else value


def _differences(found: Iterable[Difference]) -> ReportTable:
    return ReportTable(
        title="차이 내역 (면별)",
        title_en="Differences by page",
        columns=(
            Column(ko="상태", en="State", width=15),
            Column(ko="상자", en="Seal", width=14),
            Column(ko="묶음", en="Batch", width=30),
            Column(ko="문서", en="Document", width=7, number=True),
            Column(ko="위치", en="Position", width=7, number=True),
            Column(ko="판", en="Version", width=7, number=True),
            Column(ko="매", en="Sheet", width=7, number=True),
            Column(ko="면", en="Side", width=7, number=True),
            Column(ko="구분", en="Kind", width=22),
            Column(ko="사유", en="Reason", width=56),
        ),
        rows=tuple(
            (
                "미결 open" if one.is_open else "설명됨 explained",
                one.seal or "–",
                one.batch,
                *(
                    number or ""
                    for number in (
                        one.document,
                        one.position,
                        one.version,
                        one.sheet,
                        one.side,
                    )
                ),
                CAUSES[one.cause],
                one.text,
            )
            for one in sorted(found, key=lambda one: not one.is_open)
        ),
    )
