"""Writes the reference pages that follow from the code: settings, errors, commands.

Run it after changing one of them (``python docs/reference/make.py``); a test compares.
``events.md`` beside them is written by hand, and a test compares its tags.
"""

# ruff: noqa: INP001 - a script, not a package

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

from paperless_kernel.base import errors
from paperless_kernel.base.errors import PaperlessError
from paperless_kernel.cli import main
from paperless_kernel.config import Settings

HERE = Path(__file__).parent


def settings_page() -> str:
    """Return the page of every setting."""
    lines = [
        "# Settings",
        "",
        "Each is read from its environment variable, else from `paperless.toml` in the",
        "working directory, else its default holds. An unknown name in the file is an",
        "error. No setting gives legal force.",
        "",
        "| in paperless.toml | in the environment | default | what |",
        "|---|---|---|---|",
    ]
    for each in fields(Settings):
        default = f"`{each.default}`" if each.default != "" else "(empty)"
        name = f"`{each.name}` | `PAPERLESS_{each.name.upper()}`"
        lines.append(f"| {name} | {default} | {each.metadata['help']} |")
    return _page(lines)


def errors_page() -> str:
    """Return the page of every error class, by what to do next."""
    lines = [
        "# Errors and exit codes",
        "",
        "An error's text says what happened and what to do. Programs match on its",
        'code: a command given `--json` prints `{"error": code, "text": text}` and',
        "ends with the exit code; the HTTP API answers with the status. Exit code 0:",
        "done, or a verdict that holds. Exit code 2: the command line was wrong.",
        "",
        "| class | code | exit code | HTTP status | what it means and what to do |",
        "|---|---|--:|--:|---|",
    ]
    for each in error_classes():
        meaning = " ".join(
            inspect.cleandoc(each.__doc__ or "").split("\n\n")[0].split()
        )
        numbers = f"{each.exit_code} | {each.http_status}"
        lines.append(f"| `{each.__name__}` | `{each.code}` | {numbers} | {meaning} |")
    return _page(lines)


def error_classes() -> list[type[PaperlessError]]:
    """Return every error class, the root first, by exit code."""
    found = [each for _, each in inspect.getmembers(errors, inspect.isclass)]
    ours = [each for each in found if issubclass(each, PaperlessError)]
    return sorted(ours, key=lambda each: each.exit_code)


def commands_page() -> str:
    """Return the page of every command, its arguments and options."""
    lines = [
        "# Commands",
        "",
        "Times are shown in KST; `--json` prints one line for programs. For exit codes",
        "see [errors](errors.md), for defaults [settings](settings.md).",
        "",
    ]
    for path, command in commands():
        lines += [f"## `{path}`", "", inspect.cleandoc(command.help or ""), ""]
        lines += [*_options(path, command), ""]
    return _page(lines)


def commands(
    command: click.Command = main, path: str = "paperless"
) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its path, a group before what is in it."""
    yield path, command
    if isinstance(command, click.Group):
        for name, each in sorted(command.commands.items()):
            if not each.hidden:
                yield from commands(each, f"{path} {name}")


def _options(path: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    shown = " ".join(command.collect_usage_pieces(context))
    yield f"    {path} {shown}"
    records = [each.get_help_record(context) for each in command.params]
    rows = [each for each in records if each and each[1]]
    if rows:
        yield ""
        yield "| option | what |"
        yield "|---|---|"
    for names, text in rows:
        cells = (names.replace("|", "\\|"), text.replace("|", "\\|"))
        yield f"| `{cells[0]}` | {cells[1]} |"


def _page(lines: list[str]) -> str:
    return "\n".join([*lines, ""]).replace("\n\n\n", "\n\n").rstrip("\n") + "\n"


PAGES = {
    "settings.md": settings_page,
    "errors.md": errors_page,
    "commands.md": commands_page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), "utf-8")
