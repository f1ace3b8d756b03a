from __future__ import annotations

import datetime as dt
import threading
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pikepdf import Pdf
from PIL import Image

from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.typesetting import MarkImage, TypstTypesetter, mark_image
from paperless_kernel.base.errors import InputError, StorageError
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.base.typeset import Attachment, Typesetter

AT = dt.datetime(2026, 11, 23, 5, 45, 29, 123456, tzinfo=dt.UTC)
BUNDLE = Attachment(
    name="proof.acr",
    media_type="application/zip",
    data=b"PK\x05\x06",
    description="증빙",
)


@pytest.fixture(scope="module")
def papers(repository: Path) -> Path:
    return repository / "data" / "papers"


@pytest.fixture(scope="module")
def typesetter(papers: Path) -> Typesetter:
    return TypstTypesetter(papers, office_fonts().folder)


def facts(**changed: Any) -> dict[str, Any]:
    return {
        "title": "서식 견본",
        "standing": TRIAL_MARK,
        "office": "종이없는 사무소(견본)",
        "fields": [["문서 번호", "2.25.1"], ["비고", None]],
        "lines": [{"name": "보관", "count": 3, "amount": 1234567}],
        "text": ["첫째 문단."],
        "digest": "ab" * 64,
    } | changed


def picture(colour: str = "red") -> bytes:
    made = BytesIO()
    Image.new("RGB", (40, 40), colour).save(made, "PNG")
    return made.getvalue()


def test_the_same_in_gives_the_same_bytes(papers: Path) -> None:
    made = [
        TypstTypesetter(papers, office_fonts().folder).pdf(
            "sample",
            facts(),
            made_at=AT,
            images={"qr.svg": picture()},
            attachments=[BUNDLE],
        )
        for _ in range(2)
    ]

    assert made[0] == made[1]


def test_other_papers_in_between_change_nothing(typesetter: Typesetter) -> None:
    first = typesetter.pdf("sample", facts(), made_at=AT)
    typesetter.pdf(
        "sample", facts(title="다른"), made_at=AT, images={"qr.svg": picture()}
    )
    with pytest.raises(InputError):
        typesetter.pdf("sample", {}, made_at=AT)

    assert typesetter.pdf("sample", facts(), made_at=AT) == first


@pytest.mark.parametrize(
    "other",
    [
        {"values": facts(title="다른 제목")},
        {"made_at": AT + dt.timedelta(seconds=1)},
        {"images": {"qr.svg": picture()}},
        {"attachments": [BUNDLE]},
    ],
)
def test_anything_else_in_gives_other_bytes(
    typesetter: Typesetter, other: dict[str, Any]
) -> None:
    given: dict[str, Any] = {"values": facts(), "made_at": AT}

    assert typesetter.pdf("sample", **given) != typesetter.pdf(
        "sample", **(given | other)
    )


def test_a_picture_of_the_same_name_is_the_newest_one(typesetter: Typesetter) -> None:
    red, blue, again = (
        typesetter.pdf(
            "sample", facts(), made_at=AT, images={"qr.svg": picture(colour)}
        )
        for colour in ("red", "blue", "red")
    )

    assert red != blue
    assert red == again


def test_the_document_date_is_the_second_given(typesetter: Typesetter) -> None:
    with Pdf.open(BytesIO(typesetter.pdf("sample", facts(), made_at=AT))) as pdf:
        assert str(pdf.docinfo["/CreationDate"]) == "D:20261123054529Z"
        assert str(pdf.docinfo["/Title"]) == "서식 견본"


def test_the_date_on_the_page_is_the_korean_day(tmp_path: Path, papers: Path) -> None:
    (tmp_path / "common.typ").write_bytes((papers / "common.typ").read_bytes())
    (tmp_path / "day.typ").write_text(
        '#import "common.typ": made\n#set document(title: made.display())',
        encoding="utf-8",
    )
    late = dt.datetime(2026, 11, 23, 16, 1, 2, tzinfo=dt.UTC)

    made = TypstTypesetter(tmp_path, office_fonts().folder).pdf("day", {}, made_at=late)

    with Pdf.open(BytesIO(made)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "2026-11-24 01:01:02"


def test_files_are_embedded_as_they_are(typesetter: Typesetter) -> None:
    made = typesetter.pdf("sample", facts(), made_at=AT, attachments=[BUNDLE])

    with Pdf.open(BytesIO(made)) as pdf:
        (name,) = pdf.attachments
        assert name == BUNDLE.name
        assert pdf.attachments[name].get_file().read_bytes() == BUNDLE.data
        assert pdf.attachments[name].get_file().mime_type == BUNDLE.media_type
        assert pdf.attachments[name].description == BUNDLE.description


def test_threads_take_turns(typesetter: Typesetter) -> None:
    titles = [f"제목 {number}" for number in range(8)]
    made: dict[str, bytes] = {}

    def set_one(title: str) -> None:
        made[title] = typesetter.pdf("sample", facts(title=title), made_at=AT)

    threads = [threading.Thread(target=set_one, args=(title,)) for title in titles]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for title in titles:
        with Pdf.open(BytesIO(made[title])) as pdf:
            assert str(pdf.docinfo["/Title"]) == title


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, 'does not contain key "title"'),
        (facts(lines=3), "has no method"),
    ],
)
def test_values_that_cannot_be_set_are_named(
    typesetter: Typesetter, values: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        typesetter.pdf("sample", values, made_at=AT)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("회의록 🙂", "회의록 [U+1F642]"),
        ("\ue000🙂𠀀 이름", "[U+E000][U+1F642][U+20000] 이름"),
        ("가족 👨‍👩‍👧", None),
    ],
)
def test_signs_the_font_lacks_are_written_as_code_points(
    typesetter: Typesetter, title: str, shown: str | None
) -> None:
    made = typesetter.pdf("sample", facts(title=title), made_at=AT)

    with Pdf.open(BytesIO(made)) as pdf:
        found = str(pdf.docinfo["/Title"])
        assert found == shown if shown else "[U+1F468]" in found


def test_a_paper_in_signs_the_font_lacks_is_refused(typesetter: Typesetter) -> None:
    title = "".join(map(chr, range(0xE000, 0xE041)))

    with pytest.raises(InputError, match="the font lacks"):
        typesetter.pdf("sample", facts(title=" ".join(title)), made_at=AT)


def test_a_template_in_signs_the_font_lacks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.typ").write_text(
        '#set text(font: "Noto Sans KR")\n🙂', encoding="utf-8"
    )

    with pytest.raises(InputError, match="could not be displayed"):
        TypstTypesetter(tmp_path, office_fonts().folder).pdf("bad", {}, made_at=AT)


@pytest.mark.parametrize("template", ["nothing", "../sample", "", ".hidden"])
def test_a_template_that_is_not_there_is_refused(
    typesetter: Typesetter, template: str
) -> None:
    with pytest.raises(InputError, match="template"):
        typesetter.pdf(template, facts(), made_at=AT)


@pytest.mark.parametrize("name", ["../qr.svg", "a/b.png", "", "그림.png"])
def test_names_that_leave_their_folder_are_refused(
    typesetter: Typesetter, name: str
) -> None:
    with pytest.raises(InputError, match="cannot name"):
        typesetter.pdf("sample", facts(), made_at=AT, images={name: b""})


def test_a_broken_template_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "bad.typ").write_text("#let x =", encoding="utf-8")

    with pytest.raises(InputError, match="expected expression"):
        TypstTypesetter(tmp_path, office_fonts().folder).pdf("bad", {}, made_at=AT)


def test_a_broken_picture_is_an_input_error(typesetter: Typesetter) -> None:
    with pytest.raises(InputError, match="cannot be set"):
        typesetter.pdf("sample", facts(), made_at=AT, images={"qr.svg": b"no picture"})


def test_no_room_for_the_work_folder_is_a_storage_error(
    typesetter: Typesetter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))

    with pytest.raises(StorageError, match="make room"):
        typesetter.pdf("sample", facts(), made_at=AT)


def pixels(mark: MarkImage) -> np.ndarray:
    row = (mark.width + 7) // 8
    assert len(mark.data) == row * mark.height
    packed = np.frombuffer(mark.data, np.uint8).reshape(mark.height, row)
    return np.unpackbits(packed, axis=1)[:, : mark.width]


def test_the_mark_is_ink_on_white_with_a_margin() -> None:
    drawn = pixels(mark_image(TRIAL_MARK, office_fonts()))

    share = (drawn == 0).mean()
    assert 0.05 < share < 0.4
    for edge in (drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]):
        assert edge.all()


def test_the_mark_is_the_same_each_time_and_grows_with_its_height() -> None:
    small, large = (
        mark_image(TRIAL_MARK, office_fonts(), height=size) for size in (24, 48)
    )

    assert small == mark_image(TRIAL_MARK, office_fonts(), height=24)
    assert large.width == pytest.approx(2 * small.width, rel=0.05)


@pytest.mark.parametrize(("text", "height"), [("", 48), ("가\n나", 48), ("가", 7)])
def test_a_mark_that_is_no_readable_line_is_refused(text: str, height: int) -> None:
    with pytest.raises(InputError, match="one line"):
        mark_image(text, office_fonts(), height=height)
