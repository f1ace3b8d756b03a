"""Scan to vault: sealed documents become held packages, and the giver learns of it.

Knows the order of the hand-over. No transaction spans the two businesses: the scan
keeps its documents until the vault's receipt is in its own journal, and a repeat at any
point changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Protocol

from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.ids import Actor
from paperless_kernel.base.progress import Progress, silent
from paperless_kernel.scan.model import Service
from paperless_kernel.scan.sealing.model import SealedDocument
from paperless_kernel.scan.sealing.transfer import PLAIN_MARK
from paperless_kernel.vault.model import Annex, Deposit, DepositFile, Receipt

EVIDENCE_NAME = "scan-evidence.ers"
"""Name of the annex that holds the scan's own evidence record (RFC 4998)."""

_EVIDENCE_MEDIA = "application/octet-stream"
_PAGE_MEDIA = {
    "jpg": "image/jpeg",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "png": "image/png",
}
_MADE_BY = {
    Service.TRUSTED: "신뢰스캔으로 만든 전자화문서",
    Service.PLAIN: "일반스캔으로 만든 이미지",
}
_AT_ONCE = 32


class Giver(Protocol):
    """What the flow needs of the scan business."""

    def sealed_documents(self, actor: Actor, batch: str) -> Iterable[SealedDocument]:
        """Give a sealed batch's documents that nobody has taken yet."""

    def handed_over(self, actor: Actor, document: str, *, receipt: str) -> object:
        """Journal the taker's receipt; a repeat with the same one is a no-op."""


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
        actor: a process of the office, or a person who may do both.
        batch: the batch's id.
        retention_class: class of the vault's retention rules.
        started_on: Korean day the retention starts, or none while it is open.
        progress: told how many documents are done of those taken so far.

    Returns:
        Receipts of the documents handed over now, in the batch's order; none when an
        earlier call did it all.
    """
    taken: list[Receipt] = []
    waiting = iter(scan.sealed_documents(actor, batch))
    # Some at a time: a batch may be larger than memory; each group is one time-stamp.
    while group := tuple(islice(waiting, _AT_ONCE)):
        deposits = [deposit_of(each, retention_class, started_on) for each in group]
        # 1. The vault holds and acknowledges. A crash after this leaves documents in
        #    both places; the repeat sends the same keys and gets the same receipts.
        receipts = vault.deposit_many(actor, deposits, progress)
        # 2. The giver writes down each receipt, and only then lets its copy go.
        for document, receipt in zip(group, receipts, strict=True):
            scan.handed_over(actor, document.id, receipt=receipt.entry_id)
        taken += receipts
    return tuple(taken)


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
            Annex(name=each.name, media=_page_media(each.name), data=each.data)
            for each in document.annex
        ),
    ]
    made_by, sealed_at = _MADE_BY[document.service], kst_text(document.sealed_at)
    file = DepositFile(
        name=f"{document.id}.pdf",
        data=document.pdf,
        title=document.title,
        kind=document.kind,
        keywords=document.keywords,
        description=f"{made_by}, {sealed_at} 봉인",
        declared_sha256=document.sha256,
        origin=PLAIN_MARK if document.service is Service.PLAIN else "",
        annexes=tuple(annexes),
    )
    return Deposit(
        key=f"scan:{document.id}",
        tenant=document.tenant,
        files=(file,),
        retention_class=retention_class,
        started_on=started_on,
    )


def _page_media(name: str) -> str:
    return _PAGE_MEDIA.get(name.rpartition(".")[2], _EVIDENCE_MEDIA)
