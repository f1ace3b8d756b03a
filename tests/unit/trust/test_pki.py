from __future__ import annotations

import datetime as dt
from inspect import signature
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    BasicConstraints,
    CertificateBuilder,
    KeyUsage,
    Name,
    NameAttribute,
    UnrecognizedExtension,
    load_der_x509_certificate,
)
from cryptography.x509.oid import NameOID, ObjectIdentifier

from paperless_kernel.base.errors import EvidenceError, InputError
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.pki import (
    chain_of,
    check_chain,
    check_not_revoked,
    fingerprint,
    is_stamping_only,
    issue,
    make_crl,
    make_root,
    may_sign,
    serial_of,
    subject_name,
    validity,
)

DAY = dt.timedelta(days=1)


def test_a_root_says_who_and_for_how_long(pki: Any) -> None:
    assert subject_name(pki.root) == "시험 루트"
    begin, end = validity(pki.root)
    assert begin == (pki.at - DAY).replace(microsecond=0)
    assert end.year == begin.year + 30
    assert serial_of(pki.root) == 1
    assert fingerprint(pki.root).startswith("sha256:")
    assert len(fingerprint(pki.root)) == 71
    assert not may_sign(pki.root)
    again = make_root("시험 루트", pki.root_key, pki.at - DAY, 1)
    assert again == pki.root


def test_the_last_of_february_does_not_stop_a_root(pki: Any) -> None:
    leap = dt.datetime(2028, 2, 29, tzinfo=dt.UTC)
    root = make_root("윤년", pki.root_key, leap, 1)
    assert validity(root)[1] == dt.datetime(2058, 2, 28, tzinfo=dt.UTC)


def test_each_purpose_gets_its_usage_and_no_other(pki: Any) -> None:
    stamping, signing = pki.tsa_signer.certificates[0], pki.vault.certificates[0]
    assert is_stamping_only(stamping)
    assert not is_stamping_only(signing)
    assert may_sign(signing)
    usage = load_der_x509_certificate(signing).extensions
    assert usage.get_extension_for_class(KeyUsage).value.content_commitment
    usage = load_der_x509_certificate(stamping).extensions
    assert not usage.get_extension_for_class(KeyUsage).value.content_commitment


def test_a_root_is_not_issued_and_a_name_must_be_one(pki: Any) -> None:
    for purpose, name in ((KeyPurpose.ROOT, "x"), (KeyPurpose.SCAN, "")):
        with pytest.raises(InputError):
            issue(
                purpose,
                pki.root_key.public_key(),
                pki.root,
                pki.root_key,
                at=pki.at,
                until=pki.until,
                serial=9,
                name=name,
            )


def test_impossible_dates_and_serials_are_refused(pki: Any) -> None:
    for until, serial in ((pki.at - DAY, 5), (pki.until, 0)):
        with pytest.raises(InputError, match="issue cannot do that"):
            issue(
                KeyPurpose.SCAN,
                pki.root_key.public_key(),
                pki.root,
                pki.root_key,
                at=pki.at,
                until=until,
                serial=serial,
                name="이름",
            )
    with pytest.raises(InputError, match="make_crl"):
        pki.revoking(next_at=pki.at - 2 * DAY)


def test_a_chain_is_put_in_order_and_holds(pki: Any) -> None:
    leaf, root = pki.vault.certificates
    assert chain_of((root, leaf)) == (leaf, root)
    assert chain_of((leaf, root), leaf) == (leaf, root)
    check_chain((leaf, root), pki.at)
    check_chain((root,), None)


def test_what_the_chain_does_not_use_is_refused(pki: Any) -> None:
    leaf, root = pki.vault.certificates
    other = pki.tsa_signer.certificates[0]
    with pytest.raises(EvidenceError, match="시험 시점확인"):
        chain_of((leaf, other, root), leaf)
    with pytest.raises(EvidenceError, match="do not form one chain"):
        chain_of((leaf, other, root))
    with pytest.raises(EvidenceError, match="twice"):
        chain_of((leaf, root, root))
    with pytest.raises(EvidenceError, match="not among"):
        chain_of((root,), leaf)
    for nothing in (chain_of, lambda none: check_chain(none, None)):
        with pytest.raises(EvidenceError, match="signer is unknown"):
            nothing(())


def test_a_chain_is_judged_at_an_instant(pki: Any) -> None:
    chain = pki.vault.certificates
    with pytest.raises(EvidenceError, match="expired at 2027"):
        check_chain(chain, pki.until + DAY)
    with pytest.raises(EvidenceError, match="not yet valid"):
        check_chain(chain, pki.at - 2 * DAY)


def test_a_root_of_the_same_name_is_not_the_root(pki: Any) -> None:
    leaf = pki.vault.certificates[0]
    twin = make_root("시험 루트", derive_private_key(77, SECP256R1()), pki.at - DAY, 1)
    with pytest.raises(EvidenceError, match=r"시험 보관소.*signature does not match"):
        check_chain((leaf, twin), pki.at)


def test_an_incomplete_chain_holds_only_where_that_is_said(pki: Any) -> None:
    leaf = pki.vault.certificates[0]
    check_chain((leaf,), pki.at, complete=False)
    with pytest.raises(EvidenceError, match="issuer is not in the chain"):
        check_chain((leaf,), pki.at)


def _below(pki: Any, *, ca: bool, odd: bool = False) -> bytes:
    key = derive_private_key(55, SECP256R1()).public_key()
    allowed = dict.fromkeys(signature(KeyUsage).parameters, False) | {
        "key_cert_sign": ca
    }
    builder = (
        CertificateBuilder()
        .subject_name(Name([NameAttribute(NameOID.COMMON_NAME, "아래")]))
        .issuer_name(load_der_x509_certificate(pki.root).subject)
        .public_key(key)
        .serial_number(5)
        .not_valid_before(pki.at - DAY)
        .not_valid_after(pki.until)
        .add_extension(BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(KeyUsage(**allowed), critical=True)
    )
    if odd:
        strange = UnrecognizedExtension(ObjectIdentifier("2.25.1"), b"\x05\x00")
        builder = builder.add_extension(strange, critical=True)
    return builder.sign(pki.root_key, SHA256()).public_bytes(Encoding.DER)


def _leaf_under(pki: Any, issuer: bytes) -> bytes:
    key = derive_private_key(55, SECP256R1())
    return issue(
        KeyPurpose.SCAN,
        key.public_key(),
        issuer,
        key,
        at=pki.at,
        until=pki.until,
        serial=6,
        name="끼어든 것",
    )


def test_a_certificate_that_may_not_issue_issues_nothing(pki: Any) -> None:
    middle = _below(pki, ca=False)
    with pytest.raises(EvidenceError, match=r"'끼어든 것'.*may not issue"):
        check_chain((_leaf_under(pki, middle), middle, pki.root), pki.at)


def test_a_chain_longer_than_the_root_allows_is_refused(pki: Any) -> None:
    middle = _below(pki, ca=True)
    with pytest.raises(EvidenceError, match=r"'아래'.*longer"):
        check_chain((_leaf_under(pki, middle), middle, pki.root), pki.at)


def test_a_critical_extension_nobody_understands_is_refused(pki: Any) -> None:
    with pytest.raises(EvidenceError, match=r"2\.25\.1 is not understood"):
        check_chain((_below(pki, ca=False, odd=True), pki.root), pki.at)


def test_a_revocation_list_clears_or_condemns(pki: Any) -> None:
    chain = pki.vault.certificates
    mine = serial_of(chain[0])
    check_not_revoked(chain, (pki.crl,), pki.at)
    check_not_revoked(chain, (pki.revoking((mine, pki.at + DAY)),), pki.at)
    with pytest.raises(EvidenceError, match="revoked before"):
        check_not_revoked(chain, (pki.revoking((mine, pki.at - DAY)),), pki.at)


def test_a_revocation_list_must_be_there_be_used_and_cover_the_time(pki: Any) -> None:
    chain = pki.vault.certificates
    other = derive_private_key(88, SECP256R1())
    root = make_root("남의 루트", other, pki.at - DAY, 1)
    strange = make_crl(root, other, [], at=pki.at, next_at=pki.until, number=1)
    forged = make_crl(pki.root, other, [], at=pki.at, next_at=pki.until, number=1)
    old = pki.revoking(next_at=pki.at - dt.timedelta(hours=1))
    early = pki.revoking(at=pki.at + DAY)
    for crls, why in (
        ((), "no list"),
        ((old,), "no list"),
        ((early,), "no list"),
        ((strange,), "no list"),
        ((pki.crl, strange), "does not use"),
        ((forged,), "signature does not match"),
        ((b"\x30\x00",), "broken"),
    ):
        with pytest.raises(EvidenceError, match=why):
            check_not_revoked(chain, crls, pki.at)


def test_no_byte_of_a_certificate_or_list_can_be_otherwise(
    pki: Any, assert_flips_refused: Any
) -> None:
    leaf, root = pki.vault.certificates
    assert_flips_refused(leaf, lambda der: check_chain((der, root), pki.at))
    assert_flips_refused(root, lambda der: check_chain((leaf, der), pki.at))
    assert_flips_refused(
        pki.crl, lambda der: check_not_revoked((leaf, root), (der,), pki.at)
    )
