"""The automatic quality check (품질검사, 제49조), second half: the verdict on a page.

Knows how measures meet a profile's limits and which reject reason each stands for
(제50조). Decides about nobody's work: a ``hold`` waits for a person, and a blank page
is flagged, never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from paperless_kernel.scan.model import (
    Finding,
    Measures,
    RejectReason,
    Service,
    Verdict,
)
from paperless_kernel.scan.profiles import Limit, Profile, Tones

_LEVELS: Final = 256
_COLOURS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """How a measure is read: ``above`` is bad, or below; and what it is called."""

    name: str
    above: bool
    unit: str
    text: str
    reason: RejectReason


_CHECKS: Final = tuple(
    _Check(name=name, above=above, unit=unit, text=text, reason=reason)
    for name, above, unit, text, reason in (
        ("skew", True, "1/100 degree", "기울어짐 / skewed", RejectReason.SKEWED),
        ("sharpness", False, "1/1000 contrast per pixel", "불선명 / unclear",
         RejectReason.UNCLEAR),
        ("paper", False, "grey level", "어두움 / too dark", RejectReason.UNEVEN),
        ("contrast", False, "grey levels", "흐림 / too faint", RejectReason.UNCLEAR),
        ("washed", True, "grey level", "과다 노출 / washed out", RejectReason.UNCLEAR),
        ("uneven", True, "grey levels", "농도 불균일 / uneven density",
         RejectReason.UNEVEN),
        ("streak", True, "grey levels", "줄무늬 / a streak along the sheet",
         RejectReason.UNEVEN),
        ("noise", True, "1/100 grey level", "잡티 / noise", RejectReason.UNCLEAR),
        ("through", True, "1/1000 of the empty area", "뒷면 비침 / the back shows",
         RejectReason.UNCLEAR),
        ("fold", True, "grey levels", "접힘 / folded", RejectReason.FOLDED),
        ("crop", True, "strokes at an edge", "잘림 / cut off", RejectReason.CROPPED),
    )
)  # fmt: skip
_OF_BLANK: Final = frozenset({"paper", "streak", "fold"})
"""What is judged of a side that bears nothing: there is nothing else to read."""

_OF_TONES: Final = frozenset(
    {"paper", "contrast", "washed", "uneven", "through", "fold"}
)
"""What cannot be judged of one bit a pixel: it has no tones between."""


def judge(
    measures: Measures, profile: Profile, service: Service
) -> tuple[Verdict, tuple[Finding, ...], bool]:
    """Judge one page's measures.

    For a plain scan (일반스캔) the limits of the trusted-scan rules are only
    remarks: a ``reject`` becomes a ``hold``.

    Returns:
        The verdict (the worst finding's), the findings, and whether it is blank.
    """
    most = profile.limits["blank"].hold
    blank = most is not None and measures.ink <= most
    findings = [*_resolution(measures, profile), *_tones(measures, profile)]
    if blank:
        findings.append(_blank(measures.ink, most or 0))
    for check in _CHECKS:
        if blank and check.name not in _OF_BLANK:
            continue
        if measures.bilevel and check.name in _OF_TONES:
            continue
        # Measures of pages captured by an earlier version have zeros here.
        value = abs(getattr(measures, check.name))
        finding = _past(check, value, profile.limits[check.name])
        if finding is not None:
            findings.append(finding)
    if service is Service.PLAIN:
        findings = [_softened(finding) for finding in findings]
    order = (Verdict.PASS, Verdict.HOLD, Verdict.REJECT)
    worst = max((f.verdict for f in findings), key=order.index, default=Verdict.PASS)
    return worst, tuple(findings), blank


def values_of(measures: Measures) -> dict[str, int]:
    """Return every check's value, by name, as it is held against a limit."""
    return {check.name: abs(getattr(measures, check.name)) for check in _CHECKS}


def _past(check: _Check, value: int, limit: Limit) -> Finding | None:
    """Return the finding when a value lies past a limit, the stricter first."""
    for verdict, bound in (
        (Verdict.REJECT, limit.reject),
        (Verdict.HOLD, limit.hold),
    ):
        if bound is not None and (value > bound if check.above else value < bound):
            return Finding(
                check=check.name,
                verdict=verdict,
                value=value,
                limit=bound,
                unit=check.unit,
                text=check.text,
                reason=check.reason,
            )
    return None


def _blank(ink: int, limit: int) -> Finding:
    return Finding(
        check="blank",
        verdict=Verdict.PASS,
        value=ink,
        limit=limit,
        unit="ppm ink",
        text="빈 면 / blank side: kept and delivered, marked as blank",
    )


def _resolution(m: Measures, profile: Profile) -> list[Finding]:
    """Hold the resolution the page really has against what the rule-set asks."""
    real = m.effective_dpi or m.dpi
    doubted = m.dpi > 0 and real != m.dpi
    if real >= profile.least_dpi and m.dpi > 0 and not doubted:
        return []
    reject = 0 < real < profile.reject_dpi
    if m.dpi == 0:
        text = "해상도 정보 없음 / the file states no resolution"
        reject = False
    elif doubted:
        text = "해상도 표시가 종이 크기와 다름 / the stated resolution gives no paper"
    else:
        text = f"해상도 미달 / resolution too low ({profile.dpi_article})"
    return [
        Finding(
            check="resolution",
            verdict=Verdict.REJECT if reject else Verdict.HOLD,
            value=real,
            limit=profile.reject_dpi if reject else profile.least_dpi,
            unit="1/10 dpi",
            text=text,
            reason=RejectReason.UNCLEAR,
        )
    ]


def _tones(m: Measures, profile: Profile) -> list[Finding]:
    if m.bilevel and profile.tones is not Tones.ANY:
        return [
            Finding(
                check="tones",
                verdict=Verdict.HOLD,
                value=2,
                limit=_LEVELS,
                unit="levels",
                text="흑백 2단계 / black and white; 256 levels are asked (제36조①)",
                reason=RejectReason.OTHER,
            )
        ]
    if profile.tones is Tones.COLOUR and m.colours == 1:
        return [
            Finding(
                check="colour",
                verdict=Verdict.REJECT,
                value=m.colours,
                limit=_COLOURS,
                unit="colours",
                text="천연색 아님 / not in colour, which is asked here (제37조①)",
                reason=RejectReason.OTHER,
            )
        ]
    return []


def _softened(finding: Finding) -> Finding:
    if finding.verdict is Verdict.REJECT:
        return replace(finding, verdict=Verdict.HOLD)
    return finding
