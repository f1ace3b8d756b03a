"""A hand-made picture of an office, for pages without an office behind them."""

from __future__ import annotations

import datetime as dt

from paperless_kernel.access.model import ClockJump
from paperless_kernel.flows.snapshot import (
    Business,
    JournalState,
    Snapshot,
    section,
)

AT = dt.datetime(2026, 11, 30, 14, 59, 30, tzinfo=dt.UTC)


def snapshot() -> Snapshot:
    return Snapshot(
        taken_at=AT,
        trial=True,
        clock_shift=dt.timedelta(days=6, hours=3, minutes=20),
        jumps=(
            ClockJump(
                key="a",
                frm=dt.datetime(2026, 11, 23, 11, 39, tzinfo=dt.UTC),
                to=dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC),
                reason="다음 발송 시간까지 (10:00)",
            ),
            ClockJump(
                key="a",
                frm=dt.datetime(2026, 11, 24, 1, 2, tzinfo=dt.UTC),
                to=AT,
                reason="월말 마감",
            ),
        ),
        journals=tuple(
            JournalState(journal=name, size=size, root=root)
            for name, size, root in (
                ("access", 9, "0f" * 32),
                ("scan", 41, "3a" * 32),
                ("vault", 12, "b7" * 32),
                ("notice", 1204, "91" * 32),
                ("billing", 0, ""),
            )
        ),
        root_fingerprint="sha256:" + "4c1e9ab0" * 8,
        sections=(
            section(
                Business.SCAN,
                {"boxes": 1, "pages": 14, "rejected": 1, "documents": 4},
            ),
            section(
                Business.VAULT,
                {"packages": 4, "bytes": 3_482_117, "certificates": 2},
            ),
            section(
                Business.NOTICE,
                {"notices": 3, "accepted": 2, "read": 1, "letters": 1},
            ),
            section(
                Business.BILLING,
                {"invoices": 1, "total": 1_034_560},
            ),
        ),
    )


def empty() -> Snapshot:
    return Snapshot(
        taken_at=AT,
        trial=True,
        clock_shift=dt.timedelta(0),
        jumps=(),
        journals=(JournalState(journal="access", size=2, root="0f" * 32),),
        root_fingerprint="sha256:" + "4c1e9ab0" * 8,
        sections=(
            section(Business.SCAN, {"boxes": 0, "pages": 0, "documents": 0}),
            section(Business.VAULT, {"packages": 0, "bytes": 0, "certificates": 0}),
            section(Business.NOTICE, {"notices": 0, "accepted": 0, "read": 0}),
            section(Business.BILLING, {"invoices": 0, "total": 0}),
        ),
    )
