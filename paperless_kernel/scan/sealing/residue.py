"""What is left of batches that were handed over: nothing, or it is named.

Looks at the object folder, the rows, the database's write-ahead log and the folders
scans came through (제21조, 제23조: no residue after transfer). Removes nothing but old
frames of that log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from paperless_kernel.base.errors import InputError
from paperless_kernel.base.ids import Actor
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.scan.inspection.tables import (
    content_check,
    index_entry,
    reading,
)
from paperless_kernel.scan.model import BatchState
from paperless_kernel.scan.tables import batch, document, inspection, metadata, page
from paperless_kernel.scan.workshop import Desk

_PIECE = 1 << 20
_NAMING = frozenset({"blob", "key_box"})
"""Columns that name objects."""
_UNNAMED: Final = (
    "object {}: encrypted, and no row names it (a step that was cut off left it); "
    "remove the file"
)
_UNSETTLED: Final = (
    "the write-ahead log could not be emptied: close what reads the database, then "
    "ask again"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """One thing that should be gone.

    Attributes:
        batch: id of the erased batch it belongs to, or "".
        where: a path or a table and column.
        what: what lies there.
    """

    batch: str
    where: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Residue:
    """What a search for leftovers looked at and found."""

    batches: int
    objects: int
    files: int
    leftovers: tuple[Leftover, ...]

    @property
    def clean(self) -> bool:
        """Tell whether nothing is left."""
        return not self.leftovers


class Searching(Desk):
    """Proves that a work folder keeps nothing of what was handed over."""

    def residue(
        self,
        actor: Actor,
        folders: Sequence[Path] = (),
        *,
        progress: Progress = silent,
    ) -> Residue:
        """Search for what remains of erased batches.

        Args:
            actor: who asks.
            folders: where scans came in (hot folders); searched with all below.
            progress: told how many files were read.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            InputError: a folder is not there.
        """
        self._view(actor)
        missing = [str(one) for one in folders if not one.is_dir()]
        if missing:
            raise InputError(f"{', '.join(missing)}: no such folder to search.")
        parts = self._parts
        settled = parts.db.settle()
        with parts.db.read() as tx:
            erased = tuple(
                tx.scalars(select(batch.c.id).where(batch.c.state == BatchState.ERASED))
            )
            named = dict(_objects(tx))
            held = frozenset(_held(tx))
            sources = dict(_sources(tx))
            found = list(_words(tx))
        found += [
            Leftover(batch=of, where=parts.blobs.root.name, what=f"object {name}")
            for name, of in named.items()
            if parts.blobs.has(name)
        ]
        there = tuple(parts.blobs.names())
        found += [
            Leftover(batch="", where=parts.blobs.root.name, what=_UNNAMED.format(name))
            for name in there
            if name not in held
        ]
        if not settled:
            log = f"{parts.db.path.name}-wal"
            found.append(Leftover(batch="", where=log, what=_UNSETTLED))
        files = sorted(one for each in folders for one in _files(each))
        for done, file in enumerate(files, 1):
            if of := sources.get(_digest(file), ""):
                what = "a page file, readable"
                found.append(Leftover(batch=of, where=str(file), what=what))
            progress("files searched", done, len(files))
        return Residue(
            batches=len(erased),
            objects=len(there),
            files=len(files),
            leftovers=tuple(found),
        )


def _objects(tx: Connection) -> Iterator[tuple[str, str]]:
    """Yield the objects of erased batches: name, batch; what others share is theirs."""
    gone = batch.c.state == BatchState.ERASED
    for table in (page, document):
        query = select(table.c.blob, batch.c.id).select_from(table.join(batch))
        for name, of in tx.execute(query.where(gone, table.c.blob != "")):
            yield name, of
    for name, of in tx.execute(
        select(batch.c.key_box, batch.c.id).where(gone, batch.c.key_box != "")
    ):
        yield name, of


def _held(tx: Connection) -> Iterator[str]:
    """Yield every object any row of any topic names."""
    for table in metadata.tables.values():
        for column in table.c:
            if column.name in _NAMING:
                yield from tx.scalars(select(column).where(column != ""))


def _sources(tx: Connection) -> Iterator[tuple[str, str]]:
    query = select(page.c.source, page.c.sha256, batch.c.id).select_from(
        page.join(batch)
    )
    for source, picture, of in tx.execute(
        query.where(batch.c.state == BatchState.ERASED)
    ):
        yield source, of
        yield picture, of


def _words(tx: Connection) -> Iterator[Leftover]:
    """Yield rows of erased batches that still hold file names or notes."""
    gone = batch.c.state == BatchState.ERASED
    named = select(page.c.batch).select_from(page.join(batch))
    for of in tx.scalars(named.where(gone, page.c.name != "").distinct()):
        yield Leftover(batch=of, where="page.name", what="names of files")
    noted = select(page.c.batch).select_from(inspection.join(page).join(batch))
    for of in tx.scalars(noted.where(gone, inspection.c.note != "").distinct()):
        yield Leftover(batch=of, where="inspection.note", what="notes of inspectors")
    faulty = select(content_check.c.batch).select_from(content_check.join(batch))
    for of in tx.scalars(faulty.where(gone, content_check.c.note != "").distinct()):
        yield Leftover(batch=of, where="content_check.note", what="notes on defects")
    read = select(reading.c.batch).select_from(reading.join(batch))
    for of in tx.scalars(read.where(gone).distinct()):
        yield Leftover(batch=of, where="reading.box", what="words read by OCR, hidden")
    entered = select(batch.c.id).select_from(index_entry.join(document).join(batch))
    for of in tx.scalars(entered.where(gone).distinct()):
        yield Leftover(batch=of, where="index_entry.box", what="typed words, hidden")


def _files(folder: Path) -> Iterable[Path]:
    return (one for one in folder.rglob("*") if one.is_file() and not one.is_symlink())


def _digest(file: Path) -> str:
    made = hashlib.sha256()
    with file.open("rb") as data:
        while piece := data.read(_PIECE):
            made.update(piece)
    return made.hexdigest()
