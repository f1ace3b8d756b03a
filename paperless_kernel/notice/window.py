"""When a notice may go: [10:00, 18:00) Asia/Seoul on business days, with a guard.

Knows hours and days. The calendar and the rules are given; the deck is the only source
of the window (FAQ 3/3 Q3), no law sets it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from paperless_kernel.base.calendar import Calendar
from paperless_kernel.base.clock import KST, aware, kst_date, kst_instant
from paperless_kernel.base.errors import InputError
from paperless_kernel.notice.model import Channel
from paperless_kernel.notice.rules import ServiceRules

_DAY = dt.timedelta(days=1)
_MILLISECOND = dt.timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The sending window (발송 가능 시간) of one calendar and one set of rules."""

    calendar: Calendar
    rules: ServiceRules

    def is_open(self, at: dt.datetime) -> bool:
        """Tell whether ``at`` lies in [opens, closes) of a business day.

        Raises:
            InputError: the day is outside the reviewed calendar.
        """
        local = aware(at).astimezone(KST)
        hour = local.timetz().replace(tzinfo=None)
        return self.rules.opens <= hour < self.rules.closes and self.calendar.is_open(
            local.date()
        )

    def may_claim(self, at: dt.datetime, channel: Channel) -> bool:
        """Tell whether a batch may be handed over at ``at``.

        Ends before closing time, so that an answer and a report still fall inside the
        window (RCS 17:56: its shortest useful expiry is 3 min 10 s).
        """
        local = aware(at).astimezone(KST)
        hour = local.timetz().replace(tzinfo=None)
        return self.is_open(at) and hour < self.rules.last_claim[channel]

    def next_open(self, at: dt.datetime, channel: Channel | None = None) -> dt.datetime:
        """Return the first instant from ``at`` on at which sending may start, UTC.

        Raises:
            InputError: that lies past the reviewed calendar.
        """
        last = self.rules.last_claim[channel] if channel else self.rules.closes
        local = aware(at).astimezone(KST)
        day, hour = local.date(), local.timetz().replace(tzinfo=None)
        if self.calendar.is_open(day):
            if hour < self.rules.opens:
                return kst_instant(day, self.rules.opens)
            if hour < last:
                return aware(at)
        after = self.calendar.open_on_or_after(day + _DAY)
        return kst_instant(after, self.rules.opens)

    def last_open_before(self, at: dt.datetime) -> dt.datetime:
        """Return the last instant not after ``at`` that is inside the window, UTC.

        Rolls BACK: "24 h before the deadline" is 23:59 for most deadlines, and rolling
        forward would pass the deadline. The end of a day is its last millisecond.

        Raises:
            InputError: that lies before the reviewed calendar.
        """
        local = aware(at).astimezone(KST)
        day, hour = local.date(), local.timetz().replace(tzinfo=None)
        if self.calendar.is_open(day):
            if hour >= self.rules.closes:
                return kst_instant(day, self.rules.closes) - _MILLISECOND
            if hour >= self.rules.opens:
                return aware(at)
        before = self.calendar.open_on_or_before(day - _DAY)
        return kst_instant(before, self.rules.closes) - _MILLISECOND

    def reminder(self, deadline: dt.datetime, now: dt.datetime) -> dt.datetime | None:
        """Return when to remind: last open instant 24 h before the deadline.

        Nothing when that has passed already.
        """
        at = self.last_open_before(deadline - _DAY)
        return at if at > now else None

    def check_deadline(self, deadline: dt.datetime, now: dt.datetime) -> None:
        """Refuse a deadline that no notice could meet.

        Raises:
            InputError: it is before the next open instant, or past the calendar.
        """
        self.calendar.is_open(kst_date(deadline))
        if deadline <= self.next_open(now):
            raise InputError(
                "the reading deadline passes before the next open instant "
                f"({self.next_open(now).astimezone(KST):%Y-%m-%d %H:%M} KST): set a "
                "later deadline."
            )
