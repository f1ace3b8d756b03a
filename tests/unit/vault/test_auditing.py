from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.base.errors import NotAllowedError
from paperless_kernel.vault.model import FindingKind


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
