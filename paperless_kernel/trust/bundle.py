"""The ``.acr`` bundle: everything a court needs to check a document, in one ZIP.

Our own open profile, shaped like ASiC-E; it claims conformity to no ``.acr``
specification. Knows its members and their one canonical form; the verdict over them is
``trust.verify``.
"""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from paperless_kernel.base.errors import EvidenceError, InputError

MIMETYPE = b"application/vnd.paperless-kernel.acr+zip"

DOCUMENTS = "doc/"
ENTRY = "manifest.json"
PROOF = "META-INF/manifest.tlog-proof"
TOKEN = "checkpoint.tst"  # noqa: S105 - a time-stamp token, no secret
RECORD = "evidencerecord.ers"
CERTIFICATE = "certificate.p7m"
LOG_KEY = "trust/log.vkey"

_PROOF_HEAD = "c2sp.org/tlog-proof@v1"
_OLDEST = (1980, 1, 1, 0, 0, 0)  # the first date a ZIP can hold
_UNIX = 3
_PLAIN_FILE = 0o100644 << 16
_NODE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """Where an entry stands in its log: index, RFC 6962 path, signed checkpoint."""

    index: int
    path: tuple[bytes, ...]
    note: str


def write_proof(proof: TlogProof) -> bytes:
    """Write a log proof as C2SP ``tlog-proof``: index, path, checkpoint note."""
    path = "".join(b64encode(one).decode("ascii") + "\n" for one in proof.path)
    return f"{_PROOF_HEAD}\nindex {proof.index}\n{path}\n{proof.note}".encode()


def read_proof(data: bytes) -> TlogProof:
    """Read what `write_proof` wrote.

    Raises:
        EvidenceError: any other form.
    """
    try:
        head, _, note = data.decode().partition("\n\n")
        title, index, *path = head.split("\n")
        proof = TlogProof(
            index=int(index.removeprefix("index ")),
            path=tuple(b64decode(one, validate=True) for one in path),
            note=note,
        )
    except (ValueError, Base64Error) as error:
        raise EvidenceError("log proof: not a C2SP tlog-proof.") from error
    nodes = all(len(one) == _NODE for one in proof.path)
    if title != _PROOF_HEAD or not nodes or write_proof(proof) != data:
        raise EvidenceError("log proof: not in its canonical form.")
    return proof


def write_bundle(members: Mapping[str, bytes]) -> bytes:
    """Write a ZIP that has one form: stored, ``mimetype`` first, names in order.

    Raises:
        InputError: a name that is empty, absolute, climbs, or is ``mimetype``.
    """
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        _add(archive, "mimetype", MIMETYPE)
        for name in sorted(members):
            _check_name(name)
            _add(archive, name, members[name])
    return out.getvalue()


def _add(archive: ZipFile, name: str, data: bytes) -> None:
    info = ZipInfo(name, _OLDEST)
    info.create_system = _UNIX
    info.external_attr = _PLAIN_FILE
    archive.writestr(info, data)


def _check_name(name: str) -> None:
    parts = name.split("/")
    if name == "mimetype" or "\\" in name or not name.isprintable() or ":" in name:
        raise InputError(f"a bundle cannot hold a file named {name!r}.")
    if any(part in {"", ".", ".."} for part in parts):
        raise InputError(f"a bundle cannot hold a file named {name!r}.")


def read_bundle(data: bytes) -> dict[str, bytes]:
    """Return the members, ``mimetype`` left out.

    Raises:
        EvidenceError: not a bundle, or not byte for byte what `write_bundle` makes of
            its members; the text names the member or the proof.
    """
    members: dict[str, bytes] = {}
    name = "the table of contents"
    try:
        with ZipFile(BytesIO(data)) as archive:
            for info in archive.infolist():
                name = info.filename
                if info.compress_type != ZIP_STORED:
                    raise EvidenceError(f"bundle: {name} is compressed or damaged.")
                if name in members:
                    raise EvidenceError(f"bundle: {name} is in it twice.")
                members[name] = archive.read(info)
        kind = members.pop("mimetype", b"")
        again = write_bundle(members)
    except _UNREADABLE as error:
        raise EvidenceError(f"bundle: {name} cannot be read ({error}).") from error
    if kind != MIMETYPE:
        raise EvidenceError("bundle: the file mimetype is missing or another's.")
    if again != data:
        at = next(
            (i for i, (a, b) in enumerate(zip(again, data, strict=False)) if a != b),
            min(len(again), len(data)),
        )
        raise EvidenceError(f"bundle: the ZIP is not in its one form (byte {at}).")
    return members


_UNREADABLE = (
    BadZipFile,
    EOFError,
    InputError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)
