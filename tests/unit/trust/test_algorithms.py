from __future__ import annotations

from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from paperless_kernel.trust.algorithms import (
    ECDSA_SHA256,
    digest_id,
    digest_name,
    digest_of_signature,
    verify_signature,
)
from paperless_kernel.trust.der import DerError, Element, Reader, oid, sequence, tlv

RSA = "1.2.840.113549.1.1.1"
RSA_SHA256 = "1.2.840.113549.1.1.11"
RSA_PSS = "1.2.840.113549.1.1.10"
SHA384_ECDSA = "1.2.840.10045.4.3.3"
NULL = tlv(5)


def _id(dotted: str, *more: bytes) -> Element:
    return Reader(sequence(oid(dotted), *more)).any()


def test_digests_have_names_both_ways() -> None:
    for name in ("sha256", "sha384", "sha512", "sha3-512", "sha1"):
        assert digest_name(Reader(digest_id(name)).any()) == name
    for wrong in (_id("1.2.3"), _id("2.16.840.1.101.3.4.2.1", NULL, NULL)):
        with pytest.raises(DerError):
            digest_name(wrong)
    with pytest.raises(DerError, match="md5"):
        digest_id("md5")


def test_an_unknown_signature_algorithm_is_refused() -> None:
    assert digest_of_signature(_id(RSA_SHA256, NULL)) == "sha256"
    assert digest_of_signature(_id("1.3.101.112")) == "sha512"
    with pytest.raises(DerError, match=r"1\.2\.3"):
        digest_of_signature(_id("1.2.3"))


def test_elliptic_signatures_hold_under_their_own_name_only() -> None:
    key = derive_private_key(7, SECP256R1())
    signed, public = key.sign(b"m", ECDSA(SHA256())), key.public_key()
    right = Reader(ECDSA_SHA256).any()
    verify_signature(public, right, "sha256", signed, b"m")
    with pytest.raises(InvalidSignature):
        verify_signature(public, right, "sha256", signed, b"n")
    for algorithm, name in (
        (right, "sha384"),
        (_id(SHA384_ECDSA), "sha256"),
        (_id("1.3.101.112"), "sha256"),
        (_id("1.2.840.10045.4.3.2", NULL), "sha256"),
    ):
        with pytest.raises(DerError):
            verify_signature(public, algorithm, name, signed, b"m")


def test_edwards_signatures_hold_under_their_own_name_only() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signed = key.sign(b"m")
    verify_signature(key.public_key(), _id("1.3.101.112"), "sha512", signed, b"m")
    for public, name in ((key.public_key(), "1.2.3"), (b"no key", "1.3.101.112")):
        with pytest.raises(DerError, match="go with the key"):
            verify_signature(public, _id(name), "sha512", signed, b"m")


@pytest.fixture(scope="module")
def rsa() -> Any:
    return generate_private_key(65537, 2048)


def test_rsa_signatures_hold_under_either_name(rsa: Any) -> None:
    signed, public = rsa.sign(b"m", PKCS1v15(), SHA256()), rsa.public_key()
    for right in (_id(RSA, NULL), _id(RSA_SHA256, NULL), _id(RSA_SHA256)):
        verify_signature(public, right, "sha256", signed, b"m")
    for algorithm, name in (
        (_id(RSA_SHA256, oid("1.2.3")), "sha256"),
        (_id(RSA_SHA256, NULL), "sha512"),
        (_id("1.2.840.113549.1.1.13", NULL), "sha256"),
    ):
        with pytest.raises(DerError):
            verify_signature(public, algorithm, name, signed, b"m")


def test_pss_signatures_hold_with_the_digest_they_name(rsa: Any) -> None:
    signed = rsa.sign(b"m", PSS(MGF1(SHA256()), 32), SHA256())
    sha256 = sequence(oid("2.16.840.1.101.3.4.2.1"), NULL)
    mask = sequence(oid("1.2.840.113549.1.1.8"), sha256)
    parameters = sequence(
        tlv(0xA0, sha256), tlv(0xA1, mask), tlv(0xA2, b"\x02\x01\x20")
    )
    algorithm = _id(RSA_PSS, parameters)
    assert digest_of_signature(algorithm) == "sha256"
    verify_signature(rsa.public_key(), algorithm, "sha256", signed, b"m")
    with pytest.raises(DerError, match="digest"):
        verify_signature(rsa.public_key(), algorithm, "sha512", signed, b"m")
