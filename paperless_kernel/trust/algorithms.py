"""Signature and digest algorithms as ASN.1 names them, and verifying one signature.

Knows which algorithms proofs made elsewhere may use. Decides nothing about how long an
algorithm may be relied on.
"""

from __future__ import annotations

import hashlib

from asn1crypto.algos import RSASSAPSSParams, SignedDigestAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import (
    SHA1,
    SHA256,
    SHA384,
    SHA512,
    HashAlgorithm,
)

from paperless_kernel.trust.der import (
    NULL,
    OID,
    DerError,
    Element,
    oid,
    read_oid,
    sequence,
    tlv,
)

_NULL = tlv(NULL)
SHA256_ID = sequence(oid("2.16.840.1.101.3.4.2.1"))
"""AlgorithmIdentifier of SHA-256 without parameters (RFC 5754 section 2)."""
ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))
"""AlgorithmIdentifier of ECDSA over SHA-256 (RFC 5758)."""

RSA_SHA256 = sequence(oid("1.2.840.113549.1.1.11"), _NULL)
"""AlgorithmIdentifier of RSA with SHA-256, PKCS#1 v1.5 (RFC 5754 section 3.2)."""

_DIGESTS = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.10": "sha3-512",
}
_OIDS = {name: dotted for dotted, name in _DIGESTS.items()}
_HASHES: dict[str, HashAlgorithm] = {
    "sha1": SHA1(),  # noqa: S303 - only in proofs made elsewhere, long ago
    "sha256": SHA256(),
    "sha384": SHA384(),
    "sha512": SHA512(),
}
_RSA = "1.2.840.113549.1.1.1"
_RSA_PSS = "1.2.840.113549.1.1.10"
_ED25519 = "1.3.101.112"
_RSA_WITH = {
    "1.2.840.113549.1.1.5": "sha1",
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
}
_ECDSA_WITH = {
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}


def digest_id(name: str) -> bytes:
    """Return a digest's AlgorithmIdentifier as time-stamps carry it, with NULL."""
    if name not in _OIDS:
        raise DerError(f"digest algorithm {name!r} has no name in ASN.1 here")
    return sequence(oid(_OIDS[name]), _NULL)


def digest_name(identifier: Element) -> str:
    """Return the name of a digest from its AlgorithmIdentifier.

    Raises:
        DerError: an algorithm that is not used, or parameters other than NULL.
    """
    fields = identifier.read()
    dotted = read_oid(fields.take(OID))
    parameters = fields.take_if(NULL)
    fields.end()
    if dotted not in _DIGESTS or (parameters and parameters.raw != _NULL):
        raise DerError(f"digest algorithm {dotted} is not used here")
    return _DIGESTS[dotted]


def hash_of(name: str, data: bytes) -> bytes:
    """Return a digest under any algorithm of the table, also ones only others use."""
    return hashlib.new(name.replace("sha3-", "sha3_"), data).digest()


def digest_of_signature(algorithm: Element) -> str:
    """Return the digest a signature's AlgorithmIdentifier names (not plain RSA's).

    Raises:
        DerError: it names none, or one that is not used here.
    """
    dotted = read_oid(algorithm.read().take(OID))
    if dotted == _RSA_PSS:
        return str(_pss(algorithm)["hash_algorithm"]["algorithm"].native)
    if dotted == _ED25519:
        return "sha512"
    found = _RSA_WITH.get(dotted) or _ECDSA_WITH.get(dotted)
    if found is None:
        raise DerError(f"signature algorithm {dotted} is not used here")
    return found


def verify_signature(
    key: object, algorithm: Element, name: str, signature: bytes, message: bytes
) -> None:
    """Raise unless ``signature`` over ``message`` is by ``key``.

    Args:
        key: the signer's public key.
        algorithm: the signature's AlgorithmIdentifier as found.
        name: the digest that goes with it.
        signature: raw.
        message: what was signed.

    Raises:
        InvalidSignature: it is not.
        DerError: the algorithm is not used here, or fits neither digest nor key.
    """
    fields = algorithm.read()
    dotted = read_oid(fields.take(OID))
    if isinstance(key, RSAPublicKey):
        _verify_rsa(key, dotted, algorithm, name, signature, message)
        return
    fields.end()  # the other algorithms have no parameters
    if isinstance(key, EllipticCurvePublicKey):
        _goes_with(_ECDSA_WITH, dotted, name)
        key.verify(signature, message, ECDSA(_HASHES[name]))
    elif isinstance(key, Ed25519PublicKey) and dotted == _ED25519:
        key.verify(signature, message)
    else:
        raise DerError(f"signature algorithm {dotted} does not go with the key")


def _verify_rsa(
    key: RSAPublicKey,
    dotted: str,
    algorithm: Element,
    name: str,
    signature: bytes,
    message: bytes,
) -> None:
    if dotted == _RSA_PSS:
        found = _pss(algorithm)
        inner = found["mask_gen_algorithm"]["parameters"]["algorithm"].native
        if found["hash_algorithm"]["algorithm"].native != name:
            raise DerError("the signature algorithm does not go with the digest")
        scheme = PSS(MGF1(_HASHES[inner]), int(found["salt_length"].native))
        key.verify(signature, message, scheme, _HASHES[name])
        return
    if algorithm.content not in (oid(dotted), oid(dotted) + _NULL):
        raise DerError("the signature algorithm has parameters it should not have")
    if dotted != _RSA:
        _goes_with(_RSA_WITH, dotted, name)
    key.verify(signature, message, PKCS1v15(), _HASHES[name])


def _pss(algorithm: Element) -> RSASSAPSSParams:
    found = SignedDigestAlgorithm.load(algorithm.raw, strict=True)
    return found["parameters"]


def _goes_with(table: dict[str, str], dotted: str, name: str) -> None:
    if table.get(dotted) != name:
        raise DerError(
            f"signature algorithm {dotted} does not go with digest {name} or the key"
        )
