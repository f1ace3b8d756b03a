"""Commands on a workshop's registered rules, scanners and checks."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.adapters.prooffiles import read as read_file
from paperless_kernel.base.clock import kst_date, kst_text
from paperless_kernel.base.errors import InputError
from paperless_kernel.cli.scan.naming import key_of
from paperless_kernel.cli.scan.options import DAY, PATH, key_option, workshop_option
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show,
    show_rows,
)
from paperless_kernel.config import Settings
from paperless_kernel.scan.people.model import CheckItem, CheckKind, Display
from paperless_kernel.trust.digest import sha256

if TYPE_CHECKING:
    from paperless_kernel.scan.people.model import Regulation


@click.command("regulation")
@click.argument("file", type=PATH, required=False)
@key_option
@login_option
@json_option
@click.pass_obj
def regulation(
    settings: Settings,
    file: Path | None,
    key: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Register the workshop's rules from a TOML FILE; without one, list them.

    data/rules/regulation-trial.toml shows the form; the 21 contents are your own.
    """
    if file is None:
        with opened(settings, reader=True) as office:
            found = office.scan.regulations(acting(office, login, Action.SCAN_VIEW))
            show_rows([_regulation_row(one) for one in found], as_json=as_json)
        return
    data = read_file(file)
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_STAFF)
        made = office.scan.register_regulation(
            who, key=key or f"cli:{sha256(data).hex()}", rules=_toml(file, data)
        )
        show(_regulation_row(made), as_json=as_json)


@click.command("device")
@click.argument("name", required=False)
@click.option("--model", default="", help="maker and model")
@click.option("--serial", default="", help="serial number")
@click.option("--retire", is_flag=True, help="take it out of use today")
@login_option
@json_option
@click.pass_obj
def device(
    settings: Settings,
    name: str | None,
    model: str,
    serial: str,
    retire: bool,
    login: str | None,
    as_json: bool,
) -> None:
    """Register a scanner under a NAME; without one, list them with their tests."""
    with opened(settings, reader=name is None) as office:
        what = Action.SCAN_VIEW if name is None else Action.SCAN_STAFF
        who = acting(office, login, what)
        if name is not None and retire:
            office.scan.retire_device(who, device=name)
        elif name is not None:
            office.scan.register_device(who, device=name, model=model, serial=serial)
        rows = [
            {
                "device": one.id,
                "model": one.model,
                "serial": one.serial,
                "registered": kst_text(one.registered_at),
                "retired": one.retired_on or "",
                "tested until": until or "not tested",
            }
            for one, until in office.scan.devices(who)
        ]
        show_rows(rows, as_json=as_json)


@click.command("device-test")
@click.argument("name")
@click.option("--value", "values", multiple=True, help="NAME=WHOLE NUMBER, measured")
@click.option(
    "--passed/--failed", default=None, help="judged by you; with --page it is measured"
)
@click.option(
    "--page",
    type=PATH,
    help="a scan of the target page (scan target-page); it is measured",
)
@click.option("--note", default="", help="what was seen")
@click.option(
    "--key", help="name of this test; default: made from the day (KST) and the values"
)
@login_option
@json_option
@click.pass_obj
def device_test(
    settings: Settings,
    name: str,
    values: tuple[str, ...],
    passed: bool | None,
    page: Path | None,
    note: str,
    key: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Enter what was measured on the target page of scanner NAME (제39조)."""
    data = None if page is None else read_file(page)
    if passed is None and data is None:
        raise InputError("Give the target page's scan, or --passed or --failed.")
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_TEST)
        day = str(kst_date(office.clock.now()))
        measured, digest = tuple(_measured(each) for each in values), ""
        if page is not None and data is not None:
            seen = office.scan.measure_target(who, data, name=page.name)
            measured, digest = (*seen.measured, *measured), seen.page
            # A person may be stricter than the checks, not more lenient.
            passed = seen.passed and passed is not False
            note = "; ".join(text for text in (note, seen.note) if text)[:200]
        made = office.scan.test_device(
            who,
            key=key or key_of("test", name, day, *values, str(passed), digest, note),
            device=name,
            measured=measured,
            passed=bool(passed),
            page=digest,
            note=note,
        )
        shown: dict[str, Any] = {
            "device": name,
            "at": kst_text(made.at),
            "passed": made.passed,
            "note": made.note,
            **dict(made.measured),
        }
        show(shown, as_json=as_json)


@click.command("check")
@click.argument(
    "kind", type=click.Choice([each.value for each in CheckKind]), required=False
)
@click.option("--on", type=DAY, help="the day it was done, KST; default: today")
@click.option("--good", multiple=True, help="something looked at that was good")
@click.option("--bad", multiple=True, help="something that was not; ITEM or ITEM=WHY")
@click.option(
    "--display", "displays", multiple=True, help="NAME:SIZE_MM:PITCH_UM:BITS (제16조)"
)
@workshop_option
@key_option
@login_option
@json_option
@click.pass_obj
def check(
    settings: Settings,
    kind: str | None,
    on: dt.datetime | None,
    good: tuple[str, ...],
    bad: tuple[str, ...],
    displays: tuple[str, ...],
    workshop: str,
    key: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Enter a check of the workshop; without a KIND, list what is due and overdue."""
    if kind is None:
        with opened(settings, reader=True) as office:
            who = acting(office, login, Action.SCAN_VIEW)
            rows = [
                {
                    "check": one.kind.value,
                    "last": one.last or "",
                    "due": one.due or "not stated",
                    "overdue": one.overdue,
                    "article": one.article,
                }
                for one in office.scan.due_checks(who, workshop=workshop)
            ]
            show_rows(rows, as_json=as_json)
        return
    given = (*good, "", *bad, "", *displays)
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_STAFF)
        day = on.date() if on else kst_date(office.clock.now())
        made = office.scan.check_workshop(
            who,
            key=key or key_of("check", kind, str(day), workshop, *given),
            kind=CheckKind(kind),
            on=day,
            items=[
                *(CheckItem(name=each, good=True) for each in good),
                *(_bad_item(each) for each in bad),
            ],
            displays=[_display(each) for each in displays],
            workshop=workshop,
        )
        values = {
            "check": kind,
            "on": made.on,
            "good": made.good,
            "items": len(made.items),
            "bad": [f"{i.name}: {i.note}" for i in made.items if not i.good],
            "papers until": made.papers_until,
        }
        show(values, as_json=as_json)


@click.command("readiness")
@click.option("--missing", is_flag=True, help="only what is not done yet")
@workshop_option
@login_option
@json_option
@click.pass_obj
def readiness(
    settings: Settings,
    missing: bool,
    workshop: str,
    login: str | None,
    as_json: bool,
) -> None:
    """List what a workshop needs before it may begin, done and missing."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        rows = [
            {
                "area": one.area,
                "item": one.name,
                "done": one.done,
                "to do": one.todo,
                "article": one.article,
            }
            for one in office.scan.readiness(who, workshop=workshop)
            if not (missing and one.done)
        ]
        show_rows(rows, as_json=as_json)


def _toml(file: Path, data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is no TOML ({error}); correct it.") from error


def _regulation_row(one: Regulation) -> dict[str, Any]:
    return {
        "number": one.number,
        "registered": one.registered_on,
        "from": one.effective_from,
        "workshop": one.workshop,
        "process": ", ".join(each.value for each in one.processes),
        "revises": one.revises,
        "contents": len(one.contents),
        "inspection": one.inspection.value if one.inspection else "not stated",
    }


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no whole number.") from error


def _measured(text: str) -> tuple[str, int]:
    name, sign, value = text.partition("=")
    if not sign:
        raise InputError(f"--value is NAME=WHOLE NUMBER, not {text!r}.")
    return name, _whole(value)


def _bad_item(text: str) -> CheckItem:
    name, _, note = text.partition("=")
    return CheckItem(name=name, good=False, note=note)


def _display(text: str) -> Display:
    parts: Sequence[str] = text.rsplit(":", 3)
    if len(parts) != len(("name", "size", "pitch", "bits")):
        raise InputError(f"--display is NAME:SIZE_MM:PITCH_UM:BITS, not {text!r}.")
    size, pitch, bits = map(_whole, parts[1:])
    return Display(name=parts[0], size_mm=size, pitch_um=pitch, bits=bits)


COMMANDS = (regulation, device, device_test, check, readiness)
