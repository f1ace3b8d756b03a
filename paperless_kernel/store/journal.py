"""The append-only journal of one business, and its Merkle log.

Knows entries, leaves and checkpoints. An entry is inserted unnumbered, in the
transaction of the rows it explains; numbering and signing are the keeper's
(``store.keeper``), who calls `Journal.sequence`. Knows no business and no key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    func,
    insert,
    select,
)
from sqlalchemy.event import listen

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    NotFoundError,
    NotYetError,
)
from paperless_kernel.base.events import Event, Json
from paperless_kernel.store.database import Database
from paperless_kernel.trust.digest import canonical_json, parse_canonical
from paperless_kernel.trust.merkle import (
    Frontier,
    inclusion_path,
    leaf_hash,
    tree_root,
)
from paperless_kernel.trust.notes import check_note

TRIGGERS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    for table in ("entry", "leaf", "checkpoint")
    for verb in ("UPDATE", "DELETE")
)
"""SQL that makes the three tables append-only; run where the tables are made."""


_FIELDS = frozenset({"id", "tag", "subject", "at", "actor", "body"})
_GUARDS = (
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN "
    "('entry', 'leaf', 'checkpoint')"
)


def add_journal(metadata: MetaData) -> None:
    """Add the journal's three tables to a business's `MetaData`."""
    Table(
        "entry",
        metadata,
        Column("seq", Integer, primary_key=True),
        Column("id", Text, nullable=False, unique=True),
        Column("tag", Text, nullable=False, index=True),
        Column("subject", Text, nullable=False, index=True),
        Column("at", Text, nullable=False),
        Column("raw", LargeBinary, nullable=False),
    )
    Table(
        "leaf",
        metadata,
        Column("n", Integer, primary_key=True, autoincrement=False),
        Column("seq", Integer, ForeignKey("entry.seq"), nullable=False, unique=True),
        Column("hash", LargeBinary, nullable=False),
    )
    Table(
        "checkpoint",
        metadata,
        Column("size", Integer, primary_key=True, autoincrement=False),
        Column("root", LargeBinary, nullable=False),
        Column("note", Text, nullable=False),
        Column("at", Text, nullable=False),
    )

    listen(metadata, "after_create", _protect)


def _protect(_metadata: MetaData, connection: Connection, **_: object) -> None:
    for trigger in TRIGGERS:
        connection.exec_driver_sql(trigger)


_own = MetaData()
add_journal(_own)
_entry, _leaf, _checkpoint = (
    _own.tables[name] for name in ("entry", "leaf", "checkpoint")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A fact as it was written; ``raw`` is what the log's leaf commits to."""

    seq: int
    id: str
    tag: str
    subject: str
    at: dt.datetime
    actor: str
    body: Mapping[str, Json]
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProof:
    """An entry, where it stands, and the signed checkpoint that covers it.

    ``path`` holds 32-byte hashes, nearest sibling first; ``note`` is a C2SP signed
    note over a tree of ``size`` leaves.
    """

    entry: bytes
    index: int
    size: int
    path: tuple[bytes, ...]
    note: str


class Journal:
    """The journal of one business; ``name`` is also the last part of its origin."""

    def __init__(self, db: Database, name: str) -> None:
        self.db = db
        self.name = name
        self._tree = Frontier()

    def append(self, tx: Connection, event: Event) -> None:
        """Write one fact, unnumbered, inside the caller's transaction.

        Order is that of the commits (``seq``); ``at`` is what the caller's clock said.

        Raises:
            ConflictError: an entry with this id is already there.
        """
        raw = canonical_json(
            {
                "v": 1,
                "id": event.id,
                "tag": event.tag,
                "subject": event.subject,
                "at": stamp(event.at),
                "actor": event.actor,
                "body": event.body,
            }
        )
        taken = select(_entry.c.raw).where(_entry.c.id == event.id)
        if tx.execute(taken).first() is not None:
            raise ConflictError(
                f"journal {self.name} already holds an entry {event.id}; read it "
                "instead of writing it again."
            )
        tx.execute(
            insert(_entry).values(
                id=event.id,
                tag=event.tag,
                subject=event.subject,
                at=stamp(event.at),
                raw=raw,
            )
        )

    def entry(self, entry_id: str) -> Entry:
        """Return one entry.

        Raises:
            NotFoundError: there is none with this id.
        """
        with self.db.read() as tx:
            row = tx.execute(select(_entry).where(_entry.c.id == entry_id)).first()
        if row is None:
            raise NotFoundError(f"journal {self.name} has no entry {entry_id}.")
        return _read(row.seq, row.raw)

    def entries(
        self, tag: str | None = None, subject: str | None = None, after: int = 0
    ) -> Iterator[Entry]:
        """Yield entries in order, those with ``seq`` above ``after``."""
        query = select(_entry.c.seq, _entry.c.raw).where(_entry.c.seq > after)
        if tag is not None:
            query = query.where(_entry.c.tag == tag)
        if subject is not None:
            query = query.where(_entry.c.subject == subject)
        with self.db.read() as tx:
            rows = tx.execute(query.order_by(_entry.c.seq)).all()
        for row in rows:
            yield _read(row.seq, row.raw)

    def is_empty(self) -> bool:
        """Tell whether no fact was ever written here."""
        with self.db.read() as tx:
            return tx.scalar(select(_entry.c.seq).limit(1)) is None

    def newest(self) -> str | None:
        """Return the newest signed checkpoint, or nothing for an empty log."""
        with self.db.read() as tx:
            return _newest(tx)

    def signed_at(self) -> dt.datetime | None:
        """Return the latest time a checkpoint was signed, or nothing for none."""
        with self.db.read() as tx:
            text = tx.scalar(select(func.max(_checkpoint.c.at)))
        return None if text is None else parse_stamp(text)

    def sequence(
        self, sign: Callable[[int, bytes], str], at: dt.datetime
    ) -> str | None:
        """Number what waits and sign the new root; return the newest note.

        Only the keeper calls this. ``sign`` gets the size and the root and returns the
        C2SP note.
        """
        try:
            return self._sequence(sign, at)
        except BaseException:
            # 4. Nothing was stored, be it that COMMIT itself failed: so not known.
            self._tree = Frontier()
            raise

    def _sequence(
        self, sign: Callable[[int, bytes], str], at: dt.datetime
    ) -> str | None:
        with self.db.begin() as tx:
            # 1. Catch up with leaves another keeper may have added before a crash.
            known = select(_leaf.c.hash).where(_leaf.c.n >= self._tree.size)
            for (known_hash,) in tx.execute(known.order_by(_leaf.c.n)):
                self._tree.append(known_hash)
            # 2. Waiting entries become leaves in the order of their commits.
            numbered = select(func.coalesce(func.max(_leaf.c.seq), 0)).scalar_subquery()
            waiting = tx.execute(
                select(_entry.c.seq, _entry.c.raw)
                .where(_entry.c.seq > numbered)
                .order_by(_entry.c.seq)
            ).all()
            if not waiting:
                return _newest(tx)
            tree = self._tree
            rows = []
            for seq, raw in waiting:
                hashed = leaf_hash(raw)
                rows.append({"n": tree.size, "seq": seq, "hash": hashed})
                tree.append(hashed)
            # 3. Leaves and the signed root commit together: a crash before COMMIT
            #    leaves the entries waiting; two roots for one size cannot exist,
            #    because the size is the primary key.
            note = sign(tree.size, tree.root())
            tx.execute(insert(_leaf), rows)
            tx.execute(
                insert(_checkpoint).values(
                    size=tree.size, root=tree.root(), note=note, at=stamp(at)
                )
            )
        return note

    def prove(self, entry_id: str) -> LogProof:
        """Prove that an entry is in the log under the newest checkpoint.

        Raises:
            NotFoundError: there is no such entry.
            NotYetError: it has not been numbered yet; ask the keeper to sequence.
        """
        with self.db.read() as tx:
            row = tx.execute(
                select(_entry.c.raw, _leaf.c.n)
                .join_from(_entry, _leaf, isouter=True)
                .where(_entry.c.id == entry_id)
            ).first()
            if row is None:
                raise NotFoundError(f"journal {self.name} has no entry {entry_id}.")
            newest = tx.execute(
                select(_checkpoint).order_by(_checkpoint.c.size.desc()).limit(1)
            ).first()
            if row.n is None or newest is None or row.n >= newest.size:
                raise NotYetError(
                    f"entry {entry_id} waits to be numbered; call the keeper first."
                )
            hashes = _hashes(tx, newest.size)
        return LogProof(
            entry=row.raw,
            index=row.n,
            size=newest.size,
            path=inclusion_path(hashes, row.n),
            note=newest.note,
        )

    def check(self, vkey: str) -> int:
        """Recompute every leaf and root and hold them against every signed note.

        Args:
            vkey: the log's C2SP verifier key; what a row says of itself proves nothing.

        Returns:
            The log's size.

        Raises:
            EvidenceError: an entry, a leaf, a root or a signature is not what was
                signed, or the tables are no longer append-only.
        """
        with self.db.read() as tx:
            rows = tx.execute(
                select(_leaf.c.n, _leaf.c.hash, _entry)
                .join_from(_leaf, _entry)
                .order_by(_leaf.c.n)
            ).all()
            newest = select(func.coalesce(func.max(_leaf.c.seq), 0)).scalar_subquery()
            entries = tx.scalar(select(func.count()).where(_entry.c.seq <= newest))
            notes = tx.execute(select(_checkpoint).order_by(_checkpoint.c.size)).all()
            guards = set(tx.exec_driver_sql(_GUARDS).scalars())
        tree, signed = Frontier(), {row.size: row for row in notes}
        for expected, row in enumerate(rows):
            if row.n != expected or not _is_whole(row):
                raise EvidenceError(f"log {self.name}: leaf {expected} does not match.")
            tree.append(row.hash)
            if tree.size in signed:
                self._check_note(signed.pop(tree.size).note, vkey, tree)
        if signed:
            raise EvidenceError(
                f"log {self.name}: entries are missing below size {max(signed)}."
            )
        if entries != tree.size:
            raise EvidenceError(
                f"log {self.name}: an entry was slipped in between numbered ones."
            )
        if len(guards) < len(TRIGGERS):
            raise EvidenceError(
                f"log {self.name}: its tables lost the triggers that refuse change."
            )
        return tree.size

    def _check_note(self, note: str, vkey: str, tree: Frontier) -> None:
        checkpoint = check_note(note, [vkey])
        if (checkpoint.size, checkpoint.root) != (tree.size, tree.root()):
            raise EvidenceError(
                f"log {self.name}: the signed root of size {tree.size} does not match."
            )

    def root_of(self, size: int) -> bytes:
        """Return the root over the first ``size`` leaves, 32 bytes."""
        with self.db.read() as tx:
            return tree_root(_hashes(tx, size))


def _is_whole(row: Row[Any]) -> bool:
    """Tell whether a leaf commits to its entry and the columns repeat the entry."""
    if not isinstance(row.raw, bytes) or leaf_hash(row.raw) != row.hash:
        return False
    entry = _read(row.seq, row.raw)
    said = (entry.id, entry.tag, entry.subject, stamp(entry.at))
    return said == (row.id, row.tag, row.subject, row.at)


def _hashes(tx: Connection, size: int) -> list[bytes]:
    query = select(_leaf.c.hash).where(_leaf.c.n < size).order_by(_leaf.c.n)
    return [bytes(row[0]) for row in tx.execute(query)]


def _newest(tx: Connection) -> str | None:
    query = select(_checkpoint.c.note).order_by(_checkpoint.c.size.desc()).limit(1)
    return tx.scalar(query)


def _read(seq: int, raw: bytes) -> Entry:
    value = parse_canonical(raw)
    if not isinstance(value, Mapping) or not set(value) >= _FIELDS:
        raise EvidenceError(f"entry {seq} is not an entry.")
    body = value["body"]
    return Entry(
        seq=seq,
        id=str(value["id"]),
        tag=str(value["tag"]),
        subject=str(value["subject"]),
        at=parse_stamp(str(value["at"])),
        actor=str(value["actor"]),
        body=body if isinstance(body, Mapping) else {},
        raw=raw,
    )
