"""What a page's words suggest for the fields of a class: beside labels, by shape.

Knows lines, labels and what dates, amounts and numbers look like. A suggestion is no
value; who accepts it is ``indexing``'s.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.classes import DocumentClass, FieldKind, FieldRule
from paperless_kernel.scan.documents import Region
from paperless_kernel.scan.inspection.fields import objection, read_value
from paperless_kernel.scan.inspection.model import Suggestion, Word

_SHAPES: Final = {
    FieldKind.DATE: r"\d{4}(?:년|[-./])\d{1,2}(?:월|[-./])\d{1,2}일?|(?:19|20)\d{6}",
    FieldKind.WON: r"\d{1,3}(?:,\d{3})+|\d+",
    FieldKind.NUMBER: r"-?\d{1,3}(?:,\d{3})+|-?\d+",
    FieldKind.BUSINESS_NUMBER: r"\d{3}-?\d{2}-?\d{5}",
    FieldKind.CORPORATION_NUMBER: r"\d{6}-?\d{7}",
}
_BETWEEN: Final = ":：.·=-|)]>"
_SPACE: Final = 0.3
"""Times a line's height: what lies nearer together is one word."""
_GAP: Final = 3
"""Times a line's height: a gap this wide ends a value of free text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """A page's words in reading order."""

    page: str
    position: int
    words: tuple[Word, ...]


def suggest(
    found: DocumentClass, pages: Sequence[ReadPage], *, today: dt.date
) -> tuple[Suggestion, ...]:
    """Suggest a value for each field of a class that stands beside its label.

    Of several places the one without doubt wins, then the one beside the label that
    the class names first, then the surest, then the first.

    Args:
        found: the document's class.
        pages: in the document's order.
        today: the Korean day, for what speaks against a date.
    """
    best = []
    for rule in found.fields:
        seen = [one for page in pages for one in _beside(rule, page, today)]
        if seen:
            best.append(max(seen, key=_rank)[1])
    return tuple(best)


def _rank(seen: tuple[int, Suggestion]) -> tuple[bool, int, int]:
    label, one = seen
    return not one.doubt, -label, one.confidence


def _beside(
    rule: FieldRule, page: ReadPage, today: dt.date
) -> Iterator[tuple[int, Suggestion]]:
    """Yield what stands right of a field's labels, or below, and which label it is."""
    lines = [tuple(each) for _, each in groupby(page.words, lambda one: one.line)]
    for number, line in enumerate(lines):
        for rank, label in enumerate(rule.labels):
            found = _label(label, line)
            if found is None:
                continue
            place, rest = found
            below = _below(place, lines[number + 1 : number + 3])
            for words in (rest, *below):
                one = _value(rule, words, page, today)
                if one is not None:
                    yield rank, one
                    break
            break


def _label(label: str, line: Sequence[Word]) -> tuple[Region, tuple[Word, ...]] | None:
    """Find a label in a line whatever its spaces; return its place and what follows."""
    wanted = "".join(label.split())
    text, owners = _joined(line)
    at = text.find(wanted)
    if at < 0:
        return None
    last = owners[at + len(wanted) - 1]
    rest = list(line[last + 1 :])
    tail = text[at + len(wanted) :]
    inside = sum(1 for owner in owners[at + len(wanted) :] if owner == last)
    if tail[:inside].strip(_BETWEEN):
        rest.insert(0, _part(line[last], tail[:inside].lstrip(_BETWEEN)))
    while rest and not rest[0].text.strip(_BETWEEN):
        rest.pop(0)
    return _union(line[owners[at] : last + 1]), tuple(rest)


def _part(word: Word, text: str) -> Word:
    return Word(
        text=text, confidence=word.confidence, line=word.line, region=word.region
    )


def _below(
    place: Region, lines: Sequence[tuple[Word, ...]]
) -> Iterator[tuple[Word, ...]]:
    """Yield the words of the lines below that stand under a label."""
    for line in lines:
        under = tuple(
            word
            for word in line
            if word.region.left < place.left + 2 * place.width
            and word.region.left + word.region.width > place.left
        )
        if under:
            yield under


def _value(
    rule: FieldRule, words: Sequence[Word], page: ReadPage, today: dt.date
) -> Suggestion | None:
    used, text = _shaped(rule, words)
    if not used:
        return None
    try:
        value = read_value(rule, text)
    except InputError:
        return None
    return Suggestion(
        code=rule.code,
        label=rule.label,
        value=value,
        confidence=min(word.confidence for word in used),
        page=page.page,
        position=page.position,
        region=_union(used),
        doubt=objection(rule, value, today=today),
    )


def _shaped(rule: FieldRule, words: Sequence[Word]) -> tuple[tuple[Word, ...], str]:
    """Return the words that have a field's shape, and their text."""
    if rule.kind is FieldKind.TEXT and not rule.pattern:
        near = _until_gap(words)
        return near, _spaced(near)
    text, owners = _joined(words)
    shape = _SHAPES.get(rule.kind) or rule.pattern or ".+"
    match = re.search(shape, text)
    if match is None or not match.group():
        return (), ""
    used = words[owners[match.start()] : owners[match.end() - 1] + 1]
    return tuple(used), match.group()


def _until_gap(words: Sequence[Word]) -> tuple[Word, ...]:
    taken: list[Word] = []
    for word in words:
        if taken:
            before = taken[-1].region
            gap = word.region.left - before.left - before.width
            if gap > _GAP * max(before.height, 1):
                break
        taken.append(word)
    return tuple(taken)


def _spaced(words: Sequence[Word]) -> str:
    """Return words with the spaces the paper shows: OCR cuts Korean ones apart."""
    text = words[0].text if words else ""
    for before, word in pairwise(words):
        gap = word.region.left - before.region.left - before.region.width
        tall = max(before.region.height, word.region.height)
        text += word.text if gap < _SPACE * tall else f" {word.text}"
    return text


def _joined(words: Sequence[Word]) -> tuple[str, list[int]]:
    """Return words without spaces, and which word each letter is of."""
    owners = [number for number, word in enumerate(words) for _ in word.text]
    return "".join(word.text for word in words), owners


def _union(words: Sequence[Word]) -> Region:
    left = min(word.region.left for word in words)
    top = min(word.region.top for word in words)
    right = max(word.region.left + word.region.width for word in words)
    bottom = max(word.region.top + word.region.height for word in words)
    return Region(left=left, top=top, width=right - left, height=bottom - top)
