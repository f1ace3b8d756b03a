from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.pictures.flate import (
    encode_flate,
    grey_flate,
    own_stream,
    wrap_png,
)
from paperless_kernel.scan.pictures.normalise import normalise
from paperless_kernel.scan.quality.checks import half_grey, measure

SIZE = (200, 100)


def _colour() -> Any:
    return np.random.default_rng(1).integers(0, 256, (100, 200, 3)).astype(np.uint8)


def test_pixels_come_back_as_they_were() -> None:
    colour = _colour()
    for pixels, colours in ((colour, 3), (colour[:, :, 0], 1)):
        stream = encode_flate(pixels)
        assert encode_flate(pixels) == stream
        with Image.open(io.BytesIO(wrap_png(stream, *SIZE, colours))) as image:
            assert (np.asarray(image) == pixels).all()
    assert (grey_flate(stream, *SIZE, 1) == colour[:, :, 0]).all()


def test_a_damaged_stream_is_refused() -> None:
    stream = encode_flate(_colour())
    with pytest.raises(InputError, match="damaged"):
        grey_flate(b"", *SIZE, 3)
    with pytest.raises(InputError, match="damaged"):
        grey_flate(stream, SIZE[0], 0, 3)


def _png(**how: Any) -> bytes:
    mode = how.pop("mode", "RGB")
    out = io.BytesIO()
    Image.fromarray(_colour()).convert(mode).save(out, "PNG", **how)
    return out.getvalue()


def test_only_whole_plain_rows_are_a_pages_own() -> None:
    assert own_stream(_png()) is not None
    assert own_stream(_png(mode="L")) is not None
    for mode in ("RGBA", "LA", "P", "1"):
        assert own_stream(_png(mode=mode)) is None
    assert own_stream(_png(transparency=(0, 0, 0))) is None
    assert own_stream(b"") is None


def test_rows_that_are_too_few_too_many_or_followed_are_not_taken() -> None:
    stream = encode_flate(_colour())
    rows = zlib.decompress(stream)
    for other in (rows[:-1], rows + b"\0"):
        assert own_stream(wrap_png(zlib.compress(other), *SIZE, 3)) is None
    assert own_stream(wrap_png(stream + b"more", *SIZE, 3)) is None
    assert own_stream(wrap_png(stream[:-5], *SIZE, 3)) is None
    assert own_stream(wrap_png(b"none", *SIZE, 3)) is None


@pytest.mark.parametrize("size", [(620, 877), (1400, 1980)])
def test_a_lossless_side_is_measured_like_any_other(draw: Any, size: Any) -> None:
    page = draw.drawn(size=size)
    (side,) = normalise(draw.encoded(page, "PNG"), lossless=True)
    (coded,) = normalise(draw.encoded(page, "PNG"))
    one, other = (measure(each, half_grey(each)) for each in (side, coded))
    assert side.kind == "flate"
    assert one.dpi == other.dpi
    assert abs(one.ink - other.ink) < 2000
    assert abs(one.skew - other.skew) <= 5
