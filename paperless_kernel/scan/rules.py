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
        hold_dpi: tenths of a dpi below which a person must decide (제36조).
        reject_dpi: tenths of a dpi below which the page is scanned again.
        hold_bilevel: black and white waits for a person (제36조 asks 256 levels).
        hold_skew: hundredths of a degree above which a person decides.
        reject_skew: hundredths of a degree above which the page is scanned again.
        hold_sharpness: thousandths below which a person decides.
        reject_sharpness: thousandths below which the page is scanned again.
        blank_ink: millionths of ink up to which a page is called blank.
        hold_paper: grey level of the paper below which a person decides.
        reject_paper: the same, for scanning again.
        hold_contrast: grey levels between paper and ink below which a person decides.
        sources: limit name to where it comes from.
    """

    version: str
    hold_dpi: int
    reject_dpi: int
    hold_bilevel: bool
    hold_skew: int
    reject_skew: int
    hold_sharpness: int
    reject_sharpness: int
    blank_ink: int
    hold_paper: int
    reject_paper: int
    hold_contrast: int
    sources: Mapping[str, str]


def parse_rules(data: Mapping[str, Any]) -> ScanRules:
    """Read a rule-set from parsed TOML.

    Raises:
        InputError: a limit or its source is missing or of the wrong kind.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    limits = data.get("limits", {})
    for name, kind in ScanRules.__annotations__.items():
        if name in {"version", "sources"}:
            continue
        row = limits.get(name, {})
        wanted = bool if kind == "bool" else int
        value, source = row.get("value"), row.get("source")
        if type(value) is not wanted or not source:
            raise InputError(
                f"the scan rule-set lacks a value and a source for {name}: complete it."
            )
        values[name], sources[name] = value, str(source)
    version = data.get("version")
    if not isinstance(version, str) or not version:
        raise InputError("the scan rule-set has no version: give it one.")
    return ScanRules(version=version, sources=sources, **values)
