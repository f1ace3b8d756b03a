"""Who may work at the index and inspection desks of a batch.

Loads what a batch's registered rules ask and asks ``people.gate``. Plain scans stand
under no notice, and a batch of an older office was begun before rules were pinned.
"""

from __future__ import annotations

from sqlalchemy import Connection

from paperless_kernel.base.errors import NotYetError
from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.scan import records
from paperless_kernel.scan.custody.records import prepared_by
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.inspection.rules import check_inspector, check_second_person
from paperless_kernel.scan.model import Batch
from paperless_kernel.scan.orders.records import order_of
from paperless_kernel.scan.people.gate import require_staff
from paperless_kernel.scan.people.model import Regulation
from paperless_kernel.scan.people.records import regulation_numbered
from paperless_kernel.scan.workshop import Parts


def require_for(
    parts: Parts, tx: Connection, batch: Batch, actor: Actor, *roles: Role
) -> Regulation | None:
    """Let registered, educated staff work on a batch; return its registered rules.

    Raises:
        NotAllowedError: not registered, or education has lapsed; cites the article.
    """
    if not batch.regulation:
        return None
    regulation = regulation_numbered(tx, batch.regulation)
    order = order_of(tx, batch.box)
    process = order.process if order else None
    require_staff(parts, tx, actor, *roles, regulation=regulation, process=process)
    return regulation


def require_inspector(
    parts: Parts, tx: Connection, batch: Batch, actor: Actor
) -> Regulation | None:
    """Let an inspector (전자화검사자) who is no author of the batch inspect it.

    Raises:
        NotAllowedError: prepared or scanned in it (제41조②, 제45조②), is not
            registered, or education has lapsed.
    """
    authors = records.scanned_by(tx, batch.id) | prepared_by(tx, batch.box)
    check_inspector(actor.id, authors)
    return require_for(parts, tx, batch, actor, Role.SCAN_INSPECTOR)


def require_apart(tx: Connection, batch: Batch) -> None:
    """Keep author and inspector apart to the end: a role may have changed between.

    Raises:
        NotAllowedError: an inspector became an author of the batch (제45조②).
    """
    authors = records.scanned_by(tx, batch.id) | prepared_by(tx, batch.box)
    for row in records.document_rows(tx, batch.id):
        if row.state != DocumentState.PASSED:
            continue
        check_inspector(row.inspector, authors)
        check_second_person(row.inspector, row.indexed_by.split())


def require_checked(batch: Batch) -> None:
    """Let attributes be written once the first integrity check was made (deck).

    Raises:
        NotYetError: it was not made yet (1차 무결성검증).
    """
    if batch.regulation and not batch.checked:
        raise NotYetError(
            "Index comes after the first integrity check of the pages as they came in "
            "(1차 무결성검증, this workshop's order of work): check the batch first."
        )
