"""Names for things: object identifiers, actors, roles, and where chance comes from.

The only module that draws random bytes. Knows no permission; who may do what is
``access.permissions``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from paperless_kernel.base.clock import Clock


class Random(Protocol):
    """Where chance comes from; a test passes its own."""

    def token(self, size: int) -> bytes:
        """Return ``size`` unpredictable bytes."""


class SystemRandom:
    """The operating system's generator."""

    def token(self, size: int) -> bytes:
        """Return ``size`` bytes from the operating system."""
        return secrets.token_bytes(size)


class Ids:
    """Makes object identifiers ``2.25.<UUIDv7 as an integer>`` (ITU-T X.667).

    A time-ordered UUID has 37 decimal digits until the year 2232, so ids made later
    sort later as text without padding. No registration is needed for this arc.
    Foreign ids are opaque strings and never pass through here.
    """

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random

    def new(self) -> str:
        """Return a new id, unique and in order of time to the millisecond."""
        millis = int(self._clock.now().timestamp() * 1000)
        noise = int.from_bytes(self._random.token(10), "big")
        value = millis << 80 | 0x7 << 76 | (noise >> 68 & 0xFFF) << 64
        value |= 0b10 << 62 | noise & (1 << 62) - 1
        return f"2.25.{value}"


class Role(StrEnum):
    """What a person is appointed to. Scan roles: 전자화작업장 규정 제2조, 제11조."""

    SCAN_MANAGER = "scan-manager"
    """전자화책임자."""
    SCAN_OPERATOR = "scan-operator"
    """전자화작성자."""
    SCAN_INSPECTOR = "scan-inspector"
    """전자화검사자; never the one who scanned the same batch."""
    SYSTEM_ADMIN = "system-admin"
    """시스템관리자."""
    COURIER = "courier"
    VAULT_POLICY = "vault-policy"
    """정책관리자 (규정 2021-59 제19조③)."""
    VAULT_OPERATOR = "vault-operator"
    """운영관리자."""
    VAULT_AUDITOR = "vault-auditor"
    """감사관리자."""
    CUSTOMER_ADMIN = "customer-admin"
    CUSTOMER_USER = "customer-user"
    NOTICE_SENDER = "notice-sender"
    """발송 담당."""
    NOTICE_APPROVER = "notice-approver"
    """결재자."""
    CALL_DESK = "call-desk"
    SALES = "sales"
    BILLING_CLERK = "billing-clerk"
    EXAMINER = "examiner"
    """Read-only, dated, one submission set."""
    MACHINE = "machine"
    """A process of the office acting by itself: planner, dispatcher, day close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a user or a process of the office.

    ``tenant`` is the customer the actor belongs to, or ``""`` for the office's own.
    """

    id: str
    roles: frozenset[Role]
    tenant: str = ""
    name: str = ""
