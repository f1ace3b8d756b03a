from __future__ import annotations

import os
from pathlib import Path

import pytest

from paperless_kernel.adapters import hotfolder
from paperless_kernel.adapters.hotfolder import PageFile, natural, read_folder
from paperless_kernel.base.errors import (
    BusyError,
    InputError,
    NotFoundError,
    StorageError,
    UnsupportedError,
)


def test_reads_pages_in_natural_order(tmp_path: Path) -> None:
    for name in ("page10.jpg", "page2.JPG", "page1.tif", "Page3.png", "deed.pdf"):
        (tmp_path / name).write_bytes(name.encode())
    found = read_folder(tmp_path)
    names = [page.name for page in found.pages]
    assert names == ["deed.pdf", "page1.tif", "page2.JPG", "Page3.png", "page10.jpg"]
    assert found.pages[1].read() == b"page1.tif"
    assert found.left_out == ()


def test_names_what_it_leaves_out(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"a")
    (tmp_path / "README.md").write_bytes(b"words")
    (tmp_path / ".hidden.png").write_bytes(b"half written")
    (tmp_path / "inner").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "a.png")
    found = read_folder(tmp_path)
    assert [page.name for page in found.pages] == ["a.png"]
    assert set(found.left_out) == {"README.md", ".hidden.png", "inner", "link.png"}


@pytest.mark.parametrize(
    ("first", "then"), [("a2", "a10"), ("2", "a"), ("a1b2", "a1b10"), ("7-9", "7-10")]
)
def test_natural_order(first: str, then: str) -> None:
    assert natural(first) < natural(then)


def test_refuses_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no folder"):
        read_folder(tmp_path / "gone")


def test_refuses_a_file_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"a")
    with pytest.raises(InputError, match="is a file"):
        read_folder(tmp_path / "a.png")


def test_refuses_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(b"words")
    with pytest.raises(InputError, match="no page"):
        read_folder(tmp_path)


def test_refuses_a_file_the_disk_does_not_give() -> None:
    with pytest.raises(StorageError, match="rights"):
        PageFile(name="mem", path=Path("/proc/self/mem")).read()


def test_refuses_a_file_that_vanished(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no longer"):
        PageFile(name="a.png", path=tmp_path / "a.png").read()


def test_refuses_a_file_larger_than_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.png").write_bytes(b"12345")
    monkeypatch.setattr(hotfolder, "LARGEST_FILE", 4)
    with pytest.raises(UnsupportedError, match="5 bytes"):
        read_folder(tmp_path).pages[0].read()


def test_refuses_a_file_still_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"half")
    look, looks = os.fstat, []

    def slow(number: int) -> os.stat_result:
        looks.append(number)
        if len(looks) > 1:
            with path.open("ab") as more:
                more.write(b" a page")
        return look(number)

    monkeypatch.setattr("os.fstat", slow)
    with pytest.raises(BusyError, match="still being written"):
        read_folder(tmp_path).pages[0].read()


def test_refuses_what_became_a_link_or_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"a page")
    (tmp_path / "b.png").write_bytes(b"a page")
    link, pipe = read_folder(tmp_path).pages
    assert link.read() == pipe.read() == b"a page"
    for page in (link, pipe):
        page.path.unlink()
    link.path.symlink_to("/etc/hostname")
    os.mkfifo(pipe.path)  # opening it plainly would wait for ever
    for page in (link, pipe, PageFile(name="zero", path=Path("/dev/zero"))):
        with pytest.raises(UnsupportedError, match="no page"):
            page.read()


def test_a_name_that_is_not_utf8_is_left_out_with_a_printable_reason(
    tmp_path: Path,
) -> None:
    (tmp_path / "쪽.png").write_bytes(b"a")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/p\xff.png")).write_bytes(b"b")
    found = read_folder(tmp_path)
    assert [page.name for page in found.pages] == ["쪽.png"]
    (left,) = found.left_out
    assert left.startswith("p\\xff.png (its name is not UTF-8")
    left.encode()


def test_a_file_somebody_writes_is_not_read_yet(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with path.open("wb") as writing:
        writing.write(b"first page")
        writing.flush()
        (page,) = read_folder(tmp_path).pages
        with pytest.raises(BusyError, match="still being written"):
            page.read()
    assert page.read() == b"first page"


def test_a_file_tells_how_old_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(b"page")
    hour = 3_600_000_000_000
    written = path.stat().st_mtime_ns
    os.utime(path, ns=(0, written - hour))
    (page,) = read_folder(tmp_path).pages
    data, age = page.read_dated()
    assert data == b"page"
    assert 3_600_000 <= age < 3_660_000
    os.utime(path, ns=(0, written + hour))
    assert page.read_dated()[1] < 0  # a clock was set back: nobody knows
    assert page.way == "folder"
