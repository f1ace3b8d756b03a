"""The carrier simulator's memory: what was taken, what reached a handset, its reports.

An append-only SQLite file of its own, the ground truth of delivery tests: our tables
never say whether a phone rang, this does. Knows no HTTP.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from paperless_kernel.base.clock import parse_stamp, stamp

_LAG = dt.timedelta(milliseconds=200)
_PAGE = 500
_TABLES = """
CREATE TABLE IF NOT EXISTS request (
  network TEXT, key TEXT, body TEXT, answer TEXT, at TEXT, seq INTEGER PRIMARY KEY);
CREATE INDEX IF NOT EXISTS request_key ON request (network, key);
CREATE TABLE IF NOT EXISTS taken (
  seq INTEGER PRIMARY KEY, network TEXT, ref TEXT, number TEXT, channel TEXT,
  sender TEXT, title TEXT, text TEXT, at TEXT, arrived INTEGER);
CREATE INDEX IF NOT EXISTS taken_ref ON taken (network, ref);
CREATE INDEX IF NOT EXISTS taken_number ON taken (number);
CREATE TABLE IF NOT EXISTS report (
  seq INTEGER PRIMARY KEY, network TEXT, ref TEXT, channel TEXT, delivered INTEGER,
  code TEXT, at TEXT);
CREATE TABLE IF NOT EXISTS ack (
  seq INTEGER PRIMARY KEY, network TEXT, cursor TEXT);
"""
_APPEND_ONLY = "".join(
    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, 'append-only'); END;"
    for table in ("request", "taken", "report", "ack")
    for verb in ("UPDATE", "DELETE")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How the simulated carriers misbehave; rates are per thousand.

    Attributes:
        busy: answers 429, nothing taken.
        fail_before: answers 500, nothing taken.
        drop_after: takes the batch, then answers 500.
        lose_reports: reports that never appear.
        repeat_reports: reports that appear twice.
        wrong_reports: reports for a ref nobody sent.
        no_rcs: numbers that cannot get RCS: taken, then reported undelivered.
        dedup: whether a repeated key is recognised.
        key_seconds: how long a key is remembered.
        seed: makes another sequence of accidents.
    """

    busy: int = 0
    fail_before: int = 0
    drop_after: int = 0
    lose_reports: int = 0
    repeat_reports: int = 0
    wrong_reports: int = 0
    no_rcs: tuple[str, ...] = ()
    dedup: bool = True
    key_seconds: int = 86_400
    seed: str = ""


@dataclass(slots=True)
class _Chance:
    """Accidents in a repeatable order."""

    seed: str
    drawn: int = field(default=0)

    def hits(self, per_thousand: int) -> bool:
        self.drawn += 1
        lot = sha256(f"{self.seed}|{self.drawn}".encode()).digest()
        return int.from_bytes(lot[:4], "big") % 1000 < per_thousand


class KeyReusedError(Exception):
    """The key was used for other content; the simulator answers 409."""


class Ledger:
    """What the simulated carriers know, durable before they answer."""

    def __init__(self, path: Path, faults: Faults) -> None:
        self.faults = faults
        self.chance = _Chance(faults.seed)
        self._lock = Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_TABLES + _APPEND_ONLY)

    def take(
        self, network: str, key: str, body: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Take a batch whole, once per key; return an answer for each message.

        Raises:
            KeyReusedError: the key was used for other messages.
        """
        at = parse_stamp(body["sent_at"])
        content = json.dumps(body["messages"], sort_keys=True)
        digest = sha256(content.encode()).hexdigest()
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                answers = self._repeat(network, key, digest, at)
                if answers is None:
                    answers = [
                        self._take_one(network, row, at + _LAG)
                        for row in body["messages"]
                    ]
                    self._db.execute(
                        "INSERT INTO request (network, key, body, answer, at) "
                        "VALUES (?,?,?,?,?)",
                        (network, key, digest, json.dumps(answers), stamp(at)),
                    )
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
        return answers

    def _repeat(
        self, network: str, key: str, digest: str, at: dt.datetime
    ) -> list[dict[str, Any]] | None:
        known = self._known(network, key, at)
        if known is None:
            return None
        if known["body"] != digest:
            raise KeyReusedError
        answers: list[dict[str, Any]] = json.loads(known["answer"])
        return answers

    def _known(self, network: str, key: str, at: dt.datetime) -> sqlite3.Row | None:
        if not self.faults.dedup:
            return None
        oldest = stamp(at - dt.timedelta(seconds=self.faults.key_seconds))
        found: sqlite3.Row | None = self._db.execute(
            "SELECT body, answer FROM request WHERE network=? AND key=? AND at>=? "
            "ORDER BY seq DESC LIMIT 1",
            (network, key, oldest),
        ).fetchone()
        return found

    def _take_one(
        self, network: str, row: Mapping[str, Any], at: dt.datetime
    ) -> dict[str, Any]:
        number, channel, ref = row["to"], row["channel"], row["ref"]
        answer = {"ref": ref, "accepted": True, "code": "00", "id": "", "at": stamp(at)}
        if not (number.isdigit() and number.startswith("01")):
            return answer | {"accepted": False, "code": "4A"}
        arrived = not (channel == "RCS" and number in self.faults.no_rcs)
        cursor = self._db.execute(
            "INSERT INTO taken (network, ref, number, channel, sender, title, text, "
            "at, arrived) VALUES (?,?,?,?,?,?,?,?,?)",
            (
                network,
                ref,
                number,
                channel,
                row["sender"],
                row["title"],
                row["text"],
                stamp(at),
                int(arrived),
            ),
        )
        self._report(network, ref, channel, at + _LAG, arrived=arrived)
        return answer | {"id": f"{network}-{cursor.lastrowid:08d}"}

    def _report(
        self, network: str, ref: str, channel: str, at: dt.datetime, *, arrived: bool
    ) -> None:
        faults, hits = self.faults, self.chance.hits
        times = 0 if hits(faults.lose_reports) else 1 + hits(faults.repeat_reports)
        refs = [ref] * times + ["nobody-sent-this"] * hits(faults.wrong_reports)
        for each in refs:
            self._db.execute(
                "INSERT INTO report (network, ref, channel, delivered, code, at) "
                "VALUES (?,?,?,?,?,?)",
                (network, each, channel, arrived, "40" if arrived else "4T", stamp(at)),
            )

    def reports(self, network: str, cursor: str) -> tuple[list[dict[str, Any]], str]:
        """Return reports after a cursor, and the cursor of the last one."""
        after = int(cursor) if cursor.isdigit() else 0
        rows = self._rows(
            "SELECT * FROM report WHERE network=? AND seq>? ORDER BY seq LIMIT ?",
            (network, after, _PAGE),
        )
        found = [
            {
                "id": f"{network}-r{row['seq']}",
                "ref": row["ref"],
                "channel": row["channel"],
                "delivered": bool(row["delivered"]),
                "code": row["code"],
                "at": row["at"],
            }
            for row in rows
        ]
        return found, str(rows[-1]["seq"]) if rows else cursor

    def ack(self, network: str, cursor: str) -> None:
        """Note how far a client has made reports durable."""
        with self._lock:
            self._db.execute(
                "INSERT INTO ack (network, cursor) VALUES (?,?)", (network, cursor)
            )

    def find(self, network: str, refs: Sequence[str]) -> list[dict[str, Any]]:
        """Return an answer for each ref that was taken."""
        query = "SELECT * FROM taken WHERE network=? AND ref=? ORDER BY seq LIMIT 1"
        return [
            {
                "ref": ref,
                "accepted": True,
                "code": "00",
                "id": f"{network}-{row['seq']:08d}",
                "at": row["at"],
            }
            for ref in refs
            for row in self._rows(query, (network, ref))
        ]

    def handset(self, number: str = "", after: int = 0) -> list[dict[str, Any]]:
        """Return what reached a handset (or all), oldest first."""
        query = "SELECT * FROM taken WHERE arrived=1 AND seq>?"
        if number:
            rows = self._rows(f"{query} AND number=? ORDER BY seq", (after, number))
        else:
            rows = self._rows(f"{query} ORDER BY seq", (after,))
        return [dict(row) for row in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _rows(self, query: str, values: tuple[Any, ...]) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(query, values).fetchall()
