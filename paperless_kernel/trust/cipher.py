"""Documents under a key: AES-256-GCM in frames of 1 MiB.

Knows keys and bytes. Each frame's nonce holds its number and whether it is the last
one, so frames can be neither dropped, swapped nor added. Keys are made and kept
elsewhere; the same key, nonce and bytes give the same result.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from paperless_kernel.base.errors import EvidenceError

FRAME = 1 << 20
KEY_SIZE = 32
NONCE_SIZE = 7
_TAG = 16


def encrypt(plain: bytes, key: bytes, nonce: bytes, context: bytes) -> bytes:
    """Return the frames one after another.

    Args:
        plain: the bytes to hide.
        key: 32 bytes, used for this document only.
        nonce: 7 bytes; 4 bytes of counter and 1 of last-flag are added per frame.
        context: bound to every frame (a document id), and needed again to read.
    """
    box = AESGCM(key)
    view = memoryview(plain)
    last = max(0, (len(plain) - 1) // FRAME)
    return b"".join(
        box.encrypt(
            _nonce(nonce, n, last=n == last),
            view[n * FRAME : (n + 1) * FRAME],
            context,
        )
        for n in range(last + 1)
    )


def decrypt(hidden: bytes, key: bytes, nonce: bytes, context: bytes) -> bytes:
    """Return what `encrypt` was given.

    Raises:
        EvidenceError: a byte, a frame, the key or the context is not the one used.
    """
    box = AESGCM(key)
    view = memoryview(hidden)
    step = FRAME + _TAG
    last = max(0, (len(hidden) - 1) // step)
    try:
        return b"".join(
            box.decrypt(
                _nonce(nonce, n, last=n == last),
                view[n * step : (n + 1) * step],
                context,
            )
            for n in range(last + 1)
        )
    except InvalidTag as error:
        raise EvidenceError(
            "the stored ciphertext does not open: changed, cut, or another key."
        ) from error


def _nonce(nonce: bytes, number: int, *, last: bool) -> bytes:
    return nonce + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")
