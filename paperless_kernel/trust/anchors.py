"""Whom a checker trusts: root certificates by fingerprint, logs by their key.

Knows how an anchor is written down. Trusts nobody by itself: anchors are given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

from paperless_kernel.base.errors import InputError
from paperless_kernel.trust.notes import read_vkey
from paperless_kernel.trust.pki import fingerprint

_FINGERPRINT = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One trusted party: exactly one of a root's fingerprint or a log's vkey.

    Attributes:
        fingerprint: ``sha256:`` and 64 hex digits of a root certificate.
        vkey: a log's public key as C2SP writes it.
    """

    fingerprint: str = ""
    vkey: str = ""


def read_anchor(given: str | bytes) -> Anchor:
    """Read an anchor from what a user gives or a file holds.

    Args:
        given: a fingerprint (colons and capitals allowed), a vkey, or a certificate
            in PEM or DER.

    Raises:
        InputError: none of these.
    """
    if isinstance(given, bytes):
        try:
            if given[:1] == b"\x30":
                load_der_x509_certificate(given)
                return Anchor(fingerprint=fingerprint(given))
            if given.lstrip().startswith(b"-----BEGIN CERTIFICATE"):
                root = load_pem_x509_certificate(given)
                return Anchor(fingerprint=fingerprint(root.public_bytes(Encoding.DER)))
            given = given.decode()
        except ValueError as error:
            raise InputError(_UNREADABLE) from error
    text = given.strip()
    plain = text.lower().removeprefix("sha256:").replace(":", "").replace(" ", "")
    found = _FINGERPRINT.fullmatch(plain)
    if found:
        return Anchor(fingerprint=f"sha256:{found[1]}")
    if "+" in text:
        read_vkey(text)
        return Anchor(vkey=text)
    raise InputError(_UNREADABLE)


_UNREADABLE = (
    "an anchor is a root's fingerprint (sha256:...), a log's key (name+hash+key) or a "
    "root certificate file; this is none of them."
)


def trusts(anchors: Sequence[Anchor], root: bytes) -> bool:
    """Tell whether a root certificate (DER) is among the anchors."""
    return fingerprint(root) in {one.fingerprint for one in anchors}


def log_keys(anchors: Sequence[Anchor], name: str) -> tuple[str, ...]:
    """Return the anchored keys of the log called ``name``."""
    return tuple(
        one.vkey for one in anchors if one.vkey and read_vkey(one.vkey).name == name
    )
