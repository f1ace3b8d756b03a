"""A trial office's keys for the benchmarks: root, signers and list, made in memory."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from paperless_kernel.trust.keys import KeyPurpose, LocalSigner, new_key
from paperless_kernel.trust.pki import issue, make_crl, make_root

AT = dt.datetime(2026, 11, 23, 5, 45, 29, tzinfo=dt.UTC)
"""When everything made here was made; benchmarks need no clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A P-256 key with its chain, and the signer that uses it."""

    key: EllipticCurvePrivateKey
    signer: LocalSigner


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOffice:
    """One root, a scan signer, a time-stamping signer, and the root's list."""

    root: bytes
    crl: bytes
    scan: Certified
    tsa: Certified


def trial_office() -> TrialOffice:
    """Draw the keys and issue the certificates."""
    root_key = new_key(KeyPurpose.ROOT)
    root = make_root("Trial root", root_key, AT - dt.timedelta(days=1), 1)

    def certified(purpose: KeyPurpose, serial: int) -> Certified:
        key = new_key(purpose)
        if not isinstance(key, EllipticCurvePrivateKey):
            raise TypeError(purpose)
        leaf = issue(
            purpose,
            key.public_key(),
            root,
            root_key,
            at=AT - dt.timedelta(days=1),
            until=AT + dt.timedelta(days=700),
            serial=serial,
            name=f"Trial {purpose.value}",
        )
        return Certified(key=key, signer=LocalSigner(key, (leaf, root)))

    crl = make_crl(
        root,
        root_key,
        (),
        at=AT - dt.timedelta(hours=1),
        next_at=AT + dt.timedelta(days=7),
        number=1,
    )
    return TrialOffice(
        root=root,
        crl=crl,
        scan=certified(KeyPurpose.SCAN, 2),
        tsa=certified(KeyPurpose.TSA, 3),
    )
