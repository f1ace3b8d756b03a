"""The tables of the notice business; a CI is never a column, its HMAC is.

``fact``, ``route``, ``link`` and ``paper`` are only ever inserted into. Numbers, bodies
and CIs rest sealed by the keeper.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from paperless_kernel.store.journal import add_journal

metadata = MetaData()
add_journal(metadata)

campaign = Table(
    "campaign",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("sender_number", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("deadline", Text, nullable=False),
    Column("remind_at", Text),
    Column("seed", LargeBinary, nullable=False),
    Column("calendar", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("approved_at", Text),
    Column("approved_by", Text, nullable=False, default=""),
    UniqueConstraint("tenant", "key"),
)
ci_vault = Table(
    "ci_vault",
    metadata,
    Column("ci_mac", LargeBinary, primary_key=True),
    Column("box", LargeBinary, nullable=False),
)
notice = Table(
    "notice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("campaign", Text, ForeignKey("campaign.id"), nullable=False),
    Column("tenant", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("ci_mac", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("document_sha256", Text, nullable=False),
    Column("listed", Text, nullable=False),
    UniqueConstraint("campaign", "number"),
    UniqueConstraint("campaign", "ci_mac"),
)
route = Table(
    "route",
    metadata,
    Column("notice", Text, ForeignKey("notice.id"), primary_key=True),
    Column("network", Text),
    Column("masked", Text, nullable=False),
    Column("number_box", LargeBinary),
    Column("reason", Text),
    Column("verdicts", Text, nullable=False),
    Column("at", Text, nullable=False),
)
link = Table(
    "link",
    metadata,
    Column("token_sha256", LargeBinary, primary_key=True),
    Column("notice", Text, ForeignKey("notice.id"), nullable=False),
    Column("made_at", Text, nullable=False),
)
batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("campaign", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("network", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("answered", Integer, nullable=False, default=0),
    Column("posted_at", Text),
    Column("lease_until", Text, nullable=False),
    Index("batch_open", "answered"),
)
attempt = Table(
    "attempt",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("notice", Text, ForeignKey("notice.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("network", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("batch", Text, ForeignKey("batch.id"), nullable=False, index=True),
    Column("masked", Text, nullable=False),
    UniqueConstraint("notice", "number"),
    UniqueConstraint("notice", "channel"),
)
fact = Table(
    "fact",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("notice", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("notice", "kind", "ref"),
    Index("fact_kind", "kind"),
)
report_seen = Table(
    "report_seen",
    metadata,
    Column("network", Text, primary_key=True),
    Column("id", Text, primary_key=True),
)
report_cursor = Table(
    "report_cursor",
    metadata,
    Column("network", Text, primary_key=True),
    Column("cursor", Text, nullable=False),
)
quarantine = Table(
    "quarantine",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("network", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Text, nullable=False),
)
code = Table(
    "code",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("notice", Text, ForeignKey("notice.id"), nullable=False, index=True),
    Column("mac", LargeBinary, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("used", Integer, nullable=False, default=0),
)
session = Table(
    "session",
    metadata,
    Column("sha256", LargeBinary, primary_key=True),
    Column("notice", Text, ForeignKey("notice.id"), nullable=False),
    Column("until", Text, nullable=False),
    Column("consented", Integer, nullable=False, default=0),
    Column("identified", Integer, nullable=False, default=0),
    Column("reading", Integer, nullable=False, default=0),
)
refusal = Table(
    "refusal",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("ci_mac", LargeBinary, primary_key=True),
    Column("at", Text, nullable=False),
)
paper = Table(
    "paper",
    metadata,
    Column("id", Text, primary_key=True),
    Column("notice", Text, ForeignKey("notice.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("issued_at", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("pdf", LargeBinary, nullable=False),
    UniqueConstraint("notice", "kind", "key"),
)
