"""Finding each notice's line at dispatch: CI -> lines -> one line, or why none.

Asks the line directory now, never at upload, because numbers and carriers change. Knows
routing only by `routing.route`.
"""

from __future__ import annotations

from dataclasses import replace

from paperless_kernel.base.events import Json
from paperless_kernel.base.ids import Actor
from paperless_kernel.notice.handover import ci_context, number_context
from paperless_kernel.notice.model import Fact, FactKind, Notice, Route
from paperless_kernel.notice.parts import Parts
from paperless_kernel.notice.records.campaigns import add_route, unresolved
from paperless_kernel.notice.routing import route

_CHUNK = 50


def resolve(parts: Parts, actor: Actor) -> tuple[dict[str, str], int]:
    """Give every approved notice its route.

    Returns:
        Numbers by notice id, for the batches of this dispatch only; and how many
        people cannot be reached.

    Raises:
        UnavailableError: the directory did not answer; the rest waits.
    """
    numbers: dict[str, str] = {}
    ineligible = 0
    while True:
        with parts.db.read() as tx:
            rows = unresolved(tx, parts.clock.now(), _CHUNK)
        if not rows:
            return numbers, ineligible
        # 1. CIs are opened (each opening is journaled) and the directory is asked: a
        #    crash here leaves nothing decided.
        cis = [
            parts.keeper.unseal(
                "ci",
                box,
                ci_context(notice.ci_mac),
                actor=actor.id,
                purpose=f"route {notice.id}",
            ).decode()
            for notice, _, box, _ in rows
        ]
        answers = parts.lines.lines_of(cis)
        found: list[tuple[Notice, Route, bytes | None]] = []
        for (notice, seed, _, refused), lines in zip(rows, answers, strict=True):
            known = tuple(replace(each, refused=True) for each in lines)
            chosen = route(known if refused else lines, seed=seed, notice=notice.id)
            box = None
            if chosen.line is not None:
                box = parts.keeper.seal(
                    "ci", chosen.line.number.encode(), number_context(notice.id)
                )
            found.append((notice, chosen, box))
        # 2. Routes and their entries commit together; a repeat finds them and adds
        #    nothing. The directory may answer otherwise next time: the first counts.
        with parts.db.begin() as tx:
            for notice, chosen, box in found:
                if not add_route(tx, notice.id, chosen, box, parts.clock.now()):
                    continue
                if chosen.line is None:
                    ineligible += 1
                else:
                    numbers[notice.id] = chosen.line.number
                parts.add(
                    tx,
                    _fact(parts, notice, chosen),
                    tenant=notice.tenant,
                    actor=actor.id,
                )


def _fact(parts: Parts, notice: Notice, chosen: Route) -> Fact:
    verdicts: list[Json] = [
        {
            "line": each.line,
            "network": each.network.value,
            "reason": each.reason.value if each.reason else "",
            "draw": each.draw,
        }
        for each in chosen.verdicts
    ]
    common: dict[str, Json] = {
        "verdicts": verdicts,
        "calendar": parts.window.calendar.version,
    }
    if chosen.line is None:
        reason = chosen.reason.value if chosen.reason else ""
        return Fact(
            notice=notice.id,
            kind=FactKind.INELIGIBLE,
            at=parts.clock.now(),
            entry="",
            detail={"reason": reason, **common},
        )
    return Fact(
        notice=notice.id,
        kind=FactKind.RESOLVED,
        at=parts.clock.now(),
        entry="",
        detail={"network": chosen.line.network.value, **common},
    )
