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
from contextlib import suppress
from io import BufferedRWPair
from pathlib import Path

from paperless_kernel.adapters.keyfile import KeyFiles
from paperless_kernel.base import errors
from paperless_kernel.base.errors import (
    BusyError,
    InputError,
    PaperlessError,
    UnavailableError,
)
from paperless_kernel.store.keeper import Keeper
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.notes import vkey

_TIMEOUT = 30.0
_BACKLOG = 512
_PAUSE = 0.1
_LINE = 16 * 2**20
"""Bytes in one question; a longer one would only fill the keeper's memory."""
_AT_ONCE = 10_000
"""Messages in one question for their MACs: a large campaign's fit no single line."""
_REPEATABLE = {"sequence", "mac"}
"""Asked twice, these do and answer the same."""
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
        self._socket.listen(_BACKLOG)
        self._closed = threading.Event()
        self._verbs: Mapping[str, Callable[[Mapping[str, str]], object]] = {
            "sequence": lambda ask: keeper.sequence(ask["journal"]),
            "sign": lambda ask: _pack(
                keeper.sign(
                    KeyPurpose(ask["purpose"]),
                    _bytes(ask, "message"),
                    ask.get("holder", ""),
                )
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
                    actor=_text(ask, "actor"),
                    purpose=_text(ask, "purpose"),
                )
            ),
        }

    def start(self) -> None:
        """Answer in the background until `close`."""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop answering and remove the socket."""
        self._closed.set()
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes the waiting thread
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                peer, _ = self._socket.accept()
            except OSError:
                # closed, or too many open files: then wait until some are closed
                self._closed.wait(_PAUSE)
                continue
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        # a peer that hangs up before its answer is its own affair
        with suppress(OSError), peer, peer.makefile("rwb") as lines:
            if not _same_user(peer):
                return
            while (line := lines.readline(_LINE)).endswith(b"\n"):
                lines.write(json.dumps(self._answer(line)).encode() + b"\n")
                lines.flush()

    def _answer(self, line: bytes) -> dict[str, object]:
        try:
            ask = json.loads(line)
            return {"answer": self._verbs[ask["verb"]](ask)}
        except PaperlessError as error:
            return {"error": error.code, "text": str(error)}
        except (KeyError, RecursionError, TypeError, ValueError) as error:
            return {"error": "input", "text": f"the keeper did not understand: {error}"}


def _same_user(peer: socket.socket) -> bool:
    size = struct.calcsize("3i")
    data = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _, user, _ = struct.unpack("3i", data)
    return bool(user == os.getuid())


def _bytes(ask: Mapping[str, str], name: str) -> bytes:
    return base64.b64decode(ask[name])


def _text(ask: Mapping[str, object], name: str) -> str:
    """Return who or what for, as a journal can tell it.

    Raises:
        TypeError: it is no text, or an empty one.
    """
    value = ask[name]
    if not isinstance(value, str) or not value.strip():
        msg = f"{name} must be a text that says something"
        raise TypeError(msg)
    return value


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

    def sign(self, purpose: KeyPurpose, message: bytes, holder: str = "") -> bytes:
        """Sign ``message`` with the key of one purpose."""
        return self._get(
            "sign", purpose=purpose.value, message=_pack(message), holder=holder
        )

    def certificates(self, purpose: KeyPurpose, holder: str = "") -> tuple[bytes, ...]:
        """Return a purpose's chain, DER, leaf first."""
        return self._public.certificates(purpose, holder)

    def certify(
        self, holder: str, *, name: str, unit: str, algorithm: str, module: str = ""
    ) -> bytes:
        """Refuse: keys are made by the process that holds them, never over a wire.

        Raises:
            BusyError: always.
        """
        raise BusyError(
            f"a key for {name} ({', '.join(filter(None, (holder, algorithm, unit)))}) "
            f"is made {'in the module, ' if module else ''}where the keys are held: "
            "stop 'paperless serve', then run this again."
        )

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
        macs: list[bytes] = []
        for start in range(0, len(messages), _AT_ONCE):
            packed = [_pack(each) for each in messages[start : start + _AT_ONCE]]
            answer = self._ask("mac", name=name, messages=packed)
            if not isinstance(answer, list) or len(answer) != len(packed):
                raise UnavailableError("the keeper's answer was cut short; try again.")
            macs += [base64.b64decode(each) for each in answer]
        return tuple(macs)

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
            lines, self._lines = self._lines, None
            with suppress(OSError):  # what the other side no longer takes
                lines.close()

    def _get(self, verb: str, **named: object) -> bytes:
        return base64.b64decode(str(self._ask(verb, **named)))

    def _tell(self, question: bytes, *, again: bool) -> bytes:
        """Return the line that answers; hang up where none comes."""
        try:
            lines = self._lines = self._lines or self._connect()
            lines.write(question)
            lines.flush()
            line = lines.readline()
            if not line.endswith(b"\n"):
                raise ConnectionError
        except OSError as error:
            self.close()
            if again and isinstance(error, ConnectionError):
                return self._tell(question, again=False)
            raise
        return line

    def _ask(self, verb: str, **named: object) -> object:
        question = json.dumps({"verb": verb, **named}).encode() + b"\n"
        if len(question) > _LINE:
            raise InputError(
                f"the keeper takes {_LINE} bytes at a time, not {len(question)}; ask "
                "in smaller parts."
            )
        with self._lock:
            try:
                line = self._tell(question, again=verb in _REPEATABLE)
            except OSError as error:
                raise UnavailableError(
                    "the office's keeper does not answer; start it with "
                    "'paperless serve' (or wait for the running command) and try again."
                ) from error
        answer = json.loads(line)
        if "error" in answer:
            raise _CLASSES.get(answer["error"], UnavailableError)(answer["text"])
        return answer["answer"]
