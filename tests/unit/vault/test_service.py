from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    UnsupportedError,
)
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.merkle import check_inclusion, leaf_hash
from paperless_kernel.trust.notes import check_note
from paperless_kernel.vault.model import (
    TAG_DEPOSITED,
    TAG_OPENED,
    TAG_STAMPED,
    Annex,
    Purpose,
)


def test_a_deposit_is_logged_signed_and_repeats_the_same(world: Any) -> None:
    receipt = world.vault.deposit(world.clerk, world.one())
    assert receipt == world.vault.deposit(world.clerk, world.one())
    assert receipt == world.vault.receipt(world.clerk, receipt.package_id)
    assert receipt.size == len(world.pdf)
    proof = world.journal.prove(receipt.entry_id)
    checkpoint = check_note(proof.note, [world.keeper.vkey("vault")])
    check_inclusion(
        leaf_hash(proof.entry), proof.index, proof.size, proof.path, checkpoint.root
    )
    (entry,) = world.journal.entries(TAG_DEPOSITED)
    assert entry.body["tenant"] == "t-one"
    assert entry.body["bytes"] == len(world.pdf)
    (document,) = entry.body["documents"]
    assert document["sha256"] == sha256(world.pdf).hex()
    assert len(list(world.journal.entries(TAG_STAMPED))) == 1


def test_neither_log_nor_rows_nor_objects_show_content(world: Any) -> None:
    annex = Annex(name="기록.ers", media="application/ers", data=b"record of the scan")
    world.vault.deposit(world.clerk, world.one(world.file(annexes=(annex,))))
    with world.db.begin() as tx:
        tx.exec_driver_sql("SELECT 1")
    world.db.engine.dispose()
    kept = b"".join(
        path.read_bytes() for path in sorted(world.folder.rglob("*")) if path.is_file()
    )
    for secret in ("임대차", "홍길동", "전세", "보증금", "계약서", "기록.ers"):
        assert secret.encode() not in kept
    assert world.pdf not in kept
    assert b"record of the scan" not in kept


def test_equal_documents_lie_apart(world: Any) -> None:
    files = (world.file(), world.file(title="사본"))
    receipt = world.vault.deposit(world.clerk, world.one(*files))
    first, second = (
        world.vault.document(world.clerk, each) for each in receipt.document_ids
    )
    assert first.digests == second.digests
    assert first.cipher_sha256 != second.cipher_sha256


def test_the_same_key_for_other_content_is_refused(world: Any) -> None:
    world.vault.deposit(world.clerk, world.one())
    for other in (
        world.one(world.file(title="다른 제목")),
        world.one(world.file(data=b"%PDF-1.4")),
        world.one(retention_class="tax-book"),
    ):
        with pytest.raises(ConflictError):
            world.vault.deposit(world.clerk, other)
    world.vault.deposit(world.stranger, world.one(tenant="t-two"))
    assert world.vault.numbers().packages == 2


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ({"retention_class": "forever"}, InputError),
        ({"files": ()}, InputError),
        ({"key": " "}, InputError),
    ],
)
def test_a_bad_deposit_changes_nothing(
    world: Any, broken: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        world.vault.deposit(world.clerk, world.one(**broken))
    with pytest.raises(UnsupportedError):
        world.vault.deposit(world.clerk, world.one(world.file(data=b"MZ" + bytes(99))))
    assert world.vault.numbers().packages == 0
    assert list(world.blobs.names()) == []


def test_many_packages_share_one_time_stamp(world: Any) -> None:
    deposits = [world.one(key=f"d-{n}") for n in range(3)]
    receipts = world.vault.deposit_many(world.machine, deposits)
    assert [each.key for each in receipts] == ["d-0", "d-1", "d-2"]
    (stamped,) = world.journal.entries(TAG_STAMPED)
    assert stamped.body["documents"] == 3


def test_who_may_deposit_for_whom(world: Any) -> None:
    world.vault.deposit(world.operator, world.one())
    with pytest.raises(NotAllowedError, match="another customer"):
        world.vault.deposit(world.stranger, world.one(key="d-2"))
    with pytest.raises(NotAllowedError):
        world.vault.deposit(world.auditor, world.one(key="d-2"))


def test_search_by_title_keyword_and_type(world: Any) -> None:
    world.vault.deposit(world.clerk, world.one())
    slip = world.file(title="전기 요금 청구서", kind="청구서", keywords=("한전",))
    world.vault.deposit(world.clerk, world.one(slip, key="d-2"))

    def titles(text: str, kind: str | None = None) -> list[str]:
        found = world.vault.search(world.clerk, "t-one", text, kind)
        return [each.title for each in found]

    lease, bill = "주택 임대차 계약서", "전기 요금 청구서"
    assert titles("임대") == titles("전세") == titles("계약서") == [lease]
    assert titles("한전") == titles("", "청구서") == titles("전기요금") == [bill]
    assert titles("서울", "계약서") == [lease]
    assert titles("서울", "청구서") == titles("월세") == []
    with pytest.raises(InputError):
        titles(" ")


def test_titles_are_for_the_owners_people_only(world: Any) -> None:
    world.vault.deposit(world.clerk, world.one())
    for actor in (world.stranger, world.operator, world.machine, world.auditor):
        with pytest.raises(NotAllowedError):
            world.vault.search(actor, "t-one", "임대")
    assert world.vault.search(world.stranger, "t-two", "임대") == ()


def test_opening_returns_the_bytes_and_is_journaled_twice(world: Any) -> None:
    receipt = world.vault.deposit(world.clerk, world.one())
    (document_id,) = receipt.document_ids
    assert world.vault.open(world.clerk, document_id, Purpose.READ) == world.pdf
    (entry,) = world.journal.entries(TAG_OPENED)
    assert (entry.subject, entry.actor) == (document_id, world.clerk.id)
    assert world.vault.numbers().openings == 1


def test_others_cannot_open(world: Any) -> None:
    receipt = world.vault.deposit(world.clerk, world.one())
    (document_id,) = receipt.document_ids
    with pytest.raises(NotFoundError):
        world.vault.open(world.stranger, document_id, Purpose.READ)
    with pytest.raises(NotFoundError):
        world.vault.receipt(world.stranger, receipt.package_id)
    with pytest.raises(NotAllowedError, match="not granted"):
        world.vault.open(world.machine, document_id, Purpose.CAMPAIGN)
    with pytest.raises(NotAllowedError):
        world.vault.open(world.operator, document_id, Purpose.READ)
    assert list(world.journal.entries(TAG_OPENED)) == []


def test_a_granted_purpose_opens_and_no_other(world: Any) -> None:
    receipt = world.vault.deposit(world.clerk, world.one())
    (document_id,) = receipt.document_ids
    for _ in range(2):
        world.vault.grant(world.boss, "t-one", Purpose.CAMPAIGN)
    assert world.vault.open(world.machine, document_id, Purpose.CAMPAIGN) == world.pdf
    with pytest.raises(NotAllowedError):
        world.vault.open(world.machine, document_id, Purpose.READ)
    with pytest.raises(InputError):
        world.vault.grant(world.boss, "t-one", Purpose.READ)
    boss = world.boss
    elsewhere, office = replace(boss, tenant="t-two"), replace(boss, tenant="")
    for actor in (world.clerk, world.stranger, world.operator, elsewhere, office):
        with pytest.raises(NotAllowedError):
            world.vault.grant(actor, "t-one", Purpose.DISPOSAL)


def test_retention_is_written_down(world: Any) -> None:
    world.vault.deposit(world.clerk, world.one(started_on=dt.date(2026, 3, 2)))
    (entry,) = world.journal.entries(TAG_DEPOSITED)
    assert entry.body["retention"]["floor"] == "2031-03-02"
