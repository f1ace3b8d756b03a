from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from paperless_kernel.base.errors import InputError, UnsupportedError
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.trust.digest import canonical_json, digests_of
from paperless_kernel.vault.certificates import (
    Issue,
    Issuer,
    LogPlace,
    check_request,
    facts_of,
    long_kst,
    paper_values,
    qr_text,
    requester_id,
    valid_until,
)
from paperless_kernel.vault.model import (
    Applicant,
    CertificateKind,
    CertificateRequest,
    Document,
    Metadata,
    Package,
    Recipient,
)

AT = dt.datetime(2017, 7, 5, 5, 45, 28, tzinfo=dt.UTC)
REQUEST = CertificateRequest(
    key="c-1",
    document_id="2.25.2",
    applicant=Applicant(name="홍길동", identity="1980-02-29"),
    purpose="법원 제출용",
    recipients=(
        Recipient(name="@신뢰인증", issuer="CN=KeeCA", serial="0c268a98"),
        Recipient(name="서울중앙지방법원"),
    ),
)
DOCUMENT = Document(
    id="2.25.2",
    package_id="2.25.1",
    tenant="t1",
    position=0,
    media="application/pdf",
    digests=digests_of(b"%PDF-1.7"),
    cipher_sha256="c" * 64,
    commitment="d" * 64,
    nonce=b"",
    meta_box=b"",
    meta_nonce=b"",
)
ISSUE = Issue(
    serial="0a45c3aa00112233",
    request=REQUEST,
    requested_at=AT,
    issued_at=AT + dt.timedelta(seconds=1),
    package=Package(
        id="2.25.1",
        tenant="t1",
        key="p",
        entry_id="2.25.9",
        size=8,
        deposited_at=AT,
        retention_class="general",
        started_on=None,
        floor=None,
        ceiling=None,
        documents=(DOCUMENT,),
    ),
    document=DOCUMENT,
    metadata=Metadata(
        name="m.pdf",
        title="패키지 메타데이터 명세서",
        kind="명세서",
        keywords=("패키지", "메타데이터", "명세서"),
        description="전자문서 패키지마다 필요한 메타데이터 요소에 대해 정의",
    ),
    issuer=Issuer(name="시험 보관소", fingerprint="sha256:ab", standing=TRIAL_MARK),
    salt=b"s" * 32,
)
PLACE = LogPlace(leaf=7, size=9, root=b"\xab" * 32, key="log+00+AA")


def _text(issue: Issue = ISSUE) -> str:
    return json.dumps(paper_values(issue, PLACE), ensure_ascii=False)


@pytest.mark.parametrize(
    "wanted",
    [
        # the deck's sample
        "증명서 버전", "증명서 일련번호", "증명서 유형", "유일성", "요청자 식별정보",
        "증명서 요청시간", "2017년 7월 5일 수요일 오후 2:45:28", "증명서 발급자",
        "증명서 발급일", "2017년 7월 5일 수요일 오후 2:45:29", "증명서 유효만기일",
        "2018년 7월 5일 목요일 오후 2:45:29", "증명서 정책", "정책 ID",
        "증명서 이용환경", "증명서 용도", "법원 제출용", "증명대상", "종류",
        "원본 및 발급본 정보", "원본문서 정보", "패키지 ID", "문서 ID", "문서 제목",
        "패키지 메타데이터 명세서", "키워드", "문서 설명", "발급문서 정보",
        "원본발급여부", "수신자 정보 1", "수신자 정보 2", "수신자 식별", "@신뢰인증",
        "수신자 인증서", "CN=KeeCA", "0c268a98", "수신자 권한",
        "정당한 수신자, 문서 읽기",
        # 시행령 제15조의9
        "홍길동", "생년월일", "1980-02-29", "시험 보관소", TRIAL_MARK, "sha256:ab",
        "확인 방법",
    ],
)  # fmt: skip
def test_the_paper_has_every_field(wanted: str) -> None:
    assert wanted in _text()


@pytest.mark.parametrize(
    "unwanted", ["수입자", "실행", "공인전자문서센터", "공인", "KT", "http"]
)
def test_no_misprint_reserved_name_or_host(unwanted: str) -> None:
    assert unwanted not in _text()


def test_a_company_shows_its_corporate_number() -> None:
    who = Applicant(name="가나상사", identity="110111-1234567", company=True)
    text = _text(replace(ISSUE, request=replace(REQUEST, applicant=who)))
    assert "법인등록번호" in text
    assert "생년월일" not in text


def test_a_plain_scan_is_called_so_on_every_page() -> None:
    origin = "일반스캔 · Plain scan"
    plain = replace(ISSUE, metadata=replace(ISSUE.metadata, origin=origin))
    values = paper_values(plain, PLACE)
    assert str(values["mark"]).startswith(origin)
    assert "종이 원본을 갈음하지 않으며" in _text(plain)
    document = facts_of(plain)["document"]
    assert isinstance(document, Mapping)
    assert document["origin"] == origin
    assert "일반스캔" not in _text()
    assert '"origin":' not in json.dumps(facts_of(ISSUE), default=list)


def test_facts_are_canonical_and_carry_the_same() -> None:
    facts = facts_of(ISSUE)
    assert canonical_json(facts)
    assert facts["serial"] == ISSUE.serial
    assert facts["valid_until"] == "2018-07-05T05:45:29.000Z"
    assert facts["standing"] == TRIAL_MARK
    assert requester_id(ISSUE) != requester_id(replace(ISSUE, salt=b"t" * 32))


def test_one_year_to_the_second_and_a_leap_day_ends_on_the_28th() -> None:
    assert valid_until(AT) == dt.datetime(2018, 7, 5, 5, 45, 28, tzinfo=dt.UTC)
    leap = dt.datetime(2024, 2, 28, 20, 0, tzinfo=dt.UTC)  # 29 February in Korea
    assert valid_until(leap) == dt.datetime(2025, 2, 27, 20, 0, tzinfo=dt.UTC)


def test_times_read_as_in_the_sample() -> None:
    assert long_kst(dt.datetime(2026, 1, 1, 15, 5, tzinfo=dt.UTC)) == (
        "2026년 1월 2일 금요일 오전 12:05:00"
    )


def test_the_qr_names_serial_leaf_and_root() -> None:
    assert qr_text(ISSUE, PLACE) == (
        "PAPERLESS-CERT/1 S=0a45c3aa00112233 L=7/9 R=abababababababab"
    )


@pytest.mark.parametrize(
    "broken",
    [
        {"applicant": Applicant(name=" ", identity="1980-01-01")},
        {"applicant": Applicant(name="홍길동", identity="800101")},
        {"applicant": Applicant(name="가", identity="1980-01-01", company=True)},
        {"purpose": ""},
        {"recipients": ()},
        {"recipients": (Recipient(name=""),)},
        {"key": ""},
    ],
)
def test_what_the_decree_asks_for_must_be_there(broken: dict[str, object]) -> None:
    check_request(REQUEST)
    with pytest.raises(InputError):
        check_request(replace(REQUEST, **broken))  # type: ignore[arg-type]


def test_a_disposal_is_not_certified_on_request() -> None:
    with pytest.raises(UnsupportedError):
        check_request(replace(REQUEST, kind=CertificateKind.DISPOSAL))
