"""A workshop's whole day on a 200-page batch, done by processes that may be killed.

Run as a program it loads everything once and then forks a worker for each line it
reads, so that a test may strike fifty of them in a minute. A worker does the same calls
each time, from the box's receipt to the shredder, and ends with 0.
"""

from __future__ import annotations

import io
import os
import resource
import sys
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from paperless_kernel.base.errors import PaperlessError
from paperless_kernel.config import load
from paperless_kernel.demo.grounds import FOLDER, agree, prepare
from paperless_kernel.demo.people import OFFICE_NAME, PASSPHRASE, actor, settle
from paperless_kernel.flows.scan_to_vault import hand_over
from paperless_kernel.founding import make_office
from paperless_kernel.office import Office, open_office
from paperless_kernel.scan.boxes import BoxState
from paperless_kernel.scan.capture import looking
from paperless_kernel.scan.disposal.model import Method
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import BatchState, PageState, RejectReason, Verdict
from paperless_kernel.wiring import MACHINE

SHEETS: Final = 200
EVERY: Final = 10
REJECTED: Final = (7, 58, 133)
"""Positions an inspector rejects once; they are scanned again."""
ASIDE: Final = SHEETS + 1
"""The last sheet is fed twice: this position repeats the one before."""
BLANKS: Final = (20, 40)


@cache
def picture(n: int) -> bytes:
    """A small page that looks like no other; page 0 is empty."""
    chance = np.random.default_rng(n)
    page = np.full((80, 64), 245, np.uint8)
    if n:
        page[4:76, 4:60] = chance.integers(0, 2, (72, 56)) * 200 + 30
    out = io.BytesIO()
    Image.fromarray(page).save(out, "JPEG", dpi=(300, 300))
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class File:
    """A page that never touches the disk before it is captured."""

    number: int

    @property
    def name(self) -> str:
        return f"{self.number:04d}.jpg"

    def read(self) -> bytes:
        if self.number == ASIDE:
            return picture(SHEETS)
        return picture(0 if self.number in BLANKS else self.number)


def look_quickly() -> None:
    """Judge only whether a picture is empty: this is not about quality."""
    judge: Any = lambda found, *_: (Verdict.PASS, (), found.ink < 1000)  # noqa: E731
    for name, quick in (("judge", judge), ("read_separator", lambda _grey: None)):
        setattr(looking, name, quick)


def found_office(home: Path) -> None:
    """Make an office that is ready for its first box."""
    settings = load({}, home=str(home))
    make_office(settings, name=OFFICE_NAME, kind="demo", passphrase=lambda: PASSPHRASE)
    with open_office(settings, passphrase=lambda: PASSPHRASE) as office:
        tenant = settle(office)
        prepare(office)
        agree(office, tenant, "killed")


def work(office: Office) -> None:
    """Do everything that is still to be done, in order."""
    scan, operator = office.scan, actor(office, "operator")
    manager, courier = actor(office, "manager"), actor(office, "courier")
    (order,) = scan.orders(manager)
    scan.supply_boxes(courier, key="boxes", tenant=order.tenant, seals=["K-1"])
    box = scan.receive_box(
        courier,
        key="box",
        tenant=order.tenant,
        seal="K-1",
        sheets=SHEETS,
        order=order.id,
    )
    if box.state is BoxState.SHREDDED:
        return
    scan.open_box(operator, box.id, seal="K-1", counted=SHEETS)
    scan.prepare_box(operator, key="prepared", box=box.id)
    batch = scan.start_batch(
        operator,
        key="batch",
        box=box.id,
        sheets=SHEETS,
        device=FOLDER,
        settings="300 dpi, grey",
        every=EVERY,
    )
    if batch.state in {BatchState.CAPTURING, BatchState.CLOSED}:
        scan.capture(operator, batch.id, [File(n) for n in range(1, ASIDE + 1)])
        leave_out(office, batch.id)
        scan.close_batch(operator, batch.id)
        inspect(office, batch.id)
        scan.seal(manager, batch.id)
    hand_over(scan, office.vault, MACHINE, batch.id)
    scan.shred_box(
        courier,
        box.id,
        method=Method.SHREDDING,
        person=courier.id,
        witness=manager.id,
        device="shredder 1",
    )


def leave_out(office: Office, batch: str) -> None:
    """Set aside what was fed twice, so that the count agrees."""
    inspector = actor(office, "inspector")
    for page in office.scan.pages(inspector, batch):
        if page.position == ASIDE and page.state is PageState.WAITING:
            office.scan.set_aside(inspector, page.id, RejectReason.DUPLICATE)


def inspect(office: Office, batch: str) -> None:
    """Reject three pages once, index and pass every document."""
    scan, operator = office.scan, actor(office, "operator")
    inspector = actor(office, "inspector")
    for page in scan.pages(inspector, batch):
        if page.position in REJECTED and page.version == 1:
            scan.reject_page(inspector, page.id, RejectReason.FOLDED)
            scan.rescan(operator, page.id, File(1000 + page.position))
        elif page.state is PageState.WAITING and page.verdict is Verdict.HOLD:
            scan.accept_page(inspector, page.id)
    for document in scan.documents(operator, batch):
        if document.state is DocumentState.SET_ASIDE:
            continue
        title = f"문서 {document.number}"
        scan.index(operator, document.id, title=title, kind="기타")
        scan.pass_document(inspector, document.id)


def day(home: str) -> int:
    """Open the office, do the day's work, and say how it ended."""
    settings = load({}, home=home)
    try:
        with open_office(settings, passphrase=lambda: PASSPHRASE) as office:
            work(office)
    except PaperlessError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return error.exit_code
    except Exception:  # noqa: BLE001 - the test reads it
        traceback.print_exc()
        return 99
    return 0


def begin(home: str, largest: str) -> int:
    """Found the office, or do its day's work, with no file larger than a limit."""
    if largest == "found":
        found_office(Path(home))
        return 0
    if int(largest):  # a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest),) * 2)
    return day(home)


def main() -> None:
    """Fork a worker for each line "folder|largest file"; tell its id and its end."""
    look_quickly()
    for n in range(SHEETS + 1):
        picture(n)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        home, _, largest = line.strip().partition("|")
        child = os.fork()
        if not child:
            code = 99
            try:
                code = begin(home, largest)
            finally:
                sys.stderr.flush()
                os._exit(code)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
