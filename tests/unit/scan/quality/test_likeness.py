from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from paperless_kernel.scan.quality.likeness import is_same, likeness, may_be_same


def _again(draw: Any, page: Any, seed: int = 5) -> Any:
    """The same sheet on the glass a second time."""
    noise = np.random.default_rng(seed).normal(0, 5, page.shape)
    moved = np.roll(draw.turned(page, 0.3), (4, -3), (0, 1))
    return np.clip(moved + noise, 0, 255).astype(np.uint8)


def test_the_same_sheet_scanned_twice_is_found(draw: Any) -> None:
    page = draw.drawn()
    again = _again(draw, page)
    assert may_be_same(likeness(page), likeness(again))
    assert is_same(page, again)
    assert is_same(again, page)


def test_two_forms_filled_in_differently_are_not_the_same(draw: Any) -> None:
    form = draw.drawn(words="name            date         sum")
    filled = form.copy()
    cv2.putText(
        filled, "Kim", (700, 520), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 20, 3, cv2.LINE_AA
    )
    assert not is_same(form, filled)
    assert not is_same(filled, form)


def test_other_texts_are_not_even_candidates(draw: Any) -> None:
    hashes = [likeness(draw.drawn(seed)) for seed in range(1, 7)]
    pairs = [(a, b) for a in hashes for b in hashes if a < b]
    assert not any(may_be_same(a, b) for a, b in pairs)


def test_the_hash_has_256_bits(draw: Any) -> None:
    assert len(bytes.fromhex(likeness(draw.drawn()))) == 32
