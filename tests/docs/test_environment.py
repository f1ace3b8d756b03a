"""One list of versions: pyproject.toml. The locks and environment.yml follow it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[a-z,]+\])?==(?P<version>[^ ;\\]+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
LOCKS = ["requirements.lock", "requirements-test.lock"]


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    text = (repository / "pyproject.toml").read_text("utf-8")
    found: dict[str, Any] = tomllib.loads(text)["project"]
    return found


@pytest.fixture(scope="module")
def environment(repository: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(
        (repository / "environment.yml").read_text("utf-8")
    )
    return found


def pins(path: Path) -> dict[str, set[Version]]:
    """Every pinned version by name; one name may have several, by marker."""
    found: dict[str, set[Version]] = {}
    for each in PINNED.finditer(path.read_text("utf-8")):
        name = canonicalize_name(each["name"])
        found.setdefault(name, set()).add(Version(each["version"]))
    return found


def wanted(project: dict[str, Any], lock: str) -> list[Requirement]:
    lines = [*project["dependencies"]]
    if lock == "requirements-test.lock":
        lines += project["optional-dependencies"]["test"]
    return [Requirement(line) for line in lines]


def test_conda_takes_a_python_the_project_allows(
    project: dict[str, Any], environment: dict[str, Any]
) -> None:
    (python,) = [each for each in plain(environment) if each.startswith("python")]
    version = python.partition("=")[2].strip("=")
    assert Version(f"{version}.0") in SpecifierSet(project["requires-python"])
    assert environment["name"] == project["name"]


def plain(environment: dict[str, Any]) -> list[str]:
    return [each for each in environment["dependencies"] if isinstance(each, str)]


def pipped(environment: dict[str, Any]) -> list[str]:
    (found,) = [each for each in environment["dependencies"] if isinstance(each, dict)]
    lines: list[str] = found["pip"]
    return lines


def test_conda_installs_from_the_lock_and_names_no_version_of_its_own(
    environment: dict[str, Any],
) -> None:
    assert "-r requirements.lock" in pipped(environment)
    assert not [each for each in pipped(environment) if re.search(r"[=<>~]", each)]
    others = {re.split(r"[=<> ]", each)[0] for each in plain(environment)}
    assert others <= {"python", "pip", "make"}


def test_conda_gives_pip_nothing_without_a_hash(environment: dict[str, Any]) -> None:
    # One hash in the list and pip wants one for all: a folder has none, so "-e ."
    # beside the lock ends with "cannot be installed when requiring hashes".
    assert pipped(environment) == ["-r requirements.lock"]


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_holds_every_dependency_at_a_version_asked_for(
    project: dict[str, Any], repository: Path, lock: str
) -> None:
    found = pins(repository / lock)
    for each in wanted(project, lock):
        versions = found.get(canonicalize_name(each.name), set())
        assert versions, f"{lock} lacks {each.name}: run make lock"
        assert all(version in each.specifier for version in versions), each


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash_and_no_address_stands_in_the_lock(
    repository: Path, lock: str
) -> None:
    text = (repository / lock).read_text("utf-8")
    assert "://" not in text
    assert "index-url" not in text
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        assert PINNED.match(block), f"not a pin: {block[:60]!r}"
        assert HASH.search(block), f"no hash: {block[:60]!r}"


def test_both_locks_agree(repository: Path) -> None:
    first, second = (pins(repository / lock) for lock in LOCKS)
    assert {name: second.get(name) for name in first} == first
