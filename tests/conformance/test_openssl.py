"""What we sign, stamp and lock is accepted by ``openssl``, and what is wrong is not."""

from __future__ import annotations

import runpy
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.keys import KeyPurpose, lock_key, new_key
from paperless_kernel.trust.signatures import sign_cms
from paperless_kernel.trust.timestamps import (
    check_token,
    make_request,
    read_response,
)

pytestmark = pytest.mark.outside

BUILDERS = Path(__file__).parents[1] / "unit" / "trust" / "conftest.py"
DOCUMENT = "계약서 원본\n".encode()


@pytest.fixture(scope="module")
def pki() -> Any:
    return runpy.run_path(str(BUILDERS))["Pki"]()


@pytest.fixture
def openssl(
    need: Callable[[str], str], tmp_path: Path, pki: Any
) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    program = need("openssl")
    (tmp_path / "root.pem").write_text(ssl.DER_cert_to_PEM_cert(pki.root))
    (tmp_path / "doc").write_bytes(DOCUMENT)
    (tmp_path / "other").write_bytes(DOCUMENT + b" ")

    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [program, *arguments], cwd=tmp_path, capture_output=True, check=False
        )

    return run


def _seconds(pki: Any) -> str:
    return str(int(pki.at.timestamp()) + 1)


@pytest.mark.parametrize("detached", [True, False])
@pytest.mark.parametrize("kind", ["data", "2.25.77"])
def test_cms_verifies_as_cades(
    openssl: Any, tmp_path: Path, pki: Any, kind: str, *, detached: bool
) -> None:
    made = sign_cms(
        DOCUMENT,
        pki.vault,
        detached=detached,
        signed_at=pki.at,
        content_type=kind,
        crls=(pki.crl,),
    )
    (tmp_path / "made.p7").write_bytes(made)

    def verify(content: str) -> subprocess.CompletedProcess[bytes]:
        given = ("-content", content) if detached else ()
        found: subprocess.CompletedProcess[bytes] = openssl(
            *("cms", "-verify", "-cades", "-binary", "-inform", "DER"),
            *("-in", "made.p7", "-CAfile", "root.pem", "-out", "out"),
            *("-attime", _seconds(pki), "-crl_check"),
            *given,
        )
        return found

    done = verify("doc")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out").read_bytes() == DOCUMENT
    if detached:
        assert verify("other").returncode != 0
    (tmp_path / "made.p7").write_bytes(made[:-1] + bytes((made[-1] ^ 1,)))
    assert verify("doc").returncode != 0


def test_tokens_verify_at_gen_time_after_the_certificate_expired(
    openssl: Any, tmp_path: Path, pki: Any
) -> None:
    request = make_request(sha256(DOCUMENT), "sha256", 2**64 + 7)
    response = pki.tsa.respond(request)
    (tmp_path / "request").write_bytes(request)
    (tmp_path / "response").write_bytes(response)
    token = read_response(response, request)
    (tmp_path / "token").write_bytes(token)
    moment = check_token(token, sha256(DOCUMENT), "sha256").gen_time
    trust = ("-CAfile", "root.pem", "-attime", str(int(moment.timestamp())))
    for good in (
        ("-in", "response", "-queryfile", "request"),
        ("-in", "response", "-data", "doc"),
        ("-in", "token", "-token_in", "-data", "doc"),
        ("-in", "token", "-token_in", "-digest", sha256(DOCUMENT).hex()),
    ):
        done = openssl("ts", "-verify", *good, *trust)
        assert done.returncode == 0, done.stderr
    wrong = ("-in", "token", "-token_in", "-data", "other")
    assert openssl("ts", "-verify", *wrong, *trust).returncode != 0
    late = str(int(pki.until.timestamp()) + 86400)
    right = ("-in", "token", "-token_in", "-data", "doc", "-CAfile", "root.pem")
    assert openssl("ts", "-verify", *right, "-attime", late).returncode != 0
    shown = openssl("ts", "-reply", "-in", "response", "-text").stdout
    assert b"05:45:29.123" in shown


def test_a_request_made_by_openssl_is_answered(
    openssl: Any, tmp_path: Path, pki: Any
) -> None:
    for name in ("sha256", "sha512", "sha3-512"):
        query = ("-query", "-data", "doc", f"-{name}", "-cert", "-out", "request")
        assert openssl("ts", *query).returncode == 0
        request = (tmp_path / "request").read_bytes()
        response = pki.tsa.respond(request)
        assert read_response(response, request)
        (tmp_path / "response").write_bytes(response)
        done = openssl(
            *("ts", "-verify", "-in", "response", "-queryfile", "request"),
            *("-CAfile", "root.pem", "-attime", _seconds(pki)),
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("purpose", [KeyPurpose.LOG, KeyPurpose.VAULT])
def test_a_locked_key_opens_with_its_passphrase(
    openssl: Any, tmp_path: Path, purpose: KeyPurpose
) -> None:
    (tmp_path / "key.pem").write_bytes(lock_key(new_key(purpose), "암호 pass".encode()))
    ask = ("pkey", "-in", "key.pem", "-noout", "-text", "-passin")
    done = openssl(*ask, "pass:암호 pass")
    assert done.returncode == 0, done.stderr
    wanted = b"ED25519" if purpose is KeyPurpose.LOG else b"prime256v1"
    assert wanted in done.stdout
    assert openssl(*ask, "pass:wrong").returncode != 0
    shown = openssl("asn1parse", "-in", "key.pem").stdout
    assert b"scrypt" in shown or b"1.3.6.1.4.1.11591.4.11" in shown


def test_certificates_and_lists_verify(openssl: Any, tmp_path: Path, pki: Any) -> None:
    leaf = ssl.DER_cert_to_PEM_cert(pki.tsa_signer.certificates[0])
    (tmp_path / "tsa.pem").write_text(leaf)
    (tmp_path / "crl.der").write_bytes(pki.crl)
    shown = openssl("crl", "-inform", "DER", "-in", "crl.der", "-out", "crl.pem")
    assert shown.returncode == 0, shown.stderr
    verify = ("verify", "-x509_strict", "-CAfile", "root.pem", "-CRLfile", "crl.pem")
    at = ("-crl_check", "-attime", _seconds(pki))
    done = openssl(*verify, *at, "-purpose", "timestampsign", "tsa.pem")
    assert done.returncode == 0, done.stderr
    assert openssl(*verify, *at, "-purpose", "smimesign", "tsa.pem").returncode != 0
