from __future__ import annotations

import io
import sys
import warnings
from base64 import b64encode
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image, ImageDraw

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.boxes import SealState
from paperless_kernel.web.app import create_app
from paperless_kernel.web.courier import courier_texts
from paperless_kernel.web.pictures import (
    MOST_PHOTO,
    clean_photo,
    clean_signature,
    read_code,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent))
from courier_world import TOKEN, FakeCouriers, photo

sys.path.pop(0)

LINK = f"/c/{TOKEN}"
PHONE = {"accept-language": "ko-KR"}


class Page(HTMLParser):
    """What a reader of the page meets: fields, labels, scripts, languages."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, dict[str, str]] = {}
        self.labels: set[str] = set()
        self.scripts: list[str] = []
        self.inline = 0
        self.lang = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang = given["lang"]
        if tag in {"input", "select"} and given.get("type") != "hidden":
            self.fields[given["id"]] = given
        if tag == "label":
            self.labels.add(given["for"])
        if tag == "script":
            self.scripts.append(given.get("src", ""))
        self.inline += sum(name.startswith("on") or name == "style" for name in given)


class NoNotices:
    """No recipient's page is asked for here."""

    reading: Any = None


@pytest.fixture
def couriers() -> FakeCouriers:
    return FakeCouriers()


@pytest.fixture
def client(couriers: FakeCouriers) -> Iterator[Any]:
    notices: Any = NoNotices()
    with TestClient(create_app(notices, couriers=couriers), headers=PHONE) as made:
        yield made


def drawn(colour: str = "black") -> str:
    picture = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line((10, 10, 290, 110), fill=colour, width=4)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + b64encode(out.getvalue()).decode()


def sent(**more: str) -> dict[str, str]:
    return {
        "seal1": "S-1",
        "seal2": "PK1:SEAL:S-2",
        "state1": "intact",
        "state2": "broken",
        "giver_name": "이고객",
        "giver_drawn": drawn(),
        "agree": "yes",
    } | more


def photos(*data: bytes) -> dict[str, tuple[str, bytes, str]]:
    return {
        f"photo{n}": ("x.jpg", one or photo(), "image/jpeg")
        for n, one in enumerate(data or (b"", b""), 1)
    }


def test_a_link_shows_boxes_and_no_seal_number(client: Any) -> None:
    answer = client.get(LINK)
    page = Page(answer.text)

    assert answer.status_code == 200
    assert page.lang == "ko"
    assert {"seal1", "photo1", "state1", "seal2", "photo2", "state2"} <= set(
        page.fields
    )
    assert page.fields["photo1"]["capture"] == "environment"
    assert page.fields["photo1"]["accept"] == "image/jpeg,image/png"
    assert page.labels >= set(page.fields)  # a screen reader names every field
    assert "82가 1234" in answer.text
    assert "S-1" not in answer.text


def test_one_own_script_and_nothing_inline(client: Any) -> None:
    answer = client.get(LINK)
    page = Page(answer.text)
    policy = answer.headers["content-security-policy"]

    assert page.scripts == ["/assets/courier.js"]
    assert page.inline == 0
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_recipients_pages_still_run_no_script(client: Any) -> None:
    policy = client.get("/assets/reader.css").headers["content-security-policy"]

    assert "script-src" not in policy
    assert (
        client.get("/assets/courier.js")
        .headers["content-type"]
        .startswith("text/javascript")
    )


def test_a_hand_over_is_sent_once_and_shown(
    client: Any, couriers: FakeCouriers
) -> None:
    answer = client.post(LINK, data=sent(), files=photos(), follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"] == LINK
    (report,) = couriers.reports
    assert [one.number for one in report.seals] == ["S-1", "S-2"]
    assert [one.state for one in report.seals] == [SealState.INTACT, SealState.BROKEN]
    assert report.giver.name == "이고객"
    assert report.giver.drawing.startswith(b"\x89PNG")
    shown = client.get(LINK).text
    assert "2026-11-23 14:45:29 KST" in shown
    assert "<form" not in shown


def test_sending_again_is_harmless(client: Any, couriers: FakeCouriers) -> None:
    client.post(LINK, data=sent(), files=photos())

    again = client.post(LINK, data=sent(seal1="other"), files=photos())

    assert again.status_code == 200
    assert len(couriers.reports) == 1


def test_a_typed_name_is_enough(client: Any, couriers: FakeCouriers) -> None:
    client.post(LINK, data=sent(giver_drawn=""), files=photos())

    assert couriers.reports[0].giver.drawing == b""


def test_the_number_is_read_off_the_photo(client: Any, couriers: FakeCouriers) -> None:
    code = io.BytesIO()
    segno.make("PK1:SEAL:S-7", error="q").save(code, kind="png", scale=6, border=4)

    client.post(LINK, data=sent(seal1=""), files=photos(code.getvalue(), b""))

    assert couriers.reports[0].seals[0].number == "S-7"


@pytest.mark.parametrize(
    ("more", "files", "words"),
    [
        ({"seal1": ""}, photos(), "1번 박스의 봉인 번호"),
        ({}, {"photo1": photos()["photo1"]}, "2번 박스의 봉인 사진"),
        ({}, photos(b"no picture", b""), "사진을 읽을 수 없습니다"),
        ({"giver_name": " "}, photos(), "넘기는 사람의 이름"),
        ({"giver_name": "x" * 61}, photos(), "넘기는 사람의 이름"),
        ({"giver_drawn": "data:text/html,x"}, photos(), "서명을 읽을 수 없습니다"),
        ({"state1": ""}, photos(), "1번 박스의 봉인 상태"),
        ({"state2": "fine"}, photos(), "2번 박스의 봉인 상태"),
        ({"seal1": "PK1:BOX:2.25.1"}, photos(), "봉인 라벨이 아닙니다"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_handed_over(
    client: Any,
    couriers: FakeCouriers,
    more: dict[str, str],
    files: dict[str, Any],
    words: str,
) -> None:
    answer = client.post(LINK, data=sent(**more), files=files)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="S-2"' not in answer.text
    assert "PK1:SEAL:S-2" in answer.text  # what was typed is still there
    assert couriers.reports == []


def test_a_wrong_link_gets_a_plain_page(client: Any, couriers: FakeCouriers) -> None:
    for answer in (
        client.get("/c/wrong"),
        client.post("/c/wrong", data=sent(), files=photos()),
    ):
        assert answer.status_code == 404
        assert "이 주소는 쓸 수 없습니다" in answer.text
        assert "박스" not in answer.text
        assert "82가" not in answer.text
    assert couriers.reports == []


def test_a_form_behind_a_wrong_link_is_not_even_read(client: Any) -> None:
    answer = client.post(
        "/c/wrong",
        content=b"x",
        headers={
            "content-length": str(1 << 40),
            "content-type": "multipart/form-data; boundary=x",
        },
    )

    assert answer.status_code == 404


def test_english_is_asked_for_and_kept(client: Any) -> None:
    page = client.get(f"{LINK}?lang=en")

    assert Page(page.text).lang == "en"
    assert "Hand over boxes" in page.text
    answer = client.post(
        f"{LINK}?lang=en", data=sent(seal1=""), files=photos(), follow_redirects=False
    )
    assert "Scan or type the seal" in answer.text
    done = client.post(
        f"{LINK}?lang=en", data=sent(), files=photos(), follow_redirects=False
    )
    assert done.headers["location"] == f"{LINK}?lang=en"


def test_both_languages_say_everything() -> None:
    assert courier_texts().languages == ("ko", "en")


@pytest.mark.parametrize("length", ["", "x", str((64 << 20) + 1)])
def test_a_form_too_big_or_of_no_length_is_not_read(
    client: Any, couriers: FakeCouriers, length: str
) -> None:
    answer = client.post(
        LINK,
        content=b"x",
        headers={
            "content-length": length,
            "content-type": "multipart/form-data; boundary=x",
        },
    )

    assert answer.status_code == 422
    assert couriers.reports == []


def test_a_form_that_is_none_is_refused_as_a_page(client: Any) -> None:
    answer = client.post(
        LINK,
        content=b"\r\n--y",
        headers={"content-type": "multipart/form-data; boundary=x"},
    )

    assert answer.status_code in {400, 422}
    assert "<html" in answer.text


def test_a_photo_keeps_nothing_of_place_and_device() -> None:
    made = clean_photo(photo())

    assert b"SECRET" not in made
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.format == "JPEG"
        assert dict(picture.getexif()) == {}
        assert picture.size == (480, 640)  # turned upright first


def test_a_large_photo_is_made_small() -> None:
    with Image.open(io.BytesIO(clean_photo(photo(size=(4000, 1000))))) as picture:
        assert picture.size == (500, 2000)  # it lay on its side


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\xff\xd8\xff\xe0 cut",
        b"x" * (MOST_PHOTO + 1),
        photo("GIF"),
        photo()[:300],
    ],
)
def test_what_is_no_photo_is_refused(bad: bytes) -> None:
    with pytest.raises(InputError):
        clean_photo(bad)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_read() -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")

    with pytest.raises(InputError, match="too big"):
        clean_photo(out.getvalue())


def test_an_empty_drawing_is_none() -> None:
    assert clean_signature(drawn("white")) == b""
    assert clean_signature("") == b""
    assert clean_signature(drawn()).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "bad", ["data:image/png;base64,###", "data:image/png;base64,AAAA", "<svg/>"]
)
def test_what_is_no_drawing_is_refused(bad: str) -> None:
    with pytest.raises(InputError):
        clean_signature(bad)


def test_two_codes_on_a_photo_are_none() -> None:
    page = Image.new("L", (900, 400), 255)
    for n, text in enumerate(("PK1:SEAL:S-1", "PK1:SEAL:S-2")):
        code = io.BytesIO()
        segno.make(text).save(code, kind="png", scale=8, border=4)
        with Image.open(code) as one:
            page.paste(one.convert("L"), (20 + 440 * n, 40))
    out = io.BytesIO()
    page.save(out, "PNG")

    assert read_code(clean_photo(out.getvalue())) == ""
