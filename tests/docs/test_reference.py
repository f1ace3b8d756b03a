"""docs/reference says what the code says."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

TAG = re.compile(r'"([a-z]+:[a-z][a-z-]*:[a-z][a-z-]*)"')
ROW = re.compile(r"^\| `([a-z:-]+)` \| \S", re.MULTILINE)
BUSINESSES = {"access", "scan", "vault", "notice", "billing"}


@pytest.fixture(scope="module")
def make(repository: Path) -> ModuleType:
    path = repository / "docs" / "reference" / "make.py"
    spec = spec_from_file_location("make_reference", path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["settings.md", "errors.md", "commands.md"])
def test_the_page_is_what_the_code_says(make: ModuleType, name: str) -> None:
    assert (make.HERE / name).read_text("utf-8") == make.PAGES[name](), (
        "run python docs/reference/make.py"
    )


def test_every_error_has_a_code_and_an_exit_code_of_its_own(make: ModuleType) -> None:
    classes = make.error_classes()
    assert len({each.code for each in classes}) == len(classes)
    assert len({each.exit_code for each in classes}) == len(classes)
    assert all(each.__doc__ for each in classes)


def test_every_command_says_what_it_does(make: ModuleType) -> None:
    for path, command in make.commands():
        assert command.help, path


def test_every_option_says_what_it_does(make: ModuleType) -> None:
    silent = {
        f"{path} {each.name}"
        for path, command in make.commands()
        for each in command.params
        if each.param_type_name == "option" and not each.help
    }
    assert silent == set()


def test_every_event_tag_is_documented_and_every_documented_one_used(
    repository: Path,
) -> None:
    used: set[str] = set()
    for file in (repository / "paperless_kernel").rglob("*.py"):
        used.update(TAG.findall(file.read_text("utf-8")))
    used = {tag for tag in used if tag.partition(":")[0] in BUSINESSES}
    page = (repository / "docs" / "reference" / "events.md").read_text("utf-8")
    documented = ROW.findall(page)
    assert len(documented) == len(set(documented))
    assert sorted(used - set(documented)) == []
    assert sorted(set(documented) - used) == []
