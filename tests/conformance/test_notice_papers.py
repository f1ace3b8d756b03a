"""Letters and distribution certificates as checkers made by others see them."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from page import ValidationProfile, validate_pdf_bytes

from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.typesetting import TypstTypesetter
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.base.typeset import Attachment
from paperless_kernel.notice.model import Campaign, Notice, NoticeStatus, Reason, State
from paperless_kernel.notice.pages import page_images
from paperless_kernel.notice.proof import Ground, certificate_values, letter_values

pytestmark = pytest.mark.outside
AT = dt.datetime(2026, 11, 23, 5, 45, 29, tzinfo=dt.UTC)
CAMPAIGN = Campaign(
    id="2.25.1",
    tenant="t",
    sender="어느시청",
    sender_number="0212345678",
    title="자동차세 납부 안내",
    template="",
    deadline=AT,
    remind_at=None,
    seed=b"",
    calendar="kr-2026-11-23-00000000",
    created_at=AT,
    created_by="u",
)
NOTICE = Notice(
    id="2.25.2",
    campaign="2.25.1",
    tenant="t",
    number=1,
    ci_mac=b"",
    name="홍길동",
    address="서울특별시 어느구\n어느로 1",
    document="doc",
    document_sha256="ab" * 32,
)
STATUS = NoticeStatus(
    id="2.25.2",
    campaign="2.25.1",
    number=1,
    name="홍길동",
    state=State.INELIGIBLE,
    reason=Reason.SKT_MVNO,
    listed="",
    sent_to="",
    attempts=(),
    verdicts=(),
    facts=(),
)


@pytest.fixture(scope="module")
def typesetter(repository: Path) -> TypstTypesetter:
    return TypstTypesetter(repository / "data/papers", office_fonts().folder)


@pytest.fixture(scope="module", params=["document", "letter", "certificate"])
def paper(
    request: pytest.FixtureRequest,
    typesetter: TypstTypesetter,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    document = typesetter.pdf(
        "notice_document",
        {
            "title": "자동차세 납부 안내",
            "sender": "어느시청",
            "name": "홍길동",
            "date": "2026. 11. 20.",
            "text": ["아래와 같이 안내합니다."],
            "fields": [["금액", "₩1"]],
        },
        made_at=AT,
    )
    data = document
    if request.param == "letter":
        pages = page_images(document)
        values = letter_values(
            CAMPAIGN,
            NOTICE,
            Reason.SKT_MVNO,
            number="2.25.3",
            standing=TRIAL_MARK,
            printed_at=AT,
            pages=len(pages),
        )
        images = {f"page-{n + 1}.jpg": each.jpeg for n, each in enumerate(pages)}
        data = typesetter.pdf("notice_letter", values, made_at=AT, images=images)
    if request.param == "certificate":
        ground = Ground(
            serial="2.25.4",
            issuer="시험 기록원",
            standing=TRIAL_MARK,
            issued_at=AT,
            valid_until=AT,
            vkey="origin+00+key",
            fingerprint="sha256:00",
            rules="notice-2026-11",
            proofs=(),
        )
        enclosed = Attachment(
            name="distribution.json",
            media_type="application/json",
            data=b"{}",
            description="기록",
        )
        values = certificate_values(CAMPAIGN, NOTICE, STATUS, ground)
        data = typesetter.pdf(
            "distribution_certificate", values, made_at=AT, attachments=(enclosed,)
        )
    file = tmp_path_factory.mktemp("notice") / f"{request.param}.pdf"
    file.write_bytes(data)
    return file


def test_page_validation_accepts_it(paper: Path) -> None:
    carrying = paper.stem == "certificate"
    profile = ValidationProfile.PDF_A_3B if carrying else ValidationProfile.PDF_A_2B
    report = validate_pdf_bytes(paper.read_bytes(), profile=profile)
    assert report.is_compliant, [failure.message for failure in report.failures]


def test_qpdf_accepts_it(paper: Path, need: Callable[[str], str]) -> None:
    done = subprocess.run(
        [need("qpdf"), "--check", paper],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
