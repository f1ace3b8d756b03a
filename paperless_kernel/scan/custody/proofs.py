"""Signatures and photos of hand-overs, kept where nobody can guess or alter them.

Knows how they are hidden, each under a key of its own that can be removed when they
must be forgotten. Decides nothing about hand-overs.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select

from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import InputError, NotFoundError
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan.custody import tables
from paperless_kernel.scan.custody.model import ProofRole, Signature
from paperless_kernel.scan.custody.rules import check_drawing
from paperless_kernel.scan.workshop import Parts, hide, is_line, show
from paperless_kernel.trust.cipher import KEY_SIZE
from paperless_kernel.trust.digest import canonical_json, sha256

_KEY: Final = "workshop"
_SALT: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Something hidden as an object, waiting for its row.

    Attributes:
        digest: SHA-256, hex, of 16 random bytes and what was signed or taken: nobody
            can guess a name from it.
        key_box: name of the object that holds its locked key.
        blob: name of the object that holds it.
    """

    owner: str
    role: ProofRole
    digest: str
    key_box: str
    blob: str


def signed(signature: Signature) -> bytes:
    """Return a signature as the bytes that are kept.

    Raises:
        InputError: nobody signed, or the drawing is no PNG.
    """
    check_drawing(signature.drawing)
    if not signature.drawing and not is_line(signature.name):
        raise InputError("A hand-over is signed: draw the signature or type the name.")
    drawing = base64.b64encode(signature.drawing).decode()
    return canonical_json({"name": signature.name, "drawing": drawing})


def signature_of(kept: bytes) -> Signature:
    """Return the signature that `signed` wrote."""
    read = json.loads(kept)
    return Signature(name=read["name"], drawing=base64.b64decode(read["drawing"]))


def keep(parts: Parts, owner: str, role: ProofRole, plain: bytes) -> Kept:
    """Hide bytes under a new key; a crash afterwards leaves objects to nothing."""
    salted = parts.random.token(_SALT) + plain
    key = parts.random.token(KEY_SIZE)
    context = f"{owner} {role}".encode()
    return Kept(
        owner=owner,
        role=role,
        digest=sha256(salted).hex(),
        key_box=parts.blobs.put(parts.keeper.seal(_KEY, key, context)),
        blob=hide(parts, key, salted),
    )


def write(tx: Connection, kept: Kept, by: str, at: dt.datetime) -> None:
    """Write the row of something hidden."""
    tx.execute(
        insert(tables.proof).values(
            digest=kept.digest,
            owner=kept.owner,
            role=kept.role,
            key_box=kept.key_box,
            blob=kept.blob,
            by=by,
            at=stamp(at),
        )
    )


def opened(parts: Parts, tx: Connection, actor: Actor, digest: str) -> bytes:
    """Return what is kept under a digest; the keeper journals who looked.

    Raises:
        NotFoundError: nothing is, or its key was removed.
        EvidenceError: it is not what was kept.
    """
    table = tables.proof
    row = tx.execute(select(table).where(table.c.digest == digest)).first()
    if row is None or not parts.blobs.has(row.key_box):
        raise NotFoundError("no signature or photo is kept under this digest any more.")
    key = parts.keeper.unseal(
        _KEY,
        parts.blobs.get(row.key_box),
        f"{row.owner} {row.role}".encode(),
        actor=actor.id,
        purpose=f"show {row.role} of {row.owner}",
    )
    return show(parts, key, row.blob, digest)[_SALT:]
