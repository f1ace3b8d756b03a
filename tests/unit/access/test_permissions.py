from __future__ import annotations

import pytest

from paperless_kernel.access.permissions import TABLE, Action, allowed, require
from paperless_kernel.base.errors import NotAllowedError
from paperless_kernel.base.ids import Actor, Role


def somebody(*roles: Role) -> Actor:
    return Actor(id="someone", roles=frozenset(roles))


def test_every_action_has_a_row() -> None:
    assert set(TABLE) == set(Action)


@pytest.mark.parametrize("action", list(Action))
def test_nobody_without_a_role_may_do_anything(action: Action) -> None:
    with pytest.raises(NotAllowedError):
        require(somebody(), action)


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("role", list(Role))
def test_exactly_the_named_roles_pass(action: Action, role: Role) -> None:
    assert allowed(somebody(role), action) == (role in TABLE[action])


def test_who_scans_may_not_inspect_and_who_prepares_may_not_approve() -> None:
    assert TABLE[Action.SCAN_CAPTURE].isdisjoint(TABLE[Action.SCAN_INSPECT])
    assert TABLE[Action.NOTICE_PREPARE].isdisjoint(TABLE[Action.NOTICE_APPROVE])


def test_the_refusal_says_whose_act_it_is() -> None:
    with pytest.raises(NotAllowedError, match="scan-inspector"):
        require(somebody(Role.SCAN_OPERATOR), Action.SCAN_INSPECT)
