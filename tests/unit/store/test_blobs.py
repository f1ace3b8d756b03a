from __future__ import annotations

from pathlib import Path

import pytest

from paperless_kernel.base.errors import EvidenceError, NotFoundError, StorageError
from paperless_kernel.store.blobs import Blobs


def test_what_is_put_comes_back_and_cannot_be_written(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "objects")
    name = blobs.put(b"paper")
    assert blobs.get(name) == b"paper"
    assert blobs.put(b"paper") == name
    assert list(blobs.names()) == [name]
    path = tmp_path / "objects" / name[:2] / name[2:4] / name
    assert path.stat().st_mode & 0o777 == 0o400


def test_changed_bytes_are_refused_on_reading_and_on_writing_again(
    tmp_path: Path,
) -> None:
    blobs = Blobs(tmp_path)
    name = blobs.put(b"paper")
    path = tmp_path / name[:2] / name[2:4] / name
    path.chmod(0o600)
    path.write_bytes(b"Paper")
    with pytest.raises(EvidenceError):
        blobs.get(name)
    with pytest.raises(EvidenceError):
        blobs.put(b"paper")


def test_a_removed_object_is_not_found(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    name = blobs.put(b"paper")
    blobs.remove(name)
    blobs.remove(name)
    assert not blobs.has(name)
    with pytest.raises(NotFoundError):
        blobs.get(name)


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="nothing was kept"):
        Blobs(tmp_path / "file").put(b"paper")
