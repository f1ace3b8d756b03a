"""What every desk of the workshop works with: parts, the batch's key, the journal.

Knows how content is hidden under a batch's key and how facts are written. Decides
nothing about boxes or pages.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import Clock
from paperless_kernel.base.errors import ConflictError, EvidenceError
from paperless_kernel.base.events import Event, Json
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.base.ids import Actor, Ids, Random
from paperless_kernel.base.typeset import MarkImage, Typesetter
from paperless_kernel.scan.classes import Classes
from paperless_kernel.scan.duties import DutyBook
from paperless_kernel.scan.profiles import Profiles
from paperless_kernel.scan.records import batch_row
from paperless_kernel.scan.rules import ScanRules
from paperless_kernel.store.blobs import Blobs
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import Keeper
from paperless_kernel.trust.cipher import KEY_SIZE, NONCE_SIZE, decrypt, encrypt
from paperless_kernel.trust.digest import sha256

JOURNAL: Final = "scan"
_WORKSHOP_KEY: Final = "workshop"
_ZERO_NONCE: Final = bytes(NONCE_SIZE)
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts the office hands to the workshop."""

    db: Database
    journal: Journal
    blobs: Blobs
    keeper: Keeper
    clock: Clock
    ids: Ids
    random: Random
    rules: ScanRules
    profiles: Profiles
    duties: DutyBook
    classes: Classes
    facility: Callable[[FacilityKind, dt.datetime], Facility | None]
    facilities: Callable[[FacilityKind, dt.datetime], tuple[Facility, ...]]
    """Every designation that covers an instant; `facility` is the newest of them."""
    pdfa: Callable[[bytes], tuple[str, ...]]
    """Says what keeps a PDF from being PDF/A-2b; nothing when it is."""
    mark: Callable[[str], MarkImage]
    typesetter: Typesetter
    is_demo: bool
    """Whether this is a trial office, where made-up paper may be handled."""


class Desk:
    """A place in the workshop; the desks together are ``service.Scan``."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def _write(
        self,
        tx: Connection,
        actor: Actor,
        tag: str,
        subject: str,
        body: Mapping[str, Json],
    ) -> None:
        """Journal one fact in the transaction of the rows it explains."""
        parts = self._parts
        event = Event(
            tag=tag,
            id=parts.ids.new(),
            subject=subject,
            at=parts.clock.now(),
            actor=actor.id,
            body=body,
        )
        parts.journal.append(tx, event)

    def _acknowledge(self) -> str:
        """Bring every fact written under a signed checkpoint; return the note.

        Nothing is returned to a caller before this.
        """
        return self._parts.keeper.sequence(JOURNAL)

    def _view(self, actor: Actor) -> None:
        require(actor, Action.SCAN_VIEW)


def lock_batch_key(parts: Parts, batch: str) -> bytes:
    """Draw a batch's key and return it locked under the workshop's.

    It is kept as an object and no row, so that removing it is removing a file.
    """
    key = parts.random.token(KEY_SIZE)
    return parts.keeper.seal(_WORKSHOP_KEY, key, batch.encode())


def open_batch_key(parts: Parts, batch: str, actor: Actor, purpose: str) -> bytes:
    """Open a batch's key; the keeper journals who and why.

    Raises:
        ConflictError: the batch was handed over and its key erased.
    """
    with parts.db.read() as tx:
        name = str(batch_row(tx, batch).key_box)
    if not name or not parts.blobs.has(name):
        raise ConflictError(
            "This batch was handed over and its key erased: nothing of it can be read "
            "here any more. Ask where it was deposited."
        )
    return parts.keeper.unseal(
        _WORKSHOP_KEY,
        parts.blobs.get(name),
        batch.encode(),
        actor=actor.id,
        purpose=purpose,
    )


def hide(parts: Parts, key: bytes, plain: bytes, known: str = "") -> str:
    """Keep bytes under a batch's key; return the object's name.

    Each object has its own key, derived from its hash: the same bytes give the same
    object, so a repeat after a crash adds nothing, and no nonce serves twice.
    ``known`` is their sha256, hex, where the caller has just taken it.
    """
    digest = bytes.fromhex(known) if known else sha256(plain)
    own = hmac.digest(key, digest, "sha256")
    return parts.blobs.put(encrypt(plain, own, _ZERO_NONCE, digest))


def show(parts: Parts, key: bytes, name: str, digest: str) -> bytes:
    """Return the bytes of hash ``digest`` (hex) that `hide` kept.

    Raises:
        EvidenceError: they are not the bytes that were captured.
    """
    wanted = bytes.fromhex(digest)
    own = hmac.digest(key, wanted, "sha256")
    plain = decrypt(parts.blobs.read(name), own, _ZERO_NONCE, wanted)
    if sha256(plain) != wanted:
        raise EvidenceError("a stored page is not the one that was captured.")
    return plain


def is_line(text: str) -> bool:
    """Tell whether a text is one printable line of 1 to 100 letters."""
    return bool(text.strip()) and text.isprintable() and len(text) <= _LONGEST
