"""The parts every verdict is made of: signer, time, validity, standing.

Knows how each question is answered in words; which are asked of which file is
``trust.verify``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.base.facility import TRIAL_MARK, TRIAL_MARK_EN
from paperless_kernel.trust.anchors import Anchor, trusts
from paperless_kernel.trust.evidence import check_record
from paperless_kernel.trust.pki import (
    check_chain,
    fingerprint,
    subject_name,
    validity,
)
from paperless_kernel.trust.report import Part, PartName, State, Text
from paperless_kernel.trust.timestamps import TokenFacts


def good(name: PartName, ko: str, en: str) -> Part:
    """Return a part that holds."""
    return Part(name=name, state=State.GOOD, text=Text(ko=ko, en=en))


def bad(name: PartName, error: EvidenceError) -> Part:
    """Return a part that broke; the detail stays in the words of the error."""
    text = Text(ko=f"{_BROKEN[name]} ({error})", en=str(error))
    return Part(name=name, state=State.BAD, text=text)


_BROKEN = {
    PartName.INTACT: "내용이 서명된 것과 다르거나 파일이 손상됨",
    PartName.SIGNER: "이 서명자의 서명으로 인정할 수 없음",
    PartName.TIME: "시각 증명이 이 파일의 것이 아니거나 손상됨",
    PartName.LOG: "로그 증명이 맞지 않음",
    PartName.VALIDITY: "인증서가 유효하지 않음",
    PartName.STANDING: "지위 표시가 맞지 않음",
}


def absent(name: PartName, ko: str, en: str) -> Part:
    """Return a part the file does not hold."""
    return Part(name=name, state=State.ABSENT, text=Text(ko=ko, en=en))


def unknown(name: PartName, ko: str, en: str) -> Part:
    """Return a part that cannot be judged with what was given."""
    return Part(name=name, state=State.UNKNOWN, text=Text(ko=ko, en=en))


def signer_part(chain: Sequence[bytes], anchors: Sequence[Anchor]) -> Part:
    """Say who signed, and whether their root is one of the anchors."""
    who, root = subject_name(chain[0]), subject_name(chain[-1])
    ko, en = f"{who} (최상위 인증서: {root})", f"{who} (root: {root})"
    if trusts(anchors, chain[-1]):
        return good(PartName.SIGNER, ko, en)
    return unknown(
        PartName.SIGNER, f"{ko} - 신뢰하는 지문이 아님", f"{en} - root is not anchored"
    )


def record_part(
    document: bytes, record: bytes | None, anchors: Sequence[Anchor]
) -> tuple[Part, dt.datetime | None]:
    """Judge a document's evidence record.

    Returns:
        The time part, and since when the document exists where that is proven.
    """
    if record is None:
        return no_time(), None
    try:
        first = check_record(record, document).archived[0]
    except EvidenceError as error:
        return bad(PartName.TIME, error), None
    return time_part([("이 파일", "this file", first)], anchors), first.gen_time


def time_part(
    proven: Sequence[tuple[str, str, TokenFacts]], anchors: Sequence[Anchor]
) -> Part:
    """Say what existed since when, and who says so.

    Args:
        proven: what was stamped (Korean, English) and the token over it.
        anchors: the trusted roots; a stamp of another root stays unknown.
    """
    if not proven:
        return no_time()
    ko, en = [], []
    for what_ko, what_en, token in proven:
        when, who = kst_text(token.gen_time), subject_name(token.chain[0])
        ko.append(f"{what_ko}: {when} 이전부터 있음 ({who})")
        en.append(f"{what_en} existed at {when} ({who})")
    roots = {token.chain[-1] for _, _, token in proven}
    strange = [fingerprint(one) for one in sorted(roots) if not trusts(anchors, one)]
    if not strange:
        return good(PartName.TIME, " · ".join(ko), "; ".join(en))
    marks = ", ".join(strange)
    return unknown(
        PartName.TIME,
        " · ".join(ko) + f" - 시점확인 기관의 지문이 신뢰 목록에 없음 ({marks})",
        "; ".join(en) + f" - the authority's root is not anchored ({marks})",
    )


def no_time() -> Part:
    """Say that no proven time is here."""
    return absent(PartName.TIME, "시각 증명은 이 파일에 없음", "time not in this file")


def validity_part(
    chain: Sequence[bytes],
    *,
    proven: dt.datetime | None,
    claimed: dt.datetime | None,
    at: dt.datetime | None,
    revocation: bool,
) -> Part:
    """Judge the signer's certificates at the best known time.

    Args:
        chain: DER, signer first.
        proven: a time-stamp's genTime, when there is one.
        claimed: when the signer says it signed.
        at: the time of checking, used where no time is proven.
        revocation: whether the signature carries revocation lists (already judged).
    """
    moment = proven or at or claimed
    name = PartName.VALIDITY
    if proven and claimed and claimed > proven:
        early = f"{kst_text(claimed)}, later than the time-stamp {kst_text(proven)}"
        return bad(name, EvidenceError(f"the signer claims {early}."))
    try:
        check_chain(chain, moment)
    except EvidenceError as error:
        return bad(name, error)
    until = kst_text(validity(chain[0])[1])
    ko = f"인증서는 {until}까지 유효"
    en = f"certificate valid until {until}"
    if moment:
        basis = ("증명된 시각", "the proven time") if proven else ("확인 시각", "now")
        if not proven and not at:
            basis = ("서명자가 적은 시각", "the time the signer claims")
        ko, en = f"{ko}, {basis[0]} 기준", f"{en}, judged at {basis[1]}"
    if revocation:
        return good(name, f"{ko}, 폐지되지 않음", f"{en}, not revoked")
    return good(
        name, f"{ko}, 폐지 정보는 파일에 없음", f"{en}, revocation not in this file"
    )


def standing_part(standing: str) -> Part:
    """Say whether a designated or certified body stands behind it; never a failure."""
    name = PartName.STANDING
    if not standing:
        return absent(name, "지위 표시 없음", "no standing stated")
    if standing == TRIAL_MARK:
        return absent(name, TRIAL_MARK, TRIAL_MARK_EN)
    return good(name, standing, standing)
