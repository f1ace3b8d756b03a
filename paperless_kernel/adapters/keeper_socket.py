"""The keeper across processes: questions as lines of JSON over a Unix socket.

Knows the wire and who is at its other end (same user, by the kernel's word). What is
asked and answered is ``store.keeper``; no private key crosses.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from io import BufferedRWPair
from pathlib import Path

from paperless_kernel.adapters.keyfile import KeyFiles
from paperless_kernel.base import errors
from paperless_kernel.base.errors import (
    PaperlessError,
    UnavailableError,
)
from paperless_kernel.store.keeper import Keeper
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.notes import vkey

_TIMEOUT = 30.0
_CLASSES = {
    each.code: each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, PaperlessError)
}


def _pack(data: bytes) -> str:
    return base64.b64encode(data).decode()


class KeeperServer:
    """Answers other processes of the same user, one thread per connection."""

    def __init__(self, path: Path, keeper: Keeper) -> None:
        self._keeper = keeper
        self._path = path
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._socket.bind(str(path))
        finally:
            os.umask(before)
        self._socket.listen()
        self._verbs: Mapping[str, Callable[[Mapping[str, str]], object]] = {
            "sequence": lambda ask: keeper.sequence(ask["journal"]),
            "sign": lambda ask: _pack(
                keeper.sign(KeyPurpose(ask["purpose"]), _bytes(ask, "message"))
            ),
            "stamp": lambda ask: _pack(keeper.stamp(_bytes(ask, "request"))),
            "mac": lambda ask: [
                _pack(each)
                for each in keeper.mac(
                    ask["name"],
                    [base64.b64decode(each) for each in ask["messages"]],
                )
            ],
            "seal": lambda ask: _pack(
                keeper.seal(ask["name"], _bytes(ask, "plain"), _bytes(ask, "context"))
            ),
            "unseal": lambda ask: _pack(
                keeper.unseal(
                    ask["name"],
                    _bytes(ask, "box"),
                    _bytes(ask, "context"),
                    actor=ask["actor"],
                    purpose=ask["purpose"],
                )
            ),
        }

    def start(self) -> None:
        """Answer in the background until `close`."""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop answering and remove the socket."""
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes the waiting thread
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        with peer, peer.makefile("rwb") as lines:
            if not _same_user(peer):
                return
            for line in lines:
                lines.write(json.dumps(self._answer(line)).encode() + b"\n")
                lines.flush()

    def _answer(self, line: bytes) -> dict[str, object]:
        try:
            ask = json.loads(line)
            return {"answer": self._verbs[ask["verb"]](ask)}
        except PaperlessError as error:
            return {"error": error.code, "text": str(error)}
        except (KeyError, TypeError, ValueError) as error:
            return {"error": "input", "text": f"the keeper did not understand: {error}"}


def _same_user(peer: socket.socket) -> bool:
    size = struct.calcsize("3i")
    data = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _, user, _ = struct.unpack("3i", data)
    return bool(user == os.getuid())


def _bytes(ask: Mapping[str, str], name: str) -> bytes:
    return base64.b64decode(ask[name])


class RemoteKeeper:
    """A `Keeper` that asks the process which holds the keys.

    Certificates and verifier keys are public files and need no asking.
    """

    def __init__(self, path: Path, public: KeyFiles, origin: str) -> None:
        self._path = path
        self._public = public
        self._origin = origin
        self._lines: BufferedRWPair | None = None
        self._lock = threading.Lock()

    def sequence(self, journal: str) -> str:
        """Number a journal's waiting entries; return its newest signed note."""
        return str(self._ask("sequence", journal=journal))

    def sign(self, purpose: KeyPurpose, message: bytes) -> bytes:
        """Sign ``message`` with the key of one purpose."""
        return self._get("sign", purpose=purpose.value, message=_pack(message))

    def certificates(self, purpose: KeyPurpose) -> tuple[bytes, ...]:
        """Return a purpose's chain, DER, leaf first."""
        return self._public.certificates(purpose)

    def crl(self) -> bytes:
        """Return the newest revocation list, DER."""
        return self._public.crl()

    def vkey(self, journal: str) -> str:
        """Return the C2SP verifier key of a journal's log."""
        return vkey(f"{self._origin}/{journal}", self._public.log_public())

    def stamp(self, request: bytes) -> bytes:
        """Answer an RFC 3161 request."""
        return self._get("stamp", request=_pack(request))

    def mac(self, name: str, messages: Sequence[bytes]) -> tuple[bytes, ...]:
        """Return HMAC-SHA256 of each message under a named secret."""
        packed = [_pack(each) for each in messages]
        answer = self._ask("mac", name=name, messages=packed)
        if not isinstance(answer, list):
            raise UnavailableError("the keeper's answer was cut short; try again.")
        return tuple(base64.b64decode(each) for each in answer)

    def seal(self, name: str, plain: bytes, context: bytes) -> bytes:
        """Encrypt a small secret under a named key."""
        return self._get("seal", name=name, plain=_pack(plain), context=_pack(context))

    def unseal(
        self, name: str, box: bytes, context: bytes, *, actor: str, purpose: str
    ) -> bytes:
        """Open what `seal` made; the keeper journals it."""
        return self._get(
            "unseal",
            name=name,
            box=_pack(box),
            context=_pack(context),
            actor=actor,
            purpose=purpose,
        )

    def ping(self) -> None:
        """Find out whether the keeper answers.

        Raises:
            UnavailableError: nothing listens on the socket.
        """
        self._ask("mac", name="ping", messages=[])

    def _connect(self) -> BufferedRWPair:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(_TIMEOUT)
            peer.connect(str(self._path))
            return peer.makefile("rwb")  # the file keeps the connection

    def close(self) -> None:
        """Hang up."""
        if self._lines is not None:
            self._lines.close()
            self._lines = None

    def _get(self, verb: str, **named: object) -> bytes:
        return base64.b64decode(str(self._ask(verb, **named)))

    def _ask(self, verb: str, **named: object) -> object:
        with self._lock:
            try:
                lines = self._lines = self._lines or self._connect()
                lines.write(json.dumps({"verb": verb, **named}).encode() + b"\n")
                lines.flush()
                line = lines.readline()
                if not line:
                    raise ConnectionError
            except OSError as error:
                self._lines = None
                raise UnavailableError(
                    "the office's keeper does not answer; start it with "
                    "'paperless serve' (or wait for the running command) and try again."
                ) from error
        answer = json.loads(line)
        if "error" in answer:
            raise _CLASSES.get(answer["error"], UnavailableError)(answer["text"])
        return answer["answer"]
