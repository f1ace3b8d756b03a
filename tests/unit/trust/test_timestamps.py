from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from paperless_kernel.base.errors import (
    EvidenceError,
    InputError,
    UnavailableError,
)
from paperless_kernel.trust.der import (
    integer,
    octets,
    oid,
    precise_time,
    sequence,
    tlv,
)
from paperless_kernel.trust.digest import digest, sha256
from paperless_kernel.trust.keys import KeyPurpose, LocalSigner
from paperless_kernel.trust.pki import serial_of
from paperless_kernel.trust.signatures import TIME_STAMP_INFO, sign_cms
from paperless_kernel.trust.timestamps import (
    Revocation,
    check_token,
    imprint_of,
    make_request,
    read_response,
)

DIGEST = sha256(b"document")
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def token(pki: Any) -> bytes:
    made: bytes = pki.stamp(DIGEST)
    return made


def test_a_token_says_milliseconds_and_carries_its_proof(
    pki: Any, token: bytes
) -> None:
    facts = check_token(token, DIGEST, "sha256")
    assert facts.gen_time == pki.at
    assert facts.gen_time.microsecond == 123000
    assert facts.accuracy == dt.timedelta(seconds=1)
    assert facts.policy == pki.policy
    assert facts.chain == pki.tsa_signer.certificates
    assert facts.crls == (pki.crl,)
    assert facts.revocation is Revocation.CLEARED
    assert imprint_of(token) == ("sha256", DIGEST)


@pytest.mark.parametrize("name", ["sha256", "sha512", "sha3-512"])
def test_every_digest_in_use_can_be_stamped(pki: Any, name: str) -> None:
    value = digest(name, b"document")
    assert check_token(pki.stamp(value, name), value, name).algorithm == name


@pytest.mark.parametrize("micros", [0, 999, 120000, 100000, 7000])
def test_every_fraction_is_written_in_its_one_form(pki: Any, micros: int) -> None:
    pki.clock.move_to(pki.at.replace(microsecond=micros))
    found = check_token(pki.stamp(DIGEST), DIGEST, "sha256").gen_time
    assert found == pki.at.replace(microsecond=micros // 1000 * 1000)
    pki.clock.move_to(pki.at)


def test_serial_numbers_never_repeat(pki: Any) -> None:
    made = [check_token(pki.stamp(DIGEST), DIGEST, "sha256").serial for _ in range(3)]
    assert len(set(made)) == 3


def test_a_request_must_make_sense() -> None:
    with pytest.raises(InputError, match="no sha512 digest"):
        make_request(DIGEST, "sha512", 1)
    with pytest.raises(InputError, match="nonce"):
        make_request(DIGEST, "sha256", 0)


def test_a_token_over_another_digest_is_refused(token: bytes) -> None:
    for other, name in ((sha256(b"other"), "sha256"), (DIGEST, "sha512")):
        with pytest.raises(EvidenceError, match="another digest"):
            check_token(token, other, name)


def test_an_answer_to_another_request_is_refused(pki: Any) -> None:
    first, second = (make_request(DIGEST, "sha256", nonce) for nonce in (5, 6))
    response = pki.tsa.respond(first)
    assert read_response(response, first)
    with pytest.raises(EvidenceError, match="nonce"):
        read_response(response, second)
    with pytest.raises(EvidenceError, match="another digest"):
        read_response(response, make_request(sha256(b"x"), "sha256", 5))


def _request(**changed: bytes) -> bytes:
    parts = {
        "version": integer(1),
        "imprint": sequence(sequence(oid("2.16.840.1.101.3.4.2.1")), octets(DIGEST)),
        "policy": b"",
        "nonce": integer(9),
        "chain": tlv(0x01, b"\xff"),
        "extensions": b"",
    }
    return sequence(*(parts | changed).values())


@pytest.mark.parametrize(
    ("request_der", "why"),
    [
        (b"not asn.1", "not a request"),
        (_request(version=integer(2)), "version"),
        (_request(imprint=sequence(sequence(oid("1.2.3")), octets(DIGEST))), "1.2.3"),
        (
            _request(
                imprint=sequence(
                    sequence(oid("2.16.840.1.101.3.4.2.1")), octets(b"short")
                )
            ),
            "does not fit",
        ),
        (_request(policy=oid("1.2.3")), "policy here is"),
        (_request(chain=b""), "certReq"),
        (_request(extensions=tlv(0xA0, sequence())), "extension"),
    ],
)
def test_the_authority_refuses_with_a_reason(
    pki: Any, request_der: bytes, why: str
) -> None:
    response = pki.tsa.respond(request_der)
    with pytest.raises(UnavailableError, match=why):
        read_response(response, make_request(DIGEST, "sha256", 9))
    ours = read_response(pki.tsa.respond(_request()), _request())
    assert imprint_of(ours) == ("sha256", DIGEST)


def test_the_authority_stops_when_certificate_or_list_do_not_cover_now(
    pki: Any,
) -> None:
    request = make_request(DIGEST, "sha256", 9)
    mine = serial_of(pki.tsa_signer.certificates[0])
    stale = pki.authority(pki.tsa_signer, pki.revoking(next_at=pki.at - DAY / 2))
    revoked = pki.authority(pki.tsa_signer, pki.revoking((mine, pki.at - DAY)))
    for authority, why in ((stale, "no list"), (revoked, "revoked")):
        with pytest.raises(UnavailableError, match=why):
            read_response(authority.respond(request), request)
    pki.clock.move_to(pki.until + DAY)
    with pytest.raises(UnavailableError, match="expired"):
        read_response(pki.tsa.respond(request), request)
    pki.clock.move_to(pki.at)


def _token(
    pki: Any,
    signer: LocalSigner,
    *,
    at: dt.datetime | None = None,
    crls: tuple[bytes, ...] | None = None,
    kind: str = TIME_STAMP_INFO,
) -> bytes:
    info = sequence(
        integer(1),
        oid("1.2.3"),
        sequence(sequence(oid("2.16.840.1.101.3.4.2.1")), octets(DIGEST)),
        integer(1),
        precise_time(at or pki.at),
    )
    lists = (pki.crl,) if crls is None else crls
    return sign_cms(info, signer, detached=False, content_type=kind, crls=lists)


def test_what_no_authority_may_sign_is_refused(pki: Any) -> None:
    check_token(_token(pki, pki.tsa_signer), DIGEST, "sha256")
    for made, why in (
        (_token(pki, pki.vault), "not for time-stamping"),
        (_token(pki, pki.vault, kind="1.2.3"), "something else"),
        (_token(pki, pki.tsa_signer, kind="1.2.3"), "time-stamps alone"),
        (_token(pki, pki.tsa_signer, at=pki.until + DAY), "expired at"),
        (_token(pki, pki.tsa_signer, at=pki.at - 2 * DAY), "not yet valid"),
        (_token(pki, pki.tsa_signer, crls=()), "no list"),
        (_token(pki, pki.tsa_signer, crls=(pki.crl, pki.crl)), "does not use"),
    ):
        with pytest.raises(EvidenceError, match=why):
            check_token(made, DIGEST, "sha256")


def test_a_certificate_revoked_at_gen_time_is_refused_even_as_foreign(
    pki: Any,
) -> None:
    mine = serial_of(pki.tsa_signer.certificates[0])
    condemned = (pki.revoking((mine, pki.at - DAY)),)
    for foreign in (False, True):
        with pytest.raises(EvidenceError, match="revoked before"):
            check_token(
                _token(pki, pki.tsa_signer, crls=condemned),
                DIGEST,
                "sha256",
                foreign=foreign,
            )


def test_revocation_is_a_fact_and_no_demand_for_foreign_tokens(pki: Any) -> None:
    stale = (pki.revoking(next_at=pki.at - DAY / 2),)
    for crls, said in (
        ((), Revocation.ABSENT),
        (stale, Revocation.UNJUDGED),
        ((pki.crl,), Revocation.CLEARED),
    ):
        made = _token(pki, pki.tsa_signer, crls=crls)
        facts = check_token(made, DIGEST, "sha256", foreign=True)
        assert facts.revocation is said


def test_later_expiry_harms_no_token(pki: Any) -> None:
    short = pki.signer(KeyPurpose.TSA, "짧은", pki.at + DAY)
    made = _token(pki, short, at=pki.at)
    assert check_token(made, DIGEST, "sha256").gen_time == pki.at


def test_broken_responses_are_refused(pki: Any) -> None:
    request = make_request(DIGEST, "sha256", 9)
    response = pki.tsa.respond(request)
    for broken in (b"", b"<html>", response[:-1], response + b"\0"):
        with pytest.raises(EvidenceError, match="response"):
            read_response(broken, request)


def test_no_byte_can_be_otherwise(token: bytes, assert_flips_refused: Any) -> None:
    assert_flips_refused(token, lambda der: check_token(der, DIGEST, "sha256"))


def test_what_is_no_token_has_no_imprint() -> None:
    with pytest.raises(EvidenceError, match="time-stamp token"):
        imprint_of(b"\x30\x00")
