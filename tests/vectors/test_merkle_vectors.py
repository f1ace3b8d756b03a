"""RFC 6962 proofs, good and bad, judged as transparency-dev/merkle judges them."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

from paperless_kernel.base.errors import PaperlessError
from paperless_kernel.trust.merkle import check_consistency, check_inclusion


def _raw(text: str | None) -> bytes:
    return b64decode(text or "")


def _inclusion(case: dict[str, object]) -> None:
    check_inclusion(
        _raw(str(case["leafHash"])),
        int(str(case["leafIdx"])),
        int(str(case["treeSize"])),
        tuple(_raw(one) for one in case["proof"] or ()),  # type: ignore[attr-defined]
        _raw(str(case["root"])),
    )


def _consistency(case: dict[str, object]) -> None:
    check_consistency(
        int(str(case["size1"])),
        int(str(case["size2"])),
        tuple(_raw(one) for one in case["proof"] or ()),  # type: ignore[attr-defined]
        _raw(str(case["root1"])),
        _raw(str(case["root2"])),
    )


def _misjudged(folder: Path, check: Callable[[dict[str, object]], None]) -> list[str]:
    wrong = []
    files = sorted(folder.rglob("*.json"))
    assert len(files) > 90
    for file in files:
        case = json.loads(file.read_text())
        try:
            check(case)
        except PaperlessError:
            refused = True
        else:
            refused = False
        if refused != case["wantErr"]:
            wrong.append(str(file.relative_to(folder)))
    return wrong


def test_inclusion(shared: Path) -> None:
    assert _misjudged(shared / "vectors/merkle/inclusion", _inclusion) == []


def test_consistency(shared: Path) -> None:
    assert _misjudged(shared / "vectors/merkle/consistency", _consistency) == []
