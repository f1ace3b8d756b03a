"""Commands on the office as a whole: init, demo, serve, status, verify."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from paperless_kernel.base.clock import SystemClock, kst_text
from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.cli.access import access
from paperless_kernel.cli.billing import billing
from paperless_kernel.cli.notice import notice
from paperless_kernel.cli.scan import scan
from paperless_kernel.cli.shell import (
    Commands,
    json_option,
    opened,
    passphrase_of,
    show,
)
from paperless_kernel.cli.vault import vault
from paperless_kernel.config import Settings, load, notebooks_folder
from paperless_kernel.trust.anchors import Anchor

Language = Literal["ko", "en"]


@click.group(cls=Commands)
@click.version_option(version="0.1.0", prog_name="paperless")
@click.option("--home", help="the office's folder (PAPERLESS_HOME, default ./office)")
@click.option("-v", "--verbose", is_flag=True, help="log what happens to stderr")
@click.pass_context
def main(context: click.Context, home: str | None, verbose: bool) -> None:
    """A records office: scanning, vault, notices and billing that anyone can check.

    Begin with 'paperless demo': a box of paper becomes sealed documents, a certificate,
    a notice and an invoice in ./office. 'paperless serve' then opens the workbench.
    """
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    level = logging.INFO if verbose else logging.WARNING
    logging.getLogger("paperless_kernel").setLevel(level)
    context.obj = load(home=home)


for _group in (access, scan, vault, notice, billing):
    main.add_command(_group)


@main.command()
@click.option("--name", required=True, help="the office's name, on its certificates")
@click.option("--admin", default="admin", show_default=True, help="first login")
@json_option
@click.pass_obj
def init(settings: Settings, name: str, admin: str, as_json: bool) -> None:
    """Make an office: keys, certificates, tables and a first administrator."""
    from paperless_kernel.base.ids import Role
    from paperless_kernel.founding import make_office
    from paperless_kernel.office import FOUNDER

    find = passphrase_of(settings)
    make_office(settings, name=name, kind="office", passphrase=find)
    with opened(settings, passphrase=find) as office:
        # Asked again by the next init, should this one end before it is answered.
        if not office.access.users():
            password = click.prompt(
                f"password for {admin} (8 characters or more)",
                hide_input=True,
                confirmation_prompt=True,
            )
            office.access.add_user(
                FOUNDER,
                login=admin,
                name=admin,
                roles=frozenset({Role.SYSTEM_ADMIN}),
                password=password,
            )
        show(
            {
                "office": office.facts.name,
                "folder": str(settings.folder),
                "root certificate": office.root_fingerprint,
            },
            as_json=as_json,
        )


@main.command()
@click.option("--pages", type=click.Path(path_type=Path), help="a folder of real scans")
@click.option("--small", is_flag=True, help="six pages instead of eighteen")
@json_option
@click.pass_obj
def demo(settings: Settings, pages: Path | None, small: bool, as_json: bool) -> None:
    """Take a box of paper through all four businesses, on a trial clock.

    Makes a demo office (default ./office). Run it again: nothing is lost, nothing is
    doubled. With --pages, the same for a folder of scans.
    """
    from paperless_kernel.demo.show import as_json as outcome_json
    from paperless_kernel.demo.show import show as show_outcome
    from paperless_kernel.demo.story import tell

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description:<16}"),
        BarColumn(),
        TextColumn("{task.completed:>4.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        console=console,
        disable=as_json or not console.is_terminal,
    ) as bars:
        outcome = tell(settings, pages=pages, small=small, progress=_shown_on(bars))
    if as_json:
        click.echo(json.dumps(outcome_json(outcome), ensure_ascii=False))
    else:
        show_outcome(Console(), outcome)
    sys.exit(0 if outcome.good else EvidenceError.exit_code)


def _shown_on(bars: Progress) -> Callable[[str, int, int], None]:
    tasks: dict[str, TaskID] = {}

    def tell(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bars.add_task(what, total=total)
        bars.update(tasks[what], completed=done, total=total)

    return tell


@main.command()
@click.option("--port", type=int, help="the workbench's port (PAPERLESS_PORT, 8866)")
@click.pass_obj
def serve(settings: Settings, port: int | None) -> None:
    """Serve the workbench and the recipients' pages on this machine; Ctrl-C stops."""
    from paperless_kernel.serving import serve as run

    run(replace(settings, port=port) if port else settings, passphrase_of(settings))


@main.command()
@click.pass_obj
def lab(settings: Settings) -> None:
    """Open JupyterLab on the notebooks, with this office at hand."""
    environment = {**os.environ, "PAPERLESS_HOME": str(settings.folder.resolve())}
    command = [sys.executable, "-m", "jupyterlab", str(notebooks_folder())]
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603


@main.command()
@json_option
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """Show the office in numbers: the four businesses, the logs, the clock."""
    with opened(settings, reader=True) as office:
        seen = office.snapshot()
        numbers = {
            f"{section.business.value} {figure.key}": figure.value
            for section in seen.sections
            for figure in section.figures
        }
        logs = {f"log {each.journal}": each.size for each in seen.journals}
        show(
            {
                "office": office.facts.name,
                "time": kst_text(seen.taken_at),
                "clock ahead by": f"{seen.clock_shift.total_seconds():.0f} s",
                "trial": seen.trial,
                "root certificate": seen.root_fingerprint,
                **numbers,
                **logs,
            },
            as_json=as_json,
        )


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
    lang: Language | None,
    as_json: bool,
) -> None:
    """Judge a file: intact, by whom, when, in which log. Needs no office.

    FILE is a sealed scan, a certificate PDF, an .acr bundle or a log checkpoint. A
    record beside it (NAME.ers for NAME.pdf) is used by itself. Anchors default to this
    office's root and logs, where there is an office.
    """
    from paperless_kernel.adapters.prooffiles import anchor as read_anchor
    from paperless_kernel.adapters.prooffiles import judge

    report = judge(
        file,
        anchors=[read_anchor(each) for each in anchor] or _own_anchors(settings),
        evidence=evidence,
        at=SystemClock().now(),
    )
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        own: Language = "en" if settings.language == "en" else "ko"
        for line in report.lines(lang or own):
            click.echo(line)
    sys.exit(report.exit_code)


def _own_anchors(settings: Settings) -> list[Anchor]:
    """Trust this office's root and logs, where there is an office."""
    from paperless_kernel.founding import JOURNALS

    if not (settings.folder / "office.json").is_file():
        return []
    with opened(settings, reader=True) as office:
        return [
            Anchor(fingerprint=office.root_fingerprint),
            *(Anchor(vkey=office.keeper.vkey(name)) for name in JOURNALS),
        ]
