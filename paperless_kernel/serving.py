"""Serves an office: the keeper here, pages and workbench as processes beside it.

Knows which processes make up a served office and that all end together. What each
serves is its own business.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

import click

from paperless_kernel.adapters.processes import Child, child_environment
from paperless_kernel.base.errors import BusyError, UnavailableError
from paperless_kernel.config import Settings
from paperless_kernel.office import Office, open_office
from paperless_kernel.wiring import PAGES, SIMULATOR, simulator_arguments

WORKBENCH = "paperless_kernel.workbench"
_LOOK_SECONDS = 1.0


def serve(settings: Settings, passphrase: Callable[[], bytes]) -> None:
    """Serve until Ctrl-C or until one of the processes ends.

    Raises:
        BusyError: a port is taken, or another command works in this office.
        UnavailableError: one of the processes ended by itself.
    """
    # What opens the keys stays in this process.
    public = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PAPERLESS_PASSPHRASE")
    }
    environment = {
        **public,
        "PAPERLESS_HOME": str(settings.folder.resolve()),
        "PAPERLESS_PORT": str(settings.port),
        "PAPERLESS_HOST": settings.host,
        "PAPERLESS_WEB_PORT": str(settings.web_port),
    }
    with ExitStack() as stack:
        office = stack.enter_context(
            open_office(settings, passphrase=passphrase, alone=True)
        )
        if office.is_demo:
            _simulate(office, stack)
        office.listen()
        pages = stack.enter_context(_pages(settings, environment))
        click.echo(f"Recipients' pages: {pages.url}")
        workbench = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", WORKBENCH], env=child_environment(environment)
        )
        stack.callback(_end, workbench)
        try:
            while workbench.poll() is None and pages.process.poll() is None:
                time.sleep(_LOOK_SECONDS)
        except KeyboardInterrupt:
            return
    if workbench.returncode:
        sys.exit(workbench.returncode)  # it has said why
    raise UnavailableError("the recipients' pages ended; their own message says why.")


def _pages(settings: Settings, environment: dict[str, str]) -> Child:
    try:
        return Child(PAGES, (), environment)
    except BusyError as error:
        raise BusyError(
            f"port {settings.web_port} on {settings.host} is taken by another program; "
            "stop it, or set PAPERLESS_WEB_PORT to a free port for the recipients' "
            "pages."
        ) from error


def _simulate(office: Office, stack: ExitStack) -> None:
    relay = stack.enter_context(Child(SIMULATOR, simulator_arguments(office.folder)))
    office.use_relay(relay.url)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
