"""The tariff: price rows, plans and each reading of an ambiguous rule, as data.

TOML text in, values out. Knows which readings the engine implements and refuses any
other; reads no file (the office hands over ``data/tariffs/*.toml``).
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from paperless_kernel.base.errors import InputError, NotFoundError
from paperless_kernel.trust.digest import canonical_json, sha256

Won = Annotated[int, Field(ge=0, le=10**12)]
_T = TypeVar("_T")


class _Row(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Choice(_Row, Generic[_T]):
    """One reading of an ambiguity: the row of the rules table, and who says so."""

    row: int
    value: _T
    confirmed: bool
    note: str


class Rules(_Row):
    """How the tariff is read. Each field lists only the values that are built."""

    megabyte_bytes: Choice[Literal[1_000_000, 1_048_576]]
    storage_rounding: Choice[Literal["customer-day-half-up"]]
    service_day: Choice[Literal["kst-start-in-end-out-min-1"]]
    month_days: Choice[Literal["actual"]]
    allowance_scope: Choice[Literal["day"]]
    money_rounding: Choice[Literal["floor-per-line"]]
    discount_items: Choice[tuple[str, ...]]
    discount_max_bp: Choice[Annotated[int, Field(ge=0, le=10_000)]]
    base_proration: Choice[Literal["day"]]
    id_count: Choice[Literal["day-maximum"]]
    plan_change: Choice[Literal["split-by-day-upgrade-difference"]]
    issue_unit: Choice[Literal["pair-per-request"]]
    certificate_unit: Choice[Literal["per-certificate"]]
    band_mode: Choice[Literal["volume", "graduated"]]
    band_basis: Choice[Literal["contracted"]]
    band_true_up: Choice[Literal["year-end"]]
    band_year: Choice[Literal["contract-year"]]
    band_boundary: Choice[Literal["inclusive"]]
    band_over: Choice[Literal["quote"]]
    read_unit: Choice[Literal["first-read-of-notice"]]
    send_unit: Choice[Literal["first-acceptance-of-notice"]]
    reminder: Choice[Literal["own-meter-not-in-band"]]
    side_unit: Choice[Literal["delivered-not-blank"]]
    unusual_paper: Choice[Literal["quote"]]
    keeping_period: Choice[Literal["month"]]
    movement: Choice[Literal["each-way"]]
    box_count: Choice[Literal["physical"]]
    box_sheets: Choice[Annotated[int, Field(gt=0)]]
    quoted_items: Choice[Literal["contract-price-or-refuse"]]
    vat_bp: Choice[Annotated[int, Field(ge=0, le=10_000)]]
    vat_rounding: Choice[Literal["floor-once-largest-remainder"]]
    ten_won_truncation: Choice[Literal[False]]
    late_events: Choice[Literal["next-invoice-adjustment"]]
    grace_days: Choice[Annotated[int, Field(ge=0, le=28)]]
    early_termination: Choice[Literal["no-clawback"]]
    bundle_discount: Choice[Literal["none"]]
    stored_size: Choice[Literal["customer-content"]]
    tariff_change: Choice[Literal["split-by-day"]]


class Plan(_Row):
    """A plan of the vault (요금제) and what its base fee includes."""

    code: str
    name_ko: str
    name_en: str
    join_fee: Won
    base_fee: Won
    storage_mb: Annotated[int, Field(ge=0, le=10**9)]
    ids: Annotated[int, Field(ge=0, le=10**6)]
    interfaces: tuple[Literal["web", "api"], ...]
    source: str


class Band(_Row):
    """A price for a yearly volume up to and including ``up_to``."""

    up_to: Annotated[int, Field(gt=0)]
    price: Won


Model = Literal["join", "base", "storage", "ids", "kept", "unit", "send", "quote"]
_PLAN_MODELS = ("join", "base")


class Item(_Row):
    """One price row of the deck.

    ``model`` says how it is counted: ``join`` and ``base`` take their price from the
    plan, ``storage`` and ``ids`` bill what exceeds the plan each day, ``kept`` bills
    boxes by the day, ``unit`` by the piece, ``send`` by band, and ``quote`` has no
    printed price (별도협의).
    """

    code: str
    model: Model
    name_ko: str
    name_en: str
    unit_ko: str
    unit_en: str
    price: Won | None = None
    period: Literal["once", "month"] | None = None
    bands: tuple[Band, ...] = ()
    confirmed: bool
    source: str
    note: str = ""

    @model_validator(mode="after")
    def _fits_its_model(self) -> Self:
        priced = self.model in ("storage", "ids", "kept", "unit")
        if priced != (self.price is not None):
            raise ValueError(
                f"{self.code}: a {self.model} row "
                f"{'needs a price' if priced else 'has no price of its own'}"
            )
        if (self.model == "send") != bool(self.bands):
            raise ValueError(f"{self.code}: bands belong to send rows and only there")
        monthly = self.model in ("base", "storage", "ids", "kept")
        if self.model == "quote":
            if self.period is not None:
                raise ValueError(f"{self.code}: a quoted row names no period")
        elif self.period != ("month" if monthly else "once"):
            raise ValueError(
                f"{self.code}: period must be {'month' if monthly else 'once'}"
            )
        limits = [band.up_to for band in self.bands]
        if limits != sorted(set(limits)):
            raise ValueError(f"{self.code}: bands must rise")
        return self


class Tariff(_Row):
    """One version of the price list (요금표), in force on ``[from, until)`` in KST."""

    # `schema` and `version` would shadow what pydantic or people expect.
    format: Literal[1]
    name: str
    source: str
    effective_from: dt.date
    effective_until: dt.date | None = None
    rules: Rules
    plan: tuple[Plan, ...]
    item: tuple[Item, ...]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.effective_until and self.effective_until <= self.effective_from:
            raise ValueError("effective_until must lie after effective_from")
        for what in (self.plan, self.item):
            codes = [each.code for each in what]
            if len(codes) != len(set(codes)):
                raise ValueError(f"a code stands twice among {', '.join(codes)}")
        models = [each.model for each in self.item]
        for single in ("join", "base", "storage", "ids", "kept", "send"):
            if models.count(single) != 1:
                raise ValueError(f"exactly one {single} row is needed")
        for code in self.rules.discount_items.value:
            if code not in {each.code for each in self.item}:
                raise ValueError(f"discount_items names {code}, which is no row")
        return self

    @cached_property
    def canonical(self) -> bytes:
        """The tariff as canonical JSON (RFC 8785); layout and comments are gone."""
        return canonical_json(self.model_dump(mode="json"))

    @cached_property
    def sha256(self) -> str:
        """The tariff's identity: SHA-256 of `canonical`, hex."""
        return sha256(self.canonical).hex()

    def covers(self, day: dt.date) -> bool:
        """Tell whether the version is in force on a Korean day."""
        until = self.effective_until
        return self.effective_from <= day and (until is None or day < until)

    def plan_of(self, code: str) -> Plan:
        """Return a plan by its code.

        Raises:
            InputError: the tariff has no such plan.
        """
        for each in self.plan:
            if each.code == code:
                return each
        raise InputError(
            f"tariff {self.name} has no plan {code!r}; it has "
            f"{', '.join(each.code for each in self.plan)}."
        )


def _no_float(text: str) -> float:
    raise InputError(f"a tariff holds whole numbers only, not {text}; write won.")


def parse_tariff(text: str, *, name: str = "tariff") -> Tariff:
    """Read and check one version from TOML.

    Args:
        text: the file's content.
        name: how errors call it.

    Raises:
        InputError: not TOML, a float, a key or value nobody implements, a price on a
            quoted row, a missing one elsewhere.
    """
    try:
        data = tomllib.loads(text, parse_float=_no_float)
        return Tariff.model_validate_json(json.dumps(data, default=_date))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name} is not TOML: {error}.") from error
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    except ValidationError as error:
        raise InputError(f"{name} is refused: {_said(error)}.") from error


def read_tariff(canonical: bytes) -> Tariff:
    """Read back what `Tariff.canonical` wrote.

    Raises:
        InputError: the bytes are no tariff of a form this version knows.
    """
    try:
        return Tariff.model_validate_json(canonical)
    except ValidationError as error:
        raise InputError(f"a stored tariff is refused: {_said(error)}.") from error


def _date(value: object) -> str:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise InputError(f"{value} cannot stand in a tariff; dates carry no time.")
    return value.isoformat()


def _said(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All versions of the price list, in order, without gap or overlap.

    Raises:
        InputError: none is given, two overlap, or a day between two is covered by
            neither.
    """

    versions: tuple[Tariff, ...]

    def __post_init__(self) -> None:
        """Refuse a catalogue in which some day has no price or two."""
        if not self.versions:
            raise InputError("no tariff is given; put one into data/tariffs.")
        for earlier, later in zip(self.versions, self.versions[1:], strict=False):
            until = earlier.effective_until
            if until is None or until > later.effective_from:
                raise InputError(
                    f"tariffs {earlier.name} and {later.name} overlap from "
                    f"{later.effective_from}; end the first on that day."
                )
            if until < later.effective_from:
                raise InputError(
                    f"no tariff covers {until} to {later.effective_from}, between "
                    f"{earlier.name} and {later.name}; close the gap."
                )

    @classmethod
    def of(cls, tariffs: Iterable[Tariff]) -> Catalogue:
        """Put versions in order of time."""
        return cls(versions=tuple(sorted(tariffs, key=lambda t: t.effective_from)))

    def on(self, day: dt.date) -> Tariff:
        """Return the version in force on a Korean day.

        Raises:
            NotFoundError: the day lies outside every version.
        """
        for each in self.versions:
            if each.covers(day):
                return each
        raise NotFoundError(f"no tariff covers {day}; add the version to data/tariffs.")
