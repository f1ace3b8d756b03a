"""Signing in: whose password is right, the cookie that says so, and too many tries.

Knows two callables of the office and no table of users. The cookie holds a user id and
a signature; roles are read anew for each request, so a revoked user is out at once.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, cast

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import PasswordIdentityProvider, User
from jupyter_server.auth.login import LoginFormHandler
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import RequestHandler
from traitlets import Any as AnyTrait

from paperless_kernel.base.clock import Clock
from paperless_kernel.base.errors import StorageError
from paperless_kernel.base.ids import Actor, Random
from paperless_kernel.workbench.markup import page_html
from paperless_kernel.workbench.places import texts
from paperless_kernel.workbench.wording import Wording

_log = logging.getLogger(__name__)
SECRET_BYTES = 32
COOKIE_DAYS = 0.5
"""A sign-in lasts half a day: one shift."""
FREE_TRIES = 5
PAUSE = dt.timedelta(seconds=30)


class People(NamedTuple):
    """How the office tells who somebody is."""

    check: Callable[[str, str], Actor | None]
    """Login and password to the actor, or nobody."""
    find: Callable[[str], Actor | None]
    """Actor id to the actor as of now, or nobody."""


class Tries:
    """Counts tries per login, so that guessing is slow, one by one or all at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: dict[str, tuple[int, dt.datetime]] = {}

    def begin(self, login: str) -> int:
        """Count a try before its password is checked, or say how long to wait.

        Returns:
            Seconds this login must wait; 0 when it may try, and the try is counted.
        """
        seconds = self._wait(login)
        if seconds == 0:
            self._count(login)
        return seconds

    def clear(self, login: str) -> None:
        """Forget a login's tries: its password was right."""
        self._wrong.pop(login, None)

    def _wait(self, login: str) -> int:
        count, last = self._wrong.get(login, (0, self._clock.now()))
        left = last + PAUSE - self._clock.now()
        if count < FREE_TRIES or left <= dt.timedelta(0):
            return 0
        return int(left.total_seconds()) + 1

    def _count(self, login: str) -> None:
        count, last = self._wrong.get(login, (0, self._clock.now()))
        now = self._clock.now()
        over = now - last > PAUSE
        self._wrong = {
            name: kept for name, kept in self._wrong.items() if now - kept[1] <= PAUSE
        }
        self._wrong[login] = (1 if over else count + 1, now)


class Identity(PasswordIdentityProvider):
    """Users of the office, signed in by a cookie; no token, no anonymous user."""

    people = AnyTrait()
    tries = AnyTrait()

    auth_enabled = True

    def user_to_cookie(self, user: User) -> str:
        """Return what the signed cookie holds: the user's id."""
        return str(user.username)

    def user_from_cookie(self, cookie_value: str) -> User | None:
        """Return the user a cookie names, as long as the office still knows them."""
        actor = self.people.find(cookie_value)
        return None if actor is None else as_user(actor)

    async def sign_in(self, login: str, password: str) -> tuple[int, Actor | None]:
        """Check a password; the slow hash runs beside the event loop.

        Returns:
            Seconds this login must wait before it may try at all, and who it is.
        """
        # Counted before the check: tries that run side by side count each other.
        seconds = self.tries.begin(login)
        if seconds:
            return seconds, None
        loop = asyncio.get_running_loop()
        found: Actor | None = await loop.run_in_executor(
            None, self.people.check, login, password
        )
        if found is not None:
            self.tries.clear(login)
        return 0, found

    def actor(self, handler: RequestHandler) -> Actor | None:
        """Return who sends this request, with the roles of now."""
        user = handler.current_user
        found: Actor | None = self.people.find(user.username) if user else None
        return found

    def set_login_cookie(self, handler: RequestHandler, user: User) -> None:
        """Set the cookie; over TLS (also one a proxy ends) it is sent over TLS only."""
        self.cookie_options = {"samesite": "Lax", "expires_days": COOKIE_DAYS}
        if handler.request.headers.get("X-Forwarded-Proto") == "https":
            self.cookie_options["secure"] = True
        super().set_login_cookie(handler, user)


class LoginHandler(LoginFormHandler):
    """The sign-in page."""

    @allow_unauthenticated
    def get(self) -> None:
        """Show the form, or go on when signed in."""
        if self.current_user:
            self._go_on()
        else:
            self._show("login.out" if self.get_argument("out", "") else "")

    @allow_unauthenticated
    async def post(self) -> None:
        """Check a login."""
        login = self.get_argument("user", default="")
        password = self.get_argument("password", default="", strip=False)
        provider = cast("Identity", self.identity_provider)
        seconds, actor = await provider.sign_in(login, password)
        if seconds:
            self.set_status(429)
            self._show("login.wait", seconds=seconds)
            return
        if actor is None:
            _log.warning("sign-in refused")
            self.set_status(401)
            self._show("login.wrong")
            return
        _log.info("sign-in of %s", actor.id)
        provider.set_login_cookie(self, as_user(actor))
        self._go_on()

    def _go_on(self) -> None:
        # Jupyter's own check: only to a path of this server.
        wanted = self.get_argument("next", default="") or self.base_url
        self._redirect_safe(wanted)  # type: ignore[no-untyped-call]

    def _show(self, message: str, **values: int) -> None:
        wording = Wording(texts(), self.get_argument("lang", "") or _lang_of(self))
        self.finish(
            page_html(
                "login",
                wording,
                title=wording("login.title"),
                base_url=self.base_url,
                next=self.get_argument("next", default=""),
                user=self.get_body_argument("user", default=""),
                message=wording(message, **values) if message else "",
                bad=message not in {"", "login.out"},
                xsrf=self.xsrf_token.decode(),
            )
        )


class LogoutHandler(JupyterHandler):
    """Signs out and shows the sign-in page."""

    @allow_unauthenticated
    def get(self) -> None:
        """Clear the cookie."""
        self.identity_provider.clear_login_cookie(self)
        lang = Wording(texts(), self.get_argument("lang", "")).lang
        self.redirect(f"{self.base_url}login?out=1&lang={lang}")


def as_user(actor: Actor) -> User:
    """Return an actor in Jupyter's own shape."""
    return User(username=actor.id, name=actor.name, display_name=actor.name)


def cookie_secret(path: Path, random: Random) -> bytes:
    """Return the secret that signs cookies, made once and kept for its owner alone.

    Raises:
        StorageError: the file cannot be written or read, or is not such a secret.
    """
    try:
        # 1. made whole under another name, so that no reader sees half a secret;
        # 2. linked only where none is yet: two servers that start together agree.
        if not path.exists():
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            with open(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123
                file.write(random.token(SECRET_BYTES))
                file.flush()
                os.fsync(file.fileno())
            try:
                path.hardlink_to(draft)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        secret = path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"the cookie secret {path} cannot be kept ({error.strerror}); "
            "free space or correct its permissions and start again"
        ) from error
    if len(secret) != SECRET_BYTES:
        raise StorageError(f"{path} is not a cookie secret; remove it and start again")
    return secret


def _lang_of(handler: Any) -> str:  # noqa: ANN401
    """Return the language of the page somebody was on their way to."""
    return "en" if "lang=en" in handler.get_argument("next", default="") else "ko"
