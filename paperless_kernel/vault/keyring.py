"""A key for each document, wrapped by its owner's key, kept apart from everything else.

Knows ``keys.db`` and how a key, its salt and its nonces are drawn once and found again.
Who may open what is decided before it is asked; the keeper journals each opening.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from paperless_kernel.base.errors import EvidenceError, NotFoundError
from paperless_kernel.base.ids import Actor, Random
from paperless_kernel.store.database import Database
from paperless_kernel.store.keeper import Keeper
from paperless_kernel.trust.cipher import KEY_SIZE, NONCE_SIZE, decrypt, encrypt
from paperless_kernel.vault.issued import add_key, find_keys
from paperless_kernel.vault.model import Purpose
from paperless_kernel.vault.package import SALT_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKey:
    """An open document key, its salt for commitments and its drawn nonces."""

    document_id: str
    key: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    nonces: tuple[bytes, ...]

    def hide(self, plain: bytes, nonce: bytes, what: str) -> bytes:
        """Encrypt; ``what`` (``document``, ``metadata``) is bound to the bytes."""
        return encrypt(plain, self.key, nonce, self._context(what))

    def show(self, hidden: bytes, nonce: bytes, what: str) -> bytes:
        """Decrypt.

        Raises:
            EvidenceError: changed bytes, or another key, nonce or purpose.
        """
        return decrypt(hidden, self.key, nonce, self._context(what))

    def _context(self, what: str) -> bytes:
        return f"{self.document_id}/{what}".encode()


class Keyring:
    """Draws and opens document keys."""

    def __init__(self, db: Database, keeper: Keeper, random: Random) -> None:
        self._db = db
        self._keeper = keeper
        self._random = random

    def draw(
        self, document_id: str, tenant: str, nonces: int, actor: Actor
    ) -> DocumentKey:
        """Return a document's key, drawing it the first time.

        A repeat, after a crash or by another process, gets the key and nonces of the
        first, so it makes the same ciphertext.
        """
        secret = self._random.token(KEY_SIZE + SALT_SIZE)
        box = self._keeper.seal(_owner(tenant), secret, document_id.encode())
        drawn = self._random.token(NONCE_SIZE * nonces)
        with self._db.begin() as tx:
            held = find_keys(tx, [document_id]).get(document_id)
            if held is None:
                add_key(tx, document_id, tenant, box, drawn)
        if held is None:
            return _key(document_id, secret, drawn)
        return self._open(document_id, tenant, held, actor, "deposit")

    def open(
        self, document_id: str, tenant: str, actor: Actor, purpose: Purpose
    ) -> DocumentKey:
        """Open a document's key for a purpose; the keeper journals it.

        Raises:
            NotFoundError: the key was erased.
            EvidenceError: the wrapped key was changed.
        """
        with self._db.read() as tx:
            held = find_keys(tx, [document_id]).get(document_id)
        if held is None:
            raise NotFoundError(
                f"The key of document {document_id} is not here: it was erased, or "
                "keys.db is not the newest copy."
            )
        return self._open(document_id, tenant, held, actor, purpose.value)

    def fresh_nonce(self) -> bytes:
        """Draw a nonce for bytes that come out different each time (signatures)."""
        return self._random.token(NONCE_SIZE)

    def _open(
        self,
        document_id: str,
        tenant: str,
        held: tuple[bytes, bytes],
        actor: Actor,
        purpose: str,
    ) -> DocumentKey:
        box, nonces = held
        secret = self._keeper.unseal(
            _owner(tenant), box, document_id.encode(), actor=actor.id, purpose=purpose
        )
        if len(secret) != KEY_SIZE + SALT_SIZE:
            raise EvidenceError(f"The key of document {document_id} has a wrong size.")
        return _key(document_id, secret, nonces)


def _owner(tenant: str) -> str:
    return f"tenant:{tenant}"


def _key(document_id: str, secret: bytes, nonces: bytes) -> DocumentKey:
    return DocumentKey(
        document_id=document_id,
        key=secret[:KEY_SIZE],
        salt=secret[KEY_SIZE:],
        nonces=tuple(
            nonces[at : at + NONCE_SIZE] for at in range(0, len(nonces), NONCE_SIZE)
        ),
    )
