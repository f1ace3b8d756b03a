from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pypdfium2
import pytest
from pikepdf import Pdf

from paperless_kernel.base.errors import (
    ConflictError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
)
from paperless_kernel.base.facility import TRIAL_MARK, Facility, FacilityKind
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.boxes import Box, BoxState
from paperless_kernel.scan.disposal.model import Method
from paperless_kernel.scan.disposal.papers import basis_wording
from paperless_kernel.scan.disposal.rules import PaperFacts, _basis
from paperless_kernel.scan.sealing.assemble import image_streams
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.pdf import PdfKind, check_pdf

NAMES = {"u-courier": "한운송", "u-witness": "두입회"}
PRINTER = Actor(id="u-manager", roles=frozenset({Role.SCAN_MANAGER}), name="김책임")


def words(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as paper:
        return [
            " ".join(str(page.get_textpage().get_text_bounded()).split())
            for page in paper
        ]


def given(world: Any, batch: str) -> None:
    """Hand every document of a batch over, as the vault does."""
    for document in world.scan.sealed_documents(world.flow, batch):
        world.scan.handed_over(
            world.flow, document.id, receipt=f"entry-{document.id[-4:]}"
        )


@pytest.fixture
def sealed(world: Any, draw: Any) -> str:
    batch = world.passed([draw.encoded(draw.drawn(seed)) for seed in (1, 2)])
    world.scan.seal(world.manager, batch)
    return str(batch)


@pytest.fixture
def shredded(world: Any, sealed: str) -> str:
    given(world, sealed)
    box = world.scan.boxes(world.manager)[0].id
    world.scan.shred_box(
        world.courier,
        box,
        method=Method.SHREDDING,
        person="u-courier",
        witness="u-witness",
        device="파쇄기 3호",
    )
    return str(box)


def document_of(world: Any, batch: str) -> Any:
    return world.scan.documents(world.manager, batch)[0]


def test_a_confirmation_says_what_was_destroyed_how_by_whom_and_why(
    world: Any, shredded: str
) -> None:
    paper = world.scan.destruction_paper(world.manager, shredded, names=NAMES)

    text = " ".join(words(paper))
    for said in (
        "종이문서 파기 확인서",
        "파쇄",
        "파쇄기 3호",
        "한운송",
        "두입회",
        "S-1",
        "2매",
        "제53조②",
        "시험용으로 만든 종이",
    ):
        assert said in text
    for document in world.scan.destruction(world.manager, shredded).documents:
        assert document.sha256[:20] in text.replace(" ", "")
        assert document.receipt.replace("-", "") in text.replace("\x02", "").replace(
            "-", ""
        )


@pytest.mark.parametrize("demo", [True, False])
def test_every_basis_of_a_yes_has_korean_words(*, demo: bool) -> None:
    facts = PaperFacts(
        box=Box(
            id="b",
            tenant="t",
            seal="S-1",
            contract="c",
            sheets=9,
            counted=9,
            state=BoxState.OPENED,
            received_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
        ),
        batches=(),
        ordered="의뢰-1",
        demo_paper=demo,
        keep=(),
        set_aside=0,
        untaken=0,
        kept=(),
        uncentred=(),
        unregistered=(),
        centre="제1호",
        workshop="제2호",
    )

    for sentence in _basis(facts):
        assert basis_wording(sentence).endswith(f" · {sentence}")
    assert basis_wording("something else") == "something else"


def test_a_confirmation_is_signed_and_marked_as_a_trial(
    world: Any, shredded: str
) -> None:
    facts = check_pdf(world.scan.destruction_paper(world.manager, shredded, names={}))

    assert facts.kind is PdfKind.CERTIFICATE
    assert facts.standing == TRIAL_MARK
    assert facts.title == "종이문서 파기 확인서"


def test_paper_that_was_not_destroyed_has_no_confirmation(
    world: Any, sealed: str
) -> None:
    box = world.scan.boxes(world.manager)[0].id

    with pytest.raises(NotYetError, match="not destroyed here"):
        world.scan.destruction_paper(world.manager, box, names={})
    with pytest.raises(NotFoundError):
        world.scan.destruction_paper(world.manager, "2.25.1", names={})
    with pytest.raises(NotAllowedError):
        world.scan.destruction_paper(world.courier, box, names={})


def test_a_copy_says_so_and_who_and_when_on_every_page(world: Any, sealed: str) -> None:
    document = document_of(world, sealed)

    copy = world.scan.print_copy(PRINTER, document.id, key="p-1")

    shown = words(copy)
    assert len(shown) == len(document.pages) == 2
    for number, text in enumerate(shown, 1):
        assert "사본" in text
        assert "김책임 (u-manager)" in text
        assert "2026-11-23 14:45:28 KST" in text
        assert document.id in text.replace(" ", "")
        assert f"{number} / 2" in text


def test_a_copy_holds_the_captured_pictures_and_no_signature(
    world: Any, sealed: str
) -> None:
    (taken,) = world.scan.sealed_documents(world.flow, sealed)

    copy = world.scan.print_copy(PRINTER, taken.id, key="p-1")

    with Pdf.open(io.BytesIO(copy)) as paper:
        assert "/AcroForm" not in paper.Root
        held = {
            sha256(stream.read_raw_bytes()).hex()
            for stream in paper.objects
            if getattr(stream, "get", None) and stream.get("/Subtype") == "/Image"
        }
    assert {sha256(one).hex() for one in image_streams(taken.pdf)} <= held


def test_the_sealed_file_stays_as_it_was(world: Any, sealed: str) -> None:
    (before,) = world.scan.sealed_documents(world.flow, sealed)

    world.scan.print_copy(PRINTER, before.id, key="p-1")

    (after,) = world.scan.sealed_documents(world.flow, sealed)
    assert (after.pdf, after.sha256) == (before.pdf, before.sha256)


def test_each_print_is_journaled_once_without_a_name(world: Any, sealed: str) -> None:
    document = document_of(world, sealed).id
    first = world.scan.print_copy(PRINTER, document, key="p-1")
    world.clock.advance(dt.timedelta(minutes=5))

    assert world.scan.print_copy(PRINTER, document, key="p-1") == first
    assert world.scan.print_copy(PRINTER, document, key="p-2") != first
    entries = [one for one in world.journal.entries() if one.tag.endswith("printed")]
    assert [one.subject for one in entries] == [document] * 2
    assert all(one.actor == PRINTER.id for one in entries)
    assert "김책임" not in str([one.body for one in entries])
    assert "scan:paper:printed" in {
        line.tag
        for line in world.scan.box_story(
            world.manager, world.scan.boxes(world.manager)[0].id
        )
    }


def test_nobody_prints_who_may_not_or_what_is_not_sealed(world: Any, draw: Any) -> None:
    batch = world.passed([draw.encoded(draw.drawn())], sheets=1)
    document = document_of(world, batch).id

    with pytest.raises(NotYetError, match="Seal its batch first"):
        world.scan.print_copy(PRINTER, document, key="p-1")
    for actor in (world.courier, world.author, world.flow):
        with pytest.raises(NotAllowedError):
            world.scan.print_copy(actor, document, key="p-1")
    with pytest.raises(NotFoundError):
        world.scan.print_copy(PRINTER, "2.25.1", key="p-1")


def test_a_key_stands_for_one_document_and_person(world: Any, sealed: str) -> None:
    document = document_of(world, sealed).id
    world.scan.print_copy(PRINTER, document, key="p-1")

    with pytest.raises(ConflictError):
        world.scan.print_copy(world.inspector, document, key="p-1")


def test_after_the_hand_over_it_is_said_where_to_print(world: Any, sealed: str) -> None:
    document = document_of(world, sealed).id
    given(world, sealed)

    with pytest.raises(ConflictError, match=r"receipt entry-.*deposited"):
        world.scan.print_copy(PRINTER, document, key="p-1")


def test_a_registered_workshop_lifts_the_trial_line_and_demo_paper_stays_so(
    world: Any, shredded: str
) -> None:
    world.facilities[FacilityKind.WORKSHOP] = Facility(
        kind=FacilityKind.WORKSHOP,
        holder="시험 작업장",
        number="제2026-1호",
        since=dt.date(2026, 1, 1),
        until=dt.date(2026, 12, 31),
    )

    paper = world.scan.destruction_paper(world.manager, shredded, names=NAMES)

    assert "제2026-1호" in check_pdf(paper).standing
    text = " ".join(words(paper))
    assert TRIAL_MARK not in text
    assert "시험용으로 만든 종이" in text
