"""The desk of registered rules: each version entered once, and never changed.

Loads, asks ``people.rules``, writes rows and journal together. The journal holds a
digest of the rules; their words lie in the row.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.errors import InputError, NotFoundError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan.people import records
from paperless_kernel.scan.people.model import Regulation
from paperless_kernel.scan.people.regulation import parse_regulation, regulation_data
from paperless_kernel.scan.people.rules import check_revision
from paperless_kernel.scan.records import content_of, recall, remember
from paperless_kernel.scan.tags import REGULATION_REGISTERED, WORKSHOP_ENTERED
from paperless_kernel.scan.workshop import Desk
from paperless_kernel.trust.digest import canonical_json, sha256


class Registering(Desk):
    """A workshop begins with its registered rules (전자화문서관리규정, 제6조)."""

    def _enter_once(
        self, key: str, content: Sequence[Json], do: Callable[[Connection], str]
    ) -> str:
        """Do what a key stands for, once; return what it gave."""
        text = content_of(*content)
        with self._parts.db.begin() as tx:
            known = recall(tx, key, text)
            if known is None:
                known = do(tx)
                remember(tx, key, text, known)
        self._acknowledge()
        return known

    def _check_entered(self, workshop: str) -> None:
        """Refuse a workshop nobody entered: its rules would hold for nobody."""
        journal = self._parts.journal
        entered = journal.entries(tag=WORKSHOP_ENTERED, subject=workshop)
        if workshop and next(entered, None) is None:
            raise NotFoundError(f"no workshop {workshop} is entered: enter it first.")

    def register_regulation(
        self, actor: Actor, *, key: str, rules: Mapping[str, Any]
    ) -> Regulation:
        """Enter registered rules (전자화문서관리규정, 제6조), each revision anew.

        Args:
            actor: manager or system administrator.
            key: idempotency key.
            rules: parsed TOML: number, days, process, contents, values, checks.

        Raises:
            NotAllowedError: the caller does not manage the workshop.
            InputError: a mandatory content is missing, or days are out of order.
            NotFoundError: they are for a workshop nobody entered.
            ConflictError: the number is registered with other contents.
        """
        require(actor, Action.SCAN_STAFF)
        today = kst_date(self._parts.clock.now())
        duties = self._parts.duties.on(today)
        made = parse_regulation(rules, duties.regulation_contents)
        self._check_entered(made.workshop)
        content = regulation_data(made)

        def enter(tx: Connection) -> str:
            versions = records.find_regulations(tx, made.workshop)
            if made.number in {one.number for one in records.find_regulations(tx)}:
                raise InputError(
                    f"Regulation {made.number} is registered already: a revision is a "
                    "new registration with its own number (제6조)."
                )
            revises = check_revision(made, versions, today)
            whole = dataclasses.replace(made, revises=revises)
            records.add_regulation(tx, whole)
            body: dict[str, Json] = {
                "workshop": made.workshop,
                "registered_on": made.registered_on.isoformat(),
                "effective_from": made.effective_from.isoformat(),
                "process": [one.value for one in made.processes],
                "revises": revises,
                "contents": len(made.contents),
                "digest": sha256(canonical_json(regulation_data(whole))).hex(),
                "rules": duties.version,
            }
            self._write(tx, actor, REGULATION_REGISTERED, made.number, body)
            return made.number

        self._enter_once(key, ["regulation", content], enter)
        with self._parts.db.read() as tx:
            return records.regulation_numbered(tx, made.number)

    def regulations(self, actor: Actor) -> tuple[Regulation, ...]:
        """Return every registered version, in the order they take effect.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            return records.find_regulations(tx)

    def _in_force(self, tx: Connection) -> list[Regulation]:
        """Return each workshop's rules of now."""
        workshops = sorted({one.workshop for one in records.find_regulations(tx)})
        now = self._parts.clock.now()
        found = (records.regulation_on(tx, now, one) for one in workshops)
        return [one for one in found if one]
