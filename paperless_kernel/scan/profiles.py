"""Quality profiles as data: what a page of one kind of paper must measure.

Knows the shape of ``data/rules/quality-profiles.toml``; resolution and tones come from
the rule-set (제36조 to 제38조), the other limits are the workshop's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.rules import ScanRules

CHECKS: Final = (
    "skew",
    "sharpness",
    "paper",
    "contrast",
    "washed",
    "uneven",
    "streak",
    "noise",
    "through",
    "fold",
    "crop",
    "blank",
)
"""What a profile may limit; ``blank`` names the most ink an empty side has."""


class Tones(StrEnum):
    """What a page must be scanned in (제36조①, 제37조①)."""

    COLOUR = "colour"
    """RGB: coloured, crumpled or aged, medical or fine originals (제37조①)."""
    GREY = "grey"
    """At least 256 levels of grey (제36조①)."""
    ANY = "any"
    """Black and white is taken: what came as a fax, or a registered standard form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Where a measure stops being good; None means that nobody asks.

    Attributes:
        hold: past this a person decides.
        reject: past this the page is scanned again.
    """

    hold: int | None = None
    reject: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What pages of one kind must measure.

    Attributes:
        name: short name, as a batch carries it.
        title: for people, Korean and English.
        fine: at least 12 dot/mm (제38조①) and not 8 (제36조①).
        least_dpi: tenths of a dpi the rule-set asks.
        reject_dpi: tenths of a dpi below which the page is scanned again.
        dpi_article: where ``least_dpi`` comes from.
        tones: what it must be scanned in.
        limits: limit of each check in its measure's unit.
        source: where the limits come from.
    """

    name: str
    title: str
    fine: bool
    least_dpi: int
    reject_dpi: int
    dpi_article: str
    tones: Tones
    limits: Mapping[str, Limit]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """All profiles of an office and the one for batches that name none.

    Attributes:
        target: the least and the most of each measure of a scanner's target page
            (제39조).
    """

    version: str
    default: str
    profiles: Mapping[str, Profile]
    target: Mapping[str, tuple[Limit, Limit]]

    def of(self, name: str) -> Profile:
        """Return the profile of a name; "" is the default one.

        Raises:
            InputError: there is none of this name; lists those there are.
        """
        found = self.profiles.get(name or self.default)
        if found is None:
            raise InputError(
                f"there is no quality profile {name!r}: choose one of "
                f"{', '.join(sorted(self.profiles))}."
            )
        return found


def parse_profiles(data: Mapping[str, Any], rules: ScanRules) -> Profiles:
    """Read profiles from parsed TOML.

    Raises:
        InputError: a profile is not as it must be; says which and what.
    """
    rows, common = data.get("profiles"), data.get("limits")
    version, default = data.get("version"), data.get("default")
    if not isinstance(rows, dict) or not isinstance(common, dict) or not version:
        raise InputError("the quality profiles lack version, limits or profiles.")
    if default not in rows:
        raise InputError(f"the default quality profile {default!r} is not described.")
    base = {check: _limit(check, common) for check in CHECKS}
    made = {name: _profile(name, row, base, rules) for name, row in rows.items()}
    target = {name: _range(name, row) for name, row in data.get("target", {}).items()}
    return Profiles(
        version=str(version), default=str(default), profiles=made, target=target
    )


def _range(name: str, row: Mapping[str, Any]) -> tuple[Limit, Limit]:
    least, most = row.get("least"), row.get("most")
    if any(value is not None and type(value) is not int for value in (least, most)):
        raise InputError(f"the target-page limit {name} has no whole numbers.")
    return Limit(reject=least), Limit(reject=most)


def _profile(
    name: str, row: Mapping[str, Any], base: Mapping[str, Limit], rules: ScanRules
) -> Profile:
    own = row.get("limits", {})
    unknown = set(own) - set(CHECKS)
    if unknown or not row.get("title") or not row.get("source"):
        raise InputError(
            f"the quality profile {name} lacks a title or source, or limits what is "
            f"not measured: {', '.join(sorted(unknown)) or 'nothing'}."
        )
    try:
        tones = Tones(row.get("tones", ""))
    except ValueError as error:
        raise InputError(
            f"the quality profile {name} must say its tones: colour, grey or any."
        ) from error
    fine = bool(row.get("fine", False))
    return Profile(
        name=name,
        title=str(row["title"]),
        fine=fine,
        least_dpi=rules.fine_dpi if fine else rules.least_dpi,
        reject_dpi=rules.reject_fine_dpi if fine else rules.reject_dpi,
        dpi_article="제38조①" if fine else "제36조①",
        tones=tones,
        limits={**base} | {check: _limit(check, own) for check in own},
        source=str(row["source"]),
    )


def _limit(check: str, rows: Mapping[str, Any]) -> Limit:
    row = rows.get(check)
    if not isinstance(row, dict):
        raise InputError(f"the quality limit {check} is missing: complete it.")
    hold, reject = row.get("hold"), row.get("reject")
    if any(value is not None and type(value) is not int for value in (hold, reject)):
        raise InputError(f"the quality limit {check} needs whole numbers: complete it.")
    return Limit(hold=hold, reject=reject)
