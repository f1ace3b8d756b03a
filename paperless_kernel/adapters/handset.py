"""Reads the phones the carrier simulator delivers to.

The phone is what a demo or test holds in its hand; the product itself never looks at
it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import httpx

from paperless_kernel.base.errors import NotFoundError, UnavailableError

_LINK = re.compile(r"https?://\S+/n/[A-Za-z0-9_-]+")
_CODE = re.compile(r"인증번호 (\d{6})")


class Handset:
    """A phone of the trial: what arrived on one number."""

    def __init__(self, url: str, number: str) -> None:
        self._url = url
        self._number = number

    def messages(self) -> tuple[Mapping[str, Any], ...]:
        """Return what arrived, oldest first.

        Raises:
            UnavailableError: the simulator does not answer.
        """
        try:
            answer = httpx.get(
                f"{self._url}/handset", params={"number": self._number}, timeout=5
            )
            return tuple(answer.json()["messages"])
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise UnavailableError(
                "the carrier simulator does not answer; start it and look again."
            ) from error

    def link(self) -> str:
        """Return the link in the newest notice on this phone.

        Raises:
            NotFoundError: no notice has arrived.
        """
        return self._newest(_LINK, "notice")

    def code(self) -> str:
        """Return the newest one-time code on this phone.

        Raises:
            NotFoundError: no code has arrived.
        """
        return self._newest(_CODE, "code")

    def _newest(self, pattern: re.Pattern[str], what: str) -> str:
        for message in reversed(self.messages()):
            found = pattern.search(message["text"])
            if found:
                return found.group(found.re.groups)
        raise NotFoundError(f"no {what} has arrived on ***-****-{self._number[-4:]}.")
