from __future__ import annotations

import datetime as dt
import html
import re
import warnings
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.base.texts import parse_texts
from paperless_kernel.notice.model import GivenDocument, Line, Network, State
from paperless_kernel.web.app import create_app
from paperless_kernel.web.public import page_texts

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

KT = "01011112222"
NOBODY: Any = None  # no page here asks the workshop
PHONE = {"user-agent": "Mozilla/5.0 (iPhone) Mobile", "accept-language": "ko-KR"}


class Forms(HTMLParser):
    """The forms of a page: action to fields; and ids that labels name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.inputs: set[str] = set()
        self.labels: set[str] = set()
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if tag == "form":
            self.forms.append((given["action"], {}))
        if tag == "input":
            self.forms[-1][1][given["name"]] = given.get("value", "")
            if given.get("type") != "hidden":
                self.inputs.add(given["id"])
        if tag == "label":
            self.labels.add(given["for"])


@pytest.fixture
def sent(world: Any) -> Any:
    world.set_lines(1, Line(number=KT, network=Network.KT))
    world.campaign = world.approved(1)
    world.notices.dispatch_due(world.machine)
    world.notices.collect_reports(world.machine)
    return world


@pytest.fixture
def client(sent: Any) -> Iterator[Any]:
    with TestClient(create_app(sent.notices, couriers=NOBODY), headers=PHONE) as made:
        yield made


def submit(client: Any, page: Any, which: int = 0, **more: str) -> Any:
    action, fields = Forms(page.text).forms[which]
    return client.post(html.unescape(action), data={**fields, **more})


def read(client: Any, world: Any) -> Any:
    page = client.get(f"/n/{world.token(KT)}")
    page = submit(client, page)
    page = submit(client, page, agree="yes")
    return submit(client, page, code=world.code(KT))


def test_from_link_to_document_without_a_script(client: Any, sent: Any) -> None:
    token = sent.token(KT)
    page = client.get(f"/n/{token}")
    assert page.status_code == 200
    assert "홍*동" in page.text
    assert "홍길동" not in page.text
    page = submit(client, page)
    assert page.url.path == f"/n/{token}/terms"
    page = submit(client, page, agree="yes")
    assert page.url.path == f"/n/{token}/code"
    assert "***-****-2222" in page.text
    page = submit(client, page, code=sent.code(KT))
    assert page.url.path == f"/n/{token}/document"
    assert "자동차세" in page.text
    image = client.get(f"/n/{token}/page/1.jpg")
    assert image.headers["content-type"] == "image/jpeg"
    file = client.get(f"/n/{token}/document.pdf")
    assert file.content.startswith(b"%PDF-")
    assert client.get(f"/n/{token}/page/9.jpg").status_code == 404
    assert sent.one(sent.campaign).state is State.READ
    assert [f.detail.get("agent") for f in sent.one(sent.campaign).facts if f.detail][
        -4
    ] == "phone"


def test_every_get_changes_nothing(client: Any, sent: Any) -> None:
    token, before = sent.token(KT), sent.tags()
    for path in (
        "",
        "/terms",
        "/code",
        "/document",
        "/refuse",
        "/page/1.jpg",
        "/document.pdf",
        "/open",
        "/consent",
        "/read",
        "/again",
    ):
        client.get(f"/n/{token}{path}")
    assert sent.tags() == before


def test_looking_again_and_again_opens_the_document_no_second_time(
    client: Any, sent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, fetched = sent.documents.fetch, []

    def counting(reference: str) -> GivenDocument:
        fetched.append(reference)
        return fetch(reference)

    monkeypatch.setattr(sent.documents, "fetch", counting)
    read(client, sent)
    assert fetched == ["doc-1"]
    token, before = sent.token(KT), sent.tags()
    for path in ("document", "page/1.jpg", "document.pdf", "document"):
        assert client.get(f"/n/{token}/{path}").status_code == 200
    assert fetched == ["doc-1"]
    assert sent.tags() == before
    # Another visit is another reading, and is checked anew.
    client.cookies.clear()
    read(client, sent)
    assert fetched == ["doc-1", "doc-1"]
    # When the session is over, nothing is shown from memory either.
    sent.clock.move_to(sent.clock.now() + dt.timedelta(minutes=11))
    assert client.get(f"/n/{token}/document.pdf").status_code == 409


def test_every_answer_is_private(client: Any, sent: Any) -> None:
    for path in (f"/n/{sent.token(KT)}", "/n/unknown", "/assets/reader.css", "/x"):
        headers = client.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "script-src" not in headers["content-security-policy"]


def test_the_cookie_is_closed_and_host_bound_over_https(client: Any, sent: Any) -> None:
    plain = client.get(f"/n/{sent.token(KT)}").headers["set-cookie"]
    assert plain.startswith("notice=")
    assert "HttpOnly" in plain
    assert "SameSite=lax" in plain
    assert "Secure" not in plain
    app = create_app(sent.notices, couriers=NOBODY, secure=True)
    with TestClient(app, base_url="https://office.example") as over_tls:
        got = over_tls.get(f"/n/{sent.token(KT)}")
    assert got.headers["set-cookie"].startswith("__Host-notice=")
    assert "Secure" in got.headers["set-cookie"]
    assert "Path=/" in got.headers["set-cookie"]
    assert "strict-transport-security" in got.headers


def test_a_form_from_elsewhere_is_refused(client: Any, sent: Any) -> None:
    token, before = sent.token(KT), sent.tags()
    client.get(f"/n/{token}")
    for data in ({}, {"form": "0" * 64}):
        answer = client.post(f"/n/{token}/open", data=data)
        assert answer.status_code == 403
        assert "처음부터" in answer.text
    assert sent.tags() == before


def test_a_wrong_code_can_be_tried_again(client: Any, sent: Any) -> None:
    page = submit(client, client.get(f"/n/{sent.token(KT)}"))
    page = submit(client, page, agree="yes")
    right = sent.code(KT)
    page = submit(client, page, code="000000" if right != "000000" else "1")
    assert page.status_code == 422
    assert "남은 횟수 4" in page.text
    page = submit(client, page, code=right)
    assert page.url.path.endswith("/document")


def test_without_the_tick_there_is_no_code(client: Any, sent: Any) -> None:
    page = submit(client, client.get(f"/n/{sent.token(KT)}"))
    page = submit(client, page, agree="")
    assert page.url.path.endswith("/terms")
    assert "notice:code:sent" not in sent.tags()


def test_another_code_until_the_day_s_are_used(client: Any, sent: Any) -> None:
    page = submit(client, client.get(f"/n/{sent.token(KT)}"))
    page = submit(client, page, agree="yes")
    page = submit(client, page, which=1)
    page = submit(client, page, which=1)
    assert page.status_code == 200
    page = submit(client, page, which=1)
    assert page.status_code == 403
    assert "3회" in page.text


def test_without_a_session_nothing_is_served(client: Any, sent: Any) -> None:
    read(client, sent)
    client.cookies.clear()
    token = sent.token(KT)
    for path in ("terms", "code", "document", "page/1.jpg", "document.pdf"):
        answer = client.get(f"/n/{token}/{path}")
        assert answer.status_code == 409
        assert b"%PDF" not in answer.content
    assert client.get("/n/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404


def test_when_the_document_is_changed_nothing_of_it_is_shown(
    client: Any, sent: Any
) -> None:
    page = submit(client, client.get(f"/n/{sent.token(KT)}"))
    page = submit(client, page, agree="yes")
    kept = sent.documents.kept["doc-1"]
    sent.documents.kept["doc-1"] = GivenDocument(
        data=kept.data + b" ", title="x", owner=kept.owner
    )
    answer = submit(client, page, code=sent.code(KT))
    assert answer.status_code == 422
    assert sent.one(sent.campaign).state is State.IDENTIFIED
    # When it is restored, a button reads it without another code.
    sent.documents.kept["doc-1"] = kept
    page = client.get(f"/n/{sent.token(KT)}/document")
    assert 'type="hidden"' in page.text
    assert "data:image" not in page.text
    page = submit(client, page)
    assert "/page/1.jpg" in page.text
    assert sent.one(sent.campaign).state is State.READ


def test_declining_takes_a_button(client: Any, sent: Any) -> None:
    page = client.get(f"/n/{sent.token(KT)}/refuse")
    page = submit(client, page)
    assert "접수되었습니다" in page.text
    assert sent.one(sent.campaign).state is State.DECLINED


def test_english_stays_english(client: Any, sent: Any) -> None:
    page = client.get(f"/n/{sent.token(KT)}?lang=en")
    assert "A notice from" in page.text
    page = submit(client, page)
    assert page.url.query == b"lang=en"
    assert "Terms of use" in page.text
    page = submit(client, page, agree="yes")
    page = submit(client, page, code=sent.code(KT))
    assert "Page 1 of 1" in page.text


def test_pages_are_labelled_and_carry_no_script(client: Any, sent: Any) -> None:
    page = client.get(f"/n/{sent.token(KT)}")
    for more in ({}, {"agree": "yes"}, {"code": None}):
        parsed = Forms(page.text)
        assert parsed.inputs <= parsed.labels
        assert "script" not in parsed.tags
        assert re.search(r'<html lang="ko">', page.text)
        assert " style=" not in page.text
        assert "시험용" in page.text
        given = {k: v or sent.code(KT) for k, v in more.items()}
        page = submit(client, page, **given)
    assert 'alt="1쪽 / 전체 1쪽"' in page.text


def test_a_name_with_markup_stays_text(sent: Any) -> None:
    sent.set_lines(2, Line(number="01077778888", network=Network.KT))
    sent.approved(2, key="c-2", sender="<b>x</b>")
    sent.notices.dispatch_due(sent.machine)
    with TestClient(create_app(sent.notices, couriers=NOBODY)) as client:
        page = client.get(f"/n/{sent.token('01077778888')}")
    assert "<b>x</b>" not in page.text
    assert "&lt;b&gt;" in page.text


def test_both_languages_hold_the_same_keys() -> None:
    assert page_texts().languages == ("ko", "en")
    with pytest.raises(InputError):
        parse_texts({"ko": 'a = "x"', "en": 'b = "x"'})


@pytest.mark.parametrize(
    ("charset", "value"),
    [
        ("raw_unicode_escape", b"\\ud800"),
        ("utf-7", b"+2AA-"),
        ("undefined", b"x"),
    ],
)
def test_a_form_that_is_no_text_is_a_page_and_private(
    client: Any, sent: Any, charset: str, value: bytes
) -> None:
    before = sent.tags()
    answer = client.post(
        f"/n/{sent.token(KT)}/open",
        content=b'--x\r\nContent-Disposition: form-data; name="form"\r\n\r\n'
        + value
        + b"\r\n--x--\r\n",
        headers={"content-type": f"multipart/form-data; boundary=x; charset={charset}"},
    )
    assert answer.status_code == 400
    assert "읽을 수 없습니다" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert sent.tags() == before


def test_too_many_fields_are_refused_as_a_page(client: Any, sent: Any) -> None:
    fields = {f"f{n}": "1" for n in range(9)}
    answer = client.post(f"/n/{sent.token(KT)}/open?lang=en", data=fields)
    assert answer.status_code == 400
    assert "cannot be read" in answer.text


def test_what_nobody_expected_is_a_page_and_private(
    sent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_token: str) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(sent.notices.reading, "landing", fail)
    app = create_app(sent.notices, couriers=NOBODY)
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get(f"/n/{sent.token(KT)}?lang=en")
        odd = client.get("/n/x", headers={"host": "["})
    for got in (answer, odd):
        assert got.status_code == 500
        assert got.headers["cache-control"] == "no-store"
        assert got.headers["content-security-policy"].startswith("default-src 'none'")
        assert "secret" not in got.text
    assert "<html" in answer.text


def test_a_link_opened_without_end_is_braked(client: Any, sent: Any) -> None:
    token = sent.token(KT)
    form = Forms(client.get(f"/n/{token}").text).forms[0][1]["form"]
    cookie = {"cookie": f"notice={client.cookies['notice']}"}

    def open_it(lang: str = "ko") -> Any:
        client.cookies.clear()
        return client.post(
            f"/n/{token}/open?lang={lang}",
            data={"form": form},
            headers=cookie,
            follow_redirects=False,
        )

    for _ in range(20):
        assert open_it().status_code == 303
    before = sent.tags()
    for lang, words in (("ko", "너무 자주"), ("en", "too often")):
        answer = open_it(lang)
        assert answer.status_code == 429
        assert words in answer.text
    assert sent.tags() == before
    sent.clock.move_to(sent.clock.now() + dt.timedelta(hours=1))
    assert open_it().status_code == 303
