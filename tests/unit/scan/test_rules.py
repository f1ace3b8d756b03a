from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.rules import ScanRules, parse_rules


def test_every_limit_names_its_source(rules: ScanRules) -> None:
    assert rules.version == "notice-2013-99"
    assert set(rules.sources) == set(ScanRules.__annotations__) - {"version", "sources"}
    assert rules.least_dpi == 2032  # 8 dot/mm
    assert rules.fine_dpi == 3048  # 12 dot/mm


@pytest.mark.parametrize("harm", ["missing", "unsourced", "text", "unnamed"])
def test_an_incomplete_rule_set_is_refused(repository: Path, harm: str) -> None:
    path = repository / "data" / "rules" / "notice-2013-99.toml"
    data = tomllib.loads(path.read_text("utf-8"))
    if harm == "missing":
        del data["limits"]["least_dpi"]
    elif harm == "unsourced":
        del data["limits"]["least_dpi"]["source"]
    elif harm == "text":
        data["limits"]["least_dpi"]["value"] = "2032"
    else:
        del data["version"]
    with pytest.raises(InputError):
        parse_rules(data)
