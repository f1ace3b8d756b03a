"""Pages drawn for tests: text lines, a filled form, a blank, and their defects."""

from __future__ import annotations

import datetime as dt
import io
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from paperless_kernel.access.records import metadata as access_metadata
from paperless_kernel.adapters.checkers import pdfa_complaints
from paperless_kernel.adapters.fonts import office_fonts
from paperless_kernel.adapters.keyfile import KeyFiles, make_keys
from paperless_kernel.adapters.typesetting import TypstTypesetter, mark_image
from paperless_kernel.base.clock import FixedClock
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.base.ids import Actor, Ids, Role, SystemRandom
from paperless_kernel.scan.boxes import Box
from paperless_kernel.scan.capture.separators import separator_sheet
from paperless_kernel.scan.classes import Classes, parse_classes
from paperless_kernel.scan.duties import DutyBook, parse_duties
from paperless_kernel.scan.model import Batch, Page, Verdict
from paperless_kernel.scan.orders.model import Order
from paperless_kernel.scan.profiles import Profiles, parse_profiles
from paperless_kernel.scan.rules import ScanRules, parse_rules
from paperless_kernel.scan.schema import metadata
from paperless_kernel.scan.service import Scan
from paperless_kernel.store.blobs import Blobs
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import LocalKeeper

A4_150 = (1240, 1754)
A4_300 = (2480, 3508)


class Draw:
    """Makes pages."""

    @staticmethod
    def drawn(
        seed: int = 1, size: tuple[int, int] = A4_150, lines: int = 24, words: str = ""
    ) -> Any:
        """A grey page of text lines; another seed is another text."""
        width, height = size
        scale = width / 1240
        page = np.full((height, width), 245, np.uint8)
        chance = np.random.default_rng(seed)
        letters = np.array(list("abcdeghiklmnoprstuvz0123456789    "))
        for line in range(lines):
            text = words or "".join(chance.choice(letters, 44))
            at = (int(120 * scale), int((150 + line * 62) * scale))
            cv2.putText(
                page,
                text,
                at,
                cv2.FONT_HERSHEY_SIMPLEX,
                1.15 * scale,
                30,
                max(1, round(2 * scale)),
                cv2.LINE_AA,
            )
        noise = chance.normal(0, 3, page.shape)
        return np.clip(page + noise, 0, 255).astype(np.uint8)

    @staticmethod
    def blank(seed: int = 1, size: tuple[int, int] = A4_150) -> Any:
        noise = np.random.default_rng(seed).normal(0, 3, (size[1], size[0]))
        return np.clip(248 + noise, 0, 255).astype(np.uint8)

    @staticmethod
    def turned(page: Any, degrees: float) -> Any:
        """Turn a page clockwise about its middle."""
        height, width = page.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
        return cv2.warpAffine(page, matrix, (width, height), borderValue=245)

    @staticmethod
    def encoded(
        page: Any, form: str = "JPEG", dpi: float = 300, mode: str = "", **how: Any
    ) -> bytes:
        """Write a page as an image file."""
        image = Image.fromarray(page)
        if mode:
            image = image.convert(mode)
        out = io.BytesIO()
        if dpi:
            how["dpi"] = (dpi, dpi)
        image.save(out, form, **how)
        return out.getvalue()

    @staticmethod
    def many(pages: Sequence[Any], dpi: float = 204) -> bytes:
        """Write pages as one TIFF."""
        frames = [Image.fromarray(page) for page in pages]
        out = io.BytesIO()
        frames[0].save(
            out, "TIFF", save_all=True, append_images=frames[1:], dpi=(dpi, dpi)
        )
        return out.getvalue()

    @staticmethod
    def fax(page: Any, dpi: float = 300) -> bytes:
        """Write a page as one G4 strip in a TIFF."""
        image = Image.fromarray(page).convert("1", dither=Image.Dither.NONE)
        out = io.BytesIO()
        image.save(
            out,
            "TIFF",
            compression="group4",
            dpi=(dpi, dpi),
            strip_size=image.width * image.height,
            tiffinfo={262: 0},
        )
        return out.getvalue()


@pytest.fixture(scope="session")
def divider() -> bytes:
    """A separator sheet as a scanner gives it."""
    with Image.open(io.BytesIO(separator_sheet("별지"))) as page:
        small = page.reduce(2)
    out = io.BytesIO()
    small.save(out, "JPEG", dpi=(204, 204))
    return out.getvalue()


@pytest.fixture(scope="session")
def draw() -> Draw:
    return Draw()


@pytest.fixture(scope="session")
def rules(repository: Path) -> ScanRules:
    text = (repository / "data" / "rules" / "notice-2013-99.toml").read_text("utf-8")
    return parse_rules(tomllib.loads(text))


@pytest.fixture(scope="session")
def profiles(repository: Path, rules: ScanRules) -> Profiles:
    path = repository / "data" / "rules" / "quality-profiles.toml"
    return parse_profiles(tomllib.loads(path.read_text("utf-8")), rules)


@pytest.fixture(scope="session")
def classes(repository: Path) -> Classes:
    text = (repository / "data" / "rules" / "document-classes.toml").read_text("utf-8")
    return parse_classes(tomllib.loads(text))


@pytest.fixture(scope="session")
def duties(repository: Path) -> DutyBook:
    text = (repository / "data" / "rules" / "notice-2013-99.toml").read_text("utf-8")
    return DutyBook.of([parse_duties(tomllib.loads(text))])


START = dt.datetime(2026, 11, 23, 5, 45, 28, 123000, tzinfo=dt.UTC)
PASSPHRASE = b"a passphrase for tests"
COURIER = Actor(id="u-courier", roles=frozenset({Role.COURIER}))
AUTHOR = Actor(id="u-author", roles=frozenset({Role.SCAN_OPERATOR}))
INSPECTOR = Actor(id="u-inspector", roles=frozenset({Role.SCAN_INSPECTOR}))
BOTH = Actor(id="u-both", roles=frozenset({Role.SCAN_OPERATOR, Role.SCAN_INSPECTOR}))
MANAGER = Actor(id="u-manager", roles=frozenset({Role.SCAN_MANAGER}))
FLOW = Actor(id="flow", roles=frozenset({Role.MACHINE}))
ORDERED = ("service", "lossless", "demo_paper", "model", "workshop")


@dataclass(frozen=True)
class Held:
    """A page in memory, as a scanner hands it over."""

    name: str
    data: bytes
    way: str = "scanner"

    def read(self) -> bytes:
        return self.data

    def read_dated(self) -> tuple[bytes, int]:
        return self.data, 0


@dataclass
class World:
    """A workshop and what it stands on, and the usual steps in it."""

    scan: Scan
    db: Database
    journal: Journal
    blobs: Blobs
    keeper: LocalKeeper
    clock: FixedClock
    facilities: dict[FacilityKind, Facility]
    folder: Path
    rebuild: Any
    regulation: dict[str, Any]
    courier: Actor = COURIER
    author: Actor = AUTHOR
    inspector: Actor = INSPECTOR
    both: Actor = BOTH
    manager: Actor = MANAGER
    flow: Actor = FLOW

    def files(self, *data: bytes) -> list[Held]:
        return [Held(f"{n}.page", one) for n, one in enumerate(data, 1)]

    def staffed(self, workshop: str = "") -> None:
        """Register rules, people, their education and a tested scanner."""
        known = {one.workshop for one in self.scan.regulations(self.manager)}
        if workshop not in known:
            self.scan.register_regulation(
                self.manager,
                key=f"regulation-{workshop}",
                rules=self.regulation
                | {"number": f"TRIAL-1{workshop}", "workshop": workshop},
            )
        if known:
            return
        day = dt.date(2026, 1, 5)
        people = {
            self.author.id: Role.SCAN_OPERATOR,
            self.both.id: Role.SCAN_OPERATOR,
            self.inspector.id: Role.SCAN_INSPECTOR,
            self.manager.id: Role.SCAN_MANAGER,
        }
        for person, role in people.items():
            self.scan.appoint(
                self.manager,
                key=f"staff-{person}",
                role=role,
                person=person,
                id_checked_on=day,
                pledge_signed_on=day,
                since=day,
            )
        # Official: it stands in for the year after, so clocks may be moved on.
        self.scan.educate(
            self.manager,
            key="course",
            persons=tuple(people),
            course="전자화관계자 교육",
            on=day,
            hours=12,
            official=True,
        )
        self.tested()

    def tested(self, device: str = "scanner 7", key: str = "test-1") -> None:
        """Register a scanner and pass its target-page test now."""
        self.scan.register_device(
            self.manager, device=device, model="SIM", serial=f"0-{device}"
        )
        self.scan.test_device(
            self.author, key=key, device=device, measured=[("dpi", 300)], passed=True
        )

    def agreed(self, **more: Any) -> Order:
        """Record the contract, supply boxes, place the work order; return it."""
        self.staffed(more.get("workshop", ""))
        self.scan.record_contract(
            self.manager,
            tenant="t-one",
            number="처리위탁-7",
            since=dt.date(2026, 1, 1),
            until=dt.date(2026, 12, 31),
            consignor="하나상사",
            consignee="작업장",
        )
        self.scan.supply_boxes(
            self.courier, key="s-1", tenant="t-one", seals=("S-1", "S-2", "S-3")
        )
        name = ".".join(f"{key}-{value}" for key, value in sorted(more.items()))
        return self.scan.place_order(
            self.manager,
            key=f"o-{name}",
            tenant="t-one",
            number=f"의뢰-{name}",
            contract="처리위탁-7",
            **{"demo_paper": True} | more,
        )

    def opened(self, sheets: int = 2, seal: str = "S-1", **more: Any) -> Box:
        """Receive, open, prepare a box; what is named more belongs to its order."""
        order = self.agreed(**more)
        box = self.scan.receive_box(
            self.courier,
            key=f"r-{seal}",
            tenant="t-one",
            seal=seal,
            sheets=sheets,
            order=order.id,
        )
        opened = self.scan.open_box(self.courier, box.id, seal=seal, counted=sheets)
        self.scan.prepare_box(self.author, key=f"p-{seal}", box=box.id)
        return opened

    def started(self, sheets: int = 2, **more: Any) -> Batch:
        """Start a batch; what `ORDERED` names belongs to its order."""
        ordered = {name: more.pop(name) for name in ORDERED if name in more}
        box = self.opened(sheets, **ordered)
        values: dict[str, Any] = {
            "key": "b-1",
            "box": box.id,
            "sheets": sheets,
            "device": "scanner 7",
            "settings": "300 dpi, grey",
            **more,
        }
        return self.scan.start_batch(self.author, **values)

    def captured(self, data: Sequence[bytes], **more: Any) -> tuple[Page, ...]:
        batch = self.started(**({"sheets": len(data)} | more))
        return self.scan.capture(self.author, batch.id, self.files(*data))

    def passed(self, data: Sequence[bytes], **more: Any) -> str:
        """Capture, close, index and pass everything; return the batch's id."""
        pages = self.captured(data, **more)
        batch = pages[0].batch
        self.scan.close_batch(self.author, batch)
        for page in pages:
            if page.verdict is Verdict.HOLD:
                self.scan.accept_page(self.inspector, page.id)
        for document in self.scan.documents(self.author, batch):
            self.scan.index(
                self.author,
                document.id,
                title=f"임대차 계약서 {document.number}",
                kind="계약서",
                keywords=("홍길동",),
            )
            self.scan.pass_document(self.inspector, document.id)
        return batch

    def tags(self) -> list[str]:
        """What was journaled, without what had to be registered before."""
        before = ("scan:staff:", "scan:regulation:", "scan:device:")
        entries = self.journal.entries()
        return [one.tag for one in entries if not one.tag.startswith(before)]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFiles:
    folder = tmp_path_factory.mktemp("scan") / "keys"
    make_keys(
        folder,
        name="시험 작업장",
        passphrase=PASSPHRASE,
        clock=FixedClock(START - dt.timedelta(days=1)),
        random=SystemRandom(),
    )
    return KeyFiles(folder, lambda: PASSPHRASE)


@pytest.fixture
def world(
    tmp_path: Path,
    keys: KeyFiles,
    rules: ScanRules,
    profiles: Profiles,
    duties: DutyBook,
    classes: Classes,
    repository: Path,
) -> Iterator[World]:
    clock, random = FixedClock(START), SystemRandom()
    ids = Ids(clock, random)
    dbs = {name: Database(tmp_path / f"{name}.db") for name in ("scan", "access")}
    metadata.create_all(dbs["scan"].engine)
    access_metadata.create_all(dbs["access"].engine)
    journals = {name: Journal(db, name) for name, db in dbs.items()}
    keeper = LocalKeeper(
        keys=keys,
        journals=journals,
        origin="test.invalid",
        policy="2.25.1",
        clock=clock,
        ids=ids,
        random=random,
    )
    facilities: dict[FacilityKind, Facility] = {}
    blobs = Blobs(tmp_path / "objects")
    fonts = office_fonts()
    typesetter = TypstTypesetter(repository / "data" / "papers", fonts.folder)

    def build(objects: Blobs = blobs) -> Scan:
        return Scan(
            db=dbs["scan"],
            journal=journals["scan"],
            blobs=objects,
            keeper=keeper,
            clock=clock,
            ids=ids,
            random=random,
            rules=rules,
            profiles=profiles,
            duties=duties,
            classes=classes,
            facility=lambda kind, _at: facilities.get(kind),
            facilities=lambda kind, _at: tuple(
                one for one in facilities.values() if one.kind is kind
            ),
            pdfa=pdfa_complaints,
            mark=lambda text: mark_image(text, fonts),
            typesetter=typesetter,
            is_demo=True,
        )

    yield World(
        scan=build(),
        db=dbs["scan"],
        journal=journals["scan"],
        blobs=blobs,
        keeper=keeper,
        clock=clock,
        facilities=facilities,
        folder=tmp_path,
        rebuild=build,
        regulation=tomllib.loads(
            (repository / "data" / "rules" / "regulation-trial.toml").read_text("utf-8")
        )
        | {"process": ["central", "distributed"]},
    )
    for db in dbs.values():
        db.close()
