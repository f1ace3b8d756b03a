"""The blind index: which words of a document become search tokens.

Knows how Korean text is folded and cut into pairs of syllables. The tokens themselves
are HMACs under the tenant's index key and are made by the keeper.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from paperless_kernel.base.errors import InputError
from paperless_kernel.vault.model import Metadata

TOKEN_SIZE = 16
"""Bytes kept of each HMAC: enough not to collide, half the room."""

_PAIR = 2
_DROP = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return text as it is compared: composed, lower case, no blanks or signs.

    People write 근로계약서 and 근로 계약서; both fold to the same.
    """
    composed = unicodedata.normalize("NFKC", text).casefold()
    # Once more: letters that a dropped sign kept apart may compose.
    return unicodedata.normalize("NFKC", _DROP.sub("", composed))


def document_words(metadata: Metadata) -> tuple[bytes, ...]:
    """Return the messages whose HMACs a document is found by, sorted, each once.

    Field values whole (title, each keyword, type), and each pair of neighbouring
    syllables of title and keywords.
    """
    fields = [fold(each) for each in (metadata.title, *metadata.keywords)]
    words = {_whole(each) for each in fields if each}
    words.add(_type(metadata.kind))
    for each in fields:
        words.update(_pair(pair) for pair in _pairs(each))
    return tuple(sorted(words))


def query_words(text: str, kind: str | None) -> tuple[bytes, ...]:
    """Return the messages all of which a matching document must hold.

    Raises:
        InputError: nothing to look for is left after folding.
    """
    words: set[bytes] = set()
    folded = fold(text)
    if len(folded) >= _PAIR:
        words.update(_pair(pair) for pair in _pairs(folded))
    elif folded:
        words.add(_whole(folded))
    if kind is not None and fold(kind):
        words.add(_type(kind))
    if not words:
        raise InputError("Nothing to search for: give a word, or a document type.")
    return tuple(sorted(words))


def matches(metadata: Metadata, text: str, kind: str | None) -> bool:
    """Tell whether a decrypted candidate really holds what was asked.

    Pairs can stand apart in a text; this is the last word.
    """
    if kind is not None and fold(kind) and fold(kind) != fold(metadata.kind):
        return False
    folded = fold(text)
    fields: Iterable[str] = (
        fold(each) for each in (metadata.title, *metadata.keywords)
    )
    if len(folded) < _PAIR:
        return not folded or folded in fields
    return any(folded in each for each in fields)


def _pairs(folded: str) -> Iterable[str]:
    return (folded[n : n + _PAIR] for n in range(len(folded) - _PAIR + 1))


def _whole(folded: str) -> bytes:
    return b"value:" + folded.encode()


def _pair(pair: str) -> bytes:
    return b"pair:" + pair.encode()


def _type(kind: str) -> bytes:
    return b"type:" + fold(kind).encode()
