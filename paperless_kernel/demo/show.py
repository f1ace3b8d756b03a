"""Prints what the demo did: what came in, what came out, what others said of it.

Knows a terminal. Says plainly what is missing, refused or only a trial.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from paperless_kernel.adapters.checkers import Answer
from paperless_kernel.base.clock import kst_text
from paperless_kernel.base.facility import TRIAL_MARK, TRIAL_MARK_EN
from paperless_kernel.demo.results import Judged
from paperless_kernel.demo.story import Outcome
from paperless_kernel.scan.model import PageState

_SIGNS = {
    Answer.ACCEPTED: "[green]yes[/green]",
    Answer.REFUSED: "[red]NO[/red]",
    Answer.MISSING: "[yellow]missing[/yellow]",
}


def show(console: Console, outcome: Outcome) -> None:
    """Print the outcome as tables."""
    console.print(_in_and_out(outcome))
    console.print(_files(outcome))
    for jump in outcome.jumps:
        console.print(
            f"trial clock: {kst_text(jump.frm)} -> {kst_text(jump.to)}, {jump.reason}"
        )
    missing = sorted(
        {
            opinion.checker
            for each in outcome.judged
            for opinion in each.opinions
            if opinion.answer is Answer.MISSING
        }
    )
    if missing:
        console.print(
            f"Not asked, because not installed here: {', '.join(missing)} "
            "(Debian: apt install poppler-utils qpdf openssl)."
        )
    console.print(f"[bold]{TRIAL_MARK}[/bold] / {TRIAL_MARK_EN}")
    console.print(f"Files: {outcome.folder}")


def _in_and_out(outcome: Outcome) -> Table:
    table = Table(title="What came in, what came out", show_header=False)
    table.add_column(style="bold")
    table.add_column()
    pages = outcome.pages
    delivered = [page for page in pages if page.state is PageState.ACCEPTED]
    aside = [page for page in pages if page.state is PageState.SET_ASIDE]
    origin = "drawn by this project, labelled as made" if outcome.pile.made else "given"
    table.add_row(
        "box", f"{outcome.pile.sheets} sheets without separator sheets, {origin}"
    )
    table.add_row(
        "sides",
        f"{len(pages)} captured = {len(delivered)} delivered + {len(aside)} set aside "
        f"+ {len(pages) - len(delivered) - len(aside)} of separator sheets",
    )
    for page in delivered:
        if page.blank:
            table.add_row("blank", f"{outcome.name(page)}: flagged, kept and delivered")
        if page.version > 1:
            table.add_row("rescan", f"side {page.position}: rejected, scanned again")
    for page in aside:
        why = "; ".join(each.text for each in page.findings) or "set aside"
        table.add_row("set aside", f"{outcome.name(page)}: {why}")
    for name, why in outcome.pile.refused:
        table.add_row("refused", f"{name}: {why}")
    for title in outcome.documents:
        table.add_row("document", title)
    for status in outcome.notices:
        reason = f" ({status.reason.value})" if status.reason else ""
        sent = f" to {status.sent_to}" if status.sent_to else ""
        table.add_row("notice", f"{status.name}: {status.state.value}{sent}{reason}")
    for invoice in outcome.invoices:
        table.add_row("invoice", f"{invoice.number}: {invoice.total:,} won")
    audit = outcome.audit
    table.add_row(
        "vault audit",
        f"{audit.documents} documents re-read, log of {audit.log_size} entries, "
        + ("nothing wrong" if audit.clean else f"{len(audit.findings)} findings"),
    )
    return table


def _files(outcome: Outcome) -> Table:
    table = Table(title="Each file, our verdict, and what others said")
    table.add_column("file", overflow="fold")
    table.add_column("paperless verify")
    table.add_column("outside checkers")
    for each in outcome.judged:
        table.add_row(
            str(each.file.relative_to(outcome.folder)),
            _verdict(each),
            "  ".join(
                f"{opinion.checker} {_SIGNS[opinion.answer]}"
                for opinion in each.opinions
            ),
        )
    return table


def _verdict(each: Judged) -> str:
    if each.file.suffix == ".xlsx":
        return "not a proof (as it should say)"
    return "[green]yes[/green]" if each.report.exit_code == 0 else "[red]NO[/red]"


def as_json(outcome: Outcome) -> Mapping[str, Any]:
    """Return the outcome as JSON values, for ``--json``."""
    return {
        "good": outcome.good,
        "folder": str(outcome.folder),
        "sheets": outcome.pile.sheets,
        "sides": len(outcome.pages),
        "blank": [outcome.name(page) for page in outcome.pages if page.blank],
        "set_aside": [
            page.position for page in outcome.pages if page.state is PageState.SET_ASIDE
        ],
        "refused": [list(each) for each in outcome.pile.refused],
        "documents": list(outcome.documents),
        "notices": [status.state.value for status in outcome.notices],
        "invoices": [
            {"number": invoice.number, "total": invoice.total}
            for invoice in outcome.invoices
        ],
        "audit_clean": outcome.audit.clean,
        "findings": [
            f"{each.kind.value} {each.subject}: {each.text}"
            for each in outcome.audit.findings
        ],
        "audit_documents": outcome.audit.documents,
        "jumps": [
            {"from": kst_text(jump.frm), "to": kst_text(jump.to), "why": jump.reason}
            for jump in outcome.jumps
        ],
        "files": [
            {
                "file": str(each.file),
                "exit_code": each.report.exit_code,
                "verdict": each.report.verdict.en,
                "checkers": {
                    opinion.checker: opinion.answer.value for opinion in each.opinions
                },
            }
            for each in outcome.judged
        ],
    }
