from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.base.errors import NotAllowedError
from paperless_kernel.store.journal import TRIGGERS
from paperless_kernel.vault.model import FindingKind, Purpose
from paperless_kernel.vault.records import package_ids


def _path(world: Any, name: str) -> Path:
    found: Path = world.folder / "objects" / name[:2] / name[2:4] / name
    return found


def _held(world: Any) -> Any:
    receipt = world.vault.deposit(world.clerk, world.one())
    return world.vault.document(world.clerk, receipt.document_ids[0])


def test_a_sound_vault_is_clean_and_progress_ends(world: Any) -> None:
    document = _held(world)
    world.vault.certify(world.clerk, world.request(document.id))
    steps: list[tuple[int, int]] = []
    report = world.vault.audit(
        world.auditor, lambda _what, done, total: steps.append((done, total))
    )
    assert report.clean
    assert (report.documents, report.objects, report.tokens) == (1, 3, 1)
    assert report.orphans == report.unfinished == ()
    assert steps[-1][0] == steps[-1][1]
    assert world.vault.audit(world.auditor).log_size == report.log_size + 1


def test_an_empty_vault_is_clean(world: Any) -> None:
    report = world.vault.audit(world.auditor)
    assert report.clean
    assert report.documents == 0


def test_only_the_auditor_audits(world: Any) -> None:
    for actor in (world.clerk, world.operator, world.machine):
        with pytest.raises(NotAllowedError):
            world.vault.audit(actor)


def test_a_missing_object_is_found(world: Any) -> None:
    document = _held(world)
    world.blobs.remove(document.cipher_sha256)
    (finding,) = world.vault.audit(world.auditor).findings
    assert (finding.kind, finding.subject) == (FindingKind.MISSING, document.id)


def test_a_flipped_byte_is_found(world: Any) -> None:
    document = _held(world)
    path = _path(world, document.cipher_sha256)
    data = bytearray(path.read_bytes())
    data[5] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    (finding,) = world.vault.audit(world.auditor).findings
    assert (finding.kind, finding.subject) == (FindingKind.CHANGED, document.id)


def test_changed_rows_are_found(world: Any) -> None:
    document = _held(world)
    with world.db.begin() as tx:
        tx.exec_driver_sql("UPDATE document SET sha256 = ?", ("0" * 64,))
    kinds = {each.kind for each in world.vault.audit(world.auditor).findings}
    assert FindingKind.LOG in kinds
    assert FindingKind.KEY in kinds
    assert document.id


def test_an_erased_key_is_found(world: Any) -> None:
    _held(world)
    with world.keys_db.begin() as tx:
        tx.exec_driver_sql("DELETE FROM wrapped_key")
    (finding,) = world.vault.audit(world.auditor).findings
    assert finding.kind is FindingKind.KEY


def test_a_changed_token_is_found(world: Any) -> None:
    _held(world)
    with world.db.begin() as tx:
        (token,) = tx.exec_driver_sql("SELECT token FROM batch").one()
        broken = bytearray(token)
        broken[-5] ^= 1
        tx.exec_driver_sql("UPDATE batch SET token = ?", (bytes(broken),))
    (finding,) = world.vault.audit(world.auditor).findings
    assert finding.kind is FindingKind.TOKEN


def test_a_rewritten_log_is_found(world: Any) -> None:
    _held(world)
    with world.db.begin() as tx:
        tx.exec_driver_sql("DROP TRIGGER entry_no_update")
        tx.exec_driver_sql(
            "UPDATE entry SET raw = replace(CAST(raw AS TEXT), 't-one', 't-two')"
            " WHERE seq = 1"
        )
        tx.exec_driver_sql("UPDATE entry SET raw = CAST(raw AS BLOB)")
    kinds = {each.kind for each in world.vault.audit(world.auditor).findings}
    assert FindingKind.LOG in kinds


def test_orphans_are_listed_and_harmless(world: Any) -> None:
    name = world.blobs.put(os.urandom(10))
    report = world.vault.audit(world.auditor)
    assert report.orphans == (name,)
    assert report.clean


def _tamper(world: Any, *statements: str) -> None:
    with world.db.engine.connect() as tx:  # as somebody with the file at hand would
        tx.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for statement in statements:
            tx.exec_driver_sql(statement)
        tx.commit()
        tx.exec_driver_sql("PRAGMA foreign_keys=ON")


def _full(world: Any) -> Any:
    document = _held(world)
    world.vault.certify(world.clerk, world.request(document.id))
    world.vault.grant(world.boss, "t-one", Purpose.CAMPAIGN)
    return document


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE package SET tenant = 't-two'",
        "UPDATE package SET tenant = 't-two'; UPDATE document SET tenant = 't-two'",
        "UPDATE document SET tenant = 't-two'",
        "UPDATE package SET floor = '2020-01-01'",
        "UPDATE package SET ceiling = '2099-01-01'",
        "UPDATE package SET started_on = '2020-01-01'",
        "UPDATE package SET retention_class = 'other'",
        "UPDATE package SET size = size + 1",
        "UPDATE package SET size = 'many'",
        "UPDATE package SET deposited_at = '2020-01-01T00:00:00.000Z'",
        "UPDATE package SET deposited_at = 'yesterday'",
        "UPDATE package SET key = 'another'",
        "UPDATE document SET media = 'text/plain'",
        "UPDATE accepted SET package_id = '2.25.1'",
        "DELETE FROM accepted",
        "UPDATE certificate SET valid_until = '2099-01-01T00:00:00.000Z'",
        "UPDATE certificate SET issued_at = '2020-01-01T00:00:00.000Z'",
        "UPDATE certificate SET tenant = 't-two'",
        "UPDATE certificate SET kind = 'transfer'",
        "UPDATE certificate SET kind = 'no kind'",
        "UPDATE certificate_file SET leaf = 7",
        "UPDATE certificate_file SET note = note || 'x'",
        "UPDATE batch SET at = '2020-01-01T00:00:00.000Z'",
        "UPDATE batch SET algorithm = 'sha512'",
        "UPDATE purpose_grant SET purpose = 'certify'",
        "INSERT INTO purpose_grant VALUES ('t-two', 'certify', 'x', 'y')",
        "INSERT INTO purpose_grant VALUES ('t-one', 'certify', 'x', 'y')",
    ],
)
def test_every_row_the_log_speaks_of_is_held_against_it(
    world: Any, statement: str
) -> None:
    _full(world)
    assert world.vault.audit(world.auditor).clean
    _tamper(world, *statement.split(";"))
    report = world.vault.audit(world.auditor)
    assert {each.kind for each in report.findings} & {
        FindingKind.LOG,
        FindingKind.TOKEN,
        FindingKind.MISSING,
    }


@pytest.mark.parametrize(
    "tables",
    [
        ("search_token", "document", "package"),
        ("search_token", "document", "package", "accepted", "batch_leaf", "batch"),
        ("batch_leaf", "batch"),
        ("certificate_file", "certificate"),
        ("purpose_grant",),
    ],
)
def test_deleted_rows_are_missed(world: Any, tables: tuple[str, ...]) -> None:
    _full(world)
    _tamper(world, *(f"DELETE FROM {each}" for each in tables))  # noqa: S608
    findings = world.vault.audit(world.auditor).findings
    assert FindingKind.MISSING in {each.kind for each in findings}


def test_rows_without_an_entry_are_found(world: Any) -> None:
    _full(world)
    _tamper(
        world,
        "INSERT INTO package SELECT '2.25.1', tenant, 'k', '2.25.2', size, "
        "deposited_at, retention_class, started_on, floor, ceiling FROM package",
        "INSERT INTO certificate SELECT 'forged', tenant, 'k', fingerprint, "
        "document_id, kind, '2.25.3', requested_at, issued_at, valid_until, box, nonce "
        "FROM certificate",
    )
    findings = world.vault.audit(world.auditor).findings
    assert {each.subject for each in findings} == {"2.25.1", "forged"}
    assert {each.kind for each in findings} == {FindingKind.LOG}


def test_an_unnumbered_deposit_is_found(world: Any) -> None:
    _full(world)
    _tamper(
        world,
        "DROP TRIGGER leaf_no_delete",
        "DROP TRIGGER checkpoint_no_delete",
        "DELETE FROM leaf",
        "DELETE FROM checkpoint",
        *(each for each in TRIGGERS if "_no_delete" in each),
    )
    subjects = {each.subject for each in world.vault.audit(world.auditor).findings}
    with world.db.read() as tx:
        assert set(package_ids(tx)) <= subjects


def test_an_unreadable_log_is_a_finding_not_a_crash(world: Any) -> None:
    _full(world)
    _tamper(
        world,
        "DROP TRIGGER entry_no_update",
        "UPDATE entry SET raw = CAST('[[[' AS BLOB) WHERE seq = 2",
        *(each for each in TRIGGERS if "entry_no_update" in each),
    )
    findings = world.vault.audit(world.auditor).findings
    assert FindingKind.LOG in {each.kind for each in findings}
