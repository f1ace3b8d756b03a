"""What a verdict looks like: parts kept apart, one bottom line, two languages.

Knows states and words; what was found is put in by ``trust.verify``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from paperless_kernel.base.errors import EvidenceError, UnanchoredError
from paperless_kernel.base.events import Json


class State(StrEnum):
    """How one part of a proof stands."""

    GOOD = "good"
    BAD = "bad"
    ABSENT = "absent"
    """Not in this file; no failure by itself."""
    UNKNOWN = "unknown"
    """Cannot be judged with what was given."""


class PartName(StrEnum):
    """The questions that are kept apart."""

    INTACT = "intact"
    SIGNER = "signer"
    TIME = "time"
    LOG = "log"
    VALIDITY = "validity"
    STANDING = "standing"


class ProofKind(StrEnum):
    """What the file was found to be."""

    SEALED_SCAN = "sealed-scan"
    PLAIN_SCAN = "plain-scan"
    CERTIFICATE = "certificate"
    DISTRIBUTION = "distribution-certificate"
    INVOICE = "invoice"
    PAPER = "signed-pdf"
    BUNDLE = "bundle"
    CHECKPOINT = "checkpoint"
    RECORD = "evidence-record"
    DOCUMENT = "document-with-record"
    UNSIGNED = "unsigned-pdf"
    NOT_A_PROOF = "not-a-proof"


_KINDS = {
    ProofKind.SEALED_SCAN: ("봉인된 전자화문서 PDF", "sealed scan PDF"),
    ProofKind.PLAIN_SCAN: (
        "일반스캔 PDF - 종이를 갈음하지 않음",
        "plain scan PDF - never stands in for its paper",
    ),
    ProofKind.CERTIFICATE: ("증명서 PDF", "certificate PDF"),
    ProofKind.DISTRIBUTION: ("유통증명서 PDF", "distribution certificate PDF"),
    ProofKind.INVOICE: ("서명된 청구서 PDF", "signed invoice PDF"),
    ProofKind.PAPER: ("서명된 PDF", "signed PDF"),
    ProofKind.BUNDLE: (".acr 증명 묶음", ".acr proof bundle"),
    ProofKind.CHECKPOINT: ("로그 체크포인트", "log checkpoint"),
    ProofKind.RECORD: ("증거기록", "evidence record"),
    ProofKind.DOCUMENT: ("증거기록이 있는 문서", "document with an evidence record"),
    ProofKind.UNSIGNED: ("서명되지 않은 PDF", "unsigned PDF"),
    ProofKind.NOT_A_PROOF: ("증명 파일 아님", "not a proof"),
}
_PARTS = {
    PartName.INTACT: ("온전성", "intact"),
    PartName.SIGNER: ("서명자", "signer"),
    PartName.TIME: ("시각", "time"),
    PartName.LOG: ("로그", "log"),
    PartName.VALIDITY: ("유효성", "validity"),
    PartName.STANDING: ("지위", "standing"),
}
_STATES = {
    State.GOOD: ("확인", "good"),
    State.BAD: ("실패", "BAD"),
    State.ABSENT: ("없음", "none"),
    State.UNKNOWN: ("미확인", "unknown"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The same words in Korean and English."""

    ko: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One question and its answer."""

    name: PartName
    state: State
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The one verdict on a file.

    Attributes:
        exit_code: 0 only when everything required holds; 13 something broke; 14
            intact but the signer is not anchored; 3 or 4 it cannot be judged alone or
            is no proof.
        fingerprint: the signer's root (or the log's key) to compare, or empty.
        plain: it is, or certifies, a plain scan, which never stands in for its paper.
    """

    kind: ProofKind
    parts: tuple[Part, ...]
    exit_code: int
    verdict: Text
    fingerprint: str = ""
    plain: bool = False

    def part(self, name: PartName) -> Part:
        """Return the part of that name; one that was not judged is absent."""
        found = (one for one in self.parts if one.name is name)
        return next(found, Part(name=name, state=State.ABSENT, text=_NOTHING))

    def as_dict(self) -> Mapping[str, Json]:
        """Return the report as JSON values, for ``--json``."""
        return {
            "kind": self.kind.value,
            "exit_code": self.exit_code,
            "verdict": {"ko": self.verdict.ko, "en": self.verdict.en},
            "fingerprint": self.fingerprint,
            "plain_scan": self.plain,
            "parts": [
                {
                    "name": one.name.value,
                    "state": one.state.value,
                    "ko": one.text.ko,
                    "en": one.text.en,
                }
                for one in self.parts
            ],
        }

    def lines(self, lang: Literal["ko", "en"] = "ko") -> tuple[str, ...]:
        """Return the report as plain text: what it is, each part, the bottom line."""
        at = 0 if lang == "ko" else 1
        rows = [_KINDS[self.kind][at]]
        for one in self.parts:
            label, state = _PARTS[one.name][at], _STATES[one.state][at]
            rows.append(f"  {label} [{state}] {getattr(one.text, lang)}")
        if self.fingerprint:
            rows.append(f"  {('지문', 'fingerprint')[at]} {self.fingerprint}")
        rows.append(f"{('판정', 'verdict')[at]}: {getattr(self.verdict, lang)}")
        return tuple(rows)


_NOTHING = Text(ko="이 파일에 없음", en="not in this file")


def conclude(
    kind: ProofKind,
    parts: Sequence[Part],
    *,
    fingerprint: str = "",
    plain: bool = False,
) -> Report:
    """Draw the bottom line: the worst part decides, the standing never does."""
    plain = plain or kind is ProofKind.PLAIN_SCAN
    ordered = tuple(sorted(parts, key=lambda one: list(PartName).index(one.name)))
    broken = [one for one in ordered if one.state is State.BAD]
    open_ = [one for one in ordered if one.state is State.UNKNOWN]
    if broken:
        code, verdict = EvidenceError.exit_code, _refusal(broken[0])
    elif open_:
        code, verdict = UnanchoredError.exit_code, _unanchored(open_, fingerprint)
    else:
        code, verdict = 0, _acceptance(ordered)
    if plain:
        verdict = Text(ko=f"{verdict.ko} · 일반스캔", en=f"{verdict.en}; a plain scan")
    return Report(
        kind=kind,
        parts=ordered,
        exit_code=code,
        verdict=_with_standing(verdict, ordered),
        fingerprint=fingerprint,
        plain=plain,
    )


def _refusal(part: Part) -> Text:
    ko, en = _PARTS[part.name]
    return Text(ko=f"아니오 - {ko}: {part.text.ko}", en=f"NO - {en}: {part.text.en}")


def _unanchored(parts: Sequence[Part], fingerprint: str) -> Text:
    if any(one.name is PartName.INTACT for one in parts):
        return Text(
            ko="확인하지 못함 - 로그의 공개키(vkey)를 --anchor로 주십시오 "
            f"({fingerprint})",
            en=f"NOT CHECKED - give the log's key (vkey) with --anchor ({fingerprint})",
        )
    if any(one.name is PartName.SIGNER for one in parts):
        return Text(
            ko="온전하나 서명자 미확인 - 다른 경로로 받은 지문과 비교하십시오 "
            f"({fingerprint})",
            en="intact, signer not anchored - compare with a fingerprint you got "
            f"another way ({fingerprint})",
        )
    ko, en = _PARTS[parts[0].name]
    return Text(
        ko=f"온전하나 {ko} 미확인 - {parts[0].text.ko}",
        en=f"intact, {en} not anchored - {parts[0].text.en}",
    )


def _acceptance(parts: Sequence[Part]) -> Text:
    absent = {one.name for one in parts if one.state is State.ABSENT}
    ko, en = "예 - 온전함", "YES - intact"
    if PartName.SIGNER in absent:
        ko, en = f"{ko} · 서명 없음", f"{en}, unsigned"
    else:
        ko, en = f"{ko} · 서명자 확인됨", f"{en}, signer known"
    if PartName.TIME in absent:
        ko, en = f"{ko} · 시각 증명은 이 파일에 없음", f"{en}; time not in this file"
    else:
        ko, en = f"{ko} · 시각이 증명됨", f"{en}, time proven"
    return Text(ko=ko, en=en)


def _with_standing(verdict: Text, parts: Sequence[Part]) -> Text:
    for one in parts:
        if one.name is PartName.STANDING and one.text.ko:
            return Text(
                ko=f"{verdict.ko} · {one.text.ko}", en=f"{verdict.en}; {one.text.en}"
            )
    return verdict
