"""The time-stamp client against an authority run by openssl."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from paperless_kernel.adapters.tsa import UrlStamper
from paperless_kernel.base.errors import EvidenceError, UnavailableError
from paperless_kernel.base.ids import SystemRandom
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.timestamps import check_token

pytestmark = [pytest.mark.outside, pytest.mark.enable_socket]

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.crt
certs = {folder}/root.crt
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority(BaseHTTPRequestHandler):
    """Hands requests to ``openssl ts -reply``; ``broken`` says how it misbehaves."""

    folder: Path
    openssl: str
    broken = ""
    kept = b""

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        query = self.folder / "query"
        query.write_bytes(self.rfile.read(size))
        done = subprocess.run(
            [self.openssl, "ts", "-reply", "-config", str(self.folder / "ts.cnf"),
             "-queryfile", str(query)],
            capture_output=True,
            check=True,
        )  # fmt: skip
        reply = done.stdout
        if type(self).broken == "replay":
            reply = type(self).kept
        type(self).kept = reply
        self.send_response(503 if type(self).broken == "status" else 200)
        kind = "text/html" if type(self).broken == "type" else "timestamp-reply"
        self.send_header("Content-Type", f"application/{kind}")
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def authority(
    tmp_path_factory: pytest.TempPathFactory, need: Callable[[str], str]
) -> Iterator[str]:
    folder, openssl = tmp_path_factory.mktemp("tsa"), need("openssl")
    (folder / "ts.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    (folder / "leaf.cnf").write_text(
        "basicConstraints = critical, CA:FALSE\n"
        "keyUsage = critical, digitalSignature\n"
        "extendedKeyUsage = critical, timeStamping\n"
    )
    for command in (
        (
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 "
            "-subj /CN=outside-root -keyout root.key -out root.crt"
        ),
        (
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
            "-subj /CN=outside-tsa -keyout tsa.key -out tsa.csr"
        ),
        (
            "x509 -req -in tsa.csr -CA root.crt -CAkey root.key -CAcreateserial "
            "-days 9 -extfile leaf.cnf -out tsa.crt"
        ),
    ):
        subprocess.run(
            [openssl, *command.split()], cwd=folder, check=True, capture_output=True
        )
    Authority.folder, Authority.openssl = folder, openssl
    server = HTTPServer(("127.0.0.1", 0), Authority)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _whole() -> Iterator[None]:
    yield
    Authority.broken = ""


def test_a_token_of_an_outside_authority_is_taken(authority: str) -> None:
    token = UrlStamper(authority, SystemRandom()).stamp(sha256(b"paper"), "sha256")
    facts = check_token(token, sha256(b"paper"), "sha256", foreign=True)
    assert facts.policy == "1.2.3.4.1"
    with pytest.raises(EvidenceError):
        check_token(token, sha256(b"Paper"), "sha256", foreign=True)


def test_a_replayed_answer_is_refused(authority: str) -> None:
    stamper = UrlStamper(authority, SystemRandom())
    stamper.stamp(sha256(b"paper"), "sha256")
    Authority.broken = "replay"
    with pytest.raises(EvidenceError):
        stamper.stamp(sha256(b"paper"), "sha256")


@pytest.mark.parametrize("how", ["status", "type"])
def test_what_is_no_time_stamp_can_be_tried_again(authority: str, how: str) -> None:
    Authority.broken = how
    with pytest.raises(UnavailableError, match="instead of a time-stamp"):
        UrlStamper(authority, SystemRandom()).stamp(sha256(b"paper"), "sha256")


def test_an_authority_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(UnavailableError, match="does not answer"):
        UrlStamper("http://127.0.0.1:9/", SystemRandom()).stamp(bytes(32), "sha256")
