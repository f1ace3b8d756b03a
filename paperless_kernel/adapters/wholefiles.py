"""Files for people: written whole or not at all.

Knows a draft beside the file and one rename. Says nothing of durability: what must
survive a power cut is kept by ``store``.
"""

from __future__ import annotations

import os
from pathlib import Path


def put_whole(file: Path, data: bytes, *, mode: int = 0o644) -> Path:
    """Write a file, its folder made where it is missing; an error leaves no draft.

    Raises:
        OSError: the disk is full or the folder may not be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.part")
    try:
        draft.unlink(missing_ok=True)  # a killed run's
        with os.fdopen(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb"
        ) as out:
            out.write(data)
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return file
