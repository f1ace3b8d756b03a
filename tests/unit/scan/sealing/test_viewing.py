from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from paperless_kernel.base.errors import ConflictError, NotAllowedError
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.model import Service
from paperless_kernel.scan.sealing.transfer import PLAIN_MARK

SMALL = (620, 877)


def _view(world: Any, draw: Any, said: list[str], **more: Any) -> Image.Image:
    parts = world.scan._parts
    real = parts.mark
    object.__setattr__(parts, "mark", lambda text: said.append(text) or real(text))
    (page,) = world.captured([draw.encoded(draw.drawn(1, SMALL), dpi=204)], **more)
    shown = Image.open(io.BytesIO(world.scan.page_view(world.inspector, page.id)))
    shown.load()
    return shown


def test_a_plain_page_is_marked_below_its_picture(world: Any, draw: Any) -> None:
    said: list[str] = []
    shown = _view(world, draw, said, service=Service.PLAIN)
    assert said[-1].startswith(PLAIN_MARK)
    assert (shown.width, shown.height) == (SMALL[0], SMALL[1] + 16)
    strip = shown.convert("L").crop((0, SMALL[1], shown.width, shown.height))
    assert min(strip.tobytes()) < 90  # the line is there
    with Image.open(io.BytesIO(draw.encoded(draw.drawn(1, SMALL), dpi=204))) as page:
        above = shown.convert("L").crop((0, 0, *SMALL))
        assert above.tobytes() == page.convert("L").tobytes()


def test_a_trusted_page_carries_the_standing_alone(world: Any, draw: Any) -> None:
    said: list[str] = []
    _view(world, draw, said)
    assert "일반스캔" not in said[-1]


def test_only_the_workshop_looks_and_not_after_the_end(world: Any, draw: Any) -> None:
    batch = world.passed([draw.encoded(draw.drawn(1, SMALL), dpi=204)])
    (page,) = world.scan.pages(world.author, batch)
    with pytest.raises(NotAllowedError):
        world.scan.page_view(Actor(id="x", roles=frozenset({Role.SALES})), page.id)
    world.scan.seal(world.manager, batch)
    (document,) = world.scan.sealed_documents(world.flow, batch)
    world.scan.handed_over(world.flow, document.id, receipt="v-1")
    with pytest.raises(ConflictError, match="erased"):
        world.scan.page_view(world.inspector, page.id)
