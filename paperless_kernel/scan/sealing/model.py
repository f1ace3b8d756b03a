"""What leaves the sealing desk: signed documents and what goes along with them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from paperless_kernel.scan.model import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexPage:
    """A page version that is kept and not delivered; goes along as an annex."""

    name: str
    kind: str
    sha256: str
    why: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDocument:
    """What the taker gets: the signed PDF, its evidence record, its index.

    Attributes:
        evidence: RFC 4998 evidence record, DER.
        capture_hashes: sha256 (hex) of the delivered pages' bytes, in order.
        annex: replaced versions of its pages, as image files.
    """

    id: str
    batch: str
    box: str
    tenant: str
    service: Service
    title: str
    kind: str
    keywords: tuple[str, ...]
    pdf: bytes
    evidence: bytes
    sha256: str
    sealed_at: dt.datetime
    capture_hashes: tuple[str, ...]
    annex: tuple[AnnexPage, ...]
