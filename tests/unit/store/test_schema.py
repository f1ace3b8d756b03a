"""Migrations give what the records expect, and refuse what a newer program made."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect

from paperless_kernel.access.records import metadata as access
from paperless_kernel.base.errors import StorageError
from paperless_kernel.billing.records import metadata as billing
from paperless_kernel.notice.records.tables import metadata as notice
from paperless_kernel.scan.schema import metadata as scan
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import TRIGGERS
from paperless_kernel.store.schema import upgrade, version
from paperless_kernel.vault.tables import keys_metadata as keys
from paperless_kernel.vault.tables import metadata as vault

BUSINESSES = {
    "access": access,
    "scan": scan,
    "vault": vault,
    "notice": notice,
    "billing": billing,
    "keys": keys,
}


def made(folder: Path, business: str) -> Database:
    db = Database(folder / f"{business}.db")
    upgrade(db, business)
    return db


@pytest.mark.parametrize("business", BUSINESSES)
def test_migrations_give_exactly_the_tables(tmp_path: Path, business: str) -> None:
    wanted: MetaData = BUSINESSES[business]
    db = made(tmp_path, business)
    with db.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, wanted)
        tables = set(inspect(connection).get_table_names())
    db.close()
    assert differences == []
    assert tables == {*wanted.tables, "alembic_version"}


def test_a_table_that_no_migration_makes_is_seen(tmp_path: Path) -> None:
    db = made(tmp_path, "scan")
    with db.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), vault)
    db.close()
    assert differences


@pytest.mark.parametrize("business", [each for each in BUSINESSES if each != "keys"])
def test_journals_are_append_only(tmp_path: Path, business: str) -> None:
    made(tmp_path, business).close()
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with closing(sqlite3.connect(tmp_path / f"{business}.db")) as db:
        names = {name for (name,) in db.execute(query)}
        assert {line.split()[5] for line in TRIGGERS} <= names
        db.execute(
            "INSERT INTO entry (id, tag, subject, at, raw) VALUES ('1','t','s','n','')"
        )
        for change in ("DELETE FROM entry", "UPDATE entry SET tag = 'other'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(change)


def test_a_repeat_changes_nothing(tmp_path: Path) -> None:
    db = made(tmp_path, "vault")
    before = version(db)
    upgrade(db, "vault")
    assert version(db) == before is not None
    db.close()


def test_a_new_file_has_no_version(tmp_path: Path) -> None:
    db = Database(tmp_path / "new.db")
    assert version(db) is None
    db.close()


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    db = made(tmp_path, "scan")
    with db.begin() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = 'scan_9999'")
    with pytest.raises(StorageError, match="newer") as caught:
        upgrade(db, "scan")
    db.close()
    text = str(caught.value)
    assert "\n" not in text
    assert "scan.db" in text
    assert "install" in text
