"""Issuing the papers of a notice: distribution certificates and letters.

Loads, sets, signs and keeps; what stands on them is `proof`. A paper is made once per
key and is the same bytes ever after.
"""

from __future__ import annotations

import datetime as dt

from paperless_kernel.access.permissions import Action, require
from paperless_kernel.base.errors import (
    ConflictError,
    EvidenceError,
    NotAllowedError,
    NotFoundError,
)
from paperless_kernel.base.facility import FacilityKind, standing
from paperless_kernel.base.ids import Actor
from paperless_kernel.base.typeset import Attachment
from paperless_kernel.notice.model import (
    CERTIFIED,
    Campaign,
    Fact,
    FactKind,
    Notice,
    NoticeStatus,
    Paper,
)
from paperless_kernel.notice.pages import page_images
from paperless_kernel.notice.parts import JOURNAL, Parts
from paperless_kernel.notice.proof import (
    Ground,
    certificate_values,
    evidence_file,
    letter_values,
)
from paperless_kernel.notice.records.campaigns import (
    add_paper,
    ineligible_without_letter,
    paper_by_key,
)
from paperless_kernel.notice.statuses import load_notice, status_of
from paperless_kernel.store.keeper import KeeperSigner
from paperless_kernel.trust.digest import sha256
from paperless_kernel.trust.keys import KeyPurpose
from paperless_kernel.trust.pdf import PdfKind, fill_signature, prepare_signature
from paperless_kernel.trust.x509 import fingerprint, subject_name

_PLACE = "Republic of Korea"
_LETTER_KEY = "first"
_LETTER_WIDTH = 1240


def issue_certificate(parts: Parts, actor: Actor, notice_id: str, key: str) -> Paper:
    """Issue a distribution certificate over what is known now; see `Notices`."""
    require(actor, Action.NOTICE_CERTIFY)
    notice, campaign = _visible(parts, actor, notice_id)
    known = _kept(parts, notice_id, "certificate", key)
    if known is not None:
        return known
    # 1. Every fact so far is numbered and under a signed checkpoint.
    parts.sequence()
    status = status_of(parts, notice)
    ground = _ground(parts, status)
    pdf = _sign(
        parts, _set_certificate(parts, campaign, notice, status, ground), ground
    )
    made = Paper(
        id=ground.serial,
        notice=notice_id,
        kind="certificate",
        issued_at=ground.issued_at,
        sha256=sha256(pdf).hex(),
        pdf=pdf,
    )
    # 2. The paper and the entry of its issue commit together; of two that made one at
    #    once the first is kept and given to both.
    with parts.db.begin() as tx:
        if add_paper(tx, made, key):
            body = {"tenant": notice.tenant, "notice": notice_id, "sha256": made.sha256}
            parts.write(tx, CERTIFIED, made.id, actor.id, body)
    parts.sequence()
    return _again(parts, notice_id, "certificate", key)


def print_letter(parts: Parts, actor: Actor, notice_id: str) -> Paper:
    """Print the letter for somebody no line can reach; see `Notices`."""
    require(actor, Action.NOTICE_DESK)
    notice, campaign = _visible(parts, actor, notice_id)
    known = _kept(parts, notice_id, "letter", _LETTER_KEY)
    if known is not None:
        return known
    status = status_of(parts, notice)
    if status.reason is None:
        raise NotAllowedError(
            f"notice {notice_id} is not ineligible ({status.state.value}): no letter "
            "is printed for it."
        )
    given = parts.documents.fetch(notice.document)
    if sha256(given.data).hex() != notice.document_sha256:
        raise EvidenceError(
            f"the document of notice {notice_id} is not the one that was accepted: no "
            "letter is printed. Restore it."
        )
    pages = page_images(given.data, _LETTER_WIDTH)
    now, number = parts.clock.now(), parts.ids.new()
    values = letter_values(
        campaign,
        notice,
        status.reason,
        number=number,
        standing=standing(parts.facility(FacilityKind.RELAY, now)),
        printed_at=now,
        pages=len(pages),
    )
    images = {f"page-{n + 1}.jpg": page.jpeg for n, page in enumerate(pages)}
    pdf = parts.typesetter.pdf("notice_letter", values, made_at=now, images=images)
    made = Paper(
        id=number,
        notice=notice_id,
        kind="letter",
        issued_at=now,
        sha256=sha256(pdf).hex(),
        pdf=pdf,
    )
    with parts.db.begin() as tx:
        if add_paper(tx, made, _LETTER_KEY):
            printed = Fact(
                notice=notice_id,
                kind=FactKind.PRINTED,
                at=now,
                entry="",
                detail={"letter": number, "sha256": made.sha256},
            )
            parts.add(tx, printed, tenant=notice.tenant, actor=actor.id)
    parts.sequence()
    return _again(parts, notice_id, "letter", _LETTER_KEY)


def print_letters(parts: Parts, actor: Actor) -> tuple[Paper, ...]:
    """Print every letter that is due, of the actor's customer or of all."""
    require(actor, Action.NOTICE_DESK)
    with parts.db.read() as tx:
        waiting = ineligible_without_letter(tx, actor.tenant)
    return tuple(print_letter(parts, actor, each) for each in waiting)


def _visible(parts: Parts, actor: Actor, notice_id: str) -> tuple[Notice, Campaign]:
    notice, campaign = load_notice(parts, notice_id)
    if actor.tenant not in ("", notice.tenant):
        raise NotFoundError(f"there is no notice {notice_id}.")
    return notice, campaign


def _kept(parts: Parts, notice_id: str, kind: str, key: str) -> Paper | None:
    with parts.db.read() as tx:
        return paper_by_key(tx, notice_id, kind, key)


def _again(parts: Parts, notice_id: str, kind: str, key: str) -> Paper:
    kept = _kept(parts, notice_id, kind, key)
    if kept is None:
        raise ConflictError(
            f"the {kind} of notice {notice_id} was not kept; try again."
        )
    return kept


def _ground(parts: Parts, status: NoticeStatus) -> Ground:
    now = parts.clock.now()
    chain = parts.keeper.certificates(KeyPurpose.NOTICE)
    facility = parts.facility(FacilityKind.RELAY, now)
    own = subject_name(chain[0]).removesuffix(f" {KeyPurpose.NOTICE.value}")
    return Ground(
        serial=parts.ids.new(),
        issuer=own if facility is None else facility.holder,
        standing=standing(facility),
        issued_at=now,
        valid_until=now + dt.timedelta(days=parts.rules.certificate_days),
        vkey=parts.keeper.vkey(JOURNAL),
        fingerprint=fingerprint(chain[-1]),
        rules=parts.rules.version,
        proofs=tuple(parts.journal.prove(fact.entry) for fact in status.facts),
    )


def _set_certificate(
    parts: Parts,
    campaign: Campaign,
    notice: Notice,
    status: NoticeStatus,
    ground: Ground,
) -> bytes:
    evidence = Attachment(
        name="distribution.json",
        media_type="application/json",
        data=evidence_file(notice, status.facts, ground),
        description="기록 항목과 포함 증명 / entries and inclusion proofs",
    )
    return parts.typesetter.pdf(
        "distribution_certificate",
        certificate_values(campaign, notice, status, ground),
        made_at=ground.issued_at,
        attachments=(evidence,),
    )


def _sign(parts: Parts, pdf: bytes, ground: Ground) -> bytes:
    prepared = prepare_signature(
        pdf,
        name=ground.issuer,
        reason=f"유통 증명서 {ground.serial} · {ground.standing}",
        location=_PLACE,
        signed_at=ground.issued_at,
        kind=PdfKind.DISTRIBUTION,
        standing=ground.standing,
    )
    signer = KeeperSigner(parts.keeper, KeyPurpose.NOTICE)
    return fill_signature(prepared, signer, crls=(parts.keeper.crl(),))
