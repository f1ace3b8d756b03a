"""A real office gets its customers, users and facility record from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
)

PASSWORD = "long enough"
TENANT = ("access", "tenant", "--name", "가나상사", "--number", "110111-0000001")
FACILITY = (
    *("access", "facility", "--kind", "designated-centre", "--holder", "시험 기록원"),
    *("--number", "제9호", "--since", "2020-01-01"),
)
ADMIN = ("--login", "admin")


def add(login: str, *more: str) -> tuple[str, ...]:
    return ("access", "user", login, "--name", "누구", *more, *ADMIN)


def test_a_customer_its_people_and_a_record(rows: Any, run: Any) -> None:
    joined = rows(*TENANT, *ADMIN)
    assert rows(*TENANT, *ADMIN) == joined
    number = ("--number", "110111-0000009")
    other = rows("access", "tenant", "--name", "다른상사", *number, *ADMIN)
    typed = (PASSWORD, "kim's own one", "kim's own one")
    role = ("--role", "customer-admin", "--role", "notice-sender")
    made = rows(*add("kim", *role, "--tenant", joined["tenant"]), typed=typed)
    assert made["roles"] == "customer-admin, notice-sender"
    rows(*FACILITY, "--until", "2039-12-31", *ADMIN)
    listed = {
        (each["what"], each["id"]): each for each in rows("access", "list", *ADMIN)
    }
    assert set(listed) == {
        ("tenant", joined["tenant"]),
        ("tenant", other["tenant"]),
        ("user", "admin"),
        ("user", "kim"),
        ("facility", "제9호"),
    }
    assert listed["facility", "제9호"]["name"] == "시험 기록원"
    # The new user can log in, sees one customer, and is no administrator.
    own = ("--login", "kim")
    assert rows("billing", "invoices", *own, typed=("kim's own one",)) == []
    assert rows("notice", "status", *own, typed=("kim's own one",)) == []
    refused = run("access", "list", *own, typed=("kim's own one",))
    assert refused.exit_code == NotAllowedError.exit_code
    assert "system-admin" in refused.stderr
    again = run(*TENANT, "--plan", "premium", *ADMIN)
    assert again.exit_code == ConflictError.exit_code
    assert "--key" in again.stderr
    changed = run(*FACILITY, "--until", "2040-12-31", *ADMIN)
    assert changed.exit_code == ConflictError.exit_code


def test_what_does_not_fit_is_refused(run: Any, rows: Any) -> None:
    before = rows("access", "list", *ADMIN)
    twice = (PASSWORD, "another one", "another one")
    for command, typed, error in (
        (add("lee", "--role", "customer-user"), twice, InputError),
        (add("lee", "--role", "sales", "--tenant", "2.25.1"), twice, InputError),
        (add("lee", "--role", "call-desk", "--tenant", "2.25.1"), twice, NotFoundError),
        (add("lee", "--role", "sales"), (PASSWORD, "short", "short"), InputError),
        (add("lee", "--role", "sales"), ("wrong", *twice[1:]), NotAllowedError),
        ((*TENANT, "--key", "x"), (), InputError),  # nobody said who acts
        ((*FACILITY, "--until", "2019-01-01", *ADMIN), (PASSWORD,), InputError),
    ):
        done = run(*command, typed=typed)
        assert done.exit_code == error.exit_code, (command, done.output)
        assert done.stderr.count("\n") <= 4
    assert run(*add("lee", "--role", "machine")).exit_code == 2
    assert rows("access", "list", *ADMIN) == before


def test_no_password_is_shown(run: Any, home: Path) -> None:
    done = run(*add("park", "--role", "sales"), typed=(PASSWORD, *["open sesame"] * 2))
    assert done.exit_code == 0, done.output
    assert "open sesame" not in done.output
    assert b"open sesame" not in (home / "access.db").read_bytes()
