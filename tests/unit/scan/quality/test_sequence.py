from __future__ import annotations

import pytest

from paperless_kernel.scan.quality.sequence import Gaps, gaps_in


@pytest.mark.parametrize(
    ("sheets", "more", "wanted"),
    [
        ((1, 2, 3), {}, Gaps()),
        ((1, 1, 2, 2), {"sides": 2}, Gaps()),
        ((1, 3), {}, Gaps(missing=(2,))),
        ((1, 2), {"last": 4}, Gaps(missing=(3, 4))),
        ((1, 2, 2, 3), {}, Gaps(repeated=(2,))),
        ((1, 1, 2), {"sides": 2}, Gaps(halved=(2,))),
        ((1, 3, 2), {}, Gaps(backwards=(2,))),
        ((), {}, Gaps()),
    ],
)
def test_gaps_are_named(
    sheets: tuple[int, ...], more: dict[str, int], wanted: Gaps
) -> None:
    found = gaps_in(sheets, **more)
    assert found == wanted
    assert bool(found) is (wanted != Gaps())
