from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal, add_journal


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    db = Database(tmp_path / "x.db")
    metadata = MetaData()
    add_journal(metadata)
    metadata.create_all(db.engine)
    yield db
    db.close()


@pytest.fixture
def journal(database: Database) -> Journal:
    return Journal(database, "x")
