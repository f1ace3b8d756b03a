"""The courier's phone page as people meet it: by finger, keyboard, without script."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image

playwright: Any = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = [pytest.mark.enable_socket, pytest.mark.browser]
TOKEN = "t" * 43
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "locale": "ko-KR",
}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        made = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def photo(tmp_path: Path) -> str:
    """A large photo of a seal with its label in it."""
    code = io.BytesIO()
    segno.make("PK1:SEAL:S-00012", error="q").save(code, kind="png", scale=14, border=4)
    page = Image.new("RGB", (3000, 2000), "#b08d57")
    with Image.open(code) as label:
        page.paste(label.convert("RGB"), (1200, 700))
    file = tmp_path / "seal.jpg"
    page.save(file, "JPEG", quality=90)
    return str(file)


def opened(browser: Any, carrying: str, *, lang: str = "ko", **more: Any) -> Any:
    page = browser.new_context(**PHONE | more).new_page()
    page.said = []
    page.on("console", lambda line: page.said.append(line.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(f"{carrying}/c/{TOKEN}?lang={lang}")
    return page


def draw(page: Any) -> None:
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    area = canvas.bounding_box()
    assert area is not None
    left, middle = area["x"] + 30, area["y"] + area["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    for step in range(1, 50):
        page.mouse.move(left + step * 5, middle + (35 if step // 4 % 2 else -35))
    page.mouse.up()


def test_by_finger_from_seal_to_signature(
    browser: Any, carrying: str, photo: str, shots: Path
) -> None:
    page = opened(browser, carrying)
    for number, seal in ((1, "S-00012"), (2, "PK1:SEAL:S-00013")):
        box = page.get_by_role("group", name=f"박스 {number} / 2")
        box.get_by_label("봉인 번호").fill(seal)
        box.get_by_label("봉인 사진").set_input_files(photo)
        expect(box.locator("img")).to_be_visible()
    page.get_by_label("이름").fill("이고객")
    draw(page)
    page.get_by_label("눈으로 확인했고").check()
    sizes = page.evaluate(
        "[...document.querySelectorAll('[type=file]')].map(f => f.files[0].size)"
    )
    assert max(sizes) < Path(photo).stat().st_size  # made small before sending
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=shots / "courier_ko.png", full_page=True)

    page.get_by_role("button", name="인수인계 기록하기").click()

    expect(page.get_by_role("status")).to_contain_text("기록했습니다")
    assert page.locator("form").count() == 0
    page.screenshot(path=shots / "courier_done_ko.png", full_page=True)
    assert page.said == []
    page.context.close()


def test_by_keyboard_and_hand_scanner_alone(
    browser: Any, carrying: str, photo: str, shots: Path
) -> None:
    page = opened(browser, carrying, lang="en", has_touch=False)
    for number in (1, 2):
        page.get_by_label("Photo of the seal").nth(number - 1).set_input_files(photo)
    page.get_by_label("Seal number").first.focus()

    page.keyboard.type("PK1:SEAL:S-00012")
    page.keyboard.press("Enter")  # a hand scanner ends so

    focused = "document.activeElement.id"
    assert page.evaluate(focused) == "photo1"  # the form was not sent
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "state1"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "seal2"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Lee Customer")
    page.keyboard.press("Tab")  # draw again
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.screenshot(path=shots / "courier_en.png", full_page=True)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Recorded")
    assert page.said == []
    page.context.close()


def test_without_script_a_typed_name_and_the_photos_do(
    browser: Any, carrying: str, photo: str
) -> None:
    page = opened(browser, carrying, java_script_enabled=False)
    assert not page.locator("canvas").is_visible()
    for number in (1, 2):
        page.locator(f"#photo{number}").set_input_files(photo)  # the QR is read
    page.get_by_label("이름").fill("이고객")
    page.get_by_label("눈으로 확인했고").check()
    page.get_by_role("button", name="인수인계 기록하기").click()

    expect(page.get_by_role("status")).to_contain_text("기록했습니다")
    page.context.close()


def test_what_is_missing_is_asked_for_before_anything_is_sent(
    browser: Any, carrying: str
) -> None:
    page = opened(browser, carrying)

    page.get_by_role("button", name="인수인계 기록하기").click()

    assert page.evaluate("document.querySelector(':invalid').tagName") == "FORM"
    assert page.locator("form").count() == 1
    page.context.close()


def test_a_wrong_link_shows_a_plain_page(
    browser: Any, carrying: str, shots: Path
) -> None:
    page = browser.new_context(**PHONE).new_page()

    answer = page.goto(f"{carrying}/c/wrong")

    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("alert")).to_contain_text("이 주소는 쓸 수 없습니다")
    page.screenshot(path=shots / "courier_wrong.png")
    page.context.close()
