from __future__ import annotations

import asyncio
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
        assert tries.begin("kim") == 0

    assert tries.begin("kim") > 0
    assert tries.begin("lee") == 0
    clock.advance(PAUSE)
    assert tries.begin("kim") == 0
    tries.clear("kim")
    assert tries.begin("kim") == 0


def test_forgotten_tries_take_no_room() -> None:
    clock = FixedClock(dt.datetime(2026, 11, 30, tzinfo=dt.UTC))
    tries = Tries(clock)
    for number in range(100):
        tries.begin(f"made-up-{number}")
    clock.advance(PAUSE * 2)
    tries.begin("kim")

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


def test_guesses_made_all_at_once_are_counted_before_they_are_checked() -> None:
    asked: list[str] = []

    def check(_login: str, password: str) -> Actor | None:
        asked.append(password)
        return KIM if password == "right" else None

    clock = FixedClock(dt.datetime(2026, 11, 30, tzinfo=dt.UTC))
    identity = Identity(
        token="",
        people=People(check=check, find=lambda _: None),
        tries=Tries(clock),
    )

    async def guess() -> list[tuple[int, Actor | None]]:
        tries = [identity.sign_in("kim", f"wrong{n}") for n in range(60)]
        return await asyncio.gather(*tries)

    answers = asyncio.run(guess())

    assert len(asked) == FREE_TRIES
    assert sum(seconds > 0 for seconds, _ in answers) == 60 - FREE_TRIES
    assert asyncio.run(identity.sign_in("kim", "right"))[0] > 0
    assert asyncio.run(identity.sign_in("lee", "right")) == (0, KIM)
    clock.advance(PAUSE)
    assert asyncio.run(identity.sign_in("kim", "right")) == (0, KIM)
    assert asyncio.run(identity.sign_in("kim", "wrong")) == (0, None)
