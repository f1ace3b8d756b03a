"""Values of the billing business: usage, contracts, lines, invoices.

Knows shapes and no rule. Money is integer won; every amount leaves out VAT unless its
name says otherwise.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import NewType

from paperless_kernel.base.errors import InputError

Money = NewType("Money", int)
"""Whole won. Never a float, never a Decimal."""

ENGINE = "billing-1"
"""Version of the rules; stands in every invoice so that a re-rating can name it."""

FULL_BP = 10_000
"""One hundred per cent in basis points."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Month:
    """A calendar month in Korea (서비스월)."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``2026-11``.

        Raises:
            InputError: the text is not a month.
        """
        found = _MONTH.fullmatch(text)
        if not found or int(found[1]) < 1:
            raise InputError(f"{text!r} is not a month; write it like 2026-11.")
        return cls(year=int(found[1]), month=int(found[2]))

    @classmethod
    def of(cls, day: dt.date) -> Month:
        """Return the month a day lies in."""
        return cls(year=day.year, month=day.month)

    @property
    def length(self) -> int:
        """Real days in the month, 28 to 31."""
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def first(self) -> dt.date:
        """First day."""
        return dt.date(self.year, self.month, 1)

    @property
    def last(self) -> dt.date:
        """Last day."""
        return dt.date(self.year, self.month, self.length)

    @property
    def text(self) -> str:
        """The month as people write it, ``2026-11``."""
        return f"{self.year:04d}-{self.month:02d}"


class Meter(StrEnum):
    """What is counted. A meter with a price of its own is named like its item."""

    JOINED = "access.joined"
    LEFT = "access.left"
    PLAN_CHANGED = "access.plan-changed"
    USER_ADDED = "access.user-added"
    USER_REMOVED = "access.user-removed"
    DEPOSITED = "vault.deposited"
    """Quantity is bytes of the customer's content."""
    DESTROYED = "vault.destroyed"
    ISSUED = "vault.issue"
    """One certificate of original together with the original."""
    CERTIFIED = "vault.certificate"
    SCANNED_TRUSTED = "scan.trusted"
    """Quantity is sides delivered, blank ones left out."""
    SCANNED_PLAIN = "scan.plain"
    BOX_SUPPLIED = "scan.box"
    BOX_STORED = "scan.box-stored"
    """Carried into the warehouse (입고)."""
    BOX_LEFT = "scan.box-left"
    """Carried elsewhere or returned; a movement only where the box was kept (출고)."""
    BOX_MOVED = "scan.movement"
    """A way into or out of the warehouse; counted from the two above."""
    BOX_SHREDDED = "scan.shredding"
    TRANSPORTED = "scan.transport"
    PACKED = "scan.packing"
    SENT = "notice.send"
    READ = "notice.read"
    REMINDED = "notice.reminder"
    POSTED = "notice.letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageEvent:
    """One fact from a journal that bears on a bill.

    Attributes:
        key: the journal entry's id; stable under retry, so a repeat is recognised.
        tenant: the customer.
        meter: what is counted.
        at: when it happened, aware UTC; its Korean day is the service day.
        quantity: bytes, sides or pieces.
        subject: the package, box, notice, user or document it is about.
        plan: plan code, on `Meter.JOINED` and `Meter.PLAN_CHANGED` only.
    """

    key: str
    tenant: str
    meter: Meter
    at: dt.datetime
    quantity: int = 1
    subject: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageDay:
    """What one customer used on one Korean day.

    Attributes:
        plan: plan code in force, ``""`` when the customer has none that day.
        joined: plan code when the join fee falls due on this day.
        upgraded_from: plan code left on this day, ``""`` on other days.
        stored_bytes: bytes under storage that count for the day.
        ids: largest number of users at once.
        boxes: boxes in the warehouse.
        counts: pieces by meter, in the order of the meters' names.
    """

    day: dt.date
    plan: str = ""
    joined: str = ""
    upgraded_from: str = ""
    stored_bytes: int = 0
    ids: int = 0
    boxes: int = 0
    counts: tuple[tuple[Meter, int], ...] = ()

    def count(self, meter: Meter) -> int:
        """Return how many of a meter fell on the day."""
        return dict(self.counts).get(meter, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What a customer agreed beyond the printed tariff (약정).

    Attributes:
        discount_bp: contract discount in basis points; touches only the items the
            tariff allows (base fee and storage over the allowance).
        annual_notices: contracted notices a year; picks the price band.
        prices: won per unit by item code: quoted items (별도협의) and agreed prices.
    """

    discount_bp: int = 0
    annual_notices: int = 0
    prices: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayQuantity:
    """A line's share of one day, in 1/scale of the unit: used, and billed of it."""

    day: dt.date
    used: int
    billed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an invoice with everything needed to compute it again.

    Attributes:
        item: code of the tariff row.
        plan: plan code where the row depends on it, else ``""``.
        service_month: ``2026-11``; differs from the invoice's on adjustments.
        tariff: SHA-256 of the tariff version, hex.
        source: where the price is printed, or that the contract names it.
        confirmed: False where the deck leaves price or period open (확인 필요).
        price: won per unit (per unit and month when ``divisor`` is the month).
        scale: quantities are in 1/scale of the unit (100 for MB).
        included: free quantity each day, in 1/scale.
        divisor: days in the month for monthly prices, else 1.
        discount_bp: contract discount.
        exact: the amount before it is floored, after discount.
        gross: floored amount without the discount.
        billed_before: won already on earlier invoices, for adjustments.
        amount: won on this invoice: floor of ``exact`` less ``billed_before``.
        vat: this line's share of the invoice's VAT, won.
    """

    item: str
    name_ko: str
    name_en: str
    unit_ko: str
    unit_en: str
    plan: str
    service_month: str
    tariff: str
    source: str
    confirmed: bool
    price: Money
    scale: int
    included: int
    divisor: int
    discount_bp: int
    days: tuple[DayQuantity, ...]
    exact: Fraction
    gross: Money
    billed_before: Money = Money(0)
    amount: Money
    vat: Money = Money(0)

    @property
    def quantity(self) -> int:
        """Billed quantity over all days, in 1/scale of the unit (unit-days)."""
        return sum(each.billed for each in self.days)

    @property
    def net(self) -> Money:
        """The line's amount by today's knowledge: ``exact`` floored once."""
        return Money(self.exact.numerator // self.exact.denominator)

    @property
    def discount(self) -> Money:
        """Won taken off by the contract: gross less net."""
        return Money(self.gross - self.net)

    @property
    def dropped(self) -> Fraction:
        """The part of a won the floor dropped, in the customer's favour."""
        return self.exact - self.net

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What makes two ratings of the same thing the same line."""
        return (self.service_month, self.item, self.plan, self.tariff, self.price)


class Status(StrEnum):
    """A draft may change; an issued invoice never does."""

    DRAFT = "draft"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A customer's bill for one month (청구서).

    Attributes:
        id: own OID; ``""`` on a draft.
        number: number people use, ``2026-11-000001``; ``""`` on a draft.
        made_at: when it was rated and issued, aware UTC.
        cutoff: highest usage sequence number it knew.
        usage_sha256: digest of the usage events it was rated from.
        tariffs: name and SHA-256 of each tariff version that was used.
        contract: the contract it was rated under.
        previous: SHA-256 of the customer's previous invoice, ``""`` on the first.
        days: daily usage of the month.
        lines: what is charged.
        subtotal: won, sum of the lines.
        vat: won (부가가치세), floored once for the whole invoice.
        total: won, subtotal and VAT.
        raw: canonical JSON of all the above; what is stored and chained.
        sha256: SHA-256 of ``raw``, hex.
    """

    id: str
    number: str
    status: Status
    tenant: str
    month: Month
    made_at: dt.datetime
    cutoff: int
    usage_sha256: str
    engine: str
    tariffs: tuple[tuple[str, str], ...]
    contract: Contract
    previous: str
    days: tuple[UsageDay, ...]
    lines: tuple[Line, ...]
    subtotal: Money
    vat: Money
    total: Money
    raw: bytes = b""
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a line costs what it costs, sentence by sentence, in two languages."""

    ko: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of a delivery of usage: newly recorded, and already known."""

    recorded: int
    repeated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingNumbers:
    """Billing in a few numbers: usage events, invoices, won issued (VAT included)."""

    events: int
    invoices: int
    issued_total: Money
    by_month: tuple[tuple[str, Money], ...]
