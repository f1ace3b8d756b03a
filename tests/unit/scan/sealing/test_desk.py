from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import page as page_validation
import pikepdf
import pytest
from sqlalchemy import update

from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    NotAllowedError,
    NotYetError,
)
from paperless_kernel.base.facility import TRIAL_MARK, Facility, FacilityKind
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.boxes import BoxState
from paperless_kernel.scan.disposal.model import Method
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import BatchState, RejectReason, Service
from paperless_kernel.scan.sealing.assemble import image_streams
from paperless_kernel.scan.sealing.model import SealedDocument
from paperless_kernel.scan.sealing.transfer import PLAIN_MARK
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.evidence import check_record
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.pdf import check_pdf

SMALL = (620, 877)
HOW = {
    "method": Method.SHREDDING,
    "person": "u-author",
    "witness": "u-inspector",
    "device": "cross cut P-5",
}


def _sheets(draw: Any, count: int = 2) -> list[bytes]:
    return [
        draw.encoded(draw.drawn(seed, SMALL), dpi=204) for seed in range(1, count + 1)
    ]


def _sealed(world: Any, data: list[bytes], **more: Any) -> list[SealedDocument]:
    batch = world.passed(data, **more)
    assert world.scan.seal(world.manager, batch).state is BatchState.SEALED
    return list(world.scan.sealed_documents(world.flow, batch))


def test_a_sealed_document_holds_what_was_captured(world: Any, draw: Any) -> None:
    data = _sheets(draw)
    (document,) = _sealed(world, data)
    assert image_streams(document.pdf) == tuple(data)
    assert document.capture_hashes == tuple(sha256(one).hex() for one in data)
    assert document.sha256 == sha256(document.pdf).hex()
    assert (document.title, document.kind) == ("임대차 계약서 1", "계약서")
    assert document.service is Service.TRUSTED


def test_its_signature_time_and_form_hold(world: Any, draw: Any) -> None:
    (document,) = _sealed(world, _sheets(draw))
    facts = check_pdf(document.pdf)
    assert facts.standing == TRIAL_MARK
    assert TRIAL_MARK in facts.reason
    assert facts.title == "임대차 계약서 1"
    assert facts.chain == world.keeper.certificates(KeyPurpose.SCAN)
    stamped = check_record(document.evidence, document.pdf)
    assert stamped.archived[0].gen_time == world.clock.now()
    report = page_validation.validate_pdf_bytes(document.pdf)
    assert report.profile == page_validation.ValidationProfile.PDF_A_2B
    assert report.is_compliant, [one.message for one in report.failures]


def test_one_token_covers_every_document_and_the_journal(
    world: Any, draw: Any, divider: bytes
) -> None:
    sheets = _sheets(draw, 2)
    documents = _sealed(world, [sheets[0], divider, sheets[1]], sheets=2)
    assert len(documents) == 2
    tokens = {
        check_record(one.evidence, one.pdf).archived[0].serial for one in documents
    }
    assert len(tokens) == 1
    with world.db.read() as tx:
        row = records.batch_row(tx, documents[0].batch)
    assert row.note.startswith("test.invalid/scan\n")
    with pytest.raises(EvidenceError):
        check_record(documents[0].evidence, documents[1].pdf)


def test_the_separator_is_kept_and_not_delivered(
    world: Any, draw: Any, divider: bytes
) -> None:
    sheets = _sheets(draw, 2)
    documents = _sealed(world, [sheets[0], divider, sheets[1]], sheets=2)
    assert [len(one.capture_hashes) for one in documents] == [1, 1]
    pages = world.scan.pages(world.author, documents[0].batch)
    assert [page.separator for page in pages] == [False, True, False]
    assert pages[1].document == ""


def test_billing_counts_sides_that_are_not_blank(world: Any, draw: Any) -> None:
    data = [*_sheets(draw, 2), draw.encoded(draw.blank(size=SMALL), dpi=204)]
    (document,) = _sealed(world, data)
    assert len(document.capture_hashes) == 3
    (entry,) = world.journal.entries(tag="scan:document:sealed")
    assert entry.body["tenant"] == "t-one"
    assert entry.body["sides"] == 2
    assert entry.body["service"] == "trusted"


def test_a_plain_scan_says_so(world: Any, draw: Any) -> None:
    world.facilities[FacilityKind.WORKSHOP] = _workshop()
    (document,) = _sealed(world, _sheets(draw), service=Service.PLAIN)
    facts = check_pdf(document.pdf)
    assert PLAIN_MARK in facts.reason
    assert facts.standing == TRIAL_MARK
    (entry,) = world.journal.entries(tag="scan:document:sealed")
    assert entry.body["service"] == "plain"


def _workshop() -> Facility:
    return Facility(
        kind=FacilityKind.WORKSHOP,
        holder="작업장",
        number="제1호",
        since=dt.date(2026, 1, 1),
        until=dt.date(2026, 12, 31),
    )


def test_a_registered_workshop_lifts_the_trial_line(world: Any, draw: Any) -> None:
    world.facilities[FacilityKind.WORKSHOP] = _workshop()
    (document,) = _sealed(world, _sheets(draw))
    assert TRIAL_MARK not in check_pdf(document.pdf).standing


def test_the_file_tells_how_it_was_made(world: Any, draw: Any) -> None:
    (document,) = _sealed(world, _sheets(draw))
    with pikepdf.open(io.BytesIO(document.pdf)) as pdf:
        xmp = pdf.Root.Metadata.read_bytes().decode()
    for told in ("scanner 7", "u-author", "u-inspector", "notice-2013-99", "홍길동"):
        assert told in xmp
    assert document.capture_hashes[0] in xmp


def test_sealing_twice_changes_nothing(world: Any, draw: Any) -> None:
    (document,) = _sealed(world, _sheets(draw))
    before = world.tags()
    world.scan.seal(world.manager, document.batch)
    assert list(world.scan.sealed_documents(world.flow, document.batch)) == [document]
    assert world.tags() == before


def test_nothing_is_sealed_before_it_passed(world: Any, draw: Any) -> None:
    pages = world.captured(_sheets(draw))
    batch = pages[0].batch
    with pytest.raises(NotYetError):
        world.scan.seal(world.manager, batch)
    world.scan.close_batch(world.author, batch)
    with pytest.raises(NotYetError, match="index"):
        world.scan.seal(world.manager, batch)
    with pytest.raises(NotYetError, match="seal it first"):
        world.scan.sealed_documents(world.flow, batch)


def test_only_the_manager_seals_and_only_a_flow_hands_over(
    world: Any, draw: Any
) -> None:
    batch = world.passed(_sheets(draw))
    for actor in (world.author, world.inspector, world.flow):
        with pytest.raises(NotAllowedError):
            world.scan.seal(actor, batch)
    world.scan.seal(world.manager, batch)
    for actor in (world.author, world.inspector):
        with pytest.raises(NotAllowedError):
            world.scan.sealed_documents(actor, batch)


def test_a_changed_object_stops_sealing(world: Any, draw: Any) -> None:
    batch = world.passed(_sheets(draw))
    with world.db.read() as tx:
        row = records.page_rows(tx, batch)[0]
    path = world.blobs.root / row.blob[:2] / row.blob[2:4] / row.blob
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(EvidenceError, match="제51조"):
        world.scan.seal(world.manager, batch)
    assert "scan:document:sealed" not in world.tags()


@pytest.mark.parametrize("field", ["sha256", "source", "captured_by", "link"])
def test_a_changed_row_breaks_the_chain(world: Any, draw: Any, field: str) -> None:
    batch = world.passed(_sheets(draw))
    with world.db.begin() as tx:
        tx.execute(
            update(tables.page)
            .where(tables.page.c.position == 1)
            .values({field: "00" * 32})
        )
    with pytest.raises(EvidenceError, match="chain is broken at position 1"):
        world.scan.seal(world.manager, batch)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE document SET inspector = 'u-other'",
        "UPDATE document SET state = 'set-aside'",
        "UPDATE page SET verdict = 'hold' WHERE position = 1",
        "UPDATE page SET state = 'set-aside' WHERE position = 1",
        "UPDATE page SET state = 'replaced' WHERE position = 1",
        "UPDATE page SET document = '' WHERE position = 1",
    ],
)
def test_rows_that_the_journal_does_not_bear_out_are_not_sealed(
    world: Any, draw: Any, change: str
) -> None:
    batch = world.passed(_sheets(draw))
    with world.db.begin() as tx:
        tx.exec_driver_sql(change)
    with pytest.raises(EvidenceError, match="The journal says otherwise"):
        world.scan.seal(world.manager, batch)
    assert "scan:batch:sealed" not in world.tags()


def test_a_pass_nobody_gave_is_not_sealed(world: Any, draw: Any) -> None:
    (page,) = world.captured(_sheets(draw)[:1])
    world.scan.close_batch(world.author, page.batch)
    (document,) = world.scan.documents(world.author, page.batch)
    world.scan.index(world.author, document.id, title="계약", kind="계약서")
    with world.db.begin() as tx:
        tx.execute(update(tables.document).values(state="passed", inspector="u-x"))
    with pytest.raises(EvidenceError, match="The journal says otherwise"):
        world.scan.seal(world.manager, page.batch)


def test_an_inspector_who_became_an_author_bars_the_seal(world: Any, draw: Any) -> None:
    scan, batch = world.scan, world.passed(_sheets(draw))
    (document,) = scan.documents(world.author, batch)
    scan.reject_page(world.inspector, document.pages[0], RejectReason.CROPPED)
    as_author = {"person": "u-inspector", "role": Role.SCAN_OPERATOR}
    scan.end_appointment(world.manager, person="u-inspector", role=Role.SCAN_INSPECTOR)
    day = world.clock.now().date()
    days = dict.fromkeys(("id_checked_on", "pledge_signed_on", "since"), day)
    scan.appoint(world.manager, key="again", **as_author, **days)
    was = Actor(id="u-inspector", roles=frozenset({Role.SCAN_OPERATOR}))
    (again,) = world.files(draw.encoded(draw.drawn(77, SMALL), dpi=204))
    scan.rescan(was, document.pages[0], again)
    with world.db.begin() as tx:  # as if the document was another of the batch
        tx.execute(update(tables.document).values(state="passed"))
    with pytest.raises(NotAllowedError, match="제45조②"):
        scan.seal(world.manager, batch)


def test_a_page_taken_out_breaks_the_chain(world: Any, draw: Any) -> None:
    batch = world.passed(_sheets(draw))
    with world.db.begin() as tx:
        tx.execute(tables.page.delete().where(tables.page.c.position == 2))
    with pytest.raises(EvidenceError, match="last pages"):
        world.scan.seal(world.manager, batch)


def test_a_document_rejected_after_signing_is_signed_anew(
    world: Any, draw: Any
) -> None:
    batch = world.passed(_sheets(draw))
    scan = world.scan
    keeper_stamp = world.keeper.stamp

    def silent(_request: bytes) -> bytes:
        raise EvidenceError("no answer")

    world.keeper.stamp = silent
    with pytest.raises(EvidenceError, match="no answer"):
        scan.seal(world.manager, batch)
    world.keeper.stamp = keeper_stamp
    page = scan.pages(world.author, batch)[0]
    scan.reject_page(world.inspector, page.id, RejectReason.FOLDED)
    with pytest.raises(NotYetError):
        scan.seal(world.manager, batch)
    again = draw.encoded(draw.drawn(9, SMALL), dpi=204)
    scan.rescan(world.author, page.id, world.files(again)[0])
    scan.pass_document(world.inspector, page.document)
    scan.seal(world.manager, batch)
    (document,) = scan.sealed_documents(world.flow, batch)
    assert document.capture_hashes[0] == sha256(again).hex()
    (annex,) = document.annex
    assert annex.why == "replaced"
    assert annex.data == _sheets(draw)[0]


def test_after_the_last_receipt_nothing_is_left(
    world: Any, draw: Any, divider: bytes
) -> None:
    sheets = _sheets(draw, 2)
    documents = _sealed(world, [sheets[0], divider, sheets[1]], sheets=2)
    scan, batch = world.scan, documents[0].batch
    half = scan.handed_over(world.flow, documents[0].id, receipt="v-1")
    assert half.state is BatchState.SEALED
    assert [d.id for d in scan.sealed_documents(world.flow, batch)] == [documents[1].id]
    done = scan.handed_over(world.flow, documents[1].id, receipt="v-2")
    assert done.state is BatchState.ERASED
    assert list(world.blobs.names()) == []
    assert list(scan.sealed_documents(world.flow, batch)) == []
    with pytest.raises(ConflictError, match="erased"):
        scan.documents(world.author, batch)
    pages = scan.pages(world.author, batch)
    assert [page.name for page in pages] == ["", "", ""]
    assert all(page.sha256 and page.verdict for page in pages)


def test_a_receipt_repeated_is_a_no_op_another_is_refused(
    world: Any, draw: Any
) -> None:
    (document,) = _sealed(world, _sheets(draw))
    world.scan.handed_over(world.flow, document.id, receipt="v-1")
    before = world.tags()
    world.scan.handed_over(world.flow, document.id, receipt="v-1")
    assert world.tags() == before
    with pytest.raises(ConflictError, match="v-1"):
        world.scan.handed_over(world.flow, document.id, receipt="v-9")


def test_nothing_is_handed_over_before_it_is_sealed(world: Any, draw: Any) -> None:
    batch = world.passed(_sheets(draw))
    (document,) = world.scan.documents(world.author, batch)
    with pytest.raises(NotYetError, match="not sealed"):
        world.scan.handed_over(world.flow, document.id, receipt="v-1")


def test_paper_is_shredded_only_at_the_end(world: Any, draw: Any) -> None:
    (document,) = _sealed(world, _sheets(draw))
    with pytest.raises(NotYetError, match="not handed over"):
        world.scan.shred_box(world.courier, document.box, **HOW)
    world.scan.handed_over(world.flow, document.id, receipt="v-1")
    box = world.scan.shred_box(world.courier, document.box, **HOW)
    assert box.state is BoxState.SHREDDED
    assert world.tags().count("scan:box:shredded") == 1
    world.scan.shred_box(world.courier, document.box, **HOW)
    assert world.tags().count("scan:box:shredded") == 1
    with pytest.raises(NotYetError):
        world.scan.return_box(world.courier, document.box)


def test_what_was_set_aside_stays_paper(world: Any, draw: Any) -> None:
    poor = draw.encoded(draw.drawn(5, SMALL), dpi=100)
    pages = world.captured([*_sheets(draw), poor])
    scan, batch = world.scan, pages[0].batch
    scan.close_batch(world.author, batch)
    scan.set_aside(world.inspector, pages[2].id, RejectReason.UNCLEAR)
    (document,) = scan.documents(world.author, batch)
    scan.index(world.author, document.id, title="계약", kind="계약서")
    scan.pass_document(world.inspector, document.id)
    scan.seal(world.manager, batch)
    (sealed,) = scan.sealed_documents(world.flow, batch)
    assert len(sealed.capture_hashes) == 2
    assert [one.why for one in sealed.annex] == ["set-aside"]
    scan.handed_over(world.flow, sealed.id, receipt="v-1")
    with pytest.raises(NotAllowedError, match="return the box"):
        scan.shred_box(world.courier, sealed.box, **HOW)
    assert scan.return_box(world.courier, sealed.box).state is BoxState.RETURNED


def test_a_batch_of_nothing_but_set_aside_pages_ends(world: Any, draw: Any) -> None:
    poor = draw.encoded(draw.drawn(5, SMALL), dpi=100)
    (page,) = world.captured([poor])
    scan = world.scan
    scan.close_batch(world.author, page.batch)
    scan.set_aside(world.inspector, page.id, RejectReason.UNCLEAR)
    (document,) = scan.documents(world.author, page.batch)
    assert document.state is DocumentState.SET_ASIDE
    assert scan.seal(world.manager, page.batch).state is BatchState.ERASED
    assert "scan:document:sealed" not in world.tags()


class _CrashError(Exception):
    pass


def _steps(world: Any, monkeypatch: pytest.MonkeyPatch, at: int) -> Iterator[None]:
    """Stop at the ``at``-th durable effect."""
    count = iter(range(1000))
    begin, put, remove = world.db.begin, world.blobs.put, world.blobs.remove

    def counted(real: Any) -> Any:
        def effect(*args: Any) -> Any:
            if next(count) == at:
                raise _CrashError
            return real(*args)

        return effect

    with monkeypatch.context() as patch:
        patch.setattr(world.db, "begin", counted(begin))
        patch.setattr(world.blobs, "put", counted(put))
        patch.setattr(world.blobs, "remove", counted(remove))
        yield


@pytest.mark.parametrize("at", range(16))
def test_a_crash_at_any_effect_is_completed_by_a_repeat(
    world: Any,
    draw: Any,
    divider: bytes,
    monkeypatch: pytest.MonkeyPatch,
    at: int,
) -> None:
    sheets = _sheets(draw, 2)
    batch = world.passed([sheets[0], divider, sheets[1]], sheets=2)

    def finish() -> None:
        world.scan.seal(world.manager, batch)
        for document in world.scan.sealed_documents(world.flow, batch):
            world.scan.handed_over(
                world.flow, document.id, receipt=f"v-{document.sha256[:8]}"
            )
        with world.db.read() as tx:
            rows = records.document_rows(tx, batch)
        for row in rows:
            world.scan.handed_over(world.flow, row.id, receipt=row.receipt)

    for _ in _steps(world, monkeypatch, at):
        with suppress(_CrashError):
            finish()
    finish()
    tags = world.tags()
    for tag in ("document:sealed", "document:handed-over"):
        assert tags.count(f"scan:{tag}") == 2
    for tag in ("batch:sealed", "batch:erased"):
        assert tags.count(f"scan:{tag}") == 1
    entries = len(list(world.journal.entries()))
    assert world.journal.check(world.keeper.vkey("scan")) == entries
    with world.db.read() as tx:
        assert records.get_batch(tx, batch).state is BatchState.ERASED
    # A crash may leave one object; its key is erased, so nobody can read it.
    assert len(list(world.blobs.names())) <= 1


def test_an_erasure_that_was_cut_off_is_finished(
    world: Any, draw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (document,) = _sealed(world, _sheets(draw))

    def stop(_name: str) -> None:
        raise _CrashError

    with monkeypatch.context() as patch:
        patch.setattr(world.blobs, "remove", stop)
        with pytest.raises(_CrashError):
            world.scan.handed_over(world.flow, document.id, receipt="v-1")
    assert list(world.scan.sealed_documents(world.flow, document.batch)) == []
    with world.db.read() as tx:
        state = records.get_batch(tx, document.batch).state
    assert state is BatchState.ERASED
    assert list(world.blobs.names()) == []


def test_the_first_steps_repeated_after_the_end_change_nothing(
    world: Any, draw: Any
) -> None:
    data = _sheets(draw)
    (document,) = _sealed(world, data)
    world.scan.handed_over(world.flow, document.id, receipt="v-1")
    world.scan.shred_box(world.courier, document.box, **HOW)
    before = world.tags()
    world.agreed()
    batch = world.started(len(data))
    assert (batch.id, batch.state) == (document.batch, BatchState.ERASED)
    pages = world.scan.capture(world.author, batch.id, world.files(*data))
    assert len(pages) == 2
    world.scan.close_batch(world.author, batch.id)
    world.scan.seal(world.manager, batch.id)
    assert world.tags() == before
    with pytest.raises(ConflictError):
        world.scan.capture(
            world.author, batch.id, world.files(draw.encoded(draw.blank())), first=3
        )
