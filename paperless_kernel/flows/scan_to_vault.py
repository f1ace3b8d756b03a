"""Scan to vault: sealed documents become held packages, and the giver learns of it.

Knows the order of the hand-over. No transaction spans the two businesses: the scan
keeps its documents until the vault's receipt is in its own journal, and a repeat at any
point changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from paperless_kernel.base.ids import Actor
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.scan.model import SealedDocument
from paperless_kernel.vault.model import Annex, Deposit, DepositFile, Receipt

EVIDENCE_NAME = "scan-evidence.ers"
"""Name of the annex that holds the scan's own evidence record (RFC 4998)."""

_EVIDENCE_MEDIA = "application/octet-stream"
_PAGE_MEDIA = {"jpeg": "image/jpeg", "g4": "image/tiff"}


class Giver(Protocol):
    """What the flow needs of the scan business."""

    def sealed_documents(self, actor: Actor, batch: str) -> tuple[SealedDocument, ...]:
        """Return a batch's sealed documents that are not handed over yet."""

    def handed_over(self, actor: Actor, document: str, receipt: str) -> None:
        """Record the taker's receipt; a repeat with the same receipt is a no-op."""


class Taker(Protocol):
    """What the flow needs of the vault."""

    def deposit_many(
        self, actor: Actor, deposits: Sequence[Deposit], progress: Progress = silent
    ) -> tuple[Receipt, ...]:
        """Hold packages and return their receipts; keys make a repeat harmless."""


def hand_over(
    scan: Giver,
    vault: Taker,
    actor: Actor,
    batch: str,
    *,
    retention_class: str = "general",
    started_on: dt.date | None = None,
    progress: Progress = silent,
) -> tuple[Receipt, ...]:
    """Deposit every sealed document of a batch, each as a package of its own.

    Args:
        scan: the giver.
        vault: the taker.
        actor: a process or person who may do both.
        batch: the batch's id.
        retention_class: class of the vault's retention rules.
        started_on: Korean day the retention starts, or none while it is open.
        progress: told what is done.

    Returns:
        Receipts of the documents handed over now, in the batch's order.
    """
    documents = scan.sealed_documents(actor, batch)
    if not documents:
        return ()
    deposits = [deposit_of(each, retention_class, started_on) for each in documents]
    # 1. The vault holds and acknowledges. A crash after this leaves documents in both
    #    places; the repeat sends the same keys and gets the same receipts.
    receipts = vault.deposit_many(actor, deposits, progress)
    # 2. The giver writes down each receipt, and only then may let its copy go.
    for document, receipt in zip(documents, receipts, strict=True):
        scan.handed_over(actor, document.id, receipt.package_id)
    return receipts


def deposit_of(
    document: SealedDocument, retention_class: str, started_on: dt.date | None
) -> Deposit:
    """Return the deposit of one sealed document; the same each time.

    The scan's evidence record and the replaced pages go along as annexes, so that no
    plain residue has to stay with the scan.
    """
    annexes = [
        Annex(name=EVIDENCE_NAME, media=_EVIDENCE_MEDIA, data=document.evidence),
        *(
            Annex(name=each.name, media=_PAGE_MEDIA[each.kind], data=each.data)
            for each in document.annex
        ),
    ]
    file = DepositFile(
        name=f"{document.id}.pdf",
        data=document.pdf,
        title=document.title,
        kind=document.kind,
        keywords=document.keywords,
        description=f"{document.service.value} {document.box} {document.batch}",
        declared_sha256=document.sha256,
        annexes=tuple(annexes),
    )
    return Deposit(
        key=f"scan:{document.id}",
        tenant=document.tenant,
        files=(file,),
        retention_class=retention_class,
        started_on=started_on,
    )
