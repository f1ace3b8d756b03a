"""Child processes of the office: start one, learn its address, end it for certain.

Knows processes and one line of JSON on their standard output. What they serve is their
own business.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from paperless_kernel.base.errors import BusyError, UnavailableError

_START_SECONDS = 60
_END_SECONDS = 5
_SET_DEATH_SIGNAL = 1
BUSY_EXIT = BusyError.exit_code
_PARENT = "PAPERLESS_PARENT"


class Child:
    """One of our modules as a process, running until `close`.

    It prints ``{"url": "http://..."}`` when it can be asked; that becomes ``url``.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it and wait for its address.

        Raises:
            BusyError: the port it wants is taken.
            UnavailableError: it did not start; its own message says why.
        """
        self.process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", module, *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env=child_environment(environment),
        )
        self.url = self._address(module)

    def _address(self, module: str) -> str:
        out = self.process.stdout
        ready = out and select.select([out], [], [], _START_SECONDS)[0]
        line = out.readline() if out and ready else ""
        if line:
            return str(json.loads(line)["url"])
        self.close()
        if self.process.returncode == BUSY_EXIT:
            raise BusyError(
                f"{module} found its port taken by another program; stop that one or "
                "choose another port."
            )
        raise UnavailableError(f"{module} did not start; its own message says why.")

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


def child_environment(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return a child's environment: ``given`` or ours, and who its parent is."""
    base = os.environ if given is None else given
    return {**base, _PARENT: str(os.getpid())}


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies, however it dies.

    Without it a killed office would leave servers behind that hold its ports. Linux
    only; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGTERM)
    # A parent that died before the line above sends no signal any more.
    parent = os.environ.pop(_PARENT, "")
    if parent and int(parent) != os.getppid():
        sys.exit(0)
