"""The command line: what it asks, shows and ends with. Errors: tests/faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from paperless_kernel.base.errors import (
    InputError,
    KeyLockedError,
    NotAllowedError,
    NotFoundError,
    UnsupportedError,
)
from paperless_kernel.cli import main
from paperless_kernel.config import load
from paperless_kernel.demo.people import OFFICE_NAME, PASSPHRASE, PASSWORD, settle
from paperless_kernel.founding import make_office
from paperless_kernel.office import open_office

SECRET = "a passphrase for tests"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder and no settings of this machine."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "PASSPHRASE_FILE", "PORT", "WEB_PORT", "LANGUAGE"):
        monkeypatch.delenv(f"PAPERLESS_{name}", raising=False)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo office with its people and nothing else; nobody changes it."""
    folder = tmp_path_factory.mktemp("trial") / "office"
    settings = load({}, home=str(folder))
    make_office(settings, name=OFFICE_NAME, kind="demo", passphrase=lambda: PASSPHRASE)
    (folder / "passphrase").write_bytes(PASSPHRASE)
    with open_office(settings, passphrase=lambda: PASSPHRASE) as office:
        settle(office)
    return folder


def paperless(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, arguments, input=typed)


def test_help_tells_where_to_begin() -> None:
    done = paperless("--help")
    assert done.exit_code == 0
    assert "paperless demo" in done.output
    for command in ("init", "demo", "serve", "status", "verify", "vault", "billing"):
        assert command in done.output


def test_a_new_office_asks_twice_for_each_secret() -> None:
    done = paperless(
        "init",
        "--name",
        "시험",
        typed=f"{SECRET}\n{SECRET}\nlong password\nlong password\n",
    )
    assert done.exit_code == 0, done.output
    assert "sha256:" in done.output
    assert SECRET not in done.output
    assert Path("office/office.json").is_file()


def test_a_passphrase_typed_differently_makes_no_office() -> None:
    done = paperless("init", "--name", "시험", typed=f"{SECRET}\nother passphrase\n")
    assert done.exit_code != 0
    assert not Path("office/office.json").exists()


def test_the_passphrase_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("secret").write_text(f"{SECRET}\n")
    monkeypatch.setenv("PAPERLESS_PASSPHRASE_FILE", "secret")
    done = paperless("init", "--name", "n", typed="long password\nlong password\n")
    assert done.exit_code == 0, done.output
    Path("secret").write_text("another passphrase")
    done = paperless("vault", "audit", "--login", "admin")
    assert done.exit_code == KeyLockedError.exit_code
    assert len(done.stderr.splitlines()) == 1


def test_status_in_numbers(trial: Path) -> None:
    done = paperless("--home", str(trial), "status", "--json")
    assert done.exit_code == 0, done.output
    seen = json.loads(done.stdout)
    assert seen["office"] == OFFICE_NAME
    assert seen["trial"] is True
    assert seen["vault packages"] == 0
    assert seen["log access"] > 0
    people = paperless("--home", str(trial), "status")
    assert OFFICE_NAME in people.output


def test_a_demo_lends_its_own_people(trial: Path) -> None:
    done = paperless("--home", str(trial), "scan", "story")
    assert done.exit_code == 0, done.output
    assert "acting as" in done.stderr
    assert "nothing here yet" in done.stdout


def test_a_login_needs_its_password(trial: Path) -> None:
    ask = ("--home", str(trial), "scan", "story", "--login", "manager")
    assert paperless(*ask, typed=f"{PASSWORD}\n").exit_code == 0
    wrong = paperless(*ask, typed="wrong\n")
    assert wrong.exit_code == NotAllowedError.exit_code
    assert "wrong; try again" in wrong.stderr


def test_a_role_that_may_not_look_is_told(trial: Path) -> None:
    done = paperless(
        *("--home", str(trial), "scan", "story", "--login", "sender"),
        typed=f"{PASSWORD}\n",
    )
    assert done.exit_code == NotAllowedError.exit_code


def test_verify_needs_no_office() -> None:
    Path("note.txt").write_text("no proof")
    done = paperless("verify", "note.txt", "--json")
    assert done.exit_code == UnsupportedError.exit_code
    assert json.loads(done.stdout)["kind"] == "not-a-proof"
    for lang, words in (("ko", "증명 파일이 아님"), ("en", "not a proof")):
        assert words in paperless("verify", "note.txt", "--lang", lang).stdout


def test_verify_of_nothing() -> None:
    done = paperless("verify", "nowhere.pdf")
    assert done.exit_code == NotFoundError.exit_code
    assert done.stderr == "paperless: there is no file nowhere.pdf; check the name.\n"


def test_an_anchor_that_is_none_is_refused() -> None:
    Path("note.txt").write_text("no proof")
    done = paperless("verify", "note.txt", "--anchor", "who knows")
    assert done.exit_code == InputError.exit_code


def test_settings_with_an_unknown_name_are_refused() -> None:
    Path("paperless.toml").write_text("prot = 1\n")
    done = paperless("status")
    assert done.exit_code == InputError.exit_code
    assert "prot" in done.stderr
    assert "port" in done.stderr
