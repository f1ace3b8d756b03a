from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotYetError,
)
from paperless_kernel.scan.capture.slips import (
    Slip,
    Ticket,
    mark_of,
    read_ticket,
    slip_sheet,
)
from paperless_kernel.scan.model import PageState, RejectReason, Verdict
from paperless_kernel.scan.pictures.grey import shrink

SMALL = (620, 877)
SLIP = Slip(batch="2.25.301238479128374912837491827349182734", sheet=17)


def _sheet(draw: Any, seed: int = 1, dpi: int = 204) -> bytes:
    made: bytes = draw.encoded(draw.drawn(seed, SMALL), dpi=dpi)
    return made


def _half(page: Image.Image) -> Any:
    return shrink(np.asarray(page), 2)


def test_a_ticket_is_read_whole_turned_and_blurred(draw: Any) -> None:
    grey = _half(slip_sheet(SLIP))
    wanted = Ticket(mark=mark_of(SLIP.batch), sheet=17)
    soft = cv2.GaussianBlur(grey, (0, 0), 1.5)
    for seen in (grey, draw.turned(soft, 3), np.rot90(grey), np.rot90(soft, 2)):
        assert read_ticket(np.ascontiguousarray(seen)) == wanted


def test_the_bars_alone_are_a_ticket_too() -> None:
    page = np.array(slip_sheet(SLIP))
    page[:1100], page[1700:] = 255, 255
    wanted = Ticket(mark=mark_of(SLIP.batch), sheet=17)
    assert read_ticket(shrink(page, 2)) == wanted


def test_a_page_and_a_separator_are_no_tickets(draw: Any, divider: bytes) -> None:
    assert read_ticket(draw.drawn()) is None
    with Image.open(io.BytesIO(divider)) as page:
        assert read_ticket(np.asarray(page.convert("L"))) is None


def _printed(paper: bytes) -> list[bytes]:
    """What a scanner makes of the printed slips."""
    found = []
    with pypdfium2.PdfDocument(paper) as pdf:
        for page in pdf:
            picture = page.render(scale=150 / 72).to_pil().convert("L")
            out = io.BytesIO()
            picture.save(out, "JPEG", dpi=(150, 150))
            found.append(out.getvalue())
    return found


def _rejected(world: Any, draw: Any, seeds: Any, **more: Any) -> Any:
    """A batch in which the pages at ``seeds`` were rejected."""
    pages = world.captured([_sheet(draw, seed) for seed in range(1, 5)], **more)
    for seed in seeds:
        world.scan.reject_page(world.inspector, pages[seed - 1].id, RejectReason.FOLDED)
    return pages


def test_a_stack_of_slips_and_sheets_drops_into_place(world: Any, draw: Any) -> None:
    pages = _rejected(world, draw, (2, 4))
    batch = pages[0].batch
    world.scan.close_batch(world.author, batch)
    slips = world.scan.rescan_slips(world.inspector, batch)
    assert [(slip.sheet, slip.reasons) for slip in slips] == [
        (2, ("folded",)), (4, ("folded",)),
    ]  # fmt: skip
    paper = world.scan.slip_papers(world.author, batch)
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        assert len(pdf.pages) == 2
    first, second = _printed(paper)
    stack = world.files(second, _sheet(draw, 14), first, _sheet(draw, 12))
    for _ in range(2):
        made = world.scan.rescan_stack(world.author, batch, stack)
        assert [(page.sheet, page.version) for page in made] == [(4, 2), (2, 2)]
    now = world.scan.pages(world.author, batch)
    assert [page.version for page in now] == [1, 2, 1, 2]
    assert now[1].duplicate_of == now[3].duplicate_of == ""
    assert world.tags().count("scan:page:replaced") == 2
    assert world.scan.rescan_slips(world.author, batch) == ()
    with pytest.raises(NotYetError, match="No sheet"):
        world.scan.slip_papers(world.author, batch)
    again = world.scan.check_batch_integrity(world.author, batch)
    assert again.checked == again.head


def test_a_measured_rejection_gets_a_slip_with_its_reason(
    world: Any, draw: Any
) -> None:
    (page,) = world.captured([_sheet(draw, 1, dpi=100)])
    assert page.verdict is Verdict.REJECT
    (slip,) = world.scan.rescan_slips(world.author, page.batch)
    assert "resolution" in slip.reasons[0]


def test_only_the_rejected_side_of_a_sheet_is_replaced(world: Any, draw: Any) -> None:
    pages = _rejected(world, draw, (4,), sheets=2, sides=2)
    batch = pages[0].batch
    (slip,) = _printed(world.scan.slip_papers(world.author, batch))
    blank = draw.encoded(draw.blank(size=SMALL), dpi=204)
    stack = world.files(blank, slip, _sheet(draw, 13), _sheet(draw, 14))
    (made,) = world.scan.rescan_stack(world.author, batch, stack)
    assert (made.sheet, made.side, made.version) == (2, 2, 2)
    now = world.scan.pages(world.author, batch)
    assert [page.version for page in now] == [1, 1, 1, 2]


def test_a_stack_that_does_not_fit_is_refused(world: Any, draw: Any) -> None:
    pages = _rejected(world, draw, (2, 4))
    batch = pages[0].batch
    first, second = _printed(world.scan.slip_papers(world.author, batch))
    other = _printed_one(Slip(batch="2.25.7", sheet=2))
    unknown = _printed_one(Slip(batch=batch, sheet=99))
    sheet, good = _sheet(draw, 12), _printed_one(Slip(batch=batch, sheet=1))
    cases = [
        ((sheet,), InputError, "no slip before it"),
        ((first, second, sheet), InputError, "another slip follows"),
        ((first,), InputError, "no sheet behind it"),
        ((other, sheet), InputError, "another batch"),
        ((unknown, sheet), InputError, "no sheet 99"),
        ((good, sheet), NotAllowedError, "not rejected"),
    ]
    for stack, error, words in cases:
        files = world.files(*stack)
        with pytest.raises(error, match=words):
            world.scan.rescan_stack(world.author, batch, files)
    assert "scan:page:replaced" not in world.tags()
    made = world.scan.rescan_stack(world.author, batch, world.files(first, sheet))
    assert len(made) == 1
    files = world.files(second, _sheet(draw, 14), _sheet(draw, 15))
    with pytest.raises(InputError, match="Sheet 3 of the stack has no slip"):
        world.scan.rescan_stack(world.author, batch, files)
    # What came before the mistake is kept, and the repeat is no harm.
    states = [page.state for page in world.scan.pages(world.author, batch)]
    assert PageState.REJECTED not in states
    with pytest.raises(NotAllowedError):
        world.scan.rescan_stack(world.inspector, batch, files)


def _printed_one(slip: Slip) -> bytes:
    out = io.BytesIO()
    slip_sheet(slip).reduce(2).save(out, "JPEG", dpi=(150, 150))
    return out.getvalue()


def test_a_sealed_batch_takes_no_stack(world: Any, draw: Any) -> None:
    batch = world.passed([_sheet(draw, 1)])
    world.scan.seal(world.manager, batch)
    with pytest.raises(ConflictError, match="nothing changes it"):
        world.scan.rescan_stack(world.author, batch, [])
