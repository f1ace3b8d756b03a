"""What the workbench's server refuses, asked over HTTP as a stranger would."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from paperless_kernel.base.errors import BusyError
from paperless_kernel.workbench.server import bind

pytestmark = [pytest.mark.enable_socket, pytest.mark.browser]
PASSWORD = "correct horse"
NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def client(workbench: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=workbench, timeout=60, trust_env=False) as made:
        yield made


def sign_in(
    client: httpx.Client, user: str, password: str = PASSWORD
) -> httpx.Response:
    form = client.get("/login").text
    token = re.search(r'name="_xsrf" value="([^"]+)"', form)
    assert token is not None
    return client.post(
        "/login", data={"user": user, "password": password, "_xsrf": token[1]}
    )


def kernel_of(page: str) -> str:
    found = re.search(r'"kernelId": "([0-9a-f-]+)"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", ["/", "/voila/render/home.ipynb", "/voila/render/x"])
def test_a_stranger_is_sent_to_the_sign_in_page(
    client: httpx.Client, path: str
) -> None:
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_right_password_gives_a_signed_cookie_scripts_cannot_read(
    client: httpx.Client,
) -> None:
    answer = sign_in(client, "ops")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
    (cookie,) = (
        each for each in answer.headers.get_list("Set-Cookie") if "username-" in each
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "u-ops" not in cookie


def test_behind_tls_the_cookie_stays_on_tls(client: httpx.Client) -> None:
    client.headers["X-Forwarded-Proto"] = "https"

    answer = sign_in(client, "ops")

    assert all("Secure" in each for each in answer.headers.get_list("Set-Cookie"))


def test_a_wrong_password_is_told_in_words(client: httpx.Client) -> None:
    answer = sign_in(client, "ops", "wrong")

    assert answer.status_code == 401
    assert "아이디 또는 비밀번호가 맞지 않습니다" in answer.text
    assert "wrong" not in answer.text
    assert client.get("/").headers["Location"].startswith("/login")


def test_guessing_is_slowed_down(client: httpx.Client) -> None:
    for _ in range(5):
        assert sign_in(client, "nobody", "guess").status_code == 401

    answer = sign_in(client, "nobody", "guess")

    assert answer.status_code == 429
    assert "초 뒤에 다시 시도하세요" in answer.text


def test_a_form_from_elsewhere_is_refused(client: httpx.Client) -> None:
    form = {"user": "ops", "password": PASSWORD}

    assert client.post("/login", data=form).status_code == 403


def test_a_forged_cookie_is_nobody(client: httpx.Client) -> None:
    name = f"username-{client.base_url.netloc.decode().replace('.', '-')}"
    client.cookies.set(name.replace(":", "-"), "u-ops")

    assert client.get("/").headers["Location"].startswith("/login")


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/"])
def test_signing_in_never_leads_away(client: httpx.Client, target: str) -> None:
    form = client.get("/login").text
    token = re.search(r'name="_xsrf" value="([^"]+)"', form)
    assert token is not None

    answer = client.post(
        "/login",
        data={
            "user": "ops",
            "password": PASSWORD,
            "next": target,
            "_xsrf": token[1],
        },
    )

    assert "evil.example" not in answer.headers["Location"].split("/")[2:3]
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith("//")


def test_a_customers_person_sees_words_and_no_page(client: httpx.Client) -> None:
    sign_in(client, "client")

    answer = client.get("/voila/render/home.ipynb")

    assert answer.status_code == 403
    assert "이고객" in answer.text
    assert "kernelId" not in answer.text


@pytest.mark.parametrize(
    "path", ["other.ipynb", "../home.ipynb", "home.ipynb/", "server.py", ""]
)
def test_a_page_that_is_not_listed_is_denied(client: httpx.Client, path: str) -> None:
    sign_in(client, "ops")

    assert client.get(f"/voila/render/{path}").status_code in {403, 404}


@pytest.mark.parametrize(
    "path",
    [
        "/voila/tree",
        "/voila/tree/",
        "/voila/api/contents/",
        "/voila/api/contents/home.ipynb",
        "/voila/files/home.ipynb",
        "/voila/execution/0",
        "/api/kernels",
        "/api/contents",
        "/api/sessions",
        "/api/kernelspecs",
        "/api/me",
        "/files/home.ipynb",
    ],
)
def test_what_lists_or_runs_does_not_exist(client: httpx.Client, path: str) -> None:
    sign_in(client, "ops")

    assert client.get(path).status_code == 404


def test_another_cannot_read_stop_or_join_ones_kernel(
    client: httpx.Client, workbench: str
) -> None:
    sign_in(client, "ops")
    page = client.get("/voila/render/home.ipynb", params={"template": "classic"})
    assert page.status_code == 200
    assert "pk/static/page.css" in page.text  # no other template
    kernel = kernel_of(page.text)
    assert client.get(f"/api/kernels/{kernel}").status_code == 200
    with httpx.Client(base_url=workbench, timeout=60, trust_env=False) as other:
        sign_in(other, "sales")
        xsrf = {"X-XSRFToken": other.cookies["_xsrf"]}
        assert other.get(f"/api/kernels/{kernel}").status_code == 403
        assert other.delete(f"/api/kernels/{kernel}", headers=xsrf).status_code == 403
        stop = f"/voila/api/shutdown/{kernel}"
        assert other.post(stop, headers=xsrf).status_code == 403
        cookie = "; ".join(f"{name}={value}" for name, value in other.cookies.items())
        address = workbench.replace("http", "ws") + f"api/kernels/{kernel}/channels"
        with pytest.raises(InvalidStatus, match="403"):
            connect(address, additional_headers={"Cookie": cookie}, proxy=None)
    mine = {"X-XSRFToken": client.cookies["_xsrf"]}
    assert client.post(stop).status_code == 403
    assert client.post(stop, headers=mine).status_code == 204
    assert client.get(f"/api/kernels/{kernel}").status_code in {403, 404}


def test_a_page_runs_no_code_of_its_visitor(
    client: httpx.Client, workbench: str
) -> None:
    sign_in(client, "ops")
    kernel = kernel_of(client.get("/voila/render/home.ipynb").text)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    address = workbench.replace("http", "ws") + f"api/kernels/{kernel}/channels"
    request = (
        '{"header":{"msg_id":"m1","msg_type":"%s","username":"","session":"s",'
        '"version":"5.3","date":"2026-01-01T00:00:00Z"},"parent_header":{},'
        '"metadata":{},"channel":"shell","buffers":[],"content":%s}'
    )

    with connect(
        address + "?session_id=s", additional_headers={"Cookie": cookie}, proxy=None
    ) as line:
        wish = json.dumps({"code": "print('pk' + '-ran')", "silent": False})
        line.send(request % ("execute_request", wish))
        line.send(request % ("kernel_info_request", "{}"))
        heard = []
        while not any("kernel_info_reply" in each for each in heard):
            heard.append(str(line.recv(timeout=30)))

    assert not any("execute_reply" in each or "pk-ran" in each for each in heard)
    xsrf = {"X-XSRFToken": client.cookies["_xsrf"]}
    client.post(f"/voila/api/shutdown/{kernel}", headers=xsrf)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://127.0.0.1"},
        {"X-Forwarded-For": "203.0.113.9"},
        {"Cookie": "a=b"},
    ],
)
def test_a_kernels_request_is_told_to_no_browser_and_no_proxy(
    workbench: str, headers: dict[str, str]
) -> None:
    address = workbench.replace("http", "ws") + f"voila/query/{NOBODYS}"

    with pytest.raises(InvalidStatus, match="403"):
        connect(address, additional_headers=headers, proxy=None)


def test_a_taken_port_is_told_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BusyError, match=f"port {port} "):
            bind("127.0.0.1", port)
