"""Tables for analysts: an office's picture and a verdict as pandas frames.

The only module that loads pandas, when a table is asked for; dashboards never do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from paperless_kernel.base.clock import KST
from paperless_kernel.flows.snapshot import Snapshot
from paperless_kernel.scan.custody.model import StoryLine
from paperless_kernel.trust.report import Report
from paperless_kernel.workbench.places import texts
from paperless_kernel.workbench.wording import Wording

if TYPE_CHECKING:
    from pandas import DataFrame


def figure_table(shot: Snapshot, lang: str = "ko") -> DataFrame:
    """Return one row per number: business, what is counted, value, and as written.

    Args:
        shot: from ``office.snapshot()``.
        lang: ``ko`` or ``en``; names columns and rows.
    """
    from pandas import DataFrame  # noqa: PLC0415  # a table is the first to need it

    say = Wording(texts(), lang)
    return DataFrame(
        [
            {
                say("chart.business"): say(f"business.{section.business.value}.name"),
                say("table.figure"): say(
                    f"figure.{section.business.value}.{figure.key}"
                ),
                say("chart.value"): figure.value,
                say("table.shown"): say.number(figure),
            }
            for section in shot.sections
            for figure in section.figures
        ]
    )


def step_table(shot: Snapshot, lang: str = "ko") -> DataFrame:
    """Return one row per step from paper to proof: step, business, count."""
    from pandas import DataFrame  # noqa: PLC0415

    say = Wording(texts(), lang)
    return DataFrame(
        [
            {
                say("chart.step"): say(
                    f"figure.{step.business.value}.{step.figure.key}"
                ),
                say("chart.business"): say(f"business.{step.business.value}.name"),
                say("chart.value"): step.figure.value,
            }
            for step in shot.steps
        ]
    )


def journal_table(shot: Snapshot, lang: str = "ko") -> DataFrame:
    """Return one row per journal: entries under its last checkpoint, and the root."""
    from pandas import DataFrame  # noqa: PLC0415

    say = Wording(texts(), lang)
    return DataFrame(
        [
            {
                say("proof.journal"): say.or_name(
                    f"journal.{state.journal}", state.journal
                ),
                say("proof.size"): state.size,
                say("proof.root"): state.root or say("proof.none"),
            }
            for state in shot.journals
        ]
    )


def verdict_table(report: Report, lang: Literal["ko", "en"] = "ko") -> DataFrame:
    """Return one row per part of a verdict: the question, its state, the words."""
    from pandas import DataFrame  # noqa: PLC0415

    say = Wording(texts(), lang)
    return DataFrame(
        [
            {
                say("table.part"): part.name.value,
                say("table.state"): part.state.value,
                say("table.words"): getattr(part.text, lang),
            }
            for part in report.parts
        ]
    )


def story_table(
    lines: Sequence[StoryLine], names: Mapping[str, str], lang: str = "ko"
) -> DataFrame:
    """Return one row per entry of a box's story: when, which step, what, who.

    Args:
        lines: from ``office.scan.box_story``.
        names: names of people by id; an id stands for itself.
        lang: ``ko`` or ``en``.
    """
    from pandas import DataFrame  # noqa: PLC0415

    say = Wording(texts(), lang)
    return DataFrame(
        [
            {
                say("story.at"): line.at.astimezone(KST).replace(tzinfo=None),
                say("story.thing"): say(f"story.{line.tag.split(':')[1]}"),
                say("story.what"): line.en if lang == "en" else line.ko,
                say("story.who"): names.get(line.actor, line.actor),
            }
            for line in lines
        ]
    )
