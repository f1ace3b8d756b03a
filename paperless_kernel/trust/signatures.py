"""CMS signatures (RFC 5652) in the CAdES-BES form, attached and detached.

Writes one layout and re-builds it to judge, so that no octet of an own signature can be
otherwise. Signatures made elsewhere are judged by the RFCs' rules. Judges no dates but
the signer's own claim; the caller judges the chain at the time a token proves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paperless_kernel.base.errors import UnsupportedError
from paperless_kernel.trust.algorithms import (
    ECDSA_SHA256,
    RSA_SHA256,
    digest_name,
    hash_of,
    verify_signature,
)
from paperless_kernel.trust.chains import chain_of, check_chain, check_lists
from paperless_kernel.trust.cms import (
    CONTENT_TYPE,
    DATA,
    DIRECTORY_NAME,
    MESSAGE_DIGEST,
    SIGNATURE_TIME_STAMP,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
    Parts,
    assemble,
    attributes,
    parse,
)
from paperless_kernel.trust.der import (
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    Reader,
    demand,
    judging,
    octets,
    oid,
    read,
    read_oid,
    read_time,
    sequence,
    set_of,
)
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.keys import ECDSA_P256, RSA_3072, Signer
from paperless_kernel.trust.x509 import (
    is_stamping_only,
    issuer_and_serial,
    may_sign,
    parse_certificate,
)

TIME_STAMP_INFO = "1.2.840.113549.1.9.16.1.4"
"""Content type of what a time-stamp token says (id-ct-TSTInfo)."""

_OWN_ATTRIBUTES = frozenset({CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2})
_PART = "the CMS signature"
_MADE_WITH = {ECDSA_P256: ECDSA_SHA256, RSA_3072: RSA_SHA256}


@dataclass(frozen=True, slots=True, kw_only=True)
class CmsFacts:
    """What a CMS signature that holds says (전자서명).

    ``content_type`` is ``"data"`` or a dotted OID; ``chain`` is DER, the signer's own
    certificate first and the root last; ``signed_at`` is the signer's claim, UTC, whole
    seconds, or None; ``crls`` are the revocation lists inside, whose times
    are not judged here, and
    ``others`` revocation data in other forms (only in signatures made elsewhere).
    ``token`` is a time-stamp over ``signature``, not judged here, or None.
    """

    content: bytes
    content_type: str
    chain: tuple[bytes, ...]
    signed_at: dt.datetime | None
    crls: tuple[bytes, ...]
    others: tuple[bytes, ...] = ()
    signature: bytes = b""
    token: bytes | None = None


def sign_cms(
    content: bytes,
    signer: Signer,
    *,
    detached: bool,
    signed_at: dt.datetime | None = None,
    content_type: str = "data",
    crls: Sequence[bytes] = (),
    stamp: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """Return a CAdES-BES signature over ``content`` in DER (ETSI EN 319 122-1, 5).

    Args:
        content: what is signed.
        signer: a certified P-256 or RSA-3072 key; its whole chain goes inside.
        detached: leave the content out.
        signed_at: the signer's claim, aware, cut to the second; None writes no
            signing-time (ETSI EN 319 142-1 wants none in a PDF).
        content_type: ``"data"`` or a dotted OID.
        crls: revocation lists to put inside, DER.
        stamp: gets an RFC 3161 token over a SHA-256; the signature's time is then
            proven inside (CAdES-T, ETSI EN 319 122-1, 5.3).

    Raises:
        UnsupportedError: the signer's key is another or it has no certificate.
    """
    algorithm = _MADE_WITH.get(signer.algorithm)
    if algorithm is None or not signer.certificates:
        raise UnsupportedError(
            "CMS signatures are made here by certified P-256 and RSA-3072 keys only; "
            "sign with the key of a certificate."
        )
    leaf = signer.certificates[0]
    kind = DATA if content_type == "data" else content_type
    signed_attributes = attributes(kind, sha256(content), leaf, signed_at)
    signature = signer.sign(set_of(*signed_attributes))
    return assemble(
        kind=kind,
        content=None if detached else content,
        certificates=signer.certificates,
        crls=crls,
        leaf=leaf,
        attributes=signed_attributes,
        algorithm=algorithm,
        signature=signature,
        token=stamp(sha256(signature)) if stamp else None,
    )


def check_cms(
    cms: bytes,
    content: bytes | None = None,
    *,
    foreign: bool = False,
    stamped: bool = False,
) -> CmsFacts:
    """Raise unless a CMS signature holds in every octet; return what it says.

    The chain is judged without dates, or at the signer's claimed time if it claims
    one; judge it at a proven time with `check_chain`.

    Args:
        cms: DER.
        content: what was signed; needed when the signature is detached, and compared
            when it is not.
        foreign: the signature was made elsewhere: other algorithms, a chain that ends
            below its root and unsigned attributes are then let through. Without it
            only this office's own layout holds.
        stamped: a time-stamp over the signature may be inside; whoever allows it
            judges it.

    Raises:
        EvidenceError: naming the part that broke.
    """
    with judging(_PART):
        parts = parse(cms)
    signed = _content(parts, content)
    info = parts.signer
    with judging(f"{_PART}: its certificates"):
        named = [c for c in parts.certificates if issuer_and_serial(c) == info.sid]
        demand(named, f"{_PART}: the signer's certificate is not inside.")
        leaf = named[0]
        chain = chain_of(parts.certificates, leaf)
    with judging(f"{_PART}: its signed attributes"):
        signed_at = _check_attributes(parts, signed, leaf, foreign=foreign)
    with judging(_PART):
        verify_signature(
            parse_certificate(leaf).public_key(),
            info.algorithm,
            digest_name(info.digest),
            info.signature,
            set_of(*info.attributes),
        )
    check_chain(chain, signed_at, complete=not foreign)
    demand(may_sign(leaf), f"{_PART}: the signer's certificate may not sign.")
    demand(
        parts.content_type == TIME_STAMP_INFO or not is_stamping_only(leaf),
        f"{_PART}: the signer's certificate is for time-stamps alone.",
    )
    crls = tuple(e.raw for e in parts.revocations if e.tag == SEQUENCE)
    token = None
    if foreign:
        _check_by_rules(parts)
    else:
        token = _token(info.unsigned) if stamped else None
        demand(
            len(crls) == len(parts.revocations)
            and (info.unsigned is None or token is not None)
            and info.algorithm.raw in _MADE_WITH.values(),
            f"{_PART}: something unsigned is inside that is not expected here.",
        )
        check_lists(chain, crls)
        again = assemble(
            kind=parts.content_type,
            content=parts.content,
            certificates=parts.certificates,
            crls=crls,
            leaf=leaf,
            attributes=info.attributes,
            algorithm=info.algorithm.raw,
            signature=info.signature,
            token=token,
        )
        demand(again == cms, f"{_PART}: its layout is not the one it was made in.")
    kind = "data" if parts.content_type == DATA else parts.content_type
    return CmsFacts(
        content=signed,
        content_type=kind,
        chain=chain,
        signed_at=signed_at,
        crls=crls,
        others=tuple(e.raw for e in parts.revocations if e.tag != SEQUENCE),
        signature=info.signature,
        token=token,
    )


def _token(unsigned: tuple[bytes, ...] | None) -> bytes | None:
    """Return the time-stamp over the signature, where nothing else is unsigned."""
    if unsigned is None or len(unsigned) != 1:
        return None
    with judging(_PART):
        fields = read(unsigned[0])
        kind = read_oid(fields.take(OID))
        (value,) = fields.take(SET).read().all()
        fields.end()
    return value.raw if kind == SIGNATURE_TIME_STAMP else None


def _content(parts: Parts, given: bytes | None) -> bytes:
    if parts.content is None:
        demand(
            given is not None,
            f"{_PART}: it is detached; what was signed must be given with it.",
        )
        return given or b""
    demand(
        given is None or given == parts.content,
        f"{_PART}: the content inside is not the document given.",
    )
    return parts.content


def _check_attributes(
    parts: Parts, content: bytes, leaf: bytes, *, foreign: bool
) -> dt.datetime | None:
    values: dict[str, bytes] = {}
    for raw in parts.signer.attributes:
        fields = read(raw)
        kind = read_oid(fields.take(OID))
        (value,) = fields.take(SET).read().all()
        fields.end()
        demand(kind not in values, f"{_PART}: a signed attribute is there twice.")
        values[kind] = value.raw
    name = digest_name(parts.signer.digest)
    demand(
        values.get(MESSAGE_DIGEST) == octets(hash_of(name, content)),
        f"{_PART}: the content is not what was signed (its digest differs).",
    )
    demand(
        values.get(CONTENT_TYPE) == oid(parts.content_type),
        f"{_PART}: the content type is not the signed one.",
    )
    _check_reference(values, leaf)
    if not foreign:
        known = _OWN_ATTRIBUTES | {SIGNING_TIME}
        demand(
            known >= values.keys() >= _OWN_ATTRIBUTES,
            f"{_PART}: its signed attributes are not the expected ones.",
        )
    if SIGNING_TIME not in values:
        return None
    return read_time(Reader(values[SIGNING_TIME]).any())


def _check_reference(values: dict[str, bytes], leaf: bytes) -> None:
    """Demand that the signed reference is to the signer's certificate (RFC 5035)."""
    newer, older = (
        values.get(SIGNING_CERTIFICATE_V2),
        values.get(SIGNING_CERTIFICATE),
    )
    demand(newer or older, f"{_PART}: it does not name its signer's certificate.")
    for value, name in ((newer, "sha256"), (older, "sha1")):
        if value is None:
            continue
        fields = read(value).take(SEQUENCE).read().take(SEQUENCE).read()
        algorithm = fields.take_if(SEQUENCE)
        used = digest_name(algorithm) if algorithm else name
        demand(
            fields.take(OCTET_STRING).content == hash_of(used, leaf),
            f"{_PART}: the signed reference is to another certificate.",
        )
        names = fields.take_if(SEQUENCE)
        fields.end()
        if names is None:
            continue
        inside = names.read()
        issuer = inside.take(SEQUENCE).read().take(DIRECTORY_NAME).content
        again = sequence(issuer, inside.take(INTEGER).raw)
        demand(
            again == issuer_and_serial(leaf),
            f"{_PART}: the signed reference is to another issuer or serial.",
        )


def _check_by_rules(parts: Parts) -> None:
    """Judge what no signature covers in a SignedData made elsewhere."""
    info = parts.signer
    # RFC 5652 section 5.1 wants 5 beside other revocation data; not all write it.
    versions = {1 if parts.content_type == DATA else 3}
    if any(each.tag != SEQUENCE for each in parts.revocations):
        versions.add(5)
    demand(
        parts.version in versions and info.version == 1,
        f"{_PART}: its version number is wrong.",
    )
    demand(
        parts.digests == (info.digest.raw,),
        f"{_PART}: the digest algorithms it lists are not those it uses.",
    )
