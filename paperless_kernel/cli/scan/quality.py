"""Commands of quality: profiles, the target page to print, and what its scan says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

import click

from paperless_kernel.adapters.wholefiles import put_whole
from paperless_kernel.base.errors import InputError
from paperless_kernel.cli.scan.options import PATH
from paperless_kernel.cli.shell import json_option, show, show_rows
from paperless_kernel.config import data_folder
from paperless_kernel.scan.pictures.normalise import normalise
from paperless_kernel.scan.profiles import Profiles, parse_profiles
from paperless_kernel.scan.quality.checks import whole_grey
from paperless_kernel.scan.quality.target import (
    judge_target,
    measure_target,
    target_page,
)
from paperless_kernel.scan.rules import parse_rules

_FAILED: Final = 1


@click.command("quality-profiles")
@json_option
def quality_profiles(*, as_json: bool) -> None:
    """List the quality profiles a batch may be judged by."""
    rows = [
        {
            "profile": one.name,
            "title": one.title,
            "dpi": one.least_dpi / 10,
            "article": one.dpi_article,
            "tones": one.tones.value,
            "source": one.source,
        }
        for one in _profiles().profiles.values()
    ]
    show_rows(rows, as_json=as_json)


@click.command("target-page")
@click.argument("out", type=PATH)
@json_option
def target_page_(out: Path, *, as_json: bool) -> None:
    """Write the scanners' target page to OUT (a PNG, A4): print it once, keep it."""
    put_whole(out, target_page())
    show({"file": str(out)}, as_json=as_json)


@click.command("target-test")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
@click.pass_context
def target_test(ctx: click.Context, file: Path, *, as_json: bool) -> None:
    """Measure FILE, a scan of the target page, against the limits (제39조).

    Nothing is recorded: `paperless scan device-test NAME --page FILE` does that.
    """
    sides = normalise(file.read_bytes(), file.name)
    if len(sides) != 1:
        raise InputError(f"{file.name} has {len(sides)} sides; the target page is one.")
    measures = measure_target(whole_grey(sides[0]))
    short = judge_target(measures, _profiles().target)
    show(
        {
            **dict(measures.values()),
            "verdict": "failed" if short else "passed",
            "short": "; ".join(short),
        },
        as_json=as_json,
    )
    if short:
        ctx.exit(_FAILED)


def _profiles() -> Profiles:
    folder = data_folder() / "rules"
    rules = parse_rules(tomllib.loads((folder / "notice-2013-99.toml").read_text()))
    text = (folder / "quality-profiles.toml").read_text(encoding="utf-8")
    return parse_profiles(tomllib.loads(text), rules)


COMMANDS = (quality_profiles, target_page_, target_test)
