"""A whole vault on a temporary folder: real database, objects, keys and typesetter."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from paperless_kernel.access.records import metadata as access_metadata
from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.keyfile import KeyFiles, make_keys
from paperless_kernel.adapters.typesetting import TypstTypesetter
from paperless_kernel.base.clock import FixedClock
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.base.ids import Actor, Ids, Role, SystemRandom
from paperless_kernel.base.typeset import Typesetter
from paperless_kernel.store.blobs import Blobs
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import TRIGGERS, Journal
from paperless_kernel.store.keeper import Keeper, LocalKeeper
from paperless_kernel.vault.model import (
    Applicant,
    CertificateRequest,
    Deposit,
    DepositFile,
    Recipient,
)
from paperless_kernel.vault.records import keys_metadata, metadata
from paperless_kernel.vault.retention import RetentionRules, parse_retention
from paperless_kernel.vault.service import Vault

START = dt.datetime(2026, 11, 23, 5, 45, 28, 123000, tzinfo=dt.UTC)
PASSPHRASE = b"a passphrase for tests"
CLERK = Actor(
    id="u-clerk", roles=frozenset({Role.CUSTOMER_USER}), tenant="t-one", name="김담당"
)
BOSS = Actor(id="u-boss", roles=frozenset({Role.CUSTOMER_ADMIN}), tenant="t-one")
STRANGER = Actor(id="u-other", roles=frozenset({Role.CUSTOMER_ADMIN}), tenant="t-two")
OPERATOR = Actor(id="u-operator", roles=frozenset({Role.VAULT_OPERATOR}))
AUDITOR = Actor(id="u-auditor", roles=frozenset({Role.VAULT_AUDITOR}))
MACHINE = Actor(id="flow", roles=frozenset({Role.MACHINE}))
PDF = b"%PDF-1.7\n% a lease of 2026\n%%EOF\n"


@dataclass
class Keys:
    """The office's keys, unlocked once for all tests; their file never changes."""

    files: KeyFiles


@dataclass
class World:
    """A vault and what it stands on, for tests that look behind it."""

    vault: Vault
    db: Database
    keys_db: Database
    journal: Journal
    blobs: Blobs
    keeper: Keeper
    clock: FixedClock
    facilities: dict[FacilityKind, Facility]
    folder: Path
    clerk: Actor = CLERK
    boss: Actor = BOSS
    stranger: Actor = STRANGER
    operator: Actor = OPERATOR
    auditor: Actor = AUDITOR
    machine: Actor = MACHINE
    pdf: bytes = PDF

    def file(self, **more: object) -> DepositFile:
        return _lease(**more)

    def one(self, *files: DepositFile, **more: object) -> Deposit:
        return _one(*files, **more)

    def request(self, document_id: str, **more: object) -> CertificateRequest:
        values: dict[str, object] = {
            "key": "c-1",
            "document_id": document_id,
            "applicant": Applicant(name="홍길동", identity="1980-02-29"),
            "purpose": "법원 제출용",
            "recipients": (Recipient(name="서울중앙지방법원"),),
            **more,
        }
        return CertificateRequest(**values)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("vault") / "keys"
    make_keys(
        folder,
        name="시험 기록원",
        passphrase=PASSPHRASE,
        clock=FixedClock(START - dt.timedelta(days=1)),
        random=SystemRandom(),
    )
    return Keys(files=KeyFiles(folder, lambda: PASSPHRASE))


@pytest.fixture(scope="session")
def typesetter(repository: Path) -> Typesetter:
    return TypstTypesetter(repository / "data/papers", office_fonts().folder)


@pytest.fixture(scope="session")
def retention(repository: Path) -> RetentionRules:
    text = (repository / "data/rules/retention.toml").read_text("utf-8")
    return parse_retention(tomllib.loads(text))


@pytest.fixture(scope="session")
def texts(repository: Path) -> dict[str, bytes]:
    folder = repository / "data/bundle"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def world(
    tmp_path: Path,
    keys: Keys,
    typesetter: Typesetter,
    retention: RetentionRules,
    texts: dict[str, bytes],
) -> Iterator[World]:
    clock, random = FixedClock(START), SystemRandom()
    ids = Ids(clock, random)
    dbs = {name: Database(tmp_path / f"{name}.db") for name in ("vault", "access")}
    keys_db = Database(tmp_path / "keys.db")
    metadata.create_all(dbs["vault"].engine)
    access_metadata.create_all(dbs["access"].engine)
    keys_metadata.create_all(keys_db.engine)
    for db in dbs.values():
        with db.begin() as tx:
            for trigger in TRIGGERS:
                tx.exec_driver_sql(trigger)
    journals = {name: Journal(db, name) for name, db in dbs.items()}
    keeper = LocalKeeper(
        keys=keys.files,
        journals=journals,
        origin="test.invalid",
        policy="2.25.1",
        clock=clock,
        ids=ids,
        random=random,
    )
    facilities: dict[FacilityKind, Facility] = {}
    blobs = Blobs(tmp_path / "objects")
    vault = Vault(
        db=dbs["vault"],
        keys_db=keys_db,
        journal=journals["vault"],
        blobs=blobs,
        keeper=keeper,
        clock=clock,
        ids=ids,
        random=random,
        typesetter=typesetter,
        facility=lambda kind, _at: facilities.get(kind),
        retention=retention,
        texts=texts,
    )
    yield World(
        vault=vault,
        db=dbs["vault"],
        keys_db=keys_db,
        journal=journals["vault"],
        blobs=blobs,
        keeper=keeper,
        clock=clock,
        facilities=facilities,
        folder=tmp_path,
    )
    for db in (*dbs.values(), keys_db):
        db.close()


@pytest.fixture
def vault(world: World) -> Vault:
    return world.vault


def _lease(**more: object) -> DepositFile:
    values: dict[str, object] = {
        "name": "홍길동_임대차.pdf",
        "data": PDF,
        "title": "주택 임대차 계약서",
        "kind": "계약서",
        "keywords": ("전세", "서울"),
        "description": "보증금 3억 원, 2년",
        **more,
    }
    return DepositFile(**values)  # type: ignore[arg-type]


def _one(*files: DepositFile, **more: object) -> Deposit:
    values: dict[str, object] = {
        "key": "d-1",
        "tenant": "t-one",
        "files": files or (_lease(),),
        "retention_class": "general",
        **more,
    }
    return Deposit(**values)  # type: ignore[arg-type]
