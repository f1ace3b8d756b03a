from __future__ import annotations

import zlib

import pytest

from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.trust.inflate import inflate


@pytest.mark.parametrize("plain", [b"", b"paper", bytes(range(256)) * 20_000])
def test_plain_bytes_come_back_up_to_the_bound(plain: bytes) -> None:
    packed = zlib.compress(plain)
    assert b"".join(inflate(packed, len(plain))) == plain
    if plain:
        with pytest.raises(EvidenceError, match="grows"):
            list(inflate(packed, len(plain) - 1))


def test_a_bomb_is_refused_early_and_damage_ends_the_stream() -> None:
    bomb = zlib.compress(bytes(50 << 20), 9)
    chunks = inflate(bomb, 3 << 20)
    assert sum(len(next(chunks)) for _ in range(3)) <= 3 << 20
    with pytest.raises(EvidenceError):
        list(chunks)
    assert b"".join(inflate(b"no zlib stream", 100)) == b""
    assert b"".join(inflate(zlib.compress(b"paper")[:-4], 100)) == b"paper"
