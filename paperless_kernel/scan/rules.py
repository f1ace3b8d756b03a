"""A scan rule-set as data: thresholds with the article they come from.

Knows the shape of ``data/rules/notice-2013-99.toml``; the office reads the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paperless_kernel.base.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRules:
    """A version of the scan rule-set. Limits are integers in the measures' units.

    Attributes:
        version: name of the set; every sealed file carries it.
        least_dpi: tenths of a dpi the notice asks of any page (제36조①).
        reject_dpi: tenths of a dpi below which such a page is scanned again.
        fine_dpi: tenths of a dpi it asks of fine print, medical papers, what is hard
            to read, drawings and maps (제38조①).
        reject_fine_dpi: tenths of a dpi below which such a page is scanned again.
        sources: limit name to where it comes from.
    """

    version: str
    least_dpi: int
    reject_dpi: int
    fine_dpi: int
    reject_fine_dpi: int
    sources: Mapping[str, str]


def parse_rules(data: Mapping[str, Any]) -> ScanRules:
    """Read a rule-set from parsed TOML.

    Raises:
        InputError: a limit or its source is missing or of the wrong kind.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    limits = data.get("limits", {})
    for name in ScanRules.__annotations__:
        if name in {"version", "sources"}:
            continue
        row = limits.get(name, {})
        value, source = row.get("value"), row.get("source")
        if type(value) is not int or not source:
            raise InputError(
                f"the scan rule-set lacks a value and a source for {name}: complete it."
            )
        values[name], sources[name] = value, str(source)
    version = data.get("version")
    if not isinstance(version, str) or not version:
        raise InputError("the scan rule-set has no version: give it one.")
    return ScanRules(version=version, sources=sources, **values)
