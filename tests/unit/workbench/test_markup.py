from __future__ import annotations

import dataclasses
import datetime as dt
from html.parser import HTMLParser
from types import ModuleType

import pytest

from paperless_kernel.workbench.markup import Trouble, Visitor, bars, home_html
from paperless_kernel.workbench.places import texts
from paperless_kernel.workbench.wording import Wording

KO, EN = Wording(texts(), "ko"), Wording(texts(), "en")
VOID = {"input", "meta", "link", "br"}


class Outline(HTMLParser):
    """Tags in order, and whether every one is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("wording", [KO, EN], ids=["ko", "en"])
def test_the_page_is_well_formed_and_says_every_number(
    wording: Wording, samples: ModuleType
) -> None:
    shot = samples.snapshot()

    html = home_html(wording, shot=shot, who=Visitor(name="김", roles=("sales",)))

    outline = Outline(html)
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.tags.count("h1") == 1
    for section in shot.sections:
        for figure in section.figures:
            assert f"<dd>{wording.number(figure)}</dd>" in html
    assert wording("trial.mark") in html
    assert wording("role.sales") in html
    assert shot.root_fingerprint in html


def test_a_designated_office_carries_no_trial_line(samples: ModuleType) -> None:
    shot = dataclasses.replace(samples.snapshot(), trial=False)

    assert "pk-banner" not in home_html(KO, shot=shot, who=Visitor())


def test_the_clock_notice_shows_every_jump_and_only_when_there_is_one(
    samples: ModuleType,
) -> None:
    shot = samples.snapshot()
    html = home_html(KO, shot=shot, who=Visitor())

    assert "6일 3시간 20분" in html
    assert all(jump.reason in html for jump in shot.jumps)
    still = dataclasses.replace(shot, jumps=(), clock_shift=dt.timedelta(0))
    assert "pk-clock" not in home_html(KO, shot=still, who=Visitor())


def test_an_empty_office_says_how_to_begin_and_draws_no_chart(
    samples: ModuleType,
) -> None:
    html = home_html(KO, shot=samples.empty(), who=Visitor())

    assert "<code>paperless demo</code>" in html
    assert "pk-chart" not in html
    assert "paperless demo" not in home_html(KO, shot=samples.snapshot(), who=Visitor())


@pytest.mark.parametrize("kind", ["no_office", "busy", "storage", "other"])
def test_trouble_is_told_in_words_with_a_way_on(kind: str) -> None:
    html = home_html(
        EN, shot=None, who=Visitor(), trouble=Trouble(kind=kind, code="x-1")
    )

    assert 'role="alert"' in html
    assert "x-1" in html
    assert 'data-act="refresh"' in html


def test_what_comes_from_outside_is_escaped(samples: ModuleType) -> None:
    evil = "<img src=x onerror=alert(1)>"
    shot = samples.snapshot()
    shot = dataclasses.replace(
        shot, jumps=(dataclasses.replace(shot.jumps[0], reason=evil),)
    )

    html = home_html(KO, shot=shot, who=Visitor(name=evil, roles=(evil,)))

    assert "<img" not in html
    assert html.count("&lt;img") >= 3


def test_bars_are_measured_against_the_longest(samples: ModuleType) -> None:
    drawn = bars(KO, samples.snapshot())

    assert [bar.percent for bar in drawn] == [100, 28, 28, 14, 14, 7, 7]
    assert drawn[0].value == "14면"


def test_a_bar_of_little_is_still_seen_and_one_of_nothing_is_not(
    samples: ModuleType,
) -> None:
    shot = samples.snapshot()
    scan, *rest = shot.sections
    large = dataclasses.replace(
        scan,
        figures=tuple(
            dataclasses.replace(figure, value=1_000_000 if figure.key == "pages" else 0)
            for figure in scan.figures
        ),
    )

    drawn = bars(KO, dataclasses.replace(shot, sections=(large, *rest)))

    assert [bar.percent for bar in drawn] == [100, 0, 1, 1, 1, 1, 1]
