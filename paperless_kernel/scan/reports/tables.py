"""Tables of the workshop's own records; knows columns, reads and writes nothing."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from paperless_kernel.scan.tables import metadata

lossy_sample = Table(
    "lossy_sample",
    metadata,
    Column("id", Text, primary_key=True),
    Column("batch", Text, ForeignKey("batch.id"), nullable=False, index=True),
    Column("pages", Text, nullable=False),
    Column("population", Integer, nullable=False),
    Column("good", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
)
register_item = Table(
    "register_item",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("wording", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
)
register_note = Table(
    "register_note",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("on", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("salt", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
)
