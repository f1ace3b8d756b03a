"""What every command shares: errors as one line, tables, the office, who acts.

Knows a terminal and exit codes. Loads the office only when a command needs it, so that
``--help`` and ``verify`` answer at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from paperless_kernel.base.errors import InputError, PaperlessError, StorageError
from paperless_kernel.base.progress import Progress
from paperless_kernel.config import Settings

if TYPE_CHECKING:
    from paperless_kernel.access.permissions import Action
    from paperless_kernel.base.ids import Actor
    from paperless_kernel.office import Office

Shown = Mapping[str, Any]

_WIDE = 400

json_option = click.option("--json", "as_json", is_flag=True, help="one JSON line")
login_option = click.option("--login", help="who acts; asks for the password")


class Commands(click.Group):
    """A group whose commands end with one clear line instead of a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401 - click's
        """Run, and turn what went wrong into a line and an exit code."""
        try:
            super().main(*args, **kwargs)
        except PaperlessError as error:
            fail(error)
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            said = f"{error.strerror or error}{where}"
            fail(StorageError(f"{said}; check path, rights and space, then try again."))
        sys.exit(0)


def fail(error: PaperlessError) -> NoReturn:
    """Print an error for people (and programs, with ``--json``) and end."""
    if "--json" in sys.argv:
        shown = {"error": error.code, "text": str(error)}
        click.echo(json.dumps(shown, ensure_ascii=False))
    click.echo(f"paperless: {error}", err=True)
    sys.exit(error.exit_code)


def show(values: Shown, *, as_json: bool, title: str = "") -> None:
    """Print one result: a table for people, one line of JSON for programs."""
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False, default=str))
        return
    if title:
        click.echo(title)
    width = max((len(key) for key in values), default=0)
    for key, value in values.items():
        click.echo(f"{key:<{width}}  {value}")


def show_rows(rows: Sequence[Shown], *, as_json: bool) -> None:
    """Print a list: a table for people, one line of JSON for programs."""
    if as_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, default=str))
        return
    if not rows:
        click.echo("nothing here yet; 'paperless demo' fills a trial office.")
        return
    table = Table(box=None)
    for key in rows[0]:
        table.add_column(key, no_wrap=True)  # ids are copied from here
    for row in rows:
        table.add_row(*(escape(str(value)) for value in row.values()))
    Console(width=_WIDE).print(table)


@contextmanager
def progressing(*, as_json: bool) -> Iterator[Progress]:
    """Show how far long work is, on a terminal and not beside JSON."""
    from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    tasks: dict[str, TaskID] = {}
    with Bars(
        TextColumn("{task.description:<16}"),
        BarColumn(),
        TextColumn("{task.completed:>4.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        console=console,
        disable=as_json or not console.is_terminal,
    ) as bars:

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield tell


def passphrase_of(settings: Settings) -> Callable[[], bytes]:
    """Return how the keys' passphrase is found: a file, the demo's own, a prompt.

    It is asked for once, and twice over where it is to lock new keys.
    """
    from paperless_kernel.founding import FACTS, read_facts

    @cache
    def find() -> bytes:
        new = not (settings.folder / FACTS).exists()
        if settings.passphrase_file:
            return _first_line(Path(settings.passphrase_file))
        if not new and read_facts(settings.folder).kind == "demo":
            return _first_line(settings.folder / "passphrase")
        typed: str = click.prompt(
            "passphrase of the keys", hide_input=True, confirmation_prompt=new, err=True
        )
        return typed.encode()

    return find


def _first_line(file: Path) -> bytes:
    try:
        return file.read_bytes().strip()
    except OSError as error:
        raise InputError(
            f"the passphrase file {file} cannot be read ({error.strerror}); correct "
            "PAPERLESS_PASSPHRASE_FILE, or unset it to be asked."
        ) from error


@contextmanager
def opened(
    settings: Settings,
    *,
    reader: bool = False,
    passphrase: Callable[[], bytes] | None = None,
) -> Iterator[Office]:
    """Open the office for one command; as its keeper unless ``reader``."""
    from paperless_kernel.office import open_office

    with open_office(
        settings, passphrase=passphrase or passphrase_of(settings), reader=reader
    ) as office:
        yield office


def acting(office: Office, login: str | None, action: Action) -> Actor:
    """Return who acts: a login with its password, or the demo's own person.

    Raises:
        InputError: a real office needs ``--login``.
        NotAllowedError: the password is wrong.
    """
    if login is None:
        if not office.is_demo:
            raise InputError("say who acts: --login NAME.")
        from paperless_kernel.demo.people import who_may

        who = who_may(office, action)
        click.echo(f"acting as {who.name}", err=True)
        return who
    given = os.environ.get("PAPERLESS_PASSWORD_FILE")
    if given:
        return office.access.log_in(login, _first_line(Path(given)).decode())
    password = click.prompt(f"password of {login}", hide_input=True, err=True)
    return office.access.log_in(login, password)
