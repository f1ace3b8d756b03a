"""Every place where two numbers of a box part, page by page, with the reason.

Values in, values out: reads no table and asks no other business.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from paperless_kernel.scan.reports.counts import (
    BatchFact,
    BoxFact,
    Cause,
    Difference,
    DocumentFact,
    Facts,
    Outside,
    SideClass,
    SideFact,
)

_Key = TypeVar("_Key", bound=Hashable)
_Fact = TypeVar("_Fact")

_OWN_CAUSE: Mapping[SideClass, tuple[Cause, str]] = {
    SideClass.BLANK: (Cause.BLANK, "백지, 청구하지 않음 / blank, not billed"),
    SideClass.REJECTED: (Cause.REJECTED, "재스캔 필요 / must be scanned again"),
    SideClass.RESCANNED: (Cause.RESCANNED, "재스캔으로 대체 / scanned again"),
    SideClass.SET_ASIDE: (Cause.SET_ASIDE, "제외, 납품하지 않음 / set aside"),
    SideClass.WAITING: (Cause.WAITING, "검사 전 / not inspected yet"),
}


def find_differences(facts: Facts, outside: Outside) -> tuple[Difference, ...]:
    """Return every difference: of boxes, then of batches page by page, then outside.

    What was not asked of the other businesses (None) is not judged.
    """
    batches = grouped(facts.batches, lambda batch: batch.box)
    sides = grouped(facts.sides, lambda side: side.batch)
    documents = grouped(facts.documents, lambda document: document.batch)
    found: list[Difference] = []
    for box in facts.boxes:
        found += _of_box(box, batches[box.id])
        for batch in batches[box.id]:
            own = _Batch(box, batch, sides[batch.id], documents[batch.id])
            found += [*own.of_sheets(), *own.of_sides()]
            found += [*own.of_documents(outside), *own.of_journal(facts.journaled)]
    return (*found, *_unknown(facts, outside))


def grouped(
    facts: Iterable[_Fact],
    key: Callable[[_Fact], _Key],
) -> defaultdict[_Key, list[_Fact]]:
    """Return facts by a key, in the order they come."""
    made: defaultdict[_Key, list[_Fact]] = defaultdict(list)
    for fact in facts:
        made[key(fact)].append(fact)
    return made


def scanned_sheets(sides: Sequence[SideFact]) -> frozenset[int]:
    """Return the numbers of the customer's sheets among captured sides.

    Separator sheets are none, and a sheet set aside whole as a repeat was fed twice.
    """
    marks = {one.sheet for one in sides if one.became is SideClass.SEPARATOR}
    kept = {
        one.sheet
        for one in sides
        if one.became is not SideClass.RESCANNED
        and not (one.became is SideClass.SET_ASIDE and one.twice)
    }
    return frozenset(kept - marks)


def _of_box(box: BoxFact, batches: Sequence[BatchFact]) -> Iterator[Difference]:
    begun = sum(batch.sheets for batch in batches)
    if box.stopped:
        text = f"정지, 해제 전 / stopped, nobody cleared it: {box.stopped}"
        yield Difference(cause=Cause.STOPPED, box=box.id, seal=box.seal, text=text)
    if box.counted is None:
        cause = Cause.RETURNED if box.returned else Cause.UNSCANNED
        text = f"{box.declared}매, 개봉 전 / {box.declared} sheets, box not opened"
        yield Difference(cause=cause, box=box.id, seal=box.seal, text=text)
        return
    if box.declared not in {0, box.counted}:  # 0: nobody declared a number
        text = (
            f"신고 {box.declared}매, 실사 {box.counted}매 / "
            f"{box.declared} declared, {box.counted} counted"
        )
        yield Difference(cause=Cause.DECLARED, box=box.id, seal=box.seal, text=text)
    left = box.counted - begun
    if left:
        cause = Cause.RETURNED if box.returned and left > 0 else Cause.UNSCANNED
        text = f"{left}매 미스캔 / {left} sheets in no batch"
        yield Difference(cause=cause, box=box.id, seal=box.seal, text=text)


class _Batch:
    """A batch with its box, sides and documents; names what does not agree."""

    def __init__(
        self,
        box: BoxFact,
        batch: BatchFact,
        sides: Sequence[SideFact],
        documents: Sequence[DocumentFact],
    ) -> None:
        self._box = box
        self._batch = batch
        self._sides = sides
        self._documents = documents

    def of_sheets(self) -> Iterator[Difference]:
        """Sheets counted against sheets scanned, and both sides of each."""
        sheets = scanned_sheets(self._sides)
        missing = self._batch.sheets - len(sheets)
        last = max((one.sheet for one in self._sides), default=0)
        seen = {one.sheet for one in self._sides}
        gaps = [sheet for sheet in range(1, last + 1) if sheet not in seen]
        for sheet in gaps[: max(missing, 0)]:
            yield self._at(Cause.UNSCANNED, "미스캔 매 / never scanned", sheet=sheet)
        if (rest := missing - len(gaps)) > 0:
            text = f"{last}번 이후 {rest}매 미스캔 / {rest} sheets after no. {last}"
            yield self._at(Cause.UNSCANNED, text)
        if missing < 0:
            text = f"계수보다 {-missing}매 초과 / {-missing} sheets more than counted"
            yield self._at(Cause.EXTRA_SHEET, text)
        yield from self._missing_sides(sheets)

    def _missing_sides(self, sheets: frozenset[int]) -> Iterator[Difference]:
        seen = {(one.sheet, one.side) for one in self._sides}
        for sheet in sorted(sheets):
            for side in range(1, self._batch.sides + 1):
                if (sheet, side) not in seen:
                    text = "면 누락 / this side was not captured"
                    yield self._at(Cause.MISSING_SIDE, text, sheet=sheet, side=side)

    def of_sides(self) -> Iterator[Difference]:
        """What became of each side that is not plainly delivered."""
        marks = {one.sheet for one in self._sides if one.became is SideClass.SEPARATOR}
        for one in self._sides:
            if one.became in _OWN_CAUSE:
                cause, text = _OWN_CAUSE[one.became]
                yield self._of(one, cause, f"{text}: {one.why}" if one.why else text)
            if one.inserted:
                yield self._of(one, Cause.INSERTED, one.why or "삽입 / put in later")
            own = one.became not in {SideClass.SEPARATOR, SideClass.RESCANNED}
            if own and one.sheet in marks:
                text = "구분지 뒷면에 내용 / content on the back of a separator sheet"
                yield self._of(one, Cause.SEPARATOR_BACK, text)

    def of_documents(self, outside: Outside) -> Iterator[Difference]:
        """Sealed against passed, deposited, receipted and billed."""
        for document in self._documents:
            passed = [
                one
                for one in self._sides
                if one.document == document.id and one.became is SideClass.PASSED
            ]
            for cause, text in _document_causes(document, len(passed), outside):
                if cause in {Cause.MISCOUNTED, Cause.BILLED_OTHERWISE} or not passed:
                    yield self._at(cause, text, document=document.number)
                    continue
                for one in passed:
                    yield self._of(one, cause, text, document.number)

    def of_journal(self, journaled: Mapping[str, str]) -> Iterator[Difference]:
        """Rows against the journal: nothing may be in one only."""
        rows = {one.page for one in self._sides}
        for one in self._sides:
            if one.page not in journaled:
                text = "저널에 없음 / the journal knows no such capture"
                yield self._of(one, Cause.NOT_JOURNALED, text)
        for page, batch in journaled.items():
            if batch == self._batch.id and page not in rows:
                text = f"저널에만 있음 / only the journal knows page {page}"
                yield self._at(Cause.ROW_LOST, text)

    def _of(
        self, side: SideFact, cause: Cause, text: str, document: int = 0
    ) -> Difference:
        numbers = {one.id: one.number for one in self._documents}
        return Difference(
            cause=cause,
            box=self._box.id,
            seal=self._box.seal,
            batch=self._batch.id,
            document=document or numbers.get(side.document, 0),
            position=side.position,
            version=side.version,
            sheet=side.sheet,
            side=side.side,
            text=text,
        )

    def _at(
        self,
        cause: Cause,
        text: str,
        *,
        sheet: int = 0,
        side: int = 0,
        document: int = 0,
    ) -> Difference:
        return Difference(
            cause=cause,
            box=self._box.id,
            seal=self._box.seal,
            batch=self._batch.id,
            document=document,
            sheet=sheet,
            side=side,
            text=text,
        )


def _document_causes(
    document: DocumentFact, passed: int, outside: Outside
) -> Iterator[tuple[Cause, str]]:
    billed = None if outside.billed is None else outside.billed.get(document.id)
    if not document.sealed:
        if passed:
            yield Cause.UNSEALED, "봉인 전 / passed and not sealed yet"
        if billed is not None:
            text = f"봉인 전 {billed}면 청구 / {billed} sides billed before the seal"
            yield Cause.BILLED_OTHERWISE, text
        return
    if document.sides != passed:
        text = (
            f"봉인 {document.sides}면, 합격 {passed}면 / "
            f"{document.sides} sides sealed, {passed} passed"
        )
        yield Cause.MISCOUNTED, text
    if not document.receipt:
        yield Cause.NO_RECEIPT, "등록증명 없음 / the taker gave no receipt yet"
    elif not is_held(document, outside):
        text = f"보관소에 없음 / not held under receipt {document.receipt}"
        yield Cause.NOT_HELD, text
    if outside.billed is None:
        return
    if billed is None:
        yield Cause.NOT_BILLED, "청구 집계 전 / not in billing's usage yet"
    elif billed != document.sides:
        text = (
            f"봉인 {document.sides}면, 청구 {billed}면 / "
            f"{document.sides} sides sealed, {billed} billed"
        )
        yield Cause.BILLED_OTHERWISE, text


def is_held(document: DocumentFact, outside: Outside) -> bool:
    """Tell whether the taker holds these bytes under that receipt, or was not asked."""
    if outside.held is None:
        return True
    return document.digest in outside.held.get(document.receipt, ())


def _unknown(facts: Facts, outside: Outside) -> Iterator[Difference]:
    known = {document.id for document in facts.documents}
    for subject, sides in sorted((outside.billed or {}).items()):
        if subject not in known:
            text = f"{subject}: 기록에 없는 {sides}면 청구 / billed, never scanned here"
            yield Difference(cause=Cause.BILLED_UNKNOWN, box="", seal="", text=text)
