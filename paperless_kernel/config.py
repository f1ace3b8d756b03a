"""Settings: one frozen value from ``paperless.toml`` and ``PAPERLESS_*``.

Knows names, defaults and help; only ``office`` and the commands read it, and everything
below gets plain values.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from paperless_kernel.base.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an office can be told; every field has a default and a help text.

    A field ``port`` is read from ``PAPERLESS_PORT``, else from ``port`` in
    ``paperless.toml`` in the working directory, else its default holds.
    """

    home: str = field(
        default="./office", metadata={"help": "the office's folder; made by init"}
    )
    host: str = field(default="127.0.0.1", metadata={"help": "where serve listens"})
    port: int = field(default=8866, metadata={"help": "the workbench's port"})
    web_port: int = field(
        default=8867, metadata={"help": "the recipients' pages' port"}
    )
    page_url: str = field(
        default="",
        metadata={"help": "address of those pages; empty: host and web_port"},
    )
    passphrase_file: str = field(
        default="",
        metadata={"help": "file with the keys' passphrase; empty: ask at a prompt"},
    )
    language: str = field(default="ko", metadata={"help": "ko or en, for messages"})

    @property
    def folder(self) -> Path:
        """The office's folder as a path."""
        return Path(self.home)


def load(environment: Mapping[str, str] | None = None, **given: object) -> Settings:
    """Read the settings; ``given`` values (command-line options) win.

    Raises:
        InputError: a value does not fit, or ``paperless.toml`` has an unknown name.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, object] = {}
    names = {each.name: each for each in fields(Settings)}
    file = Path("paperless.toml")
    if file.is_file():
        try:
            values.update(tomllib.loads(file.read_text()))
        except ValueError as error:
            raise InputError(f"{file} is not TOML: {error}") from error
    unknown = set(values) - set(names)
    if unknown:
        raise InputError(
            f"{file} has unknown settings: {', '.join(sorted(unknown))}; known are "
            f"{', '.join(names)}."
        )
    for name in names:
        if f"PAPERLESS_{name.upper()}" in environment:
            values[name] = environment[f"PAPERLESS_{name.upper()}"]
    values.update({name: value for name, value in given.items() if value is not None})
    for name in ("port", "web_port"):
        if name in values:
            values[name] = _port(name, values[name])
    return Settings(**values)  # type: ignore[arg-type]


def _port(name: str, value: object) -> int:
    text = str(value)
    if not text.isdigit() or not 0 < int(text) < 1 << 16:
        raise InputError(f"{name} must be a port number from 1 to 65535, not {text}.")
    return int(text)


def data_folder() -> Path:
    """Return the folder of tariffs, holidays, rules and papers.

    In a checkout it stands at the top; a wheel carries it inside the package.
    """
    inside = Path(__file__).parent / "_data"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "data"


def notebooks_folder() -> Path:
    """Return the folder of analyst notebooks, in a checkout or a wheel."""
    inside = Path(__file__).parent / "_notebooks"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "notebooks"


def dashboards_folder() -> Path:
    """Return the folder of dashboard notebooks, in a checkout or a wheel."""
    inside = Path(__file__).parent / "_dashboards"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "dashboards"
