"""One SQLite file, opened so that what is committed stays committed.

Knows transactions and how the disk fails. Knows no table: each business brings its own
`MetaData`, and ``store.schema`` makes and migrates them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from paperless_kernel.base.errors import BusyError, InputError, StorageError

_BUSY_MILLIS = 10_000
_PATIENCE_MILLIS = 200


class Database:
    """A database file and its two kinds of transaction.

    WAL with ``synchronous=FULL``: a commit that returned survives a power cut. A
    writer takes its lock at once (``BEGIN IMMEDIATE``), so two writers wait for each
    other instead of failing half-way.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine: Engine = create_engine(
            f"sqlite:///{path}", connect_args={"timeout": _BUSY_MILLIS / 1000}
        )
        event.listen(self.engine, "connect", _prepare)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a writing transaction; it commits at the end and undoes on any error.

        Keep it under 50 ms: everyone else is waiting.

        Raises:
            StorageError: the disk is full or failing; nothing was written.
            BusyError: another writer held the file for over 10 s.
        """
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a reading transaction: one unchanging view, never in a writer's way."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def _transaction(self, how: str) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql(how)
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()
        except OperationalError as error:
            raise _meaning(self.path, error) from error
        except UnicodeEncodeError as error:
            raise InputError(
                "a text holds signs that are no characters (lone surrogates); correct "
                "it and try again."
            ) from error
        except DBAPIError as error:
            if isinstance(error.orig, sqlite3.IntegrityError):
                raise
            raise StorageError(
                f"{self.path.name} failed: {error.orig}. Stop, check the disk, and run "
                "'paperless status'."
            ) from error

    def settle(self) -> bool:
        """Empty the write-ahead log into the file, so that it keeps no older rows.

        Returns:
            Whether it is empty now; a reader elsewhere may be in the way.
        """
        try:
            with self.engine.connect() as connection:
                # A reader may stay long; nobody's work waits for this.
                connection.exec_driver_sql(f"PRAGMA busy_timeout={_PATIENCE_MILLIS}")
                try:
                    row = connection.exec_driver_sql(
                        "PRAGMA wal_checkpoint(TRUNCATE)"
                    ).first()
                finally:
                    connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MILLIS}")
        except OperationalError as error:
            raise _meaning(self.path, error) from error
        return row is not None and not row[0]

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()


def _prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's hook
    connection.isolation_level = None  # we say BEGIN ourselves
    for line in (
        f"PRAGMA busy_timeout={_BUSY_MILLIS}",
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
        # What is deleted or written over is zeroed, not left in free room.
        "PRAGMA secure_delete=ON",
    ):
        connection.execute(line)


def _meaning(path: Path, error: OperationalError) -> BusyError | StorageError:
    text = str(error.orig)
    if "locked" in text or "busy" in text:
        return BusyError(
            f"{path.name} is held by another writer for over "
            f"{_BUSY_MILLIS // 1000} s; find it with 'paperless status' and try again."
        )
    if "full" in text:
        return StorageError(
            f"No space left for {path.name}: nothing was written. Free some space and "
            "run the same command again."
        )
    return StorageError(
        f"{path.name} could not be used ({text}): nothing was written. Check the disk "
        "and the folder's rights, then run the same command again."
    )
