"""Opens an office: its clock, its keeper and its services.

Knows who holds the keys and how an office comes up after a crash. Knows no rule; how
the services are wired is ``wiring``, how a folder becomes an office ``founding``.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

from paperless_kernel.access import records as access_records
from paperless_kernel.access.model import ClockJump
from paperless_kernel.access.service import Access
from paperless_kernel.adapters.keeper_socket import KeeperServer, RemoteKeeper
from paperless_kernel.adapters.keyfile import KeyFiles
from paperless_kernel.base.clock import ShiftedClock, SystemClock
from paperless_kernel.base.errors import (
    BusyError,
    ConflictError,
    KeyLockedError,
    StorageError,
    UnavailableError,
)
from paperless_kernel.base.facility import FacilityKind
from paperless_kernel.base.ids import Actor, Ids, Role, SystemRandom
from paperless_kernel.billing.service import Billing
from paperless_kernel.config import Settings
from paperless_kernel.flows.snapshot import (
    Business,
    JournalState,
    Section,
    Snapshot,
    section,
)
from paperless_kernel.founding import (
    DATABASES,
    JOURNALS,
    LOCK,
    OfficeFacts,
    read_facts,
)
from paperless_kernel.notice.service import Notices
from paperless_kernel.scan.service import Scan
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import Keeper, LocalKeeper
from paperless_kernel.store.schema import upgrade
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.notes import check_note
from paperless_kernel.trust.pki import fingerprint
from paperless_kernel.vault.service import Vault
from paperless_kernel.wiring import CARRIER, Grounds, Services, wire

FOUNDER = Actor(id="init", roles=frozenset({Role.SYSTEM_ADMIN}), name="init")
"""Who acts while an office is made; it has no login."""


def open_office(
    settings: Settings,
    *,
    passphrase: Callable[[], bytes] | None = None,
    reader: bool = False,
    alone: bool = False,
) -> Office:
    """Open an office; as its keeper, or asking the one that runs.

    Args:
        settings: where it is.
        passphrase: opens the keys when this process becomes the keeper.
        reader: never become the keeper (a notebook, a page); what needs a key is then
            asked of a running ``paperless serve``.
        alone: only as the keeper; refuse where another process is it.

    Raises:
        NotFoundError: there is no office in that folder.
        StorageError: what says so is damaged.
        BusyError: another command holds it and answers no questions.
        KeyLockedError: the passphrase does not open the keys.
    """
    facts = read_facts(settings.folder)
    lost = [name for name in DATABASES if not (settings.folder / f"{name}.db").exists()]
    if lost:
        raise StorageError(
            f"{settings.folder} has lost {', '.join(f'{each}.db' for each in lost)}: "
            "restore it from a backup; nothing was changed."
        )
    office = Office(settings, facts, passphrase or _no_passphrase)
    try:
        if not reader:
            office.take_keys(alone=alone)
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

    services: Services
    access: Access
    scan: Scan
    vault: Vault
    notices: Notices
    billing: Billing

    def __init__(
        self, settings: Settings, facts: OfficeFacts, passphrase: Callable[[], bytes]
    ) -> None:
        self.settings = settings
        self.facts = facts
        self.folder = settings.folder
        self.random = SystemRandom()
        self.databases = {
            name: Database(self.folder / f"{name}.db") for name in DATABASES
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

    def take_keys(self, *, alone: bool = False) -> None:
        """Become the keeper, or (unless ``alone``) find the process that is.

        Raises:
            BusyError: another command holds the office and answers no questions, or
                answers while this one has to be alone.
            KeyLockedError: the passphrase does not open the keys.
        """
        handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            self._find_keeper(alone=alone)
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

    def _find_keeper(self, *, alone: bool) -> None:
        keeper = RemoteKeeper(self.socket, self.keys, self.facts.origin)
        try:
            keeper.ping()
        except UnavailableError as error:
            raise BusyError(
                f"another paperless command is working in {self.folder}; wait until "
                "it ends, then run this again."
            ) from error
        if alone:
            keeper.close()
            raise BusyError(
                f"'paperless serve' runs in {self.folder}; stop it, then run this "
                "again."
            )
        self.keeper = keeper

    def listen(self) -> None:
        """Answer other processes' questions to the keeper until `close`.

        Raises:
            BusyError: this process does not hold the keys.
        """
        if not self.is_keeper:
            raise BusyError("another process keeps this office's keys; stop it first.")
        self._server = KeeperServer(self.socket, self.keeper)
        self._server.start()

    def build(self) -> None:
        """Wire the services to this office's stores and outside parties."""
        self.services = wire(
            Grounds(
                settings=self.settings,
                folder=self.folder,
                is_demo=self.is_demo,
                databases=self.databases,
                journals=self.journals,
                keeper=self.keeper,
                clock=self.clock,
                ids=self.ids,
                random=self.random,
            )
        )
        self.access = self.services.access
        self.scan = self.services.scan
        self.vault = self.services.vault
        self.notices = self.services.notices
        self.billing = self.services.billing

    def snapshot(self) -> Snapshot:
        """Return the numbers of the four businesses and the state of their logs."""
        now = self.clock.now()
        return Snapshot(
            taken_at=now,
            trial=all(self.access.facility(kind, now) is None for kind in FacilityKind),
            clock_shift=self._shift(),
            jumps=self.access.jumps(),
            journals=tuple(self._log_state(name) for name in JOURNALS),
            root_fingerprint=self.root_fingerprint,
            sections=self._sections(),
        )

    def _log_state(self, name: str) -> JournalState:
        note = self.journals[name].newest()
        if note is None:
            return JournalState(journal=name, size=0, root="")
        checkpoint = check_note(note, [self.keeper.vkey(name)])
        return JournalState(
            journal=name, size=checkpoint.size, root=checkpoint.root.hex()
        )

    def _sections(self) -> tuple[Section, ...]:
        scan, vault = self.scan.numbers(), self.vault.numbers()
        notice, billing = self.notices.numbers(), self.billing.numbers()
        return (
            section(
                Business.SCAN,
                {
                    "boxes": scan.boxes,
                    "pages": scan.pages,
                    "rejected": scan.pages_rejected,
                    "documents": scan.documents_sealed,
                },
            ),
            section(
                Business.VAULT,
                {
                    "packages": vault.packages,
                    "bytes": vault.size,
                    "certificates": vault.certificates,
                },
            ),
            section(
                Business.NOTICE,
                {
                    "notices": notice.notices,
                    "accepted": notice.sent,
                    "read": notice.read,
                    "letters": notice.letters,
                },
            ),
            section(
                Business.BILLING,
                {"invoices": billing.invoices, "total": billing.issued_total},
            ),
        )

    def use_relay(self, url: str) -> None:
        """Send through the relay at ``url`` from now on, in every process."""
        (self.folder / CARRIER).write_text(url + "\n", encoding="utf-8")
        self.services.relay.base_url = url

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
        if hasattr(self, "services"):
            self.services.relay.close()
        for db in self.databases.values():
            db.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
