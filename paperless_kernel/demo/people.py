"""Who acts in the demo: made-up people, one per role, and their logins.

Knows names and roles, and is the only place with passwords in the open: a demo office
is for trying, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from paperless_kernel.access.model import Plan, Tenant
from paperless_kernel.access.permissions import TABLE, Action
from paperless_kernel.base.errors import NotFoundError
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.office import FOUNDER, Office

PASSPHRASE = b"demo office - not a secret"
PASSWORD = "paperless-demo"  # noqa: S105 - printed on purpose
OFFICE_NAME = "종이없는 사무소 (시험)"
TENANT_KEY = "demo-tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One demo user; ``customer`` says whether they belong to the demo tenant."""

    login: str
    name: str
    roles: frozenset[Role]
    customer: bool = False


def _person(login: str, name: str, *roles: Role, customer: bool = False) -> Person:
    return Person(login=login, name=name, roles=frozenset(roles), customer=customer)


PEOPLE = (
    _person("admin", "관리자 하나", Role.SYSTEM_ADMIN),
    _person("courier", "운송원 둘", Role.COURIER),
    _person("driver", "운송원 열셋", Role.COURIER),
    _person("operator", "작성자 셋", Role.SCAN_OPERATOR),
    _person("inspector", "검사자 넷", Role.SCAN_INSPECTOR),
    _person("manager", "책임자 다섯", Role.SCAN_MANAGER),
    _person("vault", "운영관리자 여섯", Role.VAULT_OPERATOR),
    _person("auditor", "감사관리자 일곱", Role.VAULT_AUDITOR),
    _person("clerk", "요금담당 여덟", Role.BILLING_CLERK),
    _person("sales", "영업담당 아홉", Role.SALES),
    _person("customer", "고객관리자 열", Role.CUSTOMER_ADMIN, customer=True),
    _person("sender", "발송담당 열하나", Role.NOTICE_SENDER, customer=True),
    _person("approver", "결재자 열둘", Role.NOTICE_APPROVER, customer=True),
)
"""Every demo login. Each person holds one role, so that no step can be skipped."""


def settle(office: Office) -> Tenant:
    """Make the demo's tenant and users; a repeat changes nothing."""
    tenant = office.access.join(
        FOUNDER,
        key=TENANT_KEY,
        name="한빛임대 주식회사 (가상)",
        number="110111-0000001",
        plan=Plan.BASIC,
    )
    for each in PEOPLE:
        office.access.add_user(
            FOUNDER,
            login=each.login,
            name=each.name,
            roles=each.roles,
            password=PASSWORD,
            tenant=tenant.id if each.customer else "",
        )
    return tenant


def actor(office: Office, login: str) -> Actor:
    """Return a demo user as somebody who acts.

    Raises:
        NotFoundError: the office has no such user.
    """
    for each in office.access.users():
        if each.login == login:
            return each.actor()
    raise NotFoundError(f"no user {login} here; run 'paperless demo' first.")


def who_may(office: Office, action: Action) -> Actor:
    """Return the first demo user whose role includes an action."""
    for each in PEOPLE:
        if not each.roles.isdisjoint(TABLE[action]):
            return actor(office, each.login)
    raise NotFoundError(f"no demo user may do {action.value}.")
