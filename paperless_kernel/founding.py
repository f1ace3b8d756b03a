"""Makes an office's folder: keys, tables and the facts that say it is whole.

Knows the order in which a folder becomes an office. How one is opened is ``office``.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from paperless_kernel.adapters.keyfile import make_keys
from paperless_kernel.base.clock import SystemClock, stamp
from paperless_kernel.base.errors import (
    BusyError,
    InputError,
    NotFoundError,
    StorageError,
)
from paperless_kernel.base.ids import Ids, SystemRandom
from paperless_kernel.config import Settings
from paperless_kernel.store.database import Database
from paperless_kernel.store.schema import upgrade

JOURNALS = ("access", "scan", "vault", "notice", "billing")
"""The businesses that keep a journal; each has one database."""
DATABASES = (*JOURNALS, "keys")
FACTS = "office.json"
LOCK = "office.lock"


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


def read_facts(folder: Path) -> OfficeFacts:
    """Return an office's facts.

    Raises:
        NotFoundError: there is no office in that folder.
        StorageError: its facts cannot be read, or are damaged.
    """
    try:
        return OfficeFacts(**json.loads((folder / FACTS).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise NotFoundError(
            f"no office in {folder}: make one with 'paperless init', or try "
            "'paperless demo'."
        ) from None
    except OSError as error:
        raise StorageError(
            f"{folder / FACTS} cannot be read ({error.strerror}); check its rights and "
            "the disk."
        ) from error
    except (ValueError, TypeError) as error:
        raise StorageError(
            f"{folder / FACTS} is damaged: it does not hold the office's facts. "
            "Restore it from a backup; keys and documents are untouched."
        ) from error


def make_office(
    settings: Settings, *, name: str, kind: str, passphrase: Callable[[], bytes]
) -> bool:
    """Make an office in the settings' folder; return False if it is there already.

    Raises:
        InputError: the folder holds something else, or the passphrase is too short.
        BusyError: another command is making an office there.
        StorageError: the folder cannot be written.
    """
    folder = settings.folder
    if (folder / FACTS).exists():
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        foreign = {each.name for each in folder.iterdir()} - _OWN
        if foreign:
            raise InputError(
                f"{folder} holds other files ({', '.join(sorted(foreign)[:3])}); "
                "choose an empty folder with --home."
            )
        folder.chmod(0o700)
        with office_lock(folder):
            if not (folder / FACTS).exists():  # somebody may have been quicker
                _fill(folder, name, kind, passphrase())
    except OSError as error:
        raise StorageError(
            f"{folder} could not be written ({error.strerror}); free some space or "
            "choose another folder with --home, then run it again."
        ) from error
    return True


@contextmanager
def office_lock(folder: Path) -> Iterator[None]:
    """Hold an office's lock, as its keeper does.

    Raises:
        BusyError: another process holds it.
    """
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise BusyError(
            f"another paperless command is working in {folder}; wait until it ends, "
            "then run this again."
        ) from error
    finally:
        os.close(handle)


def _fill(folder: Path, name: str, kind: str, passphrase: bytes) -> None:
    clock, random = SystemClock(), SystemRandom()
    # 1. Keys and certificates, whole or not at all. A crash before step 3 leaves a
    #    folder that the same call finishes.
    make_keys(
        folder / "keys", name=name, passphrase=passphrase, clock=clock, random=random
    )
    # 2. Tables.
    for each in DATABASES:
        db = Database(folder / f"{each}.db")
        upgrade(db, each)
        db.close()
    # 3. The facts, durable and in one step: from here on the office exists.
    number = Ids(clock, random).new()
    facts = OfficeFacts(
        name=name,
        kind=kind,
        origin=f"paperless-kernel/{number.rpartition('.')[2][-12:]}",
        policy=number,
        made_at=stamp(clock.now()),
    )
    draft = folder / f"{FACTS}.new"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(facts), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder / FACTS)
    handle = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_TAILS = ("", "-wal", "-shm", "-journal")
_OWN = {
    "keys",
    "keys.new",
    "passphrase",
    f"{FACTS}.new",
    LOCK,
    *(
        f"{each}.db{tail}"
        for each in DATABASES
        for tail in ("", "-wal", "-shm", "-journal")
    ),
}
"""What an unfinished office may hold."""
