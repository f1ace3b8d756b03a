"""A workbench served on a hand-made picture of an office, for tests from outside."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PASSWORD = "correct horse"


@pytest.fixture(scope="session")
def workbench(
    tmp_path_factory: pytest.TempPathFactory, repository: Path
) -> Iterator[str]:
    """The address of a running workbench."""
    folder = tmp_path_factory.mktemp("workbench")
    pages = folder / "dashboards"
    pages.mkdir()
    notebook = json.loads((repository / "dashboards/home.ipynb").read_text())
    (cell,) = notebook["cells"]
    # The page as it is shipped, fed by a picture made by hand.
    cell["source"] = [
        "from paperless_kernel.workbench.home import page\n",
        "from pictures import snapshot\n",
        "page(load=snapshot)",
    ]
    (pages / "home.ipynb").write_text(json.dumps(notebook))
    shutil.copy(repository / "tests/unit/workbench/samples.py", folder / "pictures.py")
    yield from running([str(HERE / "server.py"), str(pages)], folder, repository)


@pytest.fixture
def carrying(tmp_path: Path, repository: Path) -> Iterator[str]:
    """The address of a courier's page; fresh for each test: a link is used once."""
    shutil.copy(repository / "tests/unit/web/courier_world.py", tmp_path)
    yield from running([str(HERE / "courier_server.py")], tmp_path, repository)


def running(arguments: list[str], folder: Path, repository: Path) -> Iterator[str]:
    """Run a server and give its address once it says it is ready."""
    path = os.pathsep.join((str(repository), str(folder)))
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *arguments],
            env=os.environ | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert server.stdout is not None
        try:
            ready = server.stdout.readline()
            assert ready.startswith("READY "), (folder / "log").read_text()
            yield ready.split()[1]
        finally:
            server.terminate()
            server.wait(timeout=30)
            server.stdout.close()


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots are kept for people to look at."""
    folder = HERE / "shots"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def chromium(need: Callable[[str], str]) -> str:
    """Debian's Chromium; Playwright downloads nothing."""
    if importlib.util.find_spec("playwright") is None:
        pytest.skip("the package playwright is not installed")
    return need("chromium")
