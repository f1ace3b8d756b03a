"""Vault to notice: a held document is what a notice shows, opened for the campaign.

Knows how a notice's reference names a document of the vault. The opening is journaled
by the vault under the purpose its owner granted; nothing is copied or kept here.
"""

from __future__ import annotations

from typing import Protocol

from paperless_kernel.base.errors import NotFoundError, UnsupportedError
from paperless_kernel.base.ids import Actor
from paperless_kernel.notice.model import GivenDocument
from paperless_kernel.vault.model import Opened, Purpose

_PREFIX = "vault:"
_PDF = "application/pdf"


class Holder(Protocol):
    """What the flow needs of the vault."""

    def read(self, actor: Actor, document_id: str, purpose: Purpose) -> Opened:
        """Return a document's bytes and title, compared with its deposit's digests."""


class VaultDocuments:
    """The notice business's ``Documents``, out of the vault.

    ``actor`` is the process that dispatches; it reads under the purpose ``campaign``,
    which the customer must have granted.
    """

    def __init__(self, vault: Holder, actor: Actor) -> None:
        self._vault = vault
        self._actor = actor

    def fetch(self, reference: str) -> GivenDocument:
        """Return the PDF behind a reference made by `reference_to`.

        Raises:
            NotFoundError: the reference names nothing held here.
            NotAllowedError: its owner has not granted campaigns.
            UnsupportedError: it is no PDF, so a phone page cannot show it.
            EvidenceError: it is not what was deposited.
        """
        opened = self.opened(reference)
        return GivenDocument(
            data=opened.data, title=opened.title, owner=opened.document.tenant
        )

    def opened(self, reference: str) -> Opened:
        """Return the document with its digests and owner, as `fetch` does."""
        if not reference.startswith(_PREFIX):
            raise NotFoundError(
                f"{reference!r} names no document of the vault; it begins 'vault:'."
            )
        document_id = reference.removeprefix(_PREFIX)
        opened = self._vault.read(self._actor, document_id, Purpose.CAMPAIGN)
        if opened.document.media != _PDF:
            raise UnsupportedError(
                f"Document {opened.document.id} is {opened.document.media}; a notice "
                "shows PDF. Deposit it as PDF and refer to that."
            )
        return opened


def reference_to(document_id: str) -> str:
    """Return the reference a notice carries for a document of the vault."""
    return _PREFIX + document_id
