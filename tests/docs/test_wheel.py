"""The wheel works outside the checkout: its data is inside and its command runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from paperless_kernel.cli import main

pytestmark = pytest.mark.slow
PATHS = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out],
        cwd=repository,
        check=True,
        capture_output=True,
    )
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def run(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a program of a fresh environment, outside the checkout.

    The libraries are the ones already installed here, so nothing is downloaded; the
    checkout is not on the path, because ``.pth`` files there are not followed.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", with_pip=True, symlinks=True)
    programs = folder / "venv" / "bin"
    away = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTHON", "PAPERLESS_", "VIRTUAL_ENV", "COV_"))
    }

    def run(program: str, *given: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [programs / program, *given],
            cwd=folder,
            env=away,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    pip = ["--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check"]
    done = run("python", "-m", "pip", "install", *pip, wheel)
    assert done.returncode == 0, done.stderr
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (site / "libraries.pth").write_text("\n".join(sorted(PATHS)))
    return run


def test_data_dashboards_and_the_type_marker_are_inside(
    wheel: Path, repository: Path
) -> None:
    with ZipFile(wheel) as opened:
        inside = set(opened.namelist())
    for folder, name in (("data", "_data"), ("dashboards", "_dashboards")):
        for file in (repository / folder).rglob("*"):
            if file.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(
                file.parts
            ):
                place = file.relative_to(repository / folder).as_posix()
                assert f"paperless_kernel/{name}/{place}" in inside
    for file in (repository / "paperless_kernel").rglob("*"):
        if file.suffix in {".j2", ".html", ".css", ".js", ".typed", ".mako"}:
            assert file.relative_to(repository).as_posix() in inside
    assert "paperless_kernel/py.typed" in inside
    assert not [name for name in inside if name.startswith(("tests/", "docs/"))]


def test_the_installed_package_is_the_wheel_s(run: Run, repository: Path) -> None:
    shown = (
        "from paperless_kernel.config import data_folder, dashboards_folder\n"
        "print(data_folder(), dashboards_folder())"
    )
    done = run("python", "-c", shown)
    assert done.returncode == 0, done.stderr
    assert str(repository) + os.sep not in done.stdout
    assert "_data" in done.stdout
    assert "_dashboards" in done.stdout


def test_the_command_explains_itself(run: Run) -> None:
    done = run("paperless", "--help")
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in main.commands)


def test_the_demo_runs_from_the_wheel_alone(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "office"
    done = run("paperless", "--home", home, "demo", "--small", "--json")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    outcome = json.loads(done.stdout)
    assert outcome["good"]
    assert outcome["audit_clean"]

    sealed = [each["file"] for each in outcome["files"] if "/sealed/" in each["file"]]
    assert len(sealed) == len(outcome["documents"]) > 0
    judged = run("paperless", "--home", home, "verify", sealed[0])
    assert judged.returncode == 0, judged.stdout + judged.stderr
