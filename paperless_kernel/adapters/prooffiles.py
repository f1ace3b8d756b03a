"""Files to be judged: reads one, finds its record beside it, reads anchors.

Knows file names and limits of size. The verdict is ``trust.verify``'s.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from paperless_kernel.base.errors import InputError, NotFoundError, StorageError
from paperless_kernel.trust.anchors import Anchor, read_anchor
from paperless_kernel.trust.report import Report
from paperless_kernel.trust.verify import inspect

RECORD_ENDING = ".ers"
LARGEST = 2**31
"""Bytes; a larger file is no proof this office makes."""


def judge(
    file: Path,
    *,
    anchors: Sequence[Anchor],
    evidence: Path | None = None,
    at: dt.datetime | None = None,
) -> Report:
    """Judge a file with the record beside it (``NAME.ers`` for ``NAME.pdf``).

    Raises:
        NotFoundError: there is no such file.
        InputError: it is a folder, or far too large.
        StorageError: it cannot be read.
    """
    beside = file.with_suffix(RECORD_ENDING)
    if evidence is None and beside != file and beside.is_file():
        evidence = beside
    record = None if evidence is None else read(evidence)
    return inspect(read(file), name=file.name, anchors=anchors, evidence=record, at=at)


def anchor(given: str) -> Anchor:
    """Read an anchor: a file with a certificate or vkey, a vkey, or a fingerprint.

    Raises:
        InputError: it is none of these.
    """
    path = Path(given)
    return read_anchor(read(path) if path.is_file() else given)


def read(file: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        NotFoundError: there is no such file.
        InputError: it is a folder, a pipe or a device, or far too large.
        StorageError: it cannot be read.
    """
    try:
        # Without O_NONBLOCK, opening a pipe waits for a writer who may never come.
        opened = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(opened, "rb") as stream:
            _check_kind(file, os.fstat(stream.fileno()))
            return stream.read(LARGEST)
    except FileNotFoundError:
        raise NotFoundError(f"there is no file {file}; check the name.") from None
    except IsADirectoryError:
        raise InputError(f"{file} is a folder; name one file in it.") from None
    except ValueError:  # a name with a NUL in it
        raise InputError("this is no file's name; check it.") from None
    except OSError as error:
        raise StorageError(
            f"{file} cannot be read ({error.strerror}); check its rights."
        ) from error


def _check_kind(file: Path, found: os.stat_result) -> None:
    if S_ISDIR(found.st_mode):
        raise InputError(f"{file} is a folder; name one file in it.")
    if not S_ISREG(found.st_mode):
        raise InputError(f"{file} is a pipe or a device; save it to a file first.")
    if found.st_size > LARGEST:
        raise InputError(f"{file} is over 2 GiB; no proof is that large.")
