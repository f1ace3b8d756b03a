"""The ASN.1 shapes of RFC 3161: requests, TSTInfo, refusals.

Knows where each octet stands. Judges nothing; that is ``timestamps``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from paperless_kernel.trust.algorithms import digest_name
from paperless_kernel.trust.der import (
    BIT_STRING,
    BOOLEAN,
    CONSTRUCTED,
    CONTEXT,
    GENERALIZED_TIME,
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    UTF8,
    DerError,
    Element,
    Reader,
    integer,
    read,
    read_integer,
    read_oid,
    read_precise_time,
    sequence,
    tlv,
)

TRUE = tlv(BOOLEAN, b"\xff")
_EXTENSIONS_ASKED = CONTEXT | CONSTRUCTED
_REJECTED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """A TSTInfo taken apart."""

    policy: str
    algorithm: str
    digest: bytes
    serial: int
    gen_time: dt.datetime
    accuracy: dt.timedelta | None
    nonce: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A TimeStampReq taken apart; ``imprint`` is raw."""

    imprint: bytes
    policy: str | None
    nonce: int | None
    extended: bool
    wants_chain: bool


def parse_request(request: bytes) -> Request:
    """Take a TimeStampReq apart.

    Raises:
        ValueError: it is not DER, or not that shape.
    """
    fields = read(request)
    if read_integer(fields.take(INTEGER)) != 1:
        raise DerError("the request's version is not 1")
    imprint = fields.take(SEQUENCE).raw
    policy = fields.take_if(OID)
    nonce = fields.take_if(INTEGER)
    wants = fields.take_if(BOOLEAN)
    extended = fields.take_if(_EXTENSIONS_ASKED) is not None
    fields.end()
    return Request(
        imprint=imprint,
        policy=None if policy is None else read_oid(policy),
        nonce=None if nonce is None else read_integer(nonce),
        extended=extended,
        wants_chain=wants is not None and wants.raw == TRUE,
    )


def parse_info(content: bytes) -> Info:
    """Take a TSTInfo apart.

    Raises:
        ValueError: it is not DER, or not that shape.
    """
    fields = read(content)
    if read_integer(fields.take(INTEGER)) != 1:
        raise DerError("the token's version is not 1")
    policy = read_oid(fields.take(OID))
    imprint = fields.take(SEQUENCE).read()
    algorithm = digest_name(imprint.take(SEQUENCE))
    digest = imprint.take(OCTET_STRING).content
    imprint.end()
    serial = read_integer(fields.take(INTEGER))
    gen_time = read_precise_time(fields.take(GENERALIZED_TIME))
    accuracy = fields.take_if(SEQUENCE)
    fields.take_if(BOOLEAN)
    nonce = fields.take_if(INTEGER)
    fields.take_if(CONTEXT | CONSTRUCTED)  # the authority's name, a hint
    extensions = fields.take_if(CONTEXT | CONSTRUCTED | 1)
    fields.end()
    if extensions is not None and TRUE in extensions.content:
        raise DerError("the token has a critical extension")
    return Info(
        policy=policy,
        algorithm=algorithm,
        digest=digest,
        serial=serial,
        gen_time=gen_time,
        accuracy=None if accuracy is None else _accuracy(accuracy),
        nonce=None if nonce is None else read_integer(nonce),
    )


def _accuracy(element: Element) -> dt.timedelta:
    fields = element.read()
    seconds, millis, micros = (
        int.from_bytes(found.content, "big") if found else 0
        for found in map(fields.take_if, (INTEGER, CONTEXT, CONTEXT | 1))
    )
    fields.end()
    return dt.timedelta(seconds=seconds, milliseconds=millis, microseconds=micros)


def status_texts(status: Reader) -> tuple[Element, ...]:
    """Return the texts for people in what is left of a PKIStatusInfo."""
    texts = status.take_if(SEQUENCE)
    status.take_if(BIT_STRING)
    status.end()
    return texts.read().all(UTF8) if texts else ()


def refusal(bit: int, text: str) -> bytes:
    """Return a TimeStampResp that refuses: a PKIFailureInfo bit and its reason."""
    size = bit // 8 + 1
    bits = (0x80 >> bit % 8).to_bytes(size, "big")
    return sequence(
        sequence(
            integer(_REJECTED),
            sequence(tlv(UTF8, text.encode())),
            tlv(BIT_STRING, bytes((7 - bit % 8,)), bits),
        )
    )
