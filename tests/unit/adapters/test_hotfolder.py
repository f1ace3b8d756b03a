from __future__ import annotations

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
    read = Path.read_bytes

    def slow(self: Path) -> bytes:
        data = read(self)
        with self.open("ab") as more:
            more.write(b" a page")
        return data

    monkeypatch.setattr(Path, "read_bytes", slow)
    with pytest.raises(BusyError, match="still being written"):
        read_folder(tmp_path).pages[0].read()
