"""The command line: parse, one call, show.

Knows commands, what they print and how an error ends a process. Decides nothing: each
command makes one call and shows what came back.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Table

from paperless_kernel.adapters.prooffiles import anchor as read_anchor
from paperless_kernel.adapters.prooffiles import judge
from paperless_kernel.base.clock import SystemClock
from paperless_kernel.base.errors import (
    InputError,
    PaperlessError,
    StorageError,
)
from paperless_kernel.base.ids import Role
from paperless_kernel.config import Settings, load
from paperless_kernel.founding import JOURNALS, make_office
from paperless_kernel.office import FOUNDER, Office, open_office
from paperless_kernel.trust.anchors import Anchor

log = logging.getLogger("paperless_kernel")
Shown = Mapping[str, Any]


class Commands(click.Group):
    """A group whose commands end with one clear line instead of a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401 - click's
        """Run, and turn what went wrong into a line and an exit code."""
        try:
            super().main(*args, **kwargs)
        except PaperlessError as error:
            _fail(error)
        except OSError as error:
            _fail(StorageError(f"{error.strerror or error}: {error.filename or ''}"))
        sys.exit(0)


def _fail(error: PaperlessError) -> NoReturn:
    if "--json" in sys.argv:
        shown = {"error": error.code, "text": str(error)}
        click.echo(json.dumps(shown, ensure_ascii=False))
    click.echo(f"paperless: {error}", err=True)
    sys.exit(error.exit_code)


def _show(values: Shown, *, as_json: bool, title: str = "") -> None:
    """Print one result: a table for people, one line of JSON for programs."""
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False, default=str))
        return
    table = Table(
        title=title or None, show_header=False, box=None, padding=(0, 2, 0, 0)
    )
    for key, value in values.items():
        table.add_row(f"[bold]{key}[/bold]", str(value))
    Console(soft_wrap=True).print(table)


def passphrase_of(settings: Settings) -> Callable[[], bytes]:
    """Return how the keys' passphrase is found: a file, the demo's own, or a prompt."""

    def find() -> bytes:
        named = settings.passphrase_file or str(settings.folder / "passphrase")
        file = Path(named)
        if file.is_file():
            return file.read_bytes().strip()
        if settings.passphrase_file:
            raise InputError(f"there is no passphrase file {file}.")
        typed: str = click.prompt("passphrase of the keys", hide_input=True, err=True)
        return typed.encode()

    return find


def _open(settings: Settings, *, reader: bool = False) -> Office:
    return open_office(settings, passphrase=passphrase_of(settings), reader=reader)


json_option = click.option("--json", "as_json", is_flag=True, help="one JSON line")


@click.group(cls=Commands)
@click.version_option(package_name=None, version="0.1.0", prog_name="paperless")
@click.option("--home", help="the office's folder (PAPERLESS_HOME, default ./office)")
@click.option("-v", "--verbose", is_flag=True, help="log what happens to stderr")
@click.pass_context
def main(context: click.Context, home: str | None, verbose: bool) -> None:
    """A records office: scanning, vault, notices and billing that anyone can check.

    Begin with 'paperless demo': a box of paper becomes sealed documents, a certificate,
    a notice and an invoice in ./office. 'paperless serve' then opens the workbench.
    """
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    log.setLevel(logging.INFO if verbose else logging.WARNING)
    context.obj = load(home=home)


@main.command()
@click.option("--name", required=True, help="the office's name, on its certificates")
@click.option("--admin", default="admin", show_default=True, help="first login")
@click.pass_obj
def init(settings: Settings, name: str, admin: str) -> None:
    """Make an office: keys, certificates, tables and a first administrator."""
    find = passphrase_of(settings)
    made = make_office(settings, name=name, kind="office", passphrase=find)
    with _open(settings) as office:
        if made:
            password = click.prompt(
                f"password for {admin}", hide_input=True, confirmation_prompt=True
            )
            office.access.add_user(
                FOUNDER,
                login=admin,
                name=admin,
                roles=frozenset({Role.SYSTEM_ADMIN}),
                password=password,
            )
        click.echo(f"{settings.folder}: {office.facts.name}")
        click.echo(f"root certificate {office.root_fingerprint}")


@main.command()
@json_option
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """Show the office in numbers: the four businesses, the logs, the clock."""
    with _open(settings, reader=True) as office:
        _show(office.status(), as_json=as_json, title=office.facts.name)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--anchor", multiple=True, help="certificate file, vkey or fingerprint")
@click.option("--evidence", type=click.Path(path_type=Path), help="the evidence record")
@click.option("--lang", type=click.Choice(["ko", "en"]), help="language of the verdict")
@json_option
@click.pass_obj
def verify(
    settings: Settings,
    file: Path,
    anchor: tuple[str, ...],
    evidence: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """Judge a file: intact, by whom, when, in which log. Needs no office.

    FILE is a sealed scan, a certificate PDF, an .acr bundle or a log checkpoint. A
    record beside it (FILE.ers) is used by itself; anchors default to this office's.
    """
    given = [read_anchor(each) for each in anchor] or _own_anchors(settings)
    report = judge(file, anchors=given, evidence=evidence, at=SystemClock().now())
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        for line in report.lines(lang or settings.language):
            click.echo(line)
    sys.exit(report.exit_code)


def _own_anchors(settings: Settings) -> list[Anchor]:
    """Trust this office's root and logs, where there is an office."""
    if not (settings.folder / "office.json").is_file():
        return []
    with _open(settings, reader=True) as office:
        return [
            Anchor(fingerprint=office.root_fingerprint),
            *(Anchor(vkey=office.keeper.vkey(name)) for name in JOURNALS),
        ]
