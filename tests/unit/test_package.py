"""The package's front door: few names, each loaded when asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import paperless_kernel

HEAVY = {
    *("pandas", "plotly", "numpy", "cv2", "PIL", "pikepdf", "typst", "sqlalchemy"),
    *("cryptography", "asn1crypto", "pydantic", "starlette", "uvicorn", "jinja2"),
    *("voila", "jupyter_server", "ipywidgets", "click", "rich", "httpx"),
}


def loaded(statement: str) -> set[str]:
    """The top-level modules a fresh Python has loaded after a statement."""
    shown = "import sys; print(*{each.partition('.')[0] for each in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\n{shown}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", paperless_kernel.__all__)
def test_every_public_name_loads(name: str) -> None:
    assert getattr(paperless_kernel, name).__module__.startswith("paperless_kernel.")


def test_the_list_is_sorted_and_complete() -> None:
    assert list(paperless_kernel.__all__) == sorted(paperless_kernel.__all__)
    assert set(paperless_kernel._HOME) == set(paperless_kernel.__all__)


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'vault_of_dreams'"):
        paperless_kernel.vault_of_dreams  # noqa: B018


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import paperless_kernel", ()),
        ("from paperless_kernel import PaperlessError", ()),
        ("from paperless_kernel import Settings", ()),
        ("import paperless_kernel.billing.rating", ("pydantic",)),
        ("import paperless_kernel.notice.window", ()),
        ("import paperless_kernel.vault.retention", ()),
        ("import paperless_kernel.scan.custody.rules", ()),
    ],
)
def test_what_is_imported_pulls_in_nothing_heavy(
    statement: str, allowed: tuple[str, ...]
) -> None:
    assert loaded(statement) & (HEAVY - set(allowed)) == set()


def test_the_command_line_starts_without_frames_widgets_or_pages() -> None:
    late = {"pandas", "plotly", "voila", "jupyter_server", "ipywidgets", "polars"}
    assert loaded("import paperless_kernel.cli") & late == set()
