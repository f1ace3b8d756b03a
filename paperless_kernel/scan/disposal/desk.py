"""The disposal desk: may this paper be destroyed, and the record that it was.

Loads, asks ``disposal.rules``, writes rows and journal together. The question is asked
again inside the transaction that records the end: a yes given yesterday ends nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotFoundError,
    NotYetError,
)
from paperless_kernel.base.events import Event, Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.boxes import Box, BoxState
from paperless_kernel.scan.custody.records import where_box
from paperless_kernel.scan.custody.rules import check_endable
from paperless_kernel.scan.disposal.facts import facts_of
from paperless_kernel.scan.disposal.model import (
    Destruction,
    DisposalVerdict,
    Method,
    PaperEnd,
    TakenDocument,
)
from paperless_kernel.scan.disposal.records import (
    add_end,
    add_hold,
    add_true_copy,
    box_documents,
    find_end,
    find_hold,
    find_true_copy,
)
from paperless_kernel.scan.disposal.rules import (
    check_destroyable,
    check_returnable,
    judge_disposal,
)
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.orders.records import order_of
from paperless_kernel.scan.tags import (
    BOX_APPROVED,
    BOX_HELD,
    BOX_RELEASED,
    BOX_RETURNED,
    BOX_SHREDDED,
)
from paperless_kernel.scan.workshop import Desk, is_line

_ID: Final = re.compile(r"[!-~]{1,100}")


class Disposing(Desk):
    """Ends a box's stay: nobody destroys paper that is still the only original."""

    def may_destroy(self, actor: Actor, box: str) -> DisposalVerdict:
        """Answer whether a box's paper may be destroyed, with every reason.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotFoundError: there is no such box.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            return judge_disposal(facts_of(self._parts, tx, records.get_box(tx, box)))

    def approve_copies(self, actor: Actor, box: str, *, protocol: str) -> Box:
        """Record that a validated true-copy step was signed for a box (GMP, 진본 사본).

        Without it GMP papers stay paper. ``protocol`` names the signed validation.

        Raises:
            NotAllowedError: the actor is not the manager (전자화책임자).
            InputError: no protocol is named.
            ConflictError: another protocol was recorded.
        """
        require(actor, Action.SCAN_CLEAR)
        if not is_line(protocol):
            raise InputError("Name the signed validation of the true-copy step.")
        parts = self._parts
        with parts.db.begin() as tx:
            found = records.get_box(tx, box)
            known = find_true_copy(tx, box)
            if known and known != protocol:
                raise ConflictError(f"Box {found.seal} is approved under {known}.")
            if not known:
                at = stamp(parts.clock.now())
                add_true_copy(
                    tx, box=box, protocol=protocol, approved_by=actor.id, at=at
                )
                body: dict[str, Json] = {"tenant": found.tenant, "protocol": protocol}
                self._write(tx, actor, BOX_APPROVED, box, body)
        self._acknowledge()
        return found

    def hold_paper(self, actor: Actor, box: str, *, agreed: str) -> Box:
        """Record that the customer wants a box's paper kept (보존 요청).

        ``agreed`` names the customer's letter. A repeat changes nothing.

        Raises:
            NotAllowedError: the actor is not the manager (전자화책임자).
            InputError: no letter is named.
        """
        return self._hold(actor, box, agreed, held=True)

    def release_paper(self, actor: Actor, box: str, *, agreed: str) -> Box:
        """Record that the customer no longer wants a box's paper kept.

        Raises:
            NotAllowedError: the actor is not the manager (전자화책임자).
            InputError: no letter is named.
        """
        return self._hold(actor, box, agreed, held=False)

    def _hold(self, actor: Actor, box: str, agreed: str, *, held: bool) -> Box:
        require(actor, Action.SCAN_CLEAR)
        if not is_line(agreed):
            raise InputError("Name the customer's letter about the paper.")
        parts = self._parts
        with parts.db.begin() as tx:
            found = records.get_box(tx, box)
            if bool(find_hold(tx, box)) is not held:
                at = stamp(parts.clock.now())
                add_hold(tx, box=box, agreed=agreed, held=held, at=at)
                body: dict[str, Json] = {"tenant": found.tenant, "agreed": agreed}
                tag = BOX_HELD if held else BOX_RELEASED
                self._write(tx, actor, tag, box, body)
        self._acknowledge()
        return found

    def shred_box(
        self,
        actor: Actor,
        box: str,
        *,
        method: Method,
        person: str,
        witness: str,
        device: str,
    ) -> Box:
        """Record that a box's paper was destroyed (파쇄·소각), and how (제53조②).

        A repeat with the same facts changes nothing.

        Args:
            actor: who records it.
            box: its id.
            method: shredding or burning.
            person: id of who destroyed it; an id, no name.
            witness: id of somebody else, who saw it.
            device: the privacy device used (파쇄기, 소각로).

        Raises:
            NotAllowedError: the caller has no custody of boxes, or a reason says that
                the paper must stay; every reason names its article.
            NotYetError: a sheet is not sealed and taken yet.
            InputError: the witness is the same person, or something is not named.
            ConflictError: it was recorded with other facts.
        """
        require(actor, Action.SCAN_CUSTODY)
        _check_people(person, witness)
        if method not in set(Method):
            raise InputError(
                "Paper is destroyed by shredding or burning (개인정보 보호법 시행령 "
                f"제16조), not {method}."
            )
        if not is_line(device):
            raise InputError("Name the device that destroyed the paper (제53조②).")
        made = PaperEnd(
            box=box,
            end=BoxState.SHREDDED,
            method=Method(method),
            person=person,
            witness=witness,
            device=device,
            at=self._parts.clock.now(),
            demo_paper=False,
            basis=(),
        )
        with self._parts.db.begin() as tx:
            found = records.get_box(tx, box)
            if not _is_repeat(tx, found, made):
                verdict = judge_disposal(facts_of(self._parts, tx, found))
                check_destroyable(verdict)
                made = replace(made, demo_paper=verdict.demo_paper, basis=verdict.basis)
                self._end(tx, actor, found, made)
            found = records.get_box(tx, box)
        self._acknowledge()
        return found

    def return_box(
        self, actor: Actor, box: str, *, person: str = "", witness: str = ""
    ) -> Box:
        """Record that a box's paper went back to the customer (회송).

        A box that nobody scanned from may always go back.

        Args:
            actor: who records it.
            box: its id.
            person: id of who gave it back; the actor's own where it is left out.
            witness: id of who took it or saw it, or "".

        Raises:
            NotAllowedError: the caller has no custody of boxes.
            NotYetError: scanning has begun and is not handed over yet.
            ConflictError: it was recorded with other facts.
        """
        require(actor, Action.SCAN_CUSTODY)
        person = person or actor.id
        _check_people(person, witness or "-")
        made = PaperEnd(
            box=box,
            end=BoxState.RETURNED,
            method="",
            person=person,
            witness=witness,
            device="",
            at=self._parts.clock.now(),
            demo_paper=False,
            basis=(),
        )
        with self._parts.db.begin() as tx:
            found = records.get_box(tx, box)
            if not _is_repeat(tx, found, made):
                check_returnable(found, records.find_batches(tx, box))
                self._end(tx, actor, found, made)
            found = records.get_box(tx, box)
        self._acknowledge()
        return found

    def destruction(self, actor: Actor, box: str) -> Destruction:
        """Return everything a certificate of destruction says (종이문서 파기 확인).

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotYetError: the box's paper was not destroyed here.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            found = records.get_box(tx, box)
            ended = find_end(tx, box)
            documents = box_documents(tx, box)
            order = order_of(tx, box)
        if ended is None or ended[0].end != BoxState.SHREDDED:
            raise NotYetError(
                f"The paper of box {found.seal} was not destroyed here: there is "
                "nothing to certify."
            )
        end, entry = ended
        taken = tuple(
            TakenDocument(
                id=row.id,
                batch=row.batch,
                sha256=row.digest,
                sides=row.sides,
                receipt=row.receipt,
            )
            for row in documents
            if row.state == DocumentState.HANDED_OVER
        )
        return Destruction(
            box=box,
            seal=found.seal,
            tenant=found.tenant,
            contract=found.contract,
            order=order.number if order else "",
            sheets=found.counted or 0,
            sides=sum(one.sides for one in taken),
            end=end,
            documents=taken,
            entry=entry,
            leaf=self._leaf(entry),
        )

    def _leaf(self, entry: str) -> int:
        try:
            return self._parts.journal.prove(entry).index
        except (NotFoundError, NotYetError):
            return -1

    def _end(self, tx: Connection, actor: Actor, found: Box, made: PaperEnd) -> None:
        parts = self._parts
        end = BoxState(made.end)
        check_endable(found, where_box(tx, found.id), end)
        body: dict[str, Json] = {
            "tenant": found.tenant,
            "person": made.person,
            "witness": made.witness,
        }
        if end is BoxState.SHREDDED:
            body |= {
                "method": made.method,
                "device": made.device,
                "demoPaper": made.demo_paper,
                "basis": list(made.basis),
            }
        tag = BOX_SHREDDED if end is BoxState.SHREDDED else BOX_RETURNED
        event = Event(
            tag=tag,
            id=parts.ids.new(),
            subject=found.id,
            at=made.at,
            actor=actor.id,
            body=body,
        )
        # One transaction: the record, the box's state and the journal entry.
        add_end(tx, made, event.id)
        records.set_state(tx, tables.box, found.id, end)
        parts.journal.append(tx, event)


def _check_people(person: str, witness: str) -> None:
    """Let two different people stand for the end of paper, named by their ids.

    Raises:
        InputError: one is no id, or both are the same person.
    """
    if not _ID.fullmatch(person) or not _ID.fullmatch(witness):
        raise InputError("Give ids of person and witness, not their names.")
    if person == witness:
        raise InputError(
            "The witness must be somebody else than who destroyed the paper, a rule of "
            "this workshop: name another."
        )


def _is_repeat(tx: Connection, box: Box, made: PaperEnd) -> bool:
    """Tell whether a box ended exactly so before.

    Raises:
        NotYetError: it ended the other way.
        ConflictError: it ended so with other facts.
    """
    if box.state not in {BoxState.SHREDDED, BoxState.RETURNED}:
        return False
    known = find_end(tx, box.id)
    if box.state != made.end:
        raise NotYetError(f"Box {box.seal} is {box.state.value} already.")
    if known is not None and _said(known[0]) != _said(made):
        raise ConflictError(
            f"Box {box.seal} is recorded as {box.state.value} with other facts; look "
            "at its story."
        )
    return True


def _said(end: PaperEnd) -> tuple[str, ...]:
    return end.method, end.person, end.witness, end.device
