"""Certificates of original: every field, as signed facts and as words on paper.

Knows the fields of the deck's sample (공인전자문서센터 원본 증명서 예시, its labels as
we read them: 증명서 유형, 수신자 정보) and those the decree demands (전자문서법 시행령
제15조의9④). Signs nothing and sets no type.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paperless_kernel.base.clock import KST, aware, kst_text, stamp
from paperless_kernel.base.errors import InputError, UnsupportedError
from paperless_kernel.base.events import Json
from paperless_kernel.trust.digest import sha256
from paperless_kernel.vault.model import (
    CertificateKind,
    CertificateRequest,
    Document,
    Environment,
    Metadata,
    Package,
    Recipient,
)
from paperless_kernel.vault.package import logged_document

VERSION = 1
POLICY = "2.25.263639001655067365397494909051168627742"
"""Our own policy: issued from the vault, valid one year, named recipients only."""
FACTS_TYPE = "2.25.263639001655067365397494909051168627742.1"
"""CMS content type of the signed facts."""
TYPE = "유일성"
"""증명서 유형, shown as the deck's sample shows it."""

_WEEKDAYS = "월화수목금토일"
_BIRTH = re.compile(r"\d{4}-\d{2}-\d{2}")
_CORPORATE = re.compile(r"\d{6}-?\d{7}|\d{3}-?\d{2}-?\d{5}")
_NOON = 12
_ORIGIN_MEANS = (
    "종이 원본을 갈음하지 않으며, 보관된 때부터의 내용만 증명합니다 · "
    "replaces no paper; certified from the deposit on"
)
_TITLES = {
    CertificateKind.ORIGINAL: ("원본증명서", "Certificate of original"),
    CertificateKind.REGISTRATION: ("등록증명서", "Certificate of registration"),
}
_TARGETS = {
    CertificateKind.ORIGINAL: ("원본 및 발급본 정보", "Original and issued copy"),
    CertificateKind.REGISTRATION: ("등록 정보", "Registration"),
}
_ENVIRONMENTS = {
    Environment.PAPER: "종이출력(대상문서 첨부)",
    Environment.FILE: "전자파일(대상문서가 든 .acr 묶음 첨부)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who issues (증명서 발급자): name, root fingerprint and standing line."""

    name: str
    fingerprint: str
    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue of a certificate: everything its facts are made of."""

    serial: str
    request: CertificateRequest
    requested_at: dt.datetime
    issued_at: dt.datetime
    package: Package
    document: Document
    metadata: Metadata
    issuer: Issuer
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPlace:
    """Where a certificate's entry stands in the log: leaf, tree size and root."""

    leaf: int
    size: int
    root: bytes
    key: str


def check_request(request: CertificateRequest) -> None:
    """Check that a request names all the decree asks for.

    Raises:
        InputError: a name, an identity, a purpose or a recipient is missing.
        UnsupportedError: this kind is not issued yet.
    """
    if request.kind not in _TITLES:
        raise UnsupportedError(
            f"A certificate of {request.kind.value} is issued when a package is "
            "transferred or disposed of, not on request."
        )
    applicant = request.applicant
    pattern = _CORPORATE if applicant.company else _BIRTH
    if not applicant.name.strip() or not pattern.fullmatch(applicant.identity):
        raise InputError(
            "The applicant needs a name and a birth date (YYYY-MM-DD), or a company "
            "name and its corporate number (시행령 제15조의9④)."
        )
    if not request.key.strip() or not request.purpose.strip():
        raise InputError("A certificate needs a request key and a stated purpose.")
    if not request.recipients or not all(r.name.strip() for r in request.recipients):
        raise InputError("Name at least one recipient of the certificate.")


def valid_until(issued_at: dt.datetime) -> dt.datetime:
    """Return the end of validity: the same Korean wall clock one year on.

    One year is policy, not law. Issued on 29 February, it ends on the 28th.
    """
    local = issued_at.astimezone(KST)
    day = min(local.day, calendar.monthrange(local.year + 1, local.month)[1])
    return aware(local.replace(year=local.year + 1, day=day))


def requester_id(issue: Issue) -> str:
    """Return 요청자 식별정보: a salted hash, so that the paper's id names nobody."""
    who = issue.request.applicant
    text = f"{who.name}\n{who.identity}".encode()
    return sha256(issue.salt + text).hex()


def facts_of(issue: Issue) -> Mapping[str, Json]:
    """Return the facts that are signed and committed to, as a JSON object.

    The salt makes the log's commitment to them unguessable.
    """
    request, package = issue.request, issue.package
    return {
        "version": VERSION,
        "serial": issue.serial,
        "kind": request.kind.value,
        "type": TYPE,
        "policy": POLICY,
        "salt": issue.salt.hex(),
        "requester": requester_id(issue),
        "applicant": {
            "name": request.applicant.name,
            "identity": request.applicant.identity,
            "company": request.applicant.company,
        },
        "requested_at": stamp(issue.requested_at),
        "issued_at": stamp(issue.issued_at),
        "valid_until": stamp(valid_until(issue.issued_at)),
        "issuer": issue.issuer.name,
        "issuer_fingerprint": issue.issuer.fingerprint,
        "standing": issue.issuer.standing,
        "environment": request.environment.value,
        "purpose": request.purpose,
        "package": {
            "id": package.id,
            "entry": package.entry_id,
            "deposited_at": stamp(package.deposited_at),
        },
        "document": {
            **logged_document(issue.document),
            "title": issue.metadata.title,
            "type": issue.metadata.kind,
            "keywords": issue.metadata.keywords,
            "description": issue.metadata.description,
            **({"origin": issue.metadata.origin} if issue.metadata.origin else {}),
        },
        "recipients": [
            {
                "name": each.name,
                "issuer": each.issuer,
                "serial": each.serial,
                "rights": each.rights,
            }
            for each in request.recipients
        ],
    }


def paper_values(issue: Issue, place: LogPlace) -> Mapping[str, Json]:
    """Return what the template ``vault_certificate`` sets."""
    kind, origin = issue.request.kind, issue.metadata.origin
    title, title_en = _TITLES[kind]
    until = valid_until(issue.issued_at)
    return {
        "title": title,
        "title_en": title_en,
        "serial": issue.serial,
        "issuer": issue.issuer.name,
        "standing": issue.issuer.standing,
        "statement": f"본 증명서는 {issue.issuer.name}에서 발급한 {title}입니다.",
        "statement_en": f"This {title_en.lower()} was issued by {issue.issuer.name}.",
        "valid_text": (
            f"본 증명서의 유효기간은 {long_kst(until)}까지입니다. "
            "유효기간이 지난 증명서는 효력이 없습니다."
        ),
        "valid_text_en": (
            f"Valid until {kst_text(until)}. To check it, verify this file's "
            "signature, or follow the README in the .acr bundle issued with it; "
            "compare the issuer's root with a copy you got by another way."
        ),
        "issued_text": long_kst(issue.issued_at),
        "mark": " · ".join(
            each for each in (origin, issue.serial, place.root.hex()[:16]) if each
        ),
        "sections": [
            _section("증명서 일반정보", "Certificate", _general(issue)),
            _section("신청인", "Applicant", _applicant(issue)),
            _section("증명대상", "What is certified", _target(issue)),
            *(
                _section(f"수신자 정보 {n}", f"Recipient {n}", _recipient(each))
                for n, each in enumerate(issue.request.recipients, 1)
            ),
            _section("위변조 확인", "How to check", _checks(issue, place)),
        ],
    }


def qr_text(issue: Issue, place: LogPlace) -> str:
    """Return what the QR code says; it names no host, a place any office can read."""
    return (
        f"PAPERLESS-CERT/1 S={issue.serial} L={place.leaf}/{place.size} "
        f"R={place.root.hex()[:16]}"
    )


def long_kst(at: dt.datetime) -> str:
    """Write a time as the deck's sample does: 2017년 7월 5일 수요일 오후 2:45:29."""
    local = at.astimezone(KST)
    half = "오전" if local.hour < _NOON else "오후"
    hour = local.hour % _NOON or _NOON
    day = f"{local.year}년 {local.month}월 {local.day}일"
    return f"{day} {_WEEKDAYS[local.weekday()]}요일 {half} {hour}:{local:%M:%S}"


def _section(title: str, english: str, rows: Sequence[Json]) -> Json:
    return {"title": title, "title_en": english, "rows": rows}


def _row(label: str, english: str, value: str, *, code: bool = False) -> Json:
    return {"label": label, "label_en": english, "value": value, "code": code}


def _general(issue: Issue) -> Sequence[Json]:
    request = issue.request
    return (
        _row("증명서 버전", "Version", str(VERSION)),
        _row("증명서 일련번호", "Serial number", issue.serial, code=True),
        _row("증명서 유형", "Type", TYPE),
        _row("요청자 식별정보", "Requester id", requester_id(issue), code=True),
        _row("증명서 요청시간", "Requested at", long_kst(issue.requested_at)),
        _row("증명서 발급자", "Issuer", issue.issuer.name),
        _row("증명서 발급일", "Issued at", long_kst(issue.issued_at)),
        _row(
            "증명서 유효만기일", "Valid until", long_kst(valid_until(issue.issued_at))
        ),
        _row("증명서 정책", "Policy", f"정책 ID {POLICY}", code=True),
        _row("증명서 이용환경", "Used as", _ENVIRONMENTS[request.environment]),
        _row("증명서 용도", "Purpose", request.purpose),
    )


def _applicant(issue: Issue) -> Sequence[Json]:
    who = issue.request.applicant
    if who.company:
        return (
            _row("상호", "Company", who.name),
            _row("법인등록번호", "Corporate number", who.identity),
        )
    return (
        _row("성명", "Name", who.name),
        _row("생년월일", "Date of birth", who.identity),
    )


def _target(issue: Issue) -> Sequence[Json]:
    document, metadata = issue.document, issue.metadata
    kind, english = _TARGETS[issue.request.kind]
    ids = (
        _row("패키지 ID", "Package id", issue.package.id, code=True),
        _row("문서 ID", "Document id", document.id, code=True),
    )
    rows = [
        _row("종류", "Kind", f"{kind} · {english}"),
        _row("원본문서 정보", "Original document", ""),
        *ids,
        _row("문서 제목", "Title", metadata.title),
        _row("문서 유형", "Document type", metadata.kind),
        _row("키워드", "Keywords", ", ".join(metadata.keywords) or "–"),
        _row("문서 설명", "Description", metadata.description or "–"),
        _row("형식과 크기", "Format, size", f"{document.media} · {_bytes(document)}"),
        _row("등록일시", "Deposited at", long_kst(issue.package.deposited_at)),
        _row("SHA-256", "", document.digests.sha256, code=True),
        _row("SHA3-512", "", document.digests.sha3_512, code=True),
    ]
    if metadata.origin:
        said = f"{metadata.origin} - {_ORIGIN_MEANS}"
        rows.insert(1, _row("문서 출처", "Origin", said))
    if issue.request.kind is CertificateKind.ORIGINAL:
        rows += [
            _row("발급문서 정보", "Issued document", ""),
            *ids,
            _row("원본발급여부", "Issued as", "원본"),
        ]
    return rows


def _bytes(document: Document) -> str:
    return f"{document.digests.size:,} 바이트"


def _recipient(recipient: Recipient) -> Sequence[Json]:
    known = "–"
    if recipient.issuer or recipient.serial:
        known = f"발급자 {recipient.issuer or '–'} · 일련번호 {recipient.serial or '–'}"
    return (
        _row("수신자 식별", "Identity", recipient.name),
        _row("수신자 인증서", "Certificate", known),
        _row("수신자 권한", "Rights", ", ".join(recipient.rights)),
    )


def _checks(issue: Issue, place: LogPlace) -> Sequence[Json]:
    return (
        _row("발급자 지문", "Issuer's root", issue.issuer.fingerprint, code=True),
        _row("기록부 위치", "Log place", f"{place.leaf} / {place.size}"),
        _row("기록부 해시", "Log root", place.root.hex(), code=True),
        _row("기록부 공개키", "Log key", place.key, code=True),
        _row(
            "확인 방법",
            "To check",
            "이 파일의 전자서명을 검증하거나, 함께 발급된 .acr 묶음의 README를 따라 "
            "openssl로 검증합니다. 종이는 일련번호와 QR 부호를 발급자에게 제시하여 "
            "확인합니다. 발급자 지문은 다른 경로로 받은 값과 비교하십시오.",
        ),
    )
