"""A box's whole story on one page: which lines stand for which journal entries.

Knows how entries are put together when there are more than a page holds, and says so.
Sets no type.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from paperless_kernel.base.clock import KST, kst_text
from paperless_kernel.base.events import Json
from paperless_kernel.scan.custody.model import StoryLine
from paperless_kernel.scan.custody.wording import fact_wording, stages, wording

_HEX: Final = re.compile(r"[0-9a-f]{40,}")
_OID: Final = re.compile(r"2\.25\.\d{20,}")
_MOST_VALUES: Final = 3
_LONGEST: Final = 160
_PLAIN: Final = {"True": "예", "False": "아니오"}
_STOPPED: Final = ":stopped"
LEVELS: Final = (
    ("그대로 적음", "one line each"),
    ("이어진 같은 일은 한 줄", "the same act by the same person in a row is one line"),
    ("같은 날 같은 일은 한 줄", "the same act on the same Korean day is one line"),
    ("같은 일은 한 줄", "the same act is one line"),
    (
        "같은 일은 한 줄, 사실은 원장에",
        "the same act is one line; facts are in the log",
    ),
)
"""How entries are put together, from not at all to one line an act."""
_SHORTENED: Final = (
    "긴 식별자와 해시는 줄여 적음(…) · Long ids and hashes are shortened (…)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRow:
    """One line of the page and how many entries it stands for.

    Attributes:
        told: the entry as a sentence, where the line stands for one alone.
        facts: what the sentence does not say.
    """

    at: str
    tag: str
    who: str
    count: int
    told: str
    facts: str


def condensed(
    lines: Sequence[StoryLine], level: int, names: Mapping[str, str]
) -> tuple[StoryRow, ...]:
    """Return a story's lines put together by one of `LEVELS`; none is left out.

    Args:
        lines: the whole story in order.
        level: 0 keeps each, 3 makes one line of each kind of entry, 4 leaves its facts
            to the log.
        names: who stands behind an actor's id, where it is known.
    """
    keys: tuple[Callable[[StoryLine], tuple[str, ...]], ...] = (
        lambda line: (line.tag, line.actor),
        lambda line: (line.tag, line.actor),
        lambda line: (line.tag, _day(line)),
        lambda line: (line.tag,),
        lambda line: (line.tag,),
    )
    if level == 0:
        return tuple(_row((line,), names) for line in lines)
    if level == 1:
        return tuple(_row(tuple(g), names) for _, g in groupby(lines, keys[1]))
    together: dict[tuple[str, ...], list[StoryLine]] = {}
    for line in lines:
        together.setdefault(keys[level](line), []).append(line)
    rows = tuple(_row(tuple(group), names) for group in together.values())
    if level == len(LEVELS) - 1:
        return tuple(replace(row, told="", facts="") for row in rows)
    return rows


def _row(group: Sequence[StoryLine], names: Mapping[str, str]) -> StoryRow:
    first, last = group[0], group[-1]
    begun, ended = (kst_text(each.at).removesuffix(" KST") for each in (first, last))
    if begun == ended:
        at = begun
    elif begun[:10] == ended[:10]:
        at = f"{begun}–{ended[11:]}"
    else:
        at = f"{begun[:16]}–{ended[5:16]}"
    who = _some([names.get(each.actor, _short(each.actor)) for each in group])
    sentence = first.ko if len(group) == 1 else ""
    return StoryRow(
        at=at,
        tag=first.tag,
        who=who,
        count=len(group),
        told=_named(sentence, names),
        facts=_facts(group, names, sentence),
    )


def _named(sentence: str, names: Mapping[str, str]) -> str:
    for identity, name in names.items():
        sentence = sentence.replace(identity, name)
    return _short(sentence)


def _facts(group: Sequence[StoryLine], names: Mapping[str, str], said: str) -> str:
    """Return what the entries say: equal values once, others by range or number.

    What stands in the sentence ``said`` already is not said again.
    """
    told: dict[str, list[str]] = {}
    for line in group:
        for name, value in line.facts:
            if name != "tenant" and value not in {"", "None"} and not _in(value, said):
                told.setdefault(name, []).append(names.get(value, value))
    return " · ".join(
        f"{fact_wording(name)} {_values(values)}" for name, values in told.items()
    )


def _in(value: str, said: str) -> bool:
    """Tell whether a sentence says a value as a word; numbers are said again."""
    if value.isdigit():
        return False
    word = rf"(?<![\w.-]){re.escape(value)}(?![A-Za-z0-9-])"
    return re.search(word, said) is not None


def _values(values: Sequence[str]) -> str:
    found = list(dict.fromkeys(values))
    if len(found) > 1 and all(each.lstrip("-").isdigit() for each in found):
        numbers = sorted(map(int, found))
        return f"{numbers[0]}–{numbers[-1]}"
    return _some([_short(each) for each in found])


def _some(values: Sequence[str]) -> str:
    found = list(dict.fromkeys(values))
    more = len(found) - _MOST_VALUES
    return ", ".join(found[:_MOST_VALUES]) + (
        f" 외 {more}(+{more})" if more > 0 else ""
    )


def _short(value: str) -> str:
    value = _PLAIN.get(value, value)
    if value.startswith("[") and value.endswith("]"):
        with suppress(SyntaxError, ValueError):
            value = ", ".join(map(str, literal_eval(value)))
    value = _OID.sub(lambda found: f"…{found[0][-6:]}", value)
    value = _HEX.sub(lambda found: f"{found[0][:10]}…", value)
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"


def _day(line: StoryLine) -> str:
    return line.at.astimezone(KST).date().isoformat()


def story_values(
    lines: Sequence[StoryLine],
    *,
    level: int,
    size: int,
    names: Mapping[str, str],
    head: Mapping[str, Json],
) -> dict[str, Json]:
    """Return the values of the template ``box_story``.

    Args:
        lines: the whole story.
        level: how it is put together.
        size: of the letters, tenths of a point.
        names: who stands behind an actor's id.
        head: title, facts, standing and office of the paper.
    """
    rows = condensed(lines, level, names)
    shown: list[Json] = []
    for row in rows:
        what, what_en = wording(row.tag)
        shown.append(
            {
                "at": row.at,
                "what": what,
                "what_en": what_en,
                "who": row.who,
                "count": "" if row.count == 1 else f"×{row.count}",
                "told": row.told,
                "facts": row.facts,
                "stopped": row.tag.endswith(_STOPPED),
            }
        )
    korean, english = LEVELS[level]
    counted = f"원장 기록 {len(lines)}건을 {len(rows)}줄에: {korean}"
    told = f"{len(lines)} journal entries on {len(rows)} lines: {english}"
    return {
        **head,
        "stages": [
            {"label": ko, "label_en": en, "at": at} for ko, en, at in stages(lines)
        ],
        "lines": shown,
        "size": size,
        "gap": max(8, size // 3),
        "said": f"{counted} · {told}. {_SHORTENED}",
    }
