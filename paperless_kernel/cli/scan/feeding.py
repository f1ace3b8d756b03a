"""What capture commands share: where sides come from, and how pages are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from paperless_kernel.adapters.hotfolder import PageFile, read_folder
from paperless_kernel.adapters.sane import SaneFeeder
from paperless_kernel.base.errors import InputError, NotFoundError
from paperless_kernel.scan.capture.model import PageSource, Pairing
from paperless_kernel.scan.capture.places import paired
from paperless_kernel.scan.custody.labels import LabelKind, read_label

if TYPE_CHECKING:
    from paperless_kernel.base.ids import Actor
    from paperless_kernel.office import Office
    from paperless_kernel.scan.model import Page

_Command = TypeVar("_Command", bound=Callable[..., Any])
_OPTIONS = (
    click.option(
        "--device", help="feed from a SANE scanner, such as test:0; see 'scan scanners'"
    ),
    click.option(
        "--resolution",
        type=click.IntRange(1),
        default=300,
        show_default=True,
        help="dots per inch the scanner is set to",
    ),
    click.option("--mode", default="Color", show_default=True, help="its own word"),
    click.option(
        "--source", default="", help="its own word, such as 'ADF Duplex'; default: none"
    ),
    click.option("--most", type=click.IntRange(0), default=0, help="sides; 0: all"),
    click.option(
        "--set",
        "options",
        multiple=True,
        metavar="NAME=VALUE",
        help="another setting of the scanner; may be given again",
    ),
)


def feeding(command: _Command) -> _Command:
    """Give a command the scanner's options as one: ``feeder``, or None."""

    @wraps(command)
    def call(
        *args: Any,  # noqa: ANN401 - click's own
        device: str | None,
        resolution: int,
        mode: str,
        source: str,
        most: int,
        options: tuple[str, ...],
        **more: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        feeder = device and SaneFeeder(
            device=device,
            resolution=resolution,
            mode=mode,
            source=source,
            most=most,
            options=_pairs(options),
        )
        return command(*args, feeder=feeder or None, **more)

    made: Any = call
    for option in reversed(_OPTIONS):
        made = option(made)
    typed: _Command = made
    return typed


def folder_files(
    folder: Path, backs: Path | None = None, pairing: Pairing = Pairing.INTERLEAVED
) -> tuple[tuple[PageFile, ...], tuple[str, ...]]:
    """Return a folder's files as front, back, front, back, and what was left out."""
    found = read_folder(folder)
    behind = read_folder(backs) if backs else None
    files = paired(found.pages, behind.pages if behind else (), pairing)
    return files, found.left_out + (behind.left_out if behind else ())


def fed(folder: Path | None, feeder: SaneFeeder | None) -> Iterable[PageSource]:
    """Return what a folder or a scanner gives; exactly one of them.

    Raises:
        InputError: none is named, or both.
    """
    one_of(folder, feeder)
    if feeder is not None:
        return feeder.pages()
    return folder_files(folder)[0] if folder else ()


def one_of(folder: Path | None, feeder: SaneFeeder | None) -> None:
    """Let a command go on that names a folder or a scanner, and not both.

    Raises:
        InputError: none is named, or both.
    """
    if (folder is None) == (feeder is None):
        raise InputError("Name a folder, or a scanner with --device; not both.")


def batch_of(said: str) -> str:
    """Return the id of a batch read off its label, or typed.

    Raises:
        InputError: it is another kind of label.
    """
    return read_label(said, LabelKind.BATCH).id


def page_at(office: Office, who: Actor, number: str, place: str) -> str:
    """Return the id of the page at a place as lists show it.

    Raises:
        NotFoundError: none stands there.
    """
    for page in office.scan.pages(who, number):
        if place in {page.label, page.id}:
            return page.id
    raise NotFoundError(f"No page stands at {place} in this batch; see 'scan pages'.")


def page_row(page: Page) -> dict[str, Any]:
    """Return what a list shows of a page."""
    return {
        "place": page.label,
        "sheet": page.sheet,
        "side": page.side,
        "version": page.version,
        "state": page.state.value,
        "verdict": page.verdict.value,
        "what": "separator" if page.separator else "blank" if page.blank else "",
        "findings": "; ".join(finding.text for finding in page.findings),
        "way": page.way,
        "gap ms": page.gap if page.gap >= 0 else "",
        "page": page.id,
    }


def _pairs(options: Sequence[str]) -> tuple[tuple[str, str], ...]:
    pairs = [one.partition("=") for one in options]
    for one, (name, equals, _) in zip(options, pairs, strict=True):
        if not name or not equals:
            raise InputError(f"{one} is no setting: write NAME=VALUE.")
    return tuple((name, value) for name, _, value in pairs)
