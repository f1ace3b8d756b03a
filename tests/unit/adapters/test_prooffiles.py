from __future__ import annotations

import os
from pathlib import Path

import pytest

from paperless_kernel.adapters import prooffiles
from paperless_kernel.adapters.prooffiles import read
from paperless_kernel.base.errors import InputError, NotFoundError


def test_a_file_and_a_link_to_one_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"a proof")
    (tmp_path / "b.pdf").symlink_to(tmp_path / "a.pdf")
    assert read(tmp_path / "a.pdf") == read(tmp_path / "b.pdf") == b"a proof"


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero"), Path("a\0b")):
        with pytest.raises(InputError):
            read(path)
    with pytest.raises(NotFoundError):
        read(tmp_path / "none.pdf")


def test_a_file_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prooffiles, "LARGEST", 4)
    (tmp_path / "a.pdf").write_bytes(b"four")
    assert read(tmp_path / "a.pdf") == b"four"
    (tmp_path / "a.pdf").write_bytes(b"five!")
    with pytest.raises(InputError, match="2 GiB"):
        read(tmp_path / "a.pdf")
