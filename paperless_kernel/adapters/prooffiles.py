"""Files to be judged: reads one, finds its record beside it, reads anchors.

Knows file names and limits of size. The verdict is ``trust.verify``'s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

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
        InputError: it is a folder, or far too large.
        StorageError: it cannot be read.
    """
    try:
        if file.stat().st_size > LARGEST:
            raise InputError(f"{file} is over 2 GiB; no proof is that large.")
        return file.read_bytes()
    except FileNotFoundError:
        raise NotFoundError(f"there is no file {file}; check the name.") from None
    except IsADirectoryError:
        raise InputError(f"{file} is a folder; name one file in it.") from None
    except OSError as error:
        raise StorageError(
            f"{file} cannot be read ({error.strerror}); check its rights."
        ) from error
