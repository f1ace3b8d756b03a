"""Scanners, displays and the workshop's checks: what is fresh, due or too small.

Values in, decisions out. How often something is checked that the notice gives no
interval for is what the workshop registered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.errors import InputError, NotAllowedError
from paperless_kernel.scan.duties import Duties
from paperless_kernel.scan.model import Process
from paperless_kernel.scan.people.model import (
    CheckItem,
    CheckKind,
    Device,
    DeviceTest,
    Display,
    DueCheck,
    Regulation,
    WorkshopCheck,
)
from paperless_kernel.scan.people.rules import later

_MOST_ITEMS = 200
_LONGEST = 200
_ARTICLES = {
    CheckKind.DISPLAYS: "display_size_mm",
    CheckKind.MANUAL: "manual_contents",
    CheckKind.YEARLY: "yearly_check_months",
    CheckKind.CCTV: "cctv_years",
    CheckKind.ID_PAPERS: "id_paper_years",
}


def tested_until(tests: Sequence[DeviceTest], duties: Duties) -> dt.date | None:
    """Return the last Korean day a scanner may be used, by its newest test.

    None when it was never tested, or when the newest test failed.
    """
    if not tests or not tests[-1].passed:
        return None
    return later(kst_date(tests[-1].at), months=duties.device_test_months)


def check_device(
    device: Device, tests: Sequence[DeviceTest], duties: Duties, today: dt.date
) -> None:
    """Let a scanner in use be one whose test is fresh (제39조).

    Args:
        device: the scanner.
        tests: its target-page tests, the oldest first.
        duties: the rule-set.
        today: a Korean day.

    Raises:
        NotAllowedError: it was retired, never passed, failed last, or the test is old.
    """
    article = duties.articles["device_test_months"]
    if device.retired_on is not None and device.retired_on <= today:
        raise NotAllowedError(
            f"The scanner {device.id} was taken out of use on {device.retired_on}: "
            "scan on another."
        )
    until = tested_until(tests, duties)
    if until is None:
        state = "failed its newest target-page test" if tests else "was never tested"
        raise NotAllowedError(
            f"The scanner {device.id} {state} ({article}): scan the target page, "
            "enter what was measured, then begin."
        )
    if until < today:
        raise NotAllowedError(
            f"The target-page test of scanner {device.id} was good until {until} "
            f"({article}: at least every {duties.device_test_months} month): test it "
            "again first."
        )


def check_measured(measured: Sequence[tuple[str, int]]) -> None:
    """Take what was measured on a target page: names with whole numbers.

    Raises:
        InputError: nothing was measured, or a name stands twice.
    """
    names = [name for name, _ in measured]
    if not names or len(set(names)) != len(names) or not all(map(_is_line, names)):
        raise InputError(
            "A target-page test has at least one measured value, each with its name."
        )


def display_items(displays: Sequence[Display], duties: Duties) -> tuple[CheckItem, ...]:
    """Judge displays by size, dot pitch and colours (제16조)."""
    article = duties.articles["display_size_mm"]
    found = []
    for one in displays:
        wrong = [
            text
            for bad, text in (
                (one.size_mm < duties.display_size_mm, f"{one.size_mm} mm"),
                (one.pitch_um > duties.display_pitch_um, f"{one.pitch_um} µm pitch"),
                (one.bits < duties.display_bits, f"{one.bits} bits"),
            )
            if bad
        ]
        wanted = (
            f"{article}: {duties.display_size_mm} mm, {duties.display_pitch_um} µm, "
            f"{duties.display_bits} bits"
        )
        note = f"{', '.join(wrong)} ({wanted})" if wrong else ""
        found.append(CheckItem(name=one.name, good=not wrong, note=note))
    return tuple(found)


def check_items(kind: CheckKind, items: Sequence[CheckItem], duties: Duties) -> None:
    """Take what a check looked at.

    Raises:
        InputError: nothing, an item twice, or not every content of the manual (제7조).
    """
    names = [item.name for item in items]
    if not 1 <= len(items) <= _MOST_ITEMS or len(set(names)) != len(names):
        raise InputError("A check has 1 to 200 items, each with its own name.")
    if not all(_is_line(name) for name in names):
        raise InputError(f"An item is one line of at most {_LONGEST} letters.")
    if any(len(item.note) > _LONGEST for item in items):
        raise InputError(f"A note has at most {_LONGEST} letters.")
    if kind is CheckKind.MANUAL and len(items) != duties.manual_contents:
        raise InputError(
            f"The work manual (업무매뉴얼) has {duties.manual_contents} contents "
            f"({duties.articles['manual_contents']}), not {len(items)}: say of each "
            "whether it is there."
        )


def papers_until(day: dt.date, years: int) -> dt.date:
    """Return the last Korean day papers of that day are kept."""
    return later(day, months=12 * years)


def due_checks(
    checks: Sequence[WorkshopCheck],
    regulation: Regulation,
    duties: Duties,
    today: dt.date,
) -> tuple[DueCheck, ...]:
    """Say when each kind of check is due next.

    The periodic check has the notice's interval, the others the registered one; the
    first is due one interval after the rules took effect. Cameras are not due where
    the registered rules of a distributed process waive them (제4조④, 제5조②); the
    manual is looked at once.
    """
    months = {CheckKind.YEARLY: duties.yearly_check_months}
    months |= dict(regulation.check_months)
    found = []
    for kind in CheckKind:
        if kind is CheckKind.MANUAL:
            continue
        if kind is CheckKind.CCTV and _waives_cameras(regulation):
            continue
        days = [one.on for one in checks if one.kind is kind]
        last = max(days, default=None)
        due = None
        if kind in months:
            due = later(last or regulation.effective_from, months=months[kind])
        found.append(
            DueCheck(
                kind=kind,
                last=last,
                due=due,
                overdue=due is not None and due < today,
                article=duties.articles[_ARTICLES[kind]],
            )
        )
    return tuple(found)


def _waives_cameras(regulation: Regulation) -> bool:
    """Tell whether nothing of the work needs cameras: all of it is distributed."""
    distributed = regulation.processes == (Process.DISTRIBUTED,)
    return distributed and bool(regulation.cctv_waiver)


def _is_line(text: str) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text) <= _LONGEST
