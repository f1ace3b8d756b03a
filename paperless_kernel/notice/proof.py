"""What a distribution certificate and a letter say: values for their templates.

Knows the fields of decree article 2-5 and ours beside them; draws nothing and signs
nothing. Never claims the presumption of a certified relay.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paperless_kernel.base.clock import kst_text, stamp
from paperless_kernel.base.events import Json
from paperless_kernel.notice.model import (
    Campaign,
    Fact,
    FactKind,
    Notice,
    NoticeStatus,
    Reason,
    State,
)
from paperless_kernel.store.journal import LogProof
from paperless_kernel.trust.digest import canonical_json

REASONS: Mapping[Reason, tuple[str, str]] = {
    Reason.CORPORATE: ("법인 명의 회선", "corporate line"),
    Reason.SECOND_GENERATION: ("2G 회선", "2G line"),
    Reason.SKT_MVNO: ("SKT 망 알뜰폰", "MVNO on SKT"),
    Reason.REFUSED: ("수신거부", "declined by the person"),
    Reason.NO_LINE: ("회선 없음", "no line"),
}
_WHAT: Mapping[FactKind, tuple[str, str]] = {
    FactKind.RESOLVED: ("회선 결정", "line chosen"),
    FactKind.INELIGIBLE: ("발송 불가", "cannot be sent"),
    FactKind.HANDED: ("통신사 인계", "handed over"),
    FactKind.UNKNOWN: ("결과 미확인", "outcome unknown"),
    FactKind.ACCEPTED: ("송신 (통신사 접수)", "sent (accepted by carrier)"),
    FactKind.REFUSED: ("통신사 거절", "refused by carrier"),
    FactKind.DELIVERED: ("수신 (단말 도달)", "received (on the handset)"),
    FactKind.UNDELIVERED: ("미도달", "not delivered"),
    FactKind.OPENED: ("열람 화면 진입", "page opened"),
    FactKind.DECLINED: ("수신거부", "declined"),
    FactKind.CONSENTED: ("약관 동의", "terms accepted"),
    FactKind.IDENTIFIED: ("본인 확인", "identified"),
    FactKind.READ: ("열람", "read"),
    FactKind.PRINTED: ("우편물 출력", "letter printed"),
}
_NOTES = (
    (
        "이 증명서는 발급자의 기록에 있는 사실을 확인합니다. 전자문서 및 전자거래 "
        "기본법 제18조의5에 따라 공인된 중계자가 발급한 것이 아니며, 같은 조의 "
        "추정력을 주장하지 않습니다."
    ),
    (
        "This certificate states facts from the issuer's records. It is not issued by "
        "a certified relay and claims no legal presumption."
    ),
    (
        "첨부된 distribution.json 과 기록부 검증키로 각 기록의 존재와 순서를 발급자 "
        "없이 확인할 수 있습니다. / Check the entries offline with the attached file."
    ),
)
_GRADES = {"possession": "회선 점유 확인 (문자 인증번호) / possession of the line"}
_MODES = {"at-identification": "본인 확인 시 열람 / read at identification"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a certificate stands on besides the notice itself.

    Attributes:
        serial: the certificate's own number.
        issuer: who issues, as its certificate names it.
        standing: the facility's line, or the trial mark.
        issued_at: aware.
        valid_until: aware; the length is our policy.
        vkey: verifier key of the journal's log.
        fingerprint: of the office's root certificate.
        rules: version of the service rules.
        proofs: log proofs of the facts' entries, in the facts' order.
    """

    serial: str
    issuer: str
    standing: str
    issued_at: dt.datetime
    valid_until: dt.datetime
    vkey: str
    fingerprint: str
    rules: str
    proofs: tuple[LogProof, ...]


def first_time(facts: Sequence[Fact], kind: FactKind) -> str:
    """Return when something first happened, for people; empty when it did not."""
    at = [fact.at for fact in facts if fact.kind is kind]
    return kst_text(min(at)) if at else ""


def certificate_values(
    campaign: Campaign, notice: Notice, status: NoticeStatus, ground: Ground
) -> dict[str, Json]:
    """Return the values of ``distribution_certificate.typ``."""
    return {
        "title": "유통 증명서",
        "title_en": "Distribution certificate",
        "serial": ground.serial,
        "standing": ground.standing,
        "issuer": ground.issuer,
        "sections": [
            _certificate_part(campaign, ground),
            _parties_part(campaign, notice, status),
            _document_part(campaign, notice),
            _times_part(status),
            _delivery_part(campaign, status, ground),
            _log_part(ground),
        ],
        "timeline": [
            [
                kst_text(fact.at),
                " / ".join(_WHAT[fact.kind]),
                _detail(fact),
                f"{proof.index}",
            ]
            for fact, proof in zip(status.facts, ground.proofs, strict=True)
        ],
        "statement": _statement(status.state),
        "issued_text": kst_text(ground.issued_at),
        "notes": [*_NOTES],
    }


def _row(label: str, label_en: str, value: str, *, code: bool = False) -> Json:
    return {"label": label, "label_en": label_en, "value": value or "–", "code": code}


def _part(title: str, title_en: str, rows: list[Json]) -> Json:
    return {"title": title, "title_en": title_en, "rows": rows}


def _certificate_part(campaign: Campaign, ground: Ground) -> Json:
    until = kst_text(ground.valid_until)
    return _part(
        "증명서",
        "Certificate",
        [
            _row("일련번호", "serial", ground.serial, code=True),
            _row("발급일시", "issued at", kst_text(ground.issued_at)),
            _row("유효기간", "valid until", f"{until} (발급자 정책)"),
            _row("신청인", "applicant", campaign.sender),
            _row("발급자", "issuer", ground.issuer),
        ],
    )


def _parties_part(campaign: Campaign, notice: Notice, status: NoticeStatus) -> Json:
    to = status.sent_to or "발송하지 않음 / not sent"
    return _part(
        "당사자",
        "Parties",
        [
            _row("송신자", "sender", campaign.sender),
            _row("송신 주소", "sender's number", campaign.sender_number),
            _row("수신자", "recipient", notice.name),
            _row("수신 주소", "recipient's line (by CI)", to),
            _row("발송목록의 회선", "line on the sender's list", notice.listed),
        ],
    )


def _document_part(campaign: Campaign, notice: Notice) -> Json:
    return _part(
        "전자문서",
        "Document",
        [
            _row("문서명", "title", campaign.title),
            _row("고지 번호", "notice", notice.id, code=True),
            _row("문서 식별", "reference", notice.document, code=True),
            _row("해시값 SHA-256", "hash", notice.document_sha256, code=True),
        ],
    )


def _times_part(status: NoticeStatus) -> Json:
    return _part(
        "유통 일시",
        "Times",
        [
            _row("송신일시", "sent", first_time(status.facts, FactKind.ACCEPTED)),
            _row("수신일시", "received", first_time(status.facts, FactKind.DELIVERED)),
            _row("열람일시", "read", first_time(status.facts, FactKind.READ)),
        ],
    )


def _delivery_part(campaign: Campaign, status: NoticeStatus, ground: Ground) -> Json:
    attempts = ", ".join(
        f"{each.number}: {each.network.value} {each.channel.value} {each.masked}"
        for each in status.attempts
    )
    ids = ", ".join(
        str(fact.detail.get("carrier_id", ""))
        for fact in status.facts
        if fact.kind is FactKind.ACCEPTED and fact.detail.get("carrier_id")
    )
    known = {fact.kind: fact.detail for fact in status.facts}
    identified = known.get(FactKind.IDENTIFIED, {})
    consented = known.get(FactKind.CONSENTED, {})
    read = known.get(FactKind.READ, {})
    reason = " / ".join(REASONS[status.reason]) if status.reason else ""
    rows = [
        _row("통신사·경로", "carrier and channel", attempts),
        _row("통신사 접수번호", "carrier's id", ids),
        _row(
            "본인 확인 등급",
            "identity grade",
            _GRADES.get(str(identified.get("grade", "")), ""),
        ),
        _row("열람 방식", "reading mode", _MODES.get(str(read.get("mode", "")), "")),
        _row("동의 약관", "terms", str(consented.get("terms", ""))),
        _row("영업일 달력", "calendar", campaign.calendar),
        _row("업무 규칙", "rules", ground.rules),
    ]
    if reason:
        rows.insert(0, _row("발송 불가 사유", "why not sent", reason))
    return _part("전달", "Delivery", rows)


def _log_part(ground: Ground) -> Json:
    newest = ground.proofs[-1] if ground.proofs else None
    size = str(newest.size) if newest else ""
    root = newest.note.splitlines()[2] if newest else ""
    return _part(
        "기록 증명",
        "Log",
        [
            _row("기록부 크기", "entries", size),
            _row("루트 해시", "root hash", root, code=True),
            _row("기록부 검증키", "log key", ground.vkey, code=True),
            _row("발급자 루트 인증서", "issuer's root", ground.fingerprint, code=True),
        ],
    )


def _detail(fact: Fact) -> str:
    names = ("network", "channel", "how", "code", "grade", "mode", "reason")
    return " ".join(str(fact.detail[each]) for each in names if fact.detail.get(each))


def _statement(state: State) -> str:
    if state is State.READ:
        return "위 전자문서가 송신되어 수신자가 열람하였음을 기록으로 확인합니다."
    if state in (State.INELIGIBLE, State.PRINTED):
        return "위 전자문서는 알림문자로 발송할 수 없었음을 기록으로 확인합니다."
    if state is State.UNDELIVERED:
        return "위 전자문서가 수신자의 단말에 도달하지 않았음을 기록으로 확인합니다."
    return "위 전자문서의 유통 사실을 발급 시점의 기록대로 확인합니다."


def evidence_file(notice: Notice, facts: Sequence[Fact], ground: Ground) -> bytes:
    """Return ``distribution.json``: each fact's entry with its inclusion proof."""
    return canonical_json(
        {
            "v": 1,
            "notice": notice.id,
            "document_sha256": notice.document_sha256,
            "issued_at": stamp(ground.issued_at),
            "serial": ground.serial,
            "vkey": ground.vkey,
            "facts": [
                {
                    "kind": fact.kind.value,
                    "entry": base64.b64encode(proof.entry).decode(),
                    "index": proof.index,
                    "size": proof.size,
                    "path": [each.hex() for each in proof.path],
                    "note": proof.note,
                }
                for fact, proof in zip(facts, ground.proofs, strict=True)
            ],
        }
    )


def letter_values(
    campaign: Campaign,
    notice: Notice,
    reason: Reason,
    *,
    number: str,
    standing: str,
    printed_at: dt.datetime,
    pages: int,
) -> dict[str, Json]:
    """Return the values of ``notice_letter.typ``."""
    why, why_en = REASONS[reason]
    return {
        "title": campaign.title,
        "number": number,
        "standing": standing,
        "sender": campaign.sender,
        "sender_number": campaign.sender_number,
        "name": notice.name,
        "address": notice.address,
        "reason": why,
        "reason_en": why_en,
        "printed": kst_text(printed_at),
        "deadline": kst_text(campaign.deadline),
        "sha256": notice.document_sha256,
        "pages": [f"page-{n + 1}.jpg" for n in range(pages)],
    }
