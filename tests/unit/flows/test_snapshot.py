from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.flows.snapshot import (
    FIGURES,
    STEPS,
    Business,
    Snapshot,
    Unit,
    section,
)


def of(*sections: object) -> Snapshot:
    return Snapshot(
        taken_at=dt.datetime(2026, 11, 30, tzinfo=dt.UTC),
        trial=True,
        clock_shift=dt.timedelta(0),
        jumps=(),
        journals=(),
        root_fingerprint="sha256:00",
        sections=tuple(sections),  # type: ignore[arg-type]
    )


def test_a_section_keeps_the_order_of_the_table_and_the_units() -> None:
    made = section(Business.VAULT, {"certificates": 2, "bytes": 9, "packages": 4})

    assert [each.key for each in made.figures] == ["packages", "bytes", "certificates"]
    assert [each.unit for each in made.figures] == [Unit.ITEM, Unit.BYTES, Unit.ITEM]


def test_a_number_that_is_missing_is_not_shown() -> None:
    assert section(Business.SCAN, {}).figures == ()


def test_a_number_without_words_is_refused() -> None:
    with pytest.raises(InputError, match="no words for secret of scan"):
        section(Business.SCAN, {"boxes": 1, "secret": 1})


def test_an_office_is_empty_until_any_number_is_not_zero() -> None:
    nothing = section(Business.SCAN, {"boxes": 0})

    assert of(nothing).is_empty
    assert not of(nothing, section(Business.BILLING, {"total": 1})).is_empty


def test_the_chart_goes_the_way_of_a_document() -> None:
    full = of(
        *(section(each, {key: 1 for key, _ in FIGURES[each]}) for each in Business)
    )

    assert [(step.business.value, step.figure.key) for step in full.steps] == [
        ("scan", "pages"),
        ("scan", "documents"),
        ("vault", "packages"),
        ("vault", "certificates"),
        ("notice", "accepted"),
        ("notice", "read"),
        ("billing", "invoices"),
    ]


def test_every_step_of_the_chart_is_a_figure_that_counts() -> None:
    for business, keys in STEPS.items():
        units = dict(FIGURES[business])
        assert all(units[key] in {Unit.ITEM, Unit.PAGE} for key in keys)


def test_a_snapshot_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        of().trial = False  # type: ignore[misc]
