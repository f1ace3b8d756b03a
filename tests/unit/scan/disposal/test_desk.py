from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
)
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.scan import tables
from paperless_kernel.scan.boxes import BoxState
from paperless_kernel.scan.disposal import facts
from paperless_kernel.scan.disposal.model import Method
from paperless_kernel.scan.model import RejectReason, Service
from paperless_kernel.scan.people.records import regulation_on

SMALL = (620, 877)
HOW = {
    "method": Method.SHREDDING,
    "person": "u-author",
    "witness": "u-inspector",
    "device": "cross cut P-5",
}


def _sealed(world: Any, draw: Any, **more: Any) -> Any:
    """Seal one sheet of a box; return the document."""
    page = draw.encoded(draw.drawn(1, SMALL), dpi=204)
    batch = world.passed([page], **more)
    world.scan.seal(world.manager, batch)
    (document,) = world.scan.sealed_documents(world.flow, batch)
    return document


def _taken(world: Any, draw: Any, **more: Any) -> str:
    document = _sealed(world, draw, **more)
    world.scan.handed_over(world.flow, document.id, receipt="v-1")
    return str(document.box)


def _registered(world: Any, *kinds: FacilityKind, holder: str = "작업장") -> None:
    for kind in kinds:
        world.facilities[kind] = Facility(
            kind=kind,
            holder=holder,
            number=f"{kind.value}-1",
            since=dt.date(2026, 1, 1),
            until=dt.date(2026, 12, 31),
        )


def _real(world: Any, box: str, kind: str = "general") -> None:
    """Make demo paper real, as if an office of its own had scanned it."""
    orders = tables.metadata.tables["work_order"]
    with world.db.begin() as tx:
        tx.execute(update(orders).values(demo_paper=False))
        tx.execute(update(tables.document).values(class_code=kind))
    assert world.scan.box(world.manager, box)


def _why(world: Any, box: str) -> str:
    verdict = world.scan.may_destroy(world.manager, box)
    assert not verdict.allowed
    with pytest.raises((NotAllowedError, NotYetError)) as caught:
        world.scan.shred_box(world.courier, box, **HOW)
    assert world.scan.box(world.manager, box).state is BoxState.OPENED
    assert "scan:box:shredded" not in world.tags()
    said = " ".join(str(one) for one in verdict.reasons)
    assert all(str(one) in str(caught.value) for one in verdict.reasons)
    return said


def test_demo_paper_is_destroyed_and_called_so(world: Any, draw: Any) -> None:
    box = _taken(world, draw)
    verdict = world.scan.may_destroy(world.manager, box)
    assert verdict.allowed
    assert verdict.demo_paper
    assert world.scan.shred_box(world.courier, box, **HOW).state is BoxState.SHREDDED
    (entry,) = world.journal.entries(tag="scan:box:shredded")
    assert entry.body["method"] == "shredding"
    assert entry.body["witness"] == "u-inspector"
    assert entry.body["device"] == "cross cut P-5"
    assert entry.body["demoPaper"] is True


def test_no_paper_is_destroyed_before_it_is_deposited(world: Any, draw: Any) -> None:
    document = _sealed(world, draw)
    assert "제31조의6" in _why(world, document.box)


def test_a_receipt_in_the_rows_alone_is_none(world: Any, draw: Any) -> None:
    document = _sealed(world, draw)
    with world.db.begin() as tx:
        tx.execute(
            update(tables.document).values(state="handed-over", receipt="v-forged")
        )
        tx.execute(update(tables.batch).values(state="erased"))
    assert "no taker's receipt in the journal" in _why(world, document.box)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE document SET state = 'set-aside'",
        "UPDATE box SET counted = 7",
        "UPDATE work_order SET demo_paper = 1",
    ],
)
def test_rows_that_the_journal_does_not_bear_out_keep_the_paper(
    world: Any, draw: Any, change: str
) -> None:
    box = _taken(world, draw, demo_paper="demo_paper" not in change)
    with world.db.begin() as tx:
        tx.exec_driver_sql(change)
    assert "the journal does not say" in _why(world, box)


def test_a_box_put_under_a_demo_order_in_its_row_stays(world: Any, draw: Any) -> None:
    box = _taken(world, draw, demo_paper=False)
    other = world.agreed(demo_paper=True)
    with world.db.begin() as tx:
        tx.execute(update(tables.box).values(work_order=other.id))
    assert "the journal does not say" in _why(world, box)


@pytest.mark.parametrize("seeds", [(1, 2), (1, 1)])
def test_a_sheet_left_out_as_a_duplicate_keeps_the_paper(
    world: Any, draw: Any, seeds: tuple[int, int]
) -> None:
    # Another sheet called a duplicate; and one fed twice while another was missed.
    data = [draw.encoded(draw.drawn(seed, SMALL), dpi=204) for seed in seeds]
    scan, pages = world.scan, world.captured(data)
    batch = pages[0].batch
    scan.close_batch(world.author, batch)
    scan.set_aside(world.inspector, pages[1].id, RejectReason.DUPLICATE)
    (document,) = scan.documents(world.author, batch)
    scan.index(world.author, document.id, title="계약", kind="계약서")
    scan.pass_document(world.inspector, document.id)
    scan.seal(world.manager, batch)
    (sealed,) = scan.sealed_documents(world.flow, batch)
    scan.handed_over(world.flow, sealed.id, receipt="v-1")
    assert "exist on paper only" in _why(world, sealed.box)


def test_real_paper_needs_centre_and_workshop(world: Any, draw: Any) -> None:
    box = _taken(world, draw)
    _real(world, box)
    said = _why(world, box)
    assert "not a designated centre" in said
    assert "registered workshop" in said
    _registered(world, FacilityKind.CENTRE)
    assert "designated centre" not in _why(world, box)
    _registered(world, FacilityKind.WORKSHOP)
    verdict = world.scan.may_destroy(world.manager, box)
    assert verdict.allowed
    assert not verdict.demo_paper
    world.scan.shred_box(world.courier, box, **HOW)


def test_demo_paper_in_an_office_that_is_none_is_real(
    world: Any, draw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = _taken(world, draw)
    object.__setattr__(world.scan._parts, "is_demo", False)
    assert "not a designated centre" in _why(world, box)


@pytest.mark.parametrize(
    ("kind", "article"),
    [
        ("real-estate-contract", "국세기본법 제85조의3④"),
        ("gmp-batch-record", "의약품"),
        ("nobody-knows", "register the type"),
    ],
)
def test_paper_that_law_keeps_stays(
    world: Any, draw: Any, kind: str, article: str
) -> None:
    box = _taken(world, draw)
    codes = {one.code for one in world.scan._parts.classes}
    if kind == "gmp-batch-record":
        kind = next(one.code for one in world.scan._parts.classes if one.paper == "gmp")
    elif kind != "nobody-knows":
        assert kind in codes
    _real(world, box, kind)
    _registered(world, FacilityKind.CENTRE, FacilityKind.WORKSHOP)
    assert article in _why(world, box)


def test_gmp_paper_goes_after_a_validated_true_copy(world: Any, draw: Any) -> None:
    box = _taken(world, draw)
    gmp = next(one.code for one in world.scan._parts.classes if one.paper == "gmp")
    _real(world, box, gmp)
    _registered(world, FacilityKind.CENTRE, FacilityKind.WORKSHOP)
    with pytest.raises(NotAllowedError):
        world.scan.approve_copies(world.author, box, protocol="VAL-7")
    with pytest.raises(InputError):
        world.scan.approve_copies(world.manager, box, protocol=" ")
    world.scan.approve_copies(world.manager, box, protocol="VAL-7")
    world.scan.approve_copies(world.manager, box, protocol="VAL-7")
    assert world.tags().count("scan:box:approved") == 1
    with pytest.raises(ConflictError):
        world.scan.approve_copies(world.manager, box, protocol="VAL-8")
    assert world.scan.may_destroy(world.manager, box).allowed


def test_a_plain_scan_never_replaces_its_paper(world: Any, draw: Any) -> None:
    box = _taken(world, draw, service=Service.PLAIN)
    assert "plain scan" in _why(world, box)
    _registered(world, FacilityKind.CENTRE, FacilityKind.WORKSHOP)
    assert "제5조" in _why(world, box)
    returned = world.scan.return_box(world.courier, box, person="u-courier")
    assert returned.state is BoxState.RETURNED


def test_the_registered_rules_keep_a_class_of_paper(
    world: Any, draw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = _taken(world, draw)
    _real(world, box, "general")
    _registered(world, FacilityKind.CENTRE, FacilityKind.WORKSHOP)
    with world.db.read() as tx:
        found = regulation_on(tx, world.clock.now())
    assert found is not None
    mine = replace(found, keep_paper=("general",))
    monkeypatch.setattr(facts, "regulation_on", lambda *_: mine)
    assert "제6조" in _why(world, box)
    other = replace(found, keep_paper=("lawsuit-paper",))
    monkeypatch.setattr(facts, "regulation_on", lambda *_: other)
    assert world.scan.may_destroy(world.manager, box).allowed


def test_a_contract_without_destruction_keeps_the_paper(world: Any, draw: Any) -> None:
    box = _taken(world, draw)
    contracts = tables.metadata.tables["contract"]
    with world.db.begin() as tx:
        tx.execute(update(contracts).values(tasks="carry scan store"))
    assert "does not let the office destroy" in _why(world, box)
    with world.db.begin() as tx:
        tx.execute(update(contracts).values(tasks="destroy", until="2026-11-22"))
    assert "ended on 2026-11-22" in _why(world, box)


def test_the_customers_hold_keeps_the_paper(world: Any, draw: Any) -> None:
    box = _taken(world, draw)
    world.scan.hold_paper(world.manager, box, agreed="공문 2026-17")
    world.scan.hold_paper(world.manager, box, agreed="공문 2026-17")
    assert "공문 2026-17" in _why(world, box)
    with pytest.raises(NotAllowedError):
        world.scan.release_paper(world.courier, box, agreed="x")
    world.scan.release_paper(world.manager, box, agreed="공문 2026-20")
    assert world.scan.may_destroy(world.manager, box).allowed
    assert world.tags().count("scan:box:held") == 1


def test_the_witness_is_somebody_else_and_nobody_is_named(
    world: Any, draw: Any
) -> None:
    box = _taken(world, draw)
    with pytest.raises(InputError, match="somebody else"):
        world.scan.shred_box(world.courier, box, **HOW | {"witness": HOW["person"]})
    with pytest.raises(InputError, match="ids"):
        world.scan.shred_box(world.courier, box, **HOW | {"witness": "홍길동"})
    with pytest.raises(InputError, match="제16조"):
        world.scan.shred_box(world.courier, box, **HOW | {"method": "dumping"})
    with pytest.raises(InputError, match="device"):
        world.scan.shred_box(world.courier, box, **HOW | {"device": ""})
    with pytest.raises(NotAllowedError):
        world.scan.shred_box(world.inspector, box, **HOW)
    assert "scan:box:shredded" not in world.tags()


def test_a_repeat_changes_nothing_other_facts_are_refused(
    world: Any, draw: Any
) -> None:
    box = _taken(world, draw)
    world.scan.shred_box(world.courier, box, **HOW)
    before = world.tags()
    world.scan.shred_box(world.courier, box, **HOW)
    assert world.tags() == before
    with pytest.raises(ConflictError, match="other facts"):
        world.scan.shred_box(world.courier, box, **HOW | {"method": Method.BURNING})
    with pytest.raises(NotYetError, match="already"):
        world.scan.return_box(world.courier, box)
    assert not world.scan.may_destroy(world.manager, box).allowed


def test_a_certificate_of_destruction_has_everything(world: Any, draw: Any) -> None:
    box = _taken(world, draw)
    with pytest.raises(NotYetError, match="nothing to certify"):
        world.scan.destruction(world.manager, box)
    world.scan.shred_box(world.courier, box, **HOW)
    said = world.scan.destruction(world.manager, box)
    assert (said.sheets, said.sides, said.seal) == (1, 1, "S-1")
    assert said.end.witness == "u-inspector"
    assert said.end.demo_paper
    assert [one.receipt for one in said.documents] == ["v-1"]
    assert said.leaf >= 0
    entry = world.journal.entry(said.entry)
    assert entry.tag == "scan:box:shredded"
    with pytest.raises(NotFoundError):
        world.scan.destruction(world.manager, "2.25.1")


def test_a_crash_while_shredding_leaves_nothing_half(
    world: Any, draw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = _taken(world, draw)

    def broken(*_: Any) -> None:
        raise sqlite3.OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(world.journal, "append", broken)
        with pytest.raises(sqlite3.OperationalError):
            world.scan.shred_box(world.courier, box, **HOW)
    assert world.scan.box(world.manager, box).state is BoxState.OPENED
    world.scan.shred_box(world.courier, box, **HOW)
    assert world.tags().count("scan:box:shredded") == 1


def test_a_class_changed_in_its_row_frees_no_paper(world: Any, draw: Any) -> None:
    """The journal's class keeps the paper, whatever the row says since."""
    batch = world.captured([draw.encoded(draw.drawn(), dpi=204)])[0].batch
    world.scan.close_batch(world.author, batch)
    (document,) = world.scan.documents(world.author, batch)
    world.scan.index(
        world.author,
        document.id,
        title="소장",
        kind="소송서류",
        fields={"case-number": "2026가합1"},
    )
    world.scan.pass_document(world.inspector, document.id)
    world.scan.seal(world.manager, batch)
    world.scan.handed_over(world.flow, document.id, receipt="v-1")
    box = world.scan.boxes(world.manager)[0].id
    _real(world, box, "general")
    assert "소송서류" in _why(world, box)


def test_nobody_types_a_receipt_by_hand(world: Any, draw: Any) -> None:
    document = _sealed(world, draw)
    with pytest.raises(NotAllowedError):
        world.scan.handed_over(world.manager, document.id, receipt="typed by hand")
