"""Certificates and chains, judged (RFC 5280, the part used here).

Knows no policy about whom to trust: a chain that holds says who signed, an anchor says
whether that matters. Makes nothing; that is ``pki``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    CertificateRevocationList,
    ExtendedKeyUsage,
    ExtensionNotFound,
    KeyUsage,
    load_der_x509_certificate,
    load_der_x509_crl,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from paperless_kernel.base.clock import stamp
from paperless_kernel.trust.algorithms import digest_of_signature, verify_signature
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

_COMMON_NAME = "2.5.4.3"
_UNDERSTOOD = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    }
)


def chain_of(certs: Sequence[bytes], leaf: bytes | None = None) -> tuple[bytes, ...]:
    """Return the certificates in order: signer, issuers, root.

    Args:
        certs: DER, in any order, each used exactly once.
        leaf: the signer's own, where it is known.

    Raises:
        EvidenceError: there is no single chain, or one certificate belongs to none.
    """
    left = {der: _link(der) for der in certs}
    demand(left, "no certificate is inside; the signer is unknown.")
    demand(len(left) == len(certs), "a certificate is there twice.")
    if leaf is None:
        issuers = {c.issuer for c in left.values() if c.issuer != c.subject}
        leaves = [d for d, c in left.items() if c.subject not in issuers]
        demand(len(leaves) == 1, "the certificates do not form one chain.")
        leaf = leaves[0]
    demand(leaf in left, "the signer's certificate is not among those inside.")
    current, chain = left.pop(leaf), [leaf]
    while current.issuer != current.subject:
        nearer = current.issuer
        found = next((d for d, c in left.items() if c.subject == nearer), None)
        if found is None:
            break
        current = left.pop(found)
        chain.append(found)
    strangers = ", ".join(each.who for each in left.values())
    demand(not left, f"the chain does not use what is inside: {strangers}.")
    return tuple(chain)


def check_chain(
    chain: Sequence[bytes], at: dt.datetime | None, *, complete: bool = True
) -> None:
    """Raise unless each certificate is signed by the next and may be.

    Args:
        chain: DER, signer first, root last.
        at: the instant each must be valid at; None judges everything but dates.
        complete: the last must be a self-signed root. False lets a chain made
            elsewhere end at a certificate whose issuer is known by other means, and
            use SHA-1, which old authorities did.

    Raises:
        EvidenceError: naming the certificate and what is wrong with it.
    """
    demand(chain, "there is no certificate; the signer is unknown.")
    links = [_link(der) for der in chain]
    for depth, link in enumerate(links):
        last = depth + 1 == len(links)
        if not last or complete or link.issuer == link.subject:
            above = link if last else links[depth + 1]
            _check_issued(link, above, depth, strong=complete)
        with judging(link.who):
            for extension in link.cert.extensions:
                demand(
                    not extension.critical or extension.oid in _UNDERSTOOD,
                    f"{link.who}: critical extension {extension.oid.dotted_string} is "
                    "not understood here.",
                )
            if at is not None:
                _check_dates(link.cert, at, link.who)


def check_not_revoked(
    chain: Sequence[bytes], crls: Sequence[bytes], at: dt.datetime
) -> None:
    """Raise unless revocation lists inside the proof clear every link at ``at``.

    Args:
        chain: DER, signer first, root last.
        crls: the lists, each by an issuer of the chain and each used.
        at: the instant judged, aware.

    Raises:
        EvidenceError: a list is missing, forged, for another time or another issuer,
            or a certificate stands on it.
    """
    cleared = cleared_links(chain, crls, at)
    demand(
        cleared == len(chain) - 1,
        f"revocation: no list inside clears the certificates at {stamp(at)}.",
    )
    demand(
        len(crls) == len({_link(der).issuer for der in chain[:-1]}),
        "revocation: a list that the chain does not use is inside.",
    )


def check_lists(chain: Sequence[bytes], crls: Sequence[bytes]) -> None:
    """Raise unless each revocation list is signed by another issuer of the chain.

    Says nothing about the time the lists are for; `check_not_revoked` does.
    """
    issuers = {_link(der).subject: _link(der) for der in chain[1:]}
    for crl, name in map(_parse_crl, crls):
        issuer = issuers.pop(name, None)
        demand(issuer, "a revocation list that the chain does not use is inside.")
        if issuer is not None:
            _check_list(crl, issuer)


def cleared_links(
    chain: Sequence[bytes], crls: Sequence[bytes], at: dt.datetime
) -> int:
    """Return how many certificates of a chain the given lists clear at ``at``.

    For proofs made elsewhere, where revocation is a fact to be told and not a demand.

    Raises:
        EvidenceError: a list by an issuer of the chain is forged, or a certificate
            stands on it.
    """
    links = [_link(der) for der in chain]
    lists = [_parse_crl(der) for der in crls]
    cleared = 0
    for link, issuer in pairwise(links):
        mine = [crl for crl, name in lists if name == issuer.subject]
        found = [_clears(crl, link, issuer, at) for crl in mine]
        cleared += any(found)
    return cleared


def fingerprint(der: bytes) -> str:
    """Return ``sha256:`` and the certificate's SHA-256 in lower-case hex."""
    return f"sha256:{sha256(der).hex()}"


def subject_name(der: bytes) -> str:
    """Return the common name of a certificate, or its whole subject without one."""
    return _shown(_link(der).subject)[1:-1]


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
    link = _link(der)
    return sequence(link.issuer, link.serial)


def is_stamping_only(der: bytes) -> bool:
    """Tell whether a certificate is for time-stamping and, critically, nothing else."""
    with judging(_link(der).who):
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
    with judging(_link(der).who):
        found = {each.oid: each.value for each in parse_certificate(der).extensions}
        basic = found.get(ExtensionOID.BASIC_CONSTRAINTS)
        usage = found.get(ExtensionOID.KEY_USAGE)
        if isinstance(basic, BasicConstraints) and basic.ca:
            return False
        return not isinstance(usage, KeyUsage) or (
            usage.digital_signature or usage.content_commitment
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """A certificate with its names as they stand in it.

    Names are compared octet for octet and shown by `_shown`: the library's own reading
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
        return f"certificate {_shown(self.subject)}"


@lru_cache(maxsize=128)
def _link(der: bytes) -> _Link:
    with judging("a certificate"):
        fields = _signed_part(der)
        fields.take_if(CONTEXT | CONSTRUCTED)  # version
        serial = fields.take(INTEGER)
        demand(read_integer(serial) > 0, "a certificate: its serial is not positive.")
        algorithm = fields.take(SEQUENCE)
        issuer = fields.take(SEQUENCE).raw
        fields.take(SEQUENCE)  # validity
        return _Link(
            cert=load_der_x509_certificate(der),
            issuer=issuer,
            subject=fields.take(SEQUENCE).raw,
            serial=serial.raw,
            algorithm=algorithm,
        )


def parse_certificate(der: bytes) -> Certificate:
    """Return the parsed certificate.

    Raises:
        EvidenceError: it is not strict DER, or its outer half says other than its
            signed half.
    """
    return _link(der).cert


@lru_cache(maxsize=32)
def _parse_crl(der: bytes) -> tuple[CertificateRevocationList, bytes]:
    with judging("a revocation list"):
        fields = _signed_part(der)
        fields.take_if(INTEGER)  # version
        fields.take(SEQUENCE)  # algorithm
        return load_der_x509_crl(der), fields.take(SEQUENCE).raw


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


def _check_issued(link: _Link, issuer: _Link, depth: int, *, strong: bool) -> None:
    who, above = link.who, _shown(issuer.subject)
    demand(issuer.subject == link.issuer, f"{who}: its issuer is not in the chain.")
    with judging(who):
        name = digest_of_signature(link.algorithm)
        demand(
            name != "sha1" or not strong, f"{who}: it is signed over SHA-1, too weak."
        )
        verify_signature(
            issuer.cert.public_key(),
            link.algorithm,
            name,
            link.cert.signature,
            link.cert.tbs_certificate_bytes,
        )
        extensions = issuer.cert.extensions
        basic = extensions.get_extension_for_class(BasicConstraints).value
        usage = extensions.get_extension_for_class(KeyUsage).value
        demand(
            basic.ca and usage.key_cert_sign,
            f"{who}: its issuer {above} may not issue certificates.",
        )
        limit = basic.path_length
        # The root, being its own issuer, has one certificate fewer below it.
        below = depth - 1 if link is issuer else depth
        demand(
            limit is None or below <= limit,
            f"{who}: the chain is longer than its issuer {above} allows.",
        )


def _check_dates(cert: Certificate, at: dt.datetime, who: str) -> None:
    begin, end = cert.not_valid_before_utc, cert.not_valid_after_utc
    demand(
        begin <= at,
        f"{who}: not yet valid at {stamp(at)} (it begins {stamp(begin)}).",
    )
    demand(at <= end, f"{who}: expired at {stamp(at)} (it ended {stamp(end)}).")


def _clears(
    crl: CertificateRevocationList, link: _Link, issuer: _Link, at: dt.datetime
) -> bool:
    _check_list(crl, issuer)
    with judging(f"the revocation list of {_shown(issuer.subject)}"):
        entry = crl.get_revoked_certificate_by_serial_number(link.cert.serial_number)
        demand(
            entry is None or entry.revocation_date_utc > at,
            f"{link.who}: it was revoked before {stamp(at)}.",
        )
        begin, end = crl.last_update_utc, crl.next_update_utc
        whole = not any(extension.critical for extension in crl.extensions)
        return whole and end is not None and begin <= at <= end


def _check_list(crl: CertificateRevocationList, issuer: _Link) -> None:
    who = f"the revocation list of {_shown(issuer.subject)}"
    with judging(who):
        key = issuer.cert.public_key()
        demand(
            isinstance(key, EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey)
            and crl.is_signature_valid(key),
            f"{who}: the signature does not match.",
        )
        usage = issuer.cert.extensions.get_extension_for_class(KeyUsage).value
        demand(usage.crl_sign, f"{who}: its issuer may not sign such lists.")


def _shown(name: bytes) -> str:
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
