from __future__ import annotations

from pathlib import Path

import pytest

from paperless_kernel.adapters.wholefiles import put_whole


def test_a_file_is_replaced_as_a_whole_and_no_draft_stays(tmp_path: Path) -> None:
    file = tmp_path / "new" / "paper.pdf"
    put_whole(file, b"first")
    (tmp_path / "new" / ".paper.pdf.part").write_bytes(b"of a killed run")
    put_whole(file, b"second", mode=0o600)
    assert file.read_bytes() == b"second"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["paper.pdf"]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.mkdir()
    (file / "in the way").touch()
    with pytest.raises(OSError, match=r"director"):
        put_whole(file, b"data")
    assert [each.name for each in tmp_path.iterdir()] == ["paper.pdf"]
