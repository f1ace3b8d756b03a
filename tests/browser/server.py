"""Serves a workbench for the tests of this folder, with three made-up people."""

from __future__ import annotations

import sys
from pathlib import Path

from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.workbench.login import People
from paperless_kernel.workbench.server import serve

PEOPLE = {
    "ops": Actor(
        id="u-ops",
        roles=frozenset({Role.SCAN_MANAGER, Role.VAULT_OPERATOR}),
        name="김운영",
    ),
    "sales": Actor(id="u-sales", roles=frozenset({Role.SALES}), name="박영업"),
    "client": Actor(
        id="u-client",
        roles=frozenset({Role.CUSTOMER_ADMIN}),
        tenant="2.25.1",
        name="이고객",
    ),
}
PASSWORD = "correct horse"


def check(login: str, password: str) -> Actor | None:
    return PEOPLE.get(login) if password == PASSWORD else None


def find(actor_id: str) -> Actor | None:
    return next((each for each in PEOPLE.values() if each.id == actor_id), None)


if __name__ == "__main__":
    serve(
        dashboards=Path(sys.argv[1]),
        people=People(check=check, find=find),
        secret=b"a test's secret, 32 bytes long..",
        port=0,
        on_ready=lambda url: print("READY", url, flush=True),  # noqa: T201
    )
