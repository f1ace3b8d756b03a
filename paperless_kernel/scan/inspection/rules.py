"""Who may decide about a page, and when a document or a batch may go on.

Knows the separation of author and inspector and the gates before sealing. Reads no
table; the service brings what it needs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotYetError,
)
from paperless_kernel.scan.model import (
    DocumentState,
    Page,
    PageState,
    ScanDocument,
    Verdict,
)

_LONGEST = 200
_MOST_KEYWORDS = 20


def check_inspector(inspector: str, scanned_by: Collection[str]) -> None:
    """Keep author and inspector apart (제45조②: one person, one role).

    Raises:
        NotAllowedError: the inspector scanned in this batch.
    """
    if inspector in scanned_by:
        raise NotAllowedError(
            f"{inspector} scanned in this batch and may not inspect it: somebody else "
            "must."
        )


def check_acceptable(page: Page) -> None:
    """Let an inspector accept this version of a page.

    Raises:
        NotAllowedError: the automatic check rejected it; it must be scanned again.
        ConflictError: it was decided otherwise, or is an older version.
    """
    if page.state in {PageState.REJECTED, PageState.REPLACED, PageState.SET_ASIDE}:
        raise ConflictError(f"Page {page.position} is {page.state.value} already.")
    if page.verdict is Verdict.REJECT:
        why = "; ".join(f.text for f in page.findings if f.verdict is Verdict.REJECT)
        raise NotAllowedError(
            f"Page {page.position} failed the automatic check ({why}): it must be "
            "scanned again, or set aside with its paper."
        )


def check_index(title: str, kind: str, keywords: Sequence[str]) -> None:
    """Check a document's index (색인정보: 문서명, 문서유형, 검색어; 제32조).

    Raises:
        InputError: a part is empty or too long.
    """
    if not title.strip() or not kind.strip():
        raise InputError("A document needs a title and a type.")
    if len(keywords) > _MOST_KEYWORDS or not all(word.strip() for word in keywords):
        raise InputError(
            f"A document has at most {_MOST_KEYWORDS} keywords, none empty."
        )
    for text in (title, kind, *keywords):
        if len(text) > _LONGEST or not text.isprintable():
            raise InputError(
                "Titles, types and keywords are one line of at most "
                f"{_LONGEST} letters."
            )


def check_passable(document: ScanDocument, pages: Sequence[Page]) -> None:
    """Let an inspector pass a whole document.

    Raises:
        NotYetError: it is not indexed, or a page is held or rejected.
        ConflictError: it is sealed already.
    """
    if document.state is DocumentState.CAPTURED:
        raise NotYetError(f"Document {document.number} has no index yet: index it.")
    if document.state not in {DocumentState.INDEXED, DocumentState.PASSED}:
        raise ConflictError(
            f"Document {document.number} is {document.state.value} already."
        )
    for page in pages:
        if page.state is PageState.REJECTED or page.verdict is Verdict.REJECT:
            raise NotYetError(
                f"Page {page.position} is rejected: scan it again, or set it aside."
            )
        if page.state is PageState.WAITING and page.verdict is Verdict.HOLD:
            why = "; ".join(f.text for f in page.findings if f.verdict is Verdict.HOLD)
            raise NotYetError(
                f"Page {page.position} is held ({why}): look at it and accept or "
                "reject it first."
            )


def check_sealable(documents: Sequence[ScanDocument]) -> None:
    """Let a batch be sealed: signature and time come last (제28조, 제29조).

    Raises:
        NotYetError: a document has not passed.
    """
    left = [d for d in documents if d.state is not DocumentState.SET_ASIDE]
    waiting = [d.number for d in left if d.state is DocumentState.CAPTURED]
    if waiting:
        raise NotYetError(f"Documents {waiting} have no index yet.")
    waiting = [d.number for d in left if d.state is DocumentState.INDEXED]
    if waiting:
        raise NotYetError(f"Documents {waiting} have not passed inspection yet.")
    if not documents:
        raise NotYetError("There is no document in this batch to seal.")
