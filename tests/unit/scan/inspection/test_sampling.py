from __future__ import annotations

import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.inspection.sampling import draw, plan_for


@pytest.mark.parametrize(
    ("lot", "level", "aql", "plan"),
    [
        # cells of ISO 2859-1 tables 1 and 2-A: letter, size, Ac
        (500, "II", "1.0", ("H", 50, 1)),
        (500, "II", "2.5", ("H", 50, 3)),
        (500, "II", "0.25", ("H", 50, 0)),
        (1200, "II", "1.0", ("J", 80, 2)),
        (1200, "II", "1.5", ("J", 80, 3)),
        (1200, "II", "4.0", ("J", 80, 7)),
        (1200, "II", "10", ("J", 80, 14)),
        (3200, "II", "0.65", ("K", 125, 2)),
        (3200, "II", "2.5", ("K", 125, 7)),
        (10_000, "II", "0.65", ("L", 200, 3)),
        (10_000, "II", "1.0", ("L", 200, 5)),
        (10_000, "III", "1.0", ("M", 315, 7)),
        (10_000, "I", "1.0", ("J", 80, 2)),
        (150, "II", "2.5", ("F", 20, 1)),
        (150, "II", "4.0", ("F", 20, 2)),
        (600_000, "III", "0.10", ("R", 2000, 5)),
        (5, "II", "6.5", ("A", 2, 0)),
        # arrows: down to a larger sample, up to a smaller one
        (150, "II", "1.0", ("E", 13, 0)),
        (280, "II", "1.0", ("H", 50, 1)),
        (280, "II", "0.65", ("F", 20, 0)),
        (500, "II", "0.65", ("J", 80, 1)),
        (600_000, "II", "10", ("K", 125, 21)),
        (600_000, "III", "0.010", ("Q", 1250, 0)),
        # past the lot: all of it
        (10, "II", "0.65", ("F", 10, 0)),
        (1, "II", "0.65", ("F", 1, 0)),
        (500, "S-1", "6.5", ("A", 2, 0)),
    ],
)
def test_known_cells(
    lot: int, level: str, aql: str, plan: tuple[str, int, int]
) -> None:
    made = plan_for(lot, level, aql)
    assert (made.letter, made.size, made.accept) == plan
    assert made.reject == made.accept + 1


def test_a_limit_is_found_however_it_is_written() -> None:
    assert plan_for(500, "II", "1") == plan_for(500, "II", "1.0")
    assert plan_for(500, "II", "10.0").aql == "10"


@pytest.mark.parametrize(
    ("lot", "level", "aql"),
    [(0, "II", "1.0"), (10, "IV", "1.0"), (10, "II", "0.7"), (10, "II", "much")],
)
def test_what_the_tables_do_not_know_is_refused(lot: int, level: str, aql: str) -> None:
    with pytest.raises(InputError):
        plan_for(lot, level, aql)


def test_a_sample_can_be_drawn_again_and_another_seed_draws_another() -> None:
    ids = [f"2.25.{n}" for n in range(100)]
    drawn = draw("aa", ids, 20)
    assert len(drawn) == 20
    assert list(drawn) == [one for one in ids if one in set(drawn)]
    assert drawn == draw("aa", ids, 20)
    assert drawn != draw("ab", ids, 20)
    assert draw("aa", ids, 100) == tuple(ids)


def test_every_document_is_drawn_about_as_often() -> None:
    ids = [str(n) for n in range(20)]
    times = dict.fromkeys(ids, 0)
    for seed in range(500):
        for one in draw(f"{seed:032x}", ids, 5):
            times[one] += 1
    assert min(times.values()) > 80
    assert max(times.values()) < 175
