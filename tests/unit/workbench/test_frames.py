from __future__ import annotations

from types import ModuleType

from paperless_kernel.trust.report import (
    Part,
    PartName,
    ProofKind,
    Report,
    State,
    Text,
)
from paperless_kernel.workbench.frames import (
    figure_table,
    journal_table,
    step_table,
    verdict_table,
)


def test_a_row_per_figure_in_the_pages_order(samples: ModuleType) -> None:
    shot = samples.snapshot()

    table = figure_table(shot)

    assert list(table.columns) == ["업무", "항목", "수", "표시"]
    assert len(table) == sum(len(section.figures) for section in shot.sections)
    assert list(table.iloc[1]) == ["신뢰스캔", "담은 면", 14, "14면"]
    assert table["수"].dtype.kind == "i"  # won and counts stay whole


def test_steps_and_journals_are_told_in_both_languages(samples: ModuleType) -> None:
    steps = step_table(samples.snapshot(), "en")
    journals = journal_table(samples.snapshot(), "en")

    assert list(steps.columns) == ["Step", "Business", "Count"]
    assert list(steps["Count"]) == [14, 4, 4, 2, 2, 1, 1]
    assert journals.iloc[-1].tolist() == ["Billing", 0, "none yet"]


def test_a_verdict_is_a_row_per_question() -> None:
    part = Part(
        name=PartName.INTACT, state=State.BAD, text=Text(ko="해시가 다름", en="other")
    )
    report = Report(
        kind=ProofKind.BUNDLE, parts=(part,), exit_code=13, verdict=part.text
    )

    assert verdict_table(report).values.tolist() == [["intact", "bad", "해시가 다름"]]
    assert verdict_table(report, "en").iloc[0, 2] == "other"
