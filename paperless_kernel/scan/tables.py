"""The tables of trusted scanning; knows columns, reads and writes nothing.

No content lies here: page bytes and PDFs are encrypted objects, titles and keywords an
encrypted box, all under the batch's key.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from paperless_kernel.store.journal import add_journal

metadata = MetaData()
add_journal(metadata)

asked = Table(
    "asked",
    metadata,
    Column("key", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("result", Text, nullable=False),
)
seal = Table(
    "seal",
    metadata,
    Column("number", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("box", Text, nullable=False),
)
box = Table(
    "box",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("seal", Text, nullable=False),
    Column("contract", Text, nullable=False),
    Column("sheets", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("counted", Integer),
    Column("received_at", Text, nullable=False),
    Column("work_order", Text, nullable=False, server_default=""),
    Column("size", Text, nullable=False, server_default="a4"),
    Column("condition", Text, nullable=False, server_default="good"),
    Column("binding", Text, nullable=False, server_default="loose"),
    Column("banded", Boolean, nullable=False, server_default=text("0")),
    Column("special", Boolean, nullable=False, server_default=text("0")),
)
batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("box", Text, ForeignKey("box.id"), nullable=False, index=True),
    Column("tenant", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("sheets", Integer, nullable=False),
    Column("sides", Integer, nullable=False),
    Column("device", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("key_box", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("token", LargeBinary, nullable=False),
)
page = Table(
    "page",
    metadata,
    Column("id", Text, primary_key=True),
    Column("batch", Text, ForeignKey("batch.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sheet", Integer, nullable=False),
    Column("side", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("dpi_x", Integer, nullable=False),
    Column("dpi_y", Integer, nullable=False),
    Column("colours", Integer, nullable=False),
    Column("orientation", Integer, nullable=False),
    Column("coded", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("frame", Integer, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("link", Text, nullable=False),
    Column("measures", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("findings", Text, nullable=False),
    Column("blank", Boolean, nullable=False),
    Column("separator", Boolean, nullable=False),
    Column("separator_kind", Text, nullable=False),
    Column("duplicate_of", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("document", Text, nullable=False, index=True),
    Column("captured_by", Text, nullable=False),
    Column("captured_at", Text, nullable=False),
    Column("blob", Text, nullable=False),
    UniqueConstraint("batch", "position", "version"),
    UniqueConstraint("batch", "number"),
)
inspection = Table(
    "inspection",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("page", Text, ForeignKey("page.id"), nullable=False, index=True),
    Column("inspector", Text, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("undone", Boolean, nullable=False, server_default=text("0")),
    Column("measured", Text, nullable=False, server_default="[]"),
)
document = Table(
    "document",
    metadata,
    Column("id", Text, primary_key=True),
    Column("batch", Text, ForeignKey("batch.id"), nullable=False),
    Column("tenant", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("kind_hint", Text, nullable=False),
    Column("class_code", Text, nullable=False, server_default=""),
    Column("indexed_by", Text, nullable=False, server_default=""),
    Column("index_box", LargeBinary, nullable=False),
    Column("inspector", Text, nullable=False),
    Column("sides", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("blob", Text, nullable=False),
    Column("evidence", LargeBinary, nullable=False),
    Column("sealed_at", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    UniqueConstraint("batch", "number"),
)
