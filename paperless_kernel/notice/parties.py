"""The outside parties of the notice business: carriers, line directory, documents.

Knows what is asked of them and how they fail. The real and simulated ones are adapters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from paperless_kernel.notice.model import Answer, GivenDocument, Line, Message, Reports

BATCH_LIMIT = 200
"""Most messages in one request (relay contracts: <= 200 recipients)."""


class Carrier(Protocol):
    """One carrier's relay: four verbs and an acknowledgement.

    The contract it must keep: a batch is taken whole or not at all; the same key with
    the same batch returns the first answer and sends nothing again, for as long as
    ``key_lives``; ``ref`` comes back in every report.
    """

    key_lives: dt.timedelta

    def send(self, batch: Sequence[Message], key: str) -> tuple[Answer, ...]:
        """Hand over at most 200 messages under an idempotency key.

        Raises:
            InputError: refused as malformed; nothing was taken.
            ConflictError: the key was used for another batch; nothing was taken.
            BusyError: surely not taken (429, 503, no connection); post it again.
            UnavailableError: nobody knows whether it was taken.
        """

    def reports(self, cursor: str) -> Reports:
        """Return the reports after ``cursor`` (``""`` is the beginning).

        Raises:
            UnavailableError: no answer; ask again later.
        """

    def ack(self, cursor: str) -> None:
        """Say that everything up to ``cursor`` is durable here."""

    def inquiry(self, refs: Sequence[str]) -> tuple[Answer, ...]:
        """Return what the carrier knows of these refs; one it never took is left out.

        Raises:
            UnavailableError: no answer; ask again later.
        """

    def cancel(self, refs: Sequence[str]) -> tuple[str, ...]:
        """Stop what has not reached a handset; return the refs that were stopped."""


class LineDirectory(Protocol):
    """Who has which lines right now; asked at dispatch, never at upload."""

    def lines_of(self, cis: Sequence[str]) -> tuple[tuple[Line, ...], ...]:
        """Return each person's lines, in the order asked.

        Raises:
            UnavailableError: no answer; nothing was decided.
        """


class Documents(Protocol):
    """Where a recipient's document comes from: the vault, or the sender's upload."""

    def fetch(self, reference: str) -> GivenDocument:
        """Return the PDF behind a reference.

        Raises:
            NotFoundError: there is none.
        """
