"""What we sign, stamp and lock is accepted by ``openssl``, and what is wrong is not."""

from __future__ import annotations

import datetime as dt
import runpy
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.keys import KeyPurpose, lock_key, new_key
from paperless_kernel.trust.pki import subject_name
from paperless_kernel.trust.signatures import sign_cms
from paperless_kernel.trust.timestamps import (
    Revocation,
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


TSA_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = ./serial
signer_digest = {digest}
default_policy = 1.2.3.4
digests = sha256, sha512
accuracy = secs:1, millisecs:500, microsecs:100
clock_precision_digits = 3
ordering = yes
tsa_name = yes
ess_cert_id_alg = {reference}
[stamping]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
"""


@pytest.mark.parametrize(
    ("key", "signed_with", "reference"),
    [
        ("rsa:2048", "sha256", "sha1"),
        ("rsa:2048", "sha512", "sha256"),
        ("ec:P-384", "sha384", "sha512"),
    ],
)
def test_tokens_of_an_authority_run_by_openssl_hold_as_foreign(
    openssl: Any, tmp_path: Path, key: str, signed_with: str, reference: str
) -> None:
    (tmp_path / "tsa.cnf").write_text(
        TSA_CONFIG.format(digest=signed_with, reference=reference)
    )
    kind, size = key.split(":")
    options = "rsa_keygen_bits" if kind == "rsa" else "ec_paramgen_curve"
    for name in ("ca", "tsa"):
        done = openssl(
            *("genpkey", "-algorithm", kind.upper(), "-pkeyopt", f"{options}:{size}"),
            *("-out", f"{name}.key"),
        )
        assert done.returncode == 0, done.stderr
    make = ("req", "-x509", "-nodes", "-days", "30", "-key")
    done = openssl(*make, "ca.key", "-subj", "/CN=Other root", "-out", "ca.pem")
    assert done.returncode == 0, done.stderr
    for command in (
        ("req", "-new", "-key", "tsa.key", "-subj", "/CN=Other", "-out", "tsa.csr"),
        (
            *("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-days", "20", "-extfile", "tsa.cnf"),
            *("-extensions", "stamping", "-out", "tsa.pem"),
        ),
    ):
        done = openssl(*command)
        assert done.returncode == 0, done.stderr
    request = make_request(sha256(DOCUMENT), "sha256", 2**70 + 1)
    (tmp_path / "request").write_bytes(request)
    done = openssl(
        *("ts", "-reply", "-config", "tsa.cnf", "-section", "here"),
        *("-queryfile", "request", "-signer", "tsa.pem", "-inkey", "tsa.key"),
        *("-chain", "ca.pem", "-out", "response"),
    )
    assert done.returncode == 0, done.stderr
    response = (tmp_path / "response").read_bytes()
    token = read_response(response, request, foreign=True)
    facts = check_token(token, sha256(DOCUMENT), "sha256", foreign=True)
    assert facts.revocation is Revocation.ABSENT
    assert facts.accuracy == dt.timedelta(seconds=1, milliseconds=500, microseconds=100)
    assert [subject_name(each) for each in facts.chain] == ["Other", "Other root"]
    for broken, foreign in (
        (token, False),
        (token[:-1] + bytes([token[-1] ^ 1]), True),
    ):
        with pytest.raises(EvidenceError):
            check_token(broken, sha256(DOCUMENT), "sha256", foreign=foreign)
    with pytest.raises(EvidenceError, match="another digest"):
        check_token(token, sha256(b"other"), "sha256", foreign=True)
