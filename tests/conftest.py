"""Fixtures every test may ask for. A skip says why; CI turns a skip into a failure."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
REQUIRE_ALL = os.environ.get("PAPERLESS_REQUIRE_ALL") == "1"


def skip(reason: str) -> None:
    """Skip with a reason, or fail where everything is required."""
    if REQUIRE_ALL:
        pytest.fail(f"PAPERLESS_REQUIRE_ALL=1 and {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of vectors and scans made by others."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        skip("the folder ../shared with vectors and scans is not here")
    return folder


@pytest.fixture(scope="session")
def need() -> Callable[[str], str]:
    """Give the path of an outside program, or skip."""

    def find(program: str) -> str:
        found = shutil.which(program)
        if found is None:
            skip(f"the program {program} is not installed")
        return str(found)

    return find


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's top folder."""
    return ROOT


@pytest.fixture(scope="session")
def trial() -> Any:
    """The keys of a small trial office: root, signers, TSA, CRL and log key.

    ``trial.at`` is when it was made and what its clock says; ``trial.stamp(digest)``
    gives an RFC 3161 token over a SHA-256.
    """
    from paperless_kernel.base.clock import FixedClock  # noqa: PLC0415
    from paperless_kernel.trust.keys import (  # noqa: PLC0415
        ECDSA_P256,
        RSA_3072,
        KeyPurpose,
        LocalSigner,
        new_key,
        public_bytes,
    )
    from paperless_kernel.trust.notes import vkey  # noqa: PLC0415
    from paperless_kernel.trust.pki import issue, make_crl, make_root  # noqa: PLC0415
    from paperless_kernel.trust.timestamps import (  # noqa: PLC0415
        Tsa,
        make_request,
        read_response,
    )

    at = dt.datetime(2026, 11, 23, 5, 45, 29, tzinfo=dt.UTC)
    root_key = new_key(KeyPurpose.ROOT)
    root = make_root("Trial root", root_key, at - dt.timedelta(days=1), 1)
    made = count(2)

    def signer(purpose: KeyPurpose, algorithm: str = ECDSA_P256) -> LocalSigner:
        key = new_key(purpose, algorithm)
        leaf = issue(
            purpose,
            key.public_key(),
            root,
            root_key,
            at=at - dt.timedelta(days=1),
            until=at + dt.timedelta(days=700),
            serial=next(made),
            name=f"Trial {purpose.value}",
        )
        return LocalSigner(key, (leaf, root))

    crl = make_crl(
        root,
        root_key,
        (),
        at=at - dt.timedelta(hours=1),
        next_at=at + dt.timedelta(days=7),
        number=1,
    )
    log = new_key(KeyPurpose.LOG)
    stamper = signer(KeyPurpose.TSA)
    tsa = Tsa(stamper, crl, "2.25.1", FixedClock(at), lambda: next(made))

    def stamp(digest: bytes) -> bytes:
        request = make_request(digest, "sha256", 7)
        return read_response(tsa.respond(request), request)

    return SimpleNamespace(
        at=at,
        root=root,
        crl=crl,
        scan=signer(KeyPurpose.SCAN),
        rsa=signer(KeyPurpose.SCAN, RSA_3072),
        vault=signer(KeyPurpose.VAULT),
        stamper=stamper,
        stamp=stamp,
        log=log,
        log_public=public_bytes(log),
        vkey=vkey("office.example/vault", public_bytes(log)),
    )
