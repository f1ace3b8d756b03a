"""Journal events: what a fact looks like before it is written.

Knows the shape of an event and the rule for tags. The tags in use stand in
``docs/reference/events.md``; the journal itself is ``store.journal``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""What an event may hold: no floats, ever (RFC 8785 canonical JSON)."""

_TAG = re.compile(r"[a-z]+(:[a-z][a-z-]*){2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact a court may ask about.

    Attributes:
        tag: ``business:subject:done``, such as ``vault:package:deposited``.
        id: own OID; also the entry's primary key, so a repeat is refused.
        subject: the id of what it is about (a box, a package, a notice).
        at: when it happened, aware UTC.
        actor: id of who did it.
        body: the facts. No names and no titles: those stay in rows, and the body
            holds salted commitments to them where they matter.
    """

    tag: str
    id: str
    subject: str
    at: dt.datetime
    actor: str
    body: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a tag that is not ``business:subject:done``."""
        if not _TAG.fullmatch(self.tag):
            msg = f"an event tag reads business:subject:done, not {self.tag!r}"
            raise ValueError(msg)
