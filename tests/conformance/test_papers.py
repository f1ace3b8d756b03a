"""Papers as checkers and readers made by others see them."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import segno
from page import ValidationProfile, validate_pdf_bytes

from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.typesetting import TypstTypesetter
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.base.typeset import Attachment

pytestmark = pytest.mark.outside

AT = dt.datetime(2026, 11, 23, 5, 45, 29, tzinfo=dt.UTC)
DIGEST = "0123456789abcdef" * 8
FILE = Attachment(
    name="proof.acr",
    media_type="application/zip",
    data=bytes(range(256)) * 64,
    description="증빙 묶음",
)


@pytest.fixture(scope="module", params=[(), (FILE,)], ids=["plain", "carrying"])
def paper(
    request: pytest.FixtureRequest, repository: Path, tmp_path_factory: Path
) -> Path:
    code = BytesIO()
    segno.make("https://office.example/v/2.25.1").save(code, kind="svg")
    data = TypstTypesetter(repository / "data" / "papers", office_fonts().folder).pdf(
        "sample",
        {
            "title": "원본 확인 견본",
            "number": "제 2026-0001 호",
            "standing": TRIAL_MARK,
            "office": "종이없는 사무소(견본)",
            "fields": [
                ["발급 일시", "2026-11-23 14:45:29 KST"],
                ["받는 사람", "한견본"],
            ],
            "lines": [
                {"name": f"항목 {row}", "count": row, "amount": row * 1234567}
                for row in range(60)
            ],
            "text": ["보관된 문서가 바뀌지 않았음을 보이는 견본입니다."],
            "digest": DIGEST,
        },
        made_at=AT,
        images={"qr.svg": code.getvalue()},
        attachments=request.param,
    )
    file = tmp_path_factory.mktemp("papers") / "paper.pdf"
    file.write_bytes(data)
    return file


def run(*command: str | Path) -> str:
    done = subprocess.run(
        command, capture_output=True, check=False, encoding="utf-8", timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_page_validation_accepts_it(paper: Path) -> None:
    data = paper.read_bytes()
    carrying = b"/EmbeddedFile" in data
    profile = ValidationProfile.PDF_A_3B if carrying else ValidationProfile.PDF_A_2B

    report = validate_pdf_bytes(data, profile=profile)

    assert report.is_compliant, [failure.message for failure in report.failures]
    other = ValidationProfile.PDF_A_2B if carrying else ValidationProfile.PDF_A_3B
    assert not validate_pdf_bytes(data, profile=other).is_compliant


def test_qpdf_accepts_it(paper: Path, need: Callable[[str], str]) -> None:
    assert "No syntax or stream encoding errors" in run(need("qpdf"), "--check", paper)


def test_its_text_can_be_read_and_copied(
    paper: Path, need: Callable[[str], str]
) -> None:
    text = run(need("pdftotext"), "-layout", paper, "-")
    pages = text.split("\f")

    assert TRIAL_MARK in pages[0]
    assert "원본 확인 견본" in pages[0]
    assert "2026-11-23 14:45:29 KST" in pages[0]
    assert "1/3" in "".join(pages[0].split())
    assert "₩72,839,453" in text
    assert "2026. 11. 23." in text
    assert DIGEST in run(need("pdftotext"), paper, "-").replace("\n", "")


def test_its_code_can_be_scanned(
    paper: Path, need: Callable[[str], str], tmp_path: Path
) -> None:
    import cv2  # noqa: PLC0415 - heavy, and one test needs it
    import zxingcpp  # noqa: PLC0415

    run(
        need("pdftoppm"), "-r", "100", "-l", "1", "-gray", "-png", paper, tmp_path / "p"
    )
    (image,) = tmp_path.glob("p*.png")

    (found,) = zxingcpp.read_barcodes(cv2.imread(str(image), cv2.IMREAD_GRAYSCALE))
    assert found.text == "https://office.example/v/2.25.1"
