from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    NotYetError,
    StorageError,
)
from paperless_kernel.base.events import Event
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import TRIGGERS, Journal
from paperless_kernel.trust.keys import public_bytes
from paperless_kernel.trust.merkle import check_inclusion, leaf_hash, tree_root
from paperless_kernel.trust.notes import Checkpoint, check_note, sign_note, vkey

NOW = dt.datetime(2026, 11, 23, 1, 2, 3, 456000, dt.UTC)


def fact(number: int) -> Event:
    return Event(
        tag="x:thing:done",
        id=f"e{number}",
        subject="s",
        at=NOW,
        actor="a",
        body={"n": number},
    )


KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VKEY = vkey("office/x", public_bytes(KEY))


def note(size: int, root: bytes) -> str:
    checkpoint = Checkpoint(origin="office/x", size=size, root=root)
    return sign_note(checkpoint, "office/x", public_bytes(KEY), KEY.sign)


def size_of(text: str | None) -> int:
    return check_note(str(text), [VKEY]).size


def fill(journal: Journal, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        with journal.db.begin() as tx:
            journal.append(tx, fact(number))


def test_entries_come_back_as_they_were_written(journal: Journal) -> None:
    fill(journal, 3)
    entries = list(journal.entries())
    assert [entry.body["n"] for entry in entries] == [0, 1, 2]
    assert entries[0].at == NOW
    assert [entry.id for entry in journal.entries(after=entries[1].seq)] == ["e2"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13])
def test_every_entry_is_provable_under_the_signed_root(
    journal: Journal, size: int
) -> None:
    fill(journal, size)
    signed = journal.sequence(note, NOW)
    root = check_note(str(signed), [VKEY]).root
    for number in range(size):
        proof = journal.prove(f"e{number}")
        check_inclusion(
            leaf_hash(proof.entry), proof.index, proof.size, proof.path, root
        )
        with pytest.raises(EvidenceError):
            check_inclusion(
                leaf_hash(b"other"), proof.index, proof.size, proof.path, root
            )


def test_numbering_goes_on_where_another_keeper_stopped(
    journal: Journal, database: Database
) -> None:
    fill(journal, 3)
    journal.sequence(note, NOW)
    fill(journal, 2, start=3)
    later = Journal(database, "x")
    assert size_of(later.sequence(note, NOW)) == 5
    fill(journal, 1, start=5)
    assert size_of(journal.sequence(note, NOW)) == 6
    assert journal.check(VKEY) == 6


def test_a_failing_signer_leaves_the_entries_waiting(journal: Journal) -> None:
    fill(journal, 2)

    def broken(_size: int, _root: bytes) -> str:
        raise KeyError("key")

    with pytest.raises(KeyError):
        journal.sequence(broken, NOW)
    assert journal.newest() is None
    assert size_of(journal.sequence(note, NOW)) == 2
    assert journal.check(VKEY) == 2


def test_a_failing_commit_leaves_the_entries_waiting(
    journal: Journal, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(journal, 2)
    journal.sequence(note, NOW)
    fill(journal, 2, start=2)
    begin = database.begin

    @contextmanager
    def full() -> Iterator[Connection]:
        with pytest.raises(StorageError), begin() as tx:  # noqa: PT012
            yield tx
            raise StorageError
        raise StorageError

    monkeypatch.setattr(database, "begin", full)
    with pytest.raises(StorageError):
        journal.sequence(note, NOW)
    monkeypatch.undo()
    assert size_of(journal.sequence(note, NOW)) == 4
    assert journal.check(VKEY) == 4


def test_nothing_waiting_gives_the_newest_note(journal: Journal) -> None:
    fill(journal, 1)
    first = journal.sequence(note, NOW)
    assert journal.sequence(note, NOW) == first


def test_an_entry_is_not_provable_before_it_is_numbered(journal: Journal) -> None:
    fill(journal, 1)
    with pytest.raises(NotYetError):
        journal.prove("e0")


def test_an_id_is_taken_once(journal: Journal) -> None:
    fill(journal, 1)
    with pytest.raises(ConflictError), journal.db.begin() as tx:
        journal.append(tx, fact(0))


def test_a_rolled_back_transaction_leaves_no_entry(journal: Journal) -> None:
    with pytest.raises(RuntimeError), journal.db.begin() as tx:  # noqa: PT012
        journal.append(tx, fact(0))
        raise RuntimeError
    assert list(journal.entries()) == []


@pytest.mark.parametrize("table", ["entry", "leaf", "checkpoint"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET rowid=rowid+9"])
def test_the_tables_refuse_change(journal: Journal, table: str, statement: str) -> None:
    fill(journal, 2)
    journal.sequence(note, NOW)
    with pytest.raises(IntegrityError, match="append-only"), journal.db.begin() as tx:
        tx.exec_driver_sql(statement.format(table))


def test_a_changed_row_is_found_even_without_triggers(journal: Journal) -> None:
    fill(journal, 3)
    journal.sequence(note, NOW)
    with journal.db.begin() as tx:
        for trigger in TRIGGERS:
            tx.exec_driver_sql(f"DROP TRIGGER {trigger.split()[5]}")
        tx.exec_driver_sql("UPDATE entry SET raw = x'00' WHERE id = 'e1'")
    with pytest.raises(EvidenceError, match="leaf 1"):
        journal.check(VKEY)


def test_a_removed_tail_is_found(journal: Journal) -> None:
    fill(journal, 3)
    journal.sequence(note, NOW)
    with journal.db.begin() as tx:
        for trigger in TRIGGERS:
            tx.exec_driver_sql(f"DROP TRIGGER {trigger.split()[5]}")
        tx.exec_driver_sql("DELETE FROM leaf WHERE n = 2")
    with pytest.raises(EvidenceError, match="missing below size 3"):
        journal.check(VKEY)


def test_a_rewritten_row_and_root_do_not_pass_for_what_was_signed(
    journal: Journal,
) -> None:
    fill(journal, 2)
    journal.sequence(note, NOW)
    raw = journal.entry("e1").raw.replace(b'"n":1', b'"n":7')
    forged = leaf_hash(raw)
    with journal.db.begin() as tx:
        for trigger in TRIGGERS:
            tx.exec_driver_sql(f"DROP TRIGGER {trigger.split()[5]}")
        tx.exec_driver_sql("UPDATE entry SET raw = ? WHERE id = 'e1'", (raw,))
        tx.exec_driver_sql("UPDATE leaf SET hash = ? WHERE n = 1", (forged,))
        first = tx.exec_driver_sql("SELECT hash FROM leaf WHERE n = 0").scalar()
        root = tree_root([first, forged])
        tx.exec_driver_sql("UPDATE checkpoint SET root = ?", (root,))
        for trigger in TRIGGERS:
            tx.exec_driver_sql(trigger)
    with pytest.raises(EvidenceError, match="signed root of size 2"):
        journal.check(VKEY)


def test_lost_triggers_are_found(journal: Journal) -> None:
    fill(journal, 1)
    journal.sequence(note, NOW)
    with journal.db.begin() as tx:
        tx.exec_driver_sql(f"DROP TRIGGER {TRIGGERS[0].split()[5]}")
    with pytest.raises(EvidenceError, match="lost the triggers"):
        journal.check(VKEY)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET tag = 'x:thing:undone' WHERE id = 'e1'",
        "UPDATE entry SET subject = 'other' WHERE id = 'e1'",
        "UPDATE entry SET at = '2020-01-01T00:00:00.000Z' WHERE id = 'e1'",
        (
            "INSERT INTO entry (seq, id, tag, subject, at, raw) "
            "SELECT 0, 'e9', tag, subject, at, raw FROM entry WHERE id = 'e1'"
        ),
    ],
)
def test_a_column_or_a_slipped_in_entry_does_not_pass(
    journal: Journal, change: str
) -> None:
    fill(journal, 3)
    journal.sequence(note, NOW)
    with journal.db.begin() as tx:
        for trigger in TRIGGERS:
            tx.exec_driver_sql(f"DROP TRIGGER {trigger.split()[5]}")
        tx.exec_driver_sql(change)
        for trigger in TRIGGERS:
            tx.exec_driver_sql(trigger)
    with pytest.raises(EvidenceError):
        journal.check(VKEY)
