"""Commands of the workshop's records: reports, reconciliation, the audit log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.adapters.wholefiles import put_whole
from paperless_kernel.base.clock import kst_date, kst_text
from paperless_kernel.cli.scan.naming import key_of
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    show,
    show_rows,
)
from paperless_kernel.config import Settings
from paperless_kernel.scan.reports.counts import Scope
from paperless_kernel.scan.reports.log import LogFilter, LogKind
from paperless_kernel.scan.reports.model import (
    RegisterContent,
    Report,
    ReportKind,
)
from paperless_kernel.scan.reports.papers import sheets, with_names

if TYPE_CHECKING:
    from paperless_kernel.base.ids import Actor
    from paperless_kernel.office import Office

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OTHERS = (ReportKind.RECONCILIATION, ReportKind.LOG)
_KINDS = [kind.value for kind in ReportKind if kind not in _OTHERS]


def _days(command: _Command) -> _Command:
    """Add the days a report is of."""
    day = click.DateTime(formats=["%Y-%m-%d"])
    for name, into, text in (
        ("--to", "until", "last day (KST); default: today"),
        ("--from", "since", "first day (KST); default: the first of that month"),
    ):
        command = click.option(name, into, type=day, help=text)(command)
    return command


def _files(command: _Command) -> _Command:
    """Add where a report is written."""
    path = click.Path(path_type=Path, dir_okay=False)
    for name, text in (
        ("--pdf", "write a signed PDF/A to this file"),
        ("--xlsx", "write a workbook to this file"),
    ):
        command = click.option(name, type=path, help=text)(command)
    return command


@click.command("report")
@click.argument("kind", type=click.Choice(_KINDS))
@_days
@click.option("--workshop", default="", help="id of a workshop; default: our own")
@_files
@login_option
@json_option
@click.pass_obj
def report(
    settings: Settings,
    kind: str,
    since: dt.datetime | None,
    until: dt.datetime | None,
    workshop: str,
    xlsx: Path | None,
    pdf: Path | None,
    login: str | None,
    *,
    as_json: bool,
) -> None:
    """Report on the workshop: register, quarter, load, education, rejects, checks."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        first, last = _span(office, since, until)
        made = office.scan.report(who, ReportKind(kind), first, last, workshop=workshop)
        _put(office, who, made, xlsx, pdf, as_json=as_json)


@click.command("reconcile")
@click.option("--order", default="", help="number or id of a work order")
@click.option("--box", default="", help="seal or id of a box")
@click.option("--day", type=click.DateTime(formats=["%Y-%m-%d"]), help="Korean day")
@_files
@login_option
@json_option
@click.pass_obj
def reconcile(
    settings: Settings,
    order: str,
    box: str,
    day: dt.datetime | None,
    xlsx: Path | None,
    pdf: Path | None,
    login: str | None,
    *,
    as_json: bool,
) -> None:
    """Hold sheets in, sides, seals, deposits, receipts and bills together.

    By work order, box, day and batch; every difference is named by its page.
    """
    from paperless_kernel.flows.reconcile import outside_of
    from paperless_kernel.wiring import MACHINE

    on = day.date() if day else None
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        outside = outside_of(
            MACHINE, vault=office.journals["vault"], billing=office.billing
        )
        scope = Scope(order=order, box=box, since=on, until=on)
        made = office.scan.reconciliation_report(who, scope, outside)
        _put(office, who, made, xlsx, pdf, as_json=as_json)


@click.command("log")
@_days
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in LogKind]),
    help="one of the three logs",
)
@click.option("--tag", default="", help="beginning of the event, such as scan:page")
@click.option("--actor", default="", help="login or id of who did it")
@click.option("--subject", default="", help="id of what it is about")
@_files
@login_option
@json_option
@click.pass_obj
def log(
    settings: Settings,
    since: dt.datetime | None,
    until: dt.datetime | None,
    kind: str | None,
    tag: str,
    actor: str,
    subject: str,
    xlsx: Path | None,
    pdf: Path | None,
    login: str | None,
    *,
    as_json: bool,
) -> None:
    """Show the audit log: who did what, each entry with its place and hash."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        first, last = _span(office, since, until)
        logins = {user.login: user.id for user in office.access.users()}
        wanted = LogFilter(
            since=first,
            until=last,
            kind=LogKind(kind) if kind else None,
            tag=tag,
            actor=logins.get(actor, actor),
            subject=subject,
        )
        made = office.scan.audit_log(who, wanted, others=[office.journals["access"]])
        _put(office, who, made, xlsx, pdf, as_json=as_json)


@click.command("register-item")
@click.argument("number", type=int)
@click.argument("wording")
@click.option(
    "--content",
    type=click.Choice([content.value for content in RegisterContent]),
    default=RegisterContent.OWN.value,
    show_default=True,
    help="which records fill it; own: lines written with register-note",
)
@login_option
@json_option
@click.pass_obj
def register_item(
    settings: Settings,
    number: int,
    wording: str,
    content: str,
    login: str | None,
    *,
    as_json: bool,
) -> None:
    """Word one of the register's ten items as in your registered rules (제8조)."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_STAFF)
        made = office.scan.word_register(
            who, number=number, wording=wording, content=RegisterContent(content)
        )
        values = {"item": made.number, "wording": made.wording}
        show({**values, "content": made.content.value}, as_json=as_json)


@click.command("register-note")
@click.argument("number", type=int)
@click.argument("text")
@click.option("--on", type=click.DateTime(formats=["%Y-%m-%d"]), help="default: today")
@login_option
@json_option
@click.pass_obj
def register_note(
    settings: Settings,
    number: int,
    text: str,
    on: dt.datetime | None,
    login: str | None,
    *,
    as_json: bool,
) -> None:
    """Write a line into an item of the register; the same again changes nothing."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_STAFF)
        day = on.date() if on else kst_date(office.clock.now())
        made = office.scan.note_in_register(
            who,
            key=key_of(str(number), str(day), text),
            number=number,
            on=day,
            text=text,
        )
        values = {"item": made.number, "day": made.on.isoformat()}
        show({**values, "text": made.text}, as_json=as_json)


@click.command("lossy")
@click.argument("batch")
@click.option("--page", "pages", multiple=True, help="compared; may be given again")
@click.option("--bad", is_flag=True, help="something on the paper was lost")
@click.option("--note", default="", help="what was found")
@login_option
@json_option
@click.pass_obj
def lossy(
    settings: Settings,
    batch: str,
    pages: tuple[str, ...],
    bad: bool,
    note: str,
    login: str | None,
    *,
    as_json: bool,
) -> None:
    """Record that pages coded with loss were compared with their paper (제35조).

    Without --page, lists the pages of the batch that were coded with loss.
    """
    with opened(settings) as office:
        if not pages:
            who = acting(office, login, Action.SCAN_VIEW)
            found = office.scan.lossy_pages(who, batch)
            show_rows([{"page": page} for page in found], as_json=as_json)
            return
        who = acting(office, login, Action.SCAN_INSPECT)
        made = office.scan.record_sample(
            who,
            key=key_of(batch, *pages, str(bad), note),
            batch=batch,
            pages=pages,
            good=not bad,
            note=note,
        )
        values = {"sample": made.id, "compared": len(made.pages)}
        show({**values, "of": made.population, "good": made.good}, as_json=as_json)


def _span(
    office: Office, since: dt.datetime | None, until: dt.datetime | None
) -> tuple[dt.date, dt.date]:
    last = until.date() if until else kst_date(office.clock.now())
    return since.date() if since else last.replace(day=1), last


def _put(
    office: Office,
    who: Actor,
    made: Report,
    xlsx: Path | None,
    pdf: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write a report where it is wanted; print it when no file is named."""
    from paperless_kernel.adapters.spreadsheet import XlsxSpreadsheet

    named = with_names(made, {user.id: user.name for user in office.access.users()})
    if xlsx:
        book = XlsxSpreadsheet().workbook(
            named.title, sheets(named), made_at=named.made_at
        )
        put_whole(xlsx, book)
        click.echo(str(xlsx), err=as_json)
    if pdf:
        put_whole(pdf, office.scan.report_paper(who, named))
        click.echo(str(pdf), err=as_json)
    if as_json:
        show(_plain(made), as_json=True)
    elif not xlsx and not pdf:
        _print(named)


def _plain(made: Report) -> dict[str, Any]:
    return {
        "kind": made.kind.value,
        "title": made.title,
        "since": made.since.isoformat(),
        "until": made.until.isoformat(),
        "made_at": kst_text(made.made_at),
        "made_by": made.made_by,
        "facts": dict(made.facts),
        "tables": [
            {
                "title": table.title_en,
                "columns": [column.en for column in table.columns],
                "rows": table.rows,
                "note": table.note,
            }
            for table in made.tables
        ],
    }


def _print(made: Report) -> None:
    click.echo(f"{made.title} {made.title_en}  {made.since} – {made.until}")
    for name, value in made.facts:
        click.echo(f"{name}  {value}")
    for table in made.tables:
        click.echo(f"\n{table.title} {table.title_en}")
        if not table.rows:
            click.echo("none in this period")
            continue
        heads = [column.en for column in table.columns]
        show_rows(
            [dict(zip(heads, row, strict=True)) for row in table.rows], as_json=False
        )


COMMANDS = (report, reconcile, log, register_item, register_note, lossy)
