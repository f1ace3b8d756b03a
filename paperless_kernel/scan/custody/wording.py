"""What entries of the workshop's journal are called on paper, Korean and English.

Knows words only; a tag without words is shown as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from paperless_kernel.base.clock import KST
from paperless_kernel.scan.custody.model import StoryLine

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "scan:box:boxes-supplied": ("박스 공급", "boxes supplied"),
    "scan:contract:recorded": ("위탁계약 기록", "contract recorded"),
    "scan:order:placed": ("작업 의뢰", "order placed"),
    "scan:box:packed": ("포장·봉인", "packed and sealed"),
    "scan:box:handed-over": ("인수인계", "handed over"),
    "scan:box:received": ("입고", "received"),
    "scan:box:stopped": ("중지", "stopped"),
    "scan:box:cleared": ("중지 해제", "cleared"),
    "scan:box:opened": ("개봉·계수", "opened, counted"),
    "scan:box:prepared": ("분류·철침 제거", "sorted, clips removed"),
    "scan:box:stored": ("입고(서고)", "stored in a bin"),
    "scan:box:fetched": ("출고", "fetched"),
    "scan:box:fetch-asked": ("출고 요청", "fetching asked for"),
    "scan:box:photographed": ("봉인 촬영", "seal photographed"),
    "scan:bin:entered": ("칸 등록", "bin entered"),
    "scan:workshop:entered": ("작업장 등록", "workshop entered"),
    "scan:transport:left": ("운송 출발", "transport left"),
    "scan:transport:arrived": ("운송 도착", "transport arrived"),
    "scan:transport:stopped": ("운송 중지", "transport stopped"),
    "scan:transport:cleared": ("운송 중지 해제", "transport cleared"),
    "scan:box:moved": ("이동", "moved"),
    "scan:box:shredded": ("파쇄", "shredded"),
    "scan:box:returned": ("회송", "returned"),
    "scan:box:approved": ("진본 사본 검증", "true copies validated"),
    "scan:box:held": ("종이 보존 요청", "paper to be kept"),
    "scan:box:released": ("보존 요청 해제", "no longer to be kept"),
    "scan:courier:linked": ("인수인계 계획", "hand-over planned"),
    "scan:sample:compared": ("압축 표본 비교", "lossy sample compared"),
    "scan:batch:started": ("배치 시작", "batch started"),
    "scan:batch:closed": ("배치 마감", "batch closed"),
    "scan:batch:checked": ("1차 무결성 검증", "first integrity check"),
    "scan:batch:sampled": ("표본 추출", "sample drawn"),
    "scan:batch:inspected": ("배치 검사", "batch inspected"),
    "scan:batch:sealed": ("봉인(서명)", "sealed"),
    "scan:batch:erased": ("잔여물 삭제", "residue erased"),
    "scan:page:captured": ("촬영", "captured"),
    "scan:page:replaced": ("재촬영", "scanned again"),
    "scan:page:inserted": ("삽입 촬영", "inserted"),
    "scan:page:accepted": ("검사 합격", "accepted"),
    "scan:page:rejected": ("반려", "rejected"),
    "scan:page:set-aside": ("제외 보관", "set aside"),
    "scan:page:undone": ("결정 취소", "decision undone"),
    "scan:document:entered": ("색인 입력(2인)", "index entered by one of two"),
    "scan:document:rejected": ("문서 반려", "found defective"),
    "scan:document:indexed": ("색인", "indexed"),
    "scan:document:passed": ("검사 통과", "passed"),
    "scan:document:sealed": ("전자서명", "signed"),
    "scan:document:handed-over": ("이관 접수", "taken over"),
    "scan:paper:printed": ("사본 출력", "copy printed"),
}
_STATES: Final[Mapping[str, tuple[str, str]]] = {
    "packed": ("포장됨", "packed"),
    "handed-over": ("운송 중", "on its way"),
    "received": ("입고됨", "received"),
    "stopped": ("중지됨", "stopped"),
    "opened": ("개봉됨", "opened"),
    "shredded": ("파쇄됨", "shredded"),
    "returned": ("회송됨", "returned"),
}
_FACTS: Final[Mapping[str, str]] = {
    "agreed": "합의",
    "banded": "밴딩",
    "basis": "근거",
    "batch": "배치",
    "bin": "칸",
    "binding": "묶음",
    "box": "박스",
    "boxes": "박스",
    "condition": "상태",
    "contract": "계약",
    "counted": "센 수",
    "defects": "결함",
    "demoPaper": "견본 종이",
    "demo_paper": "견본 종이",
    "device": "장치",
    "documents": "문서",
    "first": "담당1",
    "giver": "넘긴 서명",
    "held": "보류",
    "lossless": "무손실",
    "method": "방법",
    "model": "구분",
    "number": "번호",
    "objects": "객체",
    "order": "의뢰",
    "pages": "면",
    "person": "수행",
    "process": "공정",
    "reason": "사유",
    "receipt": "접수",
    "regulation": "관리규정",
    "rules": "규칙",
    "seal": "봉인",
    "seal_state": "봉인 상태",
    "second": "담당2",
    "separators": "구분지",
    "service": "서비스",
    "settings": "설정",
    "sheet": "장",
    "sheets": "매수",
    "sides": "면",
    "since": "부터",
    "size": "크기",
    "sorted": "분류",
    "special": "특수종이",
    "taker": "받은 서명",
    "tasks": "범위",
    "to": "행선",
    "token": "시점확인",
    "transport": "운송",
    "unclipped": "철침 제거",
    "until": "까지",
    "vehicle": "차량",
    "witness": "입회",
}
STAGES: Final = (
    ("포장", "packed", "scan:box:packed"),
    ("인계", "handed over", "scan:box:handed-over"),
    ("입고", "received", "scan:box:received"),
    ("개봉", "opened", "scan:box:opened"),
    ("촬영", "scanned", "scan:batch:closed"),
    ("검사", "inspected", "scan:document:passed"),
    ("봉인", "sealed", "scan:batch:sealed"),
    ("이관", "taken over", "scan:document:handed-over"),
)
_ENDS: Final = {
    "scan:box:shredded": ("파쇄", "shredded"),
    "scan:box:returned": ("회송", "returned"),
}


def wording(tag: str) -> tuple[str, str]:
    """Return what an entry is called, Korean and English."""
    return _WORDS.get(tag, (tag, ""))


def state_wording(state: str) -> tuple[str, str]:
    """Return what a box's state is called, Korean and English."""
    return _STATES.get(state, (state, ""))


def fact_wording(name: str) -> str:
    """Return what a fact of an entry is called: Korean, or its own name."""
    return _FACTS.get(name, name)


def stages(lines: Sequence[StoryLine]) -> tuple[tuple[str, str, str], ...]:
    """Return a box's stages: Korean, English, last time reached (KST) or ""."""
    last = {line.tag: line for line in lines}

    def when(tag: str) -> str:
        line = last.get(tag)
        return "" if line is None else f"{line.at.astimezone(KST):%m-%d %H:%M}"

    reached = [(korean, english, when(tag)) for korean, english, tag in STAGES]
    end = next((tag for tag in _ENDS if tag in last), None)
    ending = _ENDS[end] if end else ("파쇄·회송", "shredded or returned")
    return (*reached, (*ending, when(end) if end else ""))
