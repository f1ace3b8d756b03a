"""An office made by the demo, for notebooks to read."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office the demo made.

    ``PAPERLESS_TEST_OFFICE`` names one that is already there, to save the making.
    """
    ready = os.environ.get("PAPERLESS_TEST_OFFICE")
    if ready:
        return Path(ready)
    if importlib.util.find_spec("paperless_kernel.demo") is None:
        pytest.skip("the demo is not in this installation")
    home = tmp_path_factory.mktemp("demo") / "office"
    done = subprocess.run(
        [sys.executable, "-m", "paperless_kernel", "demo"],
        env=os.environ | {"PAPERLESS_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return home
