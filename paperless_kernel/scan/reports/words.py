"""Words of reports: what each reason, cause, tag and column is called.

Korean with English beside; texts only, no rule.
"""

from __future__ import annotations

from collections.abc import Mapping

from paperless_kernel.scan.model import RejectReason
from paperless_kernel.scan.people.model import CheckKind
from paperless_kernel.scan.reports.counts import Cause
from paperless_kernel.scan.reports.model import RegisterContent, ReportKind

REASONS: Mapping[RejectReason, str] = {
    RejectReason.MISSING: "누락",
    RejectReason.DUPLICATE: "중복",
    RejectReason.UNEVEN: "농도 불균일",
    RejectReason.UNCLEAR: "불선명",
    RejectReason.CROPPED: "잘림",
    RejectReason.SKEWED: "기울어짐",
    RejectReason.FOLDED: "접힘",
    RejectReason.OTHER: "기타",
}
"""The eight of 작성 규정 제50조."""

CAUSES: Mapping[Cause, str] = {
    Cause.STOPPED: "상자 정지 box stopped",
    Cause.DECLARED: "신고와 실사 차이 declared ≠ counted",
    Cause.RETURNED: "미스캔 회송 returned unscanned",
    Cause.UNSCANNED: "미스캔 not scanned",
    Cause.MISSING_SIDE: "면 누락 side missing",
    Cause.EXTRA_SHEET: "매수 초과 extra sheet",
    Cause.SEPARATOR_BACK: "구분지 뒷면 back of separator",
    Cause.BLANK: "백지 blank",
    Cause.RESCANNED: "재스캔 rescanned",
    Cause.SET_ASIDE: "제외 set aside",
    Cause.INSERTED: "삽입 inserted",
    Cause.REJECTED: "반려 rejected",
    Cause.WAITING: "검사 대기 waiting",
    Cause.UNSEALED: "미봉인 not sealed",
    Cause.MISCOUNTED: "봉인 면수 차이 sealed ≠ passed",
    Cause.NO_RECEIPT: "등록증명 없음 no receipt",
    Cause.NOT_HELD: "보관소에 없음 not held",
    Cause.NOT_BILLED: "청구 집계 전 not billed",
    Cause.BILLED_OTHERWISE: "청구 면수 차이 billed ≠ sealed",
    Cause.BILLED_UNKNOWN: "기록 없는 청구 billed, unknown",
    Cause.NOT_JOURNALED: "저널에 없음 not in the journal",
    Cause.ROW_LOST: "저널에만 있음 row lost",
}


def reason_text(reason: str) -> str:
    """Return a reject reason for people; what is none of the eight stays itself."""
    try:
        known = RejectReason(reason)
    except ValueError:
        return reason
    return f"{REASONS[known]} {known.value}"


CHECKS: Mapping[CheckKind, str] = {
    CheckKind.YEARLY: "정기점검 periodic",
    CheckKind.CCTV: "CCTV",
    CheckKind.ID_PAPERS: "신원확인 서류 id papers",
    CheckKind.DISPLAYS: "표시장치 displays",
    CheckKind.MANUAL: "업무매뉴얼 manual",
}

CONTENTS: Mapping[RegisterContent, str] = {
    RegisterContent.OUTSOURCING: "작업의뢰 outsourcing",
    RegisterContent.EDUCATION: "교육 education",
    RegisterContent.PERIODIC_CHECK: "정기점검 periodic check",
    RegisterContent.LOSSY_SAMPLES: "손실 압축 표본 lossy samples",
    RegisterContent.QUALITY_TESTS: "화질 시험 quality tests",
    RegisterContent.SPECIAL_JOBS: "특수 작업 special jobs",
    RegisterContent.DESTRUCTION: "파기 destruction",
    RegisterContent.OWN: "자체 기록 own",
}


def good_text(*, good: bool) -> str:
    """Return a result for people."""
    return "적합 good" if good else "부적합 not good"


TITLES: Mapping[ReportKind, tuple[str, str, str]] = {
    ReportKind.RECONCILIATION: ("전자화 대사표", "Reconciliation", ""),
    ReportKind.REGISTER: ("전자화기록부", "Digitisation register", "제8조"),
    ReportKind.QUARTERLY: ("분기 보고", "Quarterly report", "제8조"),
    ReportKind.INSPECTORS: ("검사자 업무량", "Inspector load", "제47조⑥"),
    ReportKind.EDUCATION: ("교육 대장", "Education register", "제13조"),
    ReportKind.REJECTS: ("반려 통계", "Reject statistics", "제50조, 제51조"),
    ReportKind.CHECKS: ("작업장 점검표", "Workshop checks", "제16조, 제39조"),
    ReportKind.SAMPLES: ("손실 압축 표본 비교", "Lossy samples", "제35조"),
    ReportKind.LOG: ("감사 로그", "Audit log", "제25조"),
}
"""Korean title, English title, article of 작성 규정."""
