"""The rules of notebooks/ and dashboards/: short, plain, nothing stored."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parent.parent.parent
STORIES = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = sorted((ROOT / "dashboards").rglob("*.ipynb"))
MOST_LINES = 40
NO_LOGIC = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def read(path: Path) -> Any:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)  # type: ignore[no-untyped-call]
    return notebook


def code(path: Path) -> list[Any]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


@pytest.mark.parametrize("path", STORIES + PAGES, ids=names(STORIES + PAGES))
def test_no_output_or_count_is_stored(path: Path) -> None:
    for cell in code(path):
        assert cell.outputs == []
        assert cell.execution_count is None
    assert read(path).metadata.kernelspec.name == "python3"
    assert "widgets" not in read(path).metadata


@pytest.mark.parametrize("path", STORIES, ids=names(STORIES))
def test_a_story_is_short_and_holds_no_logic(path: Path) -> None:
    lines = [
        line for cell in code(path) for line in cell.source.splitlines() if line.strip()
    ]
    assert len(lines) <= MOST_LINES
    for cell in code(path):
        assert not [
            node for node in ast.walk(ast.parse(cell.source)) if type(node) in NO_LOGIC
        ]
    first = read(path).cells[0]
    assert first.cell_type == "markdown"
    assert "?" in first.source  # one question each


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_a_page_is_one_call_into_the_workbench(path: Path) -> None:
    (cell,) = read(path).cells
    load, call = ast.parse(cell.source).body

    assert isinstance(load, ast.ImportFrom)
    assert str(load.module).startswith("paperless_kernel.workbench.")
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)


def test_there_is_something_to_check() -> None:
    assert STORIES
    assert PAGES
