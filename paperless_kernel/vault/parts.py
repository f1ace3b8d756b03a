"""What the vault's service is made of, handed from one step to the next.

Knows the parts and two questions every step asks: may this person, and what stands in
a document's encrypted box.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from paperless_kernel.base.clock import Clock
from paperless_kernel.base.errors import (
    EvidenceError,
    NotAllowedError,
    NotFoundError,
)
from paperless_kernel.base.events import Event, Json
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.base.ids import Actor, Ids, Random
from paperless_kernel.base.typeset import Typesetter
from paperless_kernel.store.blobs import Blobs
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import Keeper
from paperless_kernel.trust.digest import digests_of
from paperless_kernel.vault.issued import is_granted
from paperless_kernel.vault.keyring import DocumentKey, Keyring
from paperless_kernel.vault.model import Annex, Document, Metadata, Purpose
from paperless_kernel.vault.package import commitment, metadata_from
from paperless_kernel.vault.records import find_document
from paperless_kernel.vault.retention import RetentionRules

JOURNAL = "vault"
"""The journal's name, and what the keeper is asked to sequence."""

FacilityAt = Callable[[FacilityKind, dt.datetime], Facility | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything a step needs; built once by the service."""

    db: Database
    journal: Journal
    blobs: Blobs
    keeper: Keeper
    clock: Clock
    ids: Ids
    random: Random
    typesetter: Typesetter
    facility: FacilityAt
    retention: RetentionRules
    texts: Mapping[str, bytes]
    keyring: Keyring

    def event(
        self, tag: str, subject: str, actor: Actor, body: Mapping[str, Json]
    ) -> Event:
        """Return an event of now."""
        return Event(
            tag=tag,
            id=self.ids.new(),
            subject=subject,
            at=self.clock.now(),
            actor=actor.id,
            body=body,
        )

    def visible(self, actor: Actor, document_id: str) -> Document:
        """Return a document its owner's people, or the office's, may know of.

        Raises:
            NotFoundError: there is none, or it is another customer's.
        """
        with self.db.read() as tx:
            found = find_document(tx, document_id)
        if found is None or actor.tenant not in ("", found.tenant):
            raise NotFoundError(f"No document {document_id} is here for you.")
        return found

    def allow(self, actor: Actor, document: Document, purpose: Purpose) -> None:
        """Let the owner's people pass, and the office for a granted purpose only.

        Raises:
            NotAllowedError: the owner has not granted the purpose.
        """
        if actor.tenant == document.tenant:
            return
        with self.db.read() as tx:
            granted = is_granted(tx, document.tenant, purpose)
        if not granted:
            raise NotAllowedError(
                f"{actor.id} may not open document {document.id} for "
                f"{purpose.value}: its owner has not granted that."
            )

    def plain(self, document: Document, key: DocumentKey) -> bytes:
        """Return a document's bytes, compared with the digests of its deposit.

        Raises:
            EvidenceError: ciphertext, key or content is not what was deposited.
            NotFoundError: the object is gone.
        """
        hidden = self.blobs.get(document.cipher_sha256)
        data = key.show(hidden, document.nonce, "document")
        if digests_of(data) != document.digests:
            raise EvidenceError(
                f"Document {document.id} is not what was deposited: its digests differ."
            )
        return data

    def metadata(
        self, document: Document, key: DocumentKey
    ) -> tuple[Metadata, tuple[str, ...]]:
        """Return a document's metadata and its annexes' names, commitment checked.

        Raises:
            EvidenceError: they are not what was deposited.
        """
        box = json.loads(key.show(document.meta_box, document.meta_nonce, "metadata"))
        if commitment(key.salt, box) != document.commitment:
            raise EvidenceError(
                f"The metadata of document {document.id} is not what was deposited."
            )
        return metadata_from(box["metadata"]), tuple(map(str, box["annexes"]))

    def annexes(
        self, document: Document, key: DocumentKey, names: tuple[str, ...]
    ) -> tuple[Annex, ...]:
        """Return a document's annexes, their digests compared.

        Raises:
            EvidenceError: one is not what was deposited.
        """
        found = []
        for n, (held, name) in enumerate(zip(document.annexes, names, strict=True)):
            hidden = self.blobs.get(held.cipher_sha256)
            data = key.show(hidden, held.nonce, f"annex/{n}")
            if digests_of(data).sha256 != held.sha256:
                raise EvidenceError(f"Annex {n} of {document.id} was changed.")
            found.append(Annex(name=name, media=held.media, data=data))
        return tuple(found)
