"""Commands of the inspection desk: decisions, samples, passing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.base.errors import InputError
from paperless_kernel.cli.scan.indexing import document_row
from paperless_kernel.cli.shell import (
    acting,
    json_option,
    login_option,
    opened,
    progressing,
    show,
    show_rows,
)
from paperless_kernel.config import Settings
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import RejectReason

if TYPE_CHECKING:
    from paperless_kernel.scan.inspection.model import Sample
    from paperless_kernel.scan.model import Page


_reason = click.option(
    "--reason",
    type=click.Choice([each.value for each in RejectReason]),
    help="one of the eight (제50조)",
)


_note = click.option("--note", default="", help="what is wrong, or why")


@click.command("held")
@click.argument("batch")
@login_option
@json_option
@click.pass_obj
def held(settings: Settings, batch: str, login: str | None, as_json: bool) -> None:
    """List the pages of a BATCH that wait for a person, with what was measured."""
    with opened(settings, reader=True) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        rows = [
            {
                "page": each.page.id,
                "place": each.page.label,
                "document": each.document,
                "state": each.page.state.value,
                "verdict": each.page.verdict.value,
                "measured": "; ".join(
                    f"{one.check} {one.value} (limit {one.limit} {one.unit})"
                    for one in each.findings
                ),
            }
            for each in office.scan.held_pages(who, batch)
        ]
        show_rows(rows, as_json=as_json)


@click.command("inspect")
@click.argument("decision", type=click.Choice(["accept", "reject", "aside", "undo"]))
@click.argument("page")
@_reason
@_note
@login_option
@json_option
@click.pass_obj
def inspect(
    settings: Settings,
    decision: str,
    page: str,
    reason: str | None,
    note: str,
    login: str | None,
    as_json: bool,
) -> None:
    """Decide about a PAGE: accept, reject or set aside with a reason, or undo."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_INSPECT)
        scan = office.scan
        if decision == "accept":
            made = scan.accept_page(who, page, note=note)
        elif decision == "undo":
            made = scan.undo(who, page, note=note)
        elif reason is None:
            raise InputError("Say why: --reason, one of the eight (제50조).")
        elif decision == "reject":
            made = scan.reject_page(who, page, RejectReason(reason), note=note)
        else:
            made = scan.set_aside(who, page, RejectReason(reason), note=note)
        show(_page(made), as_json=as_json)


@click.command("reject-document")
@click.argument("document")
@_reason
@_note
@login_option
@json_option
@click.pass_obj
def reject_document(
    settings: Settings,
    document: str,
    reason: str | None,
    note: str,
    login: str | None,
    as_json: bool,
) -> None:
    """Find a DOCUMENT defective in content inspection, and say what is wrong."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_INSPECT)
        if reason is None:
            raise InputError("Say why: --reason, one of the eight (제50조).")
        made = office.scan.reject_document(
            who, document, RejectReason(reason), note=note
        )
        show(document_row(made), as_json=as_json)


@click.command("sampling")
@click.argument("batch")
@click.option("--judge", is_flag=True, help="say how the sample came out")
@login_option
@json_option
@click.pass_obj
def sampling(
    settings: Settings, batch: str, judge: bool, login: str | None, as_json: bool
) -> None:
    """Draw a BATCH's sample by its registered plan, show it, or judge it."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_INSPECT)
        draw = office.scan.judge_sample if judge else office.scan.draw_sample
        show(_sample(draw(who, batch)), as_json=as_json)


@click.command("pass")
@click.argument("document", nargs=-1)
@click.option("--batch", help="every document of this batch that has an index")
@click.option("--rest", is_flag=True, help="those outside the batch's passed sample")
@login_option
@json_option
@click.pass_obj
def pass_documents(
    settings: Settings,
    document: tuple[str, ...],
    batch: str | None,
    rest: bool,
    login: str | None,
    as_json: bool,
) -> None:
    """Pass DOCUMENTs after content inspection, or by a passed sample (--rest)."""
    if bool(document) == bool(batch) or (rest and not batch):
        raise InputError("Name documents, or --batch, or --batch with --rest.")
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_INSPECT)
        if rest and batch:
            made = office.scan.pass_rest(who, batch)
        else:
            wanted = document or [
                each.id
                for each in office.scan.documents(who, batch or "")
                if each.state is DocumentState.INDEXED
            ]
            with progressing(as_json=as_json) as tell:
                made = ()
                for done, each in enumerate(wanted, 1):
                    made += (office.scan.pass_document(who, each),)
                    tell("scan pass", done, len(wanted))
        load = office.scan.inspection_load(who, made[0].batch) if made else None
        if load is not None and load.warning:
            click.echo(load.warning, err=True)
        show_rows([document_row(each) for each in made], as_json=as_json)
        if warning := office.scan.load_warning(who):
            click.echo(warning, err=True)


def _page(page: Page) -> dict[str, Any]:
    return {
        "page": page.id,
        "place": page.label,
        "state": page.state.value,
        "verdict": page.verdict.value,
    }


def _sample(made: Sample) -> dict[str, Any]:
    plan = made.plan
    return {
        "batch": made.batch,
        "verdict": made.verdict.value,
        "standard": f"ISO 2859-1 level {plan.level}, AQL {plan.aql}, {plan.letter}",
        "lot": plan.lot,
        "size": plan.size,
        "accept": plan.accept,
        "defects": made.defects,
        "seed": made.seed,
        "documents": ", ".join(made.documents),
    }


COMMANDS = (held, inspect, reject_document, sampling, pass_documents)
