from __future__ import annotations

import re
from typing import Any

from paperless_kernel.scan import tags
from paperless_kernel.scan.custody.sentences import told

_OF_BOXES = re.compile(r"scan:(box|batch|page|document|transport|order|paper):")


def test_every_entry_of_a_boxes_life_has_a_sentence() -> None:
    silent = {"scan:box:boxes-supplied"}  # its subject is a customer and no box
    for tag in tags.EVENT_TAGS:
        if _OF_BOXES.match(tag) and tag not in silent:
            assert told(tag, {})[0] != tag, tag


def test_a_sentence_holds_the_facts_and_words_in_its_language() -> None:
    ko, en = told("scan:box:fetched", {"from": "A-01", "to": "customer"})
    assert ko == "A-01 칸에서 출고했습니다(가는 곳 고객)."
    assert en == "Fetched from bin A-01 to the customer."


def test_what_an_entry_lacks_is_a_dash_and_an_unknown_tag_itself() -> None:
    assert told("scan:box:opened", {})[1] == "Opened; - sheets counted."
    assert told("scan:box:stopped", {"reason": ""})[1] == "Stopped: -."
    assert told("scan:other:tag", {"a": "b"}) == ("scan:other:tag",) * 2


def test_braces_in_a_fact_are_no_placeholders() -> None:
    assert "{x}" in told("scan:box:stopped", {"reason": "{x}"})[1]


def test_a_story_is_told_from_the_contract_on(world: Any) -> None:
    batch = world.started(2)
    story = world.scan.box_story(world.manager, batch.box)
    assert [line.tag for line in story] == [
        "scan:contract:recorded",
        "scan:order:placed",
        "scan:box:received",
        "scan:box:opened",
        "scan:box:prepared",
        "scan:batch:started",
    ]
    assert "2026-01-01" in story[0].en
    assert all(line.ko.endswith(".") and line.en.endswith(".") for line in story)
