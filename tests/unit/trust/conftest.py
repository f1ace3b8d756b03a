"""A whole small PKI made from fixed numbers, so that every run sees the same bytes."""

from __future__ import annotations

import datetime as dt
import random  # noqa: TID251 - seeded
from collections.abc import Callable
from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from paperless_kernel.base.clock import FixedClock
from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.trust.keys import KeyPurpose, LocalSigner
from paperless_kernel.trust.pki import issue, make_crl, make_root
from paperless_kernel.trust.timestamps import Tsa, make_request, read_response

AT = dt.datetime(2026, 11, 23, 5, 45, 29, 123000, dt.UTC)
DAY = dt.timedelta(days=1)
POLICY = "2.25.329800735698586629295641978511506172918"


class Pki:
    """One office's certificates, and a TSA whose clock the test moves."""

    def __init__(self, seed: int = 1000, name: str = "시험 루트") -> None:
        self.at = AT
        self.policy = POLICY
        self.until = AT + 365 * DAY
        self.root_key = derive_private_key(seed, SECP256R1())
        self.root = make_root(name, self.root_key, AT - DAY, 1)
        self._keys = map(derive_private_key, count(seed + 1), [SECP256R1()] * 20)
        self._serials = count(2)
        self.clock = FixedClock(AT)
        self.vault = self.signer(KeyPurpose.VAULT, "시험 보관소")
        self.tsa_signer = self.signer(KeyPurpose.TSA, "시험 시점확인")
        self.crl = self.revoking()
        self.tsa = self.authority(self.tsa_signer, self.crl)

    def signer(
        self, purpose: KeyPurpose, name: str, until: dt.datetime | None = None
    ) -> LocalSigner:
        key = next(self._keys)
        certificate = issue(
            purpose,
            key.public_key(),
            self.root,
            self.root_key,
            at=AT - DAY,
            until=until or self.until,
            serial=next(self._serials),
            name=name,
        )
        return LocalSigner(key, (certificate, self.root))

    def revoking(
        self,
        *revoked: tuple[int, dt.datetime],
        at: dt.datetime = AT - DAY,
        next_at: dt.datetime = AT + 400 * DAY,
    ) -> bytes:
        return make_crl(
            self.root, self.root_key, revoked, at=at, next_at=next_at, number=1
        )

    def authority(self, signer: LocalSigner, crl: bytes) -> Tsa:
        serials = count(1)
        return Tsa(signer, crl, POLICY, self.clock, lambda: next(serials))

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        request = make_request(digest, algorithm, 2**63 + 5)
        return read_response(self.tsa.respond(request), request)


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki()


@pytest.fixture(scope="session")
def assert_flips_refused() -> Callable[[bytes, Callable[[bytes], object]], None]:
    """Flip one byte at 200 seeded places; each must be refused with a reason."""

    def flip(data: bytes, check: Callable[[bytes], object]) -> None:
        check(data)
        chance = random.Random(4998)
        for _ in range(200):
            at, change = chance.randrange(len(data)), chance.randrange(1, 256)
            broken = bytes((*data[:at], data[at] ^ change, *data[at + 1 :]))
            with pytest.raises(EvidenceError, match=r"\w+.*\."):
                check(broken)

    return flip
