"""The capture chain: binds each picture to its place, its maker and the one before.

Knows what an entry says and how it is hashed; writes nothing.
"""

from __future__ import annotations

from paperless_kernel.base.events import Json
from paperless_kernel.scan.model import Batch, Page
from paperless_kernel.trust.digest import canonical_json, sha256


def link_of(page: Page, batch: Batch, seal: str, previous: str) -> str:
    """Return a page's chain link; ``previous`` is the link before it, or ""."""
    return chain_link(
        batch=batch.id,
        seal=seal,
        sheet=page.sheet,
        side=page.side,
        version=page.version,
        device=batch.device,
        settings=batch.settings,
        operator=page.captured_by,
        picture=page.sha256,
        source=page.source,
        previous=previous,
        place=page.place,
        way=page.way,
        gap=page.gap,
    )


def values_of(page: Page) -> tuple[tuple[str, str], ...]:
    """Return every integrity value a page's picture had, in order: what, hash (hex).

    A later change of image data adds a value and replaces none (제30조); after the last
    one the bytes are never touched. The chain link binds all of them.
    """
    captured = (page.coded, page.sha256)
    if page.source == page.sha256:
        return (captured,)
    return (("file as it came", page.source), captured)


def chain_link(
    *,
    batch: str,
    seal: str,
    sheet: int,
    side: int,
    version: int,
    device: str,
    settings: str,
    operator: str,
    picture: str,
    source: str,
    previous: str,
    place: str = "",
    way: str = "",
    gap: int = -1,
) -> str:
    """Return the hash of one capture chain entry, hex.

    The entry binds the picture to its place, its maker and the entry before it, so that
    none can be taken out or put in later (integrity from the moment the image exists:
    작성 규정 제30조). ``source`` keeps the hash before normalising. A page captured
    before its way was recorded, or that was not inserted, has no word of it here.
    """
    entry: dict[str, Json] = {
        "batch": batch,
        "seal": seal,
        "sheet": sheet,
        "side": side,
        "version": version,
        "device": device,
        "settings": settings,
        "operator": operator,
        "sha256": picture,
        "source": source,
        "previous": previous,
    }
    if place:
        entry["place"] = place
    if way:
        entry |= {"way": way, "gap": gap}
    return sha256(canonical_json(entry)).hex()
