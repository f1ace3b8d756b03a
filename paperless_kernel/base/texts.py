"""Texts in more than one language: one table of keys per language.

Knows keys, placeholders and that the tables must agree. Knows no file and no page: who
needs texts reads them and hands them in.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping

from paperless_kernel.base.errors import InputError, NotFoundError


class Texts:
    """Key tables, one per language; Korean is the first language of every page."""

    def __init__(self, tables: Mapping[str, Mapping[str, str]]) -> None:
        """Take the tables.

        Args:
            tables: language (``ko``, ``en``) to key to text.

        Raises:
            InputError: the languages do not have the same keys and placeholders.
        """
        self._tables = {language: dict(table) for language, table in tables.items()}
        problems = disagreements(self._tables)
        if problems:
            raise InputError(
                "the text tables disagree; correct them in every language: "
                + "; ".join(problems)
            )

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are, in the order they were given."""
        return tuple(self._tables)

    def language(self, wanted: str) -> str:
        """Return ``wanted`` when there are texts for it, else the first language."""
        return wanted if wanted in self._tables else self.languages[0]

    def has(self, key: str) -> bool:
        """Tell whether there is a text under ``key``."""
        return key in self._tables[self.languages[0]]

    def t(self, key: str, lang: str, **values: str | int) -> str:
        """Return the text under ``key``, its placeholders filled.

        Raises:
            NotFoundError: no such key or language.
        """
        text = self._tables.get(lang, {}).get(key)
        if text is None:
            raise NotFoundError(
                f"there is no text {key!r} in language {lang!r}; "
                "add it to every table under data/i18n"
            )
        return text.format(**values) if values else text


def parse_texts(sources: Mapping[str, str]) -> Texts:
    """Read tables written as TOML; nested tables become dotted keys.

    Args:
        sources: language to the TOML text of its table.

    Raises:
        InputError: not TOML, a value that is not a text, or tables that disagree.
    """
    return Texts({lang: _table(lang, source) for lang, source in sources.items()})


def disagreements(tables: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """Name every key that one table lacks or whose placeholders differ."""
    found: list[str] = []
    every = {key for table in tables.values() for key in table}
    for key in sorted(every):
        lacking = [language for language in tables if key not in tables[language]]
        if lacking:
            found.append(f"{key} is missing in {', '.join(lacking)}")
        elif len({_placeholders(table[key]) for table in tables.values()}) > 1:
            found.append(f"{key} has other placeholders in each language")
    return tuple(found)


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _table(lang: str, source: str) -> dict[str, str]:
    try:
        return dict(_flat("", tomllib.loads(source)))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"the {lang} texts are not TOML: {error}") from error


def _flat(prefix: str, tree: Mapping[str, object]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in tree.items():
        if isinstance(value, Mapping):
            rows += _flat(f"{prefix}{name}.", value)
        elif isinstance(value, str):
            rows.append((prefix + name, value))
        else:
            raise InputError(f"the text {prefix}{name} is not a string")
    return rows
