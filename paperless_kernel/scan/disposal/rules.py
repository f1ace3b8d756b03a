"""May this paper be destroyed: yes, or no with every reason and its article.

Knows what must be true first and where it is written. Reads no table; the desk brings
the facts. Demo paper is made up: what protects real paper by law does not hold it, what
protects the count and the customer's word does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from paperless_kernel.base.errors import NotAllowedError, NotYetError
from paperless_kernel.scan.boxes import Box, BoxState
from paperless_kernel.scan.disposal.model import DisposalVerdict, Reason
from paperless_kernel.scan.model import Batch, BatchState, Service

_HELD: Final = "전자문서법 제31조의6"
_DIGITISED: Final = "전자문서법 제5조②③"
_ONLY_PAPER: Final = "전자문서법 제5조②③, 제31조의6 단서"
"""Nothing was digitised, or what was cannot be read: neither stands in for paper."""
_ENDED: Final = frozenset({BoxState.SHREDDED, BoxState.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPaper:
    """Documents of a box whose type must stay on paper.

    Attributes:
        name: of the document class, or what is wrong with it.
        count: how many documents of the box are of it.
        article: where it is written.
        todo: what to do instead.
    """

    name: str
    count: int
    article: str
    todo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """Everything the answer depends on.

    Attributes:
        batches: the box's, in order.
        ordered: number of its work order, or "" without one.
        demo_paper: the order says made-up paper, and this is a trial office.
        keep: what says that the customer wants the paper kept, in sentences.
        set_aside: sides set aside for another reason than being a duplicate.
        untaken: documents without the taker's receipt in our journal.
        kept: documents whose type must stay on paper.
        uncentred: Korean days of deposit no designated centre's record covers.
        unregistered: Korean days of sealing no registered workshop's record covers.
        centre: number of the centre's designation, or "".
        workshop: number of the workshop's registration, or "".
    """

    box: Box
    batches: tuple[Batch, ...]
    ordered: str
    demo_paper: bool
    keep: tuple[str, ...]
    set_aside: int
    untaken: int
    kept: tuple[KeptPaper, ...]
    uncentred: tuple[dt.date, ...]
    unregistered: tuple[dt.date, ...]
    centre: str
    workshop: str


def judge_disposal(facts: PaperFacts) -> DisposalVerdict:
    """Answer whether a box's paper may be destroyed."""
    reasons = [*_unaccounted(facts.box, facts.batches), *_unscannable(facts)]
    if not facts.demo_paper:
        reasons += _protected(facts)
    return DisposalVerdict(
        box=facts.box.id,
        seal=facts.box.seal,
        allowed=not reasons,
        demo_paper=facts.demo_paper,
        basis=() if reasons else _basis(facts),
        reasons=tuple(reasons),
    )


def check_destroyable(verdict: DisposalVerdict) -> None:
    """Let paper be destroyed only after a yes.

    Raises:
        NotAllowedError: something says that the paper must never be destroyed.
        NotYetError: something is missing that can still come.
    """
    if verdict.allowed:
        return
    said = " · ".join(str(reason) for reason in verdict.reasons)
    text = f"The paper of box {verdict.seal} may not be destroyed. {said}"
    if any(reason.final for reason in verdict.reasons):
        raise NotAllowedError(text)
    raise NotYetError(text)


def check_returnable(box: Box, batches: Sequence[Batch]) -> None:
    """Let a box's paper go back to its owner (회송).

    A box that nobody scanned from may always go back.

    Raises:
        NotYetError: scanning has begun, and not every sheet is sealed and taken.
    """
    if box.state in _ENDED:
        raise NotYetError(f"Box {box.seal} is {box.state.value} already.")
    missing = _unaccounted(box, batches) if batches else ()
    if missing:
        said = " · ".join(str(reason) for reason in missing)
        raise NotYetError(f"Box {box.seal} cannot go back yet. {said}")


def _unaccounted(box: Box, batches: Sequence[Batch]) -> list[Reason]:
    """Say what of the box is not scanned, sealed and taken yet."""
    if box.state is not BoxState.OPENED:
        todo = "there is no paper left to ask about"
        if box.state not in _ENDED:
            todo = "clear, open and scan it first"
        text = f"box {box.seal} is {box.state.value}"
        final = box.state in _ENDED
        return [Reason(text=text, article="", todo=todo, final=final)]
    found = []
    done = sum(batch.sheets for batch in batches)
    if done != box.counted:
        found.append(
            _later(
                f"{done} of {box.counted} counted sheets are in batches",
                "scan the rest first",
            )
        )
    order = tuple(BatchState)
    sealed = order.index(BatchState.SEALED)
    unsealed = [one for one in batches if order.index(one.state) < sealed]
    if unsealed:
        found.append(_later(f"{len(unsealed)} batch(es) are not sealed", "seal them"))
    untaken = [one for one in batches if one.state is BatchState.SEALED]
    if untaken:
        found.append(
            _later(
                f"{len(untaken)} batch(es) are sealed and not handed over yet",
                "deposit them; the paper stays until the taker's receipts are in",
            )
        )
    return found


def _unscannable(facts: PaperFacts) -> list[Reason]:
    """Say what stays on paper whatever was deposited."""
    found = []
    if facts.untaken:
        found.append(
            _later(
                f"{facts.untaken} document(s) have no taker's receipt in the journal",
                "deposit them first",
            )
        )
    if any(batch.service is Service.PLAIN for batch in facts.batches):
        found.append(
            _never(
                "this is a plain scan (일반스캔): it never stands in for its paper",
                _DIGITISED,
                "return the box",
            )
        )
    if facts.set_aside:
        found.append(
            _never(
                f"{facts.set_aside} side(s) were set aside, or sheets counted and "
                "never scanned, and exist on paper only",
                _ONLY_PAPER,
                "return the box",
            )
        )
    found += [_never(each, "", "store or return the box") for each in facts.keep]
    return found


def _protected(facts: PaperFacts) -> list[Reason]:
    """Say what the law asks of real paper beyond the count."""
    found = [
        _never(
            f"{one.count} document(s): {one.name} must stay on paper",
            one.article,
            one.todo,
        )
        for one in facts.kept
    ]
    if not facts.ordered:
        found.append(
            _never(
                "no work order (전자화 작업의뢰서) says what is to become of the paper",
                "제40조",
                "return the box",
            )
        )
    if facts.uncentred or not facts.centre:
        found.append(
            _never(
                "the receipts are no 등록증명서: not a designated centre"
                + _days(facts.uncentred),
                _HELD,
                "enter the centre's designation where it exists, or return the box",
            )
        )
    if facts.unregistered or not facts.workshop:
        found.append(
            _never(
                "the documents were not sealed by a registered workshop"
                + _days(facts.unregistered),
                _DIGITISED,
                "enter the workshop's registration where it exists, or return the box",
            )
        )
    return found


def _basis(facts: PaperFacts) -> tuple[str, ...]:
    sheets = f"{facts.box.counted} sheets scanned, sealed and receipted"
    if facts.demo_paper:
        return (sheets, "demo paper: made up for a trial, no document of anybody's")
    return (
        sheets,
        f"work order {facts.ordered} (제40조)",
        f"designated centre {facts.centre} ({_HELD})",
        f"registered workshop {facts.workshop} ({_DIGITISED})",
    )


def _days(days: Sequence[dt.date]) -> str:
    return f" on {', '.join(str(day) for day in days[:3])}" if days else ""


def _later(text: str, todo: str) -> Reason:
    return Reason(text=text, article=_HELD, todo=todo, final=False)


def _never(text: str, article: str, todo: str) -> Reason:
    return Reason(text=text, article=article, todo=todo, final=True)
