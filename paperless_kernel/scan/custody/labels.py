"""Labels of paper's custody: what a code says, and what a hand scanner or hand typed.

Knows the code's text for boxes, seals, bins, batches and orders. Draws nothing and
looks nothing up; whether such a box exists is its desk's question.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from paperless_kernel.base.errors import InputError

MARK: Final = "PK1"
"""Begins every code of this office; another mark would be another form of labels."""
_LONGEST: Final = 64
_MANGLED: Final = "ㅖㅏ1:"
"""What a hand scanner types for ``PK1:`` while the Korean keyboard is on."""
_KEYS: Final = dict(
    zip(
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        "qwertyuiopasdfghjklzxcvbnmQWERTOP",
        strict=True,
    )
)
_PAIRS: Final = {
    "ㅘ": "hk", "ㅙ": "ho", "ㅚ": "hl", "ㅝ": "nj", "ㅞ": "np", "ㅟ": "nl",
    "ㅢ": "ml", "ㄳ": "rt", "ㄵ": "sw", "ㄶ": "sg", "ㄺ": "fr", "ㄻ": "fa",
    "ㄼ": "fq", "ㄽ": "ft", "ㄾ": "fx", "ㄿ": "fv", "ㅀ": "fg", "ㅄ": "qt",
}  # fmt: skip
_LEADS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS: Final = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_SYLLABLES: Final = 0xAC00
_LAST_SYLLABLE: Final = 0xD7A3


class LabelKind(StrEnum):
    """What a label sticks to."""

    BOX = "box"
    """안전박스."""
    SEAL = "seal"
    """보안 Seal."""
    BIN = "bin"
    """서고 칸."""
    BATCH = "batch"
    ORDER = "order"
    """전자화 작업의뢰서."""


_NAMES: Final = {
    LabelKind.BOX: "a box's label (박스)",
    LabelKind.SEAL: "a seal's label (봉인)",
    LabelKind.BIN: "a bin's label (칸)",
    LabelKind.BATCH: "a batch's label (배치)",
    LabelKind.ORDER: "a work order's label (작업의뢰서)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What was read: the kind of thing, and its id or number."""

    kind: LabelKind
    id: str


def label_text(kind: LabelKind, thing: str) -> str:
    """Return what the code of a label says, such as ``PK1:BOX:2.25.17``.

    Args:
        kind: what it sticks to.
        thing: its id or number.

    Raises:
        InputError: the number is empty, over 64 letters, or no one plain line.
    """
    return f"{MARK}:{kind.upper()}:{_checked(thing)}"


def read_label(text: str, wanted: LabelKind | None = None) -> Label:
    """Return what a label says, or a bare number typed where ``wanted`` is asked for.

    Takes what hand scanners add or spoil: line ends, full-width signs, small letters,
    and Hangul typed because the Korean keyboard was on.

    Raises:
        InputError: nothing was read, it is another kind of label, or a bare number
            that does not say what it is of.
    """
    read = _as_typed(unicodedata.normalize("NFC", text.strip()))
    if not read.upper().startswith(f"{MARK}:"):
        if wanted is None:
            raise InputError(
                f"{text.strip()[:_LONGEST]!r} is no label of this office; scan a "
                f"label that begins with {MARK}."
            )
        return Label(kind=wanted, id=_checked(read))
    _, said, thing = (*read.split(":", 2), "")[:3]
    kind = next((each for each in LabelKind if each.upper() == said.upper()), None)
    if wanted is not None and kind is not wanted:
        found = _NAMES[kind] if kind else f"a code for {said[:_LONGEST]}"
        raise InputError(f"This is {found}; scan {_NAMES[wanted]} here.")
    if kind is None:
        raise InputError(
            f"This is a code for {said[:_LONGEST]}, no label of a box, seal, bin, "
            "batch or work order."
        )
    return Label(kind=kind, id=_checked(thing))


def _checked(thing: str) -> str:
    if not thing.strip() or not thing.isprintable() or len(thing) > _LONGEST:
        raise InputError(f"A label's number is one line of 1 to {_LONGEST} letters.")
    return thing.strip()


def _as_typed(text: str) -> str:
    """Undo full-width signs of a code, and Hangul a scanner typed for letters."""
    narrow = unicodedata.normalize("NFKC", text)
    if narrow.upper().startswith(f"{MARK}:"):
        return narrow
    # A number may be Hangul by itself (가-12): only a spoiled mark says otherwise.
    if not text.startswith((_MANGLED, _MANGLED.lower(), "ㅔㅏ1:")):
        return text
    # Most letters are the same Hangul with and without shift: numbers are capitals.
    return "".join(map(_keys, text)).upper()


def _keys(letter: str) -> str:
    if _SYLLABLES <= ord(letter) <= _LAST_SYLLABLE:
        place = ord(letter) - _SYLLABLES
        lead, rest = divmod(place, len(_VOWELS) * len(_TAILS))
        vowel, tail = divmod(rest, len(_TAILS))
        parts = _LEADS[lead] + _VOWELS[vowel] + _TAILS[tail].strip()
        return "".join(map(_keys, parts))
    return _KEYS.get(letter, _PAIRS.get(letter, letter))
