"""Rows of reading: links, one-time codes, sessions, refusals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from paperless_kernel.base.clock import parse_stamp, stamp
from paperless_kernel.notice.codes import Code
from paperless_kernel.notice.records.tables import code, link, refusal, session


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A reading session, found by the SHA-256 of its cookie."""

    sha256: bytes
    notice: str
    until: dt.datetime
    consented: bool
    identified: bool
    reading: bool


def notice_of_link(tx: Connection, token_sha256: bytes) -> str | None:
    """Return the id of the notice a link belongs to."""
    query = select(link.c.notice).where(link.c.token_sha256 == token_sha256)
    found = tx.scalar(query)
    return None if found is None else str(found)


def add_session(
    tx: Connection, sha256: bytes, notice_id: str, until: dt.datetime
) -> None:
    """Insert a session."""
    tx.execute(
        insert(session).values(sha256=sha256, notice=notice_id, until=stamp(until))
    )


def session_by(tx: Connection, sha256: bytes) -> SessionRow | None:
    """Return a session."""
    row = tx.execute(select(session).where(session.c.sha256 == sha256)).first()
    if row is None:
        return None
    return SessionRow(
        sha256=row.sha256,
        notice=row.notice,
        until=parse_stamp(row.until),
        consented=bool(row.consented),
        identified=bool(row.identified),
        reading=bool(row.reading),
    )


def mark_session(tx: Connection, sha256: bytes, step: str, until: dt.datetime) -> None:
    """Move a session on: ``consented``, ``identified`` or ``reading``."""
    tx.execute(
        update(session)
        .where(session.c.sha256 == sha256)
        .values({step: 1, "until": stamp(until)})
    )


def code_times(tx: Connection, notice_id: str) -> tuple[dt.datetime, ...]:
    """Return when codes were made for a notice."""
    query = select(code.c.made_at).where(code.c.notice == notice_id)
    return tuple(parse_stamp(row.made_at) for row in tx.execute(query))


def add_code(tx: Connection, row: Code) -> None:
    """Insert a code."""
    tx.execute(
        insert(code).values(
            id=row.id, notice=row.notice, mac=row.mac, made_at=stamp(row.made_at)
        )
    )


def newest_code(tx: Connection, notice_id: str) -> Code | None:
    """Return the last code made for a notice; only that one counts."""
    query = select(code).where(code.c.notice == notice_id)
    row = tx.execute(query.order_by(code.c.n.desc()).limit(1)).first()
    if row is None:
        return None
    return Code(
        id=row.id,
        notice=row.notice,
        mac=row.mac,
        made_at=parse_stamp(row.made_at),
        tries=row.tries,
        used=bool(row.used),
    )


def count_try(tx: Connection, code_id: str) -> None:
    """Count one try, before its outcome is known."""
    tx.execute(update(code).where(code.c.id == code_id).values(tries=code.c.tries + 1))


def use_code(tx: Connection, code_id: str) -> bool:
    """Use a code up; tell whether it still could be used."""
    changed = tx.execute(
        update(code).where(code.c.id == code_id, code.c.used == 0).values(used=1)
    )
    return changed.rowcount == 1


def add_refusal(tx: Connection, tenant: str, ci_mac: bytes, at: dt.datetime) -> None:
    """Keep that a person wants no further notices of a tenant."""
    tx.execute(
        upsert(refusal)
        .values(tenant=tenant, ci_mac=ci_mac, at=stamp(at))
        .on_conflict_do_nothing()
    )
