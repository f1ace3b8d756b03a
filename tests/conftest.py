"""Fixtures every test may ask for. A skip says why; CI turns a skip into a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
REQUIRE_ALL = os.environ.get("PAPERLESS_REQUIRE_ALL") == "1"


def skip(reason: str) -> None:
    """Skip with a reason, or fail where everything is required."""
    if REQUIRE_ALL:
        pytest.fail(f"PAPERLESS_REQUIRE_ALL=1 and {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of vectors and scans made by others."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        skip("the folder ../shared with vectors and scans is not here")
    return folder


@pytest.fixture(scope="session")
def need() -> Callable[[str], str]:
    """Give the path of an outside program, or skip."""

    def find(program: str) -> str:
        found = shutil.which(program)
        if found is None:
            skip(f"the program {program} is not installed")
        return str(found)

    return find


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's top folder."""
    return ROOT
