from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from paperless_kernel.base.errors import EvidenceError, InputError
from paperless_kernel.trust.notes import (
    Checkpoint,
    check_note,
    parse_note,
    read_vkey,
    sign_note,
    vkey,
)

ORIGIN = "office.example/vault"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
CHECKPOINT = Checkpoint(origin=ORIGIN, size=42, root=bytes(range(1, 33)))
NOTE = sign_note(CHECKPOINT, ORIGIN, PUBLIC, KEY.sign)
VKEY = vkey(ORIGIN, PUBLIC)


def test_a_note_is_what_c2sp_describes() -> None:
    # The example key of C2SP signed-note / golang.org/x/mod/sumdb/note.
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = read_vkey(text)
    assert vkey(key.name, key.public) == text
    assert NOTE.startswith(f"{ORIGIN}\n42\n")
    assert NOTE.encode().count(b"\xe2\x80\x94 ") == 1


def test_the_expected_key_is_accepted() -> None:
    assert check_note(NOTE, [VKEY]) == CHECKPOINT
    assert parse_note(NOTE).signatures[0].name == ORIGIN


def test_two_keys_must_both_have_signed() -> None:
    second = vkey("witness", OTHER.public_key().public_bytes_raw())
    line = sign_note(
        CHECKPOINT, "witness", OTHER.public_key().public_bytes_raw(), OTHER.sign
    ).rpartition("\n\n")[2]
    assert check_note(NOTE + line, [VKEY, second]) == CHECKPOINT
    with pytest.raises(EvidenceError, match="witness is missing"):
        check_note(NOTE, [VKEY, second])
    with pytest.raises(EvidenceError, match="not expected"):
        check_note(NOTE + line, [VKEY])
    with pytest.raises(EvidenceError, match="not expected"):
        check_note(NOTE + NOTE.rpartition("\n\n")[2], [VKEY])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (NOTE + "\n", "signature line"),
        (NOTE + "junk\n", "signature line"),
        (NOTE[:-1], "cut last line"),
        (NOTE.replace("\n42\n", "\n042\n"), "size"),
        (NOTE.replace("\n42\n", "\n43\n"), "does not hold"),
        (NOTE.replace("\n42\n", "\n42\nextra\n"), "three lines"),
        (NOTE.replace("— ", "- "), "signature line"),
        (NOTE.replace("\n\n", "\n"), "blank line"),
        (NOTE.replace("=\n", "\n", 1), "base64"),
        ("", "blank line"),
    ],
)
def test_anything_else_is_refused(text: str, why: str) -> None:
    with pytest.raises(EvidenceError, match=why):
        check_note(text, [VKEY])


def test_base64_has_one_form() -> None:
    root = b64encode(CHECKPOINT.root).decode()
    twin = root[:-2] + chr(ord(root[-2]) + 1) + "="  # same bytes to a lax decoder
    with pytest.raises(EvidenceError, match="canonical"):
        parse_note(NOTE.replace(root, twin))


def test_every_flipped_byte_is_refused() -> None:
    raw = NOTE.encode()
    for count in range(200):
        chance = sha256(b"%d" % count).digest()
        flipped = bytearray(raw)
        flipped[int.from_bytes(chance[:4]) % len(raw)] ^= 1 << chance[4] % 8
        with pytest.raises(EvidenceError):
            check_note(bytes(flipped).decode("utf-8", "replace"), [VKEY])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "가"])
def test_a_name_a_note_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="name"):
        vkey(name, PUBLIC)


def test_a_damaged_vkey_is_refused() -> None:
    for bad in ("x", VKEY.replace("+", "-"), VKEY[:-2] + "A=", "a+00000000+AAAA"):
        with pytest.raises(InputError):
            read_vkey(bad)
    with pytest.raises(InputError, match="vkey"):
        check_note(NOTE, [])
    with pytest.raises(InputError, match="32 bytes"):
        vkey(ORIGIN, PUBLIC[:-1])
    with pytest.raises(InputError, match="root"):
        sign_note(Checkpoint(origin=ORIGIN, size=0, root=b""), ORIGIN, PUBLIC, KEY.sign)
