from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.base.errors import (
    NotAllowedError,
    NotFoundError,
    UnsupportedError,
)
from paperless_kernel.flows.vault_to_notice import VaultDocuments, reference_to
from paperless_kernel.trust.digest import sha256
from paperless_kernel.vault.model import TAG_OPENED, Purpose

_SPEC = importlib.util.spec_from_file_location(
    "vault_world", Path(__file__).parents[1] / "vault/conftest.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_WORLD = sys.modules["vault_world"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_WORLD)
keys, typesetter, retention = _WORLD.keys, _WORLD.typesetter, _WORLD.retention
texts, world = _WORLD.texts, _WORLD.world


def _reference(world: Any, **more: Any) -> str:
    receipt = world.vault.deposit(world.clerk, world.one(world.file(**more)))
    return reference_to(receipt.document_ids[0])


def test_a_granted_document_is_fetched_and_journaled(world: Any) -> None:
    reference = _reference(world)
    world.vault.grant(world.boss, "t-one", Purpose.CAMPAIGN)
    documents = VaultDocuments(world.vault, world.machine)
    given = documents.fetch(reference)
    assert (given.data, given.title) == (world.pdf, "주택 임대차 계약서")
    opened = documents.opened(reference)
    assert opened.document.digests.sha256 == sha256(given.data).hex()
    purposes = [entry.body["purpose"] for entry in world.journal.entries(TAG_OPENED)]
    assert purposes == ["campaign", "campaign"]


def test_without_a_grant_nothing_is_opened(world: Any) -> None:
    reference = _reference(world)
    with pytest.raises(NotAllowedError):
        VaultDocuments(world.vault, world.machine).fetch(reference)
    assert list(world.journal.entries(TAG_OPENED)) == []


@pytest.mark.parametrize("reference", ["", "upload:1", "vault:2.25.1"])
def test_an_unknown_reference_is_refused(world: Any, reference: str) -> None:
    with pytest.raises(NotFoundError):
        VaultDocuments(world.vault, world.machine).fetch(reference)


def test_what_is_no_pdf_cannot_be_shown(world: Any) -> None:
    reference = _reference(world, data=b"plain words")
    world.vault.grant(world.boss, "t-one", Purpose.CAMPAIGN)
    with pytest.raises(UnsupportedError, match="text/plain"):
        VaultDocuments(world.vault, world.machine).fetch(reference)
