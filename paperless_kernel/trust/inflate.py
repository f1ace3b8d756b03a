"""Decompression with a bound: what a few bytes grow to is counted while they grow.

Knows zlib streams (PDF's FlateDecode). What is too much is the caller's to say.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from paperless_kernel.base.errors import EvidenceError

_CHUNK = 1 << 20
_SLICE = 1 << 16


def inflate(data: bytes, most: int) -> Iterator[bytes]:
    """Yield the plain bytes of a zlib stream in chunks of at most 1 MiB.

    A cut or damaged stream ends where it can be read no further, as PDF readers do.

    Args:
        data: the compressed bytes.
        most: how many plain bytes are accepted in all.

    Raises:
        EvidenceError: there are more; nothing beyond ``most`` was kept.
    """
    total = 0
    for chunk in _chunks(data):
        total += len(chunk)
        if total > most:
            raise EvidenceError(f"compressed data grows beyond {most:,} bytes.")
        yield chunk


def _chunks(data: bytes) -> Iterator[bytes]:
    stream = zlib.decompressobj()
    try:
        # In slices: what is left of one is copied for each chunk that comes of it.
        for start in range(0, len(data), _SLICE):
            left = data[start : start + _SLICE]
            while left and not stream.eof:
                yield stream.decompress(left, _CHUNK)
                left = stream.unconsumed_tail
        yield stream.flush()
    except zlib.error:
        return
