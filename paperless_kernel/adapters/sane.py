"""Scanners through SANE's ``scanimage``: listing them, and feeding a stack of sheets.

Knows the program, how its pages come through pipes without ever being files, and what
its ways to stop mean. What is on a page is decided by ``scan.capture``.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from paperless_kernel.base.errors import (
    BusyError,
    InputError,
    NotFoundError,
    PaperlessError,
    UnavailableError,
)

PROGRAM: Final = "scanimage"
LARGEST_PAGE: Final = 512 * 1024 * 1024
"""Bytes; a colour A3 page at 600 dpi, uncoded, has 210 million."""
_PIECE: Final = 1 << 20
_LISTED: Final = "%d\t%v\t%m%n"
_SECONDS_TO_LIST: Final = 60
_SECONDS_TO_END: Final = 5
_SPOKEN: Final = re.compile(r"^\S*scanimage: (.*)$", re.MULTILINE)
_EMPTY: Final = "Document feeder out of documents"
_STOPS: Final = {
    "Document feeder jammed": (
        "a sheet is jammed (JAMMED)",
        "open the feeder, take the sheet out and lay it back on the stack",
    ),
    _EMPTY: (
        "the feeder ran out within a sheet (NO_DOCS)",
        "lay the last sheet back into the feeder",
    ),
    "Scanner cover is open": (
        "its cover is open (COVER_OPEN)",
        "close it and lay the last sheet back on the stack",
    ),
    "Error during device I/O": (
        "the connection broke (IO_ERROR)",
        "check its cable and power and lay the last sheet back on the stack",
    ),
    "Operation was canceled": (
        "somebody pressed its stop key (CANCELLED)",
        "lay the last sheet back on the stack",
    ),
    "Out of memory": ("it has no memory left (NO_MEM)", "scan with fewer dpi"),
    "Access to resource has been denied": (
        "this user may not use it (ACCESS_DENIED)",
        "add the user to the group that owns the device, often 'scanner'",
    ),
}
"""What SANE says, what it means, and what to do; the words are SANE's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaneDevice:
    """A scanner SANE has found."""

    name: str
    vendor: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPage:
    """One side, as the scanning process handed it over; never a file."""

    name: str
    data: bytes = field(repr=False)
    way: str = "scanner"

    def read(self) -> bytes:
        """Return the side's bytes, a TIFF without compression."""
        return self.data

    def read_dated(self) -> tuple[bytes, int]:
        """Return the bytes; they are as old as their reading, so their age is 0."""
        return self.data, 0


def list_devices(program: str = PROGRAM) -> tuple[SaneDevice, ...]:
    """Return the scanners SANE finds.

    Raises:
        NotFoundError: ``scanimage`` is not installed.
        UnavailableError: it does not answer.
    """
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, no shell
            [_program(program), f"--formatted-device-list={_LISTED}"],
            capture_output=True,
            check=False,
            timeout=_SECONDS_TO_LIST,
        )
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(
            "SANE does not answer: a scanner on the network may be switched off."
        ) from error
    rows = [
        line.split("\t")
        for line in done.stdout.decode("utf-8", "replace").splitlines()
        if line.count("\t") >= 2  # noqa: PLR2004 - name, vendor, model
    ]
    return tuple(SaneDevice(name=row[0], vendor=row[1], model=row[2]) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaneFeeder:
    """A scanner with sheets in its feeder (or one on its glass).

    Attributes:
        device: SANE's name of it, such as ``test:0``.
        resolution: dots per inch.
        mode: ``Color``, ``Gray`` or another word the device knows.
        source: such as ``Automatic Document Feeder`` or ``ADF Duplex``; "" leaves it
            to the device.
        most: sides to scan at most; 0 scans until the feeder is empty.
        options: further options of the device, name and value.
        patience: seconds without a byte after which the scanner counts as dead.
        program: path of ``scanimage``.
    """

    device: str
    resolution: int
    mode: str
    source: str = ""
    most: int = 0
    options: tuple[tuple[str, str], ...] = ()
    patience: int = 180
    program: str = PROGRAM

    def pages(self) -> Iterator[ScannedPage]:
        """Yield every side as soon as it is whole, until the feeder is empty.

        A side in which the scanner stopped is never yielded.

        Raises:
            NotFoundError: ``scanimage`` is not installed, or there is no such scanner.
            InputError: the device does not know a setting, or the feeder is empty.
            BusyError: somebody else is scanning with it.
            UnavailableError: it stopped; says why and what to do.
        """
        folder = Path(tempfile.mkdtemp(prefix="paperless-feeder-"))
        try:
            os.mkfifo(_pipe(folder, 1), 0o600)
            process = self._start(folder)
            try:
                yield from self._feed(process, folder)
            finally:
                _end(process)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _start(self, folder: Path) -> subprocess.Popen[bytes]:
        command = [
            _program(self.program),
            f"--device-name={self.device}",
            "--format=tiff",
            f"--batch={folder}/%d.tif",
            "--batch-print",
            f"--resolution={self.resolution}",
            f"--mode={self.mode}",
        ]
        command += [f"--source={self.source}"] if self.source else []
        command += [f"--batch-count={self.most}"] if self.most else []
        command += [f"--{name}={value}" for name, value in self.options]
        return subprocess.Popen(  # noqa: S603 - a fixed program, no shell
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder
        )

    def _feed(
        self, process: subprocess.Popen[bytes], folder: Path
    ) -> Iterator[ScannedPage]:
        said = _Said(process)
        number = 1
        while True:
            # The next side's pipe stands before this one is read: the program opens
            # it only after we took this side's last byte, and would else make a file.
            os.mkfifo(_pipe(folder, number + 1), 0o600)
            data = self._side(said, _pipe(folder, number), folder / f"{number}.tif")
            if data is None:
                break
            yield ScannedPage(name=f"{self.device} {number}", data=data)
            number += 1
        _judge(said.words(), self.device, number - 1, self.most)

    def _side(self, said: _Said, pipe: Path, whole: Path) -> bytes | None:
        """Return one side once the program says that it is whole, else None."""
        handle = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        pieces: list[bytes] = []
        size, ended = 0, False
        try:
            said.watch(handle)
            while not (ended and said.printed(whole)):
                if said.over and not said.printed(whole):
                    return None
                ready = said.wait(self.patience)
                if not ready:
                    raise UnavailableError(
                        f"The scanner {self.device} has not sent a byte for "
                        f"{self.patience} seconds: switch it off and on, lay the last "
                        "sheet back on the stack and run the same command again."
                    )
                if handle in ready:
                    piece = os.read(handle, _PIECE)
                    pieces.append(piece)
                    size += len(piece)
                    if not piece:
                        ended = True
                        said.leave(handle)
                if size > LARGEST_PAGE:
                    raise InputError("The scanner sends a page without end: stop it.")
        finally:
            said.leave(handle)
            os.close(handle)
        return b"".join(pieces)


class _Said:
    """What the program says beside its pages, read without waiting for it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._poll = select.poll()
        self._heard: dict[int, bytearray] = {}
        self._open: set[int] = set()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                self._heard[pipe.fileno()] = bytearray()
                self._open.add(pipe.fileno())
                self._poll.register(pipe.fileno(), select.POLLIN)
        self._out = next(iter(self._heard))

    @property
    def over(self) -> bool:
        """Tell whether the program has said its last."""
        return not self._open

    def watch(self, handle: int) -> None:
        self._poll.register(handle, select.POLLIN)

    def leave(self, handle: int) -> None:
        try:
            self._poll.unregister(handle)
        except KeyError:
            return  # left already

    def wait(self, seconds: int) -> set[int]:
        """Wait for anything; return what is ready, having taken in what was said."""
        ready = {handle for handle, _ in self._poll.poll(seconds * 1000)}
        for handle in ready & self._open:
            words = os.read(handle, _PIECE)
            self._heard[handle] += words
            if not words:
                self._open.discard(handle)
                self._poll.unregister(handle)
        return ready

    def printed(self, whole: Path) -> bool:
        """Tell whether the program has printed that this side is whole."""
        return str(whole).encode() in self._heard[self._out].splitlines()

    def words(self) -> str:
        return "\n".join(
            heard.decode("utf-8", "replace") for heard in self._heard.values()
        )


def _judge(words: str, device: str, kept: int, most: int) -> None:
    """Return where the stack was scanned to its end, raise where it was not."""
    if f"sane_start: {_EMPTY}" in words:
        if kept:
            return
        raise InputError(
            f"The feeder of {device} is empty: lay the stack in and start again."
        )
    if most and kept >= most:
        return
    said: list[str] = _SPOKEN.findall(words)
    # What SANE itself answered comes before what a dying driver says after it.
    said = [one for one in said if one.startswith("sane_")][:1] or said[-1:]
    raise _reason(said[0] if said else "it said nothing", device, kept)


def _reason(last: str, device: str, kept: int) -> PaperlessError:
    """Return the error that SANE's last line stands for."""
    if last.startswith("open of device"):
        return NotFoundError(
            f"SANE cannot open the scanner {device} ({last}): see the list of "
            "scanners, and whether it is switched on."
        )
    if "option" in last:
        return InputError(f"The scanner {device} does not take a setting ({last}).")
    if "Device busy" in last:
        return BusyError(
            f"The scanner {device} is busy (DEVICE_BUSY): somebody else is scanning "
            "with it; try again when they are done."
        )
    for said, (meaning, doing) in _STOPS.items():
        if said in last:
            return UnavailableError(
                f"The scanner {device} stopped after {kept} whole sides: {meaning}. "
                f"Nothing of the sheet it stopped in was kept: {doing}, then run the "
                "same command again."
            )
    return UnavailableError(
        f"The scanner {device} stopped after {kept} whole sides ({last}). Lay the "
        "sheet it stopped in back on the stack and run the same command again."
    )


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotFoundError(
            f"{name} is not installed; install SANE's tools (Debian: sane-utils), or "
            "let the scanner write into a folder."
        )
    return found


def _pipe(folder: Path, number: int) -> Path:
    """Return where the program writes a side while it is being scanned."""
    return folder / f"{number}.tif.part"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program, gently first: it then tells the scanner to stop."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
