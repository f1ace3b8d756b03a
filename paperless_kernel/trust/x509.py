"""One certificate or revocation list, read strictly (RFC 5280).

Knows what stands in it and what it may be used for. Whether its issuer signed it is
``chains``' to say.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    CertificateRevocationList,
    ExtendedKeyUsage,
    ExtensionNotFound,
    ExtensionType,
    KeyUsage,
    load_der_x509_certificate,
    load_der_x509_crl,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from paperless_kernel.trust.der import (
    BIT_STRING,
    CONSTRUCTED,
    CONTEXT,
    INTEGER,
    SEQUENCE,
    SET,
    Element,
    Reader,
    demand,
    judging,
    read,
    read_integer,
    read_oid,
    sequence,
    tlv,
)
from paperless_kernel.trust.digest import sha256

_Extension = TypeVar("_Extension", bound=ExtensionType)
_COMMON_NAME = "2.5.4.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A certificate with its names as they stand in it.

    Names are compared octet for octet and shown by `shown`: the library's own reading
    of a name writes warnings for every oddity in a forged one.
    """

    cert: Certificate
    issuer: bytes
    subject: bytes
    serial: bytes
    algorithm: Element

    @property
    def who(self) -> str:
        """Return what messages call it."""
        return f"certificate {shown(self.subject)}"


@lru_cache(maxsize=128)
def link_of(der: bytes) -> Link:
    """Return a certificate with its names as they stand in it.

    Raises:
        EvidenceError: as `parse_certificate`.
    """
    with judging("a certificate"):
        fields = _signed_part(der)
        fields.take_if(CONTEXT | CONSTRUCTED)  # version
        serial = fields.take(INTEGER)
        demand(read_integer(serial) > 0, "a certificate: its serial is not positive.")
        algorithm = fields.take(SEQUENCE)
        issuer = fields.take(SEQUENCE).raw
        fields.take(SEQUENCE)  # validity
        return Link(
            cert=load_der_x509_certificate(der),
            issuer=issuer,
            subject=fields.take(SEQUENCE).raw,
            serial=serial.raw,
            algorithm=algorithm,
        )


@lru_cache(maxsize=32)
def parse_crl(der: bytes) -> tuple[CertificateRevocationList, bytes]:
    """Return a revocation list and its issuer's Name.

    Raises:
        EvidenceError: as `parse_certificate`.
    """
    with judging("a revocation list"):
        fields = _signed_part(der)
        fields.take_if(INTEGER)  # version
        fields.take(SEQUENCE)  # algorithm
        return load_der_x509_crl(der), fields.take(SEQUENCE).raw


def parse_certificate(der: bytes) -> Certificate:
    """Return the parsed certificate.

    Raises:
        EvidenceError: it is not strict DER, or its outer half says other than its
            signed half.
    """
    return link_of(der).cert


def fingerprint(der: bytes) -> str:
    """Return ``sha256:`` and the certificate's SHA-256 in lower-case hex."""
    return f"sha256:{sha256(der).hex()}"


def subject_name(der: bytes) -> str:
    """Return the common name of a certificate, or its whole subject without one."""
    return shown(link_of(der).subject)[1:-1]


def serial_of(der: bytes) -> int:
    """Return a certificate's serial number."""
    return parse_certificate(der).serial_number


def validity(der: bytes) -> tuple[dt.datetime, dt.datetime]:
    """Return the first and last instant a certificate is valid at, in UTC."""
    cert = parse_certificate(der)
    return cert.not_valid_before_utc, cert.not_valid_after_utc


@lru_cache(maxsize=128)
def issuer_and_serial(der: bytes) -> bytes:
    """Return the CMS IssuerAndSerialNumber of a certificate, in DER (RFC 5652, 10)."""
    link = link_of(der)
    return sequence(link.issuer, link.serial)


def is_stamping_only(der: bytes) -> bool:
    """Tell whether a certificate is for time-stamping and, critically, nothing else."""
    with judging(link_of(der).who):
        try:
            found = parse_certificate(der).extensions.get_extension_for_class(
                ExtendedKeyUsage
            )
        except ExtensionNotFound:
            return False
        stamping = [ExtendedKeyUsageOID.TIME_STAMPING]
        return found.critical and list(found.value) == stamping


def may_sign(der: bytes) -> bool:
    """Tell whether a certificate is an end certificate that may sign data."""
    link = link_of(der)
    with judging(link.who):
        basic, usage = (
            extension_of(link, BasicConstraints),
            extension_of(link, KeyUsage),
        )
        if basic is not None and basic.ca:
            return False
        return usage is None or usage.digital_signature or usage.content_commitment


def extension_of(link: Link, kind: type[_Extension]) -> _Extension | None:
    """Return an extension's value, or None where the certificate has none."""
    for each in link.cert.extensions:
        if isinstance(each.value, kind):
            return each.value
    return None


def _signed_part(der: bytes) -> Reader:
    """Return the signed part, having refused anything around it that may vary."""
    outer = read(der)
    signed, algorithm = outer.take(SEQUENCE), outer.take(SEQUENCE)
    signature = outer.take(BIT_STRING)
    outer.end()
    inner = [each.raw for each in signed.read().all()]
    demand(
        algorithm.raw in inner and signature.content[:1] == b"\0",
        "its outer algorithm or signature is not what its signed part says.",
    )
    again = tlv(BIT_STRING, signature.content)
    demand(sequence(signed.raw, algorithm.raw, again) == der, "it is not strict DER.")
    return signed.read()


def shown(name: bytes) -> str:
    """Return the common name in a Name, or a few octets of one that has none."""
    try:
        for each in read(name).all(SET):
            for attribute in each.read().all(SEQUENCE):
                kind, value = attribute.read().all()
                if read_oid(kind) == _COMMON_NAME:
                    return f"'{value.content.decode('utf-8', 'replace')}'"
    except ValueError:
        pass
    return f"'{name[:16].hex()}'"
