from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from paperless_kernel.base.errors import EvidenceError, UnsupportedError
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.keys import RSA_3072, KeyPurpose, LocalSigner, new_key
from paperless_kernel.trust.pki import issue
from paperless_kernel.trust.signatures import check_cms, sign_cms
from paperless_kernel.trust.timestamps import check_token

WORDS = "증명서 본문".encode()
KIND = "2.25.77"


@pytest.fixture(scope="module")
def detached(pki: Any) -> bytes:
    return sign_cms(WORDS, pki.vault, detached=True, signed_at=pki.at)


def test_a_detached_signature_says_who_and_when(pki: Any, detached: bytes) -> None:
    facts = check_cms(detached, WORDS)
    assert facts.chain == pki.vault.certificates
    assert facts.signed_at == pki.at.replace(microsecond=0)
    assert (facts.content, facts.content_type) == (WORDS, "data")
    assert facts.crls == facts.others == ()
    assert WORDS not in detached


def test_an_attached_signature_carries_content_type_and_lists(pki: Any) -> None:
    made = sign_cms(
        WORDS, pki.vault, detached=False, content_type=KIND, crls=(pki.crl,)
    )
    facts = check_cms(made)
    assert (facts.content, facts.content_type) == (WORDS, KIND)
    assert facts.signed_at is None
    assert facts.crls == (pki.crl,)
    assert check_cms(made, WORDS) == facts
    with pytest.raises(EvidenceError, match="not the document given"):
        check_cms(made, WORDS + b" ")


def test_the_same_content_gives_the_same_bytes(pki: Any, detached: bytes) -> None:
    assert sign_cms(WORDS, pki.vault, detached=True, signed_at=pki.at) == detached
    assert sign_cms(WORDS, pki.vault, detached=True) != detached


def test_time_after_2049_is_written_the_other_way(pki: Any) -> None:
    late = dt.datetime(2051, 1, 1, tzinfo=dt.UTC)
    signer = pki.signer(KeyPurpose.SCAN, "먼 날", late + dt.timedelta(days=1))
    made = sign_cms(WORDS, signer, detached=True, signed_at=late)
    assert check_cms(made, WORDS).signed_at == late


def test_another_document_is_refused(detached: bytes) -> None:
    with pytest.raises(EvidenceError, match="digest differs"):
        check_cms(detached, WORDS + b"\n")
    with pytest.raises(EvidenceError, match="detached"):
        check_cms(detached)


def test_only_a_certified_p256_key_signs(pki: Any) -> None:
    log = LocalSigner(Ed25519PrivateKey.from_private_bytes(bytes(32)))
    for signer in (log, LocalSigner(pki.root_key)):
        with pytest.raises(UnsupportedError, match="certified P-256"):
            sign_cms(WORDS, signer, detached=True)


@pytest.fixture(scope="module")
def rsa(pki: Any) -> LocalSigner:
    """A signer with an RSA key, certified by the same root."""
    key = new_key(KeyPurpose.SCAN, RSA_3072)
    leaf = issue(
        KeyPurpose.SCAN,
        key.public_key(),
        pki.root,
        pki.root_key,
        at=pki.at,
        until=pki.until,
        serial=90,
        name="하나상사",
        unit="시험용",
    )
    return LocalSigner(key, (leaf, pki.root))


def test_an_rsa_key_signs_as_well(pki: Any, rsa: LocalSigner) -> None:
    made = sign_cms(WORDS, rsa, detached=True, crls=(pki.crl,))
    facts = check_cms(made, WORDS)
    assert facts.chain == rsa.certificates
    assert sign_cms(WORDS, rsa, detached=True, crls=(pki.crl,)) == made
    with pytest.raises(EvidenceError, match="digest differs"):
        check_cms(made, WORDS + b"!")


def test_no_byte_of_an_rsa_signature_can_be_otherwise(
    rsa: LocalSigner, assert_flips_refused: Any
) -> None:
    made = sign_cms(WORDS, rsa, detached=True)
    assert_flips_refused(made, lambda data: check_cms(data, WORDS))


def test_a_time_over_the_signature_is_let_in_only_where_it_is_judged(pki: Any) -> None:
    made = sign_cms(WORDS, pki.vault, detached=True, stamp=pki.stamp)
    facts = check_cms(made, WORDS, stamped=True)
    assert facts.token is not None
    stamped = check_token(facts.token, sha256(facts.signature), "sha256")
    assert stamped.gen_time == pki.clock.now()
    assert check_cms(made, WORDS, foreign=True).chain == pki.vault.certificates
    with pytest.raises(EvidenceError, match="unsigned"):
        check_cms(made, WORDS)


class Impostor:
    """Signs with one key and shows the chain of another."""

    algorithm = "ecdsa-p256-sha256"

    def __init__(self, signer: LocalSigner, certificates: tuple[bytes, ...]) -> None:
        self.sign = signer.sign
        self.certificates = certificates


def test_the_wrong_signer_is_refused(pki: Any) -> None:
    made = sign_cms(
        WORDS, Impostor(pki.tsa_signer, pki.vault.certificates), detached=True
    )
    with pytest.raises(EvidenceError, match="signature does not match"):
        check_cms(made, WORDS)


def test_an_injected_certificate_is_refused(pki: Any) -> None:
    chain = (*pki.vault.certificates, pki.tsa_signer.certificates[0])
    made = sign_cms(WORDS, Impostor(pki.vault, chain), detached=True)
    for foreign in (False, True):
        with pytest.raises(EvidenceError, match="시험 시점확인"):
            check_cms(made, WORDS, foreign=foreign)


def test_an_injected_revocation_list_is_refused(pki: Any) -> None:
    made = sign_cms(WORDS, pki.vault, detached=True, crls=(pki.crl, pki.crl))
    with pytest.raises(EvidenceError, match="does not use"):
        check_cms(made, WORDS)


def test_a_chain_without_its_root_holds_only_as_foreign(pki: Any) -> None:
    alone = Impostor(pki.vault, pki.vault.certificates[:1])
    made = sign_cms(WORDS, alone, detached=True)
    assert check_cms(made, WORDS, foreign=True).chain == alone.certificates
    with pytest.raises(EvidenceError, match="issuer is not in the chain"):
        check_cms(made, WORDS)


def test_a_root_signs_no_document(pki: Any) -> None:
    made = sign_cms(WORDS, LocalSigner(pki.root_key, (pki.root,)), detached=True)
    with pytest.raises(EvidenceError, match="may not sign"):
        check_cms(made, WORDS)


def test_a_claimed_time_outside_the_certificate_is_refused(pki: Any) -> None:
    made = sign_cms(
        WORDS, pki.vault, detached=True, signed_at=pki.until + dt.timedelta(days=1)
    )
    with pytest.raises(EvidenceError, match="expired"):
        check_cms(made, WORDS)


def test_what_follows_or_pads_is_refused(detached: bytes) -> None:
    longer = b"\x30\x83\x00" + detached[2:]
    for broken in (detached + b"\0", longer, detached[:-1], b"", b"\x30"):
        with pytest.raises(EvidenceError, match="CMS signature"):
            check_cms(broken, WORDS)


def test_no_byte_can_be_otherwise(
    pki: Any, detached: bytes, assert_flips_refused: Any
) -> None:
    assert_flips_refused(detached, lambda cms: check_cms(cms, WORDS))
    full = sign_cms(
        WORDS, pki.vault, detached=False, content_type=KIND, crls=(pki.crl,)
    )
    assert_flips_refused(full, check_cms)


def test_foreign_rules_leave_only_the_anchor_open(
    pki: Any, detached: bytes, assert_flips_refused: Any
) -> None:
    def check(cms: bytes) -> None:
        # A root renamed to be an intermediate cannot be told without its issuer; it
        # is another certificate then, and no anchor matches it.
        if check_cms(cms, WORDS, foreign=True).chain != pki.vault.certificates:
            raise EvidenceError("another anchor.")

    assert_flips_refused(detached, check)
