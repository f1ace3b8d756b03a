"""The workshop's papers as checkers made by others see them."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from page import ValidationProfile, validate_pdf_bytes
from PIL import Image, ImageDraw

from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.typesetting import TypstTypesetter, mark_image
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.scan.boxes import Box, BoxState
from paperless_kernel.scan.custody.labels import LabelKind, label_text
from paperless_kernel.scan.custody.model import StoryLine
from paperless_kernel.scan.custody.papers import (
    FORM,
    LABELS,
    QR,
    Form,
    Signing,
    Sticker,
    form_values,
    label_values,
    qr_picture,
)
from paperless_kernel.scan.custody.sheet import Sheet, sheet_form
from paperless_kernel.scan.custody.story import story_values
from paperless_kernel.scan.disposal.copies import BAND, MARK, marked_copy, page_sizes
from paperless_kernel.scan.disposal.model import (
    Destruction,
    Method,
    PaperEnd,
    TakenDocument,
)
from paperless_kernel.scan.disposal.papers import destruction_form
from paperless_kernel.scan.sealing.assemble import PageImage, assemble
from paperless_kernel.scan.sealing.xmp import DocumentFacts
from paperless_kernel.scan.tags import EVENT_TAGS
from paperless_kernel.trust.pdf import fill_signature, prepare_signature

pytestmark = pytest.mark.outside

AT = dt.datetime(2026, 11, 23, 5, 45, 29, tzinfo=dt.UTC)
OID = "2.25.2138716283746152837461528374615283"
OFFICE = "종이없는 사무소(견본)"
NAMES = {"u-1": "한운송", "u-2": "두운송", "t-1": "하나상사"}
BOXES = tuple(
    Box(
        id=f"{OID}{n:03d}",
        tenant="t-1",
        seal=f"S-{n:05d}",
        contract="처리위탁-7",
        sheets=1200 + n,
        state=BoxState.PACKED,
        received_at=AT,
    )
    for n in range(40)
)


def drawn() -> bytes:
    picture = Image.new("L", (400, 160), 255)
    ImageDraw.Draw(picture).line((10, 80, 200, 20, 390, 140), fill=20, width=5)
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def labels(set_paper: Any) -> bytes:
    stickers = [
        Sticker(kind=kind, id=f"{OID}{n:03d}", lines=("봉인 S-1", "1,200매"))
        for n, kind in enumerate([*LabelKind] * 10)
    ]
    values, pictures = label_values(stickers, "a4-24", OFFICE)
    return bytes(set_paper(LABELS, values, made_at=AT, images=pictures))


def form(set_paper: Any, made: Form) -> bytes:
    values, pictures = form_values(made)
    return bytes(set_paper(FORM, values, made_at=AT, images=pictures))


def sheet(set_paper: Any) -> bytes:
    said = Sheet(
        number=f"{OID}017",
        customer="하나상사",
        vehicle="82가 1234",
        first="u-1",
        second="u-2",
        boxes=BOXES,
        link=f"https://office.example/c/{'t' * 43}",
        until=AT,
    )
    signed = [
        Signing(role="넘기는 사람", role_en="Giver", name="이고객", picture=drawn()),
        Signing(role="받는 사람", role_en="Taker"),
    ]
    made = sheet_form(
        said, signed, made_at=AT, standing=TRIAL_MARK, office=OFFICE, names=NAMES
    )
    return form(set_paper, made)


def destroyed(set_paper: Any) -> bytes:
    end = PaperEnd(
        box=BOXES[0].id,
        end="shredded",
        method=Method.SHREDDING,
        person="u-1",
        witness="u-2",
        device="파쇄기 3호",
        at=AT,
        demo_paper=True,
        basis=("1,200 sheets scanned, sealed and receipted", "demo paper"),
    )
    found = Destruction(
        box=BOXES[0].id,
        seal="S-00001",
        tenant="t-1",
        contract="처리위탁-7",
        order="의뢰-3",
        sheets=1200,
        sides=2300,
        end=end,
        documents=tuple(
            TakenDocument(
                id=f"{OID}{n:03d}",
                batch=OID,
                sha256=f"{n:064x}",
                sides=n,
                receipt=f"{OID}{n:03d}",
            )
            for n in range(60)
        ),
        entry=f"{OID}999",
        leaf=17,
    )
    made = destruction_form(
        found, made_at=AT, standing=TRIAL_MARK, office=OFFICE, names=NAMES
    )
    return form(set_paper, made)


def story(set_paper: Any) -> bytes:
    lines = [
        StoryLine(
            at=AT + dt.timedelta(minutes=n),
            tag=tag,
            actor="u-1",
            subject=OID,
            facts=(("sheets", str(n)), ("sha256", "ab" * 32)),
        )
        for n, tag in enumerate(EVENT_TAGS)
    ]
    head: dict[str, Any] = {
        "title": "박스 이력",
        "title_en": "A box's whole story",
        "standing": TRIAL_MARK,
        "office": OFFICE,
        "facts": [{"label": "박스", "label_en": "Box", "value": OID, "code": True}],
    }
    values = story_values(lines, level=0, size=60, names=NAMES, head=head)
    code = qr_picture(label_text(LabelKind.BOX, OID))
    return bytes(set_paper("box_story", values, made_at=AT, images={QR: code}))


def copied(set_paper: Any) -> bytes:
    out = BytesIO()
    Image.new("L", (600, 800), 230).save(out, "JPEG")
    page = PageImage(
        data=out.getvalue(), kind="jpeg", width=600, height=800, dpi=150, components=1
    )
    facts = DocumentFacts(
        title="계약서",
        made_at=AT,
        standing=TRIAL_MARK,
        transfer_note={},
        fields={},
        signer_name=OFFICE,
        location="KR",
    )
    sealed = assemble([page, page], facts, mark_image("시험용", office_fonts()))
    values = {
        "title": "사본 COPY",
        "band": BAND,
        "sheets": [list(size) for size in page_sizes(sealed)],
        "line": "출력자 Printed by 김책임 (u-1) · 2026-11-23 14:45:29 KST",
        "line_en": f"Copy of {OID}",
    }
    return marked_copy(sealed, set_paper(MARK, values, made_at=AT))


MAKERS = (labels, sheet, destroyed, story, copied)


@pytest.fixture(scope="module", params=MAKERS, ids=lambda each: each.__name__)
def paper(request: pytest.FixtureRequest, repository: Path) -> bytes:
    setter = TypstTypesetter(repository / "data" / "papers", office_fonts().folder)
    return bytes(request.param(setter.pdf))


def test_page_validation_accepts_it(paper: bytes) -> None:
    report = validate_pdf_bytes(paper, profile=ValidationProfile.PDF_A_2B)

    assert report.is_compliant, [failure.message for failure in report.failures]


def test_it_stays_pdf_a_once_signed(paper: bytes, trial: Any) -> None:
    prepared = prepare_signature(
        paper, name=OFFICE, reason=TRIAL_MARK, location="KR", signed_at=AT
    )
    signed = fill_signature(prepared, trial.scan, crls=(trial.crl,))

    report = validate_pdf_bytes(signed, profile=ValidationProfile.PDF_A_2B)
    assert report.is_compliant, [failure.message for failure in report.failures]


def test_qpdf_accepts_it(
    paper: bytes, need: Callable[[str], str], tmp_path: Path
) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(paper)
    done = subprocess.run(
        [need("qpdf"), "--check", file],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )

    assert "No syntax or stream encoding errors" in done.stdout, done.stdout


def test_poppler_draws_every_page_and_nothing_is_blank(
    paper: bytes, need: Callable[[str], str], tmp_path: Path
) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(paper)
    subprocess.run(
        [need("pdftoppm"), "-r", "40", "-gray", "-png", file, tmp_path / "p"],
        check=True,
        capture_output=True,
        timeout=60,
    )

    drawn_pages = sorted(tmp_path.glob("p*.png"))
    assert drawn_pages
    for each in drawn_pages:
        with Image.open(each) as picture:
            darkest, _ = picture.convert("L").getextrema()
        assert int(darkest) < 120, each.name  # type: ignore[arg-type]
