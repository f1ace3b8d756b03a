"""The home page in Chromium: what a visitor sees, hears and can reach by keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.browser,
    pytest.mark.slow,
]
PASSWORD = "correct horse"
KNOWN = ("Unsatisfied version", "No satisfying version")
"""Voila carries an older JupyterLab front end than the one installed; harmless."""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # may be absent

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        yield made
        made.close()


class Visit:
    """A page, and everything that went wrong on it."""

    def __init__(self, browser: Any, workbench: str, **context: Any) -> None:
        self.wrong: list[str] = []
        self.hosts: set[str] = set()
        self.context = browser.new_context(**context)
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("response", self._answered)
        self.page.on("request", lambda request: self.hosts.add(request.url))
        self.address = workbench

    def _heard(self, message: Any) -> None:
        loud = message.type in {"error", "warning"}
        if loud and not any(known in message.text for known in KNOWN):
            self.wrong.append(f"{message.type}: {message.text}")

    def _answered(self, answer: Any) -> None:
        if answer.status >= 400:
            self.wrong.append(f"{answer.status} {answer.url}")

    def sign_in(self, query: str = "") -> Any:
        self.page.goto(self.address + query)
        self.page.fill("#pk-user", "ops")
        self.page.fill("#pk-password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".pk-card", timeout=60_000)
        return self.page

    def close(self) -> None:
        self.page.goto("about:blank")  # ends the kernel, as leaving the page does
        self.context.close()


def no_trouble(visit: Visit) -> None:
    text = visit.page.inner_text("body")
    assert "javascript error" not in text.lower()
    assert visit.page.locator(".jp-RenderedText[data-mime-type*=error]").count() == 0
    assert visit.page.locator(".pk-trouble").count() == 0
    assert visit.wrong == []
    assert [each for each in visit.hosts if not ours(each, visit.address)] == []


def ours(url: str, address: str) -> bool:
    websocket = address.replace("http", "ws")
    return url.startswith((address, websocket, "data:", f"blob:{address}", "about:"))


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("home-light", {"viewport": {"width": 1280, "height": 900}}),
        (
            "home-dark",
            {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
        ),
        ("home-phone", {"viewport": {"width": 390, "height": 844}}),
    ],
)
def test_the_home_page_opens_without_an_error(
    browser: Any, workbench: str, shots: Path, name: str, context: dict[str, Any]
) -> None:
    visit = Visit(browser, workbench, **context)
    page = visit.sign_in()

    page.screenshot(path=shots / f"{name}.png", full_page=True)

    assert page.locator(".pk-card").count() == 4
    assert page.locator("html").get_attribute("lang") == "ko"
    assert page.title() == "사무소 현황 · Paperless Kernel"
    assert "시험용 · 지정(인증)기관 발급 아님" in page.inner_text(".pk-banner")
    assert "김운영" in page.inner_text(".pk-who")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0  # nothing runs off the side
    no_trouble(visit)
    visit.close()


def test_the_language_is_in_the_address_and_changes_without_a_new_page(
    browser: Any, workbench: str
) -> None:
    visit = Visit(browser, workbench)
    page = visit.sign_in("?lang=en")
    assert page.title().startswith("Office at a glance")
    assert page.locator("html").get_attribute("lang") == "en"

    page.locator("[data-lang=ko]").focus()
    page.keyboard.press("Enter")

    page.wait_for_function("document.documentElement.lang === 'ko'")
    assert page.url.endswith("?lang=ko")
    assert page.evaluate("document.activeElement.dataset.lang") == "ko"
    assert page.locator("[aria-current=true]").inner_text() == "한국어"
    no_trouble(visit)
    visit.close()


def test_a_refresh_is_said_aloud_and_open_parts_stay_open(
    browser: Any, workbench: str
) -> None:
    visit = Visit(browser, workbench)
    page = visit.sign_in()
    page.locator("summary").first.click()
    assert page.locator("#pk-chart-table").is_visible()

    page.locator("[data-act=refresh]").click()

    page.wait_for_selector("[role=status]:has-text('다시 읽었습니다')")
    assert page.locator("#pk-chart-table").is_visible()
    assert page.locator("#pk-chart-table tbody tr").count() == 7
    no_trouble(visit)
    visit.close()


def test_the_page_has_names_for_those_who_do_not_see_it(
    browser: Any, workbench: str
) -> None:
    visit = Visit(browser, workbench)
    page = visit.sign_in()

    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("heading", level=1).inner_text() == "사무소 현황"
    assert page.get_by_role("img", name="종이에서 증명까지").count() == 1
    assert page.get_by_role("navigation", name="언어").count() == 1
    for name in ("신뢰스캔", "전자문서 보관", "알림문자", "요금"):
        assert page.get_by_role("region", name=name, exact=True).count() == 1
    nameless = page.evaluate(
        "[...document.querySelectorAll('.pk-page button, .pk-page a')]"
        ".filter(e => !e.innerText.trim() && !e.ariaLabel).length"
    )
    assert nameless == 0
    visit.close()


def test_leaving_the_page_ends_its_kernel(browser: Any, workbench: str) -> None:
    visit = Visit(browser, workbench)
    page = visit.sign_in()
    config = json.loads(page.text_content("#jupyter-config-data"))
    kernel = f"{workbench}api/kernels/{config['kernelId']}"
    assert page.request.get(kernel).status == 200

    page.goto("about:blank")

    # A kernel that is gone belongs to nobody, and nobody may ask for it.
    for _ in range(20):
        if page.request.get(kernel).status == 403:
            break
        page.wait_for_timeout(250)
    assert page.request.get(kernel).status == 403
    visit.close()


def test_signing_out_ends_the_visit(browser: Any, workbench: str) -> None:
    visit = Visit(browser, workbench)
    page = visit.sign_in()

    page.get_by_role("link", name="로그아웃").click()

    page.wait_for_selector("#pk-user")
    assert "로그아웃했습니다." in page.inner_text("main")
    page.goto(workbench)
    assert page.locator("#pk-user").count() == 1
    visit.close()
