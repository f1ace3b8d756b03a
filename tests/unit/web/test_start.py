from __future__ import annotations

import os

import pytest

from paperless_kernel.web.__main__ import forget_passphrase


def test_the_pages_forget_where_the_passphrase_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PAPERLESS_PASSPHRASE_FILE", "/somewhere")
    monkeypatch.setenv("PAPERLESS_PASSPHRASE", "open sesame")
    monkeypatch.setenv("PAPERLESS_PASSWORD_FILE", "/elsewhere")
    monkeypatch.setenv("PAPERLESS_PAGE_URL", "https://office.example")
    forget_passphrase()
    assert not [name for name in os.environ if name.startswith("PAPERLESS_PASS")]
    assert os.environ["PAPERLESS_PAGE_URL"] == "https://office.example"
