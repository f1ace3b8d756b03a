"""One small demo, run once through the real command; tests look at what it left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
SECONDS = 170


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run ``paperless --home HOME ...`` away from any settings of this machine."""
    nowhere = tmp_path_factory.mktemp("nowhere")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PAPERLESS_")}

    def call(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "paperless_kernel", "--home", home, *arguments],
            cwd=nowhere,
            env=clean,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    return call


@pytest.fixture(scope="session")
def told(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The small demo: ``home`` (look, do not touch), ``json``, ``out``, ``seconds``."""
    home = tmp_path_factory.mktemp("demo") / "office"
    began = time.monotonic()
    done = run(home, "demo", "--small", "--json")
    assert done.returncode == 0, (done.stdout, done.stderr)
    outcome = json.loads(done.stdout)
    return SimpleNamespace(
        home=home,
        json=outcome,
        out=Path(outcome["folder"]),
        stderr=done.stderr,
        seconds=time.monotonic() - began,
    )
