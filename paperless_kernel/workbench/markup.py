"""The HTML of the workbench's own pages, from values and texts.

Knows templates and bar lengths. Knows no widget, server or office, so a page can be
looked at in a test without a browser. Everything put in is escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from paperless_kernel.flows.snapshot import Snapshot
from paperless_kernel.workbench.places import HERE
from paperless_kernel.workbench.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who looks at the page; empty in a notebook."""

    name: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why there are no numbers: ``kind`` names the words, ``code`` is for support."""

    kind: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of the chart: its length in per cent of the longest, and its words."""

    label: str
    business: str
    value: str
    percent: int


def home_html(
    wording: Wording,
    *,
    shot: Snapshot | None,
    who: Visitor,
    trouble: Trouble | None = None,
    said: str = "",
    base_url: str = "/",
) -> str:
    """Return the home page's inside.

    Args:
        wording: the language.
        shot: the numbers; ``None`` while they load.
        who: the visitor, as the server says.
        trouble: shown instead of numbers.
        said: a word for the status line, such as that the numbers are fresh.
        base_url: where the server's pages begin.
    """
    roles = ", ".join(wording.or_name(f"role.{role}", role) for role in who.roles)
    return page_html(
        "home",
        wording,
        shot=shot,
        who=who,
        roles=roles,
        trouble=trouble,
        said=said,
        bars=bars(wording, shot) if shot and not shot.is_empty else (),
        base_url=base_url,
    )


def bars(wording: Wording, shot: Snapshot) -> tuple[Bar, ...]:
    """Return the chart's bars; a step with anything in it is at least 1 % long."""
    most = max((step.figure.value for step in shot.steps), default=0) or 1
    return tuple(
        Bar(
            label=wording(f"figure.{step.business.value}.{step.figure.key}"),
            business=step.business.value,
            value=wording.number(step.figure),
            percent=max(step.figure.value * 100 // most, min(step.figure.value, 1)),
        )
        for step in shot.steps
    )


def page_html(template: str, wording: Wording, **values: object) -> str:
    """Fill ``templates/<template>.html.j2``; a missing value is an error, not a gap."""
    return (
        _environment().get_template(f"{template}.html.j2").render(t=wording, **values)
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
