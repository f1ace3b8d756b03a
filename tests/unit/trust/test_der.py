from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from asn1crypto.core import GeneralizedTime, Integer, ObjectIdentifier
from hypothesis import given
from hypothesis import strategies as st

from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.trust.der import (
    DerError,
    Element,
    Reader,
    integer,
    judging,
    octets,
    oid,
    precise_time,
    read,
    read_integer,
    read_oid,
    read_precise_time,
    read_time,
    sequence,
    set_of,
    time,
    tlv,
    within,
)


def _one(raw: bytes) -> Element:
    return Reader(raw).any()


@given(st.integers(-(2**130), 2**130))
def test_integers_are_as_another_library_writes_them(value: int) -> None:
    assert integer(value) == Integer(value).dump()
    assert read_integer(_one(integer(value))) == value


@given(st.binary(max_size=70000))
def test_what_is_written_is_read(data: bytes) -> None:
    inside = read(sequence(octets(data), octets(b"")))
    assert inside.take(0x04).content == data
    assert inside.take_if(0x05) is None
    assert inside.take(0x04).content == b""
    inside.end()


@given(st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(9999, 1, 1)))
def test_times_come_back_and_match_another_library(naive: dt.datetime) -> None:
    at = naive.replace(tzinfo=dt.UTC)
    assert read_precise_time(_one(precise_time(at))) == at
    assert precise_time(at) == GeneralizedTime(at).dump()
    assert read_time(_one(time(at))) == at.replace(microsecond=0)


def test_identifiers_come_back() -> None:
    assert oid("2.25.77") == ObjectIdentifier("2.25.77").dump()
    assert read_oid(_one(oid("2.25.77"))) == "2.25.77"


def test_sets_are_in_order() -> None:
    assert set_of(b"\x05\x00", b"\x02\x01\x01") == tlv(0x31, b"\x02\x01\x01\x05\x00")


REFUSED: tuple[tuple[Callable[[], object], str], ...] = (
    (lambda: read(b""), "found nothing"),
    (lambda: read(b"\x30"), "ends too early"),
    (lambda: read(b"\x30\x80\x00\x00"), "shortest"),
    (lambda: read(b"\x30\x81\x01\x00"), "shortest"),
    (lambda: read(b"\x30\x85\x01\x00\x00\x00\x00"), "4 GiB"),
    (lambda: read(b"\x30\x05\x00"), "longer than what holds it"),
    (lambda: read(b"\x30\x00\x00"), "after the last"),
    (lambda: read(b"\x31\x00"), "expected ASN.1 tag 0x30, found 0x31"),
    (lambda: _one(b"\x1f\x01\x00"), "over 30"),
    (lambda: read_integer(_one(b"\x02\x02\x00\x01")), "shortest"),
    (lambda: read_oid(_one(b"\x02\x01\x01")), "expected an object"),
    (lambda: read_oid(_one(b"\x06\x03\x80\x2a\x03")), "shortest"),
    (lambda: read_time(_one(tlv(0x18, b"20261123000000Z"))), "one form"),
    (lambda: read_time(_one(tlv(0x17, b"261123000000+0900"))), "match"),
    (lambda: read_precise_time(_one(tlv(0x18, b"20261123000000.10Z"))), "one form"),
)


@pytest.mark.parametrize("case", range(len(REFUSED)))
def test_what_is_not_der_is_refused(case: int) -> None:
    attempt, why = REFUSED[case]
    with pytest.raises(ValueError, match=why):
        attempt()


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = Reader(data).all()
    except DerError:
        return
    assert b"".join(each.raw for each in found) == data


def test_trouble_is_named() -> None:
    broken = r"^the seal is broken: KeyError\.$"
    with pytest.raises(EvidenceError, match=broken), judging("the seal"):
        raise KeyError
    inside = r"^the box: the seal is gone\.$"
    with pytest.raises(EvidenceError, match=inside), within("the box"):
        raise EvidenceError("the seal is gone.")
