"""Certificates and chains, judged (RFC 5280, the part used here).

Knows no policy about whom to trust: a chain that holds says who signed, an anchor says
whether that matters. Makes nothing; that is ``pki``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
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
    KeyUsage,
)
from cryptography.x509.oid import ExtensionOID

from paperless_kernel.base.clock import stamp
from paperless_kernel.trust.algorithms import digest_of_signature, verify_signature
from paperless_kernel.trust.der import (
    demand,
    judging,
)
from paperless_kernel.trust.x509 import Link, extension_of, link_of, parse_crl, shown

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
    left = {der: link_of(der) for der in certs}
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
    links = [link_of(der) for der in chain]
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
        len(crls) == len({link_of(der).issuer for der in chain[:-1]}),
        "revocation: a list that the chain does not use is inside.",
    )


def check_lists(chain: Sequence[bytes], crls: Sequence[bytes]) -> None:
    """Raise unless each revocation list is signed by another issuer of the chain.

    Says nothing about the time the lists are for; `check_not_revoked` does.
    """
    issuers = {link_of(der).subject: link_of(der) for der in chain[1:]}
    for crl, name in map(parse_crl, crls):
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
    links = [link_of(der) for der in chain]
    lists = [parse_crl(der) for der in crls]
    cleared = 0
    for link, issuer in pairwise(links):
        mine = [crl for crl, name in lists if name == issuer.subject]
        found = [_clears(crl, link, issuer, at) for crl in mine]
        cleared += any(found)
    return cleared


def _check_issued(link: Link, issuer: Link, depth: int, *, strong: bool) -> None:
    who, above = link.who, shown(issuer.subject)
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
        basic = extension_of(issuer, BasicConstraints)
        usage = extension_of(issuer, KeyUsage)
        # RFC 5280 wants a key usage in every CA certificate; old roots have none.
        may = usage.key_cert_sign if usage else not strong
        demand(
            basic is not None and basic.ca and may,
            f"{who}: its issuer {above} may not issue certificates.",
        )
        limit = basic.path_length if basic else None
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
    crl: CertificateRevocationList, link: Link, issuer: Link, at: dt.datetime
) -> bool:
    _check_list(crl, issuer)
    with judging(f"the revocation list of {shown(issuer.subject)}"):
        entry = crl.get_revoked_certificate_by_serial_number(link.cert.serial_number)
        demand(
            entry is None or entry.revocation_date_utc > at,
            f"{link.who}: it was revoked before {stamp(at)}.",
        )
        begin, end = crl.last_update_utc, crl.next_update_utc
        whole = not any(extension.critical for extension in crl.extensions)
        return whole and end is not None and begin <= at <= end


def _check_list(crl: CertificateRevocationList, issuer: Link) -> None:
    who = f"the revocation list of {shown(issuer.subject)}"
    with judging(who):
        key = issuer.cert.public_key()
        demand(
            isinstance(key, EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey)
            and crl.is_signature_valid(key),
            f"{who}: the signature does not match.",
        )
        usage = extension_of(issuer, KeyUsage)
        demand(
            usage is None or usage.crl_sign,
            f"{who}: its issuer may not sign such lists.",
        )
