"""Data from documents: the fields of one document class as a table (deck).

Knows columns. Each value stands beside where it came from, how sure it is, and where on
which page it was read.
"""

from __future__ import annotations

from collections.abc import Sequence

from paperless_kernel.base.errors import InputError
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan.classes import DocumentClass, FieldKind, FieldRule
from paperless_kernel.scan.documents import DocumentState, FieldValue, ScanDocument
from paperless_kernel.scan.inspection.looking import Looking
from paperless_kernel.scan.inspection.model import DataTable

_HEAD = (
    ("document", "text"),
    ("number", "integer"),
    ("batch", "text"),
    ("state", "text"),
    ("title", "text"),
)
_PER_FIELD = (
    ("source", "text"),
    ("confidence", "integer"),
    ("page", "integer"),
    ("region", "text"),
)
_KINDS = {
    FieldKind.DATE: "date",
    FieldKind.WON: "integer",
    FieldKind.NUMBER: "integer",
}


class Exporting(Looking):
    """Gives the fields of documents to who works on with them."""

    def data(self, actor: Actor, batches: Sequence[str], *, kind: str) -> DataTable:
        """Return the fields of all indexed documents of a class in some batches.

        ``page`` is the page's place in its batch; ``region`` is left, top, width and
        height in pixels of the captured page; ``confidence`` is in percent.

        Args:
            actor: who looks; the keeper journals that the batches were opened.
            batches: ids; a batch that was handed over can no longer be read here.
            kind: the document class, by name or code.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            InputError: that is no document class.
            ConflictError: a batch was handed over and its key erased.
        """
        found = self._parts.classes.of(kind)
        if found is None:
            known = ", ".join(one.name for one in self._parts.classes)
            raise InputError(f"{kind} is no document class; the classes are {known}.")
        documents = [
            one
            for batch in batches
            for one in self.documents(actor, batch)
            if one.kind == found.name
            and one.state not in {DocumentState.CAPTURED, DocumentState.SET_ASIDE}
        ]
        columns = [*_HEAD]
        for rule in found.fields:
            columns.append((rule.code, _KINDS.get(rule.kind, "text")))
            columns += [(f"{rule.code}-{name}", kind) for name, kind in _PER_FIELD]
        return DataTable(
            name=found.code,
            columns=tuple(name for name, _ in columns),
            kinds=tuple(kind for _, kind in columns),
            rows=tuple(_row(found, one) for one in documents),
        )


def _row(found: DocumentClass, document: ScanDocument) -> tuple[str | int | None, ...]:
    values = {one.code: one for one in document.fields}
    row: list[str | int | None] = [
        document.id,
        document.number,
        document.batch,
        document.state.value,
        document.title,
    ]
    for rule in found.fields:
        row += _cells(rule, values.get(rule.code))
    return tuple(row)


def _cells(rule: FieldRule, value: FieldValue | None) -> list[str | int | None]:
    if value is None:
        return [None] * (1 + len(_PER_FIELD))
    whole = _KINDS.get(rule.kind) == "integer"
    area = value.region
    return [
        int(value.value) if whole else value.value,
        value.source.value,
        value.confidence,
        value.position or None,
        f"{area.left},{area.top},{area.width},{area.height}" if area else None,
    ]
