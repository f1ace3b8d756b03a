"""A box's story as sentences, Korean and English, one for each journal entry.

Knows words and which facts an entry's body holds. A tag without a sentence is told as
it is written, so that nothing is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_NONE: Final = "-"
_SAID: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "scan:contract:recorded": (
            "개인정보 처리위탁 계약을 기록했습니다({since}부터 {until}까지).",
            "The consignment contract was recorded, {since} to {until}.",
        ),
        "scan:order:placed": (
            "작업의뢰서를 받았습니다({number}: {model}, {process}, {service}).",
            "Work order {number} was placed: {model}, {process}, {service}.",
        ),
        "scan:box:packed": (
            "{sheets}매를 담아 봉인 {seal}로 포장했습니다.",
            "Packed with {sheets} sheets under seal {seal}.",
        ),
        "scan:box:photographed": (
            "봉인을 촬영해 두었습니다.",
            "The seal was photographed.",
        ),
        "scan:courier:linked": (
            "차량 {vehicle}의 인수인계를 준비했습니다.",
            "A hand-over onto vehicle {vehicle} was planned.",
        ),
        "scan:transport:left": (
            "차량이 출발했습니다({vehicle}, 인계 담당 {first}·{second}).",
            "Vehicle {vehicle} left with two handlers, {first} and {second}.",
        ),
        "scan:box:handed-over": (
            "서명을 받고 인수인계했습니다(받는 곳 {to}, 차량 {vehicle}).",
            "Handed over against a signature, to the {to} ({vehicle}).",
        ),
        "scan:transport:arrived": (
            "차량이 도착해 박스 {counted}개의 봉인과 수를 확인했습니다.",
            "The vehicle was checked in: {counted} box(es), each seal compared.",
        ),
        "scan:transport:stopped": (
            "차량의 하차를 멈췄습니다: {reason}.",
            "The vehicle was stopped: {reason}.",
        ),
        "scan:transport:cleared": (
            "{agreed}에 따라 차량의 중지를 풀었습니다.",
            "The vehicle was cleared under {agreed}.",
        ),
        "scan:box:received": (
            "봉인 {seal}의 박스를 받았습니다(신고 {sheets}매).",
            "Received under seal {seal}, {sheets} sheets declared.",
        ),
        "scan:box:opened": (
            "개봉해 {counted}매를 세었습니다.",
            "Opened; {counted} sheets counted.",
        ),
        "scan:box:stopped": (
            "박스를 멈췄습니다: {reason}.",
            "Stopped: {reason}.",
        ),
        "scan:box:cleared": (
            "{agreed}에 따라 중지를 풀었습니다(사유: {reason}).",
            "Cleared under {agreed}; it was stopped because {reason}.",
        ),
        "scan:box:prepared": (
            "종이를 분류하고 전처리했습니다; 작업자는 작성자로 봅니다(제41조②).",
            "Paper was prepared; who did counts as an author (제41조②).",
        ),
        "scan:box:stored": (
            "창고 {bin} 칸에 넣었습니다.",
            "Stored in bin {bin} of the warehouse.",
        ),
        "scan:box:moved": (
            "옮겼습니다({to} {bin}).",
            "Moved to {to} {bin}.",
        ),
        "scan:box:fetch-asked": (
            "출고를 요청했습니다.",
            "It was asked for out of the warehouse.",
        ),
        "scan:box:fetched": (
            "{from} 칸에서 출고했습니다(가는 곳 {to}).",
            "Fetched from bin {from} to the {to}.",
        ),
        "scan:box:held": (
            "종이를 없애지 못하게 묶었습니다.",
            "A hold was put on the paper.",
        ),
        "scan:box:released": ("묶음을 풀었습니다.", "The hold was lifted."),
        "scan:box:approved": (
            "종이 파기를 검토해 승인했습니다(기록 {protocol}).",
            "The end of the paper was approved under {protocol}.",
        ),
        "scan:box:shredded": (
            "파쇄했습니다({method}, {device}; 작업 {person}, 입회 {witness}).",
            "Shredded by {person}, witnessed by {witness}, with {device} ({method}).",
        ),
        "scan:box:returned": (
            "고객에게 돌려보냈습니다.",
            "Given back to the customer.",
        ),
        "scan:batch:started": (
            "{sheets}매 배치를 {device}에서 시작했습니다({service}).",
            "A batch of {sheets} sheets was begun on {device} ({service}).",
        ),
        "scan:batch:closed": (
            "배치를 닫았습니다: {pages}면, 문서 {documents}건.",
            "The batch was closed: {pages} sides, {documents} documents.",
        ),
        "scan:batch:checked": (
            "1차 무결성 검증을 마쳤습니다: {pages}면, {sheets}매.",
            "First integrity check: {pages} sides on {sheets} sheets.",
        ),
        "scan:batch:sampled": (
            "검사할 표본을 뽑았습니다({size}/{lot}건).",
            "A sample was drawn for inspection ({size} of {lot}).",
        ),
        "scan:batch:inspected": (
            "내용검사를 마쳤습니다: 결함 {defects}건, {verdict}.",
            "Content inspection ended: {defects} defects, {verdict}.",
        ),
        "scan:batch:sealed": (
            "문서 {documents}건을 한 타임스탬프 아래 봉인했습니다.",
            "{documents} documents were sealed under one time-stamp.",
        ),
        "scan:batch:erased": (
            "이관 뒤 작업장에 남은 사본을 지웠습니다.",
            "What was left in the workshop was erased after the hand-over.",
        ),
        "scan:page:captured": ("한 면을 촬영했습니다.", "A side was captured."),
        "scan:page:inserted": (
            "빠진 장을 {after}번 뒤에 끼워 넣었습니다.",
            "A missed sheet was inserted after {after}.",
        ),
        "scan:page:replaced": (
            "다시 촬영한 면으로 바꿨습니다; 앞의 것은 남습니다.",
            "A rescan took its place; the older version is kept.",
        ),
        "scan:page:accepted": ("면을 합격시켰습니다.", "A side was accepted."),
        "scan:page:rejected": (
            "면을 반려했습니다: {reason}(제50조).",
            "A side was rejected: {reason} (제50조).",
        ),
        "scan:page:set-aside": (
            "면을 제외해 두었습니다: {reason}.",
            "A side was set aside: {reason}.",
        ),
        "scan:page:undone": (
            "앞의 결정을 거두었습니다.",
            "An earlier decision was taken back.",
        ),
        "scan:document:entered": (
            "색인을 {entry}번째로 입력했습니다.",
            "The index was entered, entry {entry}.",
        ),
        "scan:document:indexed": ("색인을 적었습니다.", "The index was written."),
        "scan:document:rejected": (
            "문서를 반려했습니다: {reason}.",
            "The document was rejected: {reason}.",
        ),
        "scan:document:passed": (
            "내용검사를 통과했습니다({pages}면).",
            "It passed content inspection ({pages} sides).",
        ),
        "scan:document:sealed": (
            "{sides}면의 문서에 전자서명했습니다.",
            "Signed as a PDF/A of {sides} written sides.",
        ),
        "scan:document:handed-over": (
            "보관소의 접수증을 받았습니다.",
            "Its taker's receipt is here.",
        ),
        "scan:paper:printed": ("사본을 출력했습니다.", "A marked copy was printed."),
    }
)
_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "trusted": ("신뢰스캔", "trusted scan"),
        "plain": ("일반스캔", "plain scan"),
        "delegated": ("위탁형", "delegated"),
        "built": ("구축형", "built"),
        "subscribed": ("서비스형", "subscribed"),
        "central": ("집중형공정", "central process"),
        "distributed": ("분산형공정", "distributed process"),
        "customer": ("고객", "customer"),
        "vehicle": ("차량", "vehicle"),
        "workshop": ("작업장", "workshop"),
        "warehouse": ("창고", "warehouse"),
        "missing-page": ("누락", "missing page"),
        "duplicate": ("중복", "duplicate"),
        "uneven-density": ("농도 불균일", "uneven density"),
        "unclear": ("불선명", "unclear"),
        "cropped": ("잘림", "cropped"),
        "skewed": ("기울어짐", "skewed"),
        "folded": ("접힘", "folded"),
        "other": ("기타", "other"),
        "shredding": ("파쇄", "shredding"),
        "burning": ("소각", "burning"),
        "passed": ("합격", "passed"),
        "failed": ("불합격", "failed"),
    }
)
_WORDED: Final = frozenset(
    {"service", "model", "process", "to", "reason", "method", "verdict"}
)


class _Facts(dict[str, str]):
    """Facts of an entry; what an older entry lacks is told as a dash."""

    def __missing__(self, key: str) -> str:
        return _NONE


def told(tag: str, facts: Mapping[str, str]) -> tuple[str, str]:
    """Return an entry as a Korean and an English sentence.

    Args:
        tag: the entry's tag.
        facts: its body; empty values are told as a dash.
    """
    if tag not in _SAID:
        return tag, tag
    ko, en = (
        sentence.format_map(_Facts(_worded(facts, language)))
        for language, sentence in enumerate(_SAID[tag])
    )
    return ko, en


def _worded(facts: Mapping[str, str], language: int) -> dict[str, str]:
    """Say what is a word of ours in the language; everything else as it stands."""
    return {
        name: _WORDS[value][language]
        if name in _WORDED and value in _WORDS
        else value or _NONE
        for name, value in facts.items()
    }
