"""What a workshop needs before it may begin, as a list of done and missing.

Values in, values out; the desk brings what is registered. Nothing here makes a
workshop a registered one: that is the registration's record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from paperless_kernel.base.ids import Role
from paperless_kernel.scan.duties import Duties
from paperless_kernel.scan.people.checks import due_checks, tested_until
from paperless_kernel.scan.people.model import (
    CheckKind,
    Device,
    DeviceTest,
    ReadyItem,
    Regulation,
    StaffLine,
    WorkshopCheck,
)
from paperless_kernel.scan.people.rules import STAFF_ROLES, needed_values

_WRITE_MANUAL = "write it into the manual and enter the check of the manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """Everything a workshop has registered, and the day that is asked about."""

    regulation: Regulation | None
    staff: tuple[StaffLine, ...]
    devices: tuple[tuple[Device, tuple[DeviceTest, ...]], ...]
    checks: tuple[WorkshopCheck, ...]
    registration: str
    today: dt.date


def ready_items(known: Registered, duties: Duties) -> tuple[ReadyItem, ...]:
    """Return the readiness checklist (관리규정, 업무매뉴얼, 시설, 인력)."""
    return (
        *_regulation(known, duties),
        *_values(known, duties),
        *_manual(known, duties),
        *_facility(known, duties),
        *_people(known, duties),
        *_devices(known, duties),
    )


def _regulation(known: Registered, duties: Duties) -> list[ReadyItem]:
    article = duties.articles["regulation_contents"]
    given = known.regulation.contents if known.regulation else ()
    return [
        ReadyItem(
            area="regulation",
            name=f"{n}. {given[n - 1] if n <= len(given) else ''}".strip(),
            done=n <= len(given),
            todo="" if n <= len(given) else "register the regulation with this content",
            article=article,
        )
        for n in range(1, duties.regulation_contents + 1)
    ]


def _values(known: Registered, duties: Duties) -> list[ReadyItem]:
    one = known.regulation
    names = (*needed_values(one), "keep_paper")
    given = {name for name in names if one and getattr(one, name) is not None}
    return [
        ReadyItem(
            area="registered values",
            name=name,
            done=name in given,
            todo="" if name in given else f"state {name} under [values]",
            article=duties.articles["regulation_contents"],
        )
        for name in names
    ]


def _manual(known: Registered, duties: Duties) -> list[ReadyItem]:
    found = [one for one in known.checks if one.kind is CheckKind.MANUAL]
    items = found[-1].items if found else ()
    rows = []
    for n in range(1, duties.manual_contents + 1):
        item = items[n - 1] if n <= len(items) else None
        done = item is not None and item.good
        rows.append(
            ReadyItem(
                area="manual",
                name=f"{n}. {item.name if item else ''}".strip(),
                done=done,
                todo="" if done else _WRITE_MANUAL,
                article=duties.articles["manual_contents"],
            )
        )
    return rows


def _facility(known: Registered, duties: Duties) -> list[ReadyItem]:
    registered = ReadyItem(
        area="facility",
        name="registration of the workshop",
        done=bool(known.registration),
        todo="" if known.registration else "enter the registration's holder and number",
        article=duties.articles["regulation_contents"],
    )
    rows = [registered]
    kinds = [CheckKind.CCTV, CheckKind.ID_PAPERS, CheckKind.DISPLAYS, CheckKind.YEARLY]
    late: dict[CheckKind, bool] = {}
    articles = {
        CheckKind.CCTV: duties.articles["cctv_years"],
        CheckKind.ID_PAPERS: duties.articles["id_paper_years"],
        CheckKind.DISPLAYS: duties.articles["display_size_mm"],
        CheckKind.YEARLY: duties.articles["yearly_check_months"],
    }
    if known.regulation:
        due = due_checks(known.checks, known.regulation, duties, known.today)
        late = {one.kind: one.overdue for one in due}
        kinds = [kind for kind in kinds if kind in late]
    for kind in kinds:
        newest = [one for one in known.checks if one.kind is kind][-1:]
        todo = ""
        if not newest:
            todo = "look it over and enter the check"
        elif late.get(kind):
            todo = "overdue: look it over again"
        elif not newest[0].good:
            wrong = ", ".join(item.name for item in newest[0].items if not item.good)
            todo = f"put right and check again: {wrong}"
        rows.append(
            ReadyItem(
                area="facility",
                name=kind.value,
                done=not todo,
                todo=todo,
                article=articles[kind],
            )
        )
    return rows


def _people(known: Registered, duties: Duties) -> list[ReadyItem]:
    rows = []
    for role in STAFF_ROLES:
        lines = [one for one in known.staff if one.appointment.role is role]
        needed = duties.managers_at_least if role is Role.SCAN_MANAGER else 1
        fit = [one for one in lines if one.education and not one.education.lapsed]
        todo = ""
        if len(lines) < needed:
            todo = f"appoint {needed - len(lines)}"
        elif len(fit) < needed:
            todo = "enter the education they received"
        rows.append(
            ReadyItem(
                area="people",
                name=role.value,
                done=not todo,
                todo=todo,
                article=duties.articles[
                    "managers_at_least" if len(lines) < needed else "hours_author"
                ],
            )
        )
    return rows


def _devices(known: Registered, duties: Duties) -> list[ReadyItem]:
    article = duties.articles["device_test_months"]
    used = [pair for pair in known.devices if pair[0].retired_on is None]
    if not used:
        todo = "register a scanner and test it"
        row = ReadyItem(
            area="devices", name="scanner", done=False, todo=todo, article=article
        )
        return [row]
    return [_device(one, tests, known.today, duties) for one, tests in used]


def _device(
    device: Device, tests: Sequence[DeviceTest], today: dt.date, duties: Duties
) -> ReadyItem:
    until = tested_until(tests, duties)
    done = until is not None and until >= today
    return ReadyItem(
        area="devices",
        name=device.id,
        done=done,
        todo="" if done else "scan the target page and enter what was measured",
        article=duties.articles["device_test_months"],
    )
