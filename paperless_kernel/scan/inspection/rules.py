"""Who may decide about a page, and when a document or a batch may go on.

Knows the separation of author and inspector and the gates before sealing. Reads no
table; the service brings what it needs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum, auto
from typing import Any

from paperless_kernel.base.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotYetError,
)
from paperless_kernel.scan.classes import DocumentClass
from paperless_kernel.scan.documents import DocumentState, ScanDocument
from paperless_kernel.scan.model import Page, PageState, Verdict

_LONGEST = 200
_MOST_KEYWORDS = 20


class EntryTurn(Enum):
    """What an entry is where two people enter an index."""

    FIRST = auto()
    SECOND = auto()
    RESOLVES = auto()


def check_inspector(inspector: str, authors: Collection[str]) -> None:
    """Keep author and inspector apart (제45조②: one person, one role).

    Args:
        inspector: id of who wants to inspect.
        authors: ids of everybody who scanned in the batch, or prepared its paper
            (제41조②: they count as 작성자).

    Raises:
        NotAllowedError: the inspector is one of them.
    """
    if inspector in authors:
        raise NotAllowedError(
            f"{inspector} prepared or scanned in this batch and may not inspect it: "
            "somebody else must (제41조②, 제45조②)."
        )


def check_second_person(inspector: str, indexed_by: Collection[str]) -> None:
    """Let nobody inspect an index they wrote a part in (제45조②).

    Raises:
        NotAllowedError: the inspector is one of those who wrote it.
    """
    if inspector in indexed_by:
        raise NotAllowedError(
            f"{inspector} wrote this document's index and may not inspect it: "
            "somebody else must (제45조②)."
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
            "scanned again, or set aside with its paper (제51조)."
        )


def check_undoable(page: Page) -> None:
    """Let a decision about a page be taken back; the entry that took it stays.

    Raises:
        ConflictError: nobody decided about it, or it was scanned again since.
    """
    if page.state is PageState.WAITING:
        raise ConflictError(f"Nobody decided about page {page.position} yet.")
    if page.state is PageState.REPLACED:
        raise ConflictError(
            f"Page {page.position} was scanned again since: decide about the new one."
        )


def check_index(
    title: str, kind: str, keywords: Sequence[str], path: Sequence[str] = ()
) -> None:
    """Check a document's index (색인정보: 문서명, 문서유형, 검색어, 분류체계; 제32조).

    Raises:
        InputError: a part is empty or too long.
    """
    if not title.strip() or not kind.strip():
        raise InputError("A document needs a title and a type.")
    for words, name in ((keywords, "keywords"), (path, "steps of its classification")):
        if len(words) > _MOST_KEYWORDS or not all(word.strip() for word in words):
            raise InputError(
                f"A document has at most {_MOST_KEYWORDS} {name}, none empty."
            )
    for text in (title, kind, *keywords, *path):
        if len(text) > _LONGEST or not text.isprintable():
            raise InputError(
                "Titles, types, keywords and classifications are one line of at most "
                f"{_LONGEST} letters."
            )


def check_lossless(found: DocumentClass | None, pages: Sequence[Page]) -> None:
    """Refuse pictures coded with loss where the class forbids it (제35조).

    Raises:
        NotAllowedError: a page is a JPEG, and the class is marked.
    """
    if found is None or not found.lossless:
        return
    lossy = [page.position for page in pages if page.kind == "jpeg"]
    if lossy:
        raise NotAllowedError(
            f"{found.name} may not be coded with loss, and pages {lossy} are JPEG "
            "(제35조): scan them without loss under an order marked so."
        )


def who_waits(
    entered_by: Sequence[str], differing: Sequence[str], actor: str
) -> EntryTurn:
    """Say what an actor's entry is where two people enter a class's index.

    Args:
        entered_by: who entered so far, in order.
        differing: parts in which the two entries differ, () before there are two.
        actor: who enters now.

    Raises:
        NotAllowedError: the second person may not resolve what they differ in.
    """
    if differing:
        if actor == entered_by[-1]:
            raise NotAllowedError(
                f"The two entries differ in {', '.join(differing)}: the first person "
                "or a third one resolves it, not the second."
            )
        return EntryTurn.RESOLVES
    return (
        EntryTurn.SECOND
        if any(one != actor for one in entered_by)
        else (EntryTurn.FIRST)
    )


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the parts in which two people's entries differ: names and field codes."""
    parts = ("title", "kind", "keywords", "path")
    found = [name for name in parts if one.get(name) != other.get(name)]
    mine, theirs = one.get("fields", {}), other.get("fields", {})
    codes = sorted(set(mine) | set(theirs))
    return (
        *found,
        *(
            code
            for code in codes
            if mine.get(code, {}).get("value") != theirs.get(code, {}).get("value")
        ),
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
