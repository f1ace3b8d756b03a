"""Journal entries into usage events: which tags bear on a bill, and what they count.

Knows tags and bodies as other businesses write them, and nothing of those businesses.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping

from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Role
from paperless_kernel.billing.model import Meter, UsageEvent
from paperless_kernel.trust.digest import canonical_json, sha256

TAGS: Mapping[str, Meter] = {
    "access:tenant:joined": Meter.JOINED,
    "access:tenant:left": Meter.LEFT,
    "access:tenant:plan-changed": Meter.PLAN_CHANGED,
    "access:user:added": Meter.USER_ADDED,
    "access:user:removed": Meter.USER_REMOVED,
    "scan:document:sealed": Meter.SCANNED_TRUSTED,
    "scan:box:boxes-supplied": Meter.BOX_SUPPLIED,
    "scan:box:stored": Meter.BOX_STORED,
    "scan:box:fetched": Meter.BOX_LEFT,
    "scan:box:moved": Meter.BOX_LEFT,
    "scan:box:returned": Meter.BOX_LEFT,
    "scan:box:shredded": Meter.BOX_SHREDDED,
    "vault:package:deposited": Meter.DEPOSITED,
    "vault:package:destroyed": Meter.DESTROYED,
    "vault:certificate:issued": Meter.CERTIFIED,
    "notice:notice:accepted": Meter.SENT,
    "notice:notice:read": Meter.READ,
}
"""Tags that bear on a bill. All others are passed over, ``scan:box:received`` too:
arrival at the workshop is no movement of the warehouse (tariff rule ``movement``).
``scan:box:moved`` is from bin to bin, or every carrying in an older office's log."""

_QUANTITY = {
    Meter.SCANNED_TRUSTED: "sides",
    Meter.SCANNED_PLAIN: "sides",
    Meter.BOX_SUPPLIED: "count",
    Meter.DEPOSITED: "bytes",
}
_DIGITS = re.compile(r"[0-9]{1,20}")
_WAREHOUSE = {"warehouse", "창고"}
"""Where a box is kept; being carried anywhere else is no movement of the warehouse."""
_CUSTOMER_ROLES = {Role.CUSTOMER_ADMIN.value, Role.CUSTOMER_USER.value}


def event_of(
    *, tag: str, key: str, subject: str, at: dt.datetime, body: Mapping[str, Json]
) -> UsageEvent | None:
    """Read one journal entry as usage; None where the tag bears on no bill.

    Args:
        tag: the entry's tag, such as ``vault:package:deposited``.
        key: the entry's id.
        subject: what it is about.
        at: when it happened, aware UTC.
        body: its facts; ``tenant`` always, then sides, bytes, count, kind, plan.

    Raises:
        InputError: the body lacks what the tag promises.
    """
    meter = TAGS.get(tag)
    if meter is None or _is_nobodys(meter, body):
        return None
    if meter is Meter.SCANNED_TRUSTED and body.get("service") == "plain":
        meter = Meter.SCANNED_PLAIN
    if meter is Meter.CERTIFIED and body.get("kind") == "original":
        meter = Meter.ISSUED
    if meter is Meter.BOX_LEFT and body.get("to") in _WAREHOUSE:
        meter = Meter.BOX_STORED
    named = _QUANTITY.get(meter)
    has_plan = meter in (Meter.JOINED, Meter.PLAN_CHANGED)
    return UsageEvent(
        key=key,
        tenant=_text(body, "tenant", key),
        meter=meter,
        at=at,
        quantity=1 if named is None else _number(body, named, key),
        subject=subject,
        plan=_text(body, "plan", key) if has_plan else "",
    )


def _is_nobodys(meter: Meter, body: Mapping[str, Json]) -> bool:
    """Tell whether a user is no ID of the vault: staff, or no customer's role."""
    if meter not in (Meter.USER_ADDED, Meter.USER_REMOVED):
        return False
    roles = body.get("roles")
    named = isinstance(roles, list | tuple) and not _CUSTOMER_ROLES & set(
        map(str, roles)
    )
    return body.get("tenant") == "" or named


def _text(body: Mapping[str, Json], name: str, key: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise InputError(f"journal entry {key} names no {name}; it cannot be billed.")
    return value


def _number(body: Mapping[str, Json], name: str, key: str) -> int:
    value = body.get(name)
    # integers over 2^53 stand in a journal as decimal strings
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InputError(f"journal entry {key} has no whole {name}: {value!r}.")
    return value


def usage_digest(events: Iterable[UsageEvent]) -> str:
    """Return one SHA-256, hex, for a set of events, whatever their order."""
    rows = sorted(event_digest(each) for each in events)
    return sha256("".join(rows).encode()).hex()


def event_digest(event: UsageEvent) -> str:
    """Return the SHA-256, hex, of one event; equal events have equal digests."""
    return sha256(
        canonical_json(
            {
                "at": stamp(event.at),
                "key": event.key,
                "meter": event.meter.value,
                "plan": event.plan,
                "quantity": str(event.quantity),
                "subject": event.subject,
                "tenant": event.tenant,
            }
        )
    ).hex()
