from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from paperless_kernel.adapters.checkers import pdfa_complaints
from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    NotAllowedError,
    NotFoundError,
    NotYetError,
)
from paperless_kernel.base.facility import TRIAL_MARK, Facility, FacilityKind
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan.model import RejectReason, Service, ServiceModel
from paperless_kernel.scan.sealing.model import SealedDocument
from paperless_kernel.trust.keys import ECDSA_P256, RSA_3072, KeyPurpose
from paperless_kernel.trust.pdf import PLAIN_MARK, PdfKind, check_pdf
from paperless_kernel.trust.pki import subject_name
from paperless_kernel.trust.report import PartName
from paperless_kernel.trust.verify import inspect

SMALL = (620, 877)
ADMIN = Actor(id="u-admin", roles=frozenset({Role.SYSTEM_ADMIN}))


def _sheets(draw: Any, count: int = 1) -> list[bytes]:
    return [draw.encoded(draw.drawn(n, SMALL), dpi=204) for n in range(1, count + 1)]


def _sealed(world: Any, draw: Any, seal: dict[str, Any], **more: Any) -> SealedDocument:
    batch = world.passed(_sheets(draw), **more)
    world.scan.seal(world.manager, batch, **seal)
    (document,) = world.scan.sealed_documents(world.flow, batch)
    return document  # type: ignore[no-any-return]


def test_a_document_may_carry_its_own_time(world: Any, draw: Any) -> None:
    document = _sealed(world, draw, {"per_document_time": True})
    facts = check_pdf(document.pdf)
    assert facts.stamped is not None
    assert facts.stamped.gen_time == world.clock.now()
    report = inspect(document.pdf)
    assert "signature of this file existed" in report.part(PartName.TIME).text.en
    assert pdfa_complaints(document.pdf) == ()


def test_without_asking_time_is_the_batches(world: Any, draw: Any) -> None:
    assert check_pdf(_sealed(world, draw, {}).pdf).stamped is None


def test_a_plain_scan_is_called_so_by_everybody(world: Any, draw: Any) -> None:
    document = _sealed(world, draw, {}, service=Service.PLAIN)
    facts = check_pdf(document.pdf)
    assert facts.kind is PdfKind.PLAIN_SCAN
    assert PLAIN_MARK in facts.reason
    assert "일반스캔" in inspect(document.pdf).verdict.ko
    assert b"<pk:service>plain</pk:service>" in document.pdf


def _workshop(world: Any, registration: str = "", name: str = "bank-1") -> None:
    world.scan.enter_workshop(
        world.manager,
        id=name,
        holder="하나은행 전자화작업장",
        model=ServiceModel.SUBSCRIBED,
        registration=registration,
        registered_on=dt.date(2026, 2, 1) if registration else None,
    )


@pytest.mark.parametrize("algorithm", [ECDSA_P256, RSA_3072])
def test_whose_workshop_it_is_decides_whose_certificate_seals(
    world: Any, draw: Any, algorithm: str
) -> None:
    holder = f"bank-{algorithm[:3]}"
    world.scan.enter_workshop(
        world.manager,
        id=holder,
        holder="하나은행 전자화작업장",
        model=ServiceModel.SUBSCRIBED,
    )
    made = world.scan.certify_workshop(ADMIN, holder, algorithm=algorithm)
    assert subject_name(made) == "하나은행 전자화작업장"
    assert TRIAL_MARK.encode() in made
    chain = world.keeper.certificates(KeyPurpose.SCAN, holder)
    document = _in_name_of(world, draw, holder)
    facts = check_pdf(document.pdf)
    assert facts.chain == chain
    assert facts.name == "하나은행 전자화작업장"
    assert facts.standing == TRIAL_MARK
    assert pdfa_complaints(document.pdf) == ()


def _in_name_of(world: Any, draw: Any, holder: str) -> SealedDocument:
    """Seal one sheet of a box whose order names a holder's workshop."""
    of = {"model": ServiceModel.SUBSCRIBED, "workshop": holder}
    batch = world.passed(_sheets(draw), **of)
    world.scan.seal(world.manager, batch)
    (document,) = world.scan.sealed_documents(world.flow, batch)
    return document  # type: ignore[no-any-return]


def test_an_order_put_to_another_workshop_in_its_row_seals_nothing(
    world: Any, draw: Any
) -> None:
    _workshop(world)
    world.scan.certify_workshop(ADMIN, "bank-1")
    batch = world.passed(_sheets(draw))
    with world.db.begin() as tx:
        tx.exec_driver_sql("UPDATE work_order SET workshop = 'bank-1'")
    with pytest.raises(EvidenceError, match="in another's name"):
        world.scan.seal(world.manager, batch)
    assert "scan:batch:sealed" not in world.tags()


def test_a_holder_without_a_certificate_seals_nothing(world: Any, draw: Any) -> None:
    _workshop(world, name="bank-none")
    with pytest.raises(NotFoundError, match="workshop-key bank-none"):
        _in_name_of(world, draw, "bank-none")


def test_a_registration_counts_for_its_holder_only(world: Any, draw: Any) -> None:
    _workshop(world, registration="제7호")
    world.scan.certify_workshop(ADMIN, "bank-1")
    world.facilities[FacilityKind.WORKSHOP] = Facility(
        kind=FacilityKind.WORKSHOP,
        holder="다른 작업장",
        number="제1호",
        since=dt.date(2026, 1, 1),
        until=dt.date(2026, 12, 31),
    )
    document = _in_name_of(world, draw, "bank-1")
    assert check_pdf(document.pdf).standing == TRIAL_MARK


def test_a_holders_own_registration_lifts_the_trial_line(world: Any, draw: Any) -> None:
    _workshop(world, registration="제7호")
    world.facilities[FacilityKind.WORKSHOP] = Facility(
        kind=FacilityKind.WORKSHOP,
        holder="하나은행 전자화작업장",
        number="제7호",
        since=dt.date(2026, 1, 1),
        until=dt.date(2026, 12, 31),
    )
    world.scan.certify_workshop(ADMIN, "bank-1")
    assert "제7호" in check_pdf(_in_name_of(world, draw, "bank-1").pdf).standing


def test_a_ceremony_is_held_once_and_by_the_office(world: Any) -> None:
    _workshop(world)
    with pytest.raises(NotAllowedError):
        world.scan.certify_workshop(world.manager, "bank-1")
    with pytest.raises(NotFoundError):
        world.scan.certify_workshop(ADMIN, "bank-9")
    made = world.scan.certify_workshop(ADMIN, "bank-1")
    assert world.scan.certify_workshop(ADMIN, "bank-1") == made
    assert world.tags().count("scan:workshop:certified") == 1
    with pytest.raises(ConflictError, match="already"):
        world.scan.certify_workshop(ADMIN, "bank-1", algorithm=RSA_3072)


def test_an_open_reject_stops_sealing(world: Any, draw: Any) -> None:
    pages = world.captured(_sheets(draw, 2))
    batch = pages[0].batch
    world.scan.close_batch(world.author, batch)
    world.scan.reject_page(world.inspector, pages[0].id, RejectReason.SKEWED)
    with pytest.raises(NotYetError, match="제51조"):
        world.scan.seal(world.manager, batch)
    assert "scan:document:sealed" not in world.tags()


def test_a_document_that_is_no_pdfa_is_not_sealed(world: Any, draw: Any) -> None:
    batch = world.passed(_sheets(draw))
    parts = world.scan._parts
    real = parts.pdfa
    object.__setattr__(parts, "pdfa", lambda _pdf: ("rule 6.2.2 broken",))
    with pytest.raises(EvidenceError, match=r"6\.2\.2"):
        world.scan.seal(world.manager, batch)
    object.__setattr__(parts, "pdfa", lambda pdf: real(pdf.replace(b"(sRGB)", b"(x)")))
    assert "scan:document:sealed" not in world.tags()
    object.__setattr__(parts, "pdfa", real)
    world.scan.seal(world.manager, batch)
    assert "scan:document:sealed" in world.tags()


def test_the_checkers_refuse_what_is_no_pdfa(world: Any, draw: Any) -> None:
    document = _sealed(world, draw, {})
    assert pdfa_complaints(document.pdf) == ()
    broken = document.pdf.replace(b"<pdfaid:part>2<", b"<pdfaid:part>9<")
    assert pdfa_complaints(broken)
    assert pdfa_complaints(document.pdf + b"garbage")
    assert pdfa_complaints(b"no PDF")
