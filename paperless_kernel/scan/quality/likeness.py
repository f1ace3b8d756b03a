"""Telling the same page scanned twice: a 256-bit picture hash, then blocks compared.

Knows pictures only. 64 bits do not keep forms of one kind apart (reference figures),
so candidates found by 256 bits are compared block by block.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

_HASHED: Final = 64  # pixels a side the hash looks at
_BITS_A_SIDE: Final = 16
_CANDIDATE_BITS: Final = 40
_COMPARED: Final = (768, 544)  # height, width
_BLOCK: Final = 32
_REACH: Final = 8  # pixels a block may have moved
_EDGE: Final = 32  # the rim is left out: lids and shadows differ from scan to scan
_BLOCK_LIMIT: Final = 18.0


def likeness(grey: Grey) -> str:
    """Return the 256-bit hash of a page's look, hex: signs of its low frequencies."""
    small = cv2.resize(grey, (_HASHED, _HASHED), interpolation=cv2.INTER_AREA)
    waves = cv2.dct(small.astype(np.float32))[:_BITS_A_SIDE, 1 : _BITS_A_SIDE + 1]
    bits = (waves > np.median(waves)).ravel()
    return np.packbits(bits).tobytes().hex()


def may_be_same(one: str, other: str) -> bool:
    """Tell whether two hashes are near enough to compare the pages themselves."""
    distance = (int(one, 16) ^ int(other, 16)).bit_count()
    return distance <= _CANDIDATE_BITS


def is_same(one: Grey, other: Grey) -> bool:
    """Compare two pages block by block, each block moved a little to fit.

    Two scans of one sheet differ by noise and by a slight turn everywhere; two filled
    forms differ strongly in the few blocks where they are filled in. So the worst
    block decides.
    """
    return worst_block(one, other) <= _BLOCK_LIMIT


def worst_block(one: Grey, other: Grey) -> float:
    """Return the largest root-mean-square difference of any block, grey levels.

    Both ways: a blank block finds a blank place beside what was filled in, but what
    was filled in finds nothing like it on the blank form.
    """
    first, second = _ready(one), _ready(other)
    return max(_worst(first, second), _worst(second, first))


def _worst(one: Grey, other: Grey) -> float:
    height, width = one.shape
    worst = 0.0
    for top in range(_EDGE, height - _EDGE - _BLOCK + 1, _BLOCK):
        for left in range(_EDGE, width - _EDGE - _BLOCK + 1, _BLOCK):
            block = one[top : top + _BLOCK, left : left + _BLOCK]
            around = other[
                top - _REACH : top + _BLOCK + _REACH,
                left - _REACH : left + _BLOCK + _REACH,
            ]
            apart = float(cv2.matchTemplate(around, block, cv2.TM_SQDIFF).min())
            worst = max(worst, (max(0.0, apart) / _BLOCK**2) ** 0.5)
    return worst


def _ready(grey: Grey) -> Grey:
    height, width = _COMPARED
    small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 1.5), np.uint8)
