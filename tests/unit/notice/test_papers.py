from __future__ import annotations

import base64
import datetime as dt
import io
import json
from typing import Any

import pikepdf
import pytest
from pypdfium2 import PdfDocument

from paperless_kernel.base.errors import (
    EvidenceError,
    InputError,
    NotAllowedError,
    NotFoundError,
)
from paperless_kernel.base.facility import TRIAL_MARK, Facility, FacilityKind
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.notice.model import GivenDocument, Line, Network
from paperless_kernel.notice.pages import page_images
from paperless_kernel.trust.merkle import check_inclusion, leaf_hash
from paperless_kernel.trust.notes import check_note
from paperless_kernel.trust.pdf import PdfKind, check_pdf

KT = "01011112222"


def words(pdf: bytes, page: int = 0) -> str:
    document = PdfDocument(pdf)
    try:
        return document[page].get_textpage().get_text_bounded()
    finally:
        document.close()


@pytest.fixture
def read(world: Any) -> Any:
    world.set_lines(1, Line(number=KT, network=Network.KT))
    world.campaign = world.approved(1)
    world.notices.dispatch_due(world.machine)
    world.notices.collect_reports(world.machine)
    reading, token = world.notices.reading, world.token(KT)
    cookie = reading.open(token, "phone")
    reading.consent(token, cookie, "ko")
    reading.confirm(token, cookie, world.code(KT))
    reading.read(token, cookie)
    return world


def test_a_distribution_certificate_says_all_and_proves_itself(read: Any) -> None:
    status = read.one(read.campaign)
    paper = read.notices.certificate(read.sender, status.id, key="k")
    facts = check_pdf(paper.pdf)
    assert facts.kind is PdfKind.DISTRIBUTION
    assert TRIAL_MARK in facts.standing
    assert TRIAL_MARK in words(paper.pdf)
    text = words(paper.pdf) + words(paper.pdf, 1)
    for part in (
        "어느시청",
        "홍길동",
        "***-****-2222",
        "송신일시",
        "수신일시",
        "열람일시",
        "possession of the line",
        "kr-2026-11-23-",
        "terms-2026-11",
    ):
        assert part in text, part
    assert KT not in text
    (enclosed,) = facts.attachments
    evidence = json.loads(enclosed.data)
    assert [each["kind"] for each in evidence["facts"]][-1] == "read"
    for each in evidence["facts"]:
        checkpoint = check_note(each["note"], [evidence["vkey"]])
        check_inclusion(
            leaf_hash(base64.b64decode(each["entry"])),
            each["index"],
            each["size"],
            [bytes.fromhex(step) for step in each["path"]],
            checkpoint.root,
        )


def test_a_certificate_is_made_once_per_key(read: Any) -> None:
    status = read.one(read.campaign)
    paper = read.notices.certificate(read.sender, status.id, key="k")
    read.clock.advance(dt.timedelta(hours=1))
    assert read.notices.certificate(read.sender, status.id, key="k") == paper
    assert read.notices.certificate(read.sender, status.id, key="l") != paper
    assert read.notices.numbers().certificates == 2
    assert read.tags().count("notice:certificate:issued") == 2


def test_one_changed_byte_is_noticed(read: Any) -> None:
    status = read.one(read.campaign)
    pdf = bytearray(read.notices.certificate(read.sender, status.id, key="k").pdf)
    pdf[len(pdf) // 3] ^= 1
    with pytest.raises((EvidenceError, InputError)):
        check_pdf(bytes(pdf))


def test_who_may_ask_for_one(read: Any) -> None:
    status = read.one(read.campaign)
    with pytest.raises(NotFoundError):
        read.notices.certificate(read.stranger, status.id, key="k")
    with pytest.raises(NotAllowedError):
        read.notices.certificate(read.machine, status.id, key="k")
    admin = Actor(id="a", roles=frozenset({Role.CUSTOMER_ADMIN}), tenant="t-one")
    assert read.notices.certificate(admin, status.id, key="k").pdf


def test_with_a_facility_the_trial_mark_gives_way(read: Any) -> None:
    read.facilities[FacilityKind.RELAY] = Facility(
        kind=FacilityKind.RELAY,
        holder="어느 중계자",
        number="2026-1",
        since=dt.date(2026, 1, 1),
        until=dt.date(2028, 12, 31),
    )
    status = read.one(read.campaign)
    paper = read.notices.certificate(read.sender, status.id, key="k")
    assert TRIAL_MARK not in words(paper.pdf)
    assert "어느 중계자" in words(paper.pdf)


def test_nothing_sent_is_certified_as_that(world: Any) -> None:
    campaign = world.approved(1)
    world.notices.dispatch_due(world.machine)
    paper = world.notices.certificate(world.sender, world.one(campaign).id, key="k")
    text = words(paper.pdf) + words(paper.pdf, 1)
    assert "발송하지 않음" in text
    assert "발송할 수 없었음" in text


def test_a_letter_holds_the_address_the_reason_and_the_document(world: Any) -> None:
    world.set_lines(1, Line(number=KT, network=Network.SKT, mvno=True))
    world.approved(1)
    world.notices.dispatch_due(world.machine)
    (letter,) = world.notices.letters(world.sender)
    text = words(letter.pdf)
    for part in ("홍길동 귀하", "어느로 1", "SKT 망 알뜰폰", TRIAL_MARK):
        assert part in text, part
    with pikepdf.open(io.BytesIO(letter.pdf)) as opened:
        assert len(opened.pages) == 2


def test_a_letter_with_a_changed_document_is_refused(world: Any) -> None:
    world.approved(1)
    world.notices.dispatch_due(world.machine)
    kept = world.documents.kept["doc-1"]
    world.documents.kept["doc-1"] = GivenDocument(
        data=kept.data + b"x", title="", owner=kept.owner
    )
    with pytest.raises(EvidenceError):
        world.notices.letters(world.sender)


def test_what_is_no_pdf_has_no_pages(document: bytes) -> None:
    (page,) = page_images(document, 400)
    assert (page.width, page.jpeg[:2]) == (400, b"\xff\xd8")
    for wrong in (b"", b"%PDF-1.7 nothing", document[:200]):
        with pytest.raises(InputError):
            page_images(wrong)
