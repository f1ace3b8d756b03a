"""Mishaps at the scanner: two operators, a file twice, a stopped feeder, a wrong clock.

Each time the chain, the counts and the journal stay whole, and the work can go on.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotYetError,
    PaperlessError,
    UnavailableError,
)
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import BatchState, RejectReason, Verdict
from paperless_kernel.scan.reports.counts import Cause, Outside, Scope

pytestmark = pytest.mark.faults

_SPEC = importlib.util.spec_from_file_location(
    "scan_world_of_mishaps", Path(__file__).parents[1] / "unit/scan/conftest.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_WORLD = sys.modules["scan_world_of_mishaps"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_WORLD)
keys, rules, profiles = _WORLD.keys, _WORLD.rules, _WORLD.profiles
duties, classes, draw = _WORLD.duties, _WORLD.classes, _WORLD.draw
world, divider = _WORLD.world, _WORLD.divider

SHEETS: Final = 6


def sheets(draw: Any, count: int = SHEETS, first: int = 1) -> list[bytes]:
    return [draw.encoded(draw.drawn(first + n)) for n in range(count)]


def finished(world: Any, batch: str) -> Outside:
    """Take a captured batch to its end; return what a vault and billing would say."""
    scan = world.scan
    scan.close_batch(world.author, batch)
    for document in scan.documents(world.author, batch):
        if document.state is not DocumentState.SET_ASIDE:
            scan.index(world.author, document.id, title="계약서", kind="기타")
            scan.pass_document(world.inspector, document.id)
    scan.seal(world.manager, batch)
    held, billed = {}, {}
    for one in scan.sealed_documents(world.flow, batch):
        scan.handed_over(world.flow, one.id, receipt=f"r-{one.id}")
        held[f"r-{one.id}"] = frozenset({one.sha256})
    for entry in world.journal.entries(tag="scan:document:sealed"):
        billed[entry.subject] = entry.body["sides"]
    return Outside(held=held, billed=billed)


def is_whole(world: Any, batch: str, captured: int) -> None:
    """The chain seals, every number agrees, and the journal proves itself."""
    outside = finished(world, batch)
    made = world.scan.reconciliation(world.manager, Scope(), outside)
    assert made.agrees, made.differences
    assert made.total.captured == captured
    assert world.tags().count("scan:page:captured") == captured + made.total.separators
    world.journal.check(world.keeper.vkey("scan"))


def both_at_once(*acts: Any) -> list[Any]:
    """Do things at the same time; return results or the reasons for refusal."""

    def tried(act: Any) -> Any:
        try:
            return act()
        except PaperlessError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(tried, acts))


def test_two_operators_scan_one_stack_at_once(world: Any, draw: Any) -> None:
    batch, pages = world.started(SHEETS).id, world.files(*sheets(draw))
    other = world.rebuild()
    found = both_at_once(
        lambda: world.scan.capture(world.author, batch, pages),
        lambda: other.capture(world.both, batch, pages),
    )
    for one in found:
        assert [page.position for page in one] == list(range(1, SHEETS + 1))
    assert [page.id for page in found[0]] == [page.id for page in found[1]]
    is_whole(world, batch, SHEETS)


def test_two_operators_with_different_stacks(world: Any, draw: Any) -> None:
    """One of them is told; nothing is mixed or written over."""
    batch = world.started(SHEETS).id
    mine = world.files(*sheets(draw))
    theirs = world.files(*sheets(draw, first=20))
    other = world.rebuild()
    found = both_at_once(
        lambda: world.scan.capture(world.author, batch, mine),
        lambda: other.capture(world.both, batch, theirs),
    )
    refused = [one for one in found if isinstance(one, ConflictError)]
    assert refused
    pages = world.scan.pages(world.manager, batch)
    assert len({page.position for page in pages}) == len(pages)
    assert Counter(page.version for page in pages) == {1: len(pages)}
    # Whoever owns the first position goes on; what the other fed there is theirs.
    if len(refused) == 1:
        is_whole(world, batch, SHEETS)


def test_two_inspectors_decide_about_one_page(world: Any, draw: Any) -> None:
    (page,) = world.captured(sheets(draw, 1))
    world.scan.close_batch(world.author, page.batch)
    other = world.rebuild()
    both_at_once(
        lambda: world.scan.reject_page(world.inspector, page.id, RejectReason.FOLDED),
        lambda: other.reject_page(world.inspector, page.id, RejectReason.FOLDED),
    )
    assert world.tags().count("scan:page:rejected") == 1


def test_the_same_file_dropped_twice(world: Any, draw: Any) -> None:
    once = sheets(draw, 3)
    pages = world.captured([*once, once[1]], sheets=3)
    again = pages[3]
    assert (again.duplicate_of, again.verdict) == (pages[1].id, Verdict.HOLD)
    # The same call again: every file is where it was.
    batch = pages[0].batch
    assert world.scan.capture(world.author, batch, world.files(*once, once[1])) == pages
    with pytest.raises(NotYetError, match="4 sheets scanned, 3 counted"):
        world.scan.close_batch(world.author, batch)
    told = world.scan.reconciliation(world.manager, Scope())
    assert Cause.EXTRA_SHEET in {one.cause for one in told.differences}
    world.scan.set_aside(world.inspector, again.id, RejectReason.DUPLICATE)
    is_whole(world, batch, 4)


@dataclass
class Feeder:
    """A scanner that gives so many sides and stops."""

    data: Sequence[bytes]
    stops_after: int

    def __iter__(self) -> Iterator[Any]:
        for n, one in enumerate(self.data):
            if n == self.stops_after:
                raise UnavailableError("a sheet is jammed: open the feeder.")
            yield _WORLD.Held(f"side {n + 1}", one)


def test_a_scanner_that_stops_within_a_sheet(world: Any, draw: Any) -> None:
    """The half sheet is kept nowhere; the stack goes on with it."""
    batch = world.started(3, sides=2).id
    sides = sheets(draw, 6)
    with pytest.raises(UnavailableError, match="jammed"):
        world.scan.capture_scanner(world.author, batch, Feeder(sides, 3))
    kept = world.scan.pages(world.manager, batch)
    assert [(page.sheet, page.side) for page in kept] == [(1, 1), (1, 2)]
    with pytest.raises(InputError, match="front without its back"):
        world.scan.capture_scanner(world.author, batch, Feeder(sides[2:3], 9))
    assert len(world.scan.pages(world.manager, batch)) == 2
    told = world.scan.reconciliation(world.manager, Scope())
    assert Cause.UNSCANNED in {one.cause for one in told.differences}
    world.scan.capture_scanner(world.author, batch, Feeder(sides[2:], 9))
    is_whole(world, batch, 6)


def test_a_clock_set_back_stops_the_seal_and_loses_nothing(
    world: Any, draw: Any
) -> None:
    batch = world.started(4).id
    pages = world.files(*sheets(draw, 4))
    world.scan.capture(world.author, batch, pages[:2])
    right = world.clock.now()
    world.clock.move_to(right - dt.timedelta(hours=3))
    # Facts are taken in the order they happen, whatever the clock says of them.
    world.scan.capture(world.author, batch, pages)
    world.scan.close_batch(world.author, batch)
    for document in world.scan.documents(world.author, batch):
        world.scan.index(world.author, document.id, title="계약서", kind="기타")
        world.scan.pass_document(world.inspector, document.id)
    order = [entry.tag for entry in world.journal.entries()]
    assert order.index("scan:document:passed") > order.index("scan:batch:closed")
    world.journal.check(world.keeper.vkey("scan"))
    # No token says another time than the log does.
    with pytest.raises(UnavailableError, match="clock"):
        world.scan.seal(world.manager, batch)
    state = world.scan.batches(world.manager, pages_box(world))[0].state
    assert state is BatchState.CLOSED
    world.clock.move_to(right + dt.timedelta(minutes=1))
    is_whole(world, batch, 4)


def test_a_document_of_nothing_but_a_sheet_fed_twice(world: Any, draw: Any) -> None:
    once = sheets(draw, 2)
    pages = world.captured([*once, once[0]], sheets=2, every=2)
    world.scan.set_aside(world.inspector, pages[2].id, RejectReason.DUPLICATE)
    is_whole(world, pages[0].batch, 3)


def pages_box(world: Any) -> str:
    return str(world.scan.boxes(world.manager)[0].id)


@dataclass(frozen=True)
class Dated:
    """A file of a hot folder, of an age of its own."""

    name: str
    data: bytes
    age: dt.timedelta
    way: str = "folder"

    def read(self) -> bytes:
        return self.data

    def read_dated(self) -> tuple[bytes, int]:
        return self.data, round(self.age.total_seconds() * 1000)


def test_a_file_from_the_future_has_no_known_age(world: Any, draw: Any) -> None:
    """A clock set back between scanner and office must not shorten a gap."""
    batch = world.started(2).id
    one, two = sheets(draw, 2)
    page = world.scan.capture(
        world.author, batch, [Dated("1.jpg", one, dt.timedelta(seconds=5))]
    )[0]
    assert page.gap == 5000
    later = Dated("2.jpg", two, dt.timedelta(hours=-1))
    (unknown,) = world.scan.capture(world.author, batch, [later], first=2)
    assert unknown.gap == -1


def test_rules_that_state_a_longest_gap_refuse_a_file_from_the_future(
    world: Any, draw: Any
) -> None:
    world.regulation["values"]["longest_gap_seconds"] = 60
    batch = world.started(1).id
    later = dt.timedelta(hours=-1)
    (data,) = sheets(draw, 1)
    with pytest.raises(NotAllowedError, match="제30조"):
        world.scan.capture(world.author, batch, [Dated("1.jpg", data, later)])
    assert world.scan.pages(world.manager, batch) == ()
