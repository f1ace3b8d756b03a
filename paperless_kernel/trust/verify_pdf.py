"""Judges a signed PDF: a sealed scan, a certificate, an invoice.

Knows what a PDF proves by itself and what stands beside it (its evidence record) or
inside it (an ``.acr`` bundle).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from paperless_kernel.base.errors import EvidenceError
from paperless_kernel.trust.anchors import Anchor
from paperless_kernel.trust.parts import (
    absent,
    bad,
    good,
    no_time,
    record_part,
    signer_part,
    standing_part,
    time_part,
    validity_part,
)
from paperless_kernel.trust.pdf import PdfFacts, check_pdf
from paperless_kernel.trust.pki import fingerprint
from paperless_kernel.trust.report import (
    Part,
    PartName,
    ProofKind,
    Report,
    State,
    Text,
    conclude,
)
from paperless_kernel.trust.verify_bundle import inspect_bundle


def inspect_pdf(
    data: bytes,
    *,
    anchors: Sequence[Anchor] = (),
    evidence: bytes | None = None,
    at: dt.datetime | None = None,
) -> Report:
    """Judge a signed PDF; see `trust.verify.inspect`."""
    try:
        facts = check_pdf(data)
    except EvidenceError as error:
        return conclude(ProofKind.PAPER, [bad(PartName.INTACT, error)])
    kinds = {kind.value: kind for kind in ProofKind}
    time, proven = _time(data, facts, evidence, anchors)
    log, plain = _attached_log(facts, anchors, at)
    parts = [
        good(
            PartName.INTACT,
            f"파일 전체({facts.pages}쪽)가 서명된 그대로임",
            f"the whole file ({facts.pages} page(s)) is as signed",
        ),
        signer_part(facts.chain, anchors),
        time,
        log,
        validity_part(
            facts.chain,
            proven=proven,
            claimed=facts.signed_at,
            at=at,
            revocation=bool(facts.crls),
        ),
        standing_part(facts.standing),
    ]
    kind = kinds.get(facts.kind.value, ProofKind.PAPER)
    mark = fingerprint(facts.chain[-1])
    return conclude(kind, parts, fingerprint=mark, plain=plain)


def _time(
    data: bytes,
    facts: PdfFacts,
    evidence: bytes | None,
    anchors: Sequence[Anchor],
) -> tuple[Part, dt.datetime | None]:
    """Judge what proves a time: the evidence record beside, the token inside."""
    inside = facts.stamped
    if evidence is None:
        if inside is None:
            return no_time(), None
        return time_part([(*_SIGNATURE, inside)], anchors), inside.gen_time
    beside, proven = record_part(data, evidence, anchors)
    if inside is None or beside.state is not State.GOOD:
        return beside, proven
    said = time_part([(*_SIGNATURE, inside)], anchors)
    ko, en = f"{beside.text.ko} · {said.text.ko}", f"{beside.text.en}; {said.text.en}"
    return Part(name=PartName.TIME, state=said.state, text=Text(ko=ko, en=en)), min(
        proven or inside.gen_time, inside.gen_time
    )


_SIGNATURE = ("이 파일의 서명", "the signature of this file")


def _attached_log(
    facts: PdfFacts, anchors: Sequence[Anchor], at: dt.datetime | None
) -> tuple[Part, bool]:
    """Judge the bundle a certificate may carry; its log proof is the file's.

    Also tells whether it certifies a plain scan.
    """
    inside = [one for one in facts.attachments if one.name.endswith(".acr")]
    for one in inside:
        report = inspect_bundle(one.data, anchors=anchors, at=at)
        if report.exit_code:
            ko, en = report.verdict.ko, report.verdict.en
            text = Text(ko=f"{one.name}: {ko}", en=f"{one.name}: {en}")
            broken = report.exit_code == EvidenceError.exit_code
            state = State.BAD if broken else State.UNKNOWN
            return Part(name=PartName.LOG, state=state, text=text), report.plain
        text = report.part(PartName.LOG).text
        said = good(PartName.LOG, f"{one.name}: {text.ko}", f"{one.name}: {text.en}")
        return said, report.plain
    missing = absent(
        PartName.LOG, "로그 증명은 이 파일에 없음", "log proof not in this file"
    )
    return missing, False
