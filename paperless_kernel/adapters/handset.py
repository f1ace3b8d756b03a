"""Starts the carrier simulator as a process, and reads the phones it delivers to.

Knows processes and the simulator's address line. The phone is what a demo or test holds
in its hand; the product itself never looks at it.
"""

from __future__ import annotations

import json
import re
import select
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from paperless_kernel.base.errors import NotFoundError, UnavailableError

_START_SECONDS = 20
_END_SECONDS = 5
_LINK = re.compile(r"https?://\S+/n/[A-Za-z0-9_-]+")
_CODE = re.compile(r"인증번호 (\d{6})")


class SimulatorProcess:
    """The simulator, running until `close`; ``url`` is its address."""

    def __init__(
        self,
        ledger: Path,
        *,
        demo: bool = False,
        faults: Mapping[str, Any] | None = None,
    ) -> None:
        """Start it.

        Args:
            ledger: its own file; what phones received survives a restart.
            demo: a trial office; otherwise the simulator warns loudly.
            faults: how it misbehaves, see `carrier_ledger.Faults`.

        Raises:
            UnavailableError: it did not start.
        """
        command = [
            sys.executable,
            "-m",
            "paperless_kernel.adapters.carrier_simulator",
            "--ledger",
            str(ledger),
            "--faults",
            json.dumps(faults or {}),
        ]
        self.process = subprocess.Popen(  # noqa: S603 - our own module
            [*command, "--demo"] if demo else command,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self._address()

    def _address(self) -> str:
        out = self.process.stdout
        ready = out and select.select([out], [], [], _START_SECONDS)[0]
        line = out.readline() if out and ready else ""
        if not line:
            self.close()
            raise UnavailableError(
                "the carrier simulator did not start; its own message says why."
            )
        return str(json.loads(line)["url"])

    def close(self) -> None:
        """End it; a second call does nothing."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


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
