from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from paperless_kernel.base.errors import InputError
from paperless_kernel.scan.profiles import Profiles, Tones, parse_profiles
from paperless_kernel.scan.rules import ScanRules


@pytest.fixture
def data(repository: Path) -> dict[str, Any]:
    path = repository / "data" / "rules" / "quality-profiles.toml"
    return tomllib.loads(path.read_text("utf-8"))


def test_profiles_say_where_they_come_from(profiles: Profiles) -> None:
    assert all(one.source for one in profiles.profiles.values())
    assert profiles.of("") is profiles.of("office-text")
    assert profiles.of("medical").least_dpi == 3048
    assert profiles.of("medical").tones is Tones.COLOUR
    assert profiles.of("fax").tones is Tones.ANY


def test_an_own_limit_stands_before_the_common_one(profiles: Profiles) -> None:
    assert profiles.of("photo").limits["skew"].hold is None
    assert profiles.of("photo").limits["streak"] == profiles.of("").limits["streak"]


def test_an_unknown_profile_names_those_there_are(profiles: Profiles) -> None:
    with pytest.raises(InputError, match="office-text"):
        profiles.of("newspaper")


@pytest.mark.parametrize("harm", ["default", "limit", "unknown", "text", "tones"])
def test_profiles_that_are_not_whole_are_refused(
    data: dict[str, Any], rules: ScanRules, harm: str
) -> None:
    if harm == "default":
        data["default"] = "none"
    elif harm == "limit":
        del data["limits"]["skew"]
    elif harm == "unknown":
        data["profiles"]["fax"]["limits"] = {"colour": {"hold": 1}}
    elif harm == "text":
        data["limits"]["skew"]["hold"] = "200"
    else:
        data["profiles"]["fax"]["tones"] = "sepia"
    with pytest.raises(InputError):
        parse_profiles(data, rules)
