"""The gate before every task: is this person registered, trained and in the right role.

Loads what the workshop registered about a person and asks ``people.rules``.
"""

from __future__ import annotations

from sqlalchemy import Connection

from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.workshop import Parts


def require_staff(parts: Parts, tx: Connection, actor: Actor, role: Role) -> None:
    """Let a registered, trained person do a task of ``role``.

    Raises:
        NotAllowedError: not registered for it, or education has lapsed; cites the
            article.
    """
