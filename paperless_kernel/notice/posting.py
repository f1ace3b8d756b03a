"""Posting a stored batch and settling one that has no answer, the same way always.

Knows what each failure of a carrier means for "was it taken?". A batch leaves here
answered, or is kept for the next try with its body and key unchanged.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from paperless_kernel.base.errors import (
    BusyError,
    ConflictError,
    InputError,
    UnavailableError,
)
from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.notice.delivery import may_post_again
from paperless_kernel.notice.handover import body_context, unpack
from paperless_kernel.notice.model import (
    Answer,
    Attempt,
    Batch,
    Fact,
    FactKind,
    Message,
)
from paperless_kernel.notice.parts import Parts
from paperless_kernel.notice.records.delivery import (
    attempts_of_batch,
    set_answered,
    set_posting,
    unsettled,
)

log = logging.getLogger(__name__)


def post(
    parts: Parts,
    actor: Actor,
    batch: Batch,
    messages: Sequence[Message],
    *,
    sure: bool,
) -> bool:
    """Post a stored batch under its stored key; tell whether it was taken.

    Args:
        parts: the business's outside.
        actor: who dispatches.
        batch: as committed.
        messages: its body.
        sure: nothing of it was taken before; a "busy" now leaves it so.
    """
    with parts.db.read() as tx:
        attempts = attempts_of_batch(tx, batch.id)
    try:
        # 3. The carrier hears of it. A crash from here to 4 leaves a batch that may
        #    have been taken: recovery asks, then posts the same bytes again.
        answers = parts.carriers[batch.network].send(messages, batch.key)
    except BusyError:
        posted_at = None if sure else batch.posted_at
        with parts.db.begin() as tx:
            set_posting(tx, batch.id, posted_at, parts.clock.now())
        return False
    except (UnavailableError, ConflictError) as error:
        log.warning("batch %s has no clear answer: %s", batch.id, error)
        _note(parts, actor, batch, attempts, FactKind.UNKNOWN, {"why": error.code})
        return False
    except InputError:
        refused = {"code": "malformed"}
        _note(parts, actor, batch, attempts, FactKind.REFUSED, refused)
        with parts.db.begin() as tx:
            set_answered(tx, batch.id)
        return False
    # 4. Answers and entries commit; only now is the batch closed.
    _record(parts, actor, batch, attempts, answers, how="answer")
    return True


def settle(parts: Parts, actor: Actor, batch: Batch) -> bool:
    """Bring an unanswered batch further; tell whether its outcome is known now.

    Receipts were read before. What they left open is asked for; what the carrier never
    took, or may have taken while it still remembers the key, is posted again, unchanged
    and under the same key, when the window allows.
    """
    now = parts.clock.now()
    with parts.db.read() as tx:
        left = unsettled(tx, batch.id)
    if not left:
        with parts.db.begin() as tx:
            set_answered(tx, batch.id)
        return True
    posted, denied = batch.posted_at is not None, False
    if posted:
        try:
            refs = [each.ref for each in left]
            found = parts.carriers[batch.network].inquiry(refs)
        except UnavailableError as error:
            log.warning("batch %s cannot be inquired: %s", batch.id, error)
        else:
            # Taken whole or not at all: where part of it is known to be taken, what
            # the carrier does not know it refused.
            if found or len(left) < batch.count:
                _record(parts, actor, batch, left, found, how="inquiry")
                return True
            denied = True
    age = now - (batch.posted_at or now)
    lives = parts.carriers[batch.network].key_lives - parts.rules.key_margin
    if not may_post_again(
        posted=posted,
        denied=denied,
        open_now=parts.window.may_claim(now, batch.channel),
        key_lives=age < lives,
    ):
        with parts.db.begin() as tx:
            set_posting(tx, batch.id, batch.posted_at, now)
        return False
    with parts.db.begin() as tx:
        set_posting(tx, batch.id, batch.posted_at or now, now + parts.rules.lease)
    body = parts.keeper.unseal(
        "ci",
        batch.body,
        body_context(batch.id),
        actor=actor.id,
        purpose=f"post batch {batch.id} again",
    )
    messages = unpack(body, batch.body_hash)
    return post(parts, actor, batch, messages, sure=denied or not posted)


def _record(
    parts: Parts,
    actor: Actor,
    batch: Batch,
    attempts: Sequence[Attempt],
    answers: Sequence[Answer],
    *,
    how: str,
) -> None:
    """Write each message's outcome; one the carrier left out was not taken.

    The contract takes a batch whole, so an inquiry that finds some refs and not others
    tells which were refused.
    """
    said = {answer.ref: answer for answer in answers}
    with parts.db.begin() as tx:
        for each in attempts:
            answer = said.get(each.ref)
            taken = answer is not None and answer.accepted
            fact = Fact(
                notice=each.notice,
                kind=FactKind.ACCEPTED if taken else FactKind.REFUSED,
                at=answer.at if answer else parts.clock.now(),
                entry="",
                ref=each.ref,
                detail={
                    "how": how,
                    "channel": each.channel.value,
                    "network": each.network.value,
                    "code": answer.code if answer else "not-taken",
                    "carrier_id": answer.carrier_id if answer else "",
                },
            )
            parts.add(tx, fact, tenant=batch.tenant, actor=actor.id)
        set_answered(tx, batch.id)
    parts.sequence()


def _note(
    parts: Parts,
    actor: Actor,
    batch: Batch,
    attempts: Sequence[Attempt],
    kind: FactKind,
    detail: Mapping[str, Json],
) -> None:
    with parts.db.begin() as tx:
        for each in attempts:
            fact = Fact(
                notice=each.notice,
                kind=kind,
                at=parts.clock.now(),
                entry="",
                ref=each.ref,
                detail=detail,
            )
            parts.add(tx, fact, tenant=batch.tenant, actor=actor.id)
    parts.sequence()
