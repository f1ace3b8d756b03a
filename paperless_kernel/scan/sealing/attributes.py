"""Which single properties a sealed document says of itself, and its index fields.

Knows the notice's lists: attributes (속성정보, 제31조), index (색인정보, 제32조); both
belong in the file's own tags (제33조). Pure: values in, values out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from paperless_kernel.base.clock import stamp
from paperless_kernel.scan.boxes import Box
from paperless_kernel.scan.classes import DocumentClass
from paperless_kernel.scan.model import Batch, Page
from paperless_kernel.scan.sealing.xmp import PRODUCER, IndexField, Value

_FORMATS: Final = {
    "jpeg": "JPEG (ISO/IEC 10918-1)",
    "g4": "CCITT Group 4 (ITU-T T.6)",
    "flate": "deflated rows (ISO/IEC 15948 predictors)",
}
_COLOURS: Final = {1: "grey, 256 levels", 3: "RGB, 256 levels each"}
_RETENTION: Final = "set at deposit (보관 시 정함)"


def attributes_of(
    *,
    document: str,
    box: Box,
    batch: Batch,
    pages: Sequence[Page],
    inspector: str,
    rules: str,
    order: str,
    workshop: str,
    algorithm: str,
    stamped: bool,
) -> dict[str, Value]:
    """Return the attributes (속성정보, 제31조) of a document; ids, no names of people.

    Args:
        document: its id.
        box: the box its paper came in.
        batch: the batch it was scanned in.
        pages: the delivered ones.
        inspector: id of who passed it.
        rules: version of the rule-set.
        order: number of the work order, or "".
        workshop: in whose name it is sealed.
        algorithm: of the signature.
        stamped: the signature carries its own time.
    """
    inside = "RFC 3161, inside the signature and " if stamped else "RFC 3161, "
    named: dict[str, Value] = {
        "service": batch.service.value,
        "document": document,
        "workshop": workshop,
        "order": order,
        "box": box.seal,
        "batch": batch.id,
        "operator": _each(page.captured_by for page in pages),
        "inspector": inspector,
        "capturedAt": stamp(min(page.captured_at for page in pages)),
        "program": PRODUCER,
        "scanner": batch.device,
        "settings": batch.settings,
        "rules": rules,
        "regulation": batch.regulation,
        "signature": f"PAdES baseline, {algorithm}",
        "timestamp": f"{inside}in the evidence record of the batch (RFC 4998)",
        "pages": len(pages),
        "colour": _each(map(_colour, pages)),
        "resolution": _each(map(_resolution, pages)),
        "imageFormat": _each(_FORMATS[page.kind] for page in pages),
        "compression": _each(map(_compression, pages)),
        "imageSize": _each(f"{page.width} x {page.height}" for page in pages),
        "retention": _RETENTION,
    }
    return {name: value for name, value in named.items() if value not in ("", ())}


def index_attributes(
    words: Mapping[str, Any], known: DocumentClass | None
) -> dict[str, Value]:
    """Return type and classification (문서유형, 분류체계; 제32조) of an index."""
    path = " > ".join(words.get("path", ()))
    return {
        "documentType": str(words["kind"]),
        **({"documentClass": known.code} if known else {}),
        **({"classification": path} if path else {}),
    }


def index_fields(
    words: Mapping[str, Any], known: DocumentClass | None
) -> tuple[IndexField, ...]:
    """Return the free fields of an index (제32조 기타), by the class's labels."""
    found = []
    for code, said in words.get("fields", {}).items():
        value = said.get("value") if isinstance(said, Mapping) else said
        if value in (None, ""):
            continue
        rule = known.field(code) if known else None
        found.append(
            IndexField(code=code, label=rule.label if rule else code, value=str(value))
        )
    return tuple(found)


def _each(values: Iterable[str]) -> tuple[str, ...]:
    """Return each value once, in the order of the pages."""
    return tuple(dict.fromkeys(values))


def _colour(page: Page) -> str:
    return "black and white, 1 bit" if page.kind == "g4" else _COLOURS[page.colours]


def _resolution(page: Page) -> str:
    if not page.dpi_x or not page.dpi_y:
        return "not stated"
    return f"{page.dpi_x / 10:g} x {page.dpi_y / 10:g} dpi"


def _compression(page: Page) -> str:
    return "with loss" if page.kind == "jpeg" else "without loss"
