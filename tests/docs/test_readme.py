"""What the READMEs and pages tell a reader to type exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from paperless_kernel.cli import main

TASKS = {
    *("help", "setup", "run", "demo", "test", "check", "lint", "types", "imports"),
    *("docs", "notebooks", "bench", "faults"),
}
FENCE = re.compile(r"```sh\n(.*?)```", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
QUOTED = re.compile(r"'paperless [^'\n]+'")
NAMED = re.compile(r"\bpaperless((?: +[a-z][a-z-]*)+)")
MADE = re.compile(r"\bmake +([a-z][a-z-]*)")
# The words by which the two languages name what a reader fills in.
FILLED_IN = re.compile(r'"[^"]*"|\b[A-Z]{2,}\b|[가-힣]+')


def pages(repository: Path) -> list[Path]:
    found = [repository / "README.md", repository / "README.ko.md"]
    built = repository / "docs" / "_build"
    docs = (repository / "docs").rglob("*.md")
    return found + [each for each in docs if built not in each.parents]


def commands(repository: Path) -> Iterator[tuple[str, list[str]]]:
    """Every ``paperless x y`` in a page's code, and in the package's messages."""
    for page in pages(repository):
        for code in CODE.findall(page.read_text("utf-8")):
            for words in NAMED.findall(code):
                yield page.name, words.split()
    for folder in ("paperless_kernel", "data"):
        for file in (repository / folder).rglob("*"):
            if file.suffix in {".py", ".toml", ".j2", ".typ"}:
                for quoted in QUOTED.findall(file.read_text("utf-8")):
                    for words in NAMED.findall(quoted):
                        yield file.name, words.split()


def missing(words: list[str]) -> str:
    """Say which word is no command, or nothing."""
    at: click.Command = main
    for word in words:
        if not isinstance(at, click.Group):
            return ""  # the rest are arguments
        found = at.commands.get(word)
        if found is None:
            return word
        at = found
    return ""


def test_every_command_named_is_one(repository: Path) -> None:
    named = list(commands(repository))
    assert len(named) > 10
    lost = {(page, " ".join(words)) for page, words in named if missing(words)}
    assert not lost


def test_a_command_that_is_none_is_found_out() -> None:
    assert missing(["vault-of-dreams"]) == "vault-of-dreams"
    assert missing(["verify", "anything"]) == ""


def test_every_make_target_named_is_one(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    for page in pages(repository):
        for code in CODE.findall(page.read_text("utf-8")):
            assert set(MADE.findall(code)) <= targets, page.name


def test_the_makefile_has_and_explains_every_task(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text("utf-8")
    explained = set(re.findall(r"^([a-z][a-z-]*):.*## \w", makefile, re.MULTILINE))
    assert explained >= TASKS


def typed(page: Path) -> list[str]:
    """The command lines of a README, what a reader fills in left out."""
    blocks = FENCE.findall(page.read_text("utf-8"))
    lines = [line.partition("#")[0] for block in blocks for line in block.splitlines()]
    return [
        " ".join(FILLED_IN.sub("_", line).split()) for line in lines if line.strip()
    ]


def test_both_readmes_say_to_type_the_same(repository: Path) -> None:
    english, korean = (repository / name for name in ("README.md", "README.ko.md"))
    assert len(typed(english)) > 5
    assert typed(english) == typed(korean)


def test_links_in_pages_lead_to_files(repository: Path) -> None:
    for page in pages(repository):
        for link in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"
