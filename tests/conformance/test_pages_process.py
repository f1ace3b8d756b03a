"""The recipients' pages as the process ``paperless serve`` starts."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest

from paperless_kernel.adapters.processes import Child
from paperless_kernel.config import Settings
from paperless_kernel.founding import make_office

pytestmark = [pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / "office"
    secret = b"a passphrase for tests"
    settings = Settings(home=str(folder))
    make_office(settings, name="시험 기록원", kind="demo", passphrase=lambda: secret)
    return folder


@pytest.mark.parametrize(
    ("page_url", "secure"), [("https://office.example", True), ("", False)]
)
def test_an_https_address_makes_the_pages_secure(
    home: Path, page_url: str, *, secure: bool
) -> None:
    environment = {
        **os.environ,
        "PAPERLESS_HOME": str(home),
        "PAPERLESS_PAGE_URL": page_url,
    }
    with Child("paperless_kernel.web", ("--port", "0"), environment) as pages:
        answer = httpx.get(f"{pages.url}/n/unknown", timeout=10)
    assert answer.status_code == 404
    assert ("strict-transport-security" in answer.headers) is secure
