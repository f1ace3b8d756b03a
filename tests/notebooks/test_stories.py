"""Each story runs from top to bottom, without a screen, on an office the demo made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = [pytest.mark.notebook, pytest.mark.slow, pytest.mark.enable_socket]
ROOT = Path(__file__).parent.parent.parent


def run(path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PAPERLESS_HOME", str(home))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {}}
    )
    client.execute()
    return "\n".join(
        str(output.get("text", output.get("data", {}).get("text/plain", "")))
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )


def test_how_far_did_a_box_of_paper_come(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run(ROOT / "notebooks/01_end_to_end.ipynb", demo_home, monkeypatch)

    for business in ("신뢰스캔", "전자문서 보관", "알림문자", "요금"):
        assert business in said
    assert "→ 예" in said  # the proof holds
    assert "아니오" in said  # and one byte later it does not


def test_what_happened_to_one_box(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run(ROOT / "notebooks/03_one_box.ipynb", demo_home, monkeypatch)

    for word in ("SEAL-", "shredded", "운송원", "paper-destroyed.pdf", "story.pdf"):
        assert word in said
    assert said.count("PIL.Image") >= 4


def test_where_the_quality_limits_lie(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run(ROOT / "notebooks/02_calibration.ipynb", demo_home, monkeypatch)

    for defect in ("blur", "dark", "over", "streak", "noise", "blank", "through"):
        assert defect in said
    assert "false alarms" in said
