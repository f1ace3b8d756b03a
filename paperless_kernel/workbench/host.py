"""What the page's host says about this visit: Voila's request, or a plain notebook.

The server sets the ``X-Pk-*`` headers itself and drops a client's own (see ``guard``),
so what arrives here is what the login said.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote

from paperless_kernel.workbench.markup import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit: who, in which language, and where the server's pages begin."""

    who: Visitor = field(default_factory=Visitor)
    lang: str = "ko"
    base_url: str = "/"


def visit() -> Visit:
    """Wait for the request when the kernel was made ahead of it, and read it."""
    environment = dict(os.environ)
    if environment.get("VOILA_PREHEAT") == "True":
        environment |= _told_by_server(environment)
    return read_visit(environment)


def _told_by_server(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the request's variables; blocks until somebody asks for the page.

    Does what ``voila.utils.wait_for_request`` does without importing Voila, which would
    cost each warm kernel some 50 MB (measured).
    """
    from websockets.sync.client import connect  # noqa: PLC0415  # only under Voila

    port, base = environment["VOILA_APP_PORT"], environment["VOILA_SERVER_URL"]
    address = f"ws://127.0.0.1:{port}{base}voila/query/{environment['VOILA_KERNEL_ID']}"
    # A page may wait for hours: pings keep the line, and none may break it.
    with connect(address, proxy=None, ping_timeout=None) as line:
        return dict(json.loads(line.recv()))


def read_visit(environment: Mapping[str, str]) -> Visit:
    """Read a visit from a CGI-like environment (RFC 3875 names)."""
    query = parse_qs(environment.get("QUERY_STRING", ""))
    roles = environment.get("HTTP_X_PK_ROLES", "")
    return Visit(
        who=Visitor(
            name=unquote(environment.get("HTTP_X_PK_NAME", "")),
            roles=tuple(role for role in roles.split(",") if role),
        ),
        lang=query.get("lang", ["ko"])[0],
        base_url=environment.get("VOILA_BASE_URL", "/"),
    )
