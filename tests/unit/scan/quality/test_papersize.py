from __future__ import annotations

from typing import Any

import pytest

from paperless_kernel.scan.pictures.normalise import normalise
from paperless_kernel.scan.quality.papersize import effective_dpi, paper_of_size


@pytest.mark.parametrize(
    ("size", "name"),
    [((210, 297), "A4"), ((297, 210), "A4"), ((214, 300), "A4"), ((182, 257), "B5"),
     ((100, 300), ""), ((1000, 1414), "")],
)  # fmt: skip
def test_papers_are_known_by_their_size(size: tuple[float, float], name: str) -> None:
    assert paper_of_size(*size) == name


@pytest.mark.parametrize(
    ("size", "stated", "real"),
    [
        ((2480, 3508), 300, 3000),  # A4
        ((1240, 1754), 150, 1500),
        ((1240, 1754), 300, 3000),  # A6: may be, so it is believed
        ((1240, 1754), 1200, 1500),  # smaller than a slip: no such paper, A4's shape
        ((2480, 3508), 72, 3000),  # larger than A3: a camera's default
        ((2480, 3508), 0, 3000),  # says nothing
        ((2000, 2000), 0, 0),  # nothing can be said
        ((650, 2600), 200, 2000),  # a receipt
    ],
)
def test_a_stated_resolution_is_held_against_paper(
    draw: Any, size: tuple[int, int], stated: int, real: int
) -> None:
    (side,) = normalise(draw.encoded(draw.blank(size=size), dpi=stated))
    assert effective_dpi(side) == pytest.approx(real, abs=10)
