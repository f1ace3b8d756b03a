"""Trusted scanning (신뢰스캔): the desks of the workshop, together.

The deck's steps in order: `record_contract` and `supply_boxes`, `receive_box`,
`open_box`, `start_batch`, `capture`, `close_batch`, `index`, `accept_page` or
`reject_page` and `rescan`, `pass_document`, `seal`, `sealed_documents` and
`handed_over`, then `shred_box` or `return_box`. Claims to be no registered workshop:
every sealed file carries the trial line until a facility record covers the day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.clock import Clock
from paperless_kernel.base.facility import Facility, FacilityKind
from paperless_kernel.base.ids import Actor, Ids, Random
from paperless_kernel.base.typeset import MarkImage, Typesetter
from paperless_kernel.scan import records, tables
from paperless_kernel.scan.boxes import BoxState
from paperless_kernel.scan.capture.closing import Closing
from paperless_kernel.scan.classes import Classes
from paperless_kernel.scan.custody.courier import Couriers
from paperless_kernel.scan.custody.fetching import Fetching
from paperless_kernel.scan.custody.model import StoryLine
from paperless_kernel.scan.custody.printing import story_paper
from paperless_kernel.scan.custody.records import find_transports
from paperless_kernel.scan.custody.sentences import told
from paperless_kernel.scan.disposal.printing import PrintingEnds
from paperless_kernel.scan.documents import DocumentState
from paperless_kernel.scan.duties import DutyBook
from paperless_kernel.scan.inspection.desk import Inspecting
from paperless_kernel.scan.inspection.records import decided_pages
from paperless_kernel.scan.model import BatchState, Numbers, PageState, Verdict
from paperless_kernel.scan.orders.desk import Ordering
from paperless_kernel.scan.orders.holder import registration_of
from paperless_kernel.scan.people.equipment import Equipping
from paperless_kernel.scan.people.model import ReadyItem, TargetPage
from paperless_kernel.scan.pictures.normalise import normalise
from paperless_kernel.scan.profiles import Profiles
from paperless_kernel.scan.quality.checks import whole_grey
from paperless_kernel.scan.quality.target import judge_target, measure_target
from paperless_kernel.scan.reports.desk import Reporting
from paperless_kernel.scan.rules import ScanRules
from paperless_kernel.scan.sealing.ceremony import Certifying
from paperless_kernel.scan.sealing.desk import Sealing
from paperless_kernel.scan.sealing.residue import Searching
from paperless_kernel.scan.sealing.viewing import Viewing
from paperless_kernel.scan.workshop import Parts
from paperless_kernel.store.blobs import Blobs
from paperless_kernel.store.database import Database
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import Keeper


class Scan(
    Equipping,
    Ordering,
    Couriers,
    Fetching,
    Closing,
    Inspecting,
    Sealing,
    Certifying,
    Searching,
    Viewing,
    PrintingEnds,
    Reporting,
):
    """Sealed boxes become inspected, signed, time-stamped PDF/A documents."""

    def __init__(
        self,
        *,
        db: Database,
        journal: Journal,
        blobs: Blobs,
        keeper: Keeper,
        clock: Clock,
        ids: Ids,
        random: Random,
        rules: ScanRules,
        profiles: Profiles,
        duties: DutyBook,
        classes: Classes,
        facility: Callable[[FacilityKind, dt.datetime], Facility | None],
        facilities: Callable[[FacilityKind, dt.datetime], tuple[Facility, ...]],
        pdfa: Callable[[bytes], tuple[str, ...]],
        mark: Callable[[str], MarkImage],
        typesetter: Typesetter,
        is_demo: bool,
    ) -> None:
        """Take the parts.

        Args:
            db: the workshop's rows (``records.metadata``).
            journal: the journal named ``scan``.
            blobs: where encrypted pages and documents lie until they are handed over.
            keeper: holder of the private keys.
            clock: the office's time.
            ids: maker of object identifiers.
            random: where chance comes from.
            rules: parsed ``data/rules/notice-2013-99.toml``.
            profiles: parsed ``data/rules/quality-profiles.toml``.
            duties: every ``data/rules/notice-*.toml``; the day decides which holds.
            classes: parsed ``data/rules/document-classes.toml``.
            facility: says whether a designation covers an instant.
            facilities: every designation that covers an instant.
            pdfa: says what keeps a PDF from being PDF/A-2b.
            mark: draws one line of text, for the strip under each page.
            typesetter: sets the workshop's papers.
            is_demo: a trial office, where made-up paper may be handled.
        """
        super().__init__(
            Parts(
                db=db,
                journal=journal,
                blobs=blobs,
                keeper=keeper,
                clock=clock,
                ids=ids,
                random=random,
                rules=rules,
                profiles=profiles,
                duties=duties,
                classes=classes,
                facility=facility,
                facilities=facilities,
                pdfa=pdfa,
                mark=mark,
                typesetter=typesetter,
                is_demo=is_demo,
            )
        )

    def numbers(self) -> Numbers:
        """Return counts by stage, for the home page."""
        box, batch, page = tables.box, tables.batch, tables.page
        document = tables.document
        open_states = [BatchState.CAPTURING, BatchState.CLOSED]
        current = page.c.state != PageState.REPLACED
        waiting = page.c.state == PageState.WAITING
        sealed = [DocumentState.SEALED, DocumentState.HANDED_OVER]
        handed = DocumentState.HANDED_OVER
        with self._parts.db.read() as tx:
            return Numbers(
                boxes=records.count(tx, box),
                boxes_stopped=records.count(tx, box, box.c.state == BoxState.STOPPED),
                batches_open=records.count(tx, batch, batch.c.state.in_(open_states)),
                pages=records.count(tx, page, current),
                pages_held=records.count(
                    tx, page, waiting, page.c.verdict == Verdict.HOLD
                ),
                pages_rejected=records.count(
                    tx,
                    page,
                    (waiting & (page.c.verdict == Verdict.REJECT))
                    | page.c.state.in_([PageState.REJECTED, PageState.REPLACED]),
                ),
                blanks=records.count(tx, page, current, page.c.blank),
                documents=records.count(tx, document),
                documents_sealed=records.count(
                    tx, document, document.c.state.in_(sealed)
                ),
                documents_handed_over=records.count(
                    tx, document, document.c.state == handed
                ),
            )

    def measure_target(
        self, actor: Actor, data: bytes, *, name: str = ""
    ) -> TargetPage:
        """Measure a scan of the office's target page against its limits (제39조).

        Args:
            actor: who tests a scanner.
            data: the scanner's file; its first side counts.
            name: of the file, shown in errors.

        Raises:
            NotAllowedError: the actor neither scans nor manages.
            InputError: no picture can be read, or it is not the target page: its four
                corner marks are not all to be found.
        """
        require(actor, Action.SCAN_TEST)
        side = normalise(data, name)[0]
        measures = measure_target(whole_grey(side))
        short = judge_target(measures, self._parts.profiles.target)
        return TargetPage(
            measured=measures.values(),
            passed=not short,
            note="; ".join(short)[:200],
            page=side.sha256,
        )

    def readiness(self, actor: Actor, *, workshop: str = "") -> tuple[ReadyItem, ...]:
        """Return what a workshop has and lacks before it may begin (구축형 점검표).

        Args:
            actor: who looks.
            workshop: id of a workshop, "" for the office's own.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotFoundError: no such workshop is entered.
        """
        self._view(actor)
        now = self._parts.clock.now()
        with self._parts.db.read() as tx:
            held = registration_of(self._parts, tx, workshop, now)
        return self._ready(actor, workshop, held.number if held else "")

    def box_story(self, actor: Actor, box: str) -> tuple[StoryLine, ...]:
        """Return everything journaled about a box, from its contract to its end.

        Its contract and work order, its vehicles, batches and documents, in the order
        it happened; pages appear when somebody decided about them or
        put them in between.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotFoundError: there is no such box.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            found = records.get_box(tx, box)
            subjects = [found.contract, box]
            subjects += [found.order] if found.order else []
            subjects += [run.id for run in find_transports(tx, box)]
            for batch in records.find_batches(tx, box):
                subjects.append(batch.id)
                subjects += [row.id for row in records.document_rows(tx, batch.id)]
                decided = decided_pages(tx, batch.id)
                subjects += [
                    row.id
                    for row in records.page_rows(tx, batch.id)
                    if row.state != PageState.WAITING or row.place or row.id in decided
                ]
        lines = sorted(
            (
                line
                for subject in subjects
                for line in self._lines(subject, found.tenant)
            ),
            key=lambda numbered: numbered[0],
        )
        return tuple(line for _, line in lines)

    def box_story_paper(
        self, actor: Actor, box: str, *, names: Mapping[str, str]
    ) -> bytes:
        """Return a box's whole story on one page (PDF/A-2b).

        Args:
            actor: who prints.
            box: its id.
            names: names of people and customers by id; an id stands for itself.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotFoundError: there is no such box.
        """
        lines = self.box_story(actor, box)
        return story_paper(self._parts, self.box(actor, box), lines, names)

    def _lines(self, subject: str, tenant: str) -> Iterator[tuple[int, StoryLine]]:
        for entry in self._parts.journal.entries(subject=subject):
            # Two customers may number their contracts alike.
            if entry.body.get("tenant", tenant) != tenant:
                continue
            facts = tuple((name, str(value)) for name, value in entry.body.items())
            ko, en = told(entry.tag, dict(facts))
            yield (
                entry.seq,
                StoryLine(
                    at=entry.at,
                    tag=entry.tag,
                    actor=entry.actor,
                    subject=entry.subject,
                    facts=facts,
                    ko=ko,
                    en=en,
                ),
            )
