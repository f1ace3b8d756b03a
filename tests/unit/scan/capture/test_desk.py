from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import pytest

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotYetError,
    StorageError,
    UnsupportedError,
)
from paperless_kernel.scan.model import (
    BatchState,
    PageState,
    RejectReason,
    Verdict,
)
from paperless_kernel.trust.digest import sha256

SMALL = (620, 877)


def _sheet(draw: Any, seed: int = 1, dpi: int = 204) -> bytes:
    made: bytes = draw.encoded(draw.drawn(seed, SMALL), dpi=dpi)
    return made


def test_pages_are_hashed_chained_and_measured(world: Any, draw: Any) -> None:
    data = [_sheet(draw, 1), _sheet(draw, 2)]
    pages = world.captured(data)
    assert [page.sha256 for page in pages] == [sha256(one).hex() for one in data]
    assert [page.position for page in pages] == [1, 2]
    assert all(page.verdict is Verdict.PASS for page in pages)
    entries = list(world.journal.entries(tag="scan:page:captured"))
    assert entries[0].body["previous"] == ""
    assert entries[1].body["previous"] == entries[0].body["link"] == pages[0].link


def test_a_repeat_of_the_same_folder_changes_nothing(world: Any, draw: Any) -> None:
    data = [_sheet(draw, 1), _sheet(draw, 2)]
    pages = world.captured(data)
    before = world.tags()
    assert world.scan.capture(world.author, pages[0].batch, world.files(*data)) == pages
    assert world.tags() == before


def test_other_bytes_at_a_taken_position_are_refused(world: Any, draw: Any) -> None:
    pages = world.captured([_sheet(draw, 1), _sheet(draw, 2)])
    with pytest.raises(ConflictError, match="position 2"):
        world.scan.capture(
            world.author,
            pages[0].batch,
            world.files(_sheet(draw, 1), _sheet(draw, 3)),
        )


def test_capture_goes_on_after_a_bad_file(world: Any, draw: Any) -> None:
    batch = world.started(3)
    good = [_sheet(draw, seed) for seed in (1, 2, 3)]
    broken = [good[0], good[1][:300], good[2]]
    with pytest.raises(InputError, match=r"2\.page"):
        world.scan.capture(world.author, batch.id, world.files(*broken))
    assert len(world.scan.pages(world.author, batch.id)) == 1
    with pytest.raises(UnsupportedError):
        world.scan.capture(world.author, batch.id, world.files(good[0], b"words"))
    pages = world.scan.capture(world.author, batch.id, world.files(*good))
    assert [page.position for page in pages] == [1, 2, 3]


def test_a_file_of_many_pages_takes_many_positions(world: Any, draw: Any) -> None:
    batch = world.started(3, sides=2)
    tiff = draw.many([draw.drawn(seed, SMALL) for seed in (1, 2, 3, 4)])
    files = world.files(tiff, _sheet(draw, 5), _sheet(draw, 6))
    for _ in range(2):
        pages = world.scan.capture(world.author, batch.id, files)
        places = [(page.position, page.sheet, page.side) for page in pages]
        assert places == [
            (1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 2, 2), (5, 3, 1), (6, 3, 2),
        ]  # fmt: skip
    seen: list[tuple[int, int]] = []
    world.scan.capture(
        world.author,
        batch.id,
        files,
        progress=lambda _what, done, total: seen.append((done, total)),
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_content_lies_encrypted(world: Any, draw: Any) -> None:
    data = _sheet(draw)
    world.captured([data])
    for name in world.blobs.names():
        stored = world.blobs.get(name)
        assert data[200:400] not in stored
        assert not stored.startswith(b"\xff\xd8")


def test_the_same_sheet_twice_is_flagged(world: Any, draw: Any) -> None:
    page = draw.drawn(1, SMALL)
    again = cv2.GaussianBlur(draw.turned(page, 0.2), (0, 0), 0.4)
    data = [
        draw.encoded(page, dpi=204),
        _sheet(draw, 2),
        draw.encoded(page, dpi=204),
        draw.encoded(again, dpi=204),
    ]
    first, second, third, fourth = world.captured(data)
    assert second.duplicate_of == ""
    assert third.duplicate_of == fourth.duplicate_of == first.id
    assert third.verdict is fourth.verdict is Verdict.HOLD
    assert "byte for byte" in third.findings[-1].text


def test_blank_pages_are_no_duplicates_of_each_other(world: Any, draw: Any) -> None:
    blank = draw.encoded(draw.blank(size=SMALL), dpi=204)
    pages = world.captured([blank, blank])
    assert [page.blank for page in pages] == [True, True]
    assert [page.duplicate_of for page in pages] == ["", ""]


def test_closing_counts_sheets_without_separators(
    world: Any, draw: Any, divider: bytes
) -> None:
    data = [divider, _sheet(draw, 1), divider, divider, _sheet(draw, 2)]
    pages = world.captured(data, sheets=2)
    closed = world.scan.close_batch(world.author, pages[0].batch)
    assert closed.state is BatchState.CLOSED
    documents = world.scan.documents(world.author, closed.id)
    assert [document.pages for document in documents] == [
        (pages[1].id,),
        (pages[4].id,),
    ]
    assert [document.kind for document in documents] == ["별지", "별지"]
    assert world.scan.close_batch(world.author, closed.id) == closed
    with pytest.raises(ConflictError):
        world.scan.capture(
            world.author, closed.id, world.files(_sheet(draw, 7)), first=6
        )


def test_a_missing_sheet_keeps_the_batch_open(world: Any, draw: Any) -> None:
    batch = world.started(2)
    files = world.files(_sheet(draw, 1), _sheet(draw, 2))
    world.scan.capture(world.author, batch.id, files[:1])
    with pytest.raises(NotYetError, match="1 sheets scanned, 2 counted"):
        world.scan.close_batch(world.author, batch.id)
    world.scan.capture(world.author, batch.id, files[1:], first=2)
    assert world.scan.close_batch(world.author, batch.id).state is BatchState.CLOSED


def test_a_blurred_page_is_rejected_and_scanned_again(world: Any, draw: Any) -> None:
    page = draw.drawn(1, (1240, 1754))
    bad = cv2.GaussianBlur(page, (0, 0), 5)
    pages = world.captured([draw.encoded(bad), _sheet(draw, 2)])
    assert pages[0].verdict is Verdict.REJECT
    good = world.files(draw.encoded(page))[0]
    scan = world.scan
    made = scan.rescan(world.author, pages[0].id, good)
    assert (made.position, made.version, made.verdict) == (1, 2, Verdict.PASS)
    assert scan.rescan(world.author, pages[0].id, good) == made
    with pytest.raises(ConflictError, match="replaced already"):
        scan.rescan(world.author, pages[0].id, world.files(_sheet(draw, 9))[0])
    batch = pages[0].batch
    current = scan.pages(world.author, batch)
    assert [one.id for one in current] == [made.id, pages[1].id]
    old, media = scan.page_image(world.inspector, pages[0].id)
    assert (old, media) == (draw.encoded(bad), "image/jpeg")
    assert world.tags().count("scan:page:replaced") == 1


def test_an_author_may_not_replace_a_good_page(world: Any, draw: Any) -> None:
    pages = world.captured([_sheet(draw, 1), _sheet(draw, 2)])
    with pytest.raises(NotAllowedError, match="not rejected"):
        world.scan.rescan(world.author, pages[0].id, world.files(_sheet(draw, 3))[0])


def test_a_page_is_replaced_by_one_side_and_no_separator(
    world: Any, draw: Any, divider: bytes
) -> None:
    (page,) = world.captured([_sheet(draw, 1, dpi=100)])
    two = draw.many([draw.drawn(3, SMALL), draw.drawn(4, SMALL)])
    with pytest.raises(InputError, match="2 sides"):
        world.scan.rescan(world.author, page.id, world.files(two)[0])
    with pytest.raises(InputError, match="separator"):
        world.scan.rescan(world.author, page.id, world.files(divider)[0])


def test_only_an_operator_scans(world: Any, draw: Any) -> None:
    (page,) = world.captured([_sheet(draw, dpi=100)])
    for actor in (world.inspector, world.manager, world.courier):
        with pytest.raises(NotAllowedError):
            world.scan.capture(actor, page.batch, world.files(_sheet(draw)))
        with pytest.raises(NotAllowedError):
            world.scan.rescan(actor, page.id, world.files(_sheet(draw))[0])
        with pytest.raises(NotAllowedError):
            world.scan.close_batch(actor, page.batch)


def test_a_batch_is_started_once(world: Any) -> None:
    batch = world.started(2)
    values: dict[str, Any] = {
        "key": "b-1",
        "box": batch.box,
        "sheets": 2,
        "device": "scanner 7",
        "settings": "300 dpi, grey",
    }
    assert world.scan.start_batch(world.author, **values) == batch
    assert len(list(world.blobs.names())) == 1  # the batch's locked key
    with pytest.raises(ConflictError):
        world.scan.start_batch(world.author, **values, sides=2)
    with pytest.raises(InputError, match="do not fit"):
        world.scan.start_batch(world.author, **(values | {"key": "b-2"}))
    with pytest.raises(InputError, match="device"):
        world.scan.start_batch(world.author, **(values | {"device": " "}))


def test_a_full_disk_leaves_nothing_half_made(
    world: Any, draw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = world.started(2)
    files = world.files(_sheet(draw, 1), _sheet(draw, 2))

    def full(_data: bytes) -> str:
        raise StorageError("No space left")

    with monkeypatch.context() as patch:
        patch.setattr(world.blobs, "put", full)
        with pytest.raises(StorageError):
            world.scan.capture(world.author, batch.id, files)
    assert world.scan.pages(world.author, batch.id) == ()
    assert len(world.scan.capture(world.author, batch.id, files)) == 2


def test_numbers_and_story(world: Any, draw: Any) -> None:
    blank = draw.encoded(draw.blank(size=SMALL), dpi=204)
    pages = world.captured([_sheet(draw, 1, dpi=100), _sheet(draw, 2), blank])
    numbers = world.scan.numbers()
    assert (numbers.boxes, numbers.pages, numbers.blanks) == (1, 3, 1)
    assert (numbers.pages_rejected, numbers.batches_open) == (1, 1)
    world.scan.reject_page(world.inspector, pages[1].id, RejectReason.FOLDED)
    assert world.scan.numbers().pages_rejected == 2
    with world.db.read():
        box = world.scan.boxes(world.manager)[0]
    story = world.scan.box_story(world.manager, box.id)
    assert [line.tag for line in story] == [
        "scan:contract:recorded",
        "scan:order:placed",
        "scan:box:received",
        "scan:box:opened",
        "scan:box:prepared",
        "scan:batch:started",
        "scan:page:captured",
        "scan:page:rejected",
    ]
    assert dict(story[-1].facts)["reason"] == "folded"


def test_states_are_what_the_rows_say(world: Any, draw: Any) -> None:
    (page,) = world.captured([_sheet(draw)])
    assert page.state is PageState.WAITING
    assert replace(page, link="") != page
