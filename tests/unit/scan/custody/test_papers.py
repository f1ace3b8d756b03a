from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from pikepdf import Pdf
from PIL import Image

from paperless_kernel.base.errors import InputError, NotAllowedError, NotFoundError
from paperless_kernel.base.facility import TRIAL_MARK
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.boxes import SealState
from paperless_kernel.scan.custody.labels import LabelKind, read_label
from paperless_kernel.scan.custody.links import CourierReport, SealSeen
from paperless_kernel.scan.custody.model import Signature, StoryLine
from paperless_kernel.scan.custody.papers import STOCKS
from paperless_kernel.scan.custody.printing import story_paper
from paperless_kernel.scan.custody.story import condensed
from paperless_kernel.scan.custody.wording import wording
from paperless_kernel.scan.tags import EVENT_TAGS

AT = dt.datetime(2026, 11, 23, 5, 45, 29, tzinfo=dt.UTC)
NAMES = {"t-one": "하나상사", "u-courier": "한운송", "u-courier-2": "두운송"}


def words(pdf: bytes, page: int = 0) -> str:
    with pypdfium2.PdfDocument(pdf) as paper:
        text = paper[page].get_textpage().get_text_bounded()
    return " ".join(str(text).split())


def pages(pdf: bytes) -> int:
    with Pdf.open(io.BytesIO(pdf)) as paper:
        return len(paper.pages)


def codes(pdf: bytes, dpi: int = 200) -> Iterator[str]:
    """Read every code as somebody would who printed and scanned the sheet."""
    with pypdfium2.PdfDocument(pdf) as paper:
        for page in paper:
            seen = page.render(scale=dpi / 72, grayscale=True).to_numpy()
            for code in zxingcpp.read_barcodes(np.ascontiguousarray(seen)):
                yield str(code.text)


def drawing() -> bytes:
    out = io.BytesIO()
    Image.new("L", (300, 120), 40).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def packed(world: Any) -> list[Any]:
    order = world.agreed()
    return [
        world.scan.pack_box(
            world.courier, key=f"pack-{seal}", order=order.id, seal=seal, sheets=1200
        )
        for seal in ("S-1", "S-2")
    ]


@pytest.fixture
def link(world: Any, packed: list[Any]) -> Any:
    return world.scan.plan_hand_over(
        world.courier,
        key="plan",
        boxes=[box.id for box in packed],
        vehicle="82가 1234",
        second="u-courier-2",
    )


@pytest.mark.parametrize("stock", list(STOCKS))
def test_printed_labels_are_read_back(
    world: Any, packed: list[Any], stock: str
) -> None:
    ids = [box.id for box in packed]

    sheet = world.scan.print_labels(world.courier, LabelKind.BOX, ids, stock=stock)

    assert sorted(read_label(code, LabelKind.BOX).id for code in codes(sheet)) == (
        sorted(ids)
    )
    text = words(sheet).replace(" ", "")
    assert ids[0].replace(" ", "") in text  # the number can be typed by hand
    assert "봉인Seal" in text


def test_a_full_sheet_of_24_seals_is_read_back_and_the_25th_is_on_the_next(
    world: Any,
) -> None:
    numbers = [f"S-{n:05d}" for n in range(25)]

    sheet = world.scan.print_labels(world.courier, LabelKind.SEAL, numbers)

    assert pages(sheet) == 2
    found = [read_label(code, LabelKind.SEAL).id for code in codes(sheet)]
    assert sorted(found) == numbers
    assert "S-00024" in words(sheet, 1)


def test_labels_of_bins_batches_and_orders(world: Any) -> None:
    batch = world.started()
    order = world.scan.orders(world.manager)[0]
    for kind, thing in (
        (LabelKind.BIN, "가-03-12"),
        (LabelKind.BATCH, batch.id),
        (LabelKind.ORDER, order.id),
    ):
        sheet = world.scan.print_labels(world.author, kind, [thing], stock="roll")
        (code,) = codes(sheet)
        assert read_label(code, kind).id == thing


def test_labels_that_cannot_be_are_refused(world: Any, packed: list[Any]) -> None:
    with pytest.raises(NotFoundError):
        world.scan.print_labels(world.courier, LabelKind.BOX, ["2.25.1"])
    with pytest.raises(InputError, match="no label stock a5"):
        world.scan.print_labels(
            world.courier, LabelKind.BOX, [packed[0].id], stock="a5"
        )
    with pytest.raises(InputError, match="1 to 2400 labels"):
        world.scan.print_labels(world.courier, LabelKind.SEAL, [])
    with pytest.raises(InputError, match="one line"):
        world.scan.print_labels(world.courier, LabelKind.SEAL, ["a\nb"])
    with pytest.raises(NotAllowedError):
        world.scan.print_labels(world.inspector, LabelKind.SEAL, ["S-1"])


def test_a_sheet_before_the_transport_has_lines_to_sign_and_the_link(
    world: Any, packed: list[Any], link: Any
) -> None:
    sheet = world.scan.hand_over_sheet(
        world.courier, link.id, names=NAMES, page_url="https://office.example/"
    )

    text = words(sheet)
    for said in (
        "인수인계서",
        "82가 1234",
        "하나상사",
        "한운송",
        "두운송",
        "S-1",
        "S-2",
    ):
        assert said in text
    assert text.count("(서명 또는 인)") == 4
    assert TRIAL_MARK in text
    assert list(codes(sheet)) == [f"https://office.example/c/{link.token}"]


def test_a_sheet_without_address_or_after_its_time_has_no_link(
    world: Any, link: Any
) -> None:
    plain = world.scan.hand_over_sheet(world.courier, link.id, names=NAMES)
    world.clock.advance(dt.timedelta(hours=13))
    late = world.scan.hand_over_sheet(
        world.courier, link.id, names=NAMES, page_url="https://office.example"
    )

    assert list(codes(plain)) == list(codes(late)) == []


def test_a_sheet_after_the_transport_holds_the_signatures(
    world: Any, packed: list[Any], link: Any
) -> None:
    seals = tuple(
        SealSeen(
            box=box.id,
            number=box.seal,
            state=SealState.INTACT,
            photo=b"\xff\xd8\xff" + box.seal.encode(),
        )
        for box in packed
    )
    giver = Signature(name="이고객", drawing=drawing())
    world.scan.courier_hand_over(link.token, CourierReport(seals=seals, giver=giver))
    (run,) = world.scan.transports(world.courier)

    sheet = world.scan.hand_over_sheet(world.courier, run.id, names=NAMES)

    text = words(sheet)
    assert "이고객" in text
    assert "출발" in text
    assert text.count("(서명 또는 인)") == 3  # handlers by hand, the taker on arrival
    with Pdf.open(io.BytesIO(sheet)) as paper:
        assert len(paper.pages[0].get_images()) == 1


def test_a_sheet_of_nothing_is_refused(world: Any) -> None:
    with pytest.raises(NotFoundError, match=r"no hand-over 2\.25\.1"):
        world.scan.hand_over_sheet(world.courier, "2.25.1", names={})
    with pytest.raises(NotAllowedError):
        world.scan.hand_over_sheet(
            Actor(id="x", roles=frozenset({Role.SALES})), "2.25.1", names={}
        )


def test_a_work_order_says_what_was_agreed(world: Any, packed: list[Any]) -> None:
    order = world.scan.orders(world.manager)[0]

    paper = world.scan.work_order_paper(world.manager, order.id, names=NAMES)

    text = words(paper)
    for said in (
        "전자화 작업의뢰서",
        order.number.rstrip("-"),
        "처리위탁-7",
        "하나상사",
        "신뢰스캔",
        "제40조",
        "S-1",
        "1,200",
    ):
        assert said in text
    assert [read_label(code, LabelKind.ORDER).id for code in codes(paper)] == [order.id]


def test_a_work_order_is_not_everybodys(world: Any, packed: list[Any]) -> None:
    order = world.scan.orders(world.manager)[0]
    with pytest.raises(NotAllowedError):
        world.scan.work_order_paper(world.courier, order.id, names={})
    with pytest.raises(NotFoundError):
        world.scan.work_order_paper(world.manager, "2.25.1", names={})


def test_a_boxs_story_is_one_page(world: Any) -> None:
    box = world.opened()

    paper = world.scan.box_story_paper(world.manager, box.id, names=NAMES)

    text = words(paper)
    assert pages(paper) == 1
    assert "개봉" in text
    assert "하나상사" in text
    assert "1 / 1" in text
    assert [read_label(code).id for code in codes(paper)] == [box.id]
    lines = len(world.scan.box_story(world.manager, box.id))
    assert f"원장 기록 {lines}건" in text


def many(count: int) -> tuple[StoryLine, ...]:
    """A story of every kind of entry, with many pages, by several people."""
    return tuple(
        StoryLine(
            at=AT + dt.timedelta(minutes=n),
            tag=EVENT_TAGS[n % len(EVENT_TAGS)],
            actor=f"u-{n % 7}",
            subject="2.25.1",
            facts=(
                ("tenant", "t-one"),
                ("sheet", str(n)),
                ("sha256", f"{n:064x}"),
                ("note", f"사실 {n}"),
            ),
        )
        for n in range(count)
    )


@pytest.mark.parametrize("count", [1, 40, 90, 400, 5000])
def test_every_story_fits_one_page_and_counts_all(world: Any, count: int) -> None:
    box = world.opened()

    paper = story_paper(world.scan._parts, box, many(count), NAMES)

    assert pages(paper) == 1
    assert f"원장 기록 {count}건" in words(paper)


@pytest.mark.parametrize("level", [0, 1, 2, 3, 4])
def test_no_entry_is_lost_when_lines_are_put_together(level: int) -> None:
    rows = condensed(many(300), level, {})

    assert sum(row.count for row in rows) == 300
    assert {row.tag for row in rows} == set(EVENT_TAGS)


def test_lines_put_together_say_range_and_rest() -> None:
    lines = tuple(
        StoryLine(
            at=AT + dt.timedelta(seconds=n),
            tag="scan:page:accepted",
            actor="u-1",
            subject="p",
            facts=(("tenant", "t"), ("sheet", str(n)), ("note", f"글 {n}")),
        )
        for n in range(1, 21)
    )

    (row,) = condensed(lines, 1, {"u-1": "한검사"})

    assert (row.count, row.who, row.told) == (20, "한검사", "")
    assert "장 1–20" in row.facts
    assert "외 17(+17)" in row.facts
    assert "tenant" not in row.facts
    assert row.at == "2026-11-23 14:45:30–14:45:49"


def test_a_line_of_its_own_is_told_as_a_sentence_and_nothing_twice() -> None:
    line = StoryLine(
        at=AT,
        tag="scan:transport:left",
        actor="u-1",
        subject="t",
        facts=(("vehicle", "82가 1234"), ("first", "u-courier"), ("boxes", "['S-1']")),
        ko="차량이 출발했습니다(82가 1234, 인계 담당 u-courier).",
    )

    (row,) = condensed([line], 0, NAMES)

    assert row.told == "차량이 출발했습니다(82가 1234, 인계 담당 한운송)."
    assert row.facts == "박스 S-1"


OF_A_BOX = ("box", "batch", "page", "document", "paper", "transport", "courier")


@pytest.mark.parametrize(
    "tag", [each for each in EVENT_TAGS if each.split(":")[1] in OF_A_BOX]
)
def test_every_entry_has_words_in_both_languages(tag: str) -> None:
    korean, english = wording(tag)

    assert korean != tag
    assert english


def test_papers_keep_what_they_say_between_machines(
    world: Any, packed: list[Any], repository: Path
) -> None:
    order = world.scan.orders(world.manager)[0]
    papers = [
        world.scan.work_order_paper(world.manager, order.id, names=NAMES)
        for _ in range(2)
    ]

    assert papers[0] == papers[1]
