"""What stands in no file: reserved names as ours, and places of one machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

RESERVED = re.compile(r"공인전자문서(보관소|센터|중계자)|공인전자주소")
# Who may name them, and as what. Everybody else writes "vault" and "certificate".
MAY_NAME = {
    "docs/glossary.md": "explains that they are reserved",
    "docs/design/threat-model.md": "says what a designated body would add",
    "paperless_kernel/base/facility.py": "the kinds of facility the law designates",
    "paperless_kernel/vault/certificates.py": "title of the sample it is read from",
    "data/tariffs/deck-2025.toml": "title of the price page it is read from",
}
TOLD = ("data/papers", "data/i18n", "data/bundle", "dashboards", "notebooks")
"""What people are shown or given: no reserved name whatever the reason."""
PLACES = re.compile(r"(?<![\w.])/(work|root|home|tmp|Users)/?\b|\.\./shared")
TEXT = {".py", ".md", ".toml", ".typ", ".j2", ".txt", ".ipynb", ".css", ".js", ".html"}
FOLDERS = ("paperless_kernel", "data", "dashboards", "notebooks", "docs", "benchmarks")


def files(repository: Path, *folders: str) -> Iterator[tuple[str, str]]:
    built = repository / "docs" / "_build"
    for folder in folders:
        for file in sorted((repository / folder).rglob("*")):
            if file.suffix in TEXT and built not in file.parents:
                yield file.relative_to(repository).as_posix(), file.read_text("utf-8")
    if "docs" in folders:
        for file in sorted(repository.glob("*.md")):
            yield file.name, file.read_text("utf-8")


def test_reserved_names_stand_only_where_the_law_is_meant(repository: Path) -> None:
    naming = {
        path for path, text in files(repository, *FOLDERS) if RESERVED.search(text)
    }
    assert naming <= set(MAY_NAME)


@pytest.mark.parametrize("folder", TOLD)
def test_nothing_shown_bears_a_reserved_name(repository: Path, folder: str) -> None:
    assert not [
        path for path, text in files(repository, folder) if RESERVED.search(text)
    ]


def test_nobody_else_s_name_is_ours(repository: Path) -> None:
    ours = re.compile(r"(?:우리|당사|저희|our|we,?) (?:KT\b|케이티)", re.IGNORECASE)
    assert not [path for path, text in files(repository, *FOLDERS) if ours.search(text)]


def test_no_place_of_one_machine_stands_in_the_product(repository: Path) -> None:
    product = ("paperless_kernel", "data", "dashboards", "notebooks")
    found = {
        f"{path}: {match[0]}"
        for path, text in files(repository, *product)
        for match in PLACES.finditer(text)
    }
    assert not found


def test_the_patterns_see_what_they_are_for() -> None:
    assert RESERVED.search("우리 공인전자문서센터")
    assert PLACES.search('Path("/tmp/x")')
    assert PLACES.search('"../shared/scans"')
    assert not PLACES.search("parts['trust/root.pem'] or https://x.kr/work/")
