"""Builds the running office; the only place that picks adapters and reads settings.

Knows which folder holds what, who keeps the keys, and how the services are wired. Knows
no rule: everything it decides is where things come from.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from paperless_kernel.access import records as access_records
from paperless_kernel.access.model import ClockJump
from paperless_kernel.access.service import Access
from paperless_kernel.adapters.keeper_socket import KeeperServer, RemoteKeeper
from paperless_kernel.adapters.keyfile import KeyFiles, make_keys
from paperless_kernel.base.clock import ShiftedClock, SystemClock, stamp
from paperless_kernel.base.errors import (
    BusyError,
    ConflictError,
    InputError,
    KeyLockedError,
    NotFoundError,
    StorageError,
    UnavailableError,
)
from paperless_kernel.base.ids import Actor, Ids, Role, SystemRandom, as_oid
from paperless_kernel.config import Settings
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import Keeper, LocalKeeper
from paperless_kernel.store.schema import upgrade
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.pki import fingerprint

JOURNALS = ("access", "scan", "vault", "notice", "billing")
MACHINE = Actor(id="office", roles=frozenset({Role.MACHINE}), name="office")
"""The office's own processes: hand-overs, dispatcher, day close."""
FOUNDER = Actor(id="init", roles=frozenset({Role.SYSTEM_ADMIN}), name="init")
"""Who acts while an office is made; it has no login."""


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
    if (folder / "office.json").exists():
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
        for each in (*JOURNALS, "keys"):
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
        draft.rename(folder / "office.json")
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
    *(
        f"{each}.db{tail}"
        for each in (*JOURNALS, "keys")
        for tail in ("", "-wal", "-shm")
    ),
}
"""What an unfinished office may hold."""


def open_office(
    settings: Settings,
    *,
    passphrase: Callable[[], bytes] | None = None,
    reader: bool = False,
) -> Office:
    """Open an office; as its keeper, or asking the one that runs.

    Args:
        settings: where it is.
        passphrase: opens the keys when this process becomes the keeper.
        reader: never become the keeper (a notebook, a page); what needs a key is then
            asked of a running ``paperless serve``.

    Raises:
        NotFoundError: there is no office in that folder.
        BusyError: another command holds it and answers no questions.
        KeyLockedError: the passphrase does not open the keys.
    """
    try:
        text = (settings.folder / "office.json").read_text()
        facts = OfficeFacts(**json.loads(text))
    except FileNotFoundError:
        raise NotFoundError(
            f"no office in {settings.folder}: make one with 'paperless init', or try "
            "'paperless demo'."
        ) from None
    except (OSError, ValueError, TypeError) as error:
        raise StorageError(
            f"{settings.folder / 'office.json'} cannot be read ({error}); restore it "
            "from a backup."
        ) from error
    office = Office(settings, facts, passphrase or _no_passphrase)
    try:
        if not reader:
            office.take_keys()
        office.build()
    except BaseException:
        office.close()
        raise
    return office


def _no_passphrase() -> bytes:
    raise KeyLockedError(
        "the keys need their passphrase: set PAPERLESS_PASSPHRASE_FILE or run this "
        "where it can be typed."
    )


class Office:
    """One office, open: its clock, its keeper and its services."""

    access: Access

    def __init__(
        self, settings: Settings, facts: OfficeFacts, passphrase: Callable[[], bytes]
    ) -> None:
        self.settings = settings
        self.facts = facts
        self.folder = settings.folder
        self.random = SystemRandom()
        self.databases = {
            name: Database(self.folder / f"{name}.db") for name in (*JOURNALS, "keys")
        }
        self.journals = {name: Journal(self.databases[name], name) for name in JOURNALS}
        self.clock = ShiftedClock(SystemClock(), self._shift)
        self.ids = Ids(self.clock, self.random)
        self.keys = KeyFiles(self.folder / "keys", passphrase)
        self.keeper: Keeper = RemoteKeeper(self.socket, self.keys, facts.origin)
        self._lock: int | None = None
        self._server: KeeperServer | None = None

    @property
    def is_demo(self) -> bool:
        """Whether this is a demo office, whose clock may be moved forward."""
        return self.facts.kind == "demo"

    @property
    def socket(self) -> Path:
        """Where the keeper listens while another process holds the keys."""
        return self.folder / "keeper.sock"

    @property
    def is_keeper(self) -> bool:
        """Whether this process holds the keys."""
        return self._lock is not None

    @property
    def root_fingerprint(self) -> str:
        """The root certificate's SHA-256, as it stands on every certificate."""
        return fingerprint(self.keys.certificates(KeyPurpose.ROOT)[0])

    def take_keys(self) -> None:
        """Become the keeper, or find the process that is.

        Raises:
            BusyError: another command holds the office and answers no questions.
            KeyLockedError: the passphrase does not open the keys.
        """
        handle = os.open(self.folder / "office.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            self._find_keeper()
            return
        self._lock = handle
        self.keys.log_key()  # a wrong passphrase shows now, not half-way
        self.keeper = LocalKeeper(
            keys=self.keys,
            journals=self.journals,
            origin=self.facts.origin,
            policy=self.facts.policy,
            clock=self.clock,
            ids=self.ids,
            random=self.random,
        )
        for name, db in self.databases.items():
            upgrade(db, name)
        self.keys.renew_crl(self.clock.now())
        for journal in self.journals.values():
            # Entries a crash left unnumbered get their place before anything else.
            if not journal.is_empty():
                self.keeper.sequence(journal.name)

    def _find_keeper(self) -> None:
        keeper = RemoteKeeper(self.socket, self.keys, self.facts.origin)
        try:
            keeper.ping()
        except UnavailableError as error:
            raise BusyError(
                f"another paperless command is working in {self.folder}; wait until "
                "it ends, then run this again."
            ) from error
        self.keeper = keeper

    def listen(self) -> None:
        """Answer other processes' questions to the keeper until `close`."""
        self._server = KeeperServer(self.socket, self.keeper)
        self._server.start()

    def build(self) -> None:
        """Wire the services to this office's stores and outside parties."""
        self.access = Access(
            db=self.databases["access"],
            journal=self.journals["access"],
            keeper=self.keeper,
            clock=self.clock,
            ids=self.ids,
        )

    def jump(
        self, actor: Actor, *, key: str, to: dt.datetime, reason: str
    ) -> ClockJump | None:
        """Move a demo office's clock forward to ``to``; journaled, once per key.

        Raises:
            ConflictError: this is no demo office; its clock is the machine's.
        """
        if not self.is_demo:
            raise ConflictError("only a demo office's clock can be moved.")
        return self.access.record_jump(actor, key=key, to=to, reason=reason)

    def _shift(self) -> dt.timedelta:
        if not self.is_demo:
            return dt.timedelta(0)
        with self.databases["access"].read() as tx:
            jumps = access_records.find_jumps(tx)
        return sum((jump.to - jump.frm for jump in jumps), dt.timedelta(0))

    def close(self) -> None:
        """Let go of files, sockets and the office lock."""
        if self._server is not None:
            self._server.close()
        if isinstance(self.keeper, RemoteKeeper):
            self.keeper.close()
        for db in self.databases.values():
            db.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
