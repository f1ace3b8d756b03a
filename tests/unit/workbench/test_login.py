from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pytest

from paperless_kernel.base.clock import FixedClock
from paperless_kernel.base.errors import StorageError
from paperless_kernel.base.ids import Actor, Role, SystemRandom
from paperless_kernel.workbench.login import (
    FREE_TRIES,
    PAUSE,
    Identity,
    People,
    Tries,
    as_user,
    cookie_secret,
)

KIM = Actor(id="u-1", roles=frozenset({Role.SALES}), name="김")


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "workbench.secret"

    first = cookie_secret(path, SystemRandom())

    assert len(first) == 32
    assert cookie_secret(path, SystemRandom()) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["workbench.secret"]


def test_a_torn_or_impossible_secret_is_refused(tmp_path: Path) -> None:
    torn = tmp_path / "torn"
    torn.write_bytes(b"short")
    with pytest.raises(StorageError, match="is not a cookie secret"):
        cookie_secret(torn, SystemRandom())
    with pytest.raises(StorageError, match="cannot be kept"):
        cookie_secret(tmp_path / "nowhere" / "s", SystemRandom())


def test_guessing_becomes_slow_and_a_right_password_clears_it() -> None:
    clock = FixedClock(dt.datetime(2026, 11, 30, tzinfo=dt.UTC))
    tries = Tries(clock)
    for _ in range(FREE_TRIES):
        assert tries.wait("kim") == 0
        tries.note("kim", right=False)

    assert tries.wait("kim") > 0
    assert tries.wait("lee") == 0
    clock.advance(PAUSE)
    assert tries.wait("kim") == 0
    tries.note("kim", right=True)
    tries.note("kim", right=False)
    assert tries.wait("kim") == 0


def test_forgotten_tries_take_no_room() -> None:
    clock = FixedClock(dt.datetime(2026, 11, 30, tzinfo=dt.UTC))
    tries = Tries(clock)
    for number in range(100):
        tries.note(f"made-up-{number}", right=False)
    clock.advance(PAUSE * 2)
    tries.note("kim", right=False)

    assert len(tries._wrong) == 1


def test_a_cookie_names_a_user_only_while_the_office_knows_them() -> None:
    known = {"u-1": KIM}
    identity = Identity(
        token="", people=People(check=lambda _u, _p: None, find=known.get)
    )

    cookie = identity.user_to_cookie(as_user(KIM))
    found = identity.user_from_cookie(cookie)

    assert found is not None
    assert found.username == "u-1"
    known.clear()
    assert identity.user_from_cookie(cookie) is None
    assert identity.auth_enabled
