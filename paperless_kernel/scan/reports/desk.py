"""The desk that reports: reconciliation, register, statistics, the audit log.

Loads and assembles; signs a report's paper with the workshop's key. What is counted
against what is ``reconcile``, what stands in a table ``contents``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from paperless_kernel.base.clock import kst_date
from paperless_kernel.base.errors import InputError
from paperless_kernel.base.facility import standing
from paperless_kernel.base.ids import Actor
from paperless_kernel.scan.orders.holder import registration_of
from paperless_kernel.scan.people import records as people
from paperless_kernel.scan.people.checks import due_checks
from paperless_kernel.scan.people.desk import Staffing
from paperless_kernel.scan.people.rules import later
from paperless_kernel.scan.reports import contents, keeping
from paperless_kernel.scan.reports.counts import (
    Outside,
    Reconciliation,
    Scope,
)
from paperless_kernel.scan.reports.loading import Span
from paperless_kernel.scan.reports.log import LogFilter, log_lines, log_table
from paperless_kernel.scan.reports.model import (
    Report,
    ReportKind,
    ReportTable,
)
from paperless_kernel.scan.reports.papers import TEMPLATE, paper_values
from paperless_kernel.scan.reports.reconcile import reconcile
from paperless_kernel.scan.reports.reconciled import reconciliation_tables
from paperless_kernel.scan.reports.records import load_facts
from paperless_kernel.scan.reports.rules import quarterly, unnumbered
from paperless_kernel.scan.reports.words import TITLES
from paperless_kernel.scan.reports.writing import KeepingRecords
from paperless_kernel.store.journal import Journal
from paperless_kernel.store.keeper import KeeperSigner
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.notes import check_note
from paperless_kernel.trust.pdf import PdfKind, fill_signature, prepare_signature
from paperless_kernel.trust.pki import subject_name

_PLACE: Final = "KR"
_NOBODY: Final = Outside()
_MONTHS: Final = 12


class Reporting(KeepingRecords, Staffing):
    """Makes every report of the workshop; see `ReportKind`."""

    def reconciliation(
        self, actor: Actor, scope: Scope, outside: Outside = _NOBODY
    ) -> Reconciliation:
        """Hold sheets, sides, seals, deposits, receipts and bills against each other.

        Args:
            actor: who looks.
            scope: an order, a box, days, or the whole office.
            outside: what the taker holds and billing counted
                (``flows.reconcile.outside_of``).

        Raises:
            NotAllowedError: the actor may not look into the workshop.
        """
        self._view(actor)
        with self._parts.db.read() as tx:
            facts = load_facts(tx, self._parts.journal, scope)
        if outside.billed is not None and not scope.is_whole:
            own = {document.id for document in facts.documents}
            billed = {one: n for one, n in outside.billed.items() if one in own}
            outside = Outside(held=outside.held, billed=billed)
        return reconcile(facts, outside)

    def reconciliation_report(
        self, actor: Actor, scope: Scope, outside: Outside = _NOBODY
    ) -> Report:
        """Return a reconciliation as a report.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
        """
        made = self.reconciliation(actor, scope, outside)
        today = kst_date(self._parts.clock.now())
        days = [line.key for line in made.days]
        open_now = made.total.open
        result = "일치 agrees" if made.agrees else f"미결 {open_now}건 open"
        return self._report(
            actor,
            ReportKind.RECONCILIATION,
            scope.since or (dt.date.fromisoformat(days[0]) if days else today),
            scope.until or today,
            reconciliation_tables(made),
            facts=(("결과 Result", result),),
        )

    def report(
        self,
        actor: Actor,
        kind: ReportKind,
        since: dt.date,
        until: dt.date,
        *,
        workshop: str = "",
    ) -> Report:
        """Return a report over Korean days, both included.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            InputError: the days are turned round, or the kind has a method of its own.
            NotYetError: the quarterly report, while its items have no wording (제8조).
        """
        self._view(actor)
        if since > until:
            raise InputError(f"{since} comes after {until}: give the days in order.")
        made_by_themselves = {ReportKind.RECONCILIATION, ReportKind.LOG}
        if kind in made_by_themselves:
            raise InputError(f"{kind.value} takes more than days: ask its own method.")
        with self._parts.db.read() as tx:
            span = Span(tx, since, until, workshop)
            found = self._tables(actor, tx, kind, span, workshop)
        made = self._report(actor, kind, since, until, found)
        return replace(made, workshop=workshop)

    def _tables(
        self,
        actor: Actor,
        tx: Connection,
        kind: ReportKind,
        span: Span,
        workshop: str,
    ) -> tuple[ReportTable, ...]:
        items = keeping.find_items(tx)
        duties = self._parts.duties.on(kst_date(self._parts.clock.now()))
        if kind is ReportKind.REGISTER:
            named = tuple(span.item(item) for item in items)
            return (*named, *(span.content(one) for one in unnumbered(items)))
        if kind is ReportKind.EDUCATION:
            staff = self.staff(actor, workshop=workshop)
            return span.education(), contents.staff_table(staff)
        makers: dict[ReportKind, Callable[[], tuple[ReportTable, ...]]] = {
            ReportKind.QUARTERLY: lambda: tuple(map(span.item, quarterly(items))),
            ReportKind.INSPECTORS: lambda: span.load(duties),
            ReportKind.CHECKS: lambda: (
                span.checks(),
                *self._due(tx, workshop),
                span.tests(),
            ),
            ReportKind.SAMPLES: lambda: (span.samples(),),
            ReportKind.REJECTS: span.rejects,
        }
        return makers[kind]()

    def _due(self, tx: Connection, workshop: str) -> tuple[ReportTable, ...]:
        now = self._parts.clock.now()
        regulation = people.regulation_on(tx, now, workshop)
        if regulation is None:
            return ()
        today = kst_date(now)
        duties = self._parts.duties.on(today)
        checks = people.find_checks(tx, workshop)
        return (contents.due_table(due_checks(checks, regulation, duties, today)),)

    def audit_log(
        self, actor: Actor, wanted: LogFilter, *, others: Sequence[Journal] = ()
    ) -> Report:
        """Return what the journals say, each entry with its place and hash (제25조).

        Args:
            actor: who looks.
            wanted: which entries.
            others: journals besides the workshop's own, such as ``access``.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
        """
        self._view(actor)
        found, facts = [], []
        for journal in (self._parts.journal, *others):
            note = journal.newest() or ""
            lines = tuple(log_lines(journal, wanted))
            found.append(log_table(journal.name, lines, note))
            if note:
                state = check_note(note, [self._parts.keeper.vkey(journal.name)])
                root = f"{state.size} entries, root {state.root.hex()}"
                facts.append((f"체크포인트 Checkpoint {journal.name}", root))
        return self._report(
            actor,
            ReportKind.LOG,
            wanted.since,
            wanted.until,
            tuple(found),
            facts=tuple(facts),
        )

    def _report(
        self,
        actor: Actor,
        kind: ReportKind,
        since: dt.date,
        until: dt.date,
        found: tuple[ReportTable, ...],
        facts: tuple[tuple[str, str], ...] = (),
    ) -> Report:
        now = self._parts.clock.now()
        duties = self._parts.duties.on(kst_date(now))
        log = kind is ReportKind.LOG
        years = duties.log_years if log else duties.register_years
        title, title_en, basis = TITLES[kind]
        return Report(
            kind=kind,
            title=title,
            title_en=title_en,
            since=since,
            until=until,
            made_at=now,
            made_by=actor.id,
            kept_until=later(until, months=_MONTHS * years),
            basis=basis,
            facts=facts,
            tables=found,
        )

    def report_paper(self, actor: Actor, report: Report) -> bytes:
        """Return a report as PDF/A-2b, signed in the name of its workshop.

        It carries the trial mark unless a facility record covers the instant.

        Raises:
            NotAllowedError: the actor may not look into the workshop.
            NotFoundError: that workshop has no key here.
        """
        self._view(actor)
        parts = self._parts
        with parts.db.read() as tx:
            held = registration_of(parts, tx, report.workshop, report.made_at)
        signer = KeeperSigner(parts.keeper, KeyPurpose.SCAN, report.workshop)
        line, holder = standing(held), subject_name(signer.certificates[0])
        values = paper_values(report, standing=line, office=holder)
        prepared = prepare_signature(
            parts.typesetter.pdf(TEMPLATE, values, made_at=report.made_at),
            name=holder,
            reason=f"{report.title} {report.since} – {report.until}",
            location=_PLACE,
            signed_at=report.made_at,
            kind=PdfKind.PAPER,
            standing=line,
        )
        return fill_signature(prepared, signer, crls=(parts.keeper.crl(),))
