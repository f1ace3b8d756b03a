"""Makes an office's folder: keys, tables and the facts that say it is whole.

Knows the order in which a folder becomes an office. How one is opened is ``office``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from paperless_kernel.adapters.keyfile import make_keys
from paperless_kernel.base.clock import SystemClock, stamp
from paperless_kernel.base.errors import InputError, StorageError
from paperless_kernel.base.ids import Ids, SystemRandom, as_oid
from paperless_kernel.config import Settings
from paperless_kernel.store.database import Database
from paperless_kernel.store.schema import upgrade

JOURNALS = ("access", "scan", "vault", "notice", "billing")
"""The businesses that keep a journal; each has one database."""
DATABASES = (*JOURNALS, "keys")
FACTS = "office.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeFacts:
    """What ``office.json`` says; written last, so it also says the office is whole."""

    name: str
    kind: str
    """``office``, or ``demo`` for one whose clock may be moved."""
    origin: str
    """First part of every log's origin line."""
    policy: str
    """OID of the embedded time-stamping policy."""
    made_at: str


def make_office(
    settings: Settings, *, name: str, kind: str, passphrase: Callable[[], bytes]
) -> bool:
    """Make an office in the settings' folder; return False if it is there already.

    Raises:
        InputError: the folder holds something else, or the passphrase is too short.
        StorageError: the folder cannot be written.
    """
    folder = settings.folder
    if (folder / FACTS).exists():
        return False
    clock, random = SystemClock(), SystemRandom()
    try:
        # 1. A crash before step 4 leaves a folder that the same call finishes.
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        foreign = {each.name for each in folder.iterdir()} - _OWN
        if foreign:
            raise InputError(
                f"{folder} holds other files ({', '.join(sorted(foreign)[:3])}); "
                "choose an empty folder with --home."
            )
        # 2. Keys and certificates, whole or not at all.
        secret = passphrase()
        make_keys(
            folder / "keys", name=name, passphrase=secret, clock=clock, random=random
        )
        # 3. Tables.
        for each in DATABASES:
            db = Database(folder / f"{each}.db")
            upgrade(db, each)
            db.close()
        # 4. The facts, in one step: from here on the office exists.
        number = Ids(clock, random).new()
        facts = OfficeFacts(
            name=name,
            kind=kind,
            origin=f"paperless-kernel/{number.rpartition('.')[2][-12:]}",
            policy=as_oid(number),
            made_at=stamp(clock.now()),
        )
        draft = folder / "office.json.new"
        draft.write_text(json.dumps(asdict(facts), ensure_ascii=False, indent=1))
        draft.rename(folder / FACTS)
    except OSError as error:
        raise StorageError(
            f"{folder} could not be written ({error.strerror}); free some space or "
            "choose another folder with --home, then run it again."
        ) from error
    return True


_OWN = {
    "keys",
    "keys.new",
    "passphrase",
    "office.json.new",
    "office.lock",
    *(f"{each}.db{tail}" for each in DATABASES for tail in ("", "-wal", "-shm")),
}
"""What an unfinished office may hold."""
