"""When a batch may be sealed, and when a finished document may be signed.

Knows open rejects and the word of the PDF/A checkers. Reads no table.
"""

from __future__ import annotations

from collections.abc import Sequence

from paperless_kernel.base.errors import EvidenceError, NotYetError
from paperless_kernel.scan.model import Page, PageState, Verdict

_GONE = frozenset({PageState.REPLACED, PageState.SET_ASIDE})


def check_no_reject(pages: Sequence[Page]) -> None:
    """Let nothing be sealed while a reject is open: rescan, never edit (제51조).

    ``pages`` are the newest versions.

    Raises:
        NotYetError: a page is rejected, by a person or by the automatic check.
    """
    open_ = [
        page.label
        for page in pages
        if page.state not in _GONE
        and not page.separator
        and (page.state is PageState.REJECTED or page.verdict is Verdict.REJECT)
    ]
    if open_:
        raise NotYetError(
            f"Page(s) {', '.join(open_)} are rejected and not scanned again: scan them "
            "again or set them aside first; nothing is signed before (제51조, 제28조)."
        )


def check_pdfa(complaints: Sequence[str], number: int) -> None:
    """Let a document be signed only when the checkers call it PDF/A-2b.

    Raises:
        EvidenceError: they do not; says why.
    """
    if complaints:
        raise EvidenceError(
            f"Document {number} is no PDF/A-2b and was not sealed: "
            f"{'; '.join(complaints[:3])}. Call an operator."
        )
