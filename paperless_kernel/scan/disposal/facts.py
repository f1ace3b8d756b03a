"""What the question "may this paper be destroyed?" is answered from.

Reads rows, the workshop's own journal, document classes and facility records; decides
nothing. A receipt counts only where the journal says that it came.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row

from paperless_kernel.base.clock import kst_date, parse_stamp
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.scan import records
from paperless_kernel.scan.boxes import Box
from paperless_kernel.scan.capture.rules import count_sheets
from paperless_kernel.scan.classes import PaperRule
from paperless_kernel.scan.disposal.journaled import otherwise
from paperless_kernel.scan.disposal.records import (
    box_documents,
    find_hold,
    find_true_copy,
)
from paperless_kernel.scan.disposal.rules import KeptPaper, PaperFacts
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.model import Batch
from paperless_kernel.scan.orders.holder import registration_of
from paperless_kernel.scan.orders.model import Order, Task
from paperless_kernel.scan.orders.records import get_contract, order_of
from paperless_kernel.scan.people.records import regulation_on
from paperless_kernel.scan.tags import DOCUMENT_HANDED_OVER, DOCUMENT_INDEXED
from paperless_kernel.scan.workshop import Parts

_RETURN: Final = "return the box"
_VALIDATE: Final = (
    "keep it, or record the signed validation of the true-copy step first"
)


def facts_of(parts: Parts, tx: Connection, box: Box) -> PaperFacts:
    """Return everything the answer about a box depends on."""
    order = order_of(tx, box.id)
    documents = [
        row for row in box_documents(tx, box.id) if row.state != DocumentState.SET_ASIDE
    ]
    batches = records.find_batches(tx, box.id)
    receipts = [_received_at(parts, row) for row in documents]
    now = parts.clock.now()
    centres = {
        kst_date(at): parts.facility(FacilityKind.CENTRE, at)
        for at in (*(at for at in receipts if at is not None), now)
    }
    workshop = order.workshop if order else ""
    sealed = {
        kst_date(at): registration_of(parts, tx, workshop, at)
        for at in (parse_stamp(row.sealed_at) for row in documents if row.sealed_at)
    }
    return PaperFacts(
        box=box,
        batches=batches,
        ordered=order.number if order else "",
        demo_paper=bool(order and order.demo_paper and parts.is_demo),
        keep=(
            *_wished(tx, box, order, now),
            *otherwise(parts, box, order, batches, documents),
        ),
        set_aside=records.kept_as_paper(tx, box.id) + _missing(tx, batches),
        untaken=receipts.count(None),
        kept=_kept(parts, tx, box, workshop, documents),
        uncentred=_uncovered(centres),
        unregistered=_uncovered(sealed),
        centre=_number(centres.values()),
        workshop=_number(sealed.values()),
    )


def _wished(
    tx: Connection, box: Box, order: Order | None, now: dt.datetime
) -> tuple[str, ...]:
    """Return what the customer said that keeps the paper: a hold, a contract."""
    said = []
    held = find_hold(tx, box.id)
    if held:
        said.append(f"the customer wants the paper kept ({held})")
    number = order.contract if order else box.contract
    contract = get_contract(tx, box.tenant, number)
    if Task.DESTROY not in contract.tasks:
        said.append(f"contract {number} does not let the office destroy paper")
    elif not contract.since <= kst_date(now) <= contract.until:
        said.append(f"contract {number} ended on {contract.until}")
    return tuple(said)


def _missing(tx: Connection, batches: Sequence[Batch]) -> int:
    """Return the counted sheets that are not among those delivered.

    Where a duplicate made the count agree, a sheet may have been fed twice and another
    never: two equal sheets and that look alike, so the paper stays.
    """
    return sum(
        max(0, one.sheets - count_sheets(records.current_pages(tx, one.id)))
        for one in batches
    )


def _received_at(parts: Parts, row: Row[Any]) -> dt.datetime | None:
    """Return when the taker's receipt for this very document came, or None."""
    if row.state != DocumentState.HANDED_OVER:
        return None
    for entry in parts.journal.entries(tag=DOCUMENT_HANDED_OVER, subject=row.id):
        said = (entry.body.get("receipt"), entry.body.get("sha256"))
        if said == (row.receipt, row.digest):
            return entry.at
    return None


def _kept(
    parts: Parts,
    tx: Connection,
    box: Box,
    workshop: str,
    documents: Sequence[Row[Any]],
) -> tuple[KeptPaper, ...]:
    """Return the documents whose type must stay paper, by type."""
    regulation = regulation_on(tx, parts.clock.now(), workshop)
    own = regulation.keep_paper or () if regulation else ()
    validated = bool(find_true_copy(tx, box.id))
    found = []
    # A class is taken from the row and from the journal: the stricter one keeps paper.
    codes = [code for row in documents for code in {row.class_code, *_said(parts, row)}]
    for code, count in Counter(codes).items():
        known = parts.classes.of(code)
        if known is None:
            found.append(
                KeptPaper(
                    name="a type nobody registered a paper rule for",
                    count=count,
                    article="",
                    todo=f"register the type with its rule, or {_RETURN}",
                )
            )
            continue
        gmp = known.paper is PaperRule.GMP
        if known.paper is not PaperRule.ORDINARY and not (gmp and validated):
            terms = parts.classes.terms(known.paper)
            found.append(
                KeptPaper(
                    name=f"{known.name} ({terms.text})",
                    count=count,
                    article=terms.source,
                    todo=_VALIDATE if gmp else _RETURN,
                )
            )
        elif known.code in own and regulation is not None:
            found.append(
                KeptPaper(
                    name=known.name,
                    count=count,
                    article=f"전자화문서관리규정 {regulation.number}, 제6조",
                    todo=_RETURN,
                )
            )
    return tuple(found)


def _said(parts: Parts, row: Row[Any]) -> tuple[str, ...]:
    """Return the class the journal last gave a document; older entries name none."""
    entries = list(parts.journal.entries(tag=DOCUMENT_INDEXED, subject=row.id))
    said = entries[-1].body.get("class") if entries else None
    return () if said is None else (str(said),)


def _uncovered(days: Mapping[dt.date, Facility | None]) -> tuple[dt.date, ...]:
    return tuple(sorted(day for day, held in days.items() if held is None))


def _number(held: Iterable[Facility | None]) -> str:
    return next((one.number for one in held if one is not None), "")
