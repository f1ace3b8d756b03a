from __future__ import annotations

import json
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest

from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    InputError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
    UnavailableError,
    UnsupportedError,
)
from paperless_kernel.scan.capture import seen
from paperless_kernel.scan.capture.chain import values_of
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import BatchState, RejectReason, Service
from paperless_kernel.scan.pictures.flate import own_stream
from paperless_kernel.scan.sealing.assemble import image_streams
from paperless_kernel.trust.digest import sha256

SMALL = (620, 877)


def _sheet(draw: Any, seed: int = 1, dpi: int = 204) -> bytes:
    made: bytes = draw.encoded(draw.drawn(seed, SMALL), dpi=dpi)
    return made


def _inserted(world: Any, batch: str, after: str, *data: bytes, **more: Any) -> Any:
    values = {"key": "i-1", "batch": batch, "after": after, **more}
    return world.scan.insert_sheet(world.author, sources=world.files(*data), **values)


def test_a_missed_sheet_takes_its_place_while_scanning(world: Any, draw: Any) -> None:
    batch = world.started(3)
    files = world.files(*(_sheet(draw, seed) for seed in (1, 3)))
    first, third = world.scan.capture(world.author, batch.id, files)
    (second,) = _inserted(world, batch.id, first.id, _sheet(draw, 2))
    assert (second.position, second.label, second.sheet) == (3, "1.5", 3)
    for _ in range(2):  # the folder again, and the insertion again
        assert world.scan.capture(world.author, batch.id, files) == (first, third)
        assert _inserted(world, batch.id, first.id, _sheet(draw, 2)) == (second,)
    pages = world.scan.pages(world.author, batch.id)
    assert [page.id for page in pages] == [first.id, second.id, third.id]
    closed = world.scan.close_batch(world.author, batch.id)
    assert closed.checked == closed.head != ""
    (document,) = world.scan.documents(world.author, batch.id)
    assert document.pages == (first.id, second.id, third.id)
    (entry,) = world.journal.entries(tag="scan:page:inserted")
    story = world.scan.box_story(world.manager, batch.box)
    assert "scan:page:inserted" in [line.tag for line in story]
    assert (entry.body["after"], entry.body["place"]) == (first.id, "0000000001.5")


def test_a_folder_goes_on_behind_an_inserted_sheet(world: Any, draw: Any) -> None:
    batch = world.started(4)
    files = world.files(*(_sheet(draw, seed) for seed in (1, 2, 3)))
    (first,) = world.scan.capture(world.author, batch.id, files[:1])
    _inserted(world, batch.id, "", _sheet(draw, 9))
    pages = world.scan.capture(world.author, batch.id, files)
    assert pages[0] == first
    assert [page.position for page in pages] == [1, 3, 4]
    labels = [page.label for page in world.scan.pages(world.author, batch.id)]
    assert labels == ["0.5", "1", "3", "4"]


def test_a_sheet_joins_its_document_after_closing(world: Any, draw: Any) -> None:
    batch = world.passed([_sheet(draw, 1), _sheet(draw, 2)], every=1)
    one, two = world.scan.pages(world.author, batch)
    with pytest.raises(ConflictError, match="제48조"):
        _inserted(world, batch, one.id, _sheet(draw, 3))
    assert len(world.scan.pages(world.author, batch)) == 2
    with pytest.raises(ConflictError, match="제48조"):
        # The box was counted at two sheets as well.
        _inserted(world, batch, one.id, _sheet(draw, 3), recounted=True)
    world.scan.set_aside(world.inspector, two.id, RejectReason.OTHER)
    with pytest.raises(ConflictError, match="제48조"):
        _inserted(world, batch, one.id, _sheet(draw, 3))


def test_what_was_fed_twice_makes_room_for_what_is_missing(
    world: Any, draw: Any
) -> None:
    same = _sheet(draw, 1)
    pages = world.captured([same, same, _sheet(draw, 3)])
    batch = pages[0].batch
    world.scan.close_batch(world.author, batch)
    world.scan.set_aside(world.inspector, pages[1].id, RejectReason.DUPLICATE)
    (made,) = _inserted(world, batch, pages[0].id, _sheet(draw, 2))
    (document,) = world.scan.documents(world.author, batch)
    assert document.pages == (pages[0].id, made.id, pages[2].id)
    again = world.scan.check_batch_integrity(world.author, batch)
    assert again.checked == again.head
    assert world.tags().count("scan:batch:checked") == 2


def test_an_insertion_takes_the_pass_away_and_counts_again(
    world: Any, draw: Any
) -> None:
    world.agreed()
    order = world.agreed()
    box = world.scan.receive_box(
        world.courier, key="r", tenant="t-one", seal="S-2", sheets=3, order=order.id
    )
    world.scan.open_box(world.courier, box.id, seal="S-2", counted=3)
    world.scan.prepare_box(world.author, key="p", box=box.id)
    batch = world.scan.start_batch(
        world.author, key="b", box=box.id, sheets=2, device="scanner 7", settings="300"
    )
    files = world.files(_sheet(draw, 1), _sheet(draw, 2))
    pages = world.scan.capture(world.author, batch.id, files)
    world.scan.close_batch(world.author, batch.id)
    (document,) = world.scan.documents(world.author, batch.id)
    world.scan.index(world.author, document.id, title="계약", kind="계약서")
    world.scan.pass_document(world.inspector, document.id)
    (made,) = _inserted(world, batch.id, pages[1].id, _sheet(draw, 3), recounted=True)
    (document,) = world.scan.documents(world.author, batch.id)
    assert document.state is DocumentState.INDEXED
    assert document.pages == (pages[0].id, pages[1].id, made.id)
    assert world.scan.check_batch_integrity(world.author, batch.id).sheets == 3


def test_both_sides_are_inserted_together(world: Any, draw: Any) -> None:
    batch = world.started(2, sides=2)
    files = world.files(*(_sheet(draw, seed) for seed in (1, 2)))
    front, back = world.scan.capture(world.author, batch.id, files)
    with pytest.raises(InputError, match="1 sides are no sheet"):
        _inserted(world, batch.id, front.id, _sheet(draw, 3))
    made = _inserted(world, batch.id, front.id, _sheet(draw, 3), _sheet(draw, 4))
    assert [(page.sheet, page.side, page.label) for page in made] == [
        (2, 1, "2.5"), (2, 2, "2.75"),
    ]  # fmt: skip
    pages = world.scan.pages(world.author, batch.id)
    assert [page.id for page in pages] == [front.id, back.id, made[0].id, made[1].id]


def test_what_cannot_be_inserted_is_refused(
    world: Any, draw: Any, divider: bytes
) -> None:
    batch = world.started(2)
    with pytest.raises(NotFoundError, match="no page"):
        _inserted(world, batch.id, "2.25.9", _sheet(draw))
    with pytest.raises(InputError, match="separator"):
        _inserted(world, batch.id, "", divider)
    with pytest.raises(NotAllowedError):
        world.scan.insert_sheet(
            world.inspector, key="k", batch=batch.id, after="", sources=()
        )


def test_an_inserted_page_is_replaced_in_its_place(world: Any, draw: Any) -> None:
    batch = world.started(2)
    (first,) = world.scan.capture(world.author, batch.id, world.files(_sheet(draw, 1)))
    (second,) = _inserted(world, batch.id, "", _sheet(draw, 2))
    world.scan.reject_page(world.inspector, second.id, RejectReason.FOLDED)
    made = world.scan.rescan(world.author, second.id, world.files(_sheet(draw, 3))[0])
    assert (made.version, made.label, made.sheet) == (2, "0.5", second.sheet)
    pages = world.scan.pages(world.author, batch.id)
    assert [page.id for page in pages] == [made.id, first.id]


def test_a_batch_is_split_every_few_sheets(
    world: Any, draw: Any, divider: bytes
) -> None:
    data = [_sheet(draw, seed) for seed in (1, 2, 3)] + [divider, _sheet(draw, 4)]
    pages = world.captured(data, sheets=4, every=2)
    world.scan.close_batch(world.author, pages[0].batch)
    documents = world.scan.documents(world.author, pages[0].batch)
    assert [len(document.pages) for document in documents] == [2, 1, 1]
    with pytest.raises(InputError, match="at least one"):
        world.scan.start_batch(
            world.author,
            key="b-3",
            box="",
            sheets=1,
            device="scanner 7",
            settings="300",
            every=-1,
        )


def test_a_sheet_without_its_back_keeps_the_batch_open(world: Any, draw: Any) -> None:
    pages = world.captured(
        [_sheet(draw, 1), _sheet(draw, 2), _sheet(draw, 3)], sheets=2, sides=2
    )
    with pytest.raises(NotYetError, match="Of sheet 2 not all 2 sides"):
        world.scan.close_batch(world.author, pages[0].batch)


def test_the_first_check_reads_every_stored_page(world: Any, draw: Any) -> None:
    pages = world.captured([_sheet(draw, 1), _sheet(draw, 2)])
    batch = pages[0].batch
    with pytest.raises(NotYetError, match="close it first"):
        world.scan.check_batch_integrity(world.author, batch)
    closed = world.scan.close_batch(world.author, batch)
    (entry,) = world.journal.entries(tag="scan:batch:checked")
    assert (entry.body["pages"], entry.body["sheets"]) == (2, 2)
    assert entry.body["head"] == closed.head
    assert world.scan.check_batch_integrity(world.author, batch) == closed
    assert world.tags().count("scan:batch:checked") == 1
    with pytest.raises(NotAllowedError):
        world.scan.check_batch_integrity(world.inspector, batch)


def test_a_stored_page_that_changed_stops_the_batch(world: Any, draw: Any) -> None:
    (page,) = world.captured([_sheet(draw, 1)])
    with world.db.read() as tx:
        blob = tx.exec_driver_sql("select blob from page").scalar_one()
    path = world.blobs.root / blob[:2] / blob[2:4] / blob
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(EvidenceError):
        world.scan.close_batch(world.author, page.batch)
    assert "scan:batch:checked" not in world.tags()
    (document,) = world.scan.documents(world.author, page.batch)
    with pytest.raises(NotYetError, match="1차 무결성검증"):
        world.scan.index(world.author, document.id, title="계약", kind="계약서")


@pytest.mark.parametrize("column", ["sha256", "source", "place", "way", "gap"])
def test_a_changed_row_stops_the_first_check(
    world: Any, draw: Any, column: str
) -> None:
    (page,) = world.captured([_sheet(draw, 1)])
    with world.db.begin() as tx:
        value = "7" if column == "gap" else "'0000000000.5'"
        tx.exec_driver_sql(f"update page set {column} = {value}")  # noqa: S608
    with pytest.raises(EvidenceError, match="chain is broken"):
        world.scan.close_batch(world.author, page.batch)


@dataclass(frozen=True)
class Dated:
    """A file in memory of an age of its own, milliseconds."""

    name: str
    data: bytes
    age: int
    way: str = "folder"

    def read(self) -> bytes:
        return self.data

    def read_dated(self) -> tuple[bytes, int]:
        return self.data, self.age


@dataclass(frozen=True)
class Bare:
    name: str
    data: bytes

    def read(self) -> bytes:
        return self.data


def test_the_gap_is_recorded_and_a_long_one_refused(world: Any, draw: Any) -> None:
    stated = world.regulation["values"] | {"longest_gap_seconds": 86_400}
    world.regulation = world.regulation | {"values": stated}
    batch = world.started(3)
    limit = 86_400_000

    def captured(age: int, first: int) -> Any:
        source = Dated(f"{first}.jpg", _sheet(draw, first), age)
        return world.scan.capture(world.author, batch.id, [source], first=first)

    assert captured(1500, 1)[0].gap == 1500
    assert captured(limit, 2)[0].gap == limit
    for age, words in ((limit + 1, "86400 seconds"), (-9, "unknown")):
        with pytest.raises(NotAllowedError, match=f"{words}.*제30조"):
            captured(age, 3)
    with pytest.raises(NotAllowedError, match="제30조"):
        world.scan.capture(
            world.author, batch.id, [Bare("3.jpg", _sheet(draw, 3))], first=3
        )
    assert captured(1500, 1)[0].gap == 1500  # what is there is no new capture
    ways = [page.way for page in world.scan.pages(world.author, batch.id)]
    assert ways == ["folder", "folder"]


def test_rules_that_state_no_longest_gap_take_any(world: Any, draw: Any) -> None:
    batch = world.started(1)
    (page,) = world.scan.capture(world.author, batch.id, [Bare("1", _sheet(draw))])
    assert (page.way, page.gap) == ("handed", -1)


def test_a_plain_scan_asks_for_no_rules_and_no_gap(world: Any, draw: Any) -> None:
    batch = world.started(1, service=Service.PLAIN, device="somebody's phone")
    assert batch.regulation == ""
    (page,) = world.scan.capture(world.author, batch.id, [Bare("1.jpg", _sheet(draw))])
    assert (page.way, page.gap) == ("handed", -1)


def test_every_value_of_a_picture_is_kept_in_order(world: Any, draw: Any) -> None:
    jpeg, png = _sheet(draw, 1), draw.encoded(draw.drawn(2, SMALL), "PNG", dpi=204)
    first, second = world.captured([jpeg, png])
    assert values_of(first) == (("JPEG as scanned", first.sha256),)
    (came, made) = values_of(second)
    assert came == ("file as it came", sha256(png).hex())
    assert made == (second.coded, second.sha256)
    bodies = [entry.body for entry in world.journal.entries(tag="scan:page:captured")]
    assert bodies[1]["values"] == [list(came), list(made)]


def test_an_order_without_loss_keeps_every_pixel(world: Any, draw: Any) -> None:
    batch = world.started(1, lossless=True)
    assert batch.lossless
    with pytest.raises(UnsupportedError, match="제35조"):
        world.scan.capture(world.author, batch.id, world.files(_sheet(draw)))
    png = draw.encoded(draw.drawn(1, SMALL), "PNG", dpi=204)
    (page,) = world.scan.capture(world.author, batch.id, world.files(png))
    assert page.kind == "flate"
    shown, media = world.scan.page_image(world.inspector, page.id)
    assert media == "image/png"
    assert draw.encoded(draw.drawn(1, SMALL), "PNG", dpi=0)[60:200] in shown


def test_rules_scanner_and_staff_are_asked_before_the_first_sheet(world: Any) -> None:
    box = world.opened(2)
    values: dict[str, Any] = {
        "key": "b-9",
        "box": box.id,
        "sheets": 2,
        "device": "scanner 7",
        "settings": "300 dpi",
    }
    scan = world.scan
    with pytest.raises(NotAllowedError, match="제39조"):
        scan.start_batch(world.author, **values | {"device": "scanner 8"})
    stranger = replace(world.author, id="u-stranger")
    with pytest.raises(NotAllowedError, match="제9조"):
        scan.start_batch(stranger, **values)
    batch = scan.start_batch(world.author, **values)
    with pytest.raises(NotAllowedError, match="제9조"):
        scan.capture(stranger, batch.id, [])
    assert batch.regulation == "TRIAL-1"
    (entry,) = world.journal.entries(tag="scan:batch:started")
    assert entry.body["regulation"] == "TRIAL-1"


def test_no_batch_without_registered_rules(world: Any) -> None:
    box = world.opened(1)
    with world.db.begin() as tx:
        tx.exec_driver_sql("delete from regulation")
    with pytest.raises(NotYetError, match="제6조"):
        world.scan.start_batch(
            world.author,
            key="b",
            box=box.id,
            sheets=1,
            device="scanner 7",
            settings="300",
        )


def test_a_crash_while_a_batch_starts_leaves_no_key_behind(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = world.opened(1)
    before = set(world.blobs.names())
    values: dict[str, Any] = {
        "key": "b",
        "box": box.id,
        "sheets": 1,
        "device": "scanner 7",
        "settings": "300",
    }
    put = world.blobs.put

    def crash(data: bytes) -> str:
        put(data)
        raise KeyboardInterrupt

    for _ in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(world.blobs, "put", crash)
            with pytest.raises(KeyboardInterrupt):
                world.scan.start_batch(world.author, **values)
        assert len(set(world.blobs.names()) - before) == 1
    batch = world.scan.start_batch(world.author, **values)
    (key,) = set(world.blobs.names()) - before
    with world.db.read() as tx:
        named = tx.exec_driver_sql("select key_box from batch").scalar_one()
        left = tx.exec_driver_sql("select count(*) from batch_draft").scalar_one()
    assert (named, left) == (key, 0)
    assert world.scan.start_batch(world.author, **values) == batch


def test_two_starts_of_one_batch_do_not_take_each_others_key(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = world.opened(1)
    values: dict[str, Any] = {
        "key": "b",
        "box": box.id,
        "sheets": 1,
        "device": "scanner 7",
        "settings": "300",
    }
    put, made = world.blobs.put, []

    def late(data: bytes) -> str:
        monkeypatch.undo()
        made.append(world.scan.start_batch(world.author, **values))
        return str(put(data))

    monkeypatch.setattr(world.blobs, "put", late)
    before = set(world.blobs.names())
    assert world.scan.start_batch(world.author, **values) == made[0]
    with world.db.read() as tx:
        named = tx.exec_driver_sql("select key_box from batch").scalar_one()
    assert set(world.blobs.names()) - before == {named}


def test_a_scanner_that_stops_within_a_sheet_leaves_none_of_it(
    world: Any, draw: Any
) -> None:
    batch = world.started(3, sides=2)
    files = world.files(*(_sheet(draw, seed) for seed in range(1, 7)))

    def jammed() -> Any:
        yield from files[:3]
        raise UnavailableError("jammed")

    sources = jammed()
    with pytest.raises(UnavailableError):
        world.scan.capture_scanner(world.author, batch.id, sources)
    assert len(world.scan.pages(world.author, batch.id)) == 2
    half = files[2:5]
    with pytest.raises(InputError, match="front without its back"):
        world.scan.capture_scanner(world.author, batch.id, half)
    pages = world.scan.capture_scanner(world.author, batch.id, files[4:])
    assert [(page.sheet, page.side) for page in pages] == [(3, 1), (3, 2)]
    assert {page.way for page in pages} == {"scanner"}
    assert {page.gap for page in pages} == {0}
    assert world.scan.close_batch(world.author, batch.id).state is BatchState.CLOSED
    with pytest.raises(ConflictError, match="too late"):
        world.scan.capture_scanner(world.author, batch.id, files)


def test_two_operators_with_the_same_folder_double_nothing(
    world: Any, draw: Any
) -> None:
    batch = world.started(2)
    files = world.files(_sheet(draw, 1), _sheet(draw, 2))

    class Racing:
        """The other operator captures the same file between reading and writing."""

        name, way = files[0].name, "scanner"

        def read(self) -> bytes:
            return files[0].data

        def read_dated(self) -> tuple[bytes, int]:
            return files[0].data, 0

    scan, look = world.scan, world.scan._look
    other = scan.capture

    def race(*given: Any) -> Any:
        scan._look = look
        other(world.both, batch.id, files)
        return look(*given)

    scan._look = race
    pages = scan.capture(world.author, batch.id, [Racing(), files[1]])
    assert [page.position for page in pages] == [1, 2]
    assert {page.captured_by for page in pages} == {world.both.id}
    assert world.tags().count("scan:page:captured") == 2


def test_each_page_of_a_long_batch_is_read_once_for_comparing(
    world: Any, draw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = world.started(12)
    tiny = [draw.encoded(draw.drawn(n, (200, 280), 6), dpi=204) for n in range(12)]
    read: list[str] = []

    def loads(text: str) -> Any:
        read.append(text)
        return json.loads(text)

    monkeypatch.setattr(seen, "json", SimpleNamespace(loads=loads))
    world.scan.capture(world.author, batch.id, world.files(*tiny))
    assert len(read) <= 12


def test_what_was_kept_without_loss_is_sealed_as_it_is(world: Any, draw: Any) -> None:
    pngs = [
        draw.encoded(draw.drawn(seed, SMALL), "PNG", dpi=204, mode=mode)
        for seed, mode in ((1, "L"), (2, "RGB"))
    ]
    batch = world.passed(pngs, lossless=True)
    world.scan.seal(world.manager, batch)
    (sealed,) = world.scan.sealed_documents(world.flow, batch)
    streams = image_streams(sealed.pdf)
    pages = world.scan.pages(world.author, batch)
    assert [sha256(one).hex() for one in streams] == [page.sha256 for page in pages]
    assert list(streams) == [own_stream(png) for png in pngs]
