"""Every place a deposit can die, then the same call again: whole, once, and audited."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from paperless_kernel.vault import depositing, issuing, making
from paperless_kernel.vault.model import (
    TAG_CERTIFIED,
    TAG_DEPOSITED,
    TAG_STAMPED,
    Annex,
    Receipt,
)


class Killed(BaseException):
    """Stands for kill -9: nothing catches it."""


def _kill(monkeypatch: pytest.MonkeyPatch, target: Any, name: str, after: bool) -> None:  # noqa: FBT001
    real: Callable[..., Any] = getattr(target, name)

    def die(*args: Any, **more: Any) -> Any:
        if after:
            real(*args, **more)
        raise Killed

    monkeypatch.setattr(target, name, die)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    "where",
    [
        ("journal", "append"),
        ("journal", "prove"),
        ("blobs", "put"),
        ("keeper", "mac"),
        ("keeper", "seal"),
        ("keeper", "sequence"),
        ("keeper", "stamp"),
        (depositing, "add_accepted"),
        (depositing, "add_package"),
        (depositing, "add_batch"),
    ],
)
def test_a_kill_anywhere_and_again(
    world: Any,
    monkeypatch: pytest.MonkeyPatch,
    where: tuple[Any, str],
    after: bool,  # noqa: FBT001 - parametrised
) -> None:
    annex = Annex(name="a.ers", media="application/octet-stream", data=b"annex")
    deposit = world.one(world.file(annexes=(annex,)), world.file(title="둘째"))
    owner, name = where
    target = getattr(world, owner) if isinstance(owner, str) else owner
    with monkeypatch.context() as broken:
        _kill(broken, target, name, after)
        with pytest.raises(Killed):
            world.vault.deposit(world.clerk, deposit)
    receipt = world.vault.deposit(world.clerk, deposit)
    assert receipt == world.vault.deposit(world.clerk, deposit)
    assert len(list(world.journal.entries(TAG_DEPOSITED))) == 1
    assert len(list(world.journal.entries(TAG_STAMPED))) == 1
    report = world.vault.audit(world.auditor)
    assert report.clean
    assert report.documents == 2
    assert report.orphans == report.unfinished == ()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    "where",
    [
        ("journal", "append"),
        ("journal", "prove"),
        ("blobs", "put"),
        ("keeper", "mac"),
        ("keeper", "sign"),
        ("keeper", "stamp"),
        ("keeper", "unseal"),
        (issuing, "add_certificate"),
        (making, "add_files"),
    ],
)
def test_a_kill_while_certifying_and_again(
    world: Any,
    monkeypatch: pytest.MonkeyPatch,
    where: tuple[Any, str],
    after: bool,  # noqa: FBT001 - parametrised
) -> None:
    receipt = world.vault.deposit(world.clerk, world.one())
    request = world.request(receipt.document_ids[0])
    owner, name = where
    target = getattr(world, owner) if isinstance(owner, str) else owner
    with monkeypatch.context() as broken:
        _kill(broken, target, name, after)
        with pytest.raises(Killed):
            world.vault.certify(world.clerk, request)
    made = world.vault.certify(world.clerk, request)
    assert world.vault.certify(world.clerk, request) == made
    (entry,) = world.journal.entries(TAG_CERTIFIED)
    assert entry.subject == made.serial
    report = world.vault.audit(world.auditor)
    assert report.clean
    assert report.unfinished == ()


def test_two_at_once_with_one_key_hold_one_package(world: Any) -> None:
    receipts: list[Receipt] = []

    def work() -> None:
        receipts.append(world.vault.deposit(world.clerk, world.one()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 4
    assert len(set(receipts)) == 1
    assert world.vault.numbers().packages == 1
    assert world.vault.audit(world.auditor).clean
