from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.adapters.sane import SaneFeeder, list_devices
from paperless_kernel.base.errors import (
    BusyError,
    InputError,
    NotFoundError,
    UnavailableError,
)
from paperless_kernel.scan.pictures.normalise import normalise

pytestmark = pytest.mark.outside
FEEDER = "Automatic Document Feeder"


@pytest.fixture
def scanimage(
    need: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """SANE with its own simulated scanner and no other."""
    config = tmp_path / "sane"
    config.mkdir()
    (config / "dll.conf").write_text("test\n")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(config))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    yield need("scanimage")
    assert not list(tmp_path.glob("paperless-feeder-*"))


def feeder(**more: Any) -> SaneFeeder:
    settings: dict[str, Any] = {
        "device": "test:0",
        "resolution": 100,
        "mode": "Gray",
        "source": FEEDER,
        **more,
    }
    return SaneFeeder(**settings)


def test_the_simulated_scanners_are_listed(scanimage: str) -> None:
    names = [device.name for device in list_devices()]
    assert names == ["test:0", "test:1"]


def test_a_stack_is_fed_until_the_feeder_is_empty(scanimage: str) -> None:
    pages = list(feeder(options=(("test-picture", "Grid"),)).pages())
    assert len(pages) == 10
    for page in pages:
        (side,) = normalise(page.read(), page.name)
        assert (side.colours, round(side.dpi_x)) == (1, 100)
        assert page.way == "scanner"
    assert [page.name for page in pages[:2]] == ["test:0 1", "test:0 2"]


@pytest.mark.parametrize(
    ("mode", "depth", "kind", "colours"),
    [
        ("Color", "8", "flate", 3),
        ("Gray", "8", "flate", 1),
        ("Gray", "1", "g4", 1),
        ("Color", "16", "jpeg", 3),
    ],
)
def test_every_mode_becomes_a_side(
    scanimage: str, mode: str, depth: str, kind: str, colours: int
) -> None:
    options = (("depth", depth), ("test-picture", "Color pattern"))
    (page,) = feeder(mode=mode, most=1, options=options).pages()
    (side,) = normalise(page.read(), lossless=kind != "jpeg")
    assert (side.kind, side.colours) == (kind, colours)


def test_a_length_known_only_at_the_end_is_fed_too(scanimage: str) -> None:
    (page,) = feeder(source="", most=1, options=(("hand-scanner", "yes"),)).pages()
    assert normalise(page.read())[0].height > 300


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        ("JAMMED", UnavailableError, "jammed.*Nothing of the sheet"),
        ("NO_DOCS", UnavailableError, "ran out within a sheet"),
        ("COVER_OPEN", UnavailableError, "cover is open"),
        ("IO_ERROR", UnavailableError, "cable"),
        ("CANCELLED", UnavailableError, "stop key"),
        ("NO_MEM", UnavailableError, "fewer dpi"),
        ("ACCESS_DENIED", UnavailableError, "group"),
        ("UNSUPPORTED", UnavailableError, "Operation not supported"),
        ("DEVICE_BUSY", BusyError, "somebody else"),
    ],
)
def test_a_stop_is_told_apart_and_gives_no_half_side(
    scanimage: str, status: str, error: type[Exception], words: str
) -> None:
    options = (("read-return-value", f"SANE_STATUS_{status}"),)
    kept: list[bytes] = []
    with pytest.raises(error, match=words):
        kept += [page.read() for page in feeder(options=options).pages()]
    assert kept == []


def test_a_side_without_its_end_is_refused_later(scanimage: str) -> None:
    options = (("read-return-value", "SANE_STATUS_EOF"),)
    (page,) = feeder(most=1, options=options).pages()
    with pytest.raises(InputError, match="cut short"):
        normalise(page.read())


def test_what_the_scanner_does_not_know_is_refused(scanimage: str) -> None:
    with pytest.raises(NotFoundError, match="test:9"):
        list(feeder(device="test:9").pages())
    with pytest.raises(InputError, match="setting"):
        list(feeder(source="Paper tray 7").pages())
    with pytest.raises(InputError, match="setting"):
        list(feeder(options=(("no-such", "1"),)).pages())


def test_a_reader_that_stops_early_ends_the_program(scanimage: str) -> None:
    pages = feeder().pages()
    assert next(pages).data
    pages.close()
    with pytest.raises(StopIteration):
        next(pages)


def test_a_scanner_that_hangs_is_given_up(tmp_path: Path) -> None:
    program = tmp_path / "scanimage"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o700)
    with pytest.raises(UnavailableError, match="has not sent a byte"):
        list(feeder(program=str(program), patience=1).pages())


@pytest.mark.parametrize("writes", ["", "printf half > 1.tif.part; "])
def test_a_program_that_dies_leaves_no_side(tmp_path: Path, writes: str) -> None:
    program = tmp_path / "scanimage"
    program.write_text(f"#!/bin/sh\n{writes}kill -9 $$\n")
    program.chmod(0o700)
    with pytest.raises(UnavailableError, match="after 0 whole sides"):
        list(feeder(program=str(program)).pages())


def test_without_the_program_it_says_what_to_install() -> None:
    with pytest.raises(NotFoundError, match="sane-utils"):
        list_devices("/nowhere/scanimage")
    assert os.sep == "/"
