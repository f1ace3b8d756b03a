"""Keys in locked files: made once at ``init``, opened by a passphrase when first used.

Knows the folder's layout and how to make it whole or not at all. What a key may be used
for is the keeper's business; the formats are ``trust.keys`` and ``trust.pki``.

Layout: ``<purpose>.key`` (PKCS#8 PEM, scrypt + AES-256-CBC, readable by ``openssl
pkey``), ``<purpose>.crt`` (PEM chain), ``scan-<holder>.key`` and ``.crt`` of a workshop
that seals in its own name (or ``.p11`` beside the ``.crt``: where a module keeps it),
``log.pub`` (32 bytes in hex), ``root.crl`` (DER), ``master.box`` (scrypt +
AES-256-GCM).
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    load_der_x509_certificate,
    load_der_x509_crl,
    load_pem_x509_certificates,
)

from paperless_kernel.adapters.hsm import Pkcs11Signer, make_hsm_key, read_place
from paperless_kernel.base.clock import Clock
from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    KeyLockedError,
    NotFoundError,
    StorageError,
)
from paperless_kernel.base.ids import Random
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.keys import (
    KeyPurpose,
    LocalSigner,
    PrivateKey,
    Signer,
    algorithm_of,
    lock_key,
    new_key,
    public_bytes,
    unlock_key,
)
from paperless_kernel.trust.pki import issue, make_crl, make_root, subject_name

_SIGNERS = (
    KeyPurpose.SCAN,
    KeyPurpose.VAULT,
    KeyPurpose.NOTICE,
    KeyPurpose.BILLING,
    KeyPurpose.TSA,
)
_YEARS = 10
_CRL_LIFE = dt.timedelta(days=365)
_CRL_RENEW = dt.timedelta(days=60)
_SALT, _NONCE = 16, 12
_SHORTEST = 8
_HOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def make_keys(
    folder: Path, *, name: str, passphrase: bytes, clock: Clock, random: Random
) -> None:
    """Make the office's keys, certificates and first revocation list.

    The folder appears whole or not at all; one that is there already is left alone.

    Raises:
        InputError: the passphrase is under 8 bytes.
        StorageError: the folder cannot be written.
    """
    if folder.exists():
        return
    if len(passphrase) < _SHORTEST:
        raise InputError(f"the passphrase needs at least {_SHORTEST} characters.")
    draft = folder.with_name(folder.name + ".new")
    try:
        # 1. A half-made folder of an earlier crash is under another name: drop it.
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        _fill(draft, name, passphrase, clock.now(), random)
        # 2. Files reach the disk, then the folder takes its name in one step.
        _sync(draft)
        draft.rename(folder)
        _sync(folder.parent)
    except OSError as error:
        raise StorageError(
            f"The keys could not be written ({error.strerror}): no office was made. "
            "Free some space or choose another folder, then try again."
        ) from error


def _fill(
    folder: Path, name: str, passphrase: bytes, at: dt.datetime, random: Random
) -> None:
    def serial() -> int:
        return int.from_bytes(random.token(16), "big") >> 1

    root_key = new_key(KeyPurpose.ROOT)
    root = make_root(f"{name} Root", root_key, at, serial())
    _write(folder / "root.key", lock_key(root_key, passphrase))
    _write(folder / "root.crt", _pem(root))
    until = at + dt.timedelta(days=365 * _YEARS)
    for purpose in _SIGNERS:
        key = new_key(purpose)
        if not isinstance(key, EllipticCurvePrivateKey):
            raise InputError(f"a {purpose} key is an elliptic-curve key.")
        leaf = issue(
            purpose,
            key.public_key(),
            root,
            root_key,
            at=at,
            until=until,
            serial=serial(),
            name=f"{name} {purpose.value}",
        )
        _write(folder / f"{purpose.value}.key", lock_key(key, passphrase))
        _write(folder / f"{purpose.value}.crt", _pem(leaf) + _pem(root))
    log_key = new_key(KeyPurpose.LOG)
    _write(folder / "log.key", lock_key(log_key, passphrase))
    _write(folder / "log.pub", public_bytes(log_key).hex().encode())
    crl = make_crl(root, root_key, (), at=at, next_at=at + _CRL_LIFE, number=1)
    _write(folder / "root.crl", crl)
    salt, nonce = random.token(_SALT), random.token(_NONCE)
    box = AESGCM(_stretch(passphrase, salt)).encrypt(nonce, random.token(32), b"master")
    _write(folder / "master.box", salt + nonce + box)


class KeyFiles:
    """The keys of one office; each is unlocked when it is first needed."""

    def __init__(self, folder: Path, passphrase: Callable[[], bytes]) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._signers: dict[str, Signer] = {}
        self._log: Ed25519PrivateKey | None = None
        self._master: bytes | None = None

    def certificates(self, purpose: KeyPurpose, holder: str = "") -> tuple[bytes, ...]:
        """Return a purpose's chain, DER, leaf first.

        Raises:
            NotFoundError: that holder has no key here.
        """
        name = _name_of(purpose, holder)
        if holder and not (self._folder / f"{name}.crt").exists():
            raise NotFoundError(
                f"workshop {holder} has no key and certificate yet: make them with "
                f"'paperless scan workshop-key {holder}'."
            )
        pem = self._read(f"{name}.crt")
        return tuple(
            each.public_bytes(Encoding.DER) for each in load_pem_x509_certificates(pem)
        )

    def signer(self, purpose: KeyPurpose, holder: str = "") -> Signer:
        """Return the signer of one purpose.

        Raises:
            KeyLockedError: the passphrase does not open its file.
            NotFoundError: that holder has no key here.
        """
        name = _name_of(purpose, holder)
        if name not in self._signers:
            chain = self.certificates(purpose, holder)
            place = self._folder / f"{name}.p11"
            if place.exists():
                where = read_place(place.read_text(encoding="utf-8"), name)
                self._signers[name] = Pkcs11Signer(where, chain)
            else:
                key = unlock_key(self._read(f"{name}.key"), self._passphrase())
                self._signers[name] = LocalSigner(key, chain)
        return self._signers[name]

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
        """Make a workshop's key and certificate once; return the certificate, DER.

        Args:
            holder: the workshop's id, part of the file's name.
            name: in whose name it signs.
            unit: stands beside the name in the certificate, or "".
            algorithm: a name of ``trust.keys``.
            module: where a hardware module makes and keeps the key, as TOML for
                ``adapters.hsm``; "" makes a key file.
            at: when the certificate begins, aware.

        Raises:
            ConflictError: the holder has a key of another name or algorithm.
            KeyLockedError: the passphrase does not open the root's key.
            StorageError: the folder cannot be written.
        """
        stem = _name_of(KeyPurpose.SCAN, holder)
        if (self._folder / f"{stem}.crt").exists():
            known = self.certificates(KeyPurpose.SCAN, holder)[0]
            if (subject_name(known), algorithm_of(known)) != (name, algorithm):
                raise ConflictError(
                    f"workshop {holder} has a key of {subject_name(known)} "
                    f"({algorithm_of(known)}) already; it is kept."
                )
            return known
        if module:
            public = make_hsm_key(read_place(module, stem), algorithm)
            secret, ending = module.encode(), "p11"
        else:
            key = new_key(KeyPurpose.SCAN, algorithm)
            public = key.public_key()
            secret, ending = lock_key(key, self._passphrase()), "key"
        root = self.certificates(KeyPurpose.ROOT)[0]
        leaf = issue(
            KeyPurpose.SCAN,
            public,
            root,
            self._unlock(KeyPurpose.ROOT),
            at=at,
            until=at + dt.timedelta(days=365 * _YEARS),
            # As hard to guess as the key, and no other certificate's.
            serial=int.from_bytes(sha256(public_bytes(public))[:16], "big") >> 1,
            name=name,
            unit=unit,
        )
        try:
            # 1. The key, under its passphrase, or where it lies. A crash here leaves
            #    a key nobody certified; the repeat writes over it.
            _write(self._folder / f"{stem}.{ending}", secret)
            # 2. The certificate, in one step: from here on the holder has a key.
            draft = self._folder / f"{stem}.crt.new"
            _write(draft, _pem(leaf) + _pem(root))
            draft.rename(self._folder / f"{stem}.crt")
            _sync(self._folder)
        except OSError as error:
            raise StorageError(
                f"The key of {name} could not be written ({error.strerror}): free "
                "some space, then try again."
            ) from error
        return leaf

    def log_public(self) -> bytes:
        """Return the log's Ed25519 public key, 32 bytes."""
        return bytes.fromhex(self._read("log.pub").decode())

    def log_key(self) -> tuple[bytes, Callable[[bytes], bytes]]:
        """Return the log's public key and its signing function.

        Raises:
            KeyLockedError: the passphrase does not open its file.
        """
        if self._log is None:
            key = self._unlock(KeyPurpose.LOG)
            if not isinstance(key, Ed25519PrivateKey):
                raise KeyLockedError("log.key is not an Ed25519 key; restore it.")
            self._log = key
        return public_bytes(self._log), self._log.sign

    def master(self) -> bytes:
        """Return the secret the named secrets are derived from, 32 bytes.

        Raises:
            KeyLockedError: the passphrase does not open its file.
        """
        if self._master is None:
            data = self._read("master.box")
            salt, nonce = data[:_SALT], data[_SALT : _SALT + _NONCE]
            box = AESGCM(_stretch(self._passphrase(), salt))
            try:
                self._master = box.decrypt(nonce, data[_SALT + _NONCE :], b"master")
            except InvalidTag as error:
                raise _wrong() from error
        return self._master

    def crl(self) -> bytes:
        """Return the newest revocation list, DER."""
        return self._read("root.crl")

    def renew_crl(self, at: dt.datetime) -> bool:
        """Sign a fresh revocation list when the newest ends within 60 days."""
        newest = load_der_x509_crl(self.crl())
        ends = newest.next_update_utc
        if ends is not None and at + _CRL_RENEW < ends:
            return False
        root = self.certificates(KeyPurpose.ROOT)[0]
        fresh = make_crl(
            root,
            self._unlock(KeyPurpose.ROOT),
            [(each.serial_number, each.revocation_date_utc) for each in newest],
            at=at,
            next_at=at + _CRL_LIFE,
            number=int(at.timestamp()),
        )
        draft = self._folder / "root.crl.new"
        _write(draft, fresh)
        draft.rename(self._folder / "root.crl")
        return True

    def _unlock(self, purpose: KeyPurpose) -> PrivateKey:
        return unlock_key(self._read(f"{purpose.value}.key"), self._passphrase())

    def _read(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(
                f"no {name} in {self._folder}: run 'paperless init' or restore it."
            ) from error


def _name_of(purpose: KeyPurpose, holder: str) -> str:
    """Return the name of a key's files without their ending.

    Raises:
        InputError: the holder's id cannot be part of a file name.
    """
    if not holder:
        return purpose.value
    if not _HOLDER.fullmatch(holder):
        raise InputError(f"a workshop's id is letters, digits, . _ -, not {holder!r}.")
    return f"{purpose.value}-{holder}"


def _stretch(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase)


def _wrong() -> KeyLockedError:
    return KeyLockedError(
        "the passphrase does not open the office's keys; type it again or check "
        "PAPERLESS_PASSPHRASE_FILE."
    )


def _pem(der: bytes) -> bytes:
    return load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def _write(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
