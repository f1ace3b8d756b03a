"""A trial workshop for the benchmarks: a real office, and batches through all of it.

Knows the steps from the sealed box to the handed-over document and does each through
the office's own services; nothing is left out and nothing is done beside them.
"""

from __future__ import annotations

import datetime as dt
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.config import Settings, data_folder
from paperless_kernel.founding import make_office
from paperless_kernel.office import Office, open_office
from paperless_kernel.scan.model import Batch, Page, PageState, RejectReason, Verdict
from paperless_kernel.scan.sealing.assemble import image_streams

STEPS_OF_PEOPLE: Final = ("index and inspection",)
"""What a person at a screen asks for; shown, not counted as the machine's path."""
DEVICE: Final = "bench scanner"
TENANT: Final = "bench"
_CONTRACT: Final = "BENCH-1"
_MANAGER = Actor(id="b-manager", roles=frozenset({Role.SCAN_MANAGER}))
_COURIER = Actor(id="b-courier", roles=frozenset({Role.COURIER}))
_AUTHOR = Actor(id="b-author", roles=frozenset({Role.SCAN_OPERATOR}))
_INSPECTOR = Actor(id="b-inspector", roles=frozenset({Role.SCAN_INSPECTOR}))
_FLOW = Actor(id="flow", roles=frozenset({Role.MACHINE}))
_STAFF: Final = (
    (_MANAGER, Role.SCAN_MANAGER),
    (_AUTHOR, Role.SCAN_OPERATOR),
    (_INSPECTOR, Role.SCAN_INSPECTOR),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A page file as the hot folder hands it over; read when it is captured."""

    path: Path

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    def read(self) -> bytes:
        """Return the file's bytes."""
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A batch that came through: CPU seconds by step, and what proves it."""

    steps: dict[str, float]
    pages: tuple[Page, ...]
    documents: int
    same_streams: int
    jpegs: int


def passphrase() -> bytes:
    """Open the trial office's keys."""
    return b"a benchmark, not a secret"


class TrialWorkshop:
    """An office, open, with its staff, rules and scanner registered."""

    def __init__(self, folder: Path) -> None:
        settings = replace(Settings(), home=str(folder))
        make_office(settings, name="Bench", kind="office", passphrase=passphrase)
        self.office: Office = open_office(settings, passphrase=passphrase)

    def close(self) -> None:
        """Close the office."""
        self.office.close()

    def settle(self) -> None:
        """Register rules, people, courses, the scanner and the customer's contract."""
        scan = self.office.scan
        day = kst_date(self.office.clock.now()).replace(month=1, day=5)
        rules = (data_folder() / "rules" / "regulation-trial.toml").read_text("utf-8")
        scan.register_regulation(_MANAGER, key="rules", rules=tomllib.loads(rules))
        for person, role in _STAFF:
            scan.appoint(
                _MANAGER,
                key=person.id,
                role=role,
                person=person.id,
                id_checked_on=day,
                pledge_signed_on=day,
                since=day,
            )
        scan.educate(
            _MANAGER,
            key="course",
            persons=tuple(person.id for person, _ in _STAFF),
            course="전자화관계자 교육",
            on=day,
            hours=12,
            official=True,
        )
        scan.register_device(_MANAGER, device=DEVICE, model="SIM", serial="1")
        scan.test_device(
            _AUTHOR, key="test", device=DEVICE, measured=[("dpi", 300)], passed=True
        )
        scan.record_contract(
            _MANAGER,
            tenant=TENANT,
            number=_CONTRACT,
            since=day,
            until=day + dt.timedelta(days=360),
            consignor="Bench",
            consignee="Bench",
        )

    def started(self, name: str, sheets: int, every: int) -> Batch:
        """Bring one box from the door to the scanner."""
        scan = self.office.scan
        seal = f"SEAL-{name}"
        order = scan.place_order(
            _MANAGER,
            key=f"o-{name}",
            tenant=TENANT,
            number=f"O-{name}",
            contract=_CONTRACT,
        )
        scan.supply_boxes(_COURIER, key=f"s-{name}", tenant=TENANT, seals=[seal])
        box = scan.receive_box(
            _COURIER,
            key=f"r-{name}",
            tenant=TENANT,
            seal=seal,
            sheets=sheets,
            order=order.id,
        )
        scan.open_box(_AUTHOR, box.id, seal=seal, counted=sheets)
        scan.prepare_box(_AUTHOR, key=f"p-{name}", box=box.id)
        return scan.start_batch(
            _AUTHOR,
            key=f"b-{name}",
            box=box.id,
            sheets=sheets,
            device=DEVICE,
            settings="300 dpi, colour",
            every=every,
        )

    def batch(self, files: Sequence[Path], name: str, every: int = 5) -> Done:
        """Take files through the whole path: box, capture, checks, seal.

        After the clock has stopped the batch is handed over, so that it leaves nothing.

        A held page is accepted by the inspector, as one would who has looked at it; a
        rejected one is set aside.
        """
        steps: dict[str, float] = {}
        clock = _Laps(steps)
        scan = self.office.scan
        batch = self.started(name, len(files), every).id
        clock.lap("box and order")
        scan.capture(_AUTHOR, batch, [Feed(path=file) for file in files])
        clock.lap("capture")
        scan.close_batch(_AUTHOR, batch)
        clock.lap("first integrity check")
        pages = scan.pages(_INSPECTOR, batch)
        for page in pages:
            if page.state is not PageState.WAITING or page.verdict is Verdict.PASS:
                continue
            if page.verdict is Verdict.REJECT:
                note = "no second scan of a bench page"
                scan.set_aside(_INSPECTOR, page.id, RejectReason.OTHER, note=note)
            else:
                scan.accept_page(_INSPECTOR, page.id)
        documents = scan.documents(_AUTHOR, batch)
        for document in documents:
            scan.index(_AUTHOR, document.id, title="견본 문서", kind="문서")
        for document in documents:
            scan.pass_document(_INSPECTOR, document.id)
        clock.lap("index and inspection")
        scan.seal(_MANAGER, batch)
        clock.lap("seal")
        return Done(
            steps=steps,
            pages=tuple(pages),
            documents=len(documents),
            same_streams=self._emptied(batch, files),
            jpegs=sum(
                page.coded.startswith("JPEG as scanned")
                and page.verdict is not Verdict.REJECT
                for page in pages
            ),
        )

    def _emptied(self, batch: str, files: Sequence[Path]) -> int:
        """Hand the batch over; return how many image streams are a file's own bytes."""
        scan, same = self.office.scan, 0
        given = {sha256(file.read_bytes()).digest() for file in files}
        for sealed in scan.sealed_documents(_FLOW, batch):
            same += sum(
                sha256(stream).digest() in given for stream in image_streams(sealed.pdf)
            )
            scan.handed_over(_FLOW, sealed.id, receipt=f"bench {sealed.id}")
        return same


class _Laps:
    """Adds up the CPU time of this process between one lap and the next."""

    def __init__(self, steps: dict[str, float]) -> None:
        self._steps = steps
        self._last = time.process_time()

    def lap(self, name: str) -> None:
        now = time.process_time()
        self._steps[name] = self._steps.get(name, 0.0) + now - self._last
        self._last = now
