"""Commands of the index and inspection desks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.base.errors import InputError, UnsupportedError
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
from paperless_kernel.scan.model import DocumentState, RejectReason

if TYPE_CHECKING:
    from paperless_kernel.scan.inspection.model import Sample
    from paperless_kernel.scan.model import Page, ScanDocument

_reason = click.option(
    "--reason",
    type=click.Choice([each.value for each in RejectReason]),
    help="one of the eight (제50조)",
)
_note = click.option("--note", default="", help="what is wrong, or why")


@click.command("classes")
@login_option
@json_option
@click.pass_obj
def classes(settings: Settings, login: str | None, as_json: bool) -> None:
    """List the document classes, their fields, and what becomes of their paper."""
    with opened(settings, reader=True) as office:
        acting(office, login, Action.SCAN_VIEW)
        known = office.scan.document_classes()
        show_rows(
            [
                {
                    "class": each.code,
                    "name": each.name,
                    "job": each.job,
                    "paper": each.paper.value,
                    "lossless": each.lossless,
                    "two people": each.twice,
                    "fields": ", ".join(
                        f"{one.code}{'*' if one.required else ''}:{one.kind}"
                        for one in each.fields
                    ),
                }
                for each in known
            ],
            as_json=as_json,
        )


@click.command("documents")
@click.argument("batch")
@login_option
@json_option
@click.pass_obj
def documents(settings: Settings, batch: str, login: str | None, as_json: bool) -> None:
    """List a BATCH's documents with their index, and what it still waits for."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        found = office.scan.documents(who, batch)
        show_rows([_document(each) for each in found], as_json=as_json)


@click.command("index")
@click.argument("document")
@click.option("--title", required=True, help="문서명")
@click.option("--kind", required=True, help="문서유형, by class name, code, or free")
@click.option("--keyword", "keywords", multiple=True, help="검색어; may repeat")
@click.option("--path", default="", help="분류체계 as a/b/c; default: the class's own")
@click.option("--field", "fields", multiple=True, help="code=value; may repeat")
@click.option("--take", multiple=True, help="field whose OCR suggestion is accepted")
@click.option("--sure", multiple=True, help="field that stands on the paper as typed")
@login_option
@json_option
@click.pass_obj
def index(
    settings: Settings,
    document: str,
    title: str,
    kind: str,
    keywords: tuple[str, ...],
    path: str,
    fields: tuple[str, ...],
    take: tuple[str, ...],
    sure: tuple[str, ...],
    login: str | None,
    as_json: bool,
) -> None:
    """Write a DOCUMENT's index: title, type, keywords, classification, fields."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_INDEX)
        made = office.scan.index(
            who,
            document,
            title=title,
            kind=kind,
            keywords=keywords,
            path=[each for each in path.split("/") if each],
            fields=_pairs(fields, "--field"),
            take=take,
            sure=sure,
        )
        show(_document(made), as_json=as_json)


@click.command("list-match")
@click.argument("batch")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--typed", multiple=True, help="document=key where no code can be read")
@login_option
@json_option
@click.pass_obj
def list_match(
    settings: Settings,
    batch: str,
    file: Path,
    typed: tuple[str, ...],
    login: str | None,
    as_json: bool,
) -> None:
    """Index a BATCH from the customer's list FILE (CSV, XLSX) by barcode.

    Columns: key, title, and where wanted kind, keywords (split at ;) and field codes.
    """
    from paperless_kernel.adapters.tables import read_list

    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_INDEX)
        with progressing(as_json=as_json) as tell:
            made = office.scan.match_list(
                who,
                batch,
                read_list(file),
                typed=_pairs(typed, "--typed"),
                progress=tell,
            )
        rows = [
            {
                "document": each.document,
                "no": each.number,
                "match": each.state.value,
                "key": each.key,
                "why": each.text,
            }
            for each in made
        ]
        show_rows(rows, as_json=as_json)


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
        show(_document(made), as_json=as_json)


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
        show_rows([_document(each) for each in made], as_json=as_json)
        if warning := office.scan.load_warning(who):
            click.echo(warning, err=True)


@click.command("ocr")
@click.argument("batch")
@login_option
@json_option
@click.pass_obj
def ocr(settings: Settings, batch: str, login: str | None, as_json: bool) -> None:
    """Read a BATCH's pages by tesseract; kill it at will, start it again, add another.

    What is read becomes a value only when a person takes it ('paperless scan index
    --take FIELD') or the class's own rule does.
    """
    from paperless_kernel.adapters.ocr import find_tesseract

    reader = find_tesseract()
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_INDEX)
        with progressing(as_json=as_json) as tell:
            made = office.scan.read_pages(who, batch, reader, progress=tell)
        values: dict[str, Any] = {
            "batch": batch,
            "read": made.done,
            "waiting": made.due,
            "failed": made.failed,
            "engine": reader.name,
        }
        show(values, as_json=as_json)


@click.command("suggest")
@click.argument("document")
@click.option("--kind", default="", help="document class; default: the document's own")
@login_option
@json_option
@click.pass_obj
def suggest(
    settings: Settings, document: str, kind: str, login: str | None, as_json: bool
) -> None:
    """Show what OCR suggests for a DOCUMENT's fields, how surely, and from where."""
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        rows = [
            {
                "field": each.code,
                "label": each.label,
                "value": each.value,
                "confidence": each.confidence,
                "page": each.position,
                "region": f"{each.region.left},{each.region.top},"
                f"{each.region.width},{each.region.height}",
                "doubt": each.doubt,
            }
            for each in office.scan.suggestions(who, document, kind=kind)
        ]
        show_rows(rows, as_json=as_json)


@click.command("data")
@click.argument("batch", nargs=-1, required=True)
@click.option("--kind", required=True, help="document class, by name or code")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="file to write: .csv or .parquet",
)
@login_option
@json_option
@click.pass_obj
def data(
    settings: Settings,
    batch: tuple[str, ...],
    kind: str,
    out: Path,
    login: str | None,
    as_json: bool,
) -> None:
    """Write the fields of BATCHes' documents of a class as a table (CSV, Parquet)."""
    from paperless_kernel.adapters.tables import csv_table, parquet_table
    from paperless_kernel.adapters.wholefiles import put_whole

    written = {".csv": csv_table, ".parquet": parquet_table}.get(out.suffix.lower())
    if written is None:
        raise UnsupportedError(f"{out.name}: write a .csv or a .parquet.")
    with opened(settings) as office:
        who = acting(office, login, Action.SCAN_VIEW)
        table = office.scan.data(who, batch, kind=kind)
        put_whole(out, written(table))
        show(
            {
                "file": str(out),
                "documents": len(table.rows),
                "columns": len(table.columns),
            },
            as_json=as_json,
        )


def _pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    pairs = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or not name:
            raise InputError(f"{option} {each}: write it as name=value.")
        pairs[name.strip()] = value.strip()
    return pairs


def _document(document: ScanDocument) -> dict[str, Any]:
    return {
        "document": document.id,
        "no": document.number,
        "state": document.state.value,
        "title": document.title,
        "kind": document.kind,
        "path": "/".join(document.path),
        "keywords": ", ".join(document.keywords),
        "fields": ", ".join(
            f"{each.code}={each.value} ({each.source})" for each in document.fields
        ),
        "waits": document.waits,
        "differing": ", ".join(document.differing),
    }


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


COMMANDS = (
    classes,
    data,
    documents,
    held,
    index,
    inspect,
    list_match,
    ocr,
    pass_documents,
    reject_document,
    sampling,
    suggest,
)
