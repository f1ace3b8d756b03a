"""Table versions: makes a new database and brings an old one forward.

Knows alembic and where its scripts are (``store/migrations/<business>``); knows no
table. Opening an up-to-date office costs one query.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from paperless_kernel.base.errors import StorageError
from paperless_kernel.store.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(db: Database, business: str) -> None:
    """Bring a database to the newest version; a new file gets every table.

    Each step commits together with its version number, so a crash leaves the version
    before or the version after.

    Raises:
        StorageError: the file was made by a newer program, or cannot be written.
    """
    config = _config(business)
    scripts = ScriptDirectory.from_config(config)
    current = version(db)
    if current == scripts.get_current_head():
        return
    known = {step.revision for step in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise StorageError(
            f"{db.path.name} was made by a newer Paperless Kernel (version {current}); "
            "install that version to open it."
        )
    with db.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def version(db: Database) -> str | None:
    """Return a database's version, or nothing for a new file."""
    with db.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(
            text("SELECT version_num FROM alembic_version")
        )
        return found


def _config(business: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("version_locations", str(_SCRIPTS / business))
    config.set_main_option("path_separator", "os")
    return config
