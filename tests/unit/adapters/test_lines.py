from __future__ import annotations

import logging
from pathlib import Path

import pytest

from paperless_kernel.adapters.lines import SimulatedLines, write_lines
from paperless_kernel.base.errors import UnavailableError
from paperless_kernel.notice.model import Line, Network

OLD = Line(number="01011112222", network=Network.SKT)
NEW = Line(number="01033334444", network=Network.KT, mvno=True)


def test_lines_are_looked_up_anew_at_each_question(tmp_path: Path) -> None:
    path = tmp_path / "lines.json"
    write_lines(path, {"ci-1": [OLD]})
    lines = SimulatedLines(path, demo=True)
    assert lines.lines_of(["ci-1", "stranger"]) == ((OLD,), ())
    write_lines(path, {"ci-1": [NEW]})
    assert lines.lines_of(["ci-1"]) == ((NEW,),)
    assert "ci-1" not in path.read_text()


def test_a_broken_directory_decides_nothing(tmp_path: Path) -> None:
    lines = SimulatedLines(tmp_path / "lines.json", demo=True)
    with pytest.raises(UnavailableError):
        lines.lines_of(["ci-1"])
    (tmp_path / "lines.json").write_text("{")
    with pytest.raises(UnavailableError):
        lines.lines_of(["ci-1"])


def test_it_warns_loudly_outside_a_demo(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        SimulatedLines(tmp_path / "lines.json", demo=True)
        assert not caplog.records
        SimulatedLines(tmp_path / "lines.json")
    assert "SIMULATED LINE DIRECTORY" in caplog.text
