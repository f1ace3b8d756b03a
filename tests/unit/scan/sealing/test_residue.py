from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from paperless_kernel.base.errors import InputError, NotAllowedError
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan import tables
from paperless_kernel.scan.model import RejectReason

SMALL = (620, 877)
NAME = "SECRET-FILE-NAME-7741.jpg"
NOTE = "SECRET-NOTE-5529"
TITLE = "임대차 계약서 1"


def _taken(world: Any, draw: Any) -> tuple[str, list[bytes]]:
    """Capture two pages, one scanned again; seal, hand over; return batch, pages."""
    data = [draw.encoded(draw.drawn(n, SMALL), dpi=204) for n in (1, 2, 3)]
    files = world.files(*data[:2])
    for file in files:
        object.__setattr__(file, "name", f"{file.name}-{NAME}")
    scan, batch = world.scan, world.started(2)
    pages = scan.capture(world.author, batch.id, files)
    scan.close_batch(world.author, batch.id)
    scan.reject_page(world.inspector, pages[0].id, RejectReason.FOLDED, note=NOTE)
    (again,) = world.files(data[2])
    object.__setattr__(again, "name", NAME)
    scan.rescan(world.author, pages[0].id, again)
    (document,) = scan.documents(world.author, batch.id)
    scan.index(world.author, document.id, title=TITLE, kind="계약서")
    scan.pass_document(world.inspector, document.id)
    scan.seal(world.manager, batch.id)
    for each in scan.sealed_documents(world.flow, batch.id):
        scan.handed_over(world.flow, each.id, receipt="v-1")
    return batch.id, data


def _grep(folder: Path, *needles: bytes) -> list[str]:
    return [
        f"{file.relative_to(folder)}: {needle[:24]!r}"
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        for data in [file.read_bytes()]
        for needle in needles
        if needle in data
    ]


def test_nothing_of_a_handed_over_batch_is_on_the_disk(world: Any, draw: Any) -> None:
    _, data = _taken(world, draw)
    pieces = [one[at : at + 48] for one in data for at in (2000, len(one) // 2)]
    words = (NAME.encode(), NOTE.encode(), TITLE.encode())
    # Rows, free room between them, and the write-ahead log: all are looked through.
    assert _grep(world.folder, *pieces, *words) == []
    assert (world.folder / "scan.db").exists()


def test_before_the_hand_over_the_same_search_finds_it(world: Any, draw: Any) -> None:
    page = draw.encoded(draw.drawn(1, SMALL), dpi=204)
    (file,) = world.files(page)
    object.__setattr__(file, "name", NAME)
    batch = world.started(1)
    world.scan.capture(world.author, batch.id, [file])
    assert _grep(world.folder, NAME.encode())
    assert _grep(world.folder, page[2000:2048]) == []  # under the batch's key


def test_a_clean_folder_is_called_clean(world: Any, draw: Any, tmp_path: Path) -> None:
    _taken(world, draw)
    hot = tmp_path / "hot"
    hot.mkdir()
    (hot / "another.jpg").write_bytes(b"not of this batch")
    found = world.scan.residue(world.manager, [hot])
    assert found.clean
    assert (found.batches, found.files) == (1, 1)


def test_what_is_left_is_named(world: Any, draw: Any, tmp_path: Path) -> None:
    batch, data = _taken(world, draw)
    hot = tmp_path / "hot"
    (hot / "sub").mkdir(parents=True)
    (hot / "sub" / "scan-0001.jpg").write_bytes(data[1])
    kept = world.blobs.put(b"a key that was restored from a backup")
    with world.db.begin() as tx:
        tx.execute(update(tables.batch).values(key_box=kept))
        tx.execute(
            update(tables.page).where(tables.page.c.position == 2).values(name="a.jpg")
        )
    found = world.scan.residue(world.manager, [hot])
    assert not found.clean
    said = {one.where.rpartition("/")[2]: one for one in found.leftovers}
    assert set(said) == {"scan-0001.jpg", "objects", "page.name"}
    assert all(one.batch == batch for one in found.leftovers)


def test_what_a_cut_off_step_left_is_named(world: Any, draw: Any) -> None:
    _taken(world, draw)
    name = world.blobs.put(b"an object whose row was never written")
    (left,) = world.scan.residue(world.manager).leftovers
    assert name in left.what
    world.blobs.remove(name)
    assert world.scan.residue(world.manager).clean


def test_a_batch_still_at_work_is_no_residue(world: Any, draw: Any) -> None:
    world.captured([draw.encoded(draw.drawn(1, SMALL), dpi=204)])
    assert world.scan.residue(world.manager).clean


def test_only_the_workshop_searches_and_only_what_is_there(
    world: Any, tmp_path: Path
) -> None:
    stranger = Actor(id="u-sales", roles=frozenset({Role.SALES}))
    with pytest.raises(NotAllowedError):
        world.scan.residue(stranger)
    with pytest.raises(InputError, match="no such folder"):
        world.scan.residue(world.manager, [tmp_path / "nowhere"])
