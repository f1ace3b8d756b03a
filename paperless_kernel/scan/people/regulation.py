"""Reads a workshop's registered rules from data, and writes them back as data.

Knows the shape of such a file. The wording of the mandatory contents is the
workshop's own; only their number is known here, and it is a duty of the rule-set.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.model import Process
from paperless_kernel.scan.people.model import (
    CheckKind,
    InspectionMode,
    Regulation,
    WorkingDay,
)

_LONGEST: Final = 300
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_AQL: Final = re.compile(r"\d{1,4}(\.\d{1,3})?")
_MONTH_DAY: Final = re.compile(r"(\d\d)-(\d\d)")
_TOP: Final = {
    "number",
    "registered_on",
    "effective_from",
    "workshop",
    "process",
    "revises",
    "contents",
    "values",
    "checks",
}
_MOST_MONTHS: Final = 12
_Word = TypeVar("_Word", bound=StrEnum)


def parse_regulation(data: Mapping[str, Any], contents: int) -> Regulation:
    """Read registered rules (전자화문서관리규정, 제6조) from parsed TOML or JSON.

    Args:
        data: number, days, process, ``contents`` by number, ``values``, ``checks``.
        contents: how many contents the rule-set in force makes mandatory.

    Raises:
        InputError: a part is missing, unknown or of the wrong kind.
    """
    _only(data, _TOP, "the regulation")
    made = Regulation(
        number=_line(data, "number"),
        registered_on=_day(data, "registered_on"),
        effective_from=_day(data, "effective_from"),
        workshop=str(data.get("workshop", "")),
        processes=_processes(data.get("process")),
        revises=str(data.get("revises", "")),
        contents=_contents(data.get("contents", {}), contents),
        check_months=_checks(data.get("checks", {})),
        **_values(data.get("values", {})),
    )
    if made.effective_from < made.registered_on:
        raise InputError(
            f"Regulation {made.number} begins before it is registered: it is in force "
            "from its registration at the earliest (제6조)."
        )
    if made.cctv_waiver and Process.DISTRIBUTED not in made.processes:
        raise InputError(
            "Only a distributed process may do without cameras, where the registered "
            "rules say what stands in and why (제4조④, 제5조②): take cctv_waiver out."
        )
    return made


def regulation_data(made: Regulation) -> dict[str, Any]:
    """Write registered rules as data that `parse_regulation` reads."""
    values: dict[str, Any] = {}
    for name in _READERS:
        value = getattr(made, name)
        if value is None:
            continue
        if name == "education_year_from":
            value = f"{value[0]:02d}-{value[1]:02d}"
        values[name] = list(value) if isinstance(value, tuple) else value
    return {
        "number": made.number,
        "registered_on": made.registered_on.isoformat(),
        "effective_from": made.effective_from.isoformat(),
        "workshop": made.workshop,
        "process": [one.value for one in made.processes],
        "revises": made.revises,
        "contents": {str(n): text for n, text in enumerate(made.contents, 1)},
        "values": values,
        "checks": {kind.value: months for kind, months in made.check_months},
    }


def _contents(given: object, count: int) -> tuple[str, ...]:
    rows = given if isinstance(given, Mapping) else {}
    wanted = [str(n) for n in range(1, count + 1)]
    _only(rows, set(wanted), "[contents]")
    missing = [n for n in wanted if not str(rows.get(n, "")).strip()]
    if missing:
        raise InputError(
            f"A regulation has {count} mandatory contents (제6조); not given: "
            f"{', '.join(missing)}. Write under [contents] how yours says each."
        )
    return tuple(_text(rows[n], f"content {n}") for n in wanted)


def _processes(given: object) -> tuple[Process, ...]:
    rows = given if isinstance(given, list) else [given]
    found = tuple(_word(Process, one, "process") for one in rows)
    if not found or len(set(found)) != len(found):
        raise InputError("process is central, distributed, or a list of both.")
    return found


def _checks(given: object) -> tuple[tuple[CheckKind, int], ...]:
    rows = given if isinstance(given, Mapping) else {}
    found = []
    for name, months in rows.items():
        kind = _word(CheckKind, name, "checks")
        found.append((kind, _number(months, f"checks.{name}", 1, _MOST_MONTHS)))
    return tuple(found)


def _values(given: object) -> dict[str, Any]:
    rows = given if isinstance(given, Mapping) else {}
    _only(rows, set(_READERS), "[values]")
    return {name: _READERS[name](value, name) for name, value in rows.items()}


def _mode(value: object, name: str) -> InspectionMode:
    return _word(InspectionMode, value, name)


def _working(value: object, name: str) -> WorkingDay:
    return _word(WorkingDay, value, name)


def _days(value: object, name: str) -> int:
    return _number(value, name, 1, 366)


def _grace(value: object, name: str) -> int:
    return _number(value, name, 0, 366)


def _seconds(value: object, name: str) -> int:
    return _number(value, name, 0, 31 * 86400)


def _level(value: object, name: str) -> str:
    if value not in {"I", "II", "III", "S-1", "S-2", "S-3", "S-4"}:
        raise InputError(f"{name} is I, II, III or S-1 to S-4, not {value!r}.")
    return str(value)


def _aql(value: object, name: str) -> str:
    if not isinstance(value, str) or not _AQL.fullmatch(value):
        raise InputError(f'{name} is a percentage in quotes, such as "0.65".')
    return value


def _codes(value: object, name: str) -> tuple[str, ...]:
    rows = value if isinstance(value, list) else [None]
    if not all(isinstance(one, str) and _CODE.fullmatch(one) for one in rows):
        raise InputError(f"{name} is a list of codes of document classes.")
    return tuple(rows)


def _month_day(value: object, name: str) -> tuple[int, int]:
    found = _MONTH_DAY.fullmatch(str(value))
    # The 29th of February does not come every year.
    if found and found[0] != "02-29":
        try:
            day = dt.date(2024, int(found[1]), int(found[2]))
        except ValueError:
            pass
        else:
            return day.month, day.day
    raise InputError(f'{name} is a month and a day, such as "01-01".')


def _text(value: object, name: str) -> str:
    text = value if isinstance(value, str) else ""
    if not text.strip() or not text.isprintable() or len(text) > _LONGEST:
        raise InputError(f"{name} is one line of at most {_LONGEST} letters.")
    return text


_READERS: Final[Mapping[str, Callable[[object, str], object]]] = {
    "inspection": _mode,
    "sampling_level": _level,
    "sampling_aql": _aql,
    "load_period_days": _days,
    "load_working_day": _working,
    "longest_gap_seconds": _seconds,
    "keep_paper": _codes,
    "education_year_from": _month_day,
    "education_grace_days": _grace,
    "cctv_waiver": _text,
}


def _only(rows: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(rows) - known)
    if unknown:
        raise InputError(
            f"{where} knows no {', '.join(unknown)}; correct the name. Known: "
            f"{', '.join(sorted(known))}."
        )


def _line(data: Mapping[str, Any], name: str) -> str:
    return _text(data.get(name), name)


def _day(data: Mapping[str, Any], name: str) -> dt.date:
    value = data.get(name)
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date | str):
        raise InputError(f"{name} is a day, such as 2026-01-02.")
    try:
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    except ValueError as error:
        raise InputError(f"{name} is a day, such as 2026-01-02.") from error


def _number(value: object, name: str, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise InputError(f"{name} is a whole number from {least} to {most}.")
    return value


def _word(kind: type[_Word], value: object, name: str) -> _Word:
    try:
        return kind(str(value))
    except ValueError as error:
        known = ", ".join(one.value for one in kind)
        raise InputError(f"{name} is one of {known}, not {value!r}.") from error
