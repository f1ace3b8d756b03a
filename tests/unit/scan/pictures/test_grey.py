from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.pictures.grey import (
    counts_of,
    grey_jpeg,
    level_of,
    paper_of,
    shrink,
)

SMALL = (620, 877)


@pytest.mark.parametrize(
    ("times", "shape"), [(1, (877, 620)), (2, (439, 310)), (8, (110, 78))]
)
def test_a_jpeg_is_decoded_to_grey_at_the_scale_asked_for(
    draw: Any, times: int, shape: tuple[int, int]
) -> None:
    data = draw.encoded(draw.drawn(size=SMALL), mode="RGB")
    assert grey_jpeg(data, *SMALL, times).shape == shape
    with pytest.raises(InputError, match="damaged"):
        grey_jpeg(data[: len(data) // 2], *SMALL, times)


def test_shrinking_takes_whole_areas_only() -> None:
    grey = np.arange(35, dtype=np.uint8).reshape(5, 7)
    assert shrink(grey, 2).tolist() == [[4, 6, 8], [18, 20, 22]]
    assert shrink(grey, 1) is grey


def test_levels_are_counted_in_every_other_row_under_the_mask() -> None:
    grey = np.array([[5, 9], [7, 7], [5, 5]], np.uint8)
    assert {n: int(k) for n, k in enumerate(counts_of(grey)) if k} == {5: 3, 9: 1}
    mask = np.array([[0, 1], [1, 1], [1, 0]], np.uint8)
    assert {n: int(k) for n, k in enumerate(counts_of(grey, mask)) if k} == {5: 1, 9: 1}
    assert level_of(counts_of(grey), 0.5) == 5
    assert level_of(counts_of(grey), 0.9) == 9


def test_the_paper_is_the_commonest_bright_level(draw: Any) -> None:
    assert paper_of(counts_of(draw.drawn())) == pytest.approx(245, abs=1)
