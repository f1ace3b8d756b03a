"""Starts the recipients' pages on an office: ``python -m paperless_kernel.web``.

``paperless serve`` and the demo start it as a process of its own; it asks the keeper
over its socket and holds no private key.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from collections.abc import Sequence

import uvicorn

from paperless_kernel.adapters.processes import BUSY_EXIT, end_with_parent
from paperless_kernel.base.errors import PaperlessError
from paperless_kernel.base.facility import FacilityKind
from paperless_kernel.config import load
from paperless_kernel.office import open_office
from paperless_kernel.web.app import create_app

_SECRETS = ("PAPERLESS_PASSPHRASE", "PAPERLESS_PASSWORD")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until ended; return the exit code."""
    parser = argparse.ArgumentParser(prog="paperless_kernel.web", description=__doc__)
    parser.add_argument("--port", type=int, help="0 takes a free one")
    given = parser.parse_args(arguments)
    forget_passphrase()
    settings = load()
    port = settings.web_port if given.port is None else given.port
    end_with_parent()
    try:
        listener = socket.create_server((settings.host, port))
        # Inherited by every connection; without it each answer waits for an ACK.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        return BUSY_EXIT  # who started these pages says so, and what to do
    try:
        with open_office(settings, reader=True) as office:
            now = office.clock.now()
            relay = office.access.facility(FacilityKind.RELAY, now)
            workshop = office.access.facility(FacilityKind.WORKSHOP, now)
            app = create_app(
                office.notices,
                secure=settings.page_url.lower().startswith("https:"),
                couriers=office.scan,
                trial=relay is None,
                workshop_trial=workshop is None,
            )
            url = f"http://{settings.host}:{listener.getsockname()[1]}"
            sys.stdout.write(json.dumps({"url": url}) + "\n")
            sys.stdout.flush()
            config = uvicorn.Config(
                app, log_level="warning", access_log=False, lifespan="off"
            )
            uvicorn.Server(config).run(sockets=[listener])
    except PaperlessError as error:
        sys.stderr.write(f"recipients' pages: {error}\n")
        return error.exit_code
    finally:
        listener.close()
    return 0


def forget_passphrase() -> None:
    """Drop where passphrase and passwords are: these pages open no key and no login."""
    for name in [each for each in os.environ if each.startswith(_SECRETS)]:
        del os.environ[name]


if __name__ == "__main__":
    sys.exit(main())
