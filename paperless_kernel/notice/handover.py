"""Messages as a batch keeps them: built once, sealed, posted again byte for byte.

Knows the sealed body's form and how tokens become links. Knows no table.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.notice.model import Channel, Message
from paperless_kernel.trust.digest import canonical_json, sha256

TOKEN_BYTES = 16


def token_text(token: bytes) -> str:
    """Write a link's 128-bit token for an address: 22 signs."""
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def token_hash(text: str) -> bytes:
    """Return what is kept of a token: its SHA-256, 32 bytes."""
    return sha256(text.encode())


def number_context(notice: str) -> bytes:
    """Bind a sealed number to its notice."""
    return f"notice:number:{notice}".encode()


def ci_context(ci_mac: bytes) -> bytes:
    """Bind a sealed CI to its HMAC."""
    return b"notice:ci:" + ci_mac


def body_context(batch: str) -> bytes:
    """Bind a sealed body to its batch."""
    return f"notice:batch:{batch}".encode()


def pack(messages: Sequence[Message]) -> bytes:
    """Write a batch's messages, the same bytes for the same messages."""
    return canonical_json(
        [
            {
                "ref": each.ref,
                "to": each.to,
                "channel": each.channel.value,
                "sender": each.sender,
                "title": each.title,
                "text": each.text,
            }
            for each in messages
        ]
    )


def unpack(body: bytes, expected_hash: str) -> tuple[Message, ...]:
    """Read what `pack` wrote.

    Raises:
        EvidenceError: it is not the body that was committed; it is never posted.
    """
    if sha256(body).hex() != expected_hash:
        raise EvidenceError(
            "a stored batch is not the one that was committed: it is not posted. Call "
            "an operator."
        )
    return tuple(
        Message(
            ref=row["ref"],
            to=row["to"],
            channel=Channel(row["channel"]),
            sender=row["sender"],
            title=row["title"],
            text=row["text"],
        )
        for row in json.loads(body)
    )
