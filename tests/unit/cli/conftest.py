"""A real office in a temporary folder, and a person at its command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from paperless_kernel.base.ids import Role
from paperless_kernel.cli import main
from paperless_kernel.config import Settings
from paperless_kernel.founding import make_office
from paperless_kernel.office import FOUNDER, open_office

SECRET = b"a passphrase for tests"
PASSWORD = "long enough"

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office with one administrator, as 'paperless init' leaves it."""
    folder = tmp_path_factory.mktemp("cli") / "office"
    settings = Settings(home=str(folder))
    make_office(settings, name="시험 기록원", kind="office", passphrase=lambda: SECRET)
    folder.with_name("passphrase").write_bytes(SECRET)
    with open_office(settings, passphrase=lambda: SECRET) as office:
        office.access.add_user(
            FOUNDER,
            login="admin",
            name="관리자",
            roles=frozenset({Role.SYSTEM_ADMIN}),
            password=PASSWORD,
        )
    return folder


@pytest.fixture
def run(home: Path) -> Run:
    """Run a command in that office; ``typed`` are the lines somebody types."""

    def call(*arguments: str, typed: tuple[str, ...] = (PASSWORD,)) -> Result:
        return CliRunner().invoke(
            main,
            ["--home", str(home), *arguments],
            input="".join(f"{line}\n" for line in typed),
            env={"PAPERLESS_PASSPHRASE_FILE": str(home.with_name("passphrase"))},
        )

    return call


@pytest.fixture
def rows(run: Run) -> Callable[..., Any]:
    """Run a command that must succeed; return what it prints as JSON."""

    def call(*arguments: str, **more: Any) -> Any:
        done = run(*arguments, "--json", **more)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return call
