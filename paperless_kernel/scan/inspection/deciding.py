"""Decisions about pages: accept, reject, set aside, and taking one back.

Loads, asks ``rules``, writes rows and journal together. A page is never edited: what is
rejected is scanned again (제51조).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, insert, update

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import ConflictError, InputError
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.capture.rules import check_batch
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.inspection.looking import Looking
from paperless_kernel.scan.inspection.rules import check_acceptable, check_undoable
from paperless_kernel.scan.inspection.staff import require_inspector
from paperless_kernel.scan.inspection.tables import content_check
from paperless_kernel.scan.model import (
    Batch,
    BatchState,
    Finding,
    Page,
    PageState,
    RejectReason,
    Verdict,
)
from paperless_kernel.scan.tags import (
    PAGE_ACCEPTED,
    PAGE_REJECTED,
    PAGE_SET_ASIDE,
    PAGE_UNDONE,
)

LONGEST_NOTE: Final = 500
_DECIDABLE: Final = frozenset(
    {PageState.WAITING, PageState.ACCEPTED, PageState.REJECTED}
)
_TAGS: Final = {
    PageState.ACCEPTED: PAGE_ACCEPTED,
    PageState.REJECTED: PAGE_REJECTED,
    PageState.SET_ASIDE: PAGE_SET_ASIDE,
    PageState.WAITING: PAGE_UNDONE,
}


class Deciding(Looking):
    """The inspector's decisions about single pages (수작업 품질검사, deck)."""

    def accept_page(self, actor: Actor, page: str, *, note: str = "") -> Page:
        """Accept a page after looking at it; a held one needs this (제49조).

        Raises:
            NotAllowedError: the actor may not inspect, prepared or scanned in this
                batch, or the automatic check rejected the page.
            ConflictError: it was decided otherwise.
        """
        return self._decide(actor, page, PageState.ACCEPTED, None, note)

    def reject_page(
        self, actor: Actor, page: str, reason: RejectReason, *, note: str = ""
    ) -> Page:
        """Reject a page for one of the eight reasons (제50조): it is scanned again.

        Raises:
            NotAllowedError: the actor may not inspect, or prepared or scanned in this
                batch.
            ConflictError: it was replaced or set aside already.
        """
        return self._decide(actor, page, PageState.REJECTED, reason, note)

    def set_aside(
        self, actor: Actor, page: str, reason: RejectReason, *, note: str = ""
    ) -> Page:
        """Keep a page in the ledger without delivering it, with its reason.

        For duplicates, and for paper that cannot be scanned well enough: it stays
        paper (전자문서법 제31조의6 단서).

        Raises:
            NotAllowedError: the actor may not inspect, or prepared or scanned in this
                batch.
            NotYetError: the batch is not closed yet, and the page repeats no other.
            ConflictError: it was replaced already, or the batch is sealed.
        """
        return self._decide(actor, page, PageState.SET_ASIDE, reason, note)

    def undo(self, actor: Actor, page: str, *, note: str) -> Page:
        """Take back what was decided about a page; both entries stay.

        The page waits again, with what the automatic check said of it.

        Args:
            actor: an inspector.
            page: id of the page version.
            note: why.

        Raises:
            NotAllowedError: the actor may not inspect, or prepared or scanned in this
                batch.
            InputError: no reason is given.
            ConflictError: nobody decided about it, it was scanned again since, or the
                batch is sealed.
        """
        if not note.strip():
            raise InputError("Say why the decision is taken back.")
        return self._decide(actor, page, PageState.WAITING, None, note)

    def _decide(
        self,
        actor: Actor,
        page_id: str,
        state: PageState,
        reason: RejectReason | None,
        note: str,
    ) -> Page:
        require(actor, Action.SCAN_INSPECT)
        if len(note) > LONGEST_NOTE:
            raise InputError(f"A note has at most {LONGEST_NOTE} letters.")
        with self._parts.db.begin() as tx:
            page = records.get_page(tx, page_id)
            batch = records.get_batch(tx, page.batch)
            require_inspector(self._parts, tx, batch, actor)
            if page.state is not state:
                _check_change(batch, page, state)
                self._record(tx, actor, page, state, reason, note)
            elif state is PageState.WAITING:
                check_undoable(page)
            page = records.get_page(tx, page_id)
        self._acknowledge()
        return page

    def _record(
        self,
        tx: Connection,
        actor: Actor,
        page: Page,
        state: PageState,
        reason: RejectReason | None,
        note: str,
    ) -> None:
        records.set_state(tx, tables.page, page.id, state)
        measured = tuple(f for f in page.findings if f.verdict is not Verdict.PASS)
        tx.execute(
            insert(tables.inspection).values(
                page=page.id,
                inspector=actor.id,
                accepted=state is PageState.ACCEPTED,
                reason=reason.value if reason else "",
                note=note,
                at=stamp(self._parts.clock.now()),
                undone=state is PageState.WAITING,
                measured=records.write_findings(measured),
            )
        )
        tenant = records.get_batch(tx, page.batch).tenant
        body: dict[str, Json] = {"tenant": tenant, "batch": page.batch}
        if reason:
            body["reason"] = reason
        if state is PageState.WAITING:
            body["was"] = page.state
        if measured:
            body["measured"] = [_measured(one) for one in measured]
        self._write(tx, actor, _TAGS[state], page.id, body)
        if page.document and state is not PageState.ACCEPTED:
            self._note_defect(tx, actor, page, reason)
            reopen(tx, page.document)

    def _note_defect(
        self, tx: Connection, actor: Actor, page: Page, reason: RejectReason | None
    ) -> None:
        """Count a defect people found that the automatic check had let through."""
        if reason is None:
            of_page = content_check.c.page == page.id
            tx.execute(update(content_check).where(of_page).values(reason=""))
        elif page.verdict is Verdict.PASS:
            tx.execute(
                insert(content_check).values(
                    batch=page.batch,
                    document=page.document,
                    page=page.id,
                    inspector=actor.id,
                    sheets=0,
                    by_sample=False,
                    reason=reason.value,
                    note="",
                    at=stamp(self._parts.clock.now()),
                )
            )


def reopen(tx: Connection, document: str) -> None:
    """A document loses its pass with a page, and its place with its last one."""
    row = records.document_row(tx, document)
    state = DocumentState(row.state)
    if not records.delivered(records.document_pages(tx, document)):
        state = DocumentState.SET_ASIDE
    elif state in {DocumentState.PASSED, DocumentState.SET_ASIDE}:
        state = DocumentState.INDEXED if row.index_box else DocumentState.CAPTURED
    # What was signed before is no longer this document.
    table = tables.document
    tx.execute(
        update(table)
        .where(table.c.id == document)
        .values(state=state, digest="", blob="", sides=0)
    )


def _check_change(batch: Batch, page: Page, state: PageState) -> None:
    # A sheet fed twice is set aside before the count, or the count never agrees.
    twice = state is PageState.SET_ASIDE and bool(page.duplicate_of)
    early = batch.state is BatchState.CAPTURING
    if not early or (state is PageState.SET_ASIDE and not twice):
        check_batch(batch.state, BatchState.CLOSED, "inspection")
    if state is PageState.WAITING:
        check_undoable(page)
    elif state is PageState.ACCEPTED:
        check_acceptable(page)
    elif page.state not in _DECIDABLE:
        raise ConflictError(f"Page {page.label} is {page.state.value} already.")


def _measured(finding: Finding) -> dict[str, Json]:
    return {
        "check": finding.check,
        "value": finding.value,
        "limit": finding.limit,
        "unit": finding.unit,
    }
