"""What a customer's people keep and ask for by command, and under which key."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from paperless_kernel.base.errors import ConflictError, InputError
from paperless_kernel.cli import vault as vault_commands

ADMIN, BOSS, PASSWORD = ("--login", "admin"), ("--login", "boss"), "long enough"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    file = tmp_path_factory.mktemp("paper") / "contract.pdf"
    file.write_bytes(out.getvalue())
    return file


@pytest.fixture
def boss(rows: Any) -> None:
    name = ("--name", "나라상사", "--number", "110111-0000002")
    tenant = rows("access", "tenant", *name, *ADMIN)["tenant"]
    rows(
        *("access", "user", "boss", "--name", "누구", "--tenant", tenant),
        *("--role", "customer-admin", *ADMIN),
        typed=(PASSWORD, PASSWORD, PASSWORD),
    )


def deposit(paper: Path, title: str, *more: str) -> tuple[str, ...]:
    what = ("--title", title, "--kind", "계약서")
    return ("vault", "deposit", str(paper), *what, *BOSS, *more)


@pytest.mark.usefixtures("boss")
def test_a_file_is_deposited_once_unless_a_key_says_otherwise(
    run: Any, rows: Any, paper: Path
) -> None:
    first = rows(*deposit(paper, "임대차"))
    assert rows(*deposit(paper, "임대차")) == first
    taken = run(*deposit(paper, "다른 제목"))
    assert taken.exit_code == ConflictError.exit_code
    assert "--key" in taken.stderr
    other = rows(*deposit(paper, "다른 제목", "--key", "second"))
    assert other["document"] != first["document"]
    hits = rows("vault", "search", "제목", *BOSS)
    assert [each["document"] for each in hits] == [other["document"]]


@pytest.mark.usefixtures("boss")
def test_one_certificate_a_day_unless_a_key_says_otherwise(
    run: Any,
    rows: Any,
    paper: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = rows(*deposit(paper, "임대차"))["document"]

    def certify(*more: str) -> list[str]:
        what = ("--purpose", "법원 제출용", "--for", "어느법원", "--out", str(tmp_path))
        done = run("vault", "certify", document, *what, *BOSS, *more)
        assert done.exit_code == 0, done.output
        return [line for line in done.stdout.splitlines() if line.startswith("/")]

    first = certify()
    assert certify() == first
    assert certify("--key", "another") != first
    monkeypatch.setattr(vault_commands, "kst_date", lambda _: "2039-01-01")
    assert certify() != first
    assert all(Path(each).is_file() for each in first)


def test_the_office_s_people_hold_nothing_of_their_own(run: Any, paper: Path) -> None:
    what = ("--title", "x", "--kind", "계약서")
    done = run("vault", "deposit", str(paper), *what, *ADMIN)
    assert done.exit_code == InputError.exit_code
    assert "no customer" in done.stderr
