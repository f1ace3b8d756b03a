"""Grey pictures: decoding one small, shrinking it, counting its levels.

Knows pixels only; what they say of a page is ``quality``'s.
"""

from __future__ import annotations

import contextlib
import ctypes

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from paperless_kernel.base.errors import InputError

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # mallopt(3)

cv2.setNumThreads(1)
"""Its own threads spin while they wait: a third more CPU a page, and no time won."""

with contextlib.suppress(AttributeError, OSError):
    # glibc gives a page's worth of pixels back to the system after every step and
    # fetches it again, which costs more than the step: keep up to 64 MiB instead.
    for _option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
        ctypes.CDLL(None).mallopt(_option, 64 << 20)

_HALVE_FROM = 1800  # pixels on the long side; smaller pages are read whole

Grey = NDArray[np.uint8]
Counts = NDArray[np.int64]


def times_of(width: int, height: int) -> int:
    """Return how many times smaller a picture of this size is looked at: 1 or 2."""
    return 2 if max(width, height) >= _HALVE_FROM else 1


def grey_jpeg(data: bytes, width: int, height: int, times: int) -> Grey:
    """Decode a JPEG to grey, ``times`` (1, 2, 4 or 8) smaller each way.

    Raises:
        InputError: the picture is damaged.
    """
    try:
        # simplejpeg takes the smallest scale that keeps the least size; without one
        # it does not shrink, whatever the factor.
        read = simplejpeg.decode_jpeg(
            data,
            "GRAY",
            min_height=max(1, height // times),
            min_width=max(1, width // times),
            min_factor=times,
        )
    except ValueError as error:
        raise InputError("This JPEG is damaged: scan the page again.") from error
    return np.ascontiguousarray(read[:, :, 0])


def shrink(grey: Grey, times: int) -> Grey:
    """Return the picture ``times`` smaller each way, each pixel an area's mean.

    What is left over at the right and below is cut, so that areas are whole.
    """
    if times == 1:
        return grey
    height, width = (max(1, length // times) for length in grey.shape)
    whole = grey[: height * times, : width * times]
    small = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def counts_of(grey: Grey, mask: Grey | None = None) -> Counts:
    """Count the pixels of each grey level in every other row, where ``mask`` is set."""
    rows = None if mask is None else mask[::2]
    counts = cv2.calcHist([grey[::2]], [0], rows, [256], [0, 256])
    return counts.ravel().astype(np.int64)


def level_of(counts: Counts, share: float) -> int:
    """Return the grey level below which ``share`` of the counted pixels lie."""
    return int(np.searchsorted(np.cumsum(counts), counts.sum() * share))


def paper_of(counts: Counts) -> int:
    """Return the grey level of the paper: the commonest level of the bright half."""
    smooth = np.convolve(counts, np.ones(9, np.int64), "same")
    start = max(0, level_of(counts, 0.5) - 8)
    peak = start + int(np.argmax(smooth[start:]))
    low = max(0, peak - 4)
    return low + int(np.argmax(counts[low : peak + 5]))
