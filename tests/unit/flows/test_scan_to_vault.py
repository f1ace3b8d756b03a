from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.base.errors import InputError, StorageError
from paperless_kernel.base.ids import Actor
from paperless_kernel.flows.scan_to_vault import EVIDENCE_NAME, deposit_of, hand_over
from paperless_kernel.scan.model import Service
from paperless_kernel.scan.sealing.model import AnnexPage, SealedDocument
from paperless_kernel.scan.sealing.transfer import PLAIN_MARK
from paperless_kernel.trust.digest import sha256
from paperless_kernel.vault.model import TAG_STAMPED

_SPEC = importlib.util.spec_from_file_location(
    "vault_world", Path(__file__).parents[1] / "vault/conftest.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_WORLD = sys.modules["vault_world"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_WORLD)
keys, typesetter, retention = _WORLD.keys, _WORLD.typesetter, _WORLD.retention
texts, world = _WORLD.texts, _WORLD.world


def sealed(n: int, pdf: bytes | None = None) -> SealedDocument:
    data = pdf or b"%%PDF-1.7\n%% page %d" % n
    return SealedDocument(
        id=f"2.25.{n:039d}",
        batch="batch-1",
        box="box-1",
        tenant="t-one",
        service=Service.TRUSTED,
        title=f"근로계약서 {n}",
        kind="계약서",
        keywords=("근로",),
        pdf=data,
        evidence=b"evidence of %d" % n,
        sha256=sha256(data).hex(),
        sealed_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
        capture_hashes=(),
        annex=(
            AnnexPage(
                name="page-2-v1.jpg",
                kind="jpeg",
                sha256=sha256(b"blurred").hex(),
                why="unclear",
                data=b"blurred",
            ),
        ),
    )


class Desk:
    """A scan business with nothing but its end: documents and receipts."""

    def __init__(self, documents: Sequence[SealedDocument]) -> None:
        self.documents = documents
        self.receipts: dict[str, str] = {}
        self.broken = False

    def sealed_documents(self, _actor: Actor, _batch: str) -> Iterator[SealedDocument]:
        waiting = [each for each in self.documents if each.id not in self.receipts]
        return iter(waiting)

    def handed_over(self, _actor: Actor, document: str, *, receipt: str) -> None:
        if self.broken and self.receipts:
            raise StorageError("disk full")
        assert self.receipts.setdefault(document, receipt) == receipt


def test_every_document_becomes_a_package_with_its_evidence(world: Any) -> None:
    desk = Desk([sealed(1), sealed(2)])
    receipts = hand_over(desk, world.vault, world.machine, "batch-1")
    assert len(receipts) == 2
    assert desk.receipts == {
        each.id: receipt.entry_id
        for each, receipt in zip(desk.documents, receipts, strict=True)
    }
    first = world.vault.document(world.clerk, receipts[0].document_ids[0])
    assert [each.media for each in first.annexes] == [
        "application/octet-stream",
        "image/jpeg",
    ]
    hits = world.vault.search(world.clerk, "t-one", "근로 계약")
    assert {hit.title for hit in hits} == {"근로계약서 1", "근로계약서 2"}
    assert hits[0].description == (
        "신뢰스캔으로 만든 전자화문서, 2026-11-23 09:00:00 KST 봉인"
    )


def test_a_plain_scan_says_so_in_the_vault(world: Any) -> None:
    plain = replace(sealed(1), service=Service.PLAIN)
    assert deposit_of(plain, "general", None).files[0].origin == PLAIN_MARK
    assert deposit_of(sealed(1), "general", None).files[0].origin == ""
    hand_over(Desk([plain]), world.vault, world.machine, "batch-1")
    (hit,) = world.vault.search(world.clerk, "t-one", "근로 계약")
    assert hit.description.startswith("일반스캔")


def test_more_documents_than_fit_at_once(world: Any) -> None:
    desk = Desk([sealed(n) for n in range(34)])
    receipts = hand_over(desk, world.vault, world.machine, "batch-1")
    assert [each.key for each in receipts] == [f"scan:{d.id}" for d in desk.documents]
    assert len(list(world.journal.entries(TAG_STAMPED))) == 2


def test_a_second_run_has_nothing_to_do(world: Any) -> None:
    desk = Desk([sealed(1)])
    hand_over(desk, world.vault, world.machine, "batch-1")
    assert hand_over(desk, world.vault, world.machine, "batch-1") == ()
    assert world.vault.numbers().packages == 1


def test_a_crash_between_the_two_is_completed_without_doubles(world: Any) -> None:
    desk = Desk([sealed(1), sealed(2), sealed(3)])
    desk.broken = True
    with pytest.raises(StorageError):
        hand_over(desk, world.vault, world.machine, "batch-1")
    assert len(desk.receipts) == 1
    desk.broken = False
    assert len(hand_over(desk, world.vault, world.machine, "batch-1")) == 2
    assert len(desk.receipts) == 3
    assert world.vault.numbers().packages == 3
    assert world.vault.audit(world.auditor).clean


def test_bytes_that_changed_on_the_way_are_refused(world: Any) -> None:
    document = sealed(1)
    changed = SealedDocument(
        **{
            name: getattr(document, name)
            for name in SealedDocument.__dataclass_fields__
            if name != "pdf"
        },
        pdf=b"%PDF-1.7 other",
    )
    with pytest.raises(InputError, match="declared"):
        hand_over(Desk([changed]), world.vault, world.machine, "batch-1")


def test_the_deposit_is_the_same_each_time() -> None:
    day = dt.date(2026, 11, 23)
    assert deposit_of(sealed(1), "general", day) == deposit_of(
        sealed(1), "general", day
    )
    assert deposit_of(sealed(1), "general", day).files[0].annexes[0].name == (
        EVIDENCE_NAME
    )
