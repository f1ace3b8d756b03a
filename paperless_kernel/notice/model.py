"""Values of the notice business: recipients, lines, campaigns, attempts, facts.

Knows shapes and names. Knows no rule: routing, window and delivery have their own
modules.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from paperless_kernel.base.events import Json


class Network(StrEnum):
    """A mobile carrier (통신사), in the order notices are routed (deck FAQ 3/3 Q2)."""

    KT = "KT"
    SKT = "SKT"
    LGU = "LG U+"


class Channel(StrEnum):
    """How a message reaches a handset; SMS carries one-time codes only."""

    RCS = "RCS"
    MMS = "MMS"
    SMS = "SMS"


class Reason(StrEnum):
    """Why a line, or a person, cannot be reached by notice (deck FAQ 3/3 Q7)."""

    CORPORATE = "corporate"
    """법인폰."""
    SECOND_GENERATION = "2g"
    """2G폰 일부."""
    SKT_MVNO = "skt-mvno"
    """알뜰폰 SKT 망: 미발송."""
    REFUSED = "refused"
    """수신거부."""
    NO_LINE = "no-line"
    """CI has no line with any carrier."""


class Grade(StrEnum):
    """How sure we are who read: a code to the line, or a CI that matched."""

    POSSESSION = "possession"
    IDENTIFIED = "identified"


class FactKind(StrEnum):
    """What can be said about a notice; facts are only ever added."""

    RESOLVED = "resolved"
    INELIGIBLE = "ineligible"
    HANDED = "handed-over"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REFUSED = "refused-by-carrier"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    OPENED = "opened"
    DECLINED = "declined"
    CONSENTED = "consented"
    IDENTIFIED = "identified"
    READ = "read"
    PRINTED = "printed"


class State(StrEnum):
    """Where a notice stands: derived from its facts, never stored."""

    WAITING = "waiting"
    RESOLVED = "resolved"
    INELIGIBLE = "ineligible"
    PRINTED = "printed"
    HANDED = "handed-over"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"
    OPENED = "opened"
    DECLINED = "declined"
    CONSENTED = "consented"
    IDENTIFIED = "identified"
    READ = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A mobile line as its carrier describes it at this moment.

    ``number`` is digits only, such as ``01012345678``.
    """

    number: str
    network: Network
    mvno: bool = False
    corporate: bool = False
    generation: int = 5
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One row of a sender's list.

    Attributes:
        ci: connecting information (연계정보), 88 characters of base64.
        name: as it stands on a letter or certificate.
        document: reference the office's `Documents` understands.
        address: postal address for the letter, one line each separated by newline.
        listed_number: the number the sender had on its list, if any; it is never
            sent to, and kept only as its last four digits.
        listed_network: the carrier on the sender's list, if any.
    """

    ci: str
    name: str
    document: str
    address: str = ""
    listed_number: str = ""
    listed_network: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A campaign as its sender asks for it.

    Attributes:
        tenant: id of the customer the notices are sent for.
        sender: the sending body's name, as the recipient knows it.
        sender_number: the registered sending number (발신번호).
        title: at most 40 characters.
        template: message text with ``{#INFO_CFRM_STR}`` and ``{#RCVE_RF_STR}``.
        deadline: until when it should be read, aware.
        recipients: each person once.
    """

    tenant: str
    sender: str
    sender_number: str
    title: str
    template: str
    deadline: dt.datetime
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign (발송 건) as it is kept; times are aware UTC."""

    id: str
    tenant: str
    sender: str
    sender_number: str
    title: str
    template: str
    deadline: dt.datetime
    remind_at: dt.datetime | None
    seed: bytes
    calendar: str
    created_at: dt.datetime
    created_by: str
    approved_at: dt.datetime | None = None
    approved_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice to one person; the CI itself is kept apart under ``ci_mac``."""

    id: str
    campaign: str
    tenant: str
    number: int
    ci_mac: bytes
    name: str
    address: str
    document: str
    document_sha256: str
    listed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found about one line; ``line`` is masked to four digits."""

    line: str
    network: Network
    reason: Reason | None
    draw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which line a notice goes to and why: every line judged, the draw shown.

    ``line`` is nothing where the person cannot be reached; ``reason`` says why.
    """

    line: Line | None
    reason: Reason | None
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as a carrier takes it; ``ref`` comes back in every report."""

    ref: str
    to: str
    channel: Channel
    sender: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A carrier's word on one message: taken or refused, under which id, when."""

    ref: str
    accepted: bool
    code: str
    carrier_id: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A carrier's delivery report (결과 통보); may repeat or come out of order."""

    id: str
    ref: str
    channel: Channel
    delivered: bool
    code: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """A page of reports; ``cursor`` is what to acknowledge and ask from next."""

    reports: tuple[Report, ...]
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDocument:
    """A document as the office hands it to a recipient: a PDF, its name, its owner.

    ``owner`` is the id of the customer it belongs to: nobody sends another's.
    """

    data: bytes
    title: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing known about a notice or one attempt (``ref``), and its entry."""

    notice: str
    kind: FactKind
    at: dt.datetime
    entry: str
    ref: str = ""
    detail: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try over one channel; ``number`` counts from 1 per notice."""

    ref: str
    notice: str
    number: int
    network: Network
    channel: Channel
    batch: str
    masked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was handed over in one request, kept whole before it is posted.

    ``body`` is sealed; it holds numbers and links. ``key`` makes a repeat harmless.
    """

    id: str
    key: str
    campaign: str
    tenant: str
    network: Network
    channel: Channel
    count: int
    body: bytes
    body_hash: str
    answered: bool
    posted_at: dt.datetime | None
    lease_until: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeStatus:
    """A notice as operators and the workbench see it; no CI, four digits."""

    id: str
    campaign: str
    number: int
    name: str
    state: State
    reason: Reason | None
    listed: str
    sent_to: str
    attempts: tuple[Attempt, ...]
    verdicts: tuple[Verdict, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A certificate or letter as issued: the same bytes each time it is asked for."""

    id: str
    notice: str
    kind: str
    issued_at: dt.datetime
    sha256: str
    pdf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched:
    """What a dispatch did; ``next_open`` tells when to come again if work waits."""

    sent: int = 0
    ineligible: int = 0
    unknown: int = 0
    waiting: int = 0
    next_open: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The business in numbers, for the home page."""

    campaigns: int
    notices: int
    waiting: int
    ineligible: int
    sent: int
    unknown: int
    delivered: int
    opened: int
    read: int
    certificates: int
    letters: int
    by_network: Mapping[str, int]
    by_reason: Mapping[str, int]


CREATED = "notice:campaign:created"
APPROVED = "notice:campaign:approved"
BATCH = "notice:batch:committed"
CODE_SENT = "notice:code:sent"
CERTIFIED = "notice:certificate:issued"

TAGS: Mapping[FactKind, str] = {
    FactKind.RESOLVED: "notice:notice:resolved",
    FactKind.INELIGIBLE: "notice:notice:ineligible",
    FactKind.HANDED: "notice:attempt:handed-over",
    FactKind.UNKNOWN: "notice:attempt:unknown",
    FactKind.ACCEPTED: "notice:attempt:accepted",
    FactKind.REFUSED: "notice:attempt:refused",
    FactKind.DELIVERED: "notice:attempt:delivered",
    FactKind.UNDELIVERED: "notice:attempt:undelivered",
    FactKind.OPENED: "notice:notice:opened",
    FactKind.DECLINED: "notice:notice:declined",
    FactKind.CONSENTED: "notice:notice:consented",
    FactKind.IDENTIFIED: "notice:notice:identified",
    FactKind.READ: "notice:notice:read",
    FactKind.PRINTED: "notice:notice:printed",
}
"""Which journal entry each fact makes. The first acceptance of a notice is written as
`FIRST_ACCEPTED`, which billing counts."""
FIRST_ACCEPTED = "notice:notice:accepted"
