"""The reviewed holiday table on disk, read into a `Calendar`.

Knows the form of ``data/holidays/kr-*.toml``. Computes no holiday: what nobody reviewed
is not planned on.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from paperless_kernel.base.calendar import Calendar, Closing
from paperless_kernel.base.errors import InputError
from paperless_kernel.trust.digest import sha256


def load_calendar(folder: Path) -> Calendar:
    """Read every ``kr-<year>.toml`` of a folder; the years must follow each other.

    The version is the newest review day and eight digits of the files' digest, so any
    edit makes a new version, which evidence then names.

    Raises:
        InputError: no file, a gap between years, or a file that cannot be read.
    """
    files = sorted(folder.glob("kr-*.toml"))
    if not files:
        raise InputError(
            f"no holiday table kr-*.toml in {folder}: restore data/holidays."
        )
    closed: dict[dt.date, Closing] = {}
    years: list[int] = []
    reviewed: list[dt.date] = []
    texts = [file.read_bytes() for file in files]
    for file, text in zip(files, texts, strict=True):
        year, day, days = _read(file, text)
        years.append(year)
        reviewed.append(day)
        closed |= days
    if years != list(range(years[0], years[0] + len(years))):
        raise InputError(
            f"the holiday tables in {folder} skip or repeat a year ({years}): add the "
            "missing file."
        )
    digest = sha256(b"".join(texts)).hex()[:8]
    return Calendar(
        version=f"kr-{max(reviewed)}-{digest}",
        first=dt.date(years[0], 1, 1),
        reviewed_until=dt.date(years[-1], 12, 31),
        closed=closed,
    )


def _read(file: Path, text: bytes) -> tuple[int, dt.date, dict[dt.date, Closing]]:
    try:
        raw = tomllib.loads(text.decode())
        year, reviewed = raw["year"], raw["reviewed_on"]
        rows: list[dict[str, Any]] = raw["closed"]
        days = {
            row["date"]: Closing(
                reason=row["reason"],
                source=row["source"],
                decided_on=row.get("decided_on"),
            )
            for row in rows
        }
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise InputError(
            f"the holiday table {file.name} cannot be read ({error}): correct it."
        ) from error
    wrong = [day for day in days if not isinstance(day, dt.date) or day.year != year]
    if wrong or len(days) != len(rows) or not isinstance(reviewed, dt.date):
        raise InputError(
            f"the holiday table {file.name} holds a day twice or of another year "
            f"({', '.join(map(str, wrong))}): correct it."
        )
    return year, reviewed, days
