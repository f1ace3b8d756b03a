"""Private keys: what they are for, how one signs, how a key file is locked.

Knows P-256, RSA-3072, Ed25519 and PKCS#8. Knows neither where key files lie nor who
may sign; that is the keeper's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    generate_private_key as generate_rsa_key,
)
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from paperless_kernel.base.errors import InputError, KeyLockedError, UnsupportedError
from paperless_kernel.trust.der import integer, octets, oid, sequence
from paperless_kernel.trust.x509 import parse_certificate

PrivateKey = EllipticCurvePrivateKey | RSAPrivateKey | Ed25519PrivateKey
PublicKey = EllipticCurvePublicKey | RSAPublicKey | Ed25519PublicKey

ECDSA_P256 = "ecdsa-p256-sha256"
RSA_3072 = "rsa-3072-sha256"
"""PKCS#1 v1.5 over SHA-256 (RFC 8017, 8.2): deterministic, as the others are."""
ED25519 = "ed25519"

# RFC 6979: the same message gives the same signature, so a repeated step repeats its
# bytes and no weak generator can leak the key.
_SIGNING = ECDSA(SHA256(), deterministic_signing=True)

# OpenSSL's own scrypt figures: 16 MiB. Twice that is more than it agrees to read back.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 1
_RSA_BITS, _RSA_EXPONENT = 3072, 65537
_KEY_SIZE, _SALT_SIZE, _IV_SIZE = 32, 16, 16
_PBES2 = "1.2.840.113549.1.5.13"
_SCRYPT = "1.3.6.1.4.1.11591.4.11"
_AES256_CBC = "2.16.840.1.101.3.4.1.42"
_LABEL = "ENCRYPTED PRIVATE KEY"


class KeyPurpose(StrEnum):
    """What a key may sign; one key, one purpose."""

    ROOT = "root"
    SCAN = "scan"
    VAULT = "vault"
    NOTICE = "notice"
    BILLING = "billing"
    TSA = "tsa"
    LOG = "log"


class Signer(Protocol):
    """Anything that signs: a key in this process, the keeper's socket, an HSM."""

    @property
    def algorithm(self) -> str:
        """Return `ECDSA_P256`, `RSA_3072` or `ED25519`."""

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """Return the chain in DER: the signer's own first, the root last."""

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature over ``message`` (over SHA-256; ECDSA: in DER)."""


class LocalSigner:
    """Signs with a private key held in this process.

    Args:
        private_key: P-256, RSA-3072 or Ed25519.
        certificates: its chain in DER, its own first; empty for a log key.

    Raises:
        InputError: the first certificate is another key's.
        UnsupportedError: the key is of another kind.
    """

    def __init__(
        self, private_key: PrivateKey, certificates: tuple[bytes, ...] = ()
    ) -> None:
        self._key = private_key
        self._algorithm = _algorithm(private_key)
        self._certificates = tuple(certificates)
        if certificates and public_bytes(_public_key(certificates[0])) != public_bytes(
            private_key
        ):
            raise InputError(
                "the certificate belongs to another key; give the key its own chain."
            )

    @property
    def algorithm(self) -> str:
        """Return `ECDSA_P256`, `RSA_3072` or `ED25519`."""
        return self._algorithm

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """Return the chain in DER: the signer's own first, the root last."""
        return self._certificates

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature; the same message gives the same bytes."""
        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.sign(message)
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(message, PKCS1v15(), SHA256())
        return self._key.sign(message, _SIGNING)


def new_key(purpose: KeyPurpose, algorithm: str = ECDSA_P256) -> PrivateKey:
    """Draw a key: Ed25519 for the log, P-256 or RSA-3072 for what is certified.

    The one function of ``trust`` that is not pure: the library draws the key itself.

    Raises:
        UnsupportedError: another algorithm was asked for.
    """
    if purpose is KeyPurpose.LOG:
        return Ed25519PrivateKey.generate()
    if algorithm == RSA_3072:
        return generate_rsa_key(_RSA_EXPONENT, _RSA_BITS)
    if algorithm != ECDSA_P256:
        raise UnsupportedError(f"keys are {ECDSA_P256} or {RSA_3072}, no {algorithm}.")
    return generate_private_key(SECP256R1())


def public_bytes(key: PrivateKey | PublicKey) -> bytes:
    """Return the public half: 32 raw bytes (Ed25519) or SubjectPublicKeyInfo DER."""
    if isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey | Ed25519PrivateKey):
        return public_bytes(key.public_key())
    if isinstance(key, Ed25519PublicKey):
        return key.public_bytes_raw()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def lock_key(private_key: PrivateKey, passphrase: bytes) -> bytes:
    """Return the key as PEM: PKCS#8 under PBES2, scrypt and AES-256-CBC (RFC 7914).

    ``openssl pkey`` reads it. Salt and IV come from the key itself under HMAC, so they
    differ from key to key, tell nothing about a 256-bit key, and locking twice under
    one passphrase gives the same file.

    Raises:
        InputError: the passphrase is empty.
    """
    if not passphrase:
        raise InputError("a key file needs a passphrase; give one.")
    plain = private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    noise = hmac.digest(plain, b"paperless-kernel key file", hashlib.sha256)
    salt, iv = noise[:_SALT_SIZE], noise[_SALT_SIZE:][:_IV_SIZE]
    derive = Scrypt(salt=salt, length=_KEY_SIZE, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P)
    padder = padding.PKCS7(_IV_SIZE * 8).padder()
    cipher = Cipher(AES256(derive.derive(passphrase)), CBC(iv)).encryptor()
    box = cipher.update(padder.update(plain) + padder.finalize()) + cipher.finalize()
    scheme = sequence(
        oid(_PBES2),
        sequence(
            sequence(
                oid(_SCRYPT),
                sequence(
                    octets(salt),
                    *map(integer, (_SCRYPT_N, _SCRYPT_R, _SCRYPT_P, _KEY_SIZE)),
                ),
            ),
            sequence(oid(_AES256_CBC), octets(iv)),
        ),
    )
    text = base64.b64encode(sequence(scheme, octets(box))).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(
        (f"-----BEGIN {_LABEL}-----", *lines, f"-----END {_LABEL}-----", "")
    ).encode("ascii")


def unlock_key(pem: bytes, passphrase: bytes) -> PrivateKey:
    """Return the private key of a file `lock_key` (or ``openssl pkcs8``) wrote.

    Raises:
        KeyLockedError: the passphrase is wrong or the file is damaged.
    """
    try:
        key = load_pem_private_key(pem, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyLockedError(
            "the key file did not open: the passphrase is wrong or the file is "
            "damaged; try the passphrase again, or restore the file from its backup."
        ) from error
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey | Ed25519PrivateKey):
        raise KeyLockedError(
            "the key file holds a kind of key that is not used here; keys are P-256, "
            "RSA-3072 or Ed25519."
        )
    return key


def algorithm_of(certificate: bytes) -> str:
    """Return the algorithm the key of a certificate (DER) signs with.

    Raises:
        UnsupportedError: its key is of a kind that is not used here.
    """
    return _algorithm(_public_key(certificate))


def _algorithm(key: PrivateKey | PublicKey) -> str:
    if isinstance(key, Ed25519PrivateKey | Ed25519PublicKey):
        return ED25519
    if isinstance(key, RSAPrivateKey | RSAPublicKey):
        if key.key_size != _RSA_BITS:
            raise UnsupportedError(
                f"RSA keys have {_RSA_BITS} bits here, not {key.key_size}."
            )
        return RSA_3072
    if isinstance(key.curve, SECP256R1):
        return ECDSA_P256
    raise UnsupportedError(f"curve {key.curve.name} is not used here; use P-256.")


def _public_key(certificate: bytes) -> PublicKey:
    key = parse_certificate(certificate).public_key()
    if not isinstance(key, EllipticCurvePublicKey | RSAPublicKey | Ed25519PublicKey):
        raise UnsupportedError(
            "the certificate's key is neither P-256 nor RSA-3072 nor Ed25519."
        )
    return key
