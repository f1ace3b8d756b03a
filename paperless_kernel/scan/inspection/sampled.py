"""Content inspection by a sample: drawn by a seed, judged, and the rest passed by it.

Loads, asks ``sampling``, writes rows and journal together. The plan is what the batch's
registered rules state; legibility (품질검사) is never sampled.
"""

from __future__ import annotations

from sqlalchemy import Connection

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import stamp
from paperless_kernel.base.errors import (
    EvidenceError,
    NotAllowedError,
    NotYetError,
)
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan import records
from paperless_kernel.scan.capture.rules import check_batch
from paperless_kernel.scan.documents import DocumentState, ScanDocument
from paperless_kernel.scan.inspection import records as own
from paperless_kernel.scan.inspection.looking import alive
from paperless_kernel.scan.inspection.model import Plan, Sample, SampleVerdict
from paperless_kernel.scan.inspection.passing import Passing, pages_of
from paperless_kernel.scan.inspection.rules import check_passable, check_second_person
from paperless_kernel.scan.inspection.sampling import draw, plan_for
from paperless_kernel.scan.inspection.staff import require_inspector
from paperless_kernel.scan.inspection.words import read_document
from paperless_kernel.scan.model import Batch, BatchState
from paperless_kernel.scan.people.model import InspectionMode, Regulation
from paperless_kernel.scan.people.rules import stated
from paperless_kernel.scan.tags import (
    BATCH_INSPECTED,
    BATCH_SAMPLED,
    DOCUMENT_INDEXED,
    PAGE_CAPTURED,
)
from paperless_kernel.scan.workshop import Parts, open_batch_key

_SEED = 16


class Sampling(Passing):
    """The inspector's decisions about a batch by its sample."""

    def draw_sample(self, actor: Actor, batch: str) -> Sample:
        """Draw a batch's sample by the plan its registered rules state (제48조).

        Drawn once every document is indexed, by a seed nobody chooses and the journal
        keeps. A repeat returns the sample drawn before.

        Raises:
            NotAllowedError: the actor may not inspect, or prepared or scanned in this
                batch; or its registered rules state full inspection.
            NotYetError: a document has no index yet, or the rules state no plan.
        """
        require(actor, Action.SCAN_INSPECT)
        seed = self._parts.random.token(_SEED).hex()
        with self._parts.db.begin() as tx:
            found = records.get_batch(tx, batch)
            regulation = require_inspector(self._parts, tx, found, actor)
            known = own.find_sample(tx, batch)
            if known is None:
                check_batch(found.state, BatchState.CLOSED, "inspection")
                known = self._draw(tx, found, regulation, seed)
                own.add_sample(tx, known)
                body = _plan_facts(found, known) | {
                    "seed": seed,
                    "documents": list(known.documents),
                }
                self._write(tx, actor, BATCH_SAMPLED, batch, body)
        self._acknowledge()
        return known

    def _draw(
        self, tx: Connection, batch: Batch, regulation: Regulation | None, seed: str
    ) -> Sample:
        if regulation is None or regulation.inspection is not InspectionMode.SAMPLE:
            said = f"Regulation {regulation.number}" if regulation else "Nothing"
            raise NotAllowedError(
                f"{said} states no sampled inspection of this batch: every document "
                "is inspected (제48조)."
            )
        rows = alive(records.document_rows(tx, batch.id))
        waiting = [row.number for row in rows if row.state == DocumentState.CAPTURED]
        if waiting:
            raise NotYetError(
                f"Documents {waiting} have no index yet: a sample is drawn when all "
                "work on the batch is done."
            )
        level = stated(regulation, "sampling_level", regulation.sampling_level)
        aql = stated(regulation, "sampling_aql", regulation.sampling_aql)
        plan = plan_for(len(rows), level, aql)
        return Sample(
            batch=batch.id,
            regulation=regulation.number,
            plan=plan,
            seed=seed,
            documents=draw(seed, [str(row.id) for row in rows], plan.size),
            verdict=SampleVerdict.OPEN,
            defects=0,
            at=self._parts.clock.now(),
        )

    def sample_of(self, actor: Actor, batch: str) -> Sample | None:
        """Return a batch's sample with the defects found so far, or None."""
        self._view(actor)
        with self._parts.db.read() as tx:
            return own.find_sample(tx, batch)

    def judge_sample(self, actor: Actor, batch: str) -> Sample:
        """Say how a sample came out; a failed one means full inspection (제51조).

        A defect counts once a document, when an inspector rejected it or a page of it
        that the automatic check had passed.

        Raises:
            NotAllowedError: the actor may not inspect, or prepared or scanned in this
                batch.
            NotYetError: no sample was drawn, or documents of it are not decided.
        """
        require(actor, Action.SCAN_INSPECT)
        with self._parts.db.begin() as tx:
            found = records.get_batch(tx, batch)
            require_inspector(self._parts, tx, found, actor)
            sample = own.find_sample(tx, batch)
            if sample is None:
                raise NotYetError("No sample was drawn of this batch: draw one first.")
            if sample.verdict is SampleVerdict.OPEN:
                verdict, defects = _judged(tx, sample)
                own.set_verdict(tx, batch, verdict, defects)
                body = _plan_facts(found, sample) | {
                    "plan": "sample",
                    "seed": sample.seed,
                    "defects": defects,
                    "verdict": verdict,
                }
                self._write(tx, actor, BATCH_INSPECTED, batch, body)
            sample = own.find_sample(tx, batch) or sample
        self._acknowledge()
        return sample

    def pass_rest(self, actor: Actor, batch: str) -> tuple[ScanDocument, ...]:
        """Pass the documents outside a passed sample, by the sample (제48조).

        Documents that have a held or rejected page stay: legibility is never sampled
        (제49조). So do those ever found defective, and those indexed or scanned anew
        since the sample was drawn: a person passes them.

        Returns:
            Every document of the batch, passed or not.

        Raises:
            NotAllowedError: the actor may not inspect, prepared or scanned in this
                batch, or wrote an index that would pass (제45조②); or the sample failed
                (제51조).
            NotYetError: no sample of this batch passed yet.
            EvidenceError: the journal says otherwise of the sample than its row.
        """
        require(actor, Action.SCAN_INSPECT)
        key = open_batch_key(self._parts, batch, actor, "scan: pass by sample")
        with self._parts.db.begin() as tx:
            found = records.get_batch(tx, batch)
            check_batch(found.state, BatchState.CLOSED, "inspection")
            require_inspector(self._parts, tx, found, actor)
            _check_sampled(own.find_sample(tx, batch))
            defective = own.defective(tx, batch)
            changed = _changed_since(self._parts, batch)
            for row in alive(records.document_rows(tx, batch)):
                if row.state != DocumentState.INDEXED or row.id in defective:
                    continue
                pages = pages_of(tx, row)
                if changed & {row.id, *(page.id for page in pages)}:
                    continue
                check_second_person(actor.id, row.indexed_by.split())
                try:
                    check_passable(read_document(row, pages, key), pages)
                except NotYetError:
                    continue
                self._pass(tx, actor, row, pages, by_sample=True)
        self._acknowledge()
        with self._parts.db.read() as tx:
            rows = records.document_rows(tx, batch)
            return tuple(read_document(row, pages_of(tx, row), key) for row in rows)


def _changed_since(parts: Parts, batch: str) -> set[str]:
    """Return what was indexed or captured since a batch's passed sample was drawn.

    Raises:
        EvidenceError: the journal has no such sample, or it did not pass there.
    """
    journal = parts.journal
    drawn = [one.seq for one in journal.entries(tag=BATCH_SAMPLED, subject=batch)]
    judged = journal.entries(tag=BATCH_INSPECTED, subject=batch)
    ends = [x.body["verdict"] for x in judged if x.body["plan"] == "sample"]
    if not drawn or ends != [SampleVerdict.PASSED]:
        raise EvidenceError(
            "The journal says otherwise of this batch's sample than its row: nothing "
            "passes by it. Call an operator."
        )
    return {
        entry.subject
        for tag in (DOCUMENT_INDEXED, PAGE_CAPTURED)
        for entry in journal.entries(tag=tag, after=drawn[-1])
    }


def _judged(tx: Connection, sample: Sample) -> tuple[SampleVerdict, int]:
    """Return how a sample came out, and its defective documents."""
    since = stamp(sample.at)
    drawn = set(sample.documents)
    rows = [row for row in own.checks(tx, sample.batch) if row.at >= since]
    defective = {row.document for row in rows if row.reason} & drawn
    if len(defective) >= sample.plan.reject:
        return SampleVerdict.FAILED, len(defective)
    done = {DocumentState.PASSED, DocumentState.SET_ASIDE}
    left = [
        row.number
        for row in records.document_rows(tx, sample.batch)
        if row.id in drawn and row.id not in defective and row.state not in done
    ]
    if left:
        raise NotYetError(
            f"Documents {left} of the sample are not decided yet: pass or reject them."
        )
    return SampleVerdict.PASSED, len(defective)


def _check_sampled(sample: Sample | None) -> None:
    if sample is None or sample.verdict is SampleVerdict.OPEN:
        raise NotYetError("No sample of this batch passed yet: draw and judge one.")
    if sample.verdict is SampleVerdict.FAILED:
        raise NotAllowedError(
            "The sample failed: every document of the batch is inspected (제51조)."
        )


def _plan_facts(batch: Batch, sample: Sample) -> dict[str, Json]:
    plan: Plan = sample.plan
    return {
        "tenant": batch.tenant,
        "regulation": sample.regulation,
        "standard": "ISO 2859-1 single, normal",
        "level": plan.level,
        "aql": plan.aql,
        "letter": plan.letter,
        "lot": plan.lot,
        "size": plan.size,
        "accept": plan.accept,
    }
