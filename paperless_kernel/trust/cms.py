"""The one CMS layout written here (RFC 5652), and taking any SignedData apart.

Knows where each octet stands. Judges nothing; that is ``signatures``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from paperless_kernel.base.clock import aware
from paperless_kernel.trust.algorithms import SHA256_ID
from paperless_kernel.trust.der import (
    CONSTRUCTED,
    CONTEXT,
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    DerError,
    Element,
    integer,
    octets,
    oid,
    read,
    read_integer,
    read_oid,
    sequence,
    set_of,
    time,
    tlv,
)
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.x509 import issuer_and_serial

DATA = "1.2.840.113549.1.7.1"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNATURE_TIME_STAMP = "1.2.840.113549.1.9.16.2.14"
"""A token over the signature itself (id-aa-signatureTimeStampToken, RFC 3161)."""
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
DIRECTORY_NAME = CONTEXT | CONSTRUCTED | 4

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_FIELD_0, _FIELD_1 = CONTEXT | CONSTRUCTED, CONTEXT | CONSTRUCTED | 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """A SignerInfo taken apart; ``attributes`` are the signed ones, raw.

    ``unsigned`` holds the unsigned attributes, raw, or None where the field is absent.
    """

    version: int
    sid: bytes
    digest: Element
    attributes: tuple[bytes, ...]
    algorithm: Element
    signature: bytes
    unsigned: tuple[bytes, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A SignedData taken apart, with nothing judged yet."""

    version: int
    digests: tuple[bytes, ...]
    content_type: str
    content: bytes | None
    certificates: tuple[bytes, ...]
    revocations: tuple[Element, ...]
    signer: SignerInfo


def assemble(
    *,
    kind: str,
    content: bytes | None,
    certificates: Sequence[bytes],
    crls: Sequence[bytes],
    leaf: bytes,
    attributes: Sequence[bytes],
    algorithm: bytes,
    signature: bytes,
    token: bytes | None = None,
) -> bytes:
    """Build the one layout of an own signature; ``token`` is a time over it."""
    inside = b"" if content is None else tlv(_FIELD_0, octets(content))
    info = sequence(
        integer(1),
        issuer_and_serial(leaf),
        SHA256_ID,
        set_of(*attributes, tag=_FIELD_0),
        algorithm,
        octets(signature),
        b""
        if token is None
        else set_of(_attribute(SIGNATURE_TIME_STAMP, token), tag=_FIELD_1),
    )
    return sequence(
        oid(_SIGNED_DATA),
        tlv(
            _FIELD_0,
            sequence(
                integer(1 if kind == DATA else 3),
                set_of(SHA256_ID),
                sequence(oid(kind), inside),
                set_of(*certificates, tag=_FIELD_0),
                set_of(*crls, tag=_FIELD_1) if crls else b"",
                set_of(info),
            ),
        ),
    )


def attributes(
    kind: str, digest: bytes, leaf: bytes, signed_at: dt.datetime | None
) -> tuple[bytes, ...]:
    """Return the signed attributes of CAdES-BES, in the order of their bytes.

    Args:
        kind: content type, dotted.
        digest: SHA-256 of the content.
        leaf: the signer's certificate, DER.
        signed_at: the signer's claim, aware, or None for no signing-time.
    """
    issuer, serial = (each.raw for each in read(issuer_and_serial(leaf)).all())
    reference = sequence(
        octets(sha256(leaf)),
        sequence(sequence(tlv(DIRECTORY_NAME, issuer)), serial),
    )
    found = [
        _attribute(CONTENT_TYPE, oid(kind)),
        _attribute(MESSAGE_DIGEST, octets(digest)),
        _attribute(SIGNING_CERTIFICATE_V2, sequence(sequence(reference))),
    ]
    if signed_at is not None:
        whole = aware(signed_at).replace(microsecond=0)
        found.append(_attribute(SIGNING_TIME, time(whole)))
    return tuple(sorted(found))


def _attribute(kind: str, value: bytes) -> bytes:
    return sequence(oid(kind), set_of(value))


def parse(cms: bytes) -> Parts:
    """Take a ContentInfo with SignedData and one signer apart.

    Raises:
        ValueError: it is not DER, or not that shape.
    """
    outer = read(cms)
    if read_oid(outer.take(OID)) != _SIGNED_DATA:
        raise DerError("it is not SignedData")
    inner = outer.take(_FIELD_0)
    outer.end()
    data = read(inner.content)
    version = read_integer(data.take(INTEGER))
    digests = tuple(e.raw for e in data.take(SET).read().all(SEQUENCE))
    encapsulated = data.take(SEQUENCE).read()
    kind = read_oid(encapsulated.take(OID))
    holder = encapsulated.take_if(_FIELD_0)
    encapsulated.end()
    certificates = data.take(_FIELD_0).read().all(SEQUENCE)
    revocations = data.take_if(_FIELD_1)
    (info,) = data.take(SET).read().all(SEQUENCE)
    data.end()
    return Parts(
        version=version,
        digests=digests,
        content_type=kind,
        content=_octets_in(holder) if holder else None,
        certificates=tuple(e.raw for e in certificates),
        revocations=revocations.read().all() if revocations else (),
        signer=_parse_signer(info),
    )


def _octets_in(holder: Element) -> bytes:
    inside = holder.read()
    content = inside.take(OCTET_STRING).content
    inside.end()
    return content


def _parse_signer(info: Element) -> SignerInfo:
    fields = info.read()
    version = read_integer(fields.take(INTEGER))
    sid = fields.take(SEQUENCE).raw
    digest = fields.take(SEQUENCE)
    attributes = fields.take(_FIELD_0).read().all(SEQUENCE)
    algorithm = fields.take(SEQUENCE)
    signature = fields.take(OCTET_STRING).content
    unsigned = fields.take_if(_FIELD_1)
    fields.end()
    return SignerInfo(
        version=version,
        sid=sid,
        digest=digest,
        attributes=tuple(e.raw for e in attributes),
        algorithm=algorithm,
        signature=signature,
        unsigned=None
        if unsigned is None
        else tuple(e.raw for e in unsigned.read().all(SEQUENCE)),
    )
