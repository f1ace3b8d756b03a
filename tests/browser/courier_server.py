"""Serves the courier's page for the tests of this folder, over a made-up hand-over."""

from __future__ import annotations

import socket
import sys
from typing import Any

import uvicorn
from courier_world import FakeCouriers

from paperless_kernel.web.app import create_app


class NoNotices:
    """No recipient's page is asked for here."""

    reading: Any = None


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    notices: Any = NoNotices()
    app = create_app(notices, couriers=FakeCouriers())
    sys.stdout.write(f"READY http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])
