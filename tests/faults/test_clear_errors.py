"""What goes wrong ends in one clear line, the right exit code and nothing half-made."""

from __future__ import annotations

import fcntl
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from paperless_kernel.base.errors import (
    BusyError,
    InputError,
    KeyLockedError,
    NotFoundError,
    StorageError,
)
from paperless_kernel.config import load
from paperless_kernel.demo.people import OFFICE_NAME, PASSPHRASE
from paperless_kernel.founding import make_office

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.enable_socket]
SECONDS = 120
DOES = re.compile(
    r"\b(check|give|scan|set|make|choose|correct|must be|restore|free|wait|run|stop|"
    r"type|try|are read)\b",
    re.IGNORECASE,
)
"""A message tells what to do next; these are the verbs ours use."""
Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def paperless(tmp_path: Path) -> Call:
    """Run the command in an empty folder, with ``PAPERLESS_*`` only as given."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PAPERLESS_")}

    def call(
        *arguments: str, largest: int = 0, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

        return subprocess.run(
            [sys.executable, "-m", "paperless_kernel", *arguments],
            cwd=tmp_path,
            env=clean | settings,
            preexec_fn=limit if largest else None,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    return call


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office nothing has happened in yet."""
    folder = tmp_path_factory.mktemp("founded") / "office"
    make_office(
        load({}, home=str(folder)),
        name=OFFICE_NAME,
        kind="demo",
        passphrase=lambda: PASSPHRASE,
    )
    return folder


@pytest.fixture
def office(founded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(founded, tmp_path / "office"))


def listing(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*")}


def refused(
    done: subprocess.CompletedProcess[str], error: type[Exception], *words: str
) -> str:
    """Assert one clear line and the class's exit code; return the line."""
    assert done.returncode == error.exit_code, (done.stdout, done.stderr)  # type: ignore[attr-defined]
    assert "Traceback" not in done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("paperless: ")
    for word in words:
        assert word in line, line
    assert DOES.search(line), f"says not what to do: {line}"
    return line


def test_a_folder_that_is_not_there(paperless: Call, tmp_path: Path) -> None:
    refused(paperless("demo", "--pages", "nowhere"), NotFoundError, "nowhere")
    assert listing(tmp_path) == set()


def test_a_program_gets_the_error_as_json(paperless: Call, tmp_path: Path) -> None:
    done = paperless("demo", "--pages", "nowhere", "--json")
    refused(done, NotFoundError)
    assert json.loads(done.stdout)["error"] == NotFoundError.code
    assert listing(tmp_path) == set()


def test_an_empty_folder(paperless: Call, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(paperless("demo", "--pages", "empty"), InputError, "empty", "JPEG")
    assert listing(tmp_path) == {"empty"}


def test_a_file_in_place_of_a_folder(paperless: Call, tmp_path: Path) -> None:
    (tmp_path / "page.jpg").write_bytes(b"x")
    refused(paperless("demo", "--pages", "page.jpg"), InputError, "page.jpg")
    assert listing(tmp_path) == {"page.jpg"}


def test_pictures_that_cannot_be_read(
    paperless: Call, tmp_path: Path, shared: Path
) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    whole = (shared / "scans" / "wet-day.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "text.jpg").write_text("not a picture")
    (folder / "nothing.tif").write_bytes(b"")
    before = listing(tmp_path)
    line = refused(paperless("demo", "--pages", "bad"), InputError, "bad")
    for name in ("cut.jpg", "text.jpg", "nothing.tif"):
        assert f"{name}: " in line
    assert listing(tmp_path) == before


def test_one_unreadable_picture_stays_out_of_the_box(
    paperless: Call, tmp_path: Path, shared: Path
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    shutil.copy(shared / "scans" / "bois-2.tif", folder)
    (folder / "text.jpg").write_text("not a picture")
    done = paperless("demo", "--pages", "mixed", "--json")
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    ((name, why),) = outcome["refused"]
    assert (name, outcome["sides"]) == ("text.jpg", 1)
    assert "Neither JPEG" in why


def test_a_wrong_passphrase(paperless: Call, office: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text("not the passphrase")
    before = listing(tmp_path)
    done = paperless("vault", "search", "x", PAPERLESS_PASSPHRASE_FILE="wrong")
    refused(done, KeyLockedError, "passphrase")
    assert listing(tmp_path) - before <= {"office/office.lock"}


def test_a_passphrase_file_that_is_not_there(paperless: Call, office: Path) -> None:
    done = paperless("vault", "search", "x", PAPERLESS_PASSPHRASE_FILE="nowhere")
    refused(done, InputError, "nowhere", "PAPERLESS_PASSPHRASE_FILE")


@pytest.mark.parametrize(
    "command", ["status", "serve", "vault audit", "notice status", "scan boxes"]
)
def test_no_office(paperless: Call, tmp_path: Path, command: str) -> None:
    refused(paperless(*command.split()), NotFoundError, "no office", "paperless demo")
    assert listing(tmp_path) == set()


def test_a_folder_that_holds_other_things(paperless: Call, tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "letter.txt").write_text("mine")
    before = listing(tmp_path)
    refused(paperless("demo", "--small"), InputError, "letter.txt", "--home")
    assert listing(tmp_path) == before


@pytest.mark.parametrize("text", ['{"name": "x"', "[]", '{"name": "x"}', ""])
def test_a_damaged_office_json(
    paperless: Call, office: Path, tmp_path: Path, text: str
) -> None:
    (office / "office.json").write_text(text)
    before = listing(tmp_path)
    command = ("status",) if text else ("demo", "--small")
    refused(paperless(*command), StorageError, "office.json", "Restore it")
    assert listing(tmp_path) == before


@pytest.mark.parametrize("command", ["vault search x", "demo --small"])
def test_an_office_somebody_works_in(
    paperless: Call, office: Path, tmp_path: Path, command: str
) -> None:
    (office / "passphrase").write_bytes(PASSPHRASE)
    with (office / "office.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = listing(tmp_path)
        done = paperless(*command.split())
        refused(done, BusyError, "another paperless", "wait")
    assert {each for each in listing(tmp_path) - before if "-wal" not in each} <= {
        "office/demo-logins.json",
        "office/pages",
    } | {each for each in listing(tmp_path) if each.startswith("office/pages/")}


@pytest.fixture
def taken() -> Iterator[str]:
    """A port another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


def free() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


@pytest.mark.parametrize("which", ["PAPERLESS_PORT", "PAPERLESS_WEB_PORT"])
def test_a_busy_port(paperless: Call, office: Path, taken: str, which: str) -> None:
    (office / "passphrase").write_bytes(PASSPHRASE)
    ports = {"PAPERLESS_PORT": free(), "PAPERLESS_WEB_PORT": free(), which: taken}
    refused(paperless("serve", **ports), BusyError, taken, "taken")
    assert not (office / "keeper.sock").exists()


def test_a_port_that_is_none(paperless: Call) -> None:
    refused(paperless("serve", PAPERLESS_PORT="many"), InputError, "many")


def test_a_file_that_may_not_grow_is_a_disk_that_is_full(
    paperless: Call, tmp_path: Path
) -> None:
    for largest in (1_000, 60_000):
        refused(paperless("demo", "--small", largest=largest), StorageError)
        assert not (tmp_path / "office" / "office.json").exists()
    refused(paperless("demo", "--small", largest=300_000), StorageError)


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A disk of a given size; a second call makes it larger."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = False

    def grow(size: str) -> Path:
        nonlocal mounted
        how = f"remount,size={size}" if mounted else f"size={size}"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", how, "tmpfs", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"no tmpfs may be mounted here: {done.stderr.strip()}")
        mounted = True
        return folder

    yield grow
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(paperless: Call, tiny: Callable[[str], Path]) -> None:
    # It fills while tables are made, pages drawn, objects kept.
    for size in ("300k", "2m", "6m"):
        home = tiny(size) / "office"
        done = paperless("--home", str(home), "demo", "--small")
        line = refused(done, StorageError)
        assert "space" in line.lower() or "room" in line, line
        assert not list(home.glob("**/*.part")), size
    home = tiny("64m") / "office"
    done = paperless("--home", str(home), "demo", "--small", "--json")
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["good"] is True
    assert outcome["audit_documents"] == len(outcome["documents"]) == 2
    assert outcome["notices"] == ["read", "read", "printed"]
    assert len(outcome["invoices"]) == 1
