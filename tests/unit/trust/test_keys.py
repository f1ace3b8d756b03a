from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP384R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    generate_private_key as generate_rsa,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from paperless_kernel.base.errors import InputError, KeyLockedError, UnsupportedError
from paperless_kernel.trust.keys import (
    RSA_3072,
    KeyPurpose,
    LocalSigner,
    lock_key,
    new_key,
    public_bytes,
    unlock_key,
)


@pytest.mark.parametrize("purpose", [KeyPurpose.LOG, KeyPurpose.VAULT])
def test_a_locked_key_opens_with_its_passphrase_only(purpose: KeyPurpose) -> None:
    key = new_key(purpose)
    file = lock_key(key, b"correct horse")
    assert file.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert public_bytes(unlock_key(file, b"correct horse")) == public_bytes(key)
    for wrong in (b"correct hors", b""):
        with pytest.raises(KeyLockedError, match="passphrase"):
            unlock_key(file, wrong)


def test_locking_twice_gives_the_same_file_but_each_key_its_own() -> None:
    key, other = new_key(KeyPurpose.TSA), new_key(KeyPurpose.TSA)
    assert lock_key(key, b"same") == lock_key(key, b"same")
    assert lock_key(key, b"same") != lock_key(key, b"another")
    assert lock_key(key, b"same")[:200] != lock_key(other, b"same")[:200]


def test_an_empty_passphrase_is_refused() -> None:
    with pytest.raises(InputError, match="passphrase"):
        lock_key(new_key(KeyPurpose.LOG), b"")


@pytest.mark.parametrize("keep", [0, 20, 200])
def test_a_damaged_key_file_says_so(keep: int) -> None:
    file = lock_key(new_key(KeyPurpose.LOG), b"p")
    with pytest.raises(KeyLockedError, match="damaged"):
        unlock_key(file[:keep], b"p")


def test_a_key_file_of_another_curve_is_refused() -> None:
    key = generate_private_key(SECP384R1())
    with pytest.raises(UnsupportedError, match="P-256"):
        LocalSigner(key)
    file = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"p")
    )
    assert public_bytes(unlock_key(file, b"p")) == public_bytes(key)


def test_an_rsa_key_has_3072_bits() -> None:
    with pytest.raises(UnsupportedError, match="3072 bits"):
        LocalSigner(generate_rsa(65537, 2048))
    key = new_key(KeyPurpose.SCAN, RSA_3072)
    signer = LocalSigner(unlock_key(lock_key(key, b"p"), b"p"))
    assert signer.algorithm == RSA_3072
    assert signer.sign(b"m") == signer.sign(b"m")
    public = key.public_key()
    assert isinstance(public, RSAPublicKey)
    public.verify(signer.sign(b"m"), b"m", PKCS1v15(), SHA256())
    with pytest.raises(UnsupportedError, match="no rsa-1024"):
        new_key(KeyPurpose.SCAN, "rsa-1024")


def test_a_key_file_of_another_kind_is_refused() -> None:
    file = Ed448PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"p")
    )
    with pytest.raises(KeyLockedError, match="P-256, RSA-3072 or Ed25519"):
        unlock_key(file, b"p")


def test_signatures_verify_and_repeat() -> None:
    log, vault = new_key(KeyPurpose.LOG), new_key(KeyPurpose.VAULT)
    signer = LocalSigner(log)
    public = log.public_key()
    assert isinstance(public, Ed25519PublicKey)
    public.verify(signer.sign(b"m"), b"m")
    assert (signer.algorithm, signer.certificates) == ("ed25519", ())
    signer, certified = LocalSigner(vault), vault.public_key()
    assert isinstance(certified, EllipticCurvePublicKey)
    certified.verify(signer.sign(b"m"), b"m", ECDSA(SHA256()))
    assert signer.algorithm == "ecdsa-p256-sha256"
    assert signer.sign(b"m") == signer.sign(b"m")
    assert len(public_bytes(log)) == 32


def test_a_certificate_of_another_key_is_refused(pki: object) -> None:
    chain = pki.vault.certificates  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="another key"):
        LocalSigner(new_key(KeyPurpose.VAULT), chain)
