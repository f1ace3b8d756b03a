from __future__ import annotations

import pytest

from paperless_kernel.notice.model import Line, Network, Reason
from paperless_kernel.notice.routing import draw, ineligible, route

SEED, NOTICE = b"s" * 16, "2.25.1"
KT = Line(number="01011112222", network=Network.KT)
SKT = Line(number="01033334444", network=Network.SKT)
LGU = Line(number="01055556666", network=Network.LGU)


def test_kt_goes_before_skt_and_skt_before_lgu() -> None:
    assert route([LGU, SKT, KT], seed=SEED, notice=NOTICE).line == KT
    assert route([LGU, SKT], seed=SEED, notice=NOTICE).line == SKT
    assert route([LGU], seed=SEED, notice=NOTICE).line == LGU


def test_one_line_is_drawn_within_a_carrier_whatever_the_order() -> None:
    lines = [Line(number=f"0101111{n:04d}", network=Network.KT) for n in range(6)]
    first = route(lines, seed=SEED, notice=NOTICE)
    assert route(lines[::-1], seed=SEED, notice=NOTICE) == first
    assert first.line is not None
    lots = {draw(SEED, NOTICE, line.number): line for line in lines}
    assert first.line == lots[min(lots)]


def test_the_draw_is_fair() -> None:
    lines = [Line(number=f"0101111{n:04d}", network=Network.KT) for n in range(4)]
    won = {line.number: 0 for line in lines}
    for n in range(2000):
        chosen = route(lines, seed=SEED, notice=f"2.25.{n}").line
        assert chosen is not None
        won[chosen.number] += 1
    assert all(400 < count < 600 for count in won.values())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Line(number="0101", network=Network.KT, corporate=True), Reason.CORPORATE),
        (
            Line(number="0101", network=Network.KT, generation=2),
            Reason.SECOND_GENERATION,
        ),
        (Line(number="0101", network=Network.SKT, mvno=True), Reason.SKT_MVNO),
        (Line(number="0101", network=Network.KT, refused=True), Reason.REFUSED),
        (Line(number="0101", network=Network.KT, mvno=True), None),
        (Line(number="0101", network=Network.LGU, mvno=True), None),
        (Line(number="0101", network=Network.SKT, generation=3), None),
    ],
)
def test_who_cannot_be_reached(line: Line, reason: Reason | None) -> None:
    assert ineligible(line) == reason
    found = route([line], seed=SEED, notice=NOTICE)
    assert (found.line, found.reason) == (None if reason else line, reason)


def test_nobody_s_line_is_a_reason_too() -> None:
    assert route([], seed=SEED, notice=NOTICE).reason is Reason.NO_LINE


def test_an_unable_first_line_gives_way_to_the_next_carrier() -> None:
    corporate = Line(number="01099998888", network=Network.KT, corporate=True)
    found = route([SKT, corporate], seed=SEED, notice=NOTICE)
    assert found.line == SKT
    assert [v.reason for v in found.verdicts] == [Reason.CORPORATE, None]


def test_verdicts_show_four_digits_only() -> None:
    found = route([KT, SKT], seed=SEED, notice=NOTICE)
    assert [v.line for v in found.verdicts] == ["***-****-2222", "***-****-4444"]
