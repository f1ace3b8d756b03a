from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from paperless_kernel.scan.model import (
    Finding,
    Measures,
    RejectReason,
    Service,
    Verdict,
)
from paperless_kernel.scan.profiles import Profiles
from paperless_kernel.scan.quality.verdict import judge, values_of

GOOD = Measures(
    dpi=3000,
    bilevel=False,
    skew=20,
    sharpness=800,
    ink=60_000,
    paper=245,
    contrast=200,
    likeness="00" * 32,
    colours=3,
    effective_dpi=3000,
)


def judged(
    measures: Measures,
    profiles: Profiles,
    profile: str = "",
    service: Service = Service.TRUSTED,
) -> tuple[Verdict, dict[str, Finding], bool]:
    verdict, findings, blank = judge(measures, profiles.of(profile), service)
    return verdict, {finding.check: finding for finding in findings}, blank


def test_a_good_page_passes(profiles: Profiles) -> None:
    assert judged(GOOD, profiles) == (Verdict.PASS, {}, False)


@pytest.mark.parametrize(
    ("field", "at_limit", "past", "reason"),
    [
        ("skew", 200, 201, RejectReason.SKEWED),
        ("skew", -200, -201, RejectReason.SKEWED),
        ("sharpness", 430, 429, RejectReason.UNCLEAR),
        ("paper", 140, 139, RejectReason.UNEVEN),
        ("contrast", 50, 49, RejectReason.UNCLEAR),
        ("washed", 60, 61, RejectReason.UNCLEAR),
        ("uneven", 40, 41, RejectReason.UNEVEN),
        ("streak", 12, 13, RejectReason.UNEVEN),
        ("noise", 300, 301, RejectReason.UNCLEAR),
        ("through", 20, 21, RejectReason.UNCLEAR),
        ("fold", 12, 13, RejectReason.FOLDED),
        ("crop", 4, 5, RejectReason.CROPPED),
    ],
)
def test_limits_are_sharp_and_name_a_reason_of_article_50(
    profiles: Profiles, field: str, at_limit: int, past: int, reason: RejectReason
) -> None:
    assert judged(replace(GOOD, **{field: at_limit}), profiles)[0] is Verdict.PASS
    verdict, findings, _ = judged(replace(GOOD, **{field: past}), profiles)
    assert verdict is Verdict.HOLD
    assert findings[field].value == abs(past)
    assert findings[field].limit == abs(at_limit)
    assert findings[field].reason == reason


def test_what_is_far_past_is_rejected(profiles: Profiles) -> None:
    verdict, findings, _ = judged(replace(GOOD, sharpness=300), profiles)
    assert verdict is Verdict.REJECT
    assert findings["sharpness"].limit == 370


@pytest.mark.parametrize(
    ("dpi", "wanted"),
    [
        (3000, Verdict.PASS),
        (2032, Verdict.PASS),
        (2000, Verdict.HOLD),
        (1500, Verdict.REJECT),
        (0, Verdict.HOLD),
    ],
)
def test_article_36_asks_8_dots_a_millimetre(
    profiles: Profiles, dpi: int, wanted: Verdict
) -> None:
    poor = replace(GOOD, dpi=dpi, effective_dpi=dpi)
    verdict, findings, _ = judged(poor, profiles)
    assert verdict is wanted
    if wanted is Verdict.REJECT:
        assert "제36조" in findings["resolution"].text


@pytest.mark.parametrize("profile", ["medical", "fine-print", "drawing"])
def test_article_38_asks_12_dots_a_millimetre_of_fine_papers(
    profiles: Profiles, profile: str
) -> None:
    fine = replace(GOOD, dpi=4000, effective_dpi=4000)
    assert judged(fine, profiles, profile)[0] is Verdict.PASS
    coarse = replace(GOOD, dpi=2400, effective_dpi=2400)
    verdict, findings, _ = judged(coarse, profiles, profile)
    assert verdict is Verdict.REJECT
    assert "제38조" in findings["resolution"].text
    assert judged(coarse, profiles, "registered-form")[0] is Verdict.PASS


def test_article_37_asks_colour_of_medical_papers_and_not_of_registered_forms(
    profiles: Profiles,
) -> None:
    grey = replace(GOOD, dpi=4000, effective_dpi=4000, colours=1)
    verdict, findings, _ = judged(grey, profiles, "medical")
    assert verdict is Verdict.REJECT
    assert "제37조" in findings["colour"].text
    assert judged(grey, profiles, "registered-form")[0] is Verdict.PASS
    assert judged(grey, profiles)[0] is Verdict.PASS


def test_black_and_white_waits_for_a_person_unless_it_came_as_a_fax(
    profiles: Profiles,
) -> None:
    fax = replace(GOOD, bilevel=True, colours=1)
    verdict, findings, _ = judged(fax, profiles)
    assert verdict is Verdict.HOLD
    assert set(findings) == {"tones"}
    assert judged(fax, profiles, "fax")[0] is Verdict.PASS


def test_one_bit_a_pixel_has_no_tones_to_judge(profiles: Profiles) -> None:
    odd = replace(GOOD, bilevel=True, uneven=200, through=500, washed=200, fold=90)
    assert judged(odd, profiles, "fax")[0] is Verdict.PASS
    assert judged(replace(odd, bilevel=False), profiles)[0] is Verdict.REJECT


def test_a_stated_resolution_that_gives_no_paper_is_doubted(profiles: Profiles) -> None:
    verdict, findings, _ = judged(replace(GOOD, effective_dpi=1500), profiles)
    assert verdict is Verdict.REJECT
    assert findings["resolution"].value == 1500


def test_a_blank_page_is_flagged_and_not_rejected(profiles: Profiles) -> None:
    empty = replace(GOOD, ink=100, sharpness=0, contrast=0)
    verdict, findings, blank = judged(empty, profiles)
    assert blank
    assert verdict is Verdict.PASS
    assert set(findings) == {"blank"}
    assert judged(replace(empty, paper=60), profiles)[0] is Verdict.REJECT


def test_a_plain_scan_is_never_rejected_by_the_machine(profiles: Profiles) -> None:
    poor = replace(GOOD, dpi=1000, effective_dpi=1000, sharpness=10)
    assert judged(poor, profiles)[0] is Verdict.REJECT
    assert judged(poor, profiles, "", Service.PLAIN)[0] is Verdict.HOLD


def test_measures_of_an_earlier_version_read_and_pass(profiles: Profiles) -> None:
    first = {"dpi", "bilevel", "skew", "sharpness", "ink", "paper", "contrast"}
    first |= {"likeness"}
    old = {name: value for name, value in asdict(GOOD).items() if name in first}
    read = Measures(**json.loads(json.dumps(old)))
    assert judged(read, profiles)[0] is Verdict.PASS


def test_every_check_has_a_value_and_a_limit(profiles: Profiles) -> None:
    assert set(values_of(GOOD)) | {"blank"} == set(profiles.of("").limits)
