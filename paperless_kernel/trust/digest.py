"""Digests by name and the one way JSON becomes bytes.

Knows which hash algorithms this office uses and RFC 8785. Reads no file: callers pass
bytes or chunks of bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import rfc8785

from paperless_kernel.base.errors import EvidenceError, InputError, UnsupportedError
from paperless_kernel.base.events import Json

ALGORITHMS = {"sha256": 32, "sha512": 64, "sha3-512": 64}
"""Name of each algorithm in use and the size of its digest in bytes."""

_LARGEST = 2**53 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """What a document is known by: its size in bytes and three digests in hex."""

    size: int
    sha256: str
    sha512: str
    sha3_512: str


def digest(name: str, data: bytes) -> bytes:
    """Return the digest of ``data`` under a named algorithm.

    Raises:
        UnsupportedError: the algorithm is not one of `ALGORITHMS`.
    """
    if name not in ALGORITHMS:
        raise UnsupportedError(
            f"hash algorithm {name!r} is not used here; use one of "
            f"{', '.join(ALGORITHMS)}."
        )
    return hashlib.new(name.replace("sha3-", "sha3_"), data).digest()


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 digest, 32 bytes."""
    return hashlib.sha256(data).digest()


def digests_of(data: bytes | Iterable[bytes]) -> Digests:
    """Hash ``data``, whole or in chunks, once under every algorithm."""
    size = 0
    hashes = hashlib.sha256(), hashlib.sha512(), hashlib.sha3_512()
    for chunk in [data] if isinstance(data, bytes) else data:
        size += len(chunk)
        for each in hashes:
            each.update(chunk)
    first, second, third = (each.hexdigest() for each in hashes)
    return Digests(size=size, sha256=first, sha512=second, sha3_512=third)


def canonical_json(value: Json) -> bytes:
    """Return the RFC 8785 form: sorted keys, UTF-8, no floats.

    Raises:
        InputError: a float, an integer beyond 2^53 (write it as a decimal string),
            text that is no Unicode (half of a surrogate pair), or nesting too deep.
    """
    try:
        _refuse(value)
        return rfc8785.dumps(value)
    except RecursionError:
        raise InputError("a record is nested too deeply; make it flatter.") from None
    except ValueError as error:  # a lone surrogate, or no JSON value at all
        raise InputError(
            "a record holds text or a value that JSON cannot carry (such as a file "
            "name that is not UTF-8); write it in plain Unicode."
        ) from error


def parse_canonical(data: bytes) -> Json:
    """Read canonical JSON back.

    Raises:
        EvidenceError: the bytes are not JSON, or not its canonical form.
    """
    try:
        value: Json = json.loads(data)
        again = canonical_json(value)
    except (ValueError, InputError) as error:
        raise EvidenceError(f"not canonical JSON: {error}") from error
    except RecursionError:
        raise EvidenceError("not canonical JSON: it is nested too deeply.") from None
    if again != data:
        raise EvidenceError("the JSON is not in its canonical form (RFC 8785).")
    return value


def _refuse(value: object) -> None:
    if isinstance(value, float):
        raise InputError(f"a float ({value}) cannot stand in a record; use integers.")
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise InputError(f"{value} is over 2^53; write it as a decimal string.")
    if isinstance(value, Mapping):
        for each in value.values():
            _refuse(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _refuse(each)
