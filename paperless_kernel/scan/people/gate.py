"""The gates before every task: person, registered rules, scanner, load.

Loads what the workshop registered and asks ``people.rules``. Only trusted scanning
stands under the notice: callers do not ask for plain scans.
"""

from __future__ import annotations

from sqlalchemy import Connection

from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.errors import NotAllowedError, NotYetError
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.model import Process
from paperless_kernel.scan.people import records
from paperless_kernel.scan.people.checks import check_device
from paperless_kernel.scan.people.education import check_educated, education_of
from paperless_kernel.scan.people.load import check_load, load_of
from paperless_kernel.scan.people.model import Load, Regulation
from paperless_kernel.scan.people.rules import check_registered, check_whole, held_on
from paperless_kernel.scan.workshop import Parts


def regulation_in_force(parts: Parts, tx: Connection, workshop: str = "") -> Regulation:
    """Return the registered rules in force now (전자화문서관리규정).

    Raises:
        NotYetError: none is registered (제6조).
    """
    found = records.regulation_on(tx, parts.clock.now(), workshop)
    if found is None:
        whose = f"workshop {workshop}" if workshop else "this workshop"
        raise NotYetError(
            f"No registered 전자화문서관리규정 of {whose} is in force (제6조): "
            "register it with its number and date first."
        )
    return found


def require_regulation(
    parts: Parts,
    tx: Connection,
    workshop: str = "",
    process: Process | None = None,
) -> Regulation:
    """Return the registered rules that trusted work may begin under now.

    Args:
        parts: the workshop's parts.
        tx: a transaction.
        workshop: whose rules, "" for the office's own.
        process: the one the order asks for, where there is an order.

    Raises:
        NotYetError: none is registered (제6조), they do not state a value the work
            will need, or they are not for the process.
    """
    found = regulation_in_force(parts, tx, workshop)
    check_whole(found)
    if process is not None and process not in found.processes:
        raise NotYetError(
            f"Regulation {found.number} does not cover the {process.value} process the "
            "order asks for, which has duties of its own (제4조, 제5조): register "
            "rules for it, or place another order."
        )
    return found


def require_staff(
    parts: Parts,
    tx: Connection,
    actor: Actor,
    *roles: Role,
    regulation: Regulation | None = None,
    process: Process | None = None,
) -> None:
    """Let a registered, educated person do a task of one of ``roles``.

    Args:
        parts: the workshop's parts.
        tx: the transaction the task runs in.
        actor: who begins.
        roles: any one of them does.
        regulation: the batch's registered rules; the office's own when not given.
        process: of the work at hand; when not given, a manager inspects only where
            all work is distributed.

    Raises:
        NotAllowedError: not registered for it (제9조①), in another role (제45조②), or
            education has lapsed (제13조).
        NotYetError: no rules are registered (제6조), or they do not say how education
            years count.
    """
    day = kst_date(parts.clock.now())
    duties = parts.duties.on(day)
    regulation = regulation or regulation_in_force(parts, tx)
    appointments = records.find_appointments(tx, actor.id)
    held = held_on(appointments, day)
    if process is None and regulation.processes == (Process.DISTRIBUTED,):
        process = Process.DISTRIBUTED
    role = check_registered(actor.id, held, roles, process or Process.CENTRAL)
    standing = education_of(
        role,
        min(one.since for one in appointments),
        records.find_courses(tx, actor.id),
        regulation,
        duties,
        day,
    )
    check_educated(actor.id, standing, duties.articles["hours_author"])


def require_device(parts: Parts, tx: Connection, device: str) -> None:
    """Let a registered scanner be used whose target-page test is fresh.

    Raises:
        NotAllowedError: it is not registered, was retired, or its newest passed test
            is older than the rule-set allows (제39조).
    """
    today = kst_date(parts.clock.now())
    duties = parts.duties.on(today)
    found = records.find_device(tx, device)
    if found is None:
        raise NotAllowedError(
            f"The scanner {device} is not registered, so no test of it can be shown "
            f"({duties.articles['device_test_months']}): register and test it first."
        )
    check_device(found, records.find_tests(tx, device), duties, today)


def load_now(
    parts: Parts,
    tx: Connection,
    inspector: str,
    regulation: Regulation,
    adding: int = 0,
) -> Load:
    """Return an inspector's load, with ``adding`` sheets put to today's.

    Raises:
        NotYetError: the registered rules state no period or no working day.
    """
    today = kst_date(parts.clock.now())
    appointed = [
        one.since
        for one in records.find_appointments(tx, inspector)
        if one.role is Role.SCAN_INSPECTOR
    ]
    since = min(appointed, default=today)
    per_day = records.inspected_sheets(tx, inspector, since)
    per_day[today] = per_day.get(today, 0) + adding
    return load_of(
        inspector,
        per_day,
        since=since,
        today=today,
        regulation=regulation,
        duties=parts.duties.on(today),
    )


def take_load(
    parts: Parts,
    tx: Connection,
    actor: Actor,
    *,
    subject: str,
    sheets: int,
    regulation: Regulation,
) -> Load:
    """Count sheets that an inspector passes now, in the transaction that passes them.

    Args:
        parts: the workshop's parts.
        tx: the transaction.
        actor: the inspector.
        subject: id of the document or page inspected.
        sheets: how many sheets of paper it is.
        regulation: the batch's registered rules.

    Returns:
        The load with these sheets in it; show its ``warning``.

    Raises:
        NotAllowedError: the average would pass the limit (제47조⑥).
        NotYetError: the registered rules state no period or no working day.
    """
    today = kst_date(parts.clock.now())
    load = load_now(parts, tx, actor.id, regulation, sheets)
    check_load(load, parts.duties.on(today).articles["sheets_per_inspector_day"])
    records.add_inspected(tx, actor.id, today, subject, sheets)
    return load
