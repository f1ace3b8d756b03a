"""A folder that a scanner writes its pages into, read in natural order.

Knows names, order and how reading a file fails. Opens no picture: what is in a file is
decided by ``scan.capture``.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Final

from paperless_kernel.base.clock import SystemClock
from paperless_kernel.base.errors import (
    BusyError,
    InputError,
    NotFoundError,
    StorageError,
    UnsupportedError,
)

PAGE_ENDINGS: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".pdf"}
)
LARGEST_FILE: Final = 512 * 1024 * 1024
"""Bytes; a colour A3 page at 600 dpi, uncoded, has 210 million."""

_OPENING: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""No link is followed, and a pipe does not make the reader wait for a writer."""
_NUMBER: Final = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """One file of the folder, read when its turn comes."""

    name: str
    path: Path
    way: str = "folder"

    def read(self) -> bytes:
        """Return the file's bytes; see `read_dated`."""
        return self.read_dated()[0]

    def read_dated(self) -> tuple[bytes, int]:
        """Return the bytes and how old they are by this machine's clock, milliseconds.

        Less than 0 where the file is dated later than now: its age is not known.

        Raises:
            BusyError: the scanner is still writing it.
            NotFoundError: it is gone.
            UnsupportedError: it is larger than any page, or no plain file (any more).
            StorageError: the disk or the folder's rights refuse it.
        """
        try:
            with os.fdopen(os.open(self.path, _OPENING), "rb") as file:
                before = os.fstat(file.fileno())
                self._check_kind(before)
                if _is_being_written(file.fileno()):
                    raise self._busy()
                data = file.read(LARGEST_FILE + 1)
                after = os.fstat(file.fileno())
        except FileNotFoundError as error:
            raise NotFoundError(
                f"{self.name} is no longer in the folder: scan it again."
            ) from error
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise self._no_file() from error
            raise StorageError(
                f"{self.name} cannot be read ({error.strerror}): check the disk and "
                "the file's rights."
            ) from error
        if len(data) != after.st_size or before.st_mtime_ns != after.st_mtime_ns:
            raise self._busy()
        # Both times are this machine's: an office on trial time has another clock.
        now = SystemClock().now().timestamp()
        return data, round(now * 1000) - after.st_mtime_ns // 1_000_000

    def _busy(self) -> BusyError:
        return BusyError(
            f"{self.name} is still being written: wait for the scanner to finish."
        )

    def _check_kind(self, found: os.stat_result) -> None:
        if not S_ISREG(found.st_mode):
            raise self._no_file()
        if found.st_size > LARGEST_FILE:
            raise UnsupportedError(
                f"{self.name} has {found.st_size:,} bytes; a page file has at "
                f"most {LARGEST_FILE:,}."
            )

    def _no_file(self) -> UnsupportedError:
        return UnsupportedError(
            f"{self.name} is a link, a pipe or a device, no page: put the file itself "
            "into the folder."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What a hot folder holds: pages in order, and what was left lying there."""

    pages: tuple[PageFile, ...]
    left_out: tuple[str, ...]


def read_folder(folder: Path) -> Folder:
    """List a folder's page files in natural order (``page2`` before ``page10``).

    Hidden files, links, sub-folders, other endings and names that are not UTF-8 (no
    record could carry them) are left out and named, never skipped silently.

    Raises:
        NotFoundError: there is no such folder.
        InputError: it is a file, or holds no page.
        StorageError: it may not be read.
    """
    try:
        entries = sorted(folder.iterdir(), key=lambda path: natural(path.name))
    except FileNotFoundError as error:
        raise NotFoundError(
            f"There is no folder {folder}: check the name, or let the scanner make it."
        ) from error
    except NotADirectoryError as error:
        raise InputError(f"{folder} is a file: give the folder it lies in.") from error
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be read ({error.strerror}): check its rights."
        ) from error
    pages = tuple(
        PageFile(name=path.name, path=path) for path in entries if _is_page(path)
    )
    if not pages:
        raise InputError(
            f"There is no page in {folder}: JPEG, PNG, TIFF and PDF files are read."
        )
    names = {page.name for page in pages}
    left_out = tuple(_shown(path) for path in entries if path.name not in names)
    return Folder(pages=pages, left_out=left_out)


def _is_being_written(handle: int) -> bool:
    """Tell whether somebody has the file open for writing (another page may follow).

    The kernel grants a read lease only where nobody writes; where it grants none at
    all (somebody else's file, a network drive), nothing is known and nothing said.
    """
    try:
        # A writer who comes meanwhile breaks the lease by a signal; the usual one
        # would end this process, this one is ignored.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key under which numbers in names count as numbers."""
    return tuple(
        (0, int(part), part) if part.isdecimal() else (1, 0, part.casefold())
        for part in _NUMBER.split(name)
        if part
    )


def _is_unicode(name: str) -> bool:
    return not any("\ud800" <= each <= "\udfff" for each in name)


def _shown(path: Path) -> str:
    """Return a name as it can be printed, with the reason where it is the name's."""
    if _is_unicode(path.name):
        return path.name
    name = os.fsencode(path.name).decode("utf-8", "backslashreplace")
    return f"{name} (its name is not UTF-8: rename it)"


def _is_page(path: Path) -> bool:
    return (
        path.suffix.casefold() in PAGE_ENDINGS
        and not path.name.startswith(".")
        and _is_unicode(path.name)
        and not path.is_symlink()
        and path.is_file()
    )
