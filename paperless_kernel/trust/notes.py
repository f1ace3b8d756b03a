"""Signed log checkpoints as C2SP notes (signed-note, tlog-checkpoint), Ed25519.

Knows the text format and its one way of being written. Does not know what is in the
log; roots come from ``trust.merkle``.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from paperless_kernel.base.errors import EvidenceError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ED25519 = b"\x01"
_KEY_SIZE = 32
_SIGNATURE_SIZE = 64
_KEY_ID_SIZE = 4
_ROOT_SIZE = 32
_BODY_LINES = 3
_DASH = "\N{EM DASH} "
_NAME = re.compile(r"[!-*,-~]+")  # printable ASCII but the space and the plus
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The state of a log at one moment: who keeps it, how many entries, which root.

    Source: C2SP tlog-checkpoint. ``root`` is an RFC 6962 SHA-256 tree root.
    """

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line: the key's name, its four-byte id and the signature."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note taken apart and not yet believed."""

    checkpoint: Checkpoint
    body: str
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKey:
    """A log's public key as a ``vkey`` names it."""

    name: str
    key_id: bytes
    public: bytes


def vkey(origin: str, ed25519_public_bytes: bytes) -> str:
    """Return the verifier key text ``name+hash+key`` (C2SP signed-note).

    Raises:
        InputError: the name has a space or a plus, or the key is not 32 bytes.
    """
    _check_name(origin)
    if len(ed25519_public_bytes) != _KEY_SIZE:
        msg = f"an Ed25519 public key has {_KEY_SIZE} bytes"
        raise InputError(msg)
    typed = b64encode(_ED25519 + ed25519_public_bytes).decode("ascii")
    return f"{origin}+{_key_id(origin, ed25519_public_bytes).hex()}+{typed}"


def read_vkey(text: str) -> NoteKey:
    """Read what `vkey` wrote.

    Raises:
        InputError: not ``name+hash+key``, or the hash does not fit the key.
    """
    parts = text.strip().split("+", 2)  # base64 may hold a plus, a name may not
    if len(parts) != _BODY_LINES:
        msg = f"a log key reads name+hash+key, not {text.strip()!r}"
        raise InputError(msg)
    name, hashed, typed = parts
    try:
        key = _base64(typed)
    except EvidenceError as error:
        msg = f"the log key {name!r} is not canonical base64: copy it again"
        raise InputError(msg) from error
    if len(key) != _KEY_SIZE + 1 or key[:1] != _ED25519:
        msg = f"the log key {name!r} is not an Ed25519 key"
        raise InputError(msg)
    if hashed != _key_id(name, key[1:]).hex():
        msg = f"the log key {name!r} does not fit its hash: copy it again"
        raise InputError(msg)
    return NoteKey(name=name, key_id=bytes.fromhex(hashed), public=key[1:])


def sign_note(
    cp: Checkpoint,
    key_name: str,
    public_bytes: bytes,
    sign: Callable[[bytes], bytes],
) -> str:
    """Write a checkpoint and sign it.

    Args:
        cp: what to say.
        key_name: the key's name, normally the log's origin.
        public_bytes: the 32 bytes of the Ed25519 public key.
        sign: returns the Ed25519 signature over the given bytes.

    Raises:
        InputError: a name, size or root that a checkpoint cannot hold.
    """
    _check_name(key_name)
    body = _write_body(cp)
    signature = sign(body.encode())
    line = b64encode(_key_id(key_name, public_bytes) + signature).decode("ascii")
    return f"{body}\n{_DASH}{key_name} {line}\n"


def parse_note(text: str) -> Note:
    """Take a note apart without believing it.

    Raises:
        EvidenceError: anything but the one canonical form: another line, other
            white space, base64 that could be written otherwise.
    """
    body, blank, tail = text.partition("\n\n")
    if not blank or not tail.endswith("\n"):
        msg = "checkpoint: no blank line before the signatures, or a cut last line"
        raise EvidenceError(msg)
    signatures = tuple(_read_signature(line) for line in tail[:-1].split("\n"))
    return Note(checkpoint=_read_body(body), body=body + "\n", signatures=signatures)


def check_note(text: str, vkeys: Sequence[str]) -> Checkpoint:
    """Return the checkpoint when every expected key, and no other, signed it.

    Args:
        text: the whole note.
        vkeys: the keys that must each have signed once.

    Raises:
        EvidenceError: the note is not canonical, a line is missing, unexpected or
            doubled, or a signature does not hold.
        InputError: a vkey cannot be read, or none was given.
    """
    keys = [read_vkey(one) for one in vkeys]
    if not keys:
        msg = "a checkpoint is checked against its log's key: give the vkey"
        raise InputError(msg)
    note = parse_note(text)
    for line in note.signatures:
        key = next(
            (k for k in keys if (k.name, k.key_id) == (line.name, line.key_id)), None
        )
        if key is None:
            msg = (
                "checkpoint: a signature line of a key that is not expected, or twice:"
                f" {line.name} {line.key_id.hex()}"
            )
            raise EvidenceError(msg)
        keys.remove(key)
        _check_signature(key, note.body, line.signature)
    if keys:
        msg = f"checkpoint: the signature of {keys[0].name} is missing"
        raise EvidenceError(msg)
    return note.checkpoint


def _check_signature(key: NoteKey, body: str, signature: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, body.encode())
    except (InvalidSignature, ValueError) as error:
        msg = f"checkpoint: the signature of {key.name} does not hold"
        raise EvidenceError(msg) from error


def _key_id(name: str, public: bytes) -> bytes:
    hashed = sha256(name.encode() + b"\n" + _ED25519 + public).digest()
    return hashed[:_KEY_ID_SIZE]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        msg = f"a log's name has no space, no plus, only ASCII: {name!r}"
        raise InputError(msg)


def _write_body(cp: Checkpoint) -> str:
    _check_name(cp.origin)
    if cp.size < 0 or len(cp.root) != _ROOT_SIZE:
        msg = "a checkpoint has a size of 0 or more and a root of 32 bytes"
        raise InputError(msg)
    return f"{cp.origin}\n{cp.size}\n{b64encode(cp.root).decode('ascii')}\n"


def _read_body(body: str) -> Checkpoint:
    lines = body.split("\n")
    if len(lines) != _BODY_LINES:
        msg = "checkpoint: not exactly the three lines origin, size, root"
        raise EvidenceError(msg)
    origin, size, root = lines
    if not _NAME.fullmatch(origin) or not _SIZE.fullmatch(size):
        msg = "checkpoint: the origin or the size is not as a log writes it"
        raise EvidenceError(msg)
    raw = _base64(root)
    if len(raw) != _ROOT_SIZE:
        msg = "checkpoint: the root has not 32 bytes"
        raise EvidenceError(msg)
    return Checkpoint(origin=origin, size=int(size), root=raw)


def _read_signature(line: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not _NAME.fullmatch(name):
        msg = "checkpoint: a line after the blank line is not a signature line"
        raise EvidenceError(msg)
    raw = _base64(encoded)
    if len(raw) != _KEY_ID_SIZE + _SIGNATURE_SIZE:
        msg = f"checkpoint: the signature of {name} has a wrong length"
        raise EvidenceError(msg)
    return NoteSignature(
        name=name, key_id=raw[:_KEY_ID_SIZE], signature=raw[_KEY_ID_SIZE:]
    )


def _base64(text: str) -> bytes:
    try:
        raw = b64decode(text.encode("ascii"), validate=True)
    except (Base64Error, UnicodeEncodeError) as error:
        msg = "checkpoint: a line is not base64"
        raise EvidenceError(msg) from error
    if b64encode(raw).decode("ascii") != text:
        msg = "checkpoint: base64 is not in its canonical form"
        raise EvidenceError(msg)
    return raw
