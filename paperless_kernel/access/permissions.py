"""Who may do what: one table, deny by default.

Knows roles and actions. Services ask `require` before anything else; a hidden button
is not a permission.
"""

from __future__ import annotations

from enum import StrEnum

from paperless_kernel.base.errors import InputError, NotAllowedError
from paperless_kernel.base.ids import Actor, Role


class Action(StrEnum):
    """Everything a service lets somebody do."""

    SCAN_ORDER = "scan.order"
    SCAN_RECEIVE = "scan.receive"
    SCAN_CAPTURE = "scan.capture"
    SCAN_INDEX = "scan.index"
    SCAN_INSPECT = "scan.inspect"
    SCAN_SEAL = "scan.seal"
    SCAN_CUSTODY = "scan.custody"
    SCAN_CLEAR = "scan.clear"
    SCAN_HAND_OVER = "scan.hand-over"
    SCAN_FETCH = "scan.fetch"
    SCAN_PRINT = "scan.print"
    SCAN_STAFF = "scan.staff"
    SCAN_TEST = "scan.test"
    SCAN_VIEW = "scan.view"
    VAULT_DEPOSIT = "vault.deposit"
    VAULT_READ = "vault.read"
    VAULT_CERTIFY = "vault.certify"
    VAULT_GRANT = "vault.grant"
    VAULT_AUDIT = "vault.audit"
    NOTICE_PREPARE = "notice.prepare"
    NOTICE_APPROVE = "notice.approve"
    NOTICE_DISPATCH = "notice.dispatch"
    NOTICE_DESK = "notice.desk"
    NOTICE_CERTIFY = "notice.certify"
    NOTICE_VIEW = "notice.view"
    BILLING_RATE = "billing.rate"
    BILLING_INVOICE = "billing.invoice"
    BILLING_VIEW = "billing.view"
    CLOCK_JUMP = "clock.jump"
    ACCESS_MANAGE = "access.manage"


_CUSTOMER = {Role.CUSTOMER_ADMIN, Role.CUSTOMER_USER}
_EITHER = {Role.NOTICE_SENDER, Role.NOTICE_APPROVER, Role.CALL_DESK, Role.EXAMINER}

TABLE: dict[Action, frozenset[Role]] = {
    action: frozenset(roles)
    for action, roles in {
        Action.SCAN_ORDER: {Role.SCAN_MANAGER},
        Action.SCAN_RECEIVE: {Role.COURIER, Role.SCAN_MANAGER, Role.SCAN_OPERATOR},
        Action.SCAN_CAPTURE: {Role.SCAN_OPERATOR},
        Action.SCAN_INDEX: {Role.SCAN_OPERATOR, Role.SCAN_INSPECTOR},
        Action.SCAN_INSPECT: {Role.SCAN_INSPECTOR},
        Action.SCAN_SEAL: {Role.SCAN_MANAGER},
        Action.SCAN_CUSTODY: {Role.COURIER, Role.SCAN_MANAGER, Role.SCAN_OPERATOR},
        Action.SCAN_CLEAR: {Role.SCAN_MANAGER},
        # A receipt typed by hand would end paper that nobody holds.
        Action.SCAN_HAND_OVER: {Role.MACHINE},
        Action.SCAN_FETCH: {Role.SCAN_MANAGER, Role.SCAN_OPERATOR, *_CUSTOMER},
        Action.SCAN_PRINT: {Role.SCAN_MANAGER, Role.SCAN_INSPECTOR},
        Action.SCAN_STAFF: {Role.SCAN_MANAGER, Role.SYSTEM_ADMIN},
        Action.SCAN_TEST: {Role.SCAN_MANAGER, Role.SCAN_OPERATOR, Role.SYSTEM_ADMIN},
        Action.SCAN_VIEW: {
            Role.SCAN_MANAGER,
            Role.SCAN_OPERATOR,
            Role.SCAN_INSPECTOR,
            Role.SYSTEM_ADMIN,
            Role.MACHINE,
        },
        Action.VAULT_DEPOSIT: {Role.MACHINE, Role.VAULT_OPERATOR, *_CUSTOMER},
        Action.VAULT_READ: {Role.MACHINE, *_CUSTOMER},
        Action.VAULT_CERTIFY: {Role.VAULT_OPERATOR, *_CUSTOMER},
        Action.VAULT_GRANT: {Role.CUSTOMER_ADMIN},
        Action.VAULT_AUDIT: {Role.VAULT_AUDITOR},
        Action.NOTICE_PREPARE: {Role.NOTICE_SENDER},
        Action.NOTICE_APPROVE: {Role.NOTICE_APPROVER},
        Action.NOTICE_DISPATCH: {Role.MACHINE},
        Action.NOTICE_DESK: {Role.CALL_DESK, Role.NOTICE_SENDER},
        Action.NOTICE_CERTIFY: {Role.NOTICE_SENDER, Role.CUSTOMER_ADMIN},
        Action.NOTICE_VIEW: {
            Role.NOTICE_SENDER,
            Role.NOTICE_APPROVER,
            Role.CALL_DESK,
            Role.CUSTOMER_ADMIN,
            Role.MACHINE,
        },
        Action.BILLING_RATE: {Role.MACHINE, Role.BILLING_CLERK},
        Action.BILLING_INVOICE: {Role.BILLING_CLERK},
        Action.BILLING_VIEW: {Role.BILLING_CLERK, Role.SALES, Role.CUSTOMER_ADMIN},
        Action.CLOCK_JUMP: {Role.SYSTEM_ADMIN},
        Action.ACCESS_MANAGE: {Role.SYSTEM_ADMIN},
    }.items()
}


def check_appointment(roles: frozenset[Role], tenant: str) -> None:
    """Check that a person may hold these roles, at a customer or in the office.

    Somebody without a customer acts for the office and sees every customer's, so a
    customer's role needs its customer, and the office's own roles have none.

    Raises:
        InputError: a role does not fit, or is a process's and no person's.
    """
    if Role.MACHINE in roles:
        raise InputError(
            "the role machine is for processes of the office; name another."
        )
    wrong = roles & _CUSTOMER if not tenant else roles - _CUSTOMER - _EITHER
    if wrong:
        names = ", ".join(sorted(wrong))
        what = "is the office's own and has no" if tenant else "needs its"
        raise InputError(f"{names} {what} customer; correct the roles or the customer.")


def allowed(actor: Actor, action: Action) -> bool:
    """Tell whether any of the actor's roles includes the action."""
    return not actor.roles.isdisjoint(TABLE.get(action, frozenset()))


def require(actor: Actor, action: Action) -> None:
    """Let the actor pass, or refuse.

    Raises:
        NotAllowedError: none of the actor's roles includes the action.
    """
    if not allowed(actor, action):
        who = ", ".join(sorted(TABLE.get(action, frozenset()))) or "nobody"
        raise NotAllowedError(
            f"{actor.id} may not do {action.value}; it takes one of: {who}."
        )
