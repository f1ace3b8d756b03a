"""The words of custody: what is told of a box."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One line of a box's story: when, what, who, and the facts."""

    at: dt.datetime
    tag: str
    actor: str
    subject: str
    facts: tuple[tuple[str, str], ...]
