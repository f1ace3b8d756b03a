"""The keeper: the one process that holds private keys, numbers entries and signs.

Knows keys by purpose, secrets by name, and the journals of the businesses. Everyone
else writes rows and asks; what they may ask is this module's `Keeper`. How keys rest on
disk and how a question crosses processes are adapters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from hmac import digest as hmac_digest
from threading import Lock
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from paperless_kernel.base.clock import Clock, kst_text
from paperless_kernel.base.errors import (
    EvidenceError,
    NotAllowedError,
    NotFoundError,
    UnavailableError,
)
from paperless_kernel.base.events import Event
from paperless_kernel.base.ids import Ids, Random
from paperless_kernel.store.journal import Journal
from paperless_kernel.trust.keys import KeyPurpose, Signer, algorithm_of
from paperless_kernel.trust.notes import Checkpoint, sign_note, vkey
from paperless_kernel.trust.timestamps import Tsa, make_request, read_response

KEY_OPENED = "access:key:opened"
"""Journaled each time a box is opened: which key, for whom, to what end."""

SIGNED_ON_REQUEST = frozenset(
    {KeyPurpose.SCAN, KeyPurpose.VAULT, KeyPurpose.NOTICE, KeyPurpose.BILLING}
)
"""Keys that sign what a business hands in; the others would forge certificates,
checkpoints or tokens for whoever asks."""

_NONCE = 12
_TOLERANCE = dt.timedelta(seconds=1)


class Keeper(Protocol):
    """What the rest of the office may ask of the keys' holder."""

    def sequence(self, journal: str) -> str:
        """Number a journal's waiting entries; return its newest signed note."""

    def sign(self, purpose: KeyPurpose, message: bytes, holder: str = "") -> bytes:
        """Sign ``message`` with the key of one purpose (raw signature).

        ``holder`` is the id of the workshop in whose name, "" for the office's own.
        """

    def certificates(self, purpose: KeyPurpose, holder: str = "") -> tuple[bytes, ...]:
        """Return the chain of a purpose's key, DER, leaf first, root last.

        Raises:
            NotFoundError: that holder has no key here.
        """

    def certify(
        self, holder: str, *, name: str, unit: str, algorithm: str, module: str = ""
    ) -> bytes:
        """Make a workshop's key and certificate; return the certificate, DER.

        A holder that has a key keeps it: the same call gives the same certificate.
        ``module`` describes a hardware module that is to make and keep the key.

        Raises:
            BusyError: this process does not hold the keys.
            ConflictError: the holder's key stands for another name or algorithm.
        """

    def crl(self) -> bytes:
        """Return the newest revocation list of this office's root, DER."""

    def vkey(self, journal: str) -> str:
        """Return the C2SP verifier key of a journal's log."""

    def stamp(self, request: bytes) -> bytes:
        """Answer an RFC 3161 request (DER in, DER out)."""

    def mac(self, name: str, messages: Sequence[bytes]) -> tuple[bytes, ...]:
        """Return HMAC-SHA256 of each message under a named secret, 32 bytes each."""

    def seal(self, name: str, plain: bytes, context: bytes) -> bytes:
        """Encrypt a small secret under a named key; ``context`` is bound to it."""

    def unseal(
        self, name: str, box: bytes, context: bytes, *, actor: str, purpose: str
    ) -> bytes:
        """Open what `seal` made, and journal who opened it and why.

        Raises:
            EvidenceError: the box, its context or its key is not the one used.
        """


class Keys(Protocol):
    """Where the keeper finds keys; ``adapters.keyfile`` reads them from disk."""

    def signer(self, purpose: KeyPurpose, holder: str = "") -> Signer:
        """Return the signer of one purpose, its key unlocked.

        Raises:
            KeyLockedError: the passphrase does not open it.
        """

    def certificates(self, purpose: KeyPurpose, holder: str = "") -> tuple[bytes, ...]:
        """Return its chain without unlocking anything."""

    def certify(
        self,
        holder: str,
        *,
        name: str,
        unit: str,
        algorithm: str,
        module: str,
        at: dt.datetime,
    ) -> bytes:
        """Make a holder's key and certificate once; return the certificate, DER."""

    def log_key(self) -> tuple[bytes, Callable[[bytes], bytes]]:
        """Return the log's Ed25519 public key and its signing function."""

    def master(self) -> bytes:
        """Return the 32-byte secret the named secrets are derived from."""

    def crl(self) -> bytes:
        """Return the root's newest revocation list, DER."""


class LocalKeeper:
    """The keeper itself, in the process that holds the office lock."""

    def __init__(
        self,
        *,
        keys: Keys,
        journals: Mapping[str, Journal],
        origin: str,
        policy: str,
        clock: Clock,
        ids: Ids,
        random: Random,
    ) -> None:
        self._keys = keys
        self._journals = journals
        self._origin = origin
        self._policy = policy
        self._clock = clock
        self._ids = ids
        self._random = random
        self._lock = Lock()
        self._secrets: dict[str, bytes] = {}

    def sequence(self, journal: str) -> str:
        """Number a journal's waiting entries; return its newest signed note.

        Raises:
            NotFoundError: there is no such journal, or it holds nothing yet.
        """
        public, sign = self._keys.log_key()
        origin = f"{self._origin}/{journal}"

        def note(size: int, root: bytes) -> str:
            checkpoint = Checkpoint(origin=origin, size=size, root=root)
            return sign_note(checkpoint, origin, public, sign)

        with self._lock:
            newest = self._journal(journal).sequence(note, self._clock.now())
        if newest is None:
            raise NotFoundError(f"journal {journal} is empty; nothing to sign.")
        return newest

    def sign(self, purpose: KeyPurpose, message: bytes, holder: str = "") -> bytes:
        """Sign ``message`` with the key of one purpose (raw signature).

        Raises:
            NotAllowedError: the root, the log and the time-stamping key sign only
                what the keeper makes itself.
        """
        if purpose not in SIGNED_ON_REQUEST:
            raise NotAllowedError(
                f"the {purpose.value} key signs nothing on request; ask for a "
                "certificate, a checkpoint or a token instead."
            )
        return self._keys.signer(purpose, holder).sign(message)

    def certificates(self, purpose: KeyPurpose, holder: str = "") -> tuple[bytes, ...]:
        """Return the chain of a purpose's key, DER, leaf first, root last."""
        return self._keys.certificates(purpose, holder)

    def certify(
        self, holder: str, *, name: str, unit: str, algorithm: str, module: str = ""
    ) -> bytes:
        """Make a workshop's key and certificate; return the certificate, DER.

        Raises:
            ConflictError: the holder's key stands for another name or algorithm.
        """
        now = self._clock.now()
        return self._keys.certify(
            holder,
            name=name,
            unit=unit,
            algorithm=algorithm,
            module=module,
            at=now,
        )

    def crl(self) -> bytes:
        """Return the newest revocation list of this office's root, DER."""
        return self._keys.crl()

    def vkey(self, journal: str) -> str:
        """Return the C2SP verifier key of a journal's log."""
        self._journal(journal)
        public, _ = self._keys.log_key()
        return vkey(f"{self._origin}/{journal}", public)

    def stamp(self, request: bytes) -> bytes:
        """Answer an RFC 3161 request (DER in, DER out) by the office's own clock.

        Raises:
            UnavailableError: the clock is behind what was signed before; no token is
                given until it is right again (규정 2021-59 제7조).
        """
        self._check_clock()
        tsa = Tsa(
            self._keys.signer(KeyPurpose.TSA),
            self._keys.crl(),
            self._policy,
            self._clock,
            lambda: int.from_bytes(self._random.token(8), "big") >> 1,
        )
        return tsa.respond(request)

    def mac(self, name: str, messages: Sequence[bytes]) -> tuple[bytes, ...]:
        """Return HMAC-SHA256 of each message under a named secret, 32 bytes each."""
        secret = self._secret(f"mac:{name}")
        return tuple(hmac_digest(secret, message, sha256) for message in messages)

    def seal(self, name: str, plain: bytes, context: bytes) -> bytes:
        """Encrypt a small secret under a named key; ``context`` is bound to it."""
        nonce = self._random.token(_NONCE)
        box = AESGCM(self._secret(f"seal:{name}"))
        return nonce + box.encrypt(nonce, plain, context)

    def unseal(
        self, name: str, box: bytes, context: bytes, *, actor: str, purpose: str
    ) -> bytes:
        """Open what `seal` made, and journal who opened it and why.

        Raises:
            EvidenceError: the box, its context or its key is not the one used.
        """
        cipher = AESGCM(self._secret(f"seal:{name}"))
        try:
            plain = cipher.decrypt(box[:_NONCE], box[_NONCE:], context)
        except InvalidTag as error:
            raise EvidenceError(
                f"a box under key {name} does not open: changed, or another key."
            ) from error
        journal = self._journal("access")
        opened = Event(
            tag=KEY_OPENED,
            id=self._ids.new(),
            subject=name,
            at=self._clock.now(),
            actor=actor,
            body={"purpose": purpose, "box": sha256(box).hexdigest()},
        )
        with journal.db.begin() as tx:
            journal.append(tx, opened)
        return plain

    def _check_clock(self) -> None:
        now = self._clock.now()
        signed = [
            at
            for journal in self._journals.values()
            if (at := journal.signed_at()) is not None
        ]
        newest = max(signed, default=now)
        if now + _TOLERANCE < newest:
            raise UnavailableError(
                f"the clock says {kst_text(now)}, but a checkpoint was signed at "
                f"{kst_text(newest)}: set the machine's clock right; no time-stamp is "
                "given until then."
            )

    def _journal(self, name: str) -> Journal:
        try:
            return self._journals[name]
        except KeyError:
            raise NotFoundError(f"this office keeps no journal {name!r}.") from None

    def _secret(self, label: str) -> bytes:
        if label not in self._secrets:
            derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=label.encode())
            self._secrets[label] = derive.derive(self._keys.master())
        return self._secrets[label]


class KeeperSigner:
    """A `Signer` whose key stays with the keeper.

    Args:
        keeper: holder of the keys.
        purpose: what the key may sign.
        holder: id of the workshop in whose name, "" for the office's own.

    Raises:
        NotFoundError: that workshop has no key here.
    """

    def __init__(self, keeper: Keeper, purpose: KeyPurpose, holder: str = "") -> None:
        self._keeper = keeper
        self._purpose = purpose
        self._holder = holder
        self.certificates = keeper.certificates(purpose, holder)
        self.algorithm = algorithm_of(self.certificates[0])

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature over ``message``."""
        return self._keeper.sign(self._purpose, message, self._holder)


class KeeperStamper:
    """A time-stamper that asks the keeper's embedded authority."""

    def __init__(self, keeper: Keeper, random: Random) -> None:
        self._keeper = keeper
        self._random = random

    def stamp(self, digest: bytes, algorithm: str) -> bytes:
        """Return an RFC 3161 token (DER) over a digest."""
        nonce = int.from_bytes(self._random.token(8), "big") | 1
        request = make_request(digest, algorithm, nonce)
        return read_response(self._keeper.stamp(request), request)
