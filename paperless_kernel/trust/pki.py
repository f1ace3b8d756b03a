"""The small PKI of one office: root, four certified keys, revocation lists.

Makes certificates and lists (RFC 5280, the part used here); the functions of
``chains`` that judge them are named here too. Decides nothing about whom to trust.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec

from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    AuthorityKeyIdentifier,
    BasicConstraints,
    CertificateBuilder,
    CertificateRevocationListBuilder,
    CRLNumber,
    ExtendedKeyUsage,
    KeyUsage,
    Name,
    NameAttribute,
    RevokedCertificateBuilder,
    SubjectKeyIdentifier,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from paperless_kernel.base.clock import aware
from paperless_kernel.base.errors import InputError
from paperless_kernel.trust.chains import chain_of, check_chain, check_not_revoked
from paperless_kernel.trust.keys import KeyPurpose, PrivateKey, PublicKey
from paperless_kernel.trust.x509 import (
    fingerprint,
    is_stamping_only,
    issuer_and_serial,
    may_sign,
    parse_certificate,
    serial_of,
    subject_name,
    validity,
)

__all__ = [
    "chain_of",
    "check_chain",
    "check_not_revoked",
    "fingerprint",
    "is_stamping_only",
    "issue",
    "issuer_and_serial",
    "make_crl",
    "make_root",
    "may_sign",
    "parse_certificate",
    "serial_of",
    "subject_name",
    "validity",
]

_P = ParamSpec("_P")
_ROOT_YEARS = 30
_DATED_KEYS = frozenset(
    {KeyPurpose.SCAN, KeyPurpose.VAULT, KeyPurpose.NOTICE, KeyPurpose.BILLING}
)


def _asked(make: Callable[_P, bytes]) -> Callable[_P, bytes]:
    """Say in the office's words what the library finds wrong with a wish."""

    @wraps(make)
    def made(*args: _P.args, **kwargs: _P.kwargs) -> bytes:
        try:
            return make(*args, **kwargs)
        except ValueError as error:
            raise InputError(f"{make.__name__} cannot do that: {error}") from error

    return made


@_asked
def make_root(name: str, key: PrivateKey, at: dt.datetime, serial: int) -> bytes:
    """Return a self-signed root in DER, valid for 30 years from ``at``.

    Args:
        name: the common name shown to people.
        key: the root's P-256 key.
        at: when it begins, aware; cut to the second.
        serial: positive, unique for this root.
    """
    begin = _whole(at)
    subject = _name(name)
    builder = _builder(subject, subject, key.public_key(), key.public_key(), serial)
    builder = builder.add_extension(BasicConstraints(ca=True, path_length=0), True)  # noqa: FBT003
    builder = builder.add_extension(_usage("key_cert_sign", "crl_sign"), True)  # noqa: FBT003
    until = begin.replace(year=begin.year + _ROOT_YEARS, day=min(begin.day, 28))
    return _signed(builder.not_valid_before(begin).not_valid_after(until), key)


@_asked
def issue(
    purpose: KeyPurpose,
    subject_key: PublicKey,
    issuer_cert: bytes,
    issuer_key: PrivateKey,
    *,
    at: dt.datetime,
    until: dt.datetime,
    serial: int,
    name: str,
    unit: str = "",
) -> bytes:
    """Return the certificate of one key of the office, in DER.

    A time-stamping key gets the critical extended usage timeStamping and no other
    (RFC 3161 section 2.3); signing keys get digitalSignature and contentCommitment.

    Args:
        purpose: what the key may sign; a root is made by `make_root`.
        subject_key: the public half.
        issuer_cert: the root, DER.
        issuer_key: the root's private key.
        at: when it begins, aware; cut to the second.
        until: when it ends, aware; cut to the second.
        serial: positive, unique for this root.
        name: the common name shown to people.
        unit: an organisational unit beside it, or "".

    Raises:
        InputError: a root was asked for.
    """
    if purpose is KeyPurpose.ROOT:
        raise InputError("a root is not issued by another root; use make_root.")
    issuer = parse_certificate(issuer_cert)
    builder = _builder(
        _name(name, unit), issuer.subject, subject_key, issuer_key.public_key(), serial
    )
    builder = builder.add_extension(BasicConstraints(ca=False, path_length=None), True)  # noqa: FBT003
    uses = ["digital_signature"]
    if purpose in _DATED_KEYS:
        uses.append("content_commitment")
    builder = builder.add_extension(_usage(*uses), True)  # noqa: FBT003
    if purpose is KeyPurpose.TSA:
        stamping = ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, True)  # noqa: FBT003
    begin, end = _whole(at), _whole(until)
    return _signed(builder.not_valid_before(begin).not_valid_after(end), issuer_key)


@_asked
def make_crl(
    issuer_cert: bytes,
    issuer_key: PrivateKey,
    revoked: Sequence[tuple[int, dt.datetime]],
    *,
    at: dt.datetime,
    next_at: dt.datetime,
    number: int,
) -> bytes:
    """Return a revocation list in DER.

    Args:
        issuer_cert: the root, DER.
        issuer_key: the root's private key.
        revoked: serial and instant of each revocation.
        at: thisUpdate, aware; cut to the second.
        next_at: nextUpdate, aware; a token made after it is not covered.
        number: grows with each list.
    """
    issuer = parse_certificate(issuer_cert)
    builder = (
        CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(_whole(at))
        .next_update(_whole(next_at))
        .add_extension(CRLNumber(number), critical=False)
        .add_extension(_issuer_key_id(issuer_key.public_key()), critical=False)
    )
    for serial, when in revoked:
        entry = RevokedCertificateBuilder().serial_number(serial)
        builder = builder.add_revoked_certificate(
            entry.revocation_date(_whole(when)).build()
        )
    made = builder.sign(
        issuer_key,
        _hash_for(issuer_key),
        ecdsa_deterministic=_deterministic(issuer_key),
    )
    return made.public_bytes(Encoding.DER)


def _builder(
    subject: Name,
    issuer: Name,
    key: PublicKey,
    issuer_key: PublicKey,
    serial: int,
) -> CertificateBuilder:
    return (
        CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial)
        .add_extension(SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(_issuer_key_id(issuer_key), critical=False)
    )


def _issuer_key_id(key: PublicKey) -> AuthorityKeyIdentifier:
    return AuthorityKeyIdentifier.from_issuer_public_key(key)


def _usage(*allowed: str) -> KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return KeyUsage(**{name: name in allowed for name in names})


def _signed(builder: CertificateBuilder, key: PrivateKey) -> bytes:
    return builder.sign(
        key, _hash_for(key), ecdsa_deterministic=_deterministic(key)
    ).public_bytes(Encoding.DER)


def _hash_for(key: PrivateKey) -> SHA256 | None:
    return None if isinstance(key, Ed25519PrivateKey) else SHA256()


def _deterministic(key: PrivateKey) -> bool | None:
    # The same facts give the same certificate, as with every other signature here.
    return True if isinstance(key, EllipticCurvePrivateKey) else None


def _name(text: str, unit: str = "") -> Name:
    parts = [NameAttribute(NameOID.COMMON_NAME, text)]
    if unit:
        parts.insert(0, NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    return Name(parts)


def _whole(at: dt.datetime) -> dt.datetime:
    return aware(at).replace(microsecond=0)
