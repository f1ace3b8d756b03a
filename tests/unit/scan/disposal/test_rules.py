from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from paperless_kernel.base.errors import NotAllowedError, NotYetError
from paperless_kernel.scan.boxes import Box, BoxState
from paperless_kernel.scan.disposal.rules import (
    KeptPaper,
    PaperFacts,
    check_destroyable,
    check_returnable,
    judge_disposal,
)
from paperless_kernel.scan.model import Batch, BatchState, Service

AT = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
BOX = Box(
    id="x-1",
    tenant="t",
    seal="S-1",
    contract="c",
    sheets=4,
    state=BoxState.OPENED,
    counted=4,
    received_at=AT,
)


def _batch(sheets: int = 2, **more: Any) -> Batch:
    values: dict[str, Any] = {
        "id": "b",
        "box": BOX.id,
        "tenant": "t",
        "service": Service.TRUSTED,
        "sheets": sheets,
        "sides": 1,
        "device": "d",
        "settings": "s",
        "operator": "o",
        "state": BatchState.ERASED,
        "head": "h",
        "started_at": AT,
    }
    return Batch(**values | more)


REAL = PaperFacts(
    box=BOX,
    batches=(_batch(), _batch()),
    ordered="의뢰-1",
    demo_paper=False,
    keep=(),
    set_aside=0,
    untaken=0,
    kept=(),
    uncentred=(),
    unregistered=(),
    centre="센터-1",
    workshop="작업장-1",
)


def _why(**more: Any) -> tuple[str, ...]:
    verdict = judge_disposal(replace(REAL, **more))
    assert not verdict.allowed
    assert verdict.basis == ()
    return tuple(str(one) for one in verdict.reasons)


def test_paper_all_of_which_is_held_may_be_destroyed() -> None:
    verdict = judge_disposal(REAL)
    assert verdict.allowed
    assert not verdict.demo_paper
    assert any("센터-1" in one for one in verdict.basis)
    check_destroyable(verdict)


@pytest.mark.parametrize(
    ("more", "said", "article", "error"),
    [
        ({"batches": (_batch(),)}, "2 of 4 counted", "제31조의6", NotYetError),
        (
            {"batches": (_batch(), _batch(state=BatchState.CLOSED))},
            "not sealed",
            "제31조의6",
            NotYetError,
        ),
        (
            {"batches": (_batch(), _batch(state=BatchState.SEALED))},
            "not handed over",
            "제31조의6",
            NotYetError,
        ),
        ({"untaken": 1}, "no taker's receipt", "제31조의6", NotYetError),
        ({"set_aside": 1}, "on paper only", "제31조의6 단서", NotAllowedError),
        (
            {"batches": (_batch(), _batch(service=Service.PLAIN))},
            "plain scan",
            "제5조",
            NotAllowedError,
        ),
        ({"keep": ("the customer wants it",)}, "wants it", "", NotAllowedError),
        ({"ordered": ""}, "no work order", "제40조", NotAllowedError),
        ({"centre": ""}, "not a designated centre", "제31조의6", NotAllowedError),
        ({"uncentred": (AT.date(),)}, "2026-11-23", "제31조의6", NotAllowedError),
        ({"workshop": ""}, "registered workshop", "제5조", NotAllowedError),
        (
            {"unregistered": (AT.date(),)},
            "registered workshop on 2026-11-23",
            "제5조",
            NotAllowedError,
        ),
        (
            {
                "kept": (
                    KeptPaper(name="인허가증", count=1, article="제85조의3", todo="r"),
                )
            },
            "인허가증 must stay on paper",
            "제85조의3",
            NotAllowedError,
        ),
    ],
)
def test_one_reason_is_enough_and_names_its_article(
    more: dict[str, Any], said: str, article: str, error: type[Exception]
) -> None:
    (why,) = _why(**more)
    assert said in why
    assert article in why
    with pytest.raises(error, match="S-1"):
        check_destroyable(judge_disposal(replace(REAL, **more)))


def test_all_reasons_are_told_at_once() -> None:
    assert len(_why(set_aside=1, centre="", workshop="", ordered="", untaken=2)) == 5


def test_demo_paper_needs_no_centre_and_says_what_it_is() -> None:
    demo = replace(
        REAL,
        demo_paper=True,
        centre="",
        workshop="",
        kept=(KeptPaper(name="인허가증", count=1, article="a", todo="r"),),
    )
    verdict = judge_disposal(demo)
    assert verdict.allowed
    assert verdict.demo_paper
    assert any("demo paper" in one for one in verdict.basis)


@pytest.mark.parametrize(
    "more",
    [
        {"set_aside": 1},
        {"untaken": 1},
        {"keep": ("kept",)},
        {"batches": (_batch(4, service=Service.PLAIN),)},
        {"batches": ()},
    ],
)
def test_demo_paper_is_counted_like_any_other(more: dict[str, Any]) -> None:
    assert not judge_disposal(replace(REAL, demo_paper=True, **more)).allowed


@pytest.mark.parametrize(
    "state", [BoxState.RECEIVED, BoxState.STOPPED, BoxState.SHREDDED, BoxState.RETURNED]
)
def test_a_box_that_is_not_open_is_not_destroyed(state: BoxState) -> None:
    (why,) = _why(box=replace(BOX, state=state))
    assert state.value in why


def test_a_box_goes_back_unscanned_or_wholly_taken() -> None:
    check_returnable(replace(BOX, state=BoxState.STOPPED), ())
    check_returnable(BOX, REAL.batches)
    with pytest.raises(NotYetError, match="2 of 4"):
        check_returnable(BOX, (_batch(),))
    with pytest.raises(NotYetError, match="already"):
        check_returnable(replace(BOX, state=BoxState.SHREDDED), ())
