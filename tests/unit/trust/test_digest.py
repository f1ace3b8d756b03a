from __future__ import annotations

import pytest

from paperless_kernel.base.errors import EvidenceError, InputError, UnsupportedError
from paperless_kernel.trust.cipher import FRAME, decrypt, encrypt
from paperless_kernel.trust.digest import (
    canonical_json,
    digest,
    digests_of,
    parse_canonical,
)

KEY, NONCE = bytes(range(32)), b"nonce77"


def test_keys_are_sorted_and_text_is_utf8() -> None:
    data = canonical_json({"b": 1, "가": "나", "a": [True, None, -5]})
    assert data == '{"a":[true,null,-5],"b":1,"가":"나"}'.encode()
    assert parse_canonical(data) == {"b": 1, "가": "나", "a": [True, None, -5]}


@pytest.mark.parametrize("value", [{"a": 1.5}, [2**53], {"a": [-(2**60)]}, 0.0])
def test_floats_and_large_integers_are_refused(value: object) -> None:
    with pytest.raises(InputError):
        canonical_json(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data", [b'{"a": 1}', b'{"b":1,"a":2}', b"{", b"1.0", b"\xff", b'{"a":1}\n']
)
def test_other_forms_of_json_are_refused(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        parse_canonical(data)


@pytest.mark.parametrize("data", [b"[" * 10**6, b'{"a":' * 10**5, b'"\\ud800"'])
def test_hostile_json_is_refused_as_evidence(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        parse_canonical(data)


@pytest.mark.parametrize("value", ["\ud800", {"name": "a\udcff.pdf"}, {"\udcff": 1}])
def test_text_that_is_no_unicode_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="Unicode"):
        canonical_json(value)  # type: ignore[arg-type]
    assert canonical_json("\U0001f600가") == '"\U0001f600가"'.encode()


def test_a_record_nested_too_deeply_is_refused() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InputError, match="nested"):
        canonical_json(deep)  # type: ignore[arg-type]


def test_chunks_hash_as_the_whole() -> None:
    whole = digests_of(b"paper" * 1000)
    assert whole == digests_of([b"paper"] * 1000)
    assert whole.size == 5000
    assert whole.sha3_512 == digest("sha3-512", b"paper" * 1000).hex()
    with pytest.raises(UnsupportedError):
        digest("md5", b"")


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME])
def test_frames_open_only_as_they_were_closed(size: int) -> None:
    plain = b"p" * size
    hidden = encrypt(plain, KEY, NONCE, b"doc")
    assert hidden == encrypt(plain, KEY, NONCE, b"doc")
    assert decrypt(hidden, KEY, NONCE, b"doc") == plain
    broken = [
        (hidden[:-1], KEY, NONCE, b"doc"),
        (hidden + b"x", KEY, NONCE, b"doc"),
        (bytes([hidden[0] ^ 1]) + hidden[1:], KEY, NONCE, b"doc"),
        (hidden, bytes(32), NONCE, b"doc"),
        (hidden, KEY, b"another", b"doc"),
        (hidden, KEY, NONCE, b"other"),
    ]
    for case in broken:
        with pytest.raises(EvidenceError):
            decrypt(*case)


def test_a_dropped_last_frame_is_noticed() -> None:
    hidden = encrypt(b"p" * (2 * FRAME), KEY, NONCE, b"doc")
    with pytest.raises(EvidenceError):
        decrypt(hidden[: FRAME + 16], KEY, NONCE, b"doc")
