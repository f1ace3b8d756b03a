"""Tenants, users and the office's own facts, as values; knows no table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from paperless_kernel.base.ids import Actor, Role

TENANT_JOINED = "access:tenant:joined"
USER_ADDED = "access:user:added"
FACILITY_ENTERED = "access:facility:entered"
CLOCK_JUMPED = "access:clock:jumped"


class Plan(StrEnum):
    """What a tenant subscribes to (deck section 07)."""

    BASIC = "basic"
    PREMIUM = "premium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A customer of the office (이용기관).

    ``number`` is the corporate number (법인등록번호), which certificates must show.
    """

    id: str
    key: str
    name: str
    number: str
    plan: Plan
    joined_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who can log in; the password itself is never kept."""

    id: str
    login: str
    name: str
    roles: frozenset[Role]
    tenant: str = ""

    def actor(self) -> Actor:
        """Return this user as somebody who acts."""
        return Actor(id=self.id, roles=self.roles, tenant=self.tenant, name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJump:
    """One forward move of a trial office's clock, and why."""

    key: str
    frm: dt.datetime
    to: dt.datetime
    reason: str
