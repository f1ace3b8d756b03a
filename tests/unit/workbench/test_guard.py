from __future__ import annotations

import pytest

from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.workbench.guard import (
    SECURITY_HEADERS,
    Owners,
    identity_headers,
    may_open,
)


def actor(*roles: Role, tenant: str = "") -> Actor:
    return Actor(id="u-1", roles=frozenset(roles), tenant=tenant, name="김 운영")


@pytest.mark.parametrize("role", [Role.SCAN_MANAGER, Role.VAULT_AUDITOR, Role.SALES])
def test_the_offices_people_open_the_home_page(role: Role) -> None:
    assert may_open(actor(role), "home.ipynb")


@pytest.mark.parametrize(
    "who",
    [
        None,
        actor(),
        actor(Role.CUSTOMER_ADMIN),
        actor(Role.COURIER),
        actor(Role.EXAMINER),
        actor(Role.MACHINE),
        actor(Role.SCAN_MANAGER, tenant="2.25.1"),
    ],
)
def test_others_do_not(who: Actor | None) -> None:
    assert not may_open(who, "home.ipynb")


@pytest.mark.parametrize(
    "path", ["", "other.ipynb", "../home.ipynb", "HOME.ipynb", "home.ipynb/", "x/y"]
)
def test_a_page_that_is_not_listed_opens_for_nobody(path: str) -> None:
    assert not may_open(actor(*Role), path)


def test_identity_headers_are_plain_ascii_lines() -> None:
    headers = identity_headers(actor(Role.SALES, Role.CALL_DESK))

    assert headers["X-Pk-User"] == "u-1"
    assert headers["X-Pk-Name"] == "%EA%B9%80%20%EC%9A%B4%EC%98%81"
    assert headers["X-Pk-Roles"] == "call-desk,sales"
    assert (
        "\n"
        not in identity_headers(Actor(id="u", roles=frozenset(), name="a\r\nX: b"))[
            "X-Pk-Name"
        ]
    )


def test_who_claims_a_kernel_first_owns_it_until_it_ends() -> None:
    owners = Owners()

    assert not owners.is_owner("k", "a")
    owners.claim("k", "a")
    owners.claim("k", "b")
    assert owners.is_owner("k", "a")
    assert not owners.is_owner("k", "b")
    owners.forget("k")
    owners.claim("k", "b")
    assert owners.is_owner("k", "b")


def test_nothing_may_come_from_another_host() -> None:
    policy = SECURITY_HEADERS["Content-Security-Policy"]

    assert "http:" not in policy
    assert "https:" not in policy
    assert "frame-ancestors 'none'" in policy
