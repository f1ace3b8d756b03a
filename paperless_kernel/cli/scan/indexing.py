"""Commands of the index desk: classes, fields, lists, reading, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperless_kernel.access.permissions import Action
from paperless_kernel.base.errors import InputError, UnsupportedError
from paperless_kernel.cli.scan.options import PATH
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

if TYPE_CHECKING:
    from paperless_kernel.scan.documents import ScanDocument


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
        show_rows([document_row(each) for each in found], as_json=as_json)


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
        show(document_row(made), as_json=as_json)


@click.command("list-match")
@click.argument("batch")
@click.argument("file", type=PATH)
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
    type=PATH,
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


def document_row(document: ScanDocument) -> dict[str, Any]:
    """Return a document as it is listed."""
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


COMMANDS = (classes, documents, index, list_match, ocr, suggest, data)
