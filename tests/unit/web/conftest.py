"""The notice service of ``tests/unit/notice``, for the pages that stand on it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("notice_world", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["notice_world"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


_notice = _load(Path(__file__).parents[1] / "notice" / "conftest.py")
keys, typesetter, document = _notice.keys, _notice.typesetter, _notice.document
build, world = _notice.build, _notice.world
