"""Usage events into Korean days: what was stored, kept, counted and in force.

Knows how a stay becomes days. Knows no price. The order and the batches in which events
arrive change nothing, and a repeat does no harm.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from paperless_kernel.base.clock import kst_date
from paperless_kernel.billing.model import Meter, Month, UsageDay, UsageEvent

_ONCE = {Meter.DEPOSITED, Meter.DESTROYED, Meter.SENT, Meter.READ, Meter.BOX_SHREDDED}
"""Only the first of these counts for a subject, however often it is reported."""

_COUNTED = (
    Meter.ISSUED,
    Meter.CERTIFIED,
    Meter.SCANNED_TRUSTED,
    Meter.SCANNED_PLAIN,
    Meter.BOX_SUPPLIED,
    Meter.BOX_SHREDDED,
    Meter.TRANSPORTED,
    Meter.PACKED,
    Meter.SENT,
    Meter.READ,
    Meter.REMINDED,
    Meter.POSTED,
)


def centi_megabytes(size: int, megabyte: int) -> int:
    """Return bytes in 0.01 MB, rounded half up at the third place of an MB.

    Deck: 소수점 2자리까지 계산 (3자리 반올림).
    """
    return (size * 200 + megabyte) // (megabyte * 2)


def in_order(events: Iterable[UsageEvent]) -> tuple[UsageEvent, ...]:
    """Order one customer's events by time, and drop what repeats another.

    A second event with the same key is the same event. For deposits, destructions,
    sends, reads and shredding the first event of a subject counts.
    """
    seen: set[tuple[str, str]] = set()
    kept = []
    for each in sorted(events, key=lambda e: (e.at, e.key)):
        names = {("", each.key)}
        if each.meter in _ONCE:
            names.add((each.meter, each.subject))
        if not names & seen:
            kept.append(each)
        seen |= names
    return tuple(kept)


def usage_days(
    events: Iterable[UsageEvent], first: dt.date, last: dt.date
) -> tuple[UsageDay, ...]:
    """Return one customer's usage for each Korean day from ``first`` to ``last``.

    Args:
        events: all the customer's events, from the beginning: what was deposited
            last year is still stored today.
        first: first day wanted.
        last: last day wanted, included.
    """
    history = in_order(events)
    span = _Span(first, last)
    stored, kept = _stored(history, span), tuple(_kept(history))
    boxes = _levels(((each.came, each.went, 1) for each in kept), span)
    ids, plans = _ids(history, span), _plans(history, span)
    counts: dict[dt.date, Counter[Meter]] = defaultdict(Counter)
    for each in history:
        if each.meter in _COUNTED:
            counts[kst_date(each.at)][each.meter] += each.quantity
    for stay in kept:
        counts[stay.came][Meter.BOX_MOVED] += 1
        if stay.went and stay.carried_out:
            counts[stay.went][Meter.BOX_MOVED] += 1
    return tuple(
        replace(
            plans[number],
            day=day,
            stored_bytes=stored[number],
            ids=ids[number],
            boxes=boxes[number],
            counts=tuple(sorted(counts[day].items())),
        )
        for number, day in enumerate(span.days)
    )


def sent_before(events: Iterable[UsageEvent], month: Month) -> int:
    """Return a customer's notices sent in the contract year before a month.

    The contract year is counted in whole months from the customer's first event.
    """
    history = in_order(events)
    if not history:
        return 0
    first = Month.of(kst_date(history[0].at))
    turned = month.month >= first.month
    since = dt.date(month.year if turned else month.year - 1, first.month, 1)
    return sum(
        each.quantity
        for each in history
        if each.meter is Meter.SENT and since <= kst_date(each.at) < month.first
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """A run of days, both ends included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> tuple[dt.date, ...]:
        size = (self.last - self.first).days + 1
        return tuple(self.first + dt.timedelta(days=n) for n in range(size))

    def place(self, day: dt.date) -> int:
        """Return the day's number, cut to the span's ends."""
        return max(0, min((day - self.first).days, (self.last - self.first).days + 1))


def _levels(
    stays: Iterable[tuple[dt.date, dt.date | None, int]], span: _Span
) -> list[int]:
    """Add up stays [in, out) by the day; a stay lasts at least one day."""
    steps = [0] * (len(span.days) + 1)
    for came, went, size in stays:
        steps[span.place(came)] += size
        if went is not None:
            steps[span.place(max(went, came + dt.timedelta(days=1)))] -= size
    levels, level = [], 0
    for step in steps[:-1]:
        level += step
        levels.append(level)
    return levels


def _stored(history: Sequence[UsageEvent], span: _Span) -> list[int]:
    gone = {
        each.subject: kst_date(each.at)
        for each in history
        if each.meter is Meter.DESTROYED
    }
    return _levels(
        (
            (kst_date(each.at), gone.get(each.subject), each.quantity)
            for each in history
            if each.meter is Meter.DEPOSITED
        ),
        span,
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """A box in the warehouse: since when, until when, carried in and out or not."""

    came: dt.date
    went: dt.date | None = None
    carried_out: bool = False


def _kept(history: Iterable[UsageEvent]) -> Iterator[_Kept]:
    """Yield each stay of each box; shredding ends one without a way out."""
    inside: dict[str, dt.date] = {}
    for each in history:
        day, box = kst_date(each.at), each.subject
        if each.meter is Meter.BOX_STORED:
            inside.setdefault(box, day)
        elif each.meter in (Meter.BOX_LEFT, Meter.BOX_SHREDDED) and box in inside:
            carried = each.meter is Meter.BOX_LEFT
            yield _Kept(inside.pop(box), day, carried)
    for came in inside.values():
        yield _Kept(came)


def _ids(history: Sequence[UsageEvent], span: _Span) -> list[int]:
    """Return the day's largest number of users at once."""
    users: set[str] = set()
    most: dict[dt.date, int] = {}
    after: dict[dt.date, int] = {}
    for each in history:
        if each.meter not in (Meter.USER_ADDED, Meter.USER_REMOVED):
            continue
        day = kst_date(each.at)
        most.setdefault(day, len(users))
        if each.meter is Meter.USER_ADDED:
            users.add(each.subject)
        else:
            users.discard(each.subject)
        most[day] = max(most[day], len(users))
        after[day] = len(users)
    early = [day for day in after if day < span.first]
    level = after[max(early)] if early else 0
    levels = []
    for day in span.days:
        levels.append(most.get(day, level))
        level = after.get(day, level)
    return levels


def _plans(history: Sequence[UsageEvent], span: _Span) -> list[UsageDay]:
    """Return for each day the plan, and the day's join fee or upgrade."""
    days = [UsageDay(day=day) for day in span.days]
    place = {day: number for number, day in enumerate(span.days)}
    held: set[str] = set()
    before = ""
    for since, until, plan in _spells(history):
        end = span.place(until) if until else len(days)
        for number in range(span.place(since), end):
            days[number] = replace(days[number], plan=plan)
        if since in place:
            here = days[place[since]]
            if not held:
                here = replace(here, joined=plan)
            elif plan not in held:
                here = replace(here, upgraded_from=here.upgraded_from or before)
            days[place[since]] = here
        held.add(plan)
        before = plan
    return days


def _spells(
    history: Sequence[UsageEvent],
) -> list[tuple[dt.date, dt.date | None, str]]:
    """Return since when, until when (that day excluded) and which plan."""
    spells: list[tuple[dt.date, dt.date | None, str]] = []
    since, plan = dt.date.min, ""
    for each in history:
        if each.meter not in (Meter.JOINED, Meter.LEFT, Meter.PLAN_CHANGED):
            continue
        day, new = kst_date(each.at), each.plan
        if new == plan:
            continue
        if plan:
            # who joins and leaves on one day had the plan that day
            least = since if new else since + dt.timedelta(days=1)
            spells.append((since, max(day, least), plan))
        since, plan = day, new
    if plan:
        spells.append((since, None, plan))
    return spells
