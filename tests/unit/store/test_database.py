from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import MetaData

from paperless_kernel.base.errors import InputError, StorageError
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import add_journal


def test_every_commit_is_made_for_a_power_cut(database: Database) -> None:
    with database.read() as tx:
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert tx.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_full_database_changes_nothing_and_says_what_to_do(
    database: Database,
) -> None:
    with database.read() as tx:
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar()
    with pytest.raises(StorageError, match="No space left"), database.begin() as tx:  # noqa: PT012
        tx.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        tx.exec_driver_sql(
            "INSERT INTO entry (id, tag, subject, at, raw) "
            "VALUES ('a', 'b', 'c', 'd', zeroblob(1000000))"
        )
    with database.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM entry").scalar() == 0


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database at all" * 100)
    db = Database(tmp_path / "x.db")
    metadata = MetaData()
    add_journal(metadata)
    with pytest.raises(StorageError), db.read() as tx:
        tx.exec_driver_sql("SELECT 1 FROM entry")
    db.close()


def test_a_text_of_no_characters_is_an_input_error(database: Database) -> None:
    with pytest.raises(InputError), database.begin() as tx:
        tx.exec_driver_sql("SELECT ?", ("\ud800",))


def test_old_rows_leave_the_write_ahead_log_unless_somebody_reads(
    tmp_path: Path,
) -> None:
    db = Database(tmp_path / "x.db")
    with db.begin() as tx:
        tx.exec_driver_sql("CREATE TABLE word (text TEXT)")
        tx.exec_driver_sql("INSERT INTO word VALUES ('SECRET-WORD-7731')")
    with db.begin() as tx:
        tx.exec_driver_sql("UPDATE word SET text = ''")
    wal = tmp_path / "x.db-wal"
    assert b"SECRET-WORD-7731" in wal.read_bytes()
    other = Database(tmp_path / "x.db")
    with other.read() as tx:
        tx.exec_driver_sql("SELECT * FROM word").all()
        with db.begin() as writing:
            writing.exec_driver_sql("UPDATE word SET text = 'b'")
        assert not db.settle()
    assert db.settle()
    assert wal.stat().st_size == 0
    assert b"SECRET-WORD-7731" not in (tmp_path / "x.db").read_bytes()
    with db.read() as tx:
        assert tx.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000
        assert tx.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    other.close()
    db.close()
